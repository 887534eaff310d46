// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/reason.h"

#include <errno.h>
#include <stdio.h>
#include "common/base/errno_name.h"
#include "tools/tcpretrans/cause.h"
#include "tools/tcpretrans/tcpretrans.h"

struct reason_words {
	const char *name, *text;
};

static const struct reason_words reasons[REASON_MAX] = {
	[REASON_NO_ANSWER] = { "no_answer", "no answer" },
	[REASON_SYN_AGAIN] = { "syn_again", "the SYN came again" },
	[REASON_ACCEPT_QUEUE] = { "accept_queue", "accept queue full (ss -ltn)" },
	[REASON_DEFERRED] = { "deferred", "TCP_DEFER_ACCEPT waits for data" },
	[REASON_ICMP] = { "icmp_unreachable", "ICMP: no route to there" },
};

/* What a queue of this host says (include/linux/netdevice.h), and what is as good as that. */
#define NET_XMIT_DROP 1
#define NET_XMIT_CN 2

static const struct {
	int error;
	struct reason_words words;
} errors[] = {
	{ -EBUSY, { "host_queue", "still in a queue of this host (tc -s qdisc)" } },
	{ NET_XMIT_DROP, { "local_queue", "dropped by a queue of this host (tc -s qdisc)" } },
	{ NET_XMIT_CN, { "local_queue", "a queue of this host is full (tc -s qdisc)" } },
	{ -ENOBUFS, { "local_queue", "a queue of this host is full (tc -s qdisc)" } },
	{ -EAGAIN, { "peer_window", "the peer's window is full" } },
	{ -EHOSTUNREACH, { "no_route", "no route (ip route get)" } },
	{ -ENETUNREACH, { "no_route", "no route (ip route get)" } },
	{ -EINVAL, { "no_route", "no route, or acknowledged meanwhile (ip route get)" } },
	{ -EACCES, { "no_route", "the route prohibits it (ip route get)" } },
	{ -ENETDOWN, { "device_down", "the device is down (ip link)" } },
	{ -EPERM, { "local_filter", "dropped by a filter of this host (nft list ruleset)" } },
	{ -EMSGSIZE, { "too_long", "too long for the path" } },
	{ -ENOMEM, { "no_memory", "no memory (net.ipv4.tcp_mem)" } },
};

static const struct reason_words *reason_words(const struct reason_of *r)
{
	if (r->cause != CAUSE_FAIL)
		return r->reason < REASON_MAX && reasons[r->reason].name ? &reasons[r->reason] :
									   NULL;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].error == r->error)
			return &errors[i].words;
	return NULL;
}

const char *reason__name(const struct reason_of *r)
{
	const struct reason_words *words = reason_words(r);

	return words ? words->name : NULL;
}

const char *reason__errno(int32_t error, char *text, size_t size)
{
	if (error == NET_XMIT_DROP)
		return "NET_XMIT_DROP";
	if (error == NET_XMIT_CN)
		return "NET_XMIT_CN";
	if (error < 0 && errno_name(-error))
		return errno_name(-error);
	snprintf(text, size, "%d", error);
	return text;
}

const char *reason__text(const struct reason_of *r, char *text, size_t size)
{
	const struct reason_words *words = reason_words(r);
	char number[16];

	if (r->cause != CAUSE_FAIL)
		return words ? words->text : NULL;
	snprintf(text, size, "%s, %s%s%s", cause__name(r->attempt) ?: "?",
		 reason__errno(r->error, number, sizeof(number)), words ? ": " : "",
		 words ? words->text : "");
	return text;
}
