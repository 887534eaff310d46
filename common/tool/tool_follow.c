// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A filter by cgroup during a run. */
#include "common/tool/tool_life.h"

#include <errno.h>
#include <unistd.h>
#include "common/kernel/priv.h"
#include "common/stream/stream.h"

static const char *const follow_programs[] = { "follow_mkdir", "follow_release", "follow_rmdir",
					       "follow_rename" };

#define PROGRAMS (sizeof(follow_programs) / sizeof(follow_programs[0]))

static struct bpf_program *follow_program(const struct run *run, size_t i)
{
	return bpf_object__find_program_by_name(tool__object(run), follow_programs[i]);
}

int tool__follow(struct run *run, const struct cgroup_wanted *w, const struct cgroup_target *t)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		struct bpf_program *prog = follow_program(run, i);

		if (!prog)
			return -ENOENT;
		bpf_program__set_autoload(prog, true);
		tool__defer(prog);
	}
	/* The names of containers are in root's files. */
	if (w->kind == CGROUP_WANTED_CONTAINER && geteuid())
		run->held |= PRIV_DAC_READ_SEARCH | PRIV_DAC_OVERRIDE;
	run->follow = follow__new(w, t);
	if (!run->follow)
		return -errno;
	return bpf_map__set_max_entries(tool__map(run, "cgroup_targets"), CGROUP_TARGETS_MAX);
}

int tool__follow_plan(const struct run *run)
{
	static const char *const maps[] = { "cgroup_news", "cgroup_news_rooms" };
	int err = 0;

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]) && !err && !run->follow; i++) {
		struct bpf_map *map = tool__map(run, maps[i]);

		err = map ? bpf_map__set_autocreate(map, false) : 0;
	}
	return err;
}

static int follow_turn(void *ctx)
{
	uint64_t hold_ns;
	int err = follow__turn(ctx, &hold_ns);

	return err ?: hold_ns != UINT64_MAX;
}

int tool__follow_start(struct run *run)
{
	struct follow_shared shared = {
		.missed = tool__variable(run, "cgroup_missed", sizeof(*shared.missed)),
		.has_memory = tool__variable(run, "cgroup_has_memory", sizeof(bool)),
	};
	int err;

	if (!run->follow)
		return 0;
	err = follow__open(run->follow, tool__object(run), &shared);
	for (size_t i = 0; i < PROGRAMS && !err; i++)
		err = tool__attach(run, follow_program(run, i));
	return err ?: follow__start(run->follow);
}

int tool__follow_listen(struct run *run)
{
	if (!run->follow)
		return 0;
	if (run->stream)
		stream__follow(run->stream, run->follow);
	return events__beside(run->events, follow__fd(run->follow), follow_turn, run->follow);
}

bool tool__wants(struct run *run, uint64_t cgroup_id, uint64_t cgroup1_id)
{
	bool wants = follow__wants(run->follow, cgroup_id, cgroup1_id);

	run->filtered += !wants;
	return wants;
}
