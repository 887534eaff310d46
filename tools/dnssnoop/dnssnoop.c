// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What DNS queries do processes and containers make, how fast are they answered, and which fail? */
#include "tools/dnssnoop/dnssnoop.h"

#include <errno.h>
#include <string.h>
#include "common/net/netns_follow.h"
#include "common/base/option.h"
#include "common/tool/tool.h"
#include "dnssnoop.skel.h"
#include "tools/dnssnoop/attach.h"
#include "tools/dnssnoop/plan.h"
#include "tools/dnssnoop/sums.h"
#include "tools/dnssnoop/match.h"

/* How often it is looked for lookups that have waited for too long. */
#define LOOK_NS (NSEC_PER_SEC / 4)

#define PCAP_DESCRIPTION \
	"DNS of sockets; addresses, ports and payload are as seen, the rest of the headers is made up"

static struct dns_match match = { .opt = &dns_opt };

TOOL_DEFINE_SKELETON(dnssnoop)

static int parsed(struct run *run)
{
	(void)run;
	match.filter_owner = owner__filters(&dns_opt.owner);
	if (dns_sums__parse(&match.sums, &dns_opt) || dns_filter__set(&match.filter, &dns_opt))
		return TOOL_TOLD(TOOL_USAGE);
	if (dns_opt.mdns && dns_opt.server) {
		msg__error(
			option__typed("mdns"),
			"cannot be used together with %s: multicast answers have no single receiver",
			option__typed("server"));
		return TOOL_TOLD(TOOL_USAGE);
	}
	if (dns_opt.pcap && !strcmp(dns_opt.pcap, "-")) {
		msg__error(option__typed("pcap"),
			   "rows go to the standard output (give a file or a pipe)");
		return TOOL_TOLD(TOOL_USAGE);
	}
	return 0;
}

static int configure(struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	int err = plan__configure(&dns_opt, run);

	run->out.stream = !match.sums.by;
	run->out.unit_ns = dns_opt.histogram ? 1000 : 1000000;
	run->interval_ns = dns_opt.interval_s * NSEC_PER_SEC ?: LOOK_NS;
	run->intervals = dns_opt.intervals;
	match.names.cgroup1 = skel->rodata->cgroup1_hierarchy;
	return err;
}

static int prepare(struct run *run)
{
	if (dns_opt.pcap) {
		match.pcap = pcapng__open(dns_opt.pcap, run->tool->tables->name, PCAP_DESCRIPTION);
		if (!match.pcap)
			return TOOL_TOLD(TOOL_FAILED);
	}
	return attach__programs(run);
}

static int begin(struct run *run)
{
	int err = match__init(&match, run->start_ns) ?: netns_follow__begin(run);

	match.names.cgroups = run->cgroups;
	if (!match.sums.by)
		out__header(&run->out);
	return err;
}

/* By which an answer may be missed: what nobody asked for is none. */
static uint64_t lost(const struct run *run)
{
	return loss__count(run->loss, COUNT_RING_FULL) + loss__count(run->loss, DNS_END_LOST);
}

/* What comes later than a lookup may wait is late, however soon it is looked for those. */
static int record(struct run *run, const void *data, size_t size)
{
	const struct record *r = data;

	(void)size;
	if (match__is_due(&match, r->time_ns)) {
		match__lost(&match, lost(run));
		match__expire(&match, run, r->time_ns);
	}
	return match__record(&match, run, r);
}

/* An answer that is in the ring has come in time. */
static int tick(struct run *run)
{
	uint64_t now_ns = clock__mono_ns();
	int err;

	match__look(&match, now_ns, lost(run));
	err = events__drain(run->events);
	if (match.pcap)
		pcapng__flush(match.pcap);
	/* What came just now waits for the next look, so that its order is right. */
	if (!err)
		match__expire(&match, run, now_ns - LOOK_NS);
	err = err ?: match.err;
	if (!err && dns_opt.interval_s)
		err = top__tick(&match.sums, run);
	return err;
}

static int finish_pcap(const struct run *run)
{
	uint64_t lost =
		loss__count(run->loss, COUNT_RING_FULL) + loss__count(run->loss, DNS_UNASKED_LOST);

	if (match.pcap && pcapng__end(match.pcap, lost))
		return TOOL_TOLD(TOOL_FAILED);
	return 0;
}

static int finish(struct run *run)
{
	match__lost(&match, lost(run));
	match__expire(&match, run, run->now_ns);
	match__end(&match, run);
	if (match.err || (match.sums.by && top__tick(&match.sums, run)))
		return -ENOMEM;
	if (!run->out.json)
		match__summary(&match, run);
	return finish_pcap(run);
}

static void summary(struct run *run)
{
	match__summary(&match, run);
}

static void release(struct run *run)
{
	(void)run;
	match__free(&match);
	netns_follow__end();
}

static const struct tool tool = {
	.tables = &dnssnoop_tables,
	TOOL_SKELETON(dnssnoop),
	.parsed = parsed,
	.configure = configure,
	.prepare = prepare,
	.begin = begin,
	.record = record,
	.ordered = true,
	.tick = tick,
	.finish = finish,
	.summary = summary,
	.release = release,
};

int main(int argc, char **argv)
{
	return tool__main(&tool, argc, argv);
}
