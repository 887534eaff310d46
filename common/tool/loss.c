// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/tool/loss.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common/bpf/count_wire.h"
#include "common/base/clock.h"
#include "common/base/cpu.h"
#include "common/base/msg.h"

/* A program may be preempted between the skip and the second program, which makes up for it. */
#define MADE_UP_NS (3 * NSEC_PER_SEC / 2)

/* Of a cause. */
struct loss_tally {
	uint64_t told;
	/* Skips that were there at a time when it may not have been known what becomes of them. */
	uint64_t skips, skips_ns;
};

struct loss {
	const struct loss_cause *causes;
	struct bpf_object *obj;
	const struct counts *counts; /* by CPU */
	size_t size;
	int cpus;
	struct counts now;
	struct counts own;	  /* by loss__add() */
	struct loss_tally *tally; /* by cause */
	uint64_t uncounted, unwritten, notes[LOSS_NOTES];
};

const struct loss_note_name loss_notes[LOSS_NOTES] = {
	[LOSS_LATE] = { "out_of_order", "events that were shown behind younger ones" },
	[LOSS_WITHOUT_CGROUP] = { "without_cgroup",
				  "events that were shown without their cgroup: there were too "
				  "many new cgroups at once" },
	[LOSS_UNJUDGED] = { "unjudged_cgroups",
			    "new cgroups that were taken for others' before their names were known" },
};

int loss__size(struct bpf_map *counts)
{
	int cpus = cpu__limit();

	return cpus < 0 ? cpus : bpf_map__set_max_entries(counts, cpus);
}

static size_t loss_ncauses(const struct loss_cause *causes)
{
	size_t n = 0;

	while (causes[n].name)
		n++;
	return n;
}

struct loss *loss__new(const struct loss_cause *causes, struct bpf_object *obj,
		       struct bpf_map *counts)
{
	struct loss *l = calloc(1, sizeof(*l));
	long page = sysconf(_SC_PAGESIZE);
	void *p;

	if (!l)
		return NULL;
	l->causes = causes;
	l->obj = obj;
	l->cpus = bpf_map__max_entries(counts);
	l->size = (l->cpus * sizeof(struct counts) + page - 1) / page * page;
	l->tally = calloc(loss_ncauses(causes) + 1, sizeof(l->tally[0]));
	p = mmap(NULL, l->size, PROT_READ, MAP_SHARED, bpf_map__fd(counts), 0);
	if (p != MAP_FAILED)
		l->counts = p;
	if (l->counts && l->tally)
		return l;
	loss__free(l);
	return NULL;
}

void loss__free(struct loss *l)
{
	if (!l)
		return;
	if (l->counts)
		munmap((void *)l->counts, l->size);
	free(l->tally);
	free(l);
}

uint64_t loss__count(const struct loss *l, uint32_t id)
{
	uint64_t n = l->own.n[id];

	/* Pairs with count_add() and own_add(), of programs that are under way. */
	for (int cpu = 0; cpu < l->cpus; cpu++)
		n += __atomic_load_n(&l->counts[cpu].n[id], __ATOMIC_RELAXED);
	return n;
}

static void loss_read(struct loss *l)
{
	for (int i = 0; i < COUNT_MAX; i++)
		l->now.n[i] = loss__count(l, i);
}

/* Since 5.12 (commit 9ed9e9ba2337) the kernel counts runs that it skipped. */
static uint64_t loss_skipped(const struct bpf_program *prog)
{
	struct bpf_prog_info info = {};
	/* Up to there, whatever else the headers of the build know. */
	uint32_t size =
		offsetof(struct bpf_prog_info, recursion_misses) + sizeof(info.recursion_misses);

	if (bpf_program__fd(prog) < 0 ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &size))
		return 0;
	return info.recursion_misses;
}

static uint64_t loss_recursion(const struct loss *l, const char *name)
{
	struct bpf_program *prog;
	uint64_t n = 0;

	bpf_object__for_each_program (prog, l->obj) {
		if (!strncmp(bpf_program__name(prog), name, strlen(name)))
			n += loss_skipped(prog);
	}
	return n;
}

uint64_t loss__skipped(const struct loss *l, const char *program)
{
	return loss_recursion(l, program);
}

static bool loss_is_loaded(const struct loss *l, const char *name)
{
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, l->obj)
		if (!strncmp(bpf_program__name(prog), name, strlen(name)) &&
		    bpf_program__fd(prog) >= 0)
			return true;
	return false;
}

bool loss__is_whole(const struct loss *l, const char *program, const char *second, uint32_t id)
{
	bool skipped = loss_recursion(l, program) &&
		       (!loss_is_loaded(l, second) || loss_recursion(l, second));

	return !skipped && !loss__count(l, id);
}

/* Both programs have to be skipped. */
static uint64_t loss_of_both(const struct loss *l, const struct loss_cause *c, uint64_t n)
{
	uint64_t second;

	if (!n || !c->second || !loss_is_loaded(l, c->second))
		return n;
	second = loss_recursion(l, c->second);
	return n < second ? n : second;
}

/* Without those that another program made up for, which is counted later than the skip. */
static uint64_t loss_left(const struct loss *l, const struct loss_cause *c, uint64_t skips)
{
	uint64_t made_up = loss__count(l, c->id);

	return skips > made_up ? loss_of_both(l, c, skips - made_up) : 0;
}

/*
 * Of skips that were there some time ago, all that will be made up for is: what is left is lost for
 * sure, and may only become more.
 */
