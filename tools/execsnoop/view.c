// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/execsnoop/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/errno_name.h"
#include "common/base/path.h"
#include "common/base/signal_name.h"
#include "common/base/text.h"
#include "tools/execsnoop/older.h"

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
	const struct buf *args, *ancestors;
	uint64_t duration_ns;
	char ret_text[24];
	struct row_path exe_path, cwd_path;
	char filename_text[EXEC_PATH_MAX + 32];
};

#define ROW(member) offsetof(struct exec_row, member)

const struct field exec_fields[] = {
	{ "time", "TIME", FIELD_TIME, 9, .wide = true, .with = "time", .offset = ROW(time_ns) },
	{ "elapsed_s", "TIME(s)", FIELD_REAL, 8, 3, .wide = true, .with = "timestamp",
	  .table_only = true, .offset = ROW(elapsed_s) },
	{ "event", "EVENT", FIELD_TEXT, 7, .wide = true, .with = "exit", .offset = ROW(event) },
	{ "uid", "UID", FIELD_U64, 7, .wide = true, .with = "print-uid", .offset = ROW(who.uid) },
	{ "euid", "EUID", FIELD_U64, 7, .wide = true, .offset = ROW(who.euid) },
	{ "loginuid", "LOGINUID", FIELD_U64, 9, .wide = true, .offset = ROW(loginuid) },
	{ "comm", "COMM", FIELD_TEXT, 16, .room = 16, .foreign = true, .offset = ROW(who.comm) },
	{ "pid", "PID", FIELD_U64, 8, .offset = ROW(who.pid) },
	{ "tid", "TID", FIELD_U64, 8, .wide = true, .offset = ROW(who.tid) },
	{ "ns_pid", "NSPID", FIELD_U32, 8, .wide = true, .offset = ROW(ns_pid) },
	{ "pcomm", "PCOMM", FIELD_CHARS, 16, .room = 16, .wide = true, .foreign = true,
	  .offset = ROW(pcomm) },
	{ "ppid", "PPID", FIELD_U32, 8, .offset = ROW(ppid) },
	{ "cpu", "CPU", FIELD_U32, 4, .wide = true, .with = "print-cpu", .offset = ROW(cpu) },
	{ "container", "CONTAINER", FIELD_TEXT, 16, .room = 48, .wide = true, .table_only = true,
	  .foreign = true, .offset = ROW(who.container) },
	{ "cgroup", "CGROUP", FIELD_TEXT, 32, .room = 100, .wide = true, .foreign = true,
	  .offset = ROW(who.cgroup) },
	{ "cgroup_id", NULL, FIELD_U64, .offset = ROW(who.cgroup_id) },
	{ "ret", "RET", FIELD_TEXT, 8, .table_only = true, .offset = ROW(ret) },
	{ "errno", NULL, FIELD_TEXT, .offset = ROW(error) },
	{ "duration_ns", "DUR", FIELD_NS, 9, .wide = true, .with = "exit",
	  .offset = ROW(duration_ns) },
	{ "filename", "FILE", FIELD_TEXT, 24, .room = 100, .wide = true, .foreign = true,
	  .offset = ROW(filename) },
	{ "interpreter", "INTERPRETER", FIELD_TEXT, 16, .room = 100, .wide = true, .foreign = true,
	  .offset = ROW(interpreter) },
	{ "exe", "EXE", FIELD_TEXT, 24, .room = 100, .wide = true, .with = "exe", .foreign = true,
	  .offset = ROW(exe) },
	{ "cwd", "CWD", FIELD_TEXT, 24, .room = 100, .wide = true, .with = "cwd", .foreign = true,
	  .offset = ROW(cwd) },
	{ "ancestors", "ANCESTORS", FIELD_SAFE, 32, .wide = true, .with = "ancestors",
	  .table_only = true, .offset = ROW(ancestors) },
	{ "args", "ARGS", FIELD_SAFE, 1, .offset = ROW(args) },
	{},
};

int view__parsed(struct exec_view *v)
{
	const struct exec_options *opt = v->opt;

	return wanted__parse(&v->wanted, opt);
}

void view__free(struct exec_view *v)
{
	wanted__free(&v->wanted);
	running__free(&v->running);
	args__ahead_free(&v->ahead);
	buf__free(&v->words);
	buf__free(&v->ancestors);
}

static void comm_copy(char *to, const char *comm)
{
	memcpy(to, comm, PROCESS_COMM_LEN);
	to[PROCESS_COMM_LEN] = '\0';
}

