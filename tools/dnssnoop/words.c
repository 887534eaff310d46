// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/words.h"

#include <stdio.h>
#include <string.h>
#include "tools/dnssnoop/dns/dns_symbol.h"

/* A row of a table has so many records of the answer; JSON has all. */
#define ANSWERS_MAX 16

static void word_answer(struct buf *words, const struct ended *e, const struct dns_rr *rr,
			uint32_t n)
{
	char type[DNS_SYMBOL_SIZE];

	buf__str(words, n ? ", " : " ");
	if (!e->question || rr->type != e->question->type) {
		buf__str(words, dns_type__name(rr->type, type));
		buf__char(words, ' ');
	}
	buf__str(words, ended__data(e, rr));
}

/* How many there are. */
static uint32_t words_answers(struct buf *words, const struct ended *e)
{
	struct dns_walk w;
	struct dns_rr rr;
	uint32_t n = 0;

	if (!e->msg)
		return 0;
	dns_walk__begin(&w, e->msg);
	while (ended__answer(e, &w, &rr)) {
		if (n < ANSWERS_MAX)
			word_answer(words, e, &rr, n);
		n++;
	}
	return n;
}

static void remark(struct buf *words, bool *any, const char *text)
{
	buf__str(words, *any ? "; " : " # ");
	buf__str(words, text);
	*any = true;
}

static void words_remarks(struct buf *words, const struct ended *e, uint32_t answers)
{
	char text[48], rcode[DNS_SYMBOL_SIZE];
	bool any = false;

	if (answers > ANSWERS_MAX) {
		snprintf(text, sizeof(text), "%s%u more", e->cut || e->malformed ? "at least " : "",
			 answers - ANSWERS_MAX);
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
}

void words__write(struct buf *words, const struct ended *e, const char *name)
{
	words->len = 0;
	words->err = 0;
	buf__str(words, name ?: "-");
	words_remarks(words, e, words_answers(words, e));
}
