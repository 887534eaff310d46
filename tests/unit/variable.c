// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* tool__variable() on objects of the collection, beside what bpftool made of the same objects. */
#include <bpf/bpf.h>
#include <errno.h>
#include "common/tool/tool.h"
#include "examples/exits/exits.skel.h"
#include "tests/unit/tap.h"
#include "tools/biolatency/biolatency.h"
#include "tools/biolatency/biolatency.skel.h"

#define VARIABLE(run, section, name) \
	(tool__variable((run), #name, sizeof((section)->name)) == (void *)&(section)->name)

static void test_biolatency(void)
{
	struct biolatency_bpf *skel = biolatency_bpf__open();
	struct run run = { .skel = skel };

	if (!ok(skel, "biolatency's object can be opened"))
		return;
	ok(VARIABLE(&run, skel->rodata, ring_wake_bytes), "a number in .rodata");
	ok(VARIABLE(&run, skel->rodata, phases), "a flag");
	ok(VARIABLE(&run, skel->rodata, class_of_op), "an array");
	ok(VARIABLE(&run, skel->rodata, cgroup_target), "a structure");
	is_u64(*(uint64_t *)tool__variable(&run, "ring_wake_bytes", 8), 64 << 10,
	       "the value that its definition gave it");
	ok(VARIABLE(&run, skel->bss, hist_epoch), "a variable in .bss");
	ok(VARIABLE(&run, skel->bss, issue_since_ns), "the last one there");
	ok(!tool__variable(&run, "hist_epoch", 8), "none where the size is another");
	ok(!tool__variable(&run, "hist_epoc", 4), "none of a shorter name");
	ok(!tool__variable(&run, "hist_epochs", 4), "none of a longer name");
	ok(!tool__variable(&run, "", 4), "none without a name");
	ok(!tool__variable(&run, "counts", 40), "a map is no variable");
	ok(!tool__variable(&run, "LICENSE", 13), "nor is what the kernel does not get as a map");
	ok(!tool__variable(&run, "top_epoch", 4), "none that other programs define");
	biolatency_bpf__destroy(skel);
}

static void test_loaded(struct run *run, struct exits_bpf *skel)
{
	uint32_t *armed, inside = 0, key = 0, *pid;

	pid = tool__variable(run, "filter_tgid", sizeof(*pid));
	*pid = 7;
	if (exits_bpf__load(skel)) {
		skip("a loaded object: %s", strerror(errno));
		return;
	}
	is_u64(skel->rodata->filter_tgid, 7, "what is written before load is the programs'");
	ok(VARIABLE(run, skel->rodata, filter_tgid), "it can be read afterwards");
	armed = tool__variable(run, "ring_armed", sizeof(*armed));
	ok(armed == &skel->bss->ring_armed, "a variable in .bss after load");
	*armed = 1;
	bpf_map_lookup_elem(bpf_map__fd(skel->maps.bss), &key, &inside);
	is_u64(inside, 1, "what is written there reaches the kernel's memory");
}

static void test_exits(void)
{
	struct exits_bpf *skel = exits_bpf__open();
	struct run run = { .skel = skel };

	if (!ok(skel, "the example's object can be opened"))
		return;
	ok(!tool__variable(&run, "hist_epoch", 4), "none of what it does not include");
	test_loaded(&run, skel);
	exits_bpf__destroy(skel);
}

int main(void)
{
	test_biolatency();
	test_exits();
	return done_testing();
}
