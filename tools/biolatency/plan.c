// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/kernel/attach_btf.h"
#include "common/cgroup/cgroup_filter.h"
#include "common/base/cpu.h"
#include "common/base/msg.h"
#include "common/out/series.h"
#include "common/base/text.h"
#include "tools/biolatency/biolatency.h"
#include "biolatency.skel.h"

/* Rows a CPU where disks or flags are told apart, unless that takes too much of all CPUs. */
#define ROWS_SPLIT 256
#define ROWS_MIN 16
#define ROWS_PLAIN 16
/* What a stamp may be early before it is worth noting one of our own. */
#define TOLERATED_NS 1000
/* rq_issue stays while more than one I/O in so many has a use for it. */
#define ISSUE_SHARE 128
#define ISSUE_TRIAL 4096
#define SERIES_BYTES_MAX (64u << 20)

/* Of two programs for one tracepoint, the one for the arguments that this kernel passes. */
static struct bpf_program *plan_variant(const struct probe *p, const char *tracepoint, int new_args,
					struct bpf_program *new, struct bpf_program *old)
{
	bool is_new = probe__tracepoint_args(p, tracepoint) == new_args;

	tool__omit(is_new ? old : new);
	return is_new ? new : old;
}

/* With a filter by owner another pair. */
static struct bpf_program *plan_queue(const struct biolatency_bpf *skel, bool old)
{
	bool owned = skel->rodata->filter_owner;

	if (old) {
		tool__omit(owned ? skel->progs.bio_queue_old : skel->progs.bio_queue_old_owned);
		return owned ? skel->progs.bio_queue_old_owned : skel->progs.bio_queue_old;
	}
	tool__omit(owned ? skel->progs.bio_queue : skel->progs.bio_queue_owned);
	return owned ? skel->progs.bio_queue_owned : skel->progs.bio_queue;
}

/* The programs that see what the kernel skipped of others: where it can skip them at all. */
static void plan_again(struct bio_plan *plan, const struct probe *p)
{
	const struct biolatency_bpf *skel = plan->skel;
	bool owned = skel->rodata->filter_owner;

	plan->again_getrq = skel->progs.again_getrq;
	plan->again_queue = owned ? skel->progs.again_queue_owned : skel->progs.again_queue;
	tool__omit(owned ? skel->progs.again_queue : skel->progs.again_queue_owned);
	if (probe__preempted_tracepoints(p))
		return;
	tool__omit(plan->again_getrq);
	tool__omit(plan->again_queue);
}

static void plan_variants(struct bio_plan *plan, const struct probe *p)
{
	struct biolatency_bpf *skel = plan->skel;

	/* Commit a54895fa057c (5.11), in 5.10 since 5.10.137. */
	plan->issue = plan_variant(p, "block_rq_issue", 1, skel->progs.rq_issue,
				   skel->progs.rq_issue_old);
	/* Commit e8a676d61c07 (5.11). */
	plan->getrq = plan_variant(p, "block_getrq", 1, skel->progs.getrq, skel->progs.getrq_old);
	plan->queue = plan_variant(p, "block_bio_queue", 1, plan_queue(skel, false),
				   plan_queue(skel, true));
	/* Commit e8a676d61c07 (5.11). */
	plan->backmerge = plan_variant(p, "block_bio_backmerge", 1, skel->progs.bio_backmerge,
				       skel->progs.bio_backmerge_old);
	plan_again(plan, p);
}

/*
 * Who submitted what a throttle holds back: known at the end of a function only. Without it such
 * I/O is counted as unowned, since a kernel worker issues it.
 */
static int plan_throttled(struct bio_plan *plan, const struct probe *p)
{
	/* The first until 5.15. */
	static const char *const functions[] = { "blk_throtl_bio", "__blk_throtl_bio" };
	struct bpf_program *prog = plan->skel->progs.throttled;

	for (int i = 0; i < 2 && plan->opt->pid; i++)
		if (probe__fexit(p, functions[i]))
			return attach_btf__target(prog, functions[i]);
	tool__omit(prog);
	return 0;
}

