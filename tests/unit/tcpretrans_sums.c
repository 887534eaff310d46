// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What tcpretrans remembers of sources, with the programs' part played by the test: each event is
 * in a sum, filtered or lost, and others who open connections do not make it grow without end.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include "common/stream/stream.h"
#include "common/tool/tool.h"

#define bpf_map_lookup_elem mores_lookup
#define bpf_map_delete_elem mores_delete
#define bpf_map_get_next_key mores_next
#define stream__settle(stream) true
#define events__drain(events) 0
#define loss__unwritten(loss, events) (lost += (events))

static uint64_t lost;
static int mores_lookup(int fd, const void *key, void *value);
static int mores_delete(int fd, const void *key);
static int mores_next(int fd, const void *key, void *next);

#include "tools/tcpretrans/sources.c"
#include "tools/tcpretrans/cause.c"
#include "tools/tcpretrans/fields.c"
#include "tools/tcpretrans/reason.c"
#include "tools/tcpretrans/sums.c"
#include "tools/tcpretrans/sums_by.c"

#include "tests/unit/random.h"
#include "tests/unit/tap.h"

struct more_entry {
	struct retrans_source id;
	struct retrans_more more;
	bool gone;
};

static struct table mores = { .key_size = sizeof(struct retrans_source),
			      .entry_size = sizeof(struct more_entry) };
static size_t left; /* of them, without those that are gone */
static uint32_t epoch;
static uint64_t seen, unwanted;
static struct sums sums;
static struct run run;

static struct more_entry *mores_find(const void *key)
{
	struct more_entry *e = table__find(&mores, key);

	return e && !e->gone ? e : NULL;
}

static int mores_lookup(int fd, const void *key, void *value)
{
	const struct more_entry *e = mores_find(key);

	(void)fd;
	if (e)
		memcpy(value, &e->more, sizeof(e->more));
	return e ? 0 : -ENOENT;
}

static int mores_delete(int fd, const void *key)
{
	(void)fd;
	mores_find(key)->gone = true;
	left--;
	return 0;
}

static void mores_add(const struct retrans_source *id)
{
	if (left == RETRANS_SOURCES_MAX)
		return;
	*(struct more_entry *)table__add(&mores, id) = (struct more_entry){ .id = *id };
	left++;
}

static void mores_clear(void)
{
	table__clear(&mores);
	left = 0;
}

static int mores_next(int fd, const void *key, void *next)
{
	const uint8_t *at = key ? table__find(&mores, key) : NULL;
	size_t i = key ? (at - mores.entries) / mores.entry_size + 1 : 0;

	(void)fd;
	while (i < mores.count && ((struct more_entry *)table__at(&mores, i))->gone)
		i++;
	if (i >= mores.count)
		return -ENOENT;
	memcpy(next, table__at(&mores, i), sizeof(struct retrans_source));
	return 0;
}

static void source_id(const struct retrans_record *r, struct retrans_source *id)
{
	*id = (struct retrans_source){ .socket = r->cookie,
				       .lport = r->flow.lport,
				       .rport = r->flow.rport,
				       .cause = r->cause,
				       .epoch = r->epoch };
}

static void deliver(const struct retrans_record *r, bool wanted)
{
	const struct sum_event event = { r, &r->owner };
	const struct retrans_row row = {};

	run.filtered += !wanted;
	if (wanted)
		sums__add(&sums, &event, &row);
	else
		sums__ignore(&sums, r);
}

/* As top_adds() and top_begins() have it. `late`: the record is handed over before the latter. */
static void event_of(uint64_t cookie, bool wanted, bool late)
{
	struct retrans_record r = {
		.cookie = cookie, .cause = CAUSE_RTO, .segs = 1, .epoch = epoch
	};
	struct retrans_source id;
	struct more_entry *e;

	r.flow.rport = cookie;
	seen++;
	unwanted += !wanted;
	source_id(&r, &id);
	e = mores_find(&id);
	if (e) {
		e->more.events++;
		e->more.segs++;
		return;
	}
	if (late)
		deliver(&r, wanted);
	mores_add(&id);
	if (!late)
		deliver(&r, wanted);
}

