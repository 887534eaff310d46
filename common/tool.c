// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "common/attach_btf.h"
#include "common/clock.h"
#include "common/libbpf_log.h"
#include "common/priv.h"
#include "common/stream.h"
#include "common/version.h"

#define CHECK_NS (2 * NSEC_PER_SEC)

static struct {
	bool json, verbose, version, help, no_header;
	const char *columns;
	uint64_t duration_ns;
} common;

static const struct cli_option common_options[] = {
	{ CLI_GROUP, .help = "Output" },
	{ CLI_FLAG, 'j', "json", NULL, "JSON Lines instead of tables", &common.json },
	{ CLI_TEXT, 0, "columns", "A,B,...", "these columns, in this order", &common.columns },
	{ CLI_FLAG, 0, "no-header", NULL, "tables without their header", &common.no_header },
	{ CLI_GROUP, .help = "Other" },
	{ CLI_DURATION, 0, "duration", "TIME", "end after so long, like 10, 0.5s or 2m",
	  .value = &common.duration_ns, .min = 1000000, .max = 366 * 86400 * NSEC_PER_SEC },
	{ CLI_FLAG, 'v', "verbose", NULL, "say on stderr what is done", &common.verbose },
	{ CLI_FLAG, 0, "version", NULL, "print the version and end", &common.version },
	{ CLI_FLAG, 'h', "help", NULL, "print this help and end", &common.help },
	{},
};

static int tool_no_btf(int err)
{
	if (err == ENOENT)
		msg__error(
			"/sys/kernel/btf/vmlinux",
			"this kernel has no BTF (needs one built with CONFIG_DEBUG_INFO_BTF; in a "
			"container, /sys must be mounted)");
	else if (err == EOPNOTSUPP)
		msg__error("/sys/kernel/btf/vmlinux",
			   "this kernel describes its types in a way that is newer than this tool");
	else if (err == EBADMSG)
		msg__error("/sys/kernel/btf/vmlinux", "what is there is not the kernel's types");
	else
		msg__error("/sys/kernel/btf/vmlinux", "%s", strerror(err));
	return err == ENOMEM ? -ENOMEM : TOOL_TOLD(TOOL_UNSUPPORTED);
}

static int tool_check_privileges(void)
{
	char names[64];
	int err = priv__missing(PRIV_BPF | PRIV_PERFMON, names, sizeof(names));

	if (err || !*names)
		return err;
	msg__error("privileges", "missing %s (run as root, or grant them with setcap)", names);
	return TOOL_TOLD(TOOL_UNSUPPORTED);
}

static int tool_open(struct run *run)
{
	const struct tool *tool = run->tool;
	/* -v: what the verifier's work was, a line for each program (BPF_LOG_STATS). */
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_level = msg__is_verbose() ? 4 : 0);
	int err = attach_btf__init();

	if (err)
		return err;
	run->probe = probe__new();
	if (!run->probe)
		return tool_no_btf(errno);
	core_types__open(&run->core_types);
	if (*run->core_types.path)
		opts.btf_custom_path = run->core_types.path;
	run->skel = tool->open(&opts);
	if (!run->skel)
		return -errno;
	return tool->configure(run);
}

/* Kernels before 5.11 charge maps to the limit of locked memory; libbpf could not raise it. */
static const char *tool_memlock_hint(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return "";
	return "; before Linux 5.11 also an unlimited `ulimit -l`, or CAP_SYS_RESOURCE to raise it";
}

static int tool_refused(const char *what, int err)
{
	libbpf_log__show();
	if (err == -EPERM || err == -EACCES) {
		msg__error(what,
			   "the kernel refuses (%s): CAP_BPF and CAP_PERFMON in the first user "
			   "namespace are needed, and no lockdown or policy against BPF%s",
			   strerror(-err), tool_memlock_hint());
		return TOOL_TOLD(TOOL_UNSUPPORTED);
	}
	if (err == -ENOMEM)
		return err;
	msg__error(what, "this kernel lacks what the tool needs (%s); -v shows more",
		   strerror(-err));
	return TOOL_TOLD(TOOL_UNSUPPORTED);
}

static int tool_record(void *ctx, const void *data, size_t size)
{
	struct run *run = ctx;

	return run->tool->record(run, data, size);
}