static int plan_disk(struct bio_plan *plan)
{
	struct biolatency_bpf *skel = plan->skel;
	int err;

	if (!plan->opt->disk)
		return 0;
	err = disk__resolve(plan->opt->disk, &plan->disk);
	if (err) {
		msg__error(text__quote(plan->opt->disk), "%s", disk__strerror(err));
		return TOOL_TOLD(TOOL_USAGE);
	}
	skel->rodata->filter_dev = plan->disk.dev;
	if (plan->disk.partition) {
		skel->rodata->filter_first_sector = plan->disk.first_sector;
		skel->rodata->filter_last_sector = plan->disk.last_sector;
	}
	return 0;
}

static int plan_op(struct bio_plan *plan)
{
	char known[512];
	uint32_t op;

	if (!plan->opt->op)
		return 0;
	if (block_names__op(&plan->names, plan->opt->op, &op)) {
		block_names__list(&plan->names, known, sizeof(known));
		msg__error("--op", "'%s' is no operation (there are: %s)",
			   text__quote(plan->opt->op), known);
		return TOOL_TOLD(TOOL_USAGE);
	}
	plan->skel->rodata->filter_op = op;
	return 0;
}

static int plan_owner(struct bio_plan *plan, const struct probe *p)
{
	const struct bio_options *opt = plan->opt;
	struct cgroup_target target = {};

	if (cgroup_filter__set(&target, opt->cgroup, opt->container, p))
		return TOOL_TOLD(TOOL_USAGE);
	memcpy((void *)&plan->skel->rodata->cgroup_target, &target, sizeof(target));
	plan->skel->rodata->filter_tgid = opt->pid;
	plan->skel->rodata->filter_owner = opt->pid || target.id;
	return 0;
}

static uint32_t plan_rows(const struct bio_plan *plan, uint32_t hists)
{
	uint32_t rows = ROWS_SPLIT / hists, most = plan->opt->max_series;

	if (!plan->opt->per_disk && !plan->opt->per_flag)
		return ROWS_PLAIN;
	if (most) {
		for (rows = 1; rows < most;)
			rows *= 2;
		return rows;
	}
	while (rows > ROWS_MIN && cpu__limit() * rows * SERIES_SIZE(hists) > SERIES_BYTES_MAX)
		rows /= 2;
	return rows;
}

static int plan_series(struct bio_plan *plan)
{
	uint32_t mask = 0;
	int err;

	plan->hists = plan->opt->phases ? PHASE_MAX : 1;
	plan->rows = plan_rows(plan, plan->hists);
	err = series__size(plan->skel->maps.series, plan->rows, plan->hists, &mask);
	plan->skel->rodata->series_mask = mask;
	return err;
}

static const struct {
	const char *prefix;
	enum bio_class class;
} op_classes[] = {
	{ "read", CLASS_IO },
	{ "write_zeroes", CLASS_ZEROES },
	{ "write_same", CLASS_ZEROES },
	{ "write", CLASS_IO },
	{ "flush", CLASS_FLUSH },
	{ "discard", CLASS_DISCARD },
	{ "secure_erase", CLASS_DISCARD },
	{ "zone_append", CLASS_IO },
	{ "zone_", CLASS_ZONE },
};

/* Commands of user space or a driver have different names, and are the rest. */
static enum bio_class plan_class(const char *op)
{
	for (size_t i = 0; i < sizeof(op_classes) / sizeof(op_classes[0]); i++)
		if (!strncmp(op, op_classes[i].prefix, strlen(op_classes[i].prefix)))
			return op_classes[i].class;
	return CLASS_PASSTHROUGH;
}

static void plan_add_class(void *ctx, uint32_t op, const char *name)
{
	struct biolatency_bpf *skel = ctx;

	*(uint8_t *)&skel->rodata->class_of_op[op] = plan_class(name);
}

static void plan_classes(struct bio_plan *plan)
{
	memset((void *)plan->skel->rodata->class_of_op, CLASS_PASSTHROUGH,
	       sizeof(plan->skel->rodata->class_of_op));
	block_names__each_op(&plan->names, plan_add_class, plan->skel);
}

