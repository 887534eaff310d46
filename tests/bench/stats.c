// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Has the kernel measure programs until it is killed. Unlike kernel.bpf_stats_enabled it needs
 * nobody to put it back, and nobody else can take it away.
 */
#include <stdio.h>
#include <unistd.h>
#include <bpf/bpf.h>

int main(void)
{
	/* Since 5.8 (commit d46edd671a14). */
	if (bpf_enable_stats(BPF_STATS_RUN_TIME) < 0) {
		perror("stats");
		return 1;
	}
	pause();
	return 0;
}
