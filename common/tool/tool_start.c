// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* How a run begins: privileges, features, programs. */
#include "common/tool/tool_life.h"

#include <errno.h>
#include <string.h>
#include "common/kernel/attach_btf.h"
#include "common/base/clock.h"
#include "common/stream/grace.h"
#include "common/kernel/priv.h"
#include "common/kernel/refusal.h"
#include "common/stream/stream.h"

static int tool_no_btf(int err)
{
	const char *why = refusal__text(-err);

	if (err == ENOENT)
		why = "this kernel has no BTF (needs one built with CONFIG_DEBUG_INFO_BTF; in a "
		      "container, /sys must be mounted)";
	else if (err == EOPNOTSUPP)
		why = "this kernel describes its types in a format that is newer than this tool";
	else if (err == EBADMSG)
		why = "the types in this file are not the kernel's types";
	msg__error("/sys/kernel/btf/vmlinux", "%s", why);
	return TOOL_TOLD(refusal__is_shortage(-err) ? TOOL_FAILED : TOOL_UNSUPPORTED);
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

/* An option that was not given has what its variable begins with, which the constant gets, too. */
static int tool_constant(struct run *run, const struct cli_option *o)
{
	uint64_t *wide = tool__variable(run, o->constant, sizeof(*wide));
	uint32_t *narrow = tool__variable(run, o->constant, sizeof(*narrow));
	bool *flag = tool__variable(run, o->constant, sizeof(*flag));

	if (o->type == CLI_TEXT || o->type == CLI_LIST || (o->type == CLI_FLAG) != !!flag ||
	    (!flag && !wide && !narrow))
		return -EINVAL;
	if (flag)
		*flag = *(const bool *)o->value;
	else if (wide)
		*wide = *(const uint64_t *)o->value;
	else if (*(const uint64_t *)o->value > UINT32_MAX)
		return -ERANGE;
	else
		*narrow = *(const uint64_t *)o->value;
	return 0;
}

static int tool_constants(struct run *run)
{
	int err = 0;

	for (const struct cli_option *o = run->tool->tables->options; !err && !cli__is_end(o); o++)
		if (o->type != CLI_GROUP && o->constant)
			err = tool_constant(run, o);
	return err;
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
	return tool_constants(run) ?: tool->configure(run);
}

/* The object's own types, what the kernel is asked for its features by, and the like. */
#define SPARE_FILES 6

static int tool_refused(const char *what, int err)
{
	return TOOL_TOLD(refusal__tell(what, err));
}

static int tool_record(void *ctx, const void *data, size_t size)
{
	struct run *run = ctx;

	return run->tool->record(run, data, size);
}

static int tool_ring(struct run *run)
{
	struct bpf_map *ring = tool__map(run, "events");
	uint32_t *armed = tool__variable(run, "ring_armed", sizeof(*armed));
	struct events_reader reader = { .record = tool_record, .ctx = run };

	if (!ring)
		return 0;
	if (!armed)
		return -ENOENT;
	if (run->tool->ordered) {
		run->stream = stream__new(tool__object(run), tool_record, run);
		if (!run->stream)
			return -errno;
		stream__reader(run->stream, &reader);
		run->cgroups = stream__cgroups(run->stream);
	}
	return events__ring(run->events, ring, armed, &reader);
}

/*
 * libbpf takes a trial of its own that failed for want of a descriptor for something that the
 * kernel lacks. So all that are needed are asked for before.
 */
static int tool_check_files(const struct run *run)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	size_t files = SPARE_FILES;

	bpf_object__for_each_map (map, tool__object(run))
		files += bpf_map__autocreate(map);
	bpf_object__for_each_program (prog, tool__object(run))
		files += bpf_program__autoload(prog) ? 2 : 0; /* and its link */
	return refusal__need_files(files);
}

static int tool_load_programs(struct run *run)
{
	const struct kernel_btf *btf = probe__btf(run->probe);
	int err = tool_check_files(run);

	if (err)
		return tool_refused("load", err);
	if (*run->core_types.path)
		err = core_types__write(&run->core_types, bpf_object__btf(tool__object(run)), btf);
	if (err)
		return err;
	attach_btf__use(btf);
	err = bpf_object__load_skeleton(tool__skeleton(run));
	attach_btf__use(NULL);
	return err ? tool_refused("load", err) : 0;
}

void tool__free_types(struct run *run)
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
	err = err ?: tool__follow_plan(run);
	err = err ?: tool_load_programs(run);
	if (err)
		return err;
	tool__free_types(run);
	run->loss = loss__new(run->tool->tables->causes, tool__object(run), counts);
	if (!run->loss)
		return -errno;
	err = tool__follow_start(run);
	if (!err && run->tool->prepare)
		err = run->tool->prepare(run);
	err = err ?: tool_ring(run);
	return err ?: tool__follow_listen(run);
}

static int tool_attach(struct run *run)
{
	int err = bpf_object__attach_skeleton(tool__skeleton(run));

	if (err)
		return tool_refused("attach", err);
	/* Where unprivileged BPF is off, attaching later and bpf_prog_info need CAP_BPF. */
	err = priv__drop(PRIV_BPF, run->held);
	if (err)
		msg__error("privileges", "cannot be dropped: %s", strerror(-err));
	return err;
}

/* What the kernel's times are compared with, and what the end waits by. */
static int tool_init(struct run *run)
{
	int err = clock__init();

	if (!err && clock__ahead_ns())
		msg__verbose("the host's monotonic clock is ahead by %lld ns",
			     (long long)clock__ahead_ns());
	if (err) {
		msg__error("clock",
			   "the host's clock cannot be read from this time namespace: %s "
			   "(`nsenter -T -t 1` enters the host's time namespace)",
			   refusal__text(err));
		return TOOL_TOLD(refusal__is_shortage(err) ? TOOL_FAILED : TOOL_UNSUPPORTED);
	}
	run->grace = grace__new();
	return 0;
}

int tool__start(struct run *run)
{
	int err = tool_check_privileges();

	err = err ?: tool_init(run);
	err = err ?: tool_open(run);
	err = err ?: tool_load(run);
	return err ?: tool_attach(run);
}
