// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "common/base/clock.h"
#include "common/base/option.h"
#include "common/stream/grace.h"
#include "common/kernel/libbpf_log.h"
#include "common/out/outfile.h"
#include "common/kernel/priv.h"
#include "common/kernel/refusal.h"
#include "common/stream/stream.h"
#include "common/base/text.h"
#include "common/tool/tool_life.h"
#include "common/base/version.h"

#define CHECK_NS (2 * NSEC_PER_SEC)
/* How old a loss may be before it is told while records come. */
#define REPORT_NS NSEC_PER_SEC

static int tool_begin(struct run *run)
{
	uint64_t deadline = tool_common.duration_ns;
	int err = 0;

	run->start_ns = run->now_ns = clock__mono_ns();
	if (run->interval_ns)
		err = events__interval(run->events, run->start_ns, run->interval_ns);
	err = err ?: events__check(run->events, run->start_ns, CHECK_NS);
	if (!err && deadline)
		err = events__deadline(run->events, run->start_ns + deadline);
	events__output(run->events, run->out.sink.fd);
	if (run->tool->banner)
		out__text(&run->out, "%s\n", run->tool->banner);
	if (!err && run->attached)
		err = run->attached(run);
	if (!err && run->tool->begin)
		err = run->tool->begin(run);
	msg__verbose("ready");
	return err;
}

static void tool_report(struct run *run)
{
	run->reported_ns = run->now_ns;
	loss__report(run->loss, &run->out,
		     run->stream ? stream__now_ns(run->stream, run->now_ns) : run->now_ns);
}

static int tool_tick(struct run *run)
{
	int err = 0;

	if (run->tool->check)
		err = run->tool->check(run);
	err = err ?: run->tool->tick(run);
	tool_report(run);
	books__reconcile(&run->books, run, true);
	return err;
}

static int tool_check(struct run *run)
{
	tool_report(run);
	books__reconcile(&run->books, run, false);
	if (run->watch)
		run->watch(run);
	if (run->follow)
		follow__check(run->follow);
	return run->tool->check ? run->tool->check(run) : 0;
}

static void tool_use(struct out *o, int fd)
{
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	sink__init(&o->sink, fd, -1);
}

/* Somebody has moved the file away. If it cannot be made anew, output goes on in the old one. */
static void tool_reopen(struct run *run)
{
	struct out *o = &run->out;
	int fd, old = o->sink.fd;

	if (out__flush(o))
		return;
	priv__raise(run->held, true);
	fd = outfile__open(tool_common.output, OUTFILE_LOG);
	priv__raise(run->held, false);
	if (fd < 0)
		return;
	if (close(old))
		msg__error(text__quote(tool_common.output), "the old file: %s", strerror(errno));
	tool_use(o, fd);
	events__output(run->events, fd);
	if (o->stream)
		out__header(o);
}

/*
 * The last interval is left to tool_finish(), which shows it with the programs detached: then
 * nothing can come after it.
 */
static int tool_loop(struct run *run)
{
	const int end = EVENTS_SIGNAL | EVENTS_DEADLINE;
	uint64_t left = run->intervals ?: UINT64_MAX;

	for (;;) {
		int err = 0, what = events__wait(run->events);

		if (what < 0)
			return what;
		run->now_ns = clock__mono_ns();
		if (what & EVENTS_SIGNAL)
			sink__stop();
		if (what & EVENTS_GONE)
			out__gone(&run->out);
		if (what & end || (what & EVENTS_TICK && !--left))
			return 0;
		if (what & EVENTS_TICK)
			err = tool_tick(run);
		if (!err && what & EVENTS_CHECK)
			err = tool_check(run);
		if (what & EVENTS_RECORDS && run->now_ns - run->reported_ns >= REPORT_NS)
			tool_report(run);
		if (what & EVENTS_REOPEN)
			tool_reopen(run);
		err = err ?: out__flush(&run->out);
		if (err)
			return err;
	}
}

static int tool_exit(const struct run *run, int err)
{
	err = err ?: run->out.err;
	if (!err)
		return TOOL_OK;
	if (err <= TOOL_TOLD(0))
		return -err - 0x10000;
	/* The reader took what it wanted (`| head`). */
	if (err == -EPIPE)
		return TOOL_OK;
	msg__error(err == run->out.err ? "output" : NULL, "%s", refusal__text(err));
	return TOOL_FAILED;
}

/* A file system may tell only now that it has no room (NFS, quotas). */
static int tool_close(struct run *run)
{
	struct out *o = &run->out;

	if (!o->err && o->sink.kind == SINK_FILE && close(o->sink.fd))
		o->err = -errno;
	return o->err;
}