static int plan_kernel(struct bio_plan *plan, const struct probe *p)
{
	struct biolatency_bpf *skel = plan->skel;
	int64_t bit;

	if (block_names__init(&plan->names, p)) {
		msg__error("load", "this kernel's BTF does not name the block layer's operations");
		return TOOL_TOLD(TOOL_UNSUPPORTED);
	}
	plan->plug_cache = probe__field(p, "blk_plug", "cur_ktime");
	skel->rodata->plug_cache = plan->plug_cache;
	if (!probe__enumerator(p, "__RQF_IO_STAT", &bit))
		skel->rodata->block_io_stat_bit = bit;
	plan_classes(plan);
	for (int i = 1; i < ERRNO_LIMIT; i++)
		*(uint8_t *)&skel->rodata->status_of_errno[i] =
			block_names__status_of_errno(&plan->names, i);
	return 0;
}

/* Attached at once, or loaded only so that plan__need() can attach it later. */
static void plan_use(struct bpf_program *prog, bool now)
{
	if (!now)
		tool__defer(prog);
}

static void plan_omit_getrq(struct bio_plan *plan)
{
	tool__omit(plan->getrq);
	tool__omit(plan->again_getrq);
}

static void plan_omit_queue(struct bio_plan *plan)
{
	tool__omit(plan->queue);
	tool__omit(plan->again_queue);
}

/* Nothing that rq_complete would have to ask for. */
static bool plan_is_plain(const struct bio_plan *plan)
{
	const struct bio_options *opt = plan->opt;

	return !opt->phases && !opt->queued && !opt->disk && !opt->op && !opt->per_disk &&
	       !opt->per_flag && !opt->errors && !plan->skel->rodata->filter_owner;
}

/* What takes away notes of bios that never get a request of their own. */
static void plan_forget(struct bio_plan *plan, bool submit)
{
	struct biolatency_bpf *skel = plan->skel;

	if (bpf_program__autoload(skel->progs.throttled))
		return;
	if (!submit)
		tool__omit(plan->backmerge);
	if (submit || skel->rodata->filter_owner)
		tool__defer(skel->progs.noted_complete);
	else
		tool__omit(skel->progs.noted_complete);
}

static void plan_select(struct bio_plan *plan)
{
	const struct bio_options *opt = plan->opt;
	struct biolatency_bpf *skel = plan->skel;
	bool bios_only = opt->disk && plan->disk.bio_based;
	bool requests_only = opt->disk && !plan->disk.bio_based;
	bool submit = opt->phases && plan->plug_cache && !bios_only;
	bool issue = !bios_only && (submit || (!opt->queued && (opt->exact || plan->plug_cache)));
	bool getrq = !bios_only &&
		     (submit || skel->rodata->filter_owner || (opt->queued && plan->plug_cache));

	skel->rodata->by_bio = opt->phases || opt->queued || skel->rodata->filter_owner;
	skel->bss->have_issue = issue;
	skel->bss->have_getrq = getrq;
	skel->bss->tracing_since_ns = skel->bss->issue_since_ns = UINT64_MAX;
	tool__omit(plan_is_plain(plan) ? skel->progs.rq_complete_any : skel->progs.rq_complete);
	/* Loading what nothing can ask for would cost milliseconds at start. */
	if (!skel->rodata->by_bio)
		plan_omit_getrq(plan);
	plan_use(plan->issue, issue);
	plan_use(plan->getrq, getrq);
	plan_use(plan->again_getrq, getrq);
	plan_use(plan->queue, submit);
	plan_use(plan->again_queue, submit);
	tool__defer(skel->progs.bio_complete);
	plan_forget(plan, submit);
	if (requests_only)
		tool__omit(skel->progs.bio_complete);
	if (requests_only && !submit)
		plan_omit_queue(plan);
	if (!bios_only)
		return;
	tool__omit(skel->progs.rq_complete);
	tool__omit(skel->progs.rq_complete_any);
	tool__omit(plan->issue);
	plan_omit_getrq(plan);
}

