// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "common/bpf/process_filter_wire.h"
#include "common/cgroup/cgroup.h"
#include "common/cgroup/cgroup_root.h"
#include "common/base/msg.h"
#include "common/kernel/priv.h"
#include "common/tool/tool.h"
#include "tools/dnssnoop/dnssnoop.h"

#include "dnssnoop.skel.h"

static struct bpf_prog_skeleton *next_of_cgroups(struct dnssnoop_bpf *skel, int *i)
{
	while (*i < skel->skeleton->prog_cnt) {
		struct bpf_prog_skeleton *p = &skel->skeleton->progs[(*i)++];
		enum bpf_prog_type type = bpf_program__type(*p->prog);

		if (bpf_program__autoload(*p->prog) &&
		    (type == BPF_PROG_TYPE_CGROUP_SKB || type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR ||
		     type == BPF_PROG_TYPE_CGROUP_SOCK))
			return p;
	}
	return NULL;
}

static void detach_all(struct dnssnoop_bpf *skel)
{
	struct bpf_prog_skeleton *p;
	int i = 0;

	while ((p = next_of_cgroups(skel, &i))) {
		bpf_link__destroy(*p->link);
		*p->link = NULL;
	}
}

/* Closes `cgroup`. Attaches all or none; *failed is the name of the program that failed. */
static int attach_all(struct dnssnoop_bpf *skel, int cgroup, const char **failed)
{
	struct bpf_prog_skeleton *p;
	int i = 0, err = 0;

	while (!err && (p = next_of_cgroups(skel, &i))) {
		*p->link = bpf_program__attach_cgroup(*p->prog, cgroup);
		if (*p->link)
			continue;
		err = -errno;
		*failed = p->name;
	}
	close(cgroup);
	if (err)
		detach_all(skel);
	return err;
}

static int attach_at_root(struct dnssnoop_bpf *skel)
{
	const char *failed;
	bool whole;
	int root = cgroup_root__open(&whole), err;

	if (root < 0) {
		msg__error("cgroup2",
			   "there is no root cgroup to attach to: %s (mount cgroup2, or run with "
			   "CAP_SYS_ADMIN, which needs no mount)",
			   strerror(-root));
		return TOOL_TOLD(TOOL_UNSUPPORTED);
	}
	if (!whole)
		msg__warn("cgroup2",
			  "only processes of this cgroup namespace are seen (run the tool "
			  "in the host's: docker run --cgroupns=host)");
	err = attach_all(skel, root, &failed);
	if (!err)
		return 0;
	msg__error(failed, "cannot be attached to the root of cgroup2: %s", strerror(-err));
	return TOOL_TOLD(TOOL_UNSUPPORTED);
}

static bool attach_at_target(struct dnssnoop_bpf *skel)
{
	const char *failed;
	int cgroup;

	if (!skel->rodata->try_target)
		return false;
	cgroup = cgroup__open(skel->rodata->cgroup_target.there);
	return cgroup >= 0 && !attach_all(skel, cgroup, &failed);
}

/* Once, for the sockets that are older. */
static int find_owners(struct dnssnoop_bpf *skel)
{
	struct bpf_link *link;
	char nothing[64];
	int fd;

	if (!bpf_program__autoload(skel->progs.find_owners))
		return 0;
	link = bpf_program__attach(skel->progs.find_owners);
	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		fd = -errno;
	while (fd >= 0 && read(fd, nothing, sizeof(nothing)) > 0)
		;
	bpf_link__destroy(link);
	if (fd < 0)
		return fd;
	return close(fd);
}

static int move_to_root(struct dnssnoop_bpf *skel)
{
	/* Never at both: each packet would come twice. */
	detach_all(skel);
	return attach_at_root(skel) ?: find_owners(skel);
}

/* Once. Without them nothing would be seen any more, which has been told then. */
static void leave_target(void *ctx)
{
	struct run *run = ctx;

	follow__changed(run->follow, NULL, NULL);
	msg__verbose("the given cgroup is not the only one any more: the programs are attached to "
		     "the root");
	priv__raise(run->held, true);
	move_to_root(run->skel);
	priv__raise(run->held, false);
}

int attach__programs(struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	bool at_target = attach_at_target(skel);
	int err;

	bpf_program__set_autoattach(skel->progs.find_owners, false);
	err = (at_target ? 0 : attach_at_root(skel)) ?: find_owners(skel);
	if (err || !at_target)
		return err;
	if (!skel->bss->elsewhere) {
		msg__verbose("the programs are attached to the given cgroup");
		follow__changed(run->follow, leave_target, run);
		return 0;
	}
	msg__verbose(
		"the given cgroup has a socket that was made in another cgroup: the programs are attached to the root");
	return move_to_root(skel);
}