static void row_common(struct exec_view *v, const struct run *run, const struct record *head,
		       const struct process *who, struct exec_row *row)
{
	memset(row, 0, offsetof(struct exec_row, ret_text));
	row->time_ns = head->time_ns;
	row->elapsed_s = ((double)head->time_ns - (double)run->start_ns) / NSEC_PER_SEC;
	row->duration_ns = row->loginuid = FIELD_UNKNOWN;
	row->args = &v->words;
	row->ancestors = &v->ancestors;
	process__row(who, &v->names, &row->who);
}

/* A string of the record, or NULL where there is none. */
static const char *row_text(const char **at, size_t len)
{
	const char *text = *at;

	*at += len;
	return len && !text[len - 1] ? text : NULL;
}

/* As the kernel names what is not relative to the working directory. */
static void row_filename(const struct exec_record *r, struct exec_row *row)
{
	if (!row->filename || *row->filename == '/' || r->dirfd == EXEC_NO_DIRFD)
		return;
	snprintf(row->filename_text, sizeof(row->filename_text), "/dev/fd/%d%s%s", r->dirfd,
		 *row->filename ? "/" : "", row->filename);
	row->filename = row->filename_text;
}

static const char *row_path(struct row_path *path, const char *names, size_t len, uint32_t state)
{
	if (!(state & PATH_KNOWN))
		return NULL;
	path__join(path->plain, names, len, state & PATH_CUT);
	path__show(path->marked, sizeof(path->marked), path->plain, state);
	return path->marked;
}

/* They come after texts of any length, so they are anywhere. */
static struct exec_ancestor ancestor_at(const char *ancestors, uint32_t i)
{
	struct exec_ancestor a;

	memcpy(&a, ancestors + i * sizeof(a), sizeof(a));
	return a;
}

/* "bash(1234),sshd(99)", the nearest first; "-": there is none, or it was not asked for. */
static void row_ancestors(struct exec_view *v, const char *ancestors, uint32_t n)
{
	char comm[PROCESS_COMM_LEN + 1], word[4 * PROCESS_COMM_LEN + 1];

	v->ancestors.len = 0;
	for (uint32_t i = 0; i < n; i++) {
		struct exec_ancestor a = ancestor_at(ancestors, i);

		comm_copy(comm, a.comm);
		text__word(word, sizeof(word), comm, strlen(comm), "(),");
		buf__printf(&v->ancestors, "%s%s(%u)", i ? "," : "", word, a.pid);
	}
	if (!n)
		buf__char(&v->ancestors, '-');
}

static bool record_is_whole(const struct exec_record *r)
{
	return r->head.size >= sizeof(*r) &&
	       r->head.size == sizeof(*r) + r->filename_len + r->interp_len + r->args_len +
				       r->exe_len + r->cwd_len +
				       r->ancestors * sizeof(struct exec_ancestor);
}

static const char *row_ret(struct exec_row *row, int error)
{
	if (!error)
		return "0";
	row->error = errno_name(-error);
	if (row->error)
		return row->error;
	snprintf(row->ret_text, sizeof(row->ret_text), "%d", error);
	return row->error = row->ret_text;
}

/* Leaves what the JSON object needs beside the row: arguments and ancestors. */
static int row_exec(struct exec_view *v, const struct run *run, const struct exec_record *r,
		    struct exec_row *row, struct args *args, const char **ancestors)
{
	const char *at = (const char *)(r + 1);
	int err;

	if (!record_is_whole(r))
		return -EINVAL;
	row_common(v, run, &r->head, &r->who, row);
	row->event = r->head.kind == EXEC_FAILED ? "failed" : "exec";
	row->ret = row_ret(row, r->error);
	row->ppid = r->ppid;
	row->ns_pid = r->ns_pid;
	row->cpu = r->cpu;
	if (r->loginuid != UID_ANY)
		row->loginuid = r->loginuid;
	comm_copy(row->pcomm, r->pcomm);
	row->filename = row_text(&at, r->filename_len);
	row_filename(r, row);
	row->interpreter = row_text(&at, r->interp_len);
	err = args__collect(&v->ahead, r, at, args);
	at += r->args_len;
	row->exe = row_path(&row->exe_path, at, r->exe_len, r->exe_state);
	at += r->exe_len;
	row->cwd = row_path(&row->cwd_path, at, r->cwd_len, r->cwd_state);
	*ancestors = at + r->cwd_len;
	row_ancestors(v, *ancestors, r->ancestors);
	return err;
}

