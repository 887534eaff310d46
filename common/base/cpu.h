/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef SNOOPKIT_CPU_H
#define SNOOPKIT_CPU_H

/*
 * One more than the highest number of a possible CPU (bpf_get_smp_processor_id() is below
 * it), or -errno. libbpf's count is smaller where the numbers have gaps.
 */
int cpu__limit(void);

#endif
