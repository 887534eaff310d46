// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/programs.h"

#include "common/base/clock.h"
#include "common/base/msg.h"
#include "tools/biolatency/biolatency.h"
#include "biolatency.skel.h"

/* rq_issue stays while more than one I/O in so many has a use for it. */
#define ISSUE_SHARE 128
#define ISSUE_TRIAL 4096

/* In this order. */
static int programs_attach(struct run *run, struct bpf_program *prog, struct bpf_program *again,
			   struct bpf_program *third)
{
	int err = tool__attach(run, prog);

	if (!err && bpf_program__autoload(again))
		err = tool__attach(run, again);
	if (!err && third && bpf_program__autoload(third))
		err = tool__attach(run, third);
	return err;
}

static int programs_attach_queued(struct bio_plan *plan, struct run *run)
{
	return programs_attach(run, plan->queue, plan->again_queue, plan->third_queue);
}

int programs__attach_queue(struct bio_plan *plan, struct run *run, struct bpf_program *complete)
{
	int err = tool__attach(run, complete);

	return err ?: programs_attach_queued(plan, run);
}

int programs__attach_bios(struct bio_plan *plan, struct run *run)
{
	int err = programs_attach(run, plan->skel->progs.bio_complete, plan->again_complete,
				  plan->third_complete);

	return err ?: programs_attach_queued(plan, run);
}

/*
 * Where requests are stamped from a cached clock, rq_issue is there from the first I/O on. It goes
 * when hardly any of many requests needs it, until two ask for it; then it stays.
 */
void programs__drop_issue(struct bio_plan *plan, struct run *run)
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
	msg__verbose("requests carry their true time of issue, so it is no longer noted");
	skel->bss->have_issue = false;
	skel->bss->issue_since_ns = UINT64_MAX;
	tool__detach(run, plan->issue);
}

static int programs_attach_getrq(struct bio_plan *plan, struct run *run)
{
	int err = tool__attach(run, plan->frontmerge) ?: tool__attach(run, plan->rq_merge);

	return err ?: programs_attach(run, plan->getrq, plan->again_getrq, NULL);
}

int programs__need(struct bio_plan *plan, struct run *run, uint32_t need)
{
	struct biolatency_bpf *skel = plan->skel;
	bool issue = need == NEED_ISSUE;

	msg__verbose("some requests lack a true %s, so it is noted from now on",
		     issue ? "time of issue" : "start time");
	/* Failing is no end: those requests are counted as coarse or untimed. */
	if (issue ? tool__attach(run, plan->issue) : programs_attach_getrq(plan, run))
		return 0;
	*(issue ? &skel->bss->have_issue : &skel->bss->have_getrq) = true;
	if (!issue)
		return 0;
	plan->issue_asked = true;
	skel->bss->issue_since_ns = clock__mono_ns();
	return 0;
}
