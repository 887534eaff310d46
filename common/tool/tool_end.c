// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * How a run ends. Its results are made once: where the output does not take them they go to
 * stderr, which an error message tells. A stream of events does not: there may be thousands, and
 * somebody's terminal.
 */
#include "common/tool/tool_life.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "common/stream/grace.h"
#include "common/stream/stream.h"

/* What ended the reader of our output, a Ctrl-C say, may reach us a little later. */
#define SIGNAL_MS 100

/*
 * After this no program counts any more: a program that was under way on another CPU when
 * its link went is waited for.
 */
static void tool_detach(struct run *run)
{
	int err;

	bpf_object__detach_skeleton(tool__skeleton(run));
	err = run->grace ? grace__wait(run->grace) : -ENOTSUP;
	if (err)
		msg__warn(
			"summary",
			"running BPF programs cannot be waited for (%s): their last events may be "
			"missing",
			strerror(-err));
	if (run->follow)
		follow__end(run->follow);
	if (run->stream)
		stream__end(run->stream);
}

/* All that is left to show. Returns the first error. */
static int end_results(struct run *run, int err)
{
	int failed = run->tool->ending ? run->tool->ending(run) : 0;

	if (run->watch)
		run->watch(run);
	run->now_ns = clock__mono_ns();
	books__reconcile(&run->books, run, true);
	err = err ?: failed;
	tool_detach(run);
	run->now_ns = clock__mono_ns();
	failed = events__drain(run->events);
	err = err ?: failed;
	failed = run->tool->finish ? run->tool->finish(run) : 0;
	return err ?: failed;
}

static void end_summary(struct run *run)
{
	struct out *o = &run->out;

	out__begin(o, "summary", run->now_ns);
	if (o->json)
		json__u64(&o->j, "duration_ns", run->now_ns - run->start_ns);
	out__text(o, "\n");
	loss__summary(run->loss, o, run->shown, run->filtered);
	books__summary(&run->books, o, loss__seen(run->loss));
	if (o->json && run->tool->summary)
		run->tool->summary(run);
	out__end(o);
}

/* Events of a stream that the output has not taken are lost. */
static void end_unwritten(struct run *run)
{
	uint64_t unwritten = run->out.stream ? run->shown - run->out.written : 0;

	run->shown -= unwritten;
	loss__unwritten(run->loss, unwritten);
}

/* So are records that an error of our own has left. */
static void end_unread(struct run *run)
{
	int64_t rest = loss__rest(run->loss, run->shown, run->filtered);

	if (rest > 0)
		loss__unwritten(run->loss, rest);
}

static void end_redirect(struct out *o)
{
	const char *why = strerror(-o->err);

	if (o->err == -ETIMEDOUT)
		why = "nobody reads it";
	else if (o->err == -EPIPE)
		why = "the reader has gone";
	msg__error("output", "%s%s; the summary follows here", why,
		   o->sink.cut ? ", its last line is cut" : "");
	out__redirect(o, STDERR_FILENO, msg__is_stuck() ? 0 : SINK_STILL_MS);
}

/* The reader wanted no more (`| head`): this is no error. */
static bool end_is_silent(const struct run *run, bool stopped)
{
	return run->out.broken && run->out.err == -EPIPE && !stopped;
}

/* Once more, elsewhere, if the output does not take it: then the run has failed. */
static int end_tell(struct run *run, bool stopped)
{
	struct out *o = &run->out;
	int before = o->err;

	o->again = true;
	end_summary(run);
	/* Memory that was short for a moment is no reason to be without. */
	if (o->err != before && !o->broken)
		end_summary(run);
	o->again = false;
	out__flush(o);
	if (!o->broken)
		return 0;
	if (end_is_silent(run, stopped))
		return -EPIPE;
	sink__stop();
	end_redirect(o);
	end_unwritten(run);
	end_summary(run);
	out__flush(o);
	return TOOL_TOLD(TOOL_FAILED);
}

static int end_check(const struct run *run)
{
	int64_t rest = loss__rest(run->loss, run->shown, run->filtered);

	if (!rest)
		return 0;
	msg__error("summary", "%lld events are not accounted for; please report this",
		   (long long)rest);
	return TOOL_TOLD(TOOL_FAILED);
}

int tool__end(struct run *run, int err)
{
	struct out *o = &run->out;
	bool stopped = events__stopped(run->events, o->broken ? SIGNAL_MS : 0);
	int failed;

	if (stopped)
		sink__stop();
	/* Nobody asked for more; but other files of the tool's are to be whole. */
	if (end_is_silent(run, stopped))
		return end_results(run, 0) ?: -EPIPE;
	err = end_results(run, err == o->err ? 0 : err);
	loss__report_last(run->loss, o, run->now_ns);
	if (run->stream)
		loss__note(run->loss, LOSS_LATE, stream__late(run->stream));
	if (run->cgroups)
		loss__note(run->loss, LOSS_WITHOUT_CGROUP, cgroup_names__missed(run->cgroups));
	loss__note(run->loss, LOSS_UNJUDGED, follow__unjudged(run->follow));
	/* What an error left to be written makes the numbers right. */
	if (o->err)
		out__flush(o);
	if (o->err)
		end_unwritten(run);
	if (err)
		end_unread(run);
	/* Who reads a stream to its end has not taken what he wanted and left. */
	failed = end_tell(run, stopped || o->stream);
	err = err ?: failed;
	failed = end_check(run);
	return err ?: failed;
}