int plan__configure(struct bio_plan *plan, struct run *run)
{
	const struct bio_options *opt = plan->opt;
	struct biolatency_bpf *skel = run->skel;
	int err;

	plan->skel = skel;
	skel->rodata->phases = opt->phases;
	skel->rodata->with_queue = opt->queued;
	skel->rodata->split_disk = opt->per_disk;
	skel->rodata->errors_only = opt->errors;
	skel->rodata->tolerated_ns = opt->phases || opt->exact ? 0 : TOLERATED_NS;
	err = plan_kernel(plan, run->probe);
	err = err ?: plan_disk(plan);
	err = err ?: plan_op(plan);
	err = err ?: plan_owner(plan, run->probe);
	err = err ?: plan_series(plan);
	if (err)
		return err;
	if (opt->per_flag)
		skel->rodata->flags_mask = block_names__mask(&plan->names);
	plan_variants(plan, run->probe);
	err = plan_throttled(plan, run->probe);
	if (!err)
		plan_select(plan);
	return err;
}

void plan__free(struct bio_plan *plan)
{
	free(plan->watched);
}

/* What was left out of the picture, in one line: a tool must not look as if it saw all. */
static void plan_say_unseen(const struct bio_plan *plan)
{
	const struct bio_options *opt = plan->opt;

	if (opt->phases)
		msg__warn("not seen", "waits for io.max, which come before every tracepoint");
	else
		msg__warn("not seen",
			  "%swaits for a free request (--phases shows them) and for "
			  "io.max (nothing does)",
			  opt->queued ? "" : "time in the scheduler's queue (-Q or --phases), ");
}

/* In this order. */
static int plan_attach(struct run *run, struct bpf_program *prog, struct bpf_program *again)
{
	int err = tool__attach(run, prog);

	return err || !bpf_program__autoload(again) ? err : tool__attach(run, again);
}

static int plan_attach_bios(struct bio_plan *plan, struct run *run)
{
	int err = tool__attach(run, plan->skel->progs.bio_complete);

	return err ?: plan_attach(run, plan->queue, plan->again_queue);
}

/* Without I/O statistics a request does not carry the time it was got. */
static int plan_note_start(struct bio_plan *plan, struct run *run, const struct disk_info *disk)
{
	if (disk->bio_based || disk->iostats || !plan->skel->rodata->by_bio ||
	    plan->skel->bss->have_getrq || (plan->opt->disk && disk->dev != plan->disk.dev))
		return 0;
	return plan__need(plan, run, NEED_GETRQ);
}

/* A disk without requests: counted by its bios, unless they turn up again further down. */
static bool plan_counts_bios(const struct bio_plan *plan, const struct disk_info *disk)
{
	const struct bio_options *opt = plan->opt;

	if (!disk->bio_based || !disk->sectors || (disk->stacked && !opt->per_disk && !opt->disk))
		return false;
	return !opt->disk || disk->dev == plan->disk.dev;
}

static uint8_t plan_watch_of(const struct bio_plan *plan, const struct disk_info *disk)
{
	uint8_t watch = plan_counts_bios(plan, disk) ? WATCH_BIOS : 0;

	if (disk->passes)
		watch |= WATCH_PASSES;
	if (disk->stacked && !disk->bio_based)
		watch |= WATCH_STACKED;
	return disk->path ? watch | WATCH_PATH : watch;
}

