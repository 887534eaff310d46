/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Lookups as rows of a table and as JSON objects. */
#ifndef DNSSNOOP_ROW_H
#define DNSSNOOP_ROW_H

#include "common/net/net.h"
#include "common/owner/process.h"
#include "common/tool/tool.h"
#include "tools/dnssnoop/dns/dns_name.h"
#include "tools/dnssnoop/dns/dns_symbol.h"
#include "tools/dnssnoop/ended.h"

struct dns_row {
	uint64_t time_ns;
	double elapsed_s;
	struct process_row who;
	const char *thread; /* NULL: not known; who.comm is the process's name */
	uint64_t netns, id, lat_ns, retries, servers, answer_bytes;
	const char *transport, *type, *class, *result, *server, *server_nat, *client, *qname;
	struct safe name;
	char thread_text[PROCESS_COMM_LEN + 1];
	char type_text[DNS_SYMBOL_SIZE], class_text[DNS_SYMBOL_SIZE];
	char server_text[NET_ENDPOINT_SIZE], nat_text[NET_ENDPOINT_SIZE];
	char client_text[NET_ENDPOINT_SIZE], qname_text[DNS_NAME_TEXT];
};

extern const struct field dns_fields[]; /* tables.c */

/* `words`: room that is used again for each row. */
void row__show(struct run *run, const struct process_names *names, const struct ended *e,
	       struct buf *words);

#endif
