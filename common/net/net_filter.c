// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/base/msg.h"
#include "common/net/net.h"
#include "common/net/netns.h"
#include "common/base/num.h"
#include "common/base/option.h"
#include "common/base/text.h"

/* "eth0", a name in this tool's own network namespace, or "2", a number in any. */
static int filter_interface(const char *option, const char *name, struct net_filter *f)
{
	uint32_t own, ifindex = 0;
	uint64_t number;

	if (!netns__of_pid(getpid(), &own) && (!f->netns || f->netns == own))
		ifindex = if_nametoindex(name);
	if (ifindex)
		f->netns = own;
	else if (!num__u64(name, 1, INT32_MAX, &number))
		ifindex = number;
	if (ifindex && (!f->ifindex || f->ifindex == ifindex)) {
		f->ifindex = ifindex;
		return 0;
	}
	if (ifindex)
		msg__error(option, "'%s': the interface differs from the interface of %s",
			   text__quote(name), option__typed("laddr"));
	else
		msg__error(option,
			   "'%s': no such interface (in another network namespace, give its "
			   "number)",
			   text__quote(name));
	return -EINVAL;
}

static int filter_network(const char *option, const char *given, const char *network,
			  struct net_addr *net, struct net_addr *mask)
{
	if (!net_addr__cidr(network, net, mask))
		return 0;
	msg__error(option,
		   "'%s' is not a network (give an address, or an address with a prefix length, "
		   "like 10.0.0.0/8)",
		   text__quote(given));
	return -EINVAL;
}

/* "fe80::1%eth0", "fe80::%eth0/64" (RFC 4007, 11): cuts the interface out. NULL: there is none. */
static char *cut_interface(char *network, char *to, size_t size)
{
	char *percent = strchr(network, '%'), *end;

	if (!percent)
		return NULL;
	end = percent + strcspn(percent, "/");
	snprintf(to, size, "%.*s", (int)(end - percent - 1), percent + 1);
	memmove(percent, end, strlen(end) + 1);
	return to;
}

static int filter_addr(const char *option, const char *given, struct net_filter *f,
		       struct net_addr *net, struct net_addr *mask)
{
	char name[IF_NAMESIZE + 1], *network, *interface;
	int err;

	if (!given)
		return 0;
	network = strdup(given);
	if (!network)
		return -ENOMEM;
	interface = cut_interface(network, name, sizeof(name));
	err = filter_network(option, given, network, net, mask);
	free(network);
	if (err || !interface)
		return err;
	if (net_addr__is_scoped(net))
		return filter_interface(option, interface, f);
	msg__error(option, "'%s' is not a link-local address, and has no interface",
		   text__quote(given));
	return -EINVAL;
}

int net_filter__no_netns(const char *given, int err)
{
	msg__error(option__typed("netns"),
		   "'%s': %s (give a name of `ip netns`, a file, a PID or a number)",
		   text__quote(given),
		   err == -ENOENT ? "no such network namespace" :
		   err == -EINVAL ? "no namespace" :
				    strerror(-err));
	return -EINVAL;
}

int net_filter__set(struct net_filter *f, const struct net_options *opt, uint32_t netns)
{
	memset(f, 0, sizeof(*f));
	f->netns = netns;
	if (filter_addr(option__typed("laddr"), opt->laddr, f, &f->local, &f->local_mask) ||
	    filter_addr(option__typed("raddr"), opt->raddr, f, &f->remote, &f->remote_mask))
		return -EINVAL;
	/* By then it may be another one (netns_follow.h). */
	if (opt->netns)
		f->netns = 0;
	f->lport = opt->lport;
	f->rport = opt->rport;
	/* Both is all there is. */
	if (opt->v4 != opt->v6)
		f->version = opt->v4 ? 4 : 6;
	return 0;
}
