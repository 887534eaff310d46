// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <errno.h>
#include <string.h>
#include "common/msg.h"
#include "common/net.h"
#include "common/netns.h"
#include "common/text.h"

static int filter_addr(const char *option, const char *given, struct net_addr *net,
		       struct net_addr *mask)
{
	if (!given || !net_addr__cidr(given, net, mask))
		return 0;
	msg__error(option,
		   "'%s' is no network (give an address, or one with a prefix's length, "
		   "like 10.0.0.0/8)",
		   text__quote(given));
	return -EINVAL;
}

static int filter_netns(const char *given, uint32_t *netns)
{
	int err = given ? netns__resolve(given, netns) : 0;

	if (!err)
		return 0;
	msg__error("--netns", "'%s': %s (give a name of `ip netns`, a file, a PID or a number)",
		   text__quote(given),
		   err == -ENOENT ? "no such network namespace" :
		   err == -EINVAL ? "no namespace" :
				    strerror(-err));
	return -EINVAL;
}

int net_filter__set(struct net_filter *f, const struct net_options *opt)
{
	memset(f, 0, sizeof(*f));
	if (filter_addr("--laddr", opt->laddr, &f->local, &f->local_mask) ||
	    filter_addr("--raddr", opt->raddr, &f->remote, &f->remote_mask) ||
	    filter_netns(opt->netns, &f->netns))
		return -EINVAL;
	f->lport = opt->lport;
	f->rport = opt->rport;
	/* Both is all there is. */
	if (opt->v4 != opt->v6)
		f->version = opt->v4 ? 4 : 6;
	return 0;
}
