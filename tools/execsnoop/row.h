/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* An exec, or the end of a process, as it is shown. */
#ifndef EXECSNOOP_ROW_H
#define EXECSNOOP_ROW_H

#include "common/base/path.h"
#include "common/owner/process.h"
#include "common/tool/tool.h"
#include "tools/execsnoop/args.h"
#include "tools/execsnoop/options.h"
#include "tools/execsnoop/running.h"

struct row_path {
	char plain[PATH_JOIN_SIZE(EXEC_PATH_MAX)];
	char marked[PATH_JOIN_SIZE(EXEC_PATH_MAX) + PATH_MARKS_SIZE];
};

struct exec_row {
	uint64_t time_ns;
	double elapsed_s;
	struct process_row who;
	const char *event, *ret;
	uint32_t ppid, ns_pid, cpu;
	uint64_t loginuid; /* FIELD_UNKNOWN: not set */
	char pcomm[PROCESS_COMM_LEN + 1];
	const char *filename, *interpreter, *exe, *cwd;
	const char *error; /* name */
	uint64_t duration_ns;
	struct safe words, ancestors, members; /* words.c, members.c */
	/* What these are made of: an exec, */
	const struct exec_record *exec;
	struct args args;
	const char *ancestor_list;
	bool quoted, with_ancestors;
	/* or an end, and what is known of the process. */
	const struct exit_record *exit;
	const struct running_slot *process;
	char ret_text[24];
	struct row_path exe_path, cwd_path;
	char filename_text[EXEC_PATH_MAX + 32];
};

extern const struct field exec_fields[];   /* fields.c */
extern const struct member exec_members[]; /* the same */

struct row_from {
	const struct exec_options *opt;
	const struct process_names *names;
	uint64_t start_ns;
	struct args_ahead *ahead; /* of execs */
};

/* Borrows from the record and from `ahead`. -EINVAL, -ENOMEM. */
int row__exec(struct exec_row *row, const struct row_from *from, const struct exec_record *r);
/* Borrows from both. */
void row__exit(struct exec_row *row, const struct row_from *from, const struct exit_record *r,
	       const struct running_slot *process);

/* They come after texts of any length, so they are anywhere. */
struct exec_ancestor row__ancestor(const struct exec_row *row, uint32_t i);

/* words.c: what a table says of the row in words. */
void words__args(const void *row, struct buf *out);
void words__ancestors(const void *row, struct buf *out);
void words__exit(const void *row, struct buf *out);
/* members.c: the members of its JSON object that are no fields. */
void members__exec(const void *row, struct json *j);
void members__exit(const void *row, struct json *j);

#endif
