// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/pcap.h"

#include <stdio.h>
#include <string.h>
#include "common/net/ip_packet.h"
#include "common/base/text.h"

#define COMMENT_SIZE 512

/* Escaped: what is traced may hold anything. */
static size_t comment_text(char *to, size_t at, const char *before, const char *text, size_t len)
{
	size_t used = at + snprintf(to + at, COMMENT_SIZE - at, "%s", before);

	text__escape(to + used, COMMENT_SIZE - used, text, len);
	return strlen(to);
}

static void comment_owner(char *to, const struct dns_packet *p, const struct process_names *names)
{
	struct process_row row = {};
	size_t n;

	process__row(&p->who, names, &row);
	n = comment_text(to, 0, "", p->leader, strnlen(p->leader, sizeof(p->leader)));
	n += snprintf(to + n, COMMENT_SIZE - n, ", pid %u, uid %u", p->who.pid, p->who.uid);
	if (row.container)
		n = comment_text(to, n, ", container ", row.container, strlen(row.container));
	snprintf(to + n, COMMENT_SIZE - n, ", netns %u", p->netns);
}

/* A piece of a segment is a segment of its own. */
static size_t whole_len(const struct dns_packet *p)
{
	return p->flags & DNS_LAST ? p->len : p->bytes_len;
}

void pcap__packet(struct pcapng *file, const struct dns_packet *p, const void *bytes,
		  const struct process_names *names)
{
	bool out = p->flags & DNS_OUT;
	struct ip_packet ip = { .saddr = out ? p->local : p->remote,
				.daddr = out ? p->remote : p->local,
				.sport = out ? p->lport : p->rport,
				.dport = out ? p->rport : p->lport,
				.tcp = p->flags & DNS_TCP,
				.seq = p->seq,
				.payload = bytes,
				.len = p->bytes_len,
				.whole = whole_len(p) };
	uint8_t headers[IP_HEADERS_MAX];
	char comment[COMMENT_SIZE] = "owner not known";
	struct pcapng_packet packet = { .mono_ns = p->head.time_ns,
					.headers = headers,
					.payload = bytes,
					.headers_len = ip_packet__headers(&ip, headers),
					.payload_len = ip.len,
					.cut = ip.whole - ip.len,
					.out = out,
					.comment = comment };

	if (p->who.pid)
		comment_owner(comment, p, names);
	pcapng__packet(file, &packet);
}
