// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/loss.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common/bpf/count.h"
#include "common/cpu.h"
#include "common/msg.h"

struct loss {
	const struct loss_cause *causes;
	struct bpf_object *obj;
	const struct counts *counts; /* by CPU */
	size_t size;
	int cpus;
	struct counts now;
	uint64_t *total; /* by cause */
	uint64_t recursion, unwritten;
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
	l->total = calloc(loss_ncauses(causes) + 1, sizeof(l->total[0]));
	p = mmap(NULL, l->size, PROT_READ, MAP_SHARED, bpf_map__fd(counts), 0);
	if (p != MAP_FAILED)
		l->counts = p;
	if (l->counts && l->total)
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
	free(l->total);
	free(l);
}

uint64_t loss__count(const struct loss *l, uint32_t id)
{
	uint64_t n = 0;

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

/* Without those that another program made up for. */
static uint64_t loss_skips(const struct loss *l, const struct loss_cause *c)
{
	uint64_t n = loss_recursion(l, c->program), made_up = c->id ? l->now.n[c->id] : 0;

	return n > made_up ? n - made_up : 0;
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

void loss__report(struct loss *l, struct out *o, uint64_t mono_ns)
{
	uint64_t n;

	loss_read(l);
	l->recursion = 0;
	for (size_t i = 0; l->causes[i].name; i++) {
		const struct loss_cause *c = &l->causes[i];

		n = c->program ? loss_skips(l, c) : l->now.n[c->id];
		if (c->program && !c->note)
			l->recursion += n;
		if (n > l->total[i] && !c->note)
			loss_tell(o, c, n - l->total[i], mono_ns);
		else if (n > l->total[i])
			msg__verbose("%s: %llu %s", c->name, (unsigned long long)n, c->text);
		l->total[i] = n;
	}
}

/* What the kernel skipped was an event too, though no program saw it. */
uint64_t loss__seen(const struct loss *l)
{
	return l->now.n[COUNT_SEEN] + l->now.n[COUNT_SEEN_BESIDE] + l->recursion;
}

void loss__unwritten(struct loss *l, uint64_t events)
{
	l->unwritten = events;
}

uint64_t loss__lost(const struct loss *l)
{
	uint64_t lost = l->unwritten;

	for (size_t i = 0; l->causes[i].name; i++)
		if (!l->causes[i].note)
			lost += l->total[i];
	return lost;
}

static void loss_object(const struct loss *l, struct json *j, const char *key, bool notes)
{
	json__object(j, key);
	for (size_t i = 0; l->causes[i].name; i++)
		if (l->causes[i].note == notes)
			json__u64(j, l->causes[i].name, l->total[i]);
	if (l->unwritten && !notes)
		json__u64(j, "unwritten", l->unwritten);
	json__object_end(j);
}

static void loss_text(const struct loss *l, struct out *o, bool notes)
{
	const char *before = notes ? "; " : " (";
	bool any = l->unwritten && !notes;

	if (any)
		out__text(o, "%sunwritten %llu", before, (unsigned long long)l->unwritten);
	for (size_t i = 0; l->causes[i].name; i++) {
		if (l->causes[i].note != notes || !l->total[i])
			continue;
		out__text(o, "%s%s %llu", any ? ", " : before, l->causes[i].name,
			  (unsigned long long)l->total[i]);
		any = true;
	}
	if (any && !notes)
		out__text(o, ")");
}

void loss__summary(const struct loss *l, struct out *o, uint64_t shown, uint64_t filtered)
{
	uint64_t seen = loss__seen(l), lost = loss__lost(l);
	int64_t rest;

	filtered += l->now.n[COUNT_FILTERED] + l->now.n[COUNT_FILTERED_BESIDE];
	rest = seen - shown - filtered - lost;
	if (rest)
		msg__warn("summary", "%lld events are not accounted for; please report this",
			  (long long)rest);
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