static int tool_ring(struct run *run)
{
	struct bpf_map *ring = tool__map(run, "events");
	struct events_reader reader = { .record = tool_record, .ctx = run };

	if (!ring)
		return 0;
	if (run->tool->ordered) {
		run->stream = stream__new(tool__object(run), tool_record, run);
		if (!run->stream)
			return -errno;
		stream__reader(run->stream, &reader);
	}
	return events__ring(run->events, ring, run->ring_armed, &reader);
}

static int tool_load_programs(struct run *run)
{
	const struct kernel_btf *btf = probe__btf(run->probe);
	int err = 0;

	if (*run->core_types.path)
		err = core_types__write(&run->core_types, bpf_object__btf(tool__object(run)), btf);
	if (err)
		return err;
	attach_btf__use(btf);
	err = bpf_object__load_skeleton(tool__skeleton(run));
	attach_btf__use(NULL);
	return err ? tool_refused("load", err) : 0;
}

/* What is known of the kernel has done its service. */
static void tool_free_types(struct run *run)
{
	core_types__close(&run->core_types);
	probe__free(run->probe);
	run->probe = NULL;
}

static int tool_load(struct run *run)
{
	struct bpf_map *counts = tool__map(run, "counts");
	int err = loss__size(counts);

	if (!err && run->tool->ordered)
		err = stream__size(tool__object(run));
	err = err ?: tool_load_programs(run);
	if (err)
		return err;
	tool_free_types(run);
	run->loss = loss__new(run->tool->causes, tool__object(run), counts);
	if (!run->loss)
		return -errno;
	if (run->tool->prepare)
		err = run->tool->prepare(run);
	return err ?: tool_ring(run);
}

static int tool_attach(struct run *run)
{
	int err = bpf_object__attach_skeleton(tool__skeleton(run));

	if (err)
		return tool_refused("attach", err);
	/* Where unprivileged BPF is off, attaching later and bpf_prog_info need CAP_BPF. */
	err = priv__drop(PRIV_BPF);
	if (err)
		msg__error("privileges", "cannot be given up: %s", strerror(-err));
	return err;
}

static int tool_begin(struct run *run)
{
	uint64_t deadline = common.duration_ns;
	int err = 0;

	run->start_ns = run->now_ns = clock__mono_ns();
	if (run->interval_ns)
		err = events__interval(run->events, run->start_ns, run->interval_ns);
	else if (run->tool->check)
		err = events__interval(run->events, run->start_ns, CHECK_NS);
	if (!err && deadline)
		err = events__deadline(run->events, run->start_ns + deadline);
	events__output(run->events, run->out.sink.fd);
	if (run->tool->banner)
		out__text(&run->out, "%s\n", run->tool->banner);
	if (!err && run->tool->begin)
		err = run->tool->begin(run);
	msg__verbose("ready");
	return err ?: out__flush(&run->out);
}

static int tool_tick(struct run *run)
{
	int err = 0;

	if (run->tool->check)
		err = run->tool->check(run);
	if (err || !run->interval_ns)
		return err;
	err = run->tool->tick(run);
	loss__report(run->loss, &run->out, run->now_ns);
	return err;
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
			run->out.sink.stopping = true;
		if (what & EVENTS_GONE)
			return -EPIPE;
		if (what & end || (what & EVENTS_TICK && run->interval_ns && !--left))
			return 0;
		if (what & EVENTS_TICK)
			err = tool_tick(run);
		err = err ?: out__flush(&run->out);
		if (err)
			return err;
		run->written = run->shown;
	}
}

/*
 * After this no program counts any more: a program that was under way on another CPU when
 * its link went is waited for.
 */
