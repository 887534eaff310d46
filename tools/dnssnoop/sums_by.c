// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What sums can be by, beside the keys that all tools have. */
#include "tools/dnssnoop/sums.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "common/owner/top_owner.h"
#include "tools/dnssnoop/dns/dns_symbol.h"

/* A name as in struct dns_name, in small letters. */
struct name_key {
	uint8_t len; /* 0: not known */
	uint8_t wire[DNS_NAME_MAX];
};

struct server_key {
	uint16_t port, pad;
	struct net_addr addr;
	struct net_scope scope; /* of link-local ones */
};

struct result_key {
	char text[32];
};

static void name_key(void *key, const struct top_owner *owner, const void *event)
{
	const struct question *q = ((const struct ended *)event)->question;
	struct name_key *k = key;

	(void)owner;
	if (!q || !q->present)
		return;
	k->len = q->name.len;
	for (int i = 0; i < q->name.len; i++)
		k->wire[i] = tolower(q->name.wire[i]);
}

static void name_row(const void *key, void *row)
{
	const struct name_key *k = key;
	struct dns_name name = { .len = k->len };
	struct dns_sum_row *r = row;
	struct dns_text t;

	if (!k->len)
		return;
	memcpy(name.wire, k->wire, k->len);
	dns_text__init(&t, r->text, sizeof(r->text));
	dns_name__text(&name, &t);
	r->name = r->text;
}

static void server_key(void *key, const struct top_owner *owner, const void *event)
{
	struct endpoint server = ended__server(event);
	struct server_key *k = key;

	(void)owner;
	k->addr = server.addr;
	k->port = server.port;
	if (net_addr__is_scoped(&k->addr))
		k->scope = server.scope;
}

static void server_row(const void *key, void *row)
{
	const struct server_key *k = key;
	struct dns_sum_row *r = row;

	net_addr__text(&k->addr, &k->scope, r->text);
	net_addr__endpoint(&k->addr, &k->scope, k->port, r->endpoint);
	r->server = r->text;
	r->server_port = k->port;
	r->server_endpoint = r->endpoint;
}

static void result_key(void *key, const struct top_owner *owner, const void *event)
{
	struct result_key *k = key;

	(void)owner;
	snprintf(k->text, sizeof(k->text), "%s", ((const struct ended *)event)->result);
}

static void result_row(const void *key, void *row)
{
	((struct dns_sum_row *)row)->result = ((const struct result_key *)key)->text;
}

static const struct top_by by_name = { "name", sizeof(struct name_key), name_key, name_row };
static const struct top_by by_server = { "server", sizeof(struct server_key), server_key,
					 server_row };
static const struct top_by by_rcode = { "rcode", sizeof(struct result_key), result_key,
					result_row };

const struct top_by *const dns_sums_by[] = { &by_name,		&top_by_process, &top_by_program,
					     &top_by_container, &top_by_cgroup,	 &top_by_unit,
					     &by_server,	&by_rcode,	 NULL };

static void all_key(void *key, const struct top_owner *owner, const void *event)
{
	(void)key;
	(void)owner;
	(void)event;
}

static void all_row(const void *key, void *row)
{
	(void)key;
	(void)row;
}

const struct top_by dns_sums_all = { "all", 1, all_key, all_row };
