/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The records and constants between execsnoop's programs and its user space. */
#ifndef EXECSNOOP_H
#define EXECSNOOP_H

#include "common/bpf/cgroup_target_wire.h"
#include "common/bpf/count_wire.h"
#include "common/bpf/order_wire.h"
#include "common/bpf/path_wire.h"
#include "common/bpf/process_wire.h"
#include "common/bpf/process_filter_wire.h"

enum exec_kind {
	EXEC_DONE = RECORD_TOOL, /* struct exec_record */
	EXEC_FAILED,		 /* struct exec_record */
	EXEC_ARGS,		 /* struct args_record */
	EXEC_EXIT,		 /* struct exit_record */
	EXEC_DOOMED,		 /* struct doomed_record */
};

/* Of struct order_cpu; the first four have room of their own for what they build. */
enum exec_slot {
	SLOT_EXEC = 0,
	SLOT_FAILED = 1,
	SLOT_AGAIN = 2,
	SLOT_FAILED_AGAIN = 3,
	SLOT_EXIT = 4,
	SLOT_EXIT_AGAIN = 5,
	SLOT_DOOMED = 6,
};

/* Of path_rooms, behind those of the first four. */
#define PATH_SLOT_RUNNING 4

enum exec_count {
	EXEC_BUSY = COUNT_TOOL, /* lost: another one was being traced on this CPU */
	EXEC_AGAIN,		/* not lost: the second program saw events that the first did not */
	EXEC_END_AGAIN,		/* the same of ends of calls */
	EXEC_EXIT_AGAIN,	/* the same of ends of tasks */
	EXEC_DOOMED_LOST,	/* lost: an exec that failed for good was not noted, nor its end */
	EXEC_SHORTENED,		/* shown with EXEC_ARGS_SHORT bytes of arguments */
	EXEC_UNREADABLE,	/* shown without arguments that could not be read */
	EXEC_UNSEARCHED, /* shown, or not filtered: whether it matches took too long to find out */
};

/* What a row is made of besides, at most so many bytes of each. */
#define EXEC_PATH_MAX 4128 /* PATH_MAX, and "/dev/fd/N/" before it */
#define EXEC_ANCESTORS_MAX 16
/* Arguments beside the rest of their exec; what comes before is sent ahead of it in pieces. */
#define EXEC_ARGS_INLINE 12288
#define EXEC_ARGS_PIECE 28672
/* The bytes of arguments that are kept when the ring buffer is nearly full. */
#define EXEC_ARGS_SHORT 256
/* Of a failed exec, whose arguments are collected one by one. */
#define EXEC_FAILED_ARGS_MAX 256

#define EXEC_NO_DIRFD (-100) /* AT_FDCWD */

enum exec_flags {
	EXEC_WAS_SHORTENED = 1,
	EXEC_ARGS_UNREADABLE = 2, /* from some argument on */
	EXEC_ARGS_MORE = 4,	  /* there are more; args_total is not known */
	EXEC_DIED = 8,	       /* failed when the old program was gone: SIGSEGV ends the process */
	EXEC_DIED_KILLED = 16, /* no, SIGKILL, which came first */
};

struct exec_ancestor {
	__u32 pid;
	char comm[PROCESS_COMM_LEN];
};

/* Followed by filename, interp, arguments, exe, cwd, ancestors. */
struct exec_record {
	struct record head;
	struct process who;
	__u64 args_total; /* bytes, with a NUL behind each argument */
	__u32 args_ahead; /* sent by args_records with this time and pid */
	__u32 args_len;
	__u32 ppid;
	__u32 ns_pid;
	__u32 loginuid; /* UID_ANY: not set */
	__u32 cpu;
	__u32 flags; /* enum exec_flags */
	__s32 error; /* of EXEC_FAILED: -errno */
	/* Lengths, with NUL; 0: unknown or not asked for. exe and cwd: names from the file up. */
	__u16 filename_len, interp_len, exe_len, cwd_len;
	__u16 ancestors;
	__u8 exe_state, cwd_state; /* enum path_state; the root has no names */
	char pcomm[PROCESS_COMM_LEN];
	__s32 dirfd;   /* of execveat(), with EXEC_FAILED; else AT_FDCWD */
	__u32 exec_id; /* how many execs the process has had, as far as 32 bits go */
	__u32 pad;
};

_Static_assert(sizeof(struct exec_record) == 144, "wire size");

/* Followed by the bytes. */
struct args_record {
	struct record head;
	__u32 pid;
	__u32 offset;
};

_Static_assert(sizeof(struct args_record) == 24, "wire size");

struct exit_record {
	struct record head;
	struct process who;
	__u32 ppid;
	__u32 ns_pid;
	__u32 loginuid;
	__u32 cpu;
	__u32 status; /* as wait() has it */
	char pcomm[PROCESS_COMM_LEN];
	__u32 exec_id;	  /* as in exec_record */
	__u64 started_ns; /* the process, as head.time_ns */
};

_Static_assert(sizeof(struct exit_record) == 112, "wire size");

/* An exec has failed with the old program gone: the end of this process is one of a program. */
struct doomed_record {
	struct record head;
	__u64 started_ns;
	__u32 pid;
	char comm[PROCESS_COMM_LEN];
	__u32 exec_id;
};

_Static_assert(sizeof(struct doomed_record) == 48, "wire size");

/*
 * A process that runs when the programs are attached, from an iterator: no record of the ring.
 * Followed by the executable's path, names from the file up.
 */
struct running_record {
	__u64 started_ns;
	__u32 pid;
	__u16 exe_len;
	__u16 exe_state; /* enum path_state */
	char comm[PROCESS_COMM_LEN];
	__u32 exec_id;
	__u32 pad;
};

_Static_assert(sizeof(struct running_record) == 40, "wire size");

#endif
