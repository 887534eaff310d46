// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/plan.h"

#include <string.h>
#include "common/base/cpu.h"
#include "common/kernel/priv.h"
#include "dnssnoop.skel.h"
#include "tools/dnssnoop/filter.h"

static int plan_privileges(void)
{
	char names[64];
	int err = priv__missing(PRIV_NET_ADMIN, names, sizeof(names));

	if (err || !*names)
		return err;
	msg__error("privileges", "missing %s, which programs at a cgroup need (run as root)",
		   names);
	return TOOL_TOLD(TOOL_UNSUPPORTED);
}

static int plan_filters(const struct dns_options *opt, struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	uint16_t ports[DNS_PORTS + 1] = {};
	int err = owner__configure(run, &opt->owner);

	if (err)
		return err;
	if (dns_ports__set(opt, ports))
		return TOOL_TOLD(TOOL_USAGE);
	memcpy((void *)skel->rodata->ports, ports, sizeof(ports));
	return 0;
}

/* Since 5.14 (commit e6a3e4434000) the tracepoint, since 5.11 (4f19cab76136) the iterator's helper.
 */
static void plan_programs(struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	int64_t helper;

	if (probe__tracepoint_args(run->probe, "inet_sk_error_report") < 0)
		tool__omit(skel->progs.dns_error);
	else
		skel->rodata->errors_told = true;
	/* A server's socket is many clients'. */
	if (skel->rodata->server_side)
		tool__omit(skel->progs.dns_release);
	if (probe__enumerator(run->probe, "BPF_FUNC_sock_from_file", &helper))
		tool__omit(skel->progs.find_owners);
	else
		skel->rodata->older_known = true;
}

/* See attach.h. */
static void plan_place(struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;

	skel->rodata->try_target =
		skel->rodata->cgroup_target.there && !skel->rodata->cgroup_target.hierarchy &&
		skel->rodata->older_known && !probe__field(run->probe, "sock_cgroup_data", "val");
	/* The programs may have to move (attach.h), also where cgroup2 is not mounted. */
	if (skel->rodata->try_target)
		run->held |= PRIV_NET_ADMIN;
}

int plan__configure(const struct dns_options *opt, struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	int err = plan_privileges() ?: plan_filters(opt, run), cpus = cpu__limit();

	if (err || cpus < 0)
		return err ?: cpus;
	skel->rodata->server_side = opt->server;
	plan_programs(run);
	plan_place(run);
	err = bpf_map__set_max_entries(skel->maps.dns_tellings, cpus);
	return err ?: tool__ring_size(run, opt->buffer, &skel->rodata->ring_wake_bytes);
}
