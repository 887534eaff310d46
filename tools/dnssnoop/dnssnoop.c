// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What DNS queries do processes and containers make, how fast are they answered, and which fail? */
#include "tools/dnssnoop/dnssnoop.h"

#include <errno.h>
#include <string.h>
#include "common/tool/tool.h"
#include "dnssnoop.skel.h"
#include "tools/dnssnoop/attach.h"
#include "tools/dnssnoop/plan.h"
#include "tools/dnssnoop/row.h"
#include "tools/dnssnoop/view.h"

/* How often it is looked for lookups that have waited for too long. */
#define LOOK_NS (NSEC_PER_SEC / 4)

#define PCAP_DESCRIPTION \
	"DNS of sockets; addresses, ports and payload are as seen, the rest of the headers is made up"

/* By default resolvers ask again after 5 s, and that is to be the same lookup. */
static struct dns_options opt = {
	.ports = "53", .timeout_ns = 7 * NSEC_PER_SEC, .buffer = 8 << 20, .rows = 20
};
static struct dns_view view = { .opt = &opt };

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "Which lookups" },
	{ CLI_FLAG, 'x', "failed", NULL, "with any result but NOERROR", &opt.failed },
	{ CLI_NUMBER, 0, "slower", "MS", "that take so many milliseconds, or have no answer",
	  &opt.slower_ms, 1, 1000000 },
	{ CLI_TEXT, 0, "name", "NAME", "of this name and those below it", &opt.name },
	{ CLI_TEXT, 0, "type", "LIST", "of these types, like A,AAAA,TYPE65", &opt.types },
	{ CLI_TEXT, 0, "result", "LIST", "with these results, like NXDOMAIN,TIMEOUT",
	  &opt.results },
	{ CLI_GROUP, .help = "Whose lookups" },
	{ CLI_NUMBER, 'p', "pid", "PID", "of this process", &opt.pid, 1, 1 << 22 },
	{ CLI_TEXT, 0, "comm", "NAME", "of processes or threads of just this name",
	  &opt.process.comm },
	{ CLI_TEXT, 'u', "uid", "USER", "of this user, by number or name", &opt.process.uid },
	{ CLI_NUMBER, 0, "tree", "PID", "of this process and all that descend from it",
	  &opt.process.tree, 1, 1 << 22 },
	{ CLI_TEXT, 'c', "cgroup", "PATH", "of this cgroup and those below it", &opt.cgroup },
	{ CLI_TEXT, 0, "container", "ID|NAME", "of this container", &opt.container },
	{ CLI_FLAG, 0, "server", NULL, "the other side: what servers here are asked", &opt.server },
	{ CLI_TEXT, 0, "port", "LIST", "ports of servers, at most 8 (53)", &opt.ports },
	{ CLI_FLAG, 0, "mdns", NULL, "multicast DNS too (port 5353)", &opt.mdns },
	{ CLI_FLAG, 0, "llmnr", NULL, "link-local name resolution too (port 5355)", &opt.llmnr },
	{ CLI_DURATION, 0, "timeout", "TIME", "given up so long after the last query (7s)",
	  .value = &opt.timeout_ns, .min = NSEC_PER_SEC / 10, .max = 600 * NSEC_PER_SEC },
	{ CLI_GROUP, .help = "How it is shown" },
	{ CLI_TEXT, 0, "top", "BY",
	  "sums by name, process, container, server or rcode\n"
	  "                           instead of lookups",
	  &opt.top },
	{ CLI_NUMBER, 0, "rows", "N", "at most N rows an interval (20)", &opt.rows, 1, 65536 },
	{ CLI_FLAG, 0, "histogram", NULL, "the latency of all that were answered, as a histogram",
	  &opt.histogram },
	{ CLI_FLAG, 'T', "time", NULL, "the time of day", &opt.time },
	{ CLI_FLAG, 't', "timestamp", NULL, "seconds since the start", &opt.elapsed },
	{ CLI_FLAG, 'U', "print-uid", NULL, "the user", &opt.uid },
	{ CLI_TEXT, 0, "pcap", "FILE", "the packets too, for Wireshark, with their owners (pcapng)",
	  &opt.pcap },
	{ CLI_SIZE, 0, "buffer", "SIZE", "size of the ring buffer (8M)", &opt.buffer, 4096,
	  1 << 30 },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "interval", "seconds between sums (else once at the end)", &opt.interval_s, 1,
	  86400 },
	{ CLI_NUMBER, "count", "how many times", &opt.intervals, 1, UINT32_MAX },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "packets were dropped: the ring buffer was full (see --buffer)",
	  COUNT_RING_FULL },
	{ "lost_errors",
	  "ends of sockets were dropped: the ring buffer was full; lookups may be shown as "
	  "unknown that were refused, closed or abandoned",
	  DNS_END_LOST, .note = true },
	{ "skipped_errors",
	  "errors of sockets were skipped by the kernel; a lookup may be shown as TIMEOUT that "
	  "was refused",
	  .program = "dns_error", .note = true },
	{},
};

