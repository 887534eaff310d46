// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/plan.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "common/cgroup_filter.h"
#include "common/cgroup_root.h"
#include "common/cpu.h"
#include "common/priv.h"
#include "common/process.h"
#include "dnssnoop.skel.h"
#include "tools/dnssnoop/filter.h"

bool plan__filters_owner(const struct dns_options *opt)
{
	const struct process_options *p = &opt->process;

	return opt->pid || opt->cgroup || opt->container || p->uid || p->comm || p->tree;
}

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
	struct process_options process = opt->process;
	struct process_filter filter;
	struct cgroup_target target;
	uint32_t hierarchy, subsys;
	uint16_t ports[DNS_PORTS + 1] = {};
	char comm[PROCESS_COMM_LEN] = "";

	/* Of the thread or of the process, which is this tool's own matter. */
	if (process.comm)
		strncpy(comm, process.comm, sizeof(comm) - 1);
	process.comm = NULL;
	if (process_filter__set(&filter, &process) ||
	    cgroup_filter__set(&target, opt->cgroup, opt->container, run->probe) ||
	    dns_ports__set(opt, ports))
		return TOOL_TOLD(TOOL_USAGE);
	memcpy((void *)&skel->rodata->process_filter, &filter, sizeof(filter));
	memcpy((void *)&skel->rodata->cgroup_target, &target, sizeof(target));
	memcpy((void *)skel->rodata->ports, ports, sizeof(ports));
	memcpy((void *)skel->rodata->filter_comm, comm, sizeof(comm));
	process__cgroup1(&target, run->probe, &hierarchy, &subsys);
	skel->rodata->cgroup1_hierarchy = hierarchy;
	skel->rodata->cgroup1_subsys = subsys;
	skel->rodata->filter_pid = opt->pid;
	skel->rodata->filter_owner = plan__filters_owner(opt);
	return process_filter__plan(run, &filter);
}

/* Since 5.14 (commit e6a3e4434000) the tracepoint, since 5.11 (4f19cab76136) the iterator's helper.
 */
static void plan_programs(struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	int64_t helper;

	if (probe__tracepoint_args(run->probe, "inet_sk_error_report") < 0)
		tool__omit(skel->progs.dns_error);
	if (probe__enumerator(run->probe, "BPF_FUNC_sock_from_file", &helper))
		tool__omit(skel->progs.find_owners);
	else
		skel->rodata->older_known = true;
}

int plan__configure(const struct dns_options *opt, struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	int err = plan_privileges() ?: plan_filters(opt, run), cpus = cpu__limit();

	if (err || cpus < 0)
		return err ?: cpus;
	skel->rodata->server_side = opt->server;
	plan_programs(run);
	err = bpf_map__set_max_entries(skel->maps.dns_tellings, cpus);
	return err ?: tool__ring_size(run, opt->buffer, &skel->rodata->ring_wake_bytes);
}

static int plan_root(void)
{
	bool whole;
	int fd = cgroup_root__open(&whole);

	if (fd < 0) {
		msg__error("cgroup2",
			   "no root to attach to: %s (mount it, or run with CAP_SYS_ADMIN, which "
			   "needs no mount)",
			   strerror(-fd));
		return TOOL_TOLD(TOOL_UNSUPPORTED);
	}
	if (!whole)
		msg__warn("cgroup2", "only the processes of this cgroup namespace are seen (run in "
				     "the host's: docker run --cgroupns=host)");
	return fd;
}

static int plan_attach(struct bpf_program *prog, struct bpf_link **link, int root)
{
	*link = bpf_program__attach_cgroup(prog, root);
	if (*link)
		return 0;
	msg__error(bpf_program__name(prog), "cannot be attached to the root of cgroup2: %s",
		   strerror(errno));
	return TOOL_TOLD(TOOL_UNSUPPORTED);
}

int plan__prepare(struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	int root = plan_root(), err;

	if (root < 0)
		return root;
	err = plan_attach(skel->progs.dns_connect4, &skel->links.dns_connect4, root)	     ?:
		      plan_attach(skel->progs.dns_connect6, &skel->links.dns_connect6, root) ?:
		      plan_attach(skel->progs.dns_sendmsg4, &skel->links.dns_sendmsg4, root) ?:
		      plan_attach(skel->progs.dns_sendmsg6, &skel->links.dns_sendmsg6, root) ?:
		      plan_attach(skel->progs.dns_egress, &skel->links.dns_egress, root)     ?:
		      plan_attach(skel->progs.dns_ingress, &skel->links.dns_ingress, root);
	close(root);
	return err;
}

/* Once, for the sockets that are older. */
int plan__begin(struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	char nothing[64];
	int fd;

	if (!skel->links.find_owners)
		return 0;
	fd = bpf_iter_create(bpf_link__fd(skel->links.find_owners));
	if (fd < 0)
		return -errno;
	while (read(fd, nothing, sizeof(nothing)) > 0)
		;
	close(fd);
	return 0;
}