static void begin(const char *by, uint64_t pid)
{
	const struct retrans_options opt = { .top = { .by = by, .rows = 1 }, .owner.pid = pid };

	memset(&sums, 0, sizeof(sums));
	memset(&run, 0, sizeof(run));
	mores_clear();
	seen = unwanted = lost = 0;
	epoch = 0;
	out__init(&run.out, "tcpretrans", 1);
	sums__parse(&sums, &opt);
	sums__begin(&sums, -1, &epoch, 0);
}

static void end(void)
{
	sums__free(&sums);
	out__free(&run.out);
}

static void all_are_there(const char *how)
{
	is_u64(run.shown + run.filtered + lost, seen, "%s: seen = shown + filtered + lost", how);
	is_u64(left, 0, "%s: nothing is left", how);
	is_u64(sums.events, 0, "%s: nothing is kept back", how);
}

/* The same address and port in two network namespaces. */
static void test_namespaces(const char *by, size_t expected)
{
	begin(by, 0);
	for (uint32_t i = 0; i < 4; i++) {
		struct retrans_record r = { .cookie = i + 1, .cause = CAUSE_RTO, .segs = 1 };

		r.flow.rport = 80;
		r.flow.netns = 1 + i % 2;
		seen++;
		deliver(&r, true);
	}
	is_u64(sums.top.sums.count, expected, "--top %s: by network namespace", by);
	sums__show(&sums, &run, true);
	all_are_there(by);
	end();
}

/* Without intervals, one after the other, each with a few events. */
static void test_storm(const char *how, uint64_t pid)
{
	uint64_t most = 0;

	begin("destination", pid);
	for (uint64_t i = 0; i < 3 * SOURCES_MAX; i++) {
		bool wanted = !pid || i % 3;

		event_of(i, wanted, false);
		event_of(i, wanted, false);
		if (sums.sources.table.count > most)
			most = sums.sources.table.count;
	}
	ok(most <= SOURCES_MAX, "%s: %llu sources are remembered at most", how,
	   (unsigned long long)most);
	ok(most > RETRANS_SOURCES_MAX, "%s: all that the programs add up among them", how);
	/* Those that the programs have room for are known still. */
	for (uint64_t i = 0; i < RETRANS_SOURCES_MAX; i++)
		event_of(i, !pid || i % 3, false);
	is_int(sums__show(&sums, &run, true), 0, "%s: shown", how);
	all_are_there(how);
	is_u64(lost, 0, "%s: nothing is lost", how);
	is_u64(run.filtered, unwanted, "%s: what is filtered", how);
	end();
}

static void test_intervals(void)
{
	begin("flow", 0);
	for (int interval = 0; interval < 5; interval++) {
		for (int i = 0; i < 20000; i++)
			event_of(random_u64() % 30000, true, false);
		sums__show(&sums, &run, false);
		is_u64(run.shown, seen, "interval %d: all is shown", interval);
	}
	sums__show(&sums, &run, true);
	all_are_there("intervals");
	ok(sums.sources.table.count <= SOURCES_MAX, "intervals: bounded");
	end();
}

/* Preempted for so long that their records come first; and forgotten meanwhile. */
static void test_late(const char *how, uint64_t pid, bool last)
{
	begin("flow", pid);
	for (uint64_t i = 0; i < 10; i++)
		event_of(i, true, true);
	mores_clear();
	for (uint64_t i = 100; i < 100 + 2 * SOURCES_MAX; i++) {
		event_of(i, true, false);
		mores_clear();
	}
	for (uint64_t i = 0; i < 10; i++) {
		const struct retrans_record r = { .cookie = i,
						  .cause = CAUSE_RTO,
						  .flow.rport = i };
		struct retrans_source id;

		source_id(&r, &id);
		mores_add(&id);
		event_of(i, true, false);
	}
	sums__show(&sums, &run, last);
	if (!last) {
		is_u64(run.shown + lost, seen - 10, "%s: waited for once", how);
		sums__show(&sums, &run, false);
	}
	all_are_there(how);
	is_u64(lost, pid ? 10 : 0, "%s: lost where nobody knows whether it was wanted", how);
	end();
}

int main(void)
{
	test_storm("storm", 0);
	test_storm("filtered", 1);
	test_intervals();
	test_namespaces("destination", 2);
	test_namespaces("flow", 2);
	test_namespaces("cause", 1);
	test_late("late", 0, false);
	test_late("late, at the end", 0, true);
	test_late("late, filtered", 1, false);
	table__free(&mores);
	return done_testing();
}