static int tool_output(struct run *run)
{
	int fd, err;

	if (!tool_common.output)
		return 0;
	err = events__reopen(run->events);
	if (err)
		return err;
	/* Root's way to a file of another user's directory, of which SIGUSR1 wants a new one. */
	run->held = PRIV_DAC_OVERRIDE;
	fd = outfile__open(tool_common.output, OUTFILE_LOG);
	if (fd < 0)
		return TOOL_TOLD(TOOL_FAILED);
	tool_use(&run->out, fd);
	return 0;
}

static int tool_run(struct run *run)
{
	int err;

	run->events = events__new();
	if (!run->events)
		return -errno;
	sink__stop_by(events__signal_fd(run->events));
	err = tool_output(run);
	err = err ?: tool__start(run);
	err = err ?: tool_begin(run);
	if (err)
		return err;
	err = out__flush(&run->out);
	err = err ?: tool_loop(run);
	return tool__end(run, err);
}

static void tool_release(struct run *run)
{
	if (run->tool->release)
		run->tool->release(run);
	loss__free(run->loss);
	sink__stop_by(-1);
	events__free(run->events);
	stream__free(run->stream);
	follow__free(run->follow);
	grace__free(run->grace);
	tool__free_types(run);
	if (run->skel)
		run->tool->destroy(run->skel);
	out__free(&run->out);
}

/* --columns help: no column has that name. */
static bool tool_wants_columns(void)
{
	return tool_common.columns && !strcmp(tool_common.columns, "help");
}

/* What the command line alone tells. */
static int tool_parsed(struct run *run)
{
	const struct tool_tables *tables = run->tool->tables;
	int err = run->tool->parsed ? run->tool->parsed(run) : 0;

	if (!err && tool_common.output && !strcmp(tool_common.output, "-")) {
		msg__error(option__typed("output"),
			   "needs a file (output is on stdout without it)");
		err = TOOL_TOLD(TOOL_USAGE);
	}
	if (err || tool_wants_columns())
		return err;
	if (out__columns(&run->out, tables__fields(tables), tool_common.columns, tables__given,
			 tables))
		err = TOOL_TOLD(TOOL_USAGE);
	return err;
}

static int tool_print(struct run *run, const struct cli *cli)
{
	if (tool_common.help)
		cli__help(cli, &run->out.buf);
	else
		buf__printf(&run->out.buf, "%s (snoopkit %s)\n", cli->tool, SNOOPKIT_VERSION);
	out__line(&run->out, true);
	return out__flush(&run->out);
}

/*
 * A descriptor that was closed would be given to the next file opened: BTF, a map. So it becomes
 * one that can be neither read nor written; that needs no /dev.
 */
static int tool_check_stdio(bool *closed)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/", O_PATH | O_DIRECTORY) != fd)
			return -errno;
		*closed |= fd == STDOUT_FILENO;
	}
	return 0;
}

/* Large buffers go back to the system, and stay apart, also after the first one was freed. */
static void tool_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
#endif
}

static int tool_go(struct run *run)
{
	const struct tool_tables *tables = run->tool->tables;

	if (!tool_wants_columns())
		return tool_run(run);
	out__columns_help(&run->out, tables__fields(tables), tables__given, tables);
	return out__flush(&run->out);
}

int tool__main(const struct tool *tool, int argc, char **argv)
{
	const struct tool_tables *t = tool->tables;
	const struct cli cli = {
		t->name, t->purpose, { t->options, common_options }, t->positionals, t->examples
	};
	struct run run = { .tool = tool, .core_types.fd = -1 };
	bool closed = false;
	int err;

	tzset();
	tool_memory();
	/* Output that cannot be written is an error like others (`| head`, ulimit -f). */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	msg__init(t->name, false);
	refusal__raise_limits();
	err = tool_check_stdio(&closed);
	if (cli__parse(&cli, argc, argv))
		return TOOL_USAGE;
	msg__init(t->name, tool_common.verbose);
	libbpf_log__start();
	out__init(&run.out, t->name, t->schema_version);
	run.out.shown = &run.shown;
	run.out.json = tool_common.json;
	run.out.no_header = tool_common.no_header;
	if (closed && !tool_common.output)
		err = -EBADF;
	if (err)
		run.out.err = err;
	else if (tool_common.help || tool_common.version)
		err = tool_print(&run, &cli);
	else
		err = tool_parsed(&run) ?: tool_go(&run);
	err = tool_exit(&run, err ?: tool_close(&run));
	tool_release(&run);
	return err;
}
