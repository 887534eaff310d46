// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/stream/grace.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common/base/msg.h"

/*
 * membarrier() waits, but not where a processor runs without ticks (nohz_full=), nor where it is
 * not built in. Then a map of maps is used: whoever changes one waits until no program can still
 * have the map that was there (commit 1ae80cf31938, 4.20). Its maps are -1 where membarrier() will
 * do.
 */
struct grace {
	int inner, outer;
};

static bool grace_by_membarrier(void)
{
	long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	return commands > 0 && commands & MEMBARRIER_CMD_GLOBAL;
}

static int grace_maps(struct grace *g)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);

	g->inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "grace_inner", 4, 4, 1, NULL);
	if (g->inner < 0)
		return g->inner;
	opts.inner_map_fd = g->inner;
	g->outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "grace", 4, 4, 1, &opts);
	return g->outer < 0 ? g->outer : 0;
}

struct grace *grace__new(void)
{
	struct grace *g = calloc(1, sizeof(*g));
	int err = 0;

	if (!g)
		return NULL;
	g->inner = g->outer = -1;
	if (!grace_by_membarrier()) {
		msg__verbose("membarrier is refused; a map of maps waits for running programs");
		err = grace_maps(g);
	}
	if (!err)
		return g;
	grace__free(g);
	errno = -err;
	return NULL;
}

void grace__free(struct grace *g)
{
	if (!g)
		return;
	if (g->outer >= 0)
		close(g->outer);
	if (g->inner >= 0)
		close(g->inner);
	free(g);
}

int grace__wait(const struct grace *g)
{
	uint32_t key = 0;

	if (g->outer >= 0)
		return bpf_map_update_elem(g->outer, &key, &g->inner, BPF_ANY);
	return syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) ? -errno : 0;
}