/* 1: there is something new to tell the programs. */
static int plan_remember(struct bio_plan *plan, uint32_t dev, uint8_t watch)
{
	struct plan_watch *w = plan->watched;

	for (size_t i = 0; i < plan->nwatched; i++, w++) {
		if (w->dev != dev)
			continue;
		if (w->watch == watch)
			return 0;
		w->watch = watch;
		return 1;
	}
	if (!watch)
		return 0;
	w = reallocarray(plan->watched, plan->nwatched + 1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	plan->watched = w;
	w[plan->nwatched++] = (struct plan_watch){ dev, watch };
	return 1;
}

/* Programs that bios of such disks come by. */
static int plan_attach_watch(struct bio_plan *plan, struct run *run, uint8_t watch)
{
	struct bpf_program *complete = plan->skel->progs.noted_complete;
	int err = 0;

	if (watch & WATCH_BIOS)
		err = plan_attach_bios(plan, run);
	if (err || !(watch & WATCH_PASSES) || !bpf_program__autoload(complete) ||
	    !bpf_program__autoload(plan->queue))
		return err;
	err = tool__attach(run, complete);
	return err ?: plan_attach(run, plan->queue, plan->again_queue);
}

static int plan_watch(struct bio_plan *plan, struct run *run, const struct disk_info *disk)
{
	const struct bpf_map *map = plan->skel->maps.watched;
	uint8_t watch = plan_watch_of(plan, disk);
	int err = disk->dev ? plan_remember(plan, disk->dev, watch) : 0;

	if (err <= 0)
		return err;
	if (watch)
		err = bpf_map__update_elem(map, &disk->dev, sizeof(disk->dev), &watch,
					   sizeof(watch), BPF_ANY);
	else
		err = bpf_map__delete_elem(map, &disk->dev, sizeof(disk->dev), 0);
	if (err) {
		msg__warn(disk->name, "is not watched: %s", strerror(-err));
		return 0;
	}
	if (watch & WATCH_BIOS)
		msg__verbose("watching the bios of %s", disk->name);
	return plan_attach_watch(plan, run, watch);
}

struct plan_scan {
	struct bio_plan *plan;
	struct run *run;
};

static int plan_scan_disk(void *ctx, const struct disk_info *disk)
{
	struct plan_scan *scan = ctx;
	int err = plan_note_start(scan->plan, scan->run, disk);

	scan->plan->stacked |= disk->stacked && !disk->bio_based;
	return err ?: plan_watch(scan->plan, scan->run, disk);
}

/*
 * Where requests are stamped from a cached clock, rq_issue is there from the first I/O on. When
 * hardly any of many has a use for it it goes, until two ask for it; then it stays.
 */
static void plan_drop_issue(struct bio_plan *plan, struct run *run)
{
	struct biolatency_bpf *skel = plan->skel;
	uint64_t stamped = loss__count(run->loss, BIO_STAMPED) - plan->stamped;
	uint64_t seen = loss__count(run->loss, COUNT_SEEN) - plan->seen;

	if (plan->opt->exact || plan->opt->phases || plan->issue_asked || !skel->bss->have_issue ||
	    seen < ISSUE_TRIAL)
		return;
	plan->stamped += stamped;
	plan->seen += seen;
	if (stamped > seen / ISSUE_SHARE)
		return;
	msg__verbose("requests carry their true time of issue: no longer noting it");
	skel->bss->have_issue = false;
	skel->bss->issue_since_ns = UINT64_MAX;
	tool__detach(run, plan->issue);
}

static int plan_scan(struct bio_plan *plan, struct run *run)
{
	struct plan_scan scan = { plan, run };
	int err;

	plan->stacked = false;
	err = disk__each(plan_scan_disk, &scan);
	plan->skel->bss->have_stacked = plan->stacked;
	return err;
}

int plan__rescan(struct bio_plan *plan, struct run *run)
{
	plan_drop_issue(plan, run);
	return plan_scan(plan, run);
}

int plan__begin(struct bio_plan *plan, struct run *run)
{
	plan->skel->bss->tracing_since_ns = run->start_ns;
	if (plan->skel->bss->have_issue)
		plan->skel->bss->issue_since_ns = run->start_ns;
	plan_say_unseen(plan);
	return plan_scan(plan, run);
}

int plan__need(struct bio_plan *plan, struct run *run, uint32_t need)
{
	struct biolatency_bpf *skel = plan->skel;
	bool issue = need == NEED_ISSUE;

	msg__verbose("requests without a true %s: noting it from now on",
		     issue ? "time of issue" : "start time");
	/* Failing is no end: those requests are counted as coarse or untimed. */
	if (issue ? tool__attach(run, plan->issue) :
		    plan_attach(run, plan->getrq, plan->again_getrq))
		return 0;
	*(issue ? &skel->bss->have_issue : &skel->bss->have_getrq) = true;
	if (!issue)
		return 0;
	plan->issue_asked = true;
	skel->bss->issue_since_ns = clock__mono_ns();
	return 0;
}
