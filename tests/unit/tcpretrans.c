// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The pure part of tcpretrans: what a row says of the owner, and that it does not say too much. */
#include "tools/tcpretrans/cause.c"
#include "tools/tcpretrans/reason.c"
#include "tools/tcpretrans/row.c"

#include "tests/unit/tap.h"

static const struct {
	const char *what;
	struct socket_owner owner;
	uint64_t socket;
	const char *pid_text, *comm, *from;
	uint64_t pid;
} owners[] = {
	{ "who connected",
	  { .socket = 1, .pid = 12, .from = OWNER_OPEN, .comm = "curl" },
	  1,
	  "12",
	  "curl",
	  "open",
	  12 },
	{ "who has a descriptor",
	  { .socket = 1, .pid = 4194304, .from = OWNER_DESCRIPTOR, .comm = "sshd" },
	  1,
	  "4194304",
	  "sshd",
	  "descriptor",
	  4194304 },
	{ "who listens where it was accepted",
	  { .socket = 1, .pid = 4294967295, .from = OWNER_OPEN, .comm = "nginx" },
	  2,
	  "4294967295?",
	  "nginx",
	  "listener",
	  4294967295 },
	{ "a name without an end",
	  { .socket = 1, .pid = 1, .from = OWNER_OPEN, .comm = "0123456789abcdef" },
	  1,
	  "1",
	  "0123456789abcdef",
	  "open",
	  1 },
	{ "nobody", {}, 1, "-", NULL, NULL, FIELD_UNKNOWN },
};

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static void test_owners(void)
{
	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		struct retrans_row row = {};

		row_owner(&row, &owners[i].owner, owners[i].socket);
		ok(!strcmp(row.pid_text, owners[i].pid_text), "%s: PID %s", owners[i].what,
		   row.pid_text);
		ok(row.pid == owners[i].pid, "%s: as a number", owners[i].what);
		ok(same(row.comm, owners[i].comm), "%s: its name", owners[i].what);
		ok(same(row.owner_from, owners[i].from), "%s: how it is known", owners[i].what);
	}
}

static void test_rates(void)
{
	struct retrans_record r = { .bytes_sent = 1000,
				    .bytes_retrans = 250,
				    .total_segs = 3,
				    .segs = 1,
				    .dsack = 1,
				    .flags = RETRANS_SACK };
	struct retrans_row row = { .rate = NAN, .spurious = NAN };

	row_connection(&row, &r);
	ok(row.rate == 25, "rate: of the payload");
	ok(row.spurious == 50, "spurious: of segments, of which a SYN is none");
	ok(row.srtt_us == FIELD_UNKNOWN && row.rttvar_us == FIELD_UNKNOWN,
	   "no round trip was measured");
	row.rate = NAN;
	r.bytes_sent = 0;
	row_connection(&row, &r);
	ok(isnan(row.rate), "rate: of nothing there is none");
}

static double spurious(uint32_t total, uint32_t syns, uint32_t dsack, uint64_t bytes, uint8_t flags)
{
	const struct retrans_record r = {
		.bytes_sent = 1000,
		.bytes_retrans = bytes,
		.total_segs = total,
		.segs = syns,
		.dsack = dsack,
		.flags = flags,
	};
	struct retrans_row row = { .rate = NAN, .spurious = NAN };

	row_connection(&row, &r);
	return row.spurious;
}

static void test_spurious(void)
{
	ok(spurious(4, 0, 4, 100, RETRANS_SACK) == 100, "spurious: all");
	ok(spurious(4, 0, 0, 100, RETRANS_SACK) == 0, "spurious: none");
	ok(isnan(spurious(2, 0, 3, 100, RETRANS_SACK)),
	   "spurious: more came twice than was sent again, so it was the network");
	ok(isnan(spurious(2, 0, 0, 100, 0)), "spurious: the peer cannot say so");
	ok(isnan(spurious(2, 2, 0, 0, RETRANS_SACK)), "spurious: nothing but SYNs");
	ok(isnan(spurious(0, 0, 0, 0, RETRANS_SACK)), "spurious: nothing was sent again");
}

static const char *why(uint8_t cause, uint8_t reason, uint8_t attempt, int32_t error, char *text,
		       size_t size)
{
	const struct reason_of of = {
		.cause = cause, .reason = reason, .attempt = attempt, .error = error
	};

	return reason__text(&of, text, size);
}

static void test_reasons(void)
{
	char text[96];

	ok(!strcmp(reason__errno(-16, text, sizeof(text)), "EBUSY"), "error: by its name");
	ok(!strcmp(reason__errno(1, text, sizeof(text)), "NET_XMIT_DROP"), "error: of the queue");
	ok(!strcmp(reason__errno(2, text, sizeof(text)), "NET_XMIT_CN"), "error: of a full one");
	ok(!strcmp(reason__errno(-99999, text, sizeof(text)), "-99999"), "error: without a name");
	ok(!why(CAUSE_FAST, 0, CAUSE_FAST, 0, text, sizeof(text)), "why: nothing to say");
	ok(!strcmp(why(CAUSE_SYNACK, REASON_ACCEPT_QUEUE, 0, 0, text, sizeof(text)),
		   "accept queue full (ss -ltn)"),
	   "why: of a SYN-ACK");
	ok(!strncmp(why(CAUSE_FAIL, 0, CAUSE_RTO, 1, text, sizeof(text)),
		    "rto, NET_XMIT_DROP: dropped by a queue of this host", 51),
	   "why: of a queue");
	ok(!strcmp(why(CAUSE_FAIL, 0, CAUSE_TLP, -99999, text, sizeof(text)), "tlp, -99999"),
	   "why: of an error without a name");
	ok(!why(CAUSE_SYNACK, 255, 0, 0, text, sizeof(text)), "why: of an unknown reason");
}

int main(void)
{
	test_owners();
	test_rates();
	test_spurious();
	test_reasons();
	return done_testing();
}
