// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Keeps the programs of empty.bpf.c attached until it is killed. */
#include <stdio.h>
#include <unistd.h>
#include "empty.skel.h"

int main(void)
{
	struct empty_bpf *skel = empty_bpf__open_and_load();

	if (!skel || empty_bpf__attach(skel)) {
		perror("empty");
		return 1;
	}
	pause();
	return 0;
}
