// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What a tool does with its programs and maps: all skeletons alike. */
#include "common/tool/tool.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Every skeleton begins like this (libbpf, bpf_object_skeleton). */
struct tool_skeleton {
	struct bpf_object_skeleton *skeleton;
};

struct bpf_object_skeleton *tool__skeleton(const struct run *run)
{
	return ((struct tool_skeleton *)run->skel)->skeleton;
}

struct bpf_object *tool__object(const struct run *run)
{
	return *tool__skeleton(run)->obj;
}

void tool__omit(struct bpf_program *prog)
{
	bpf_program__set_autoload(prog, false);
}

void tool__defer(struct bpf_program *prog)
{
	bpf_program__set_autoattach(prog, false);
}

struct bpf_map *tool__map(const struct run *run, const char *name)
{
	return bpf_object__find_map_by_name(tool__object(run), name);
}

int tool__ring_size(struct run *run, uint64_t bytes, __u64 *wake_bytes)
{
	uint64_t page = sysconf(_SC_PAGESIZE), size = page;

	while (size < bytes)
		size *= 2;
	if (size != bytes)
		msg__verbose("ring buffer of %llu bytes", (unsigned long long)size);
	*wake_bytes = size / 4;
	return bpf_map__set_max_entries(tool__map(run, "events"), size);
}

/* Where the skeleton keeps the link of a program. */
static struct bpf_link **tool_link(const struct run *run, const struct bpf_program *prog)
{
	struct bpf_object_skeleton *s = tool__skeleton(run);

	for (int i = 0; i < s->prog_cnt; i++) {
		/* prog_skel_sz: libbpf may know longer entries than its header did here. */
		struct bpf_prog_skeleton *p = (void *)s->progs + i * s->prog_skel_sz;

		if (*p->prog == prog)
			return p->link;
	}
	return NULL;
}

int tool__try_attach(struct run *run, struct bpf_program *prog)
{
	struct bpf_link **link = tool_link(run, prog);

	if (!*link)
		*link = bpf_program__attach(prog);
	return *link ? 0 : -errno;
}

int tool__attach(struct run *run, struct bpf_program *prog)
{
	int err = tool__try_attach(run, prog);

	if (!err)
		return 0;
	msg__error(bpf_program__name(prog), "cannot be attached: %s", strerror(-err));
	return err;
}

void tool__detach(struct run *run, struct bpf_program *prog)
{
	struct bpf_link **link = tool_link(run, prog);

	bpf_link__destroy(*link);
	*link = NULL;
}
