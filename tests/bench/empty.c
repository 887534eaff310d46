// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Keeps those programs of empty.bpf.c attached that are named, until it is killed; those of packets
 * at the cgroup whose directory is in $CGROUP.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "empty.skel.h"

static bool is_named(const struct bpf_program *prog, char **names)
{
	while (*names && strcmp(*names, bpf_program__name(prog)))
		names++;
	return *names;
}

static int attach_packets(struct empty_bpf *skel)
{
	const char *cgroup = getenv("CGROUP");
	int fd = cgroup ? open(cgroup, O_RDONLY | O_CLOEXEC) : -1;
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, skel->obj)
		if (bpf_program__autoload(prog) &&
		    bpf_program__type(prog) == BPF_PROG_TYPE_CGROUP_SKB &&
		    !bpf_program__attach_cgroup(prog, fd))
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	struct empty_bpf *skel = empty_bpf__open();
	struct bpf_program *prog;

	if (skel)
		bpf_object__for_each_program (prog, skel->obj)
			bpf_program__set_autoload(prog, is_named(prog, argv + 1));
	if (!skel || argc < 2 || empty_bpf__load(skel) || empty_bpf__attach(skel) ||
	    attach_packets(skel)) {
		perror("empty");
		return 1;
	}
	pause();
	return 0;
}