static bool view_wants(struct exec_view *v, const struct exec_record *r, const struct exec_row *row,
		       const struct args *args)
{
	const struct wanted_exec exec = {
		.comm = row->who.comm,
		.filename = row->filename,
		.exe = row->exe ? row->exe_path.plain : NULL,
		.cwd = row->cwd && !(r->cwd_state & PATH_CUT) ? row->cwd_path.plain : NULL,
		.exe_cut = r->exe_state & PATH_CUT,
		.script = row->interpreter,
		.executed = r->head.kind == EXEC_DONE || r->flags & EXEC_DIED,
		.args = args,
	};

	return wanted__has(&v->wanted, &exec);
}

static void json_ancestors(const char *ancestors, uint32_t n, struct json *j)
{
	char comm[PROCESS_COMM_LEN + 1];

	json__array(j, "ancestors");
	for (uint32_t i = 0; i < n; i++) {
		struct exec_ancestor a = ancestor_at(ancestors, i);

		comm_copy(comm, a.comm);
		json__object(j, NULL);
		json__u64(j, "pid", a.pid);
		json__text(j, "comm", comm);
		json__object_end(j);
	}
	json__array_end(j);
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* As file_is_elsewhere() has it: the name that was given tells nothing of the file. */
static bool file_is_elsewhere(const struct exec_record *r, const char *name)
{
	return r->exe_state & (PATH_DELETED | PATH_UNREACHABLE) || begins(name, "/proc/") ||
	       begins(name, "/dev/fd/") || begins(name, "/dev/std");
}

/*
 * What a row is to tell beside the arguments, which a program can have any: the file that was
 * executed, unless they name it.
 */
static struct args_file row_file(const struct exec_record *r, const struct exec_row *row,
				 const struct args *args)
{
	struct args_file file = { .path = row->filename };

	if (!row->filename && r->flags & EXEC_DIED)
		return (struct args_file){ row->exe_path.plain, r->exe_state };
	if (r->error || !row->filename)
		return file;
	if (row->exe && file_is_elsewhere(r, row->interpreter ?: row->filename))
		return (struct args_file){ row->exe_path.plain, r->exe_state };
	/* A script's path is among the arguments of what runs it. */
	if (row->interpreter ? args__has(args, row->filename) : args__tell(args, row->filename))
		file.path = NULL;
	return file;
}

static void json_path_state(struct json *j, uint32_t state, const char *deleted,
			    const char *unreachable)
{
	if (state & PATH_DELETED)
		json__bool(j, deleted, true);
	if (state & PATH_UNREACHABLE)
		json__bool(j, unreachable, true);
}

static void show_exec(struct exec_view *v, struct run *run, const struct exec_record *r,
		      const struct exec_row *row, const struct args *args, const char *ancestors)
{
	struct out *o = &run->out;

	run->shown++;
	if (!o->json) {
		struct args_file file = row_file(r, row, args);

		args__words(args, &file, v->opt->quote, &v->words);
		out__row(o, row);
		return;
	}
	out__begin(o, "event", row->time_ns);
	out__members(o, exec_fields, row);
	process__json(&row->who, &o->j);
	args__json(args, &o->j);
	if (r->flags & EXEC_DIED)
		json__str(&o->j, "signal", args__signal(r->flags));
	json_path_state(&o->j, r->exe_state, "exe_deleted", "exe_unreachable");
	if (row->cwd)
		json_path_state(&o->j, r->cwd_state, "cwd_deleted", "cwd_unreachable");
	if (v->opt->ancestors)
		json_ancestors(ancestors, r->ancestors, &o->j);
	out__end(o);
}

static int view_exec(struct exec_view *v, struct run *run, const struct exec_record *r)
{
	const char *ancestors;
	struct exec_row row;
	struct args args;
	int err = row_exec(v, run, r, &row, &args, &ancestors);

	if (err)
		return err;
	if (!view_wants(v, r, &row, &args)) {
		run->filtered++;
		if (r->head.kind == EXEC_DONE)
			running__forget(&v->running, r->who.pid);
		return 0;
	}
	/* It was needed for --exe-path only. */
	if (!v->opt->cwd)
		row.cwd = NULL;
	if (v->opt->max_args)
		args__limit(&args, v->opt->max_args);
	show_exec(v, run, r, &row, &args, ancestors);
	if (!v->opt->exit || (r->head.kind != EXEC_DONE && !(r->flags & EXEC_DIED)))
		return 0;
	return running__set(&v->running, &(struct running_slot){ .pid = r->who.pid,
								 .exec_id = r->exec_id,
								 .since_ns = r->head.time_ns });
}

/* As wait() has it. */
static void show_exit(struct run *run, const struct exit_record *r,
		      const struct running_slot *process, struct exec_row *row)
{
	struct out *o = &run->out;
	int sig = r->status & 0x7f, code = r->status >> 8 & 0xff;

	run->shown++;
	if (sig)
		row->ret = signal_name(sig, row->ret_text, sizeof(row->ret_text));
	else
		snprintf(row->ret_text, sizeof(row->ret_text), "%d", code);
	out__begin(o, "event", row->time_ns);
	out__members(o, exec_fields, row);
	if (o->json) {
		process__json(&row->who, &o->j);
		if (sig)
			json__str(&o->j, "signal", row->ret);
		else
			json__u64(&o->j, "exit_code", code);
		if (sig)
			json__bool(&o->j, "core_dumped", r->status & 0x80);
		if (process->doomed)
			json__bool(&o->j, "exec_failed", true);
		if (process->before)
			json__bool(&o->j, "ran_before", true);
		json_path_state(&o->j, process->exe_state, "exe_deleted", "exe_unreachable");
	}
	out__end(o);
	if (!sig)
		row->ret = row->ret_text;
	out__row(o, row);
}

/* What a row of an exit is to say of its process, whose exec was not shown. */
static void exit_words(const struct running_slot *process, struct buf *out)
{
	out->len = 0;
	buf__str(out, "# exit");
	if (process->doomed)
		buf__str(out, "; its exec had failed");
	if (!process->before)
		return;
	buf__str(out, "; ran before");
	if (!process->exe)
		return;
	buf__str(out, ": ");
	args__path(&(struct args_file){ process->exe, process->exe_state }, out);
}

static void row_exit(const struct exit_record *r, const struct running_slot *process,
		     struct exec_row *row)
{
	row->event = "exit";
	if (!process->before && !process->doomed)
		row->duration_ns = r->head.time_ns - process->since_ns;
	row->ppid = r->ppid;
	row->ns_pid = r->ns_pid;
	row->cpu = r->cpu;
	if (r->loginuid != UID_ANY)
		row->loginuid = r->loginuid;
	comm_copy(row->pcomm, r->pcomm);
	if (!process->exe)
		return;
	path__show(row->exe_path.marked, sizeof(row->exe_path.marked), process->exe,
		   process->exe_state);
	row->exe = row->exe_path.marked;
}

static int view_exit(struct exec_view *v, struct run *run, const struct exit_record *r)
{
	struct running_slot process;
	struct exec_row row;

	if (r->head.size < sizeof(*r))
		return -EINVAL;
	if (!running__take(&v->running, r->who.pid, r->started_ns, &process)) {
		run->filtered++;
		return 0;
	}
	/* It has executed another program since, which was not shown. */
	if (process.exec_id != r->exec_id) {
		free(process.exe);
		run->filtered++;
		return 0;
	}
	row_common(v, run, &r->head, &r->who, &row);
	row_ancestors(v, NULL, 0);
	row_exit(r, &process, &row);
	exit_words(&process, &v->words);
	show_exit(run, r, &process, &row);
	free(process.exe);
	return 0;
}

/* What of its exec could not be had might have matched. */
static int view_doomed(struct exec_view *v, const struct doomed_record *r)
{
	char comm[PROCESS_COMM_LEN + 1];

	if (r->head.size < sizeof(*r))
		return -EINVAL;
	comm_copy(comm, r->comm);
	if (!wanted__has_name(&v->wanted, comm))
		return 0;
	return running__set(&v->running, &(struct running_slot){ .pid = r->pid,
								 .exec_id = r->exec_id,
								 .since_ns = r->started_ns,
								 .doomed = true });
}

static bool view_wants_older(void *ctx, uint32_t pid, const char *comm, const char *path)
{
	struct exec_view *v = ctx;

	return wanted__has_older(&v->wanted, pid, comm, path);
}

int view__older(struct exec_view *v, struct bpf_link *iterator)
{
	return v->opt->exit ? older__find(iterator, &v->running, view_wants_older, v) : 0;
}

int view__record(struct exec_view *v, struct run *run, const struct record *r)
{
	switch (r->kind) {
	case EXEC_DONE:
	case EXEC_FAILED:
		return view_exec(v, run, (const void *)r);
	case EXEC_ARGS:
		return args__ahead(&v->ahead, (const void *)r);
	case EXEC_EXIT:
		return view_exit(v, run, (const void *)r);
	case EXEC_DOOMED:
		return view_doomed(v, (const void *)r);
	}
	return -EINVAL;
}
