/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What user space tells the programs. */
#ifndef DNSSNOOP_CONFIG_BPF_H
#define DNSSNOOP_CONFIG_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include "event.bpf.h"
#include "net.bpf.h"
#include "process_filter.bpf.h"
#include "tools/dnssnoop/dnssnoop.h"

/* In network order, ended by 0. */
const volatile __u16 ports[DNS_PORTS + 1] = {};
const volatile bool server_side = false;
const volatile bool filter_owner = false; /* there is a filter by process */
const volatile bool try_target = false;	  /* be at the cgroup asked for: see attach.h */

static __always_inline bool is_port(__u16 port)
{
	for (int i = 0; i < DNS_PORTS; i++) {
		if (!ports[i])
			return false;
		if (ports[i] == port)
			return true;
	}
	return false;
}

#endif
