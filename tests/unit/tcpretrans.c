// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The pure part of tcpretrans: what a row says of the owner, and that it does not say too much. */
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
	struct retrans_record r = {
		.bytes_sent = 1000, .bytes_retrans = 250, .total_segs = 2, .dsack = 3
	};
	struct retrans_row row = { .rate = NAN, .spurious = NAN };

	row_connection(&row, &r);
	ok(row.rate == 25, "rate: of the payload");
	ok(row.spurious == 100, "rate: no more is spurious than was sent again");
	ok(row.srtt_us == FIELD_UNKNOWN && row.rttvar_us == FIELD_UNKNOWN,
	   "no round trip was measured");
	row.rate = NAN;
	r.bytes_sent = 0;
	row_connection(&row, &r);
	ok(isnan(row.rate), "rate: of nothing there is none");
}

static void test_errors(void)
{
	struct retrans_row row = {};

	ok(!strcmp(row_error(&row, -16), "EBUSY"), "error: by its name");
	ok(!strcmp(row_error(&row, 1), "NET_XMIT_DROP"), "error: of the queue");
	ok(!strcmp(row_error(&row, -99999), "-99999"), "error: without a name");
}

int main(void)
{
	test_owners();
	test_rates();
	test_errors();
	return done_testing();
}
