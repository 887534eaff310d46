// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/plan.h"

#include "common/base/msg.h"
#include "common/kernel/attach_btf.h"
#include "tools/biolatency/biolatency.h"
#include "tools/biolatency/config.h"
#include "tools/biolatency/watch.h"
#include "biolatency.skel.h"

/* Of two programs for one tracepoint, the program for the arguments that this kernel passes. */
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
	plan->again_complete = skel->progs.again_complete;
	plan->third_complete = skel->progs.third_complete;
	plan->third_queue = owned ? skel->progs.third_queue_owned : skel->progs.third_queue;
	tool__omit(owned ? skel->progs.third_queue : skel->progs.third_queue_owned);
	plan->again_queue = owned ? skel->progs.again_queue_owned : skel->progs.again_queue;
	tool__omit(owned ? skel->progs.again_queue : skel->progs.again_queue_owned);
	skel->rodata->again_bios = probe__preempted_tracepoints(p);
	if (skel->rodata->again_bios)
		return;
	tool__omit(plan->again_getrq);
	tool__omit(plan->again_queue);
	tool__omit(plan->again_complete);
	tool__omit(plan->third_queue);
	tool__omit(plan->third_complete);
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
	plan->frontmerge = plan_variant(p, "block_bio_frontmerge", 1, skel->progs.bio_frontmerge,
					skel->progs.bio_frontmerge_old);
	plan->rq_merge = plan_variant(p, "block_rq_merge", 1, skel->progs.rq_merge,
				      skel->progs.rq_merge_old);
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

	for (int i = 0; i < 2 && plan->opt->owner.pid; i++)
		if (probe__fexit(p, functions[i]))
			return attach_btf__target(prog, functions[i]);
	tool__omit(prog);
	return 0;
}

/* Attached at once, or loaded only so that programs__need() can attach it later. */
static void plan_use(struct bpf_program *prog, bool now)
{
	if (!now)
		tool__defer(prog);
}

static void plan_omit_getrq(struct bio_plan *plan)
{
	tool__omit(plan->getrq);
	tool__omit(plan->again_getrq);
	tool__omit(plan->frontmerge);
	tool__omit(plan->rq_merge);
}

static void plan_omit_queue(struct bio_plan *plan)
{
	tool__omit(plan->queue);
	tool__omit(plan->again_queue);
	tool__omit(plan->third_queue);
}

/* Nothing that rq_complete would have to ask for. */
static bool plan_is_plain(const struct bio_plan *plan)
{
	const struct bio_options *opt = plan->opt;

	return !opt->phases && !opt->queued && !plan->disks.n && !opt->op && !opt->per_disk &&
	       !opt->per_flag && !opt->errors && !plan->skel->rodata->filter_owner &&
	       !plan->sizes.shift;
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
	bool bios_only = plan->disks.bios_only, requests_only = plan->disks.requests_only;
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
	plan_use(plan->frontmerge, getrq);
	plan_use(plan->rq_merge, getrq);
	plan_use(plan->queue, submit);
	plan_use(plan->again_queue, submit);
	tool__defer(skel->progs.bio_complete);
	plan_use(plan->again_complete, false);
	plan_use(plan->third_complete, false);
	plan_use(plan->third_queue, submit);
	plan_forget(plan, submit);
	if (requests_only) {
		tool__omit(skel->progs.bio_complete);
		tool__omit(plan->again_complete);
		tool__omit(plan->third_complete);
	}
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
	int err;

	plan->skel = run->skel;
	err = config__set(plan, run);
	if (err)
		return err;
	plan_variants(plan, run->probe);
	err = plan_throttled(plan, run->probe);
	if (!err)
		plan_select(plan);
	return err;
}

void plan__free(struct bio_plan *plan)
{
	watch__free(&plan->watch);
	ledger__free(&plan->ledger);
}

/* What was left out of the picture, in one line: a tool must not look as if it saw all. */
static void plan_say_unseen(const struct bio_plan *plan)
{
	const struct bio_options *opt = plan->opt;

	if (opt->phases)
		msg__warn("not seen", "waits for io.max, since they come before every tracepoint");
	else
		msg__warn("not seen",
			  "%swaits for a free request (--phases shows them) and for "
			  "io.max (nothing shows them)",
			  opt->queued ? "" : "time in the scheduler's queue (-Q or --phases), ");
}

int plan__rescan(struct bio_plan *plan, struct run *run)
{
	if (disks__look(&plan->disks))
		disks__tell(&plan->disks, plan->skel->bss->wanted_disks);
	programs__drop_issue(plan, run);
	return watch__scan(plan, run);
}

int plan__begin(struct bio_plan *plan, struct run *run)
{
	plan->skel->bss->tracing_since_ns = run->start_ns;
	if (plan->skel->bss->have_issue)
		plan->skel->bss->issue_since_ns = run->start_ns;
	plan_say_unseen(plan);
	return watch__scan(plan, run);
}
