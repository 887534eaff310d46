// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/ended.h"

#include "common/base/errno_name.h"
#include "common/out/json.h"
#include "tools/dnssnoop/dns/dns_symbol.h"

static void json_endpoint(struct json *j, const char *key, const char *port_key,
			  const struct endpoint *end)
{
	char text[NET_ADDR_SIZE];

	net_addr__text(&end->addr, &end->scope, text);
	json__str(j, key, text);
	json__u64(j, port_key, end->port);
}

static void json_ends(struct json *j, const struct ended *e)
{
	struct endpoint client = ended__client(e), server = ended__server(e), nat;

	json_endpoint(j, "client", "client_port", &client);
	json_endpoint(j, "server", "server_port", &server);
	if (ended__nat(e, &nat))
		json_endpoint(j, "server_nat", "server_nat_port", &nat);
}

static void json_flags(struct json *j, uint16_t flags)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} names[] = { { DNS_AA, "AA" }, { DNS_TC, "TC" }, { DNS_RD, "RD" },
		      { DNS_RA, "RA" }, { DNS_AD, "AD" }, { DNS_CD, "CD" } };

	json__array(j, "flags");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].bit)
			json__str(j, NULL, names[i].name);
	json__array_end(j);
}

static void json_record(struct json *j, const struct ended *e, const struct dns_rr *rr)
{
	const struct dns_msg *msg = e->msg;
	char text[DNS_NAME_TEXT], type[DNS_SYMBOL_SIZE];
	struct dns_name name;
	struct dns_text t;
	size_t at = rr->name;

	json__object(j, NULL);
	if (!dns_name__read(msg->data, msg->len, &at, &name)) {
		dns_text__init(&t, text, sizeof(text));
		dns_name__text(&name, &t);
		json__str(j, "name", text);
	}
	json__str(j, "type", dns_type__name(rr->type, type));
	json__u64(j, "ttl", rr->ttl);
	/* RFC 2181, 8. */
	if (rr->ttl > INT32_MAX)
		json__u64(j, "ttl_effective", 0);
	json__str(j, "data", ended__data(e, rr));
	json__object_end(j);
}

static void json_answers(struct json *j, const struct ended *e)
{
	struct dns_walk w;
	struct dns_rr rr;

	json__array(j, "answers");
	dns_walk__begin(&w, e->msg);
	while (ended__answer(e, &w, &rr))
		json_record(j, e, &rr);
	json__array_end(j);
}

static void json_edns(struct json *j, const struct dns_msg *msg, const struct dns_edns *e)
{
	size_t at = e->options, data, len;
	uint16_t code;
	int more;

	json__object(j, "edns");
	json__u64(j, "version", e->version);
	json__u64(j, "udp_size", e->udp_size);
	json__bool(j, "do", e->dnssec_ok);
	json__array(j, "options");
	while ((more = dns_edns__option(e, msg, &at, &code, &data, &len)) > 0) {
		static char hex[2 * UINT16_MAX + 1];
		struct dns_text t;

		dns_text__init(&t, hex, sizeof(hex));
		dns_text__hex(&t, msg->data + data, len);
		json__object(j, NULL);
		json__u64(j, "code", code);
		json__str(j, "data_hex", hex);
		json__object_end(j);
	}
	json__array_end(j);
	if (more)
		json__bool(j, "malformed", true);
	json__object_end(j);
}

static void json_error(struct json *j, const struct dns_end *error)
{
	const char *name = errno_name(error->error);

	if (name)
		json__str(j, "error", name);
	if (!error->icmp)
		return;
	json__object(j, error->icmp == DNS_ICMP_V4 ? "icmp" : "icmp6");
	json__u64(j, "type", error->icmp_type);
	json__u64(j, "code", error->icmp_code);
	json__object_end(j);
}

static void json_remarks(struct json *j, const struct ended *e)
{
	char opcode[DNS_SYMBOL_SIZE], rcode[DNS_SYMBOL_SIZE];

	if (e->kind)
		json__str(j, "kind", e->kind);
	if (e->error)
		json_error(j, e->error);
	if (e->msg && e->malformed)
		json__str(j, "rcode", ended__rcode(e, rcode));

	if (e->question && e->question->opcode)
		json__str(j, "opcode", dns_opcode__name(e->question->opcode, opcode));
	if (e->remark)
		json__str(j, "remark", e->remark);
	if (e->cut)
		json__bool(j, "cut", true);
}

void ended__json(const struct ended *e, struct json *j)
{
	json_ends(j, e);
	json_remarks(j, e);
	if (!e->msg)
		return;
	json_flags(j, e->msg->flags);
	json_answers(j, e);
	if (e->edns->present)
		json_edns(j, e->msg, e->edns);
}