static uint64_t loss_skips(const struct loss *l, const struct loss_cause *c, struct loss_tally *t,
			   bool last)
{
	uint64_t now_ns = clock__mono_ns(), skips = loss_recursion(l, c->program), n = t->told;

	if (!c->id)
		return skips;
	if (last)
		return loss_left(l, c, skips);
	if (now_ns - t->skips_ns < MADE_UP_NS)
		return n;
	n = loss_left(l, c, t->skips);
	t->skips = skips;
	t->skips_ns = now_ns;
	return n;
}

static void loss_tell(struct out *o, const struct loss_cause *c, uint64_t n, uint64_t mono_ns)
{
	msg__warn(c->name, "%llu %s", (unsigned long long)n, c->text);
	out__begin(o, "lost", mono_ns);
	if (o->json) {
		json__str(&o->j, "cause", c->name);
		json__u64(&o->j, "count", n);
	}
	out__end(o);
}

static void loss_report(struct loss *l, struct out *o, uint64_t mono_ns, bool last)
{
	loss_read(l);
	l->uncounted = 0;
	for (size_t i = 0; l->causes[i].name; i++) {
		const struct loss_cause *c = &l->causes[i];
		struct loss_tally *t = &l->tally[i];
		uint64_t n = c->program ? loss_skips(l, c, t, last) :
					  loss_of_both(l, c, l->now.n[c->id]);

		if (n > t->told && !c->note)
			loss_tell(o, c, n - t->told, mono_ns);
		else if (n > t->told)
			msg__verbose("%s: %llu %s", c->name, (unsigned long long)n, c->text);
		t->told = n > t->told ? n : t->told;
		if ((c->program || c->unseen) && !c->note)
			l->uncounted += t->told;
	}
}

void loss__report(struct loss *l, struct out *o, uint64_t mono_ns)
{
	loss_report(l, o, mono_ns, false);
}

void loss__report_last(struct loss *l, struct out *o, uint64_t mono_ns)
{
	loss_report(l, o, mono_ns, true);
}

/* What the kernel skipped was an event too, though no program counted it. */
uint64_t loss__seen(const struct loss *l)
{
	return l->now.n[COUNT_SEEN] + l->now.n[COUNT_SEEN_BESIDE] + l->uncounted;
}

void loss__add(struct loss *l, uint32_t id, uint64_t events)
{
	l->own.n[id] += events;
}

void loss__unwritten(struct loss *l, uint64_t events)
{
	l->unwritten += events;
}

void loss__note(struct loss *l, enum loss_note note, uint64_t events)
{
	l->notes[note] = events;
}

uint64_t loss__lost(const struct loss *l)
{
	uint64_t lost = l->unwritten;

	for (size_t i = 0; l->causes[i].name; i++)
		if (!l->causes[i].note)
			lost += l->tally[i].told;
	return lost;
}

static void loss_object(const struct loss *l, struct json *j, const char *key, bool notes)
{
	json__object(j, key);
	for (size_t i = 0; l->causes[i].name; i++)
		if (l->causes[i].note == notes)
			json__u64(j, l->causes[i].name, l->tally[i].told);
	if (l->unwritten && !notes)
		json__u64(j, "unwritten", l->unwritten);
	for (int i = 0; notes && i < LOSS_NOTES; i++)
		if (l->notes[i])
			json__u64(j, loss_notes[i].name, l->notes[i]);
	json__object_end(j);
}

static void loss_text(const struct loss *l, struct out *o, bool notes)
{
	const char *before = notes ? "; " : " (";
	bool any = l->unwritten && !notes;

	if (any)
		out__text(o, "%sunwritten %llu", before, (unsigned long long)l->unwritten);
	for (size_t i = 0; l->causes[i].name; i++) {
		if (l->causes[i].note != notes || !l->tally[i].told)
			continue;
		out__text(o, "%s%s %llu", any ? ", " : before, l->causes[i].name,
			  (unsigned long long)l->tally[i].told);
		any = true;
	}
	for (int i = 0; notes && i < LOSS_NOTES; i++) {
		if (!l->notes[i])
			continue;
		out__text(o, "%s%s %llu", any ? ", " : before, loss_notes[i].name,
			  (unsigned long long)l->notes[i]);
		any = true;
	}
	if (any && !notes)
		out__text(o, ")");
}

static uint64_t loss_filtered(const struct loss *l, uint64_t filtered)
{
	return filtered + l->now.n[COUNT_FILTERED] + l->now.n[COUNT_FILTERED_BESIDE];
}

int64_t loss__rest(const struct loss *l, uint64_t shown, uint64_t filtered)
{
	return loss__seen(l) - shown - loss_filtered(l, filtered) - loss__lost(l);
}

void loss__summary(const struct loss *l, struct out *o, uint64_t shown, uint64_t filtered)
{
	uint64_t seen = loss__seen(l), lost = loss__lost(l);

	filtered = loss_filtered(l, filtered);
	if (o->json) {
		json__u64(&o->j, "seen", seen);
		json__u64(&o->j, "shown", shown);
		json__u64(&o->j, "filtered", filtered);
		loss_object(l, &o->j, "lost", false);
		loss_object(l, &o->j, "notes", true);
		return;
	}
	out__text(o, "seen %llu = shown %llu + filtered %llu + lost %llu", (unsigned long long)seen,
		  (unsigned long long)shown, (unsigned long long)filtered,
		  (unsigned long long)lost);
	loss_text(l, o, false);
	loss_text(l, o, true);
	out__text(o, "\n");
}