TOOL_DEFINE_SKELETON(dnssnoop)

static struct tool tool;

static int parsed(struct run *run)
{
	(void)run;
	row__options(&opt);
	view.filter_owner = plan__filters_owner(&opt);
	if (top__set(&view.top, &opt) || dns_filter__set(&view.filter, &opt))
		return TOOL_TOLD(TOOL_USAGE);
	if (opt.mdns && opt.server) {
		msg__error("--mdns", "its responders answer to all at once (not with --server)");
		return TOOL_TOLD(TOOL_USAGE);
	}
	if (opt.pcap && !strcmp(opt.pcap, "-")) {
		msg__error("--pcap", "rows are on the standard output (give a file or a pipe)");
		return TOOL_TOLD(TOOL_USAGE);
	}
	tool.fields = top__fields(&view.top);
	return 0;
}

static int configure(struct run *run)
{
	struct dnssnoop_bpf *skel = run->skel;
	int err = plan__configure(&opt, run);

	run->out.stream = view.top.by == TOP_NONE;
	run->out.unit_ns = opt.histogram ? 1000 : 1000000;
	run->interval_ns = opt.interval_s * NSEC_PER_SEC ?: LOOK_NS;
	run->intervals = opt.intervals;
	view.names.cgroup1 = skel->rodata->cgroup1_hierarchy;
	return err;
}

static int prepare(struct run *run)
{
	if (opt.pcap) {
		view.pcap = pcapng__open(opt.pcap, run->tool->name, PCAP_DESCRIPTION);
		if (!view.pcap)
			return TOOL_TOLD(TOOL_FAILED);
	}
	return attach__programs(run->skel);
}

static int begin(struct run *run)
{
	int err = view__init(&view, run->start_ns);

	view.names.cgroups = run->cgroups;
	if (view.top.by == TOP_NONE)
		out__header(&run->out);
	return err;
}

static uint64_t lost(const struct run *run)
{
	return loss__count(run->loss, COUNT_RING_FULL) + loss__count(run->loss, DNS_END_LOST);
}

/* What comes later than a lookup may wait is late, however soon it is looked for those. */
static int record(struct run *run, const void *data, size_t size)
{
	const struct record *r = data;

	(void)size;
	if (view__is_due(&view, r->time_ns)) {
		view__lost(&view, lost(run));
		view__expire(&view, run, r->time_ns);
	}
	return view__record(&view, run, r);
}

/* An answer that is in the ring has come in time. */
static int tick(struct run *run)
{
	uint64_t now_ns = clock__mono_ns();
	int err;

	view__look(&view, now_ns, lost(run));
	err = events__drain(run->events);
	if (view.pcap)
		pcapng__flush(view.pcap);
	/* What came just now waits for the next look, so that its order is right. */
	if (!err)
		view__expire(&view, run, now_ns - LOOK_NS);
	if (!err && opt.interval_s)
		err = top__show(&view.top, run);
	return err;
}

static int finish_pcap(const struct run *run)
{
	if (view.pcap && pcapng__end(view.pcap, loss__count(run->loss, COUNT_RING_FULL)))
		return TOOL_TOLD(TOOL_FAILED);
	return 0;
}

static int finish(struct run *run)
{
	view__lost(&view, lost(run));
	view__expire(&view, run, run->now_ns);
	view__end(&view, run);
	if (view.top.by != TOP_NONE && top__show(&view.top, run))
		return -ENOMEM;
	if (!run->out.json)
		view__summary(&view, run);
	return finish_pcap(run);
}

static void summary(struct run *run)
{
	view__summary(&view, run);
}

static void release(struct run *run)
{
	(void)run;
	view__free(&view);
}

/* Its columns depend on what is shown. */
static struct tool tool = {
	.name = "dnssnoop",
	.purpose = "Shows each DNS lookup: whose it is, how long it takes, what comes of "
		   "it.",
	.examples = "  dnssnoop                   lookups of all processes, until Ctrl-C\n"
		    "  dnssnoop -x --container web what fails in one container\n"
		    "  dnssnoop --slower 100      what takes 100 ms or more, or has no "
		    "answer\n"
		    "  dnssnoop --server          what this host's resolvers are asked\n"
		    "  dnssnoop --top name 10     what is asked most, how fast, how much fails\n",
	.schema_version = 1,
	.options = options,
	.positionals = positionals,
	.fields = dns_fields,
	.causes = causes,
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
