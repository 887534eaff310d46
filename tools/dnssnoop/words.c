// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/words.h"

#include <stdio.h>
#include <string.h>
#include "tools/dnssnoop/dns/dns_symbol.h"

/* A row of a table has so many records of the answer; JSON has all that there is room for. */
#define ANSWERS_MAX 16

static bool word_answer(struct buf *words, const struct ended *e, const struct dns_rr *rr,
			uint32_t n, size_t end)
{
	const char *data = ended__data(e, rr, end > words->len ? end - words->len : 0);
	char type[DNS_SYMBOL_SIZE];

	if (!data)
		return false;
	buf__str(words, n ? ", " : " ");
	if (!e->question || rr->type != e->question->type) {
		buf__str(words, dns_type__name(rr->type, type));
		buf__char(words, ' ');
	}
	buf__str(words, data);
	return true;
}

/* How many there are more. */
static uint32_t words_answers(struct buf *words, const struct ended *e)
{
	uint32_t n = 0, more = 0;
	struct dns_walk w;
	struct dns_rr rr;
	size_t end;

	if (!e->msg)
		return 0;
	end = words->len + ended__room(e);
	dns_walk__begin(&w, e->msg);
	while (ended__answer(e, &w, &rr)) {
		if (!more && n < ANSWERS_MAX && word_answer(words, e, &rr, n, end))
			n++;
		else
			more++;
	}
	return more;
}

static void remark(struct buf *words, bool *any, const char *text)
{
	buf__str(words, *any ? "; " : " # ");
	buf__str(words, text);
	*any = true;
}

static void words_remarks(struct buf *words, const struct ended *e, uint32_t more)
{
	char text[48], rcode[DNS_SYMBOL_SIZE];
	bool any = false;

	if (more) {
		snprintf(text, sizeof(text), "%s%u more", e->cut || e->malformed ? "at least " : "",
			 more);
		remark(words, &any, text);
	}
	if (e->remark)
		remark(words, &any, e->remark);
	if (e->kind)
		remark(words, &any, strcmp(e->kind, "NODATA") ? "referral" : "no data");
	if (e->msg && e->malformed) {
		snprintf(text, sizeof(text), "says %s", ended__rcode(e, rcode));
		remark(words, &any, text);
	}
	if (e->sends > 1) {
		snprintf(text, sizeof(text), "sent %u times", e->sends);
		remark(words, &any, text);
	}
	if (e->servers > 1) {
		snprintf(text, sizeof(text), "%u servers asked", e->servers);
		remark(words, &any, text);
	}
	if (e->msg && e->msg->flags & DNS_TC)
		remark(words, &any, "truncated");
	if (e->cut)
		remark(words, &any, "cut");
	if (e->extra) {
		snprintf(text, sizeof(text), "%zu bytes too many", e->extra);
		remark(words, &any, text);
	}
}

static void foreign_name(struct buf *words, const struct guess_name *name)
{
	char text[4 * sizeof(name->bytes) + 1];
	struct dns_text t;

	dns_text__init(&t, text, sizeof(text));
	dns_text__bytes(&t, name->bytes, name->len);
	buf__printf(words, " (%s)", text);
}

void words__foreign(struct buf *words, const struct ended *e)
{
	const struct flow *f = e->flow;
	const char *what = f->guess == GUESS_SHORT ? "too short" : guess__word(f->guess);
	bool any = false;
	char text[96];

	words->len = 0;
	words->err = 0;
	if (e->other)
		buf__str(words, "not DNS: others");
	else
		buf__printf(words, "not DNS: %s to port %u", what, ended__server(e).port);
	if (f->name.len)
		foreign_name(words, &f->name);
	snprintf(text, sizeof(text), "%llu %s, %llu bytes%s", (unsigned long long)f->packets,
		 f->packets == 1 ? "packet" : "packets", (unsigned long long)f->bytes,
		 f->told && !e->other ? " more" : "");
	remark(words, &any, text);
}

void words__write(struct buf *words, const struct ended *e, const char *name)
{
	words->len = 0;
	words->err = 0;
	buf__str(words, name ?: "-");
	words_remarks(words, e, words_answers(words, e));
}