static void tool_detach(struct run *run)
{
	bpf_object__detach_skeleton(tool__skeleton(run));
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

/* Events that nobody got to see are lost. */
static void tool_unmute(struct run *run)
{
	loss__unwritten(run->loss, run->shown - run->written);
	run->shown = run->written;
	run->out.buf.len = 0;
	run->out.muted = false;
}

static int tool_finish(struct run *run)
{
	struct out *o = &run->out;
	int err, flushed;

	tool_detach(run);
	run->now_ns = clock__mono_ns();
	err = events__drain(run->events);
	if (o->muted)
		tool_unmute(run);
	if (!err && run->tool->finish)
		err = run->tool->finish(run);
	loss__report(run->loss, o, run->now_ns);
	out__begin(o, "summary", run->now_ns);
	if (o->json)
		json__u64(&o->j, "duration_ns", run->now_ns - run->start_ns);
	out__text(o, "\n");
	loss__summary(run->loss, o, run->shown, run->filtered);
	if (o->json && run->tool->summary)
		run->tool->summary(run);
	out__end(o);
	/* A tool that has found something wrong still shows what it has. */
	flushed = out__flush(o);
	return flushed ?: err;
}

/*
 * The result is not lost with the output: it goes where the error goes. A stream of events does
 * not: there may be thousands, and somebody's terminal.
 */
static void tool_rescue(struct run *run, int err)
{
	if (err == -ETIMEDOUT)
		msg__error("output", "nobody reads it; the summary follows here");
	else
		msg__error("output", "%s; the summary follows here", strerror(-err));
	run->out.sink.fd = STDERR_FILENO;
	run->out.err = run->out.buf.err = 0;
	run->out.buf.len = 0;
	run->out.j.comma = false;
	run->out.muted = run->tool->ordered;
	tool_finish(run);
}

static int tool_exit(const struct run *run, int err)
{
	if (!err)
		return TOOL_OK;
	if (err <= TOOL_TOLD(0))
		return -err - 0x10000;
	/* The reader took what it wanted (`| head`). */
	if (err == -EPIPE)
		return TOOL_OK;
	msg__error(err == run->out.err ? "output" : NULL, "%s", strerror(-err));
	return TOOL_FAILED;
}

static int tool_run(struct run *run)
{
	int err = tool_check_privileges();

	if (err)
		return err;
	run->events = events__new();
	if (!run->events)
		return -errno;
	run->out.sink.stop_fd = events__signal_fd(run->events);
	err = tool_open(run);
	err = err ?: tool_load(run);
	err = err ?: tool_attach(run);
	err = err ?: tool_begin(run);
	if (err)
		return err;
	err = tool_loop(run);
	if (!err && run->tool->ending)
		err = run->tool->ending(run);
	err = err ?: tool_finish(run);
	if (err && err == run->out.err && err != -EPIPE) {
		tool_rescue(run, err);
		return TOOL_TOLD(TOOL_FAILED);
	}
	return err;
}

static void tool_release(struct run *run)
{
	if (run->tool->release)
		run->tool->release(run);
	loss__free(run->loss);
	events__free(run->events);
	stream__free(run->stream);
	tool_free_types(run);
	if (run->skel)
		run->tool->destroy(run->skel);
	out__free(&run->out);
}

/* What the command line alone tells. */
static int tool_parsed(struct run *run)
{
	int err = run->tool->parsed ? run->tool->parsed(run) : 0;

	if (!err && out__columns(&run->out, run->tool->fields, common.columns))
		err = TOOL_TOLD(TOOL_USAGE);
	return err;
}

static int tool_print(struct run *run, const struct cli *cli)
{
	if (common.help)
		cli__help(cli, &run->out.buf);
	else
		buf__printf(&run->out.buf, "%s (snoopkit %s)\n", cli->tool, SNOOPKIT_VERSION);
	return out__flush(&run->out);
}

/* A descriptor that was closed would be given to the next file opened: BTF, a map. */
static int tool_check_stdio(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return -errno;
		if (fd == STDOUT_FILENO)
			return -EBADF;
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

/* Large buffers go back to the system, and stay apart, also after the first one was freed. */
static void tool_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
#endif
}

int tool__main(const struct tool *tool, int argc, char **argv)
{
	const struct cli cli = { tool->name,
				 tool->purpose,
				 { tool->options, common_options },
				 tool->positionals,
				 tool->examples };
	struct run run = { .tool = tool, .core_types.fd = -1 };
	int err;

	tzset();
	tool_memory();
	/* Output that cannot be written is an error like others (`| head`, ulimit -f). */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	msg__init(tool->name, false);
	err = tool_check_stdio();
	if (err) {
		msg__error("output", "%s", strerror(-err));
		return TOOL_FAILED;
	}
	if (cli__parse(&cli, argc, argv))
		return TOOL_USAGE;
	msg__init(tool->name, common.verbose);
	libbpf_log__start();
	out__init(&run.out, tool->name, tool->schema_version);
	run.out.json = common.json;
	run.out.no_header = common.no_header;
	if (common.help || common.version)
		err = tool_print(&run, &cli);
	else
		err = tool_parsed(&run) ?: tool_run(&run);
	err = tool_exit(&run, err);
	tool_release(&run);
	return err;
}
