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

	if (e->other)
		return;
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

/* A part of a row, of which as much is shown as there is room for. */
struct room {
	struct json before;
	size_t len, end; /* of the buffer: before the part, and at most */
};

static size_t room_begin(struct room *r, const struct json *j, size_t end)
{
	*r = (struct room){ *j, j->buf->len, end };
	return end > j->buf->len ? end - j->buf->len : 0;
}

/* False: there was too little, and the part is taken back. */
static bool room_end(const struct room *r, struct json *j)
{
	if (j->buf->len <= r->end)
		return true;
	*j = r->before;
	j->buf->len = r->len;
	return false;
}

static bool json_record(struct json *j, const struct ended *e, const struct dns_rr *rr, size_t end)
{
	const struct dns_msg *msg = e->msg;
	char text[DNS_NAME_TEXT], type[DNS_SYMBOL_SIZE];
	struct dns_name name;
	struct room room;
	struct dns_text t;
	size_t at = rr->name;
	const char *data = ended__data(e, rr, room_begin(&room, j, end));

	if (!data)
		return false;
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
	json__str(j, "data", data);
	json__object_end(j);
	return room_end(&room, j);
}

static void json_answers(struct json *j, const struct ended *e, size_t end)
{
	struct dns_walk w;
	struct dns_rr rr;
	uint64_t more = 0;

	json__array(j, "answers");
	dns_walk__begin(&w, e->msg);
	while (ended__answer(e, &w, &rr))
		if (more || !json_record(j, e, &rr, end))
			more++;
	json__array_end(j);
	if (more)
		json__u64(j, "answers_more", more);
}

static bool json_option(struct json *j, uint16_t code, const uint8_t *data, size_t len, size_t end)
{
	struct room room;

	if (2 * len > room_begin(&room, j, end))
		return false;
	json__object(j, NULL);
	json__u64(j, "code", code);
	json__hex(j, "data_hex", data, len);
	json__object_end(j);
	return room_end(&room, j);
}

static void json_edns(struct json *j, const struct dns_msg *msg, const struct dns_edns *e,
		      size_t end)
{
	size_t at = e->options, data, len;
	uint64_t unshown = 0;
	uint16_t code;
	int more;

	json__object(j, "edns");
	json__u64(j, "version", e->version);
	json__u64(j, "udp_size", e->udp_size);
	json__bool(j, "do", e->dnssec_ok);
	json__array(j, "options");
	while ((more = dns_edns__option(e, msg, &at, &code, &data, &len)) > 0)
		if (unshown || !json_option(j, code, msg->data + data, len, end))
			unshown++;
	json__array_end(j);
	if (unshown)
		json__u64(j, "options_more", unshown);
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
	if (e->extra)
		json__u64(j, "extra_bytes", e->extra);
}

static void json_foreign(struct json *j, const struct ended *e)
{
	const struct flow *f = e->flow;
	char text[4 * sizeof(f->name.bytes) + 1];
	struct dns_text t;

	json__object(j, "not_dns");
	json__str(j, "what", e->other ? "others" : guess__word(f->guess));
	if (f->name.len) {
		dns_text__init(&t, text, sizeof(text));
		dns_text__bytes(&t, f->name.bytes, f->name.len);
		json__str(j, "server_name", text);
	}
	json__u64(j, "packets", f->packets);
	json__u64(j, "bytes", f->bytes);
	if (f->told && !e->other)
		json__bool(j, "more", true);
	json__object_end(j);
}

void ended__json(const struct ended *e, struct json *j)
{
	size_t end;

	json_ends(j, e);
	json_remarks(j, e);
	if (e->flow)
		json_foreign(j, e);
	if (!e->msg)
		return;
	json_flags(j, e->msg->flags);
	end = j->buf->len + ended__room(e);
	json_answers(j, e, end);
	if (e->edns->present)
		json_edns(j, e->msg, e->edns, end);
}
