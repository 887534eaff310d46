// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/message.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include "tools/dnssnoop/dns/dns_answer.h"
#include "tools/dnssnoop/dns/dns_symbol.h"

static void message_question(struct message *m, const struct dns_rr *rr)
{
	struct question *q = &m->question;
	size_t at = rr->name;

	if (q->present || dns_name__read(m->msg.data, m->msg.len, &at, &q->name))
		return;
	q->type = rr->type;
	q->class = rr->class;
	q->present = true;
}

/* All of it is gone through, for EDNS is at its end. What was cut is readable as far as it goes. */
void message__read(struct message *m, const uint8_t *data, size_t len, bool cut)
{
	struct dns_walk w;
	struct dns_rr rr;
	int more;

	memset(m, 0, offsetof(struct message, len));
	m->len = len;
	m->questions = 0;
	m->extra = 0;
	m->readable = m->header = false;
	if (dns_msg__open(&m->msg, data, len))
		return;
	m->header = true;
	m->question.id = m->msg.id;
	m->question.opcode = dns_msg__opcode(&m->msg);
	dns_walk__begin(&w, &m->msg);
	while ((more = dns_walk__next(&w, &rr)) > 0) {
		m->questions += rr.section == DNS_QUESTION;
		if (rr.section == DNS_QUESTION)
			message_question(m, &rr);
		dns_edns__take(&m->edns, &rr);
	}
	m->extra = more ? 0 : len - w.at;
	m->readable = !more || (cut && more == -EMSGSIZE);
}

const char *message__result(const struct message *m, char *text)
{
	return m->readable ? dns_rcode__name(dns_msg__rcode(&m->msg, &m->edns), text) : "MALFORMED";
}

const char *message__kind(const struct message *m, const struct question *q)
{
	if (!m->readable || !q->present || q->opcode || m->msg.flags & DNS_TC ||
	    dns_msg__rcode(&m->msg, &m->edns))
		return NULL;
	return dns_answer__kind_name(dns_answer__kind(&m->msg, q->type));
}
