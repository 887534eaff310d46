/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The life of a tool, the same for all: parse the command line, check privileges and
 * features, open, configure, load, attach, give up privileges, loop, drain, report losses,
 * exit. A tool is a struct tool: tables and a few callbacks (docs/architecture.md).
 */
#ifndef SNOOPKIT_TOOL_H
#define SNOOPKIT_TOOL_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/tool/cli.h"
#include "common/base/clock.h"
#include "common/tool/book.h"
#include "common/kernel/core_types.h"
#include "common/stream/events.h"
#include "common/stream/follow.h"
#include "common/tool/loss.h"
#include "common/base/msg.h"
#include "common/out/out.h"
#include "common/kernel/probe.h"
#include "common/tool/tables.h"

struct run;

/*
 * Callbacks return 0 or -errno. After an error that it has explained itself a callback
 * returns TOOL_TOLD(exit code).
 */
#define TOOL_TOLD(code) (-(0x10000 + (code)))

struct tool {
	const struct tool_tables *tables;
	const char *banner; /* printed once tracing has begun; not in JSON */

	/* The bpftool-generated skeleton, by TOOL_SKELETON(). */
	void *(*open)(const struct bpf_object_open_opts *opts);
	void (*destroy)(void *skel);

	/* The command line is read: checks that need nothing else. TOOL_TOLD(TOOL_USAGE) or 0. */
	int (*parsed)(struct run *run);
	/* Options -> rodata, autoload, map sizes, run->interval_ns and the like. */
	int (*configure)(struct run *run);
	/* The maps are there, nothing is attached. */
	int (*prepare)(struct run *run);
	/* Everything is attached. */
	int (*begin)(struct run *run);
	/* A ring buffer record; untrusted only in its text. */
	int (*record)(struct run *run, const void *data, size_t size);
	/*
	 * Records begin with struct record and come in the order of their time; the tool's programs
	 * enter and leave by order.bpf.h. Those of common/bpf do not come to the tool.
	 */
	bool ordered;
	/* An interval is over (run->interval_ns). */
	int (*tick)(struct run *run);
	/* Every CHECK_NS: devices that came, say. */
	int (*check)(struct run *run);
	/*
	 * What the kernel's own books say (book.h): after an interval's end, else every few
	 * seconds, and at the end while everything is still attached. -ENOENT: there are none here,
	 * which the tool has told by msg__verbose().
	 */
	int (*reconcile)(struct run *run, struct book *book);
	/* The loop is over, everything is still attached. */
	int (*ending)(struct run *run);
	/* Detached and drained: show what is left. Afterwards run->shown is final. */
	int (*finish)(struct run *run);
	/* Own members of the JSON summary. */
	void (*summary)(struct run *run);
	void (*release)(struct run *run);
};

struct run {
	const struct tool *tool;
	void *skel;		      /* the tool's own skeleton type */
	struct probe *probe;	      /* until the programs are loaded */
	struct core_types core_types; /* the same */
	struct events *events;
	struct loss *loss;
	struct books books;
	struct out out;
	uint64_t interval_ns;	   /* set in configure(); 0: one result, at the end */
	uint64_t intervals;	   /* how many; 0: no limit */
	uint64_t start_ns, now_ns; /* clock__mono_ns() */
	uint64_t shown;		   /* events, counted by the tool before their lines are printed */
	uint64_t filtered;	   /* the same, filtered here and not by a program */
	struct stream *stream;	   /* of tools with .ordered */
	struct follow *follow;	   /* with a filter by cgroup; see tool__wants() */
	struct cgroup_names *cgroups; /* of those whose programs tell them; from begin() on */
	struct grace *grace;	      /* NULL: there is nothing to wait by */
	uint64_t held;		      /* capabilities to be raised for what needs them */
	uint64_t reported_ns;	      /* when losses were last looked for */
	/* Of a room above this one, set in configure(); NULL: nothing. Once all is attached, before
	 */
	int (*attached)(struct run *run); /* begin(); 0 or -errno */
	void (*watch)(struct run *run);	  /* every CHECK_NS, and at the end */
};

#define TOOL_SKELETON(n) .open = n##_open, .destroy = n##_destroy

#define TOOL_DEFINE_SKELETON(n)                                        \
	static void *n##_open(const struct bpf_object_open_opts *opts) \
	{                                                              \
		return n##_bpf__open_opts(opts);                       \
	}                                                              \
	static void n##_destroy(void *skel)                            \
	{                                                              \
		n##_bpf__destroy(skel);                                \
	}

int tool__main(const struct tool *tool, int argc, char **argv);

struct bpf_object_skeleton *tool__skeleton(const struct run *run);
struct bpf_object *tool__object(const struct run *run);
/* NULL if there is none. The maps of common/bpf have the same name in every tool. */
struct bpf_map *tool__map(const struct run *run, const char *name);
/*
 * A global variable of the tool's programs, by name. NULL if they have none of that name and size,
 * as a tool has whose programs do not include what defines it. One in .rodata is written in
 * configure(), and only read later; one in .bss or .data is shared with the programs from load on.
 */
void *tool__variable(const struct run *run, const char *name, size_t size);
/* A program that configure() took from the automatic attachment. Does nothing if it is. */
int tool__attach(struct run *run, struct bpf_program *prog);
/* The same where failing is no error: says nothing. */
int tool__try_attach(struct run *run, struct bpf_program *prog);
/*
 * configure(): the ring buffer's size, rounded up to a power of two pages, and when a reader that
 * is not asleep is woken.
 */
int tool__ring_size(struct run *run, uint64_t bytes, __u64 *wake_bytes);
/* Undoes it, or the automatic attachment. */
void tool__detach(struct run *run, struct bpf_program *prog);
/*
 * configure(): keeps the programs told of these cgroups from attaching on; `run` has it then.
 * Needs the programs of cgroup_follow.bpf.h. 0 or -errno.
 */
int tool__follow(struct run *run, const struct cgroup_wanted *w, const struct cgroup_target *t);
/*
 * For each event that the programs have found wanted, with its cgroup of v2 and that of the v1
 * hierarchy of the filter: false: it is of a new cgroup that is not, and has been counted as
 * filtered.
 */
bool tool__wants(struct run *run, uint64_t cgroup_id, uint64_t cgroup1_id);
/* configure(): neither loaded nor attached. */
void tool__omit(struct bpf_program *prog);
/* configure(): loaded, and attached by tool__attach() only. */
void tool__defer(struct bpf_program *prog);

#endif
