// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/execsnoop/row.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/base/errno_name.h"
#include "common/base/signal_name.h"

/* What the records of an exec and of an end have in common. */
struct row_both {
	const struct record *head;
	const struct process *who;
	uint32_t ppid, ns_pid, loginuid, cpu;
	const char *pcomm;
};

#define ROW_BOTH(r)                                                                              \
	(&(const struct row_both){ &(r)->head, &(r)->who, (r)->ppid, (r)->ns_pid, (r)->loginuid, \
				   (r)->cpu, (r)->pcomm })

static void row_both(struct exec_row *row, const struct row_from *from, const struct row_both *r)
{
	memset(row, 0, offsetof(struct exec_row, ret_text));
	row->time_ns = r->head->time_ns;
	row->elapsed_s = ((double)r->head->time_ns - (double)from->start_ns) / NSEC_PER_SEC;
	row->duration_ns = FIELD_UNKNOWN;
	process__row(r->who, from->names, &row->who);
	row->ppid = r->ppid;
	row->ns_pid = r->ns_pid;
	row->cpu = r->cpu;
	row->loginuid = r->loginuid == UID_ANY ? FIELD_UNKNOWN : r->loginuid;
	memcpy(row->pcomm, r->pcomm, PROCESS_COMM_LEN);
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

struct exec_ancestor row__ancestor(const struct exec_row *row, uint32_t i)
{
	struct exec_ancestor a;

	memcpy(&a, row->ancestor_list + i * sizeof(a), sizeof(a));
	return a;
}

int row__exec(struct exec_row *row, const struct row_from *from, const struct exec_record *r)
{
	const char *at = (const char *)(r + 1);
	int err;

	if (!record_is_whole(r))
		return -EINVAL;
	row_both(row, from, ROW_BOTH(r));
	row->exec = r;
	row->quoted = from->opt->quote;
	row->with_ancestors = from->opt->ancestors;
	row->event = r->head.kind == EXEC_FAILED ? "failed" : "exec";
	row->ret = row_ret(row, r->error);
	row->filename = row_text(&at, r->filename_len);
	row_filename(r, row);
	row->interpreter = row_text(&at, r->interp_len);
	err = args__collect(from->ahead, r, at, &row->args);
	at += r->args_len;
	row->exe = row_path(&row->exe_path, at, r->exe_len, r->exe_state);
	at += r->exe_len;
	row->cwd = row_path(&row->cwd_path, at, r->cwd_len, r->cwd_state);
	row->ancestor_list = at + r->cwd_len;
	row->words = (struct safe){ row, words__args, NULL };
	if (r->ancestors)
		row->ancestors = (struct safe){ row, words__ancestors, NULL };
	row->members = (struct safe){ row, NULL, members__exec };
	return err;
}

/* As wait() has it. */
static void row_status(struct exec_row *row, uint32_t status)
{
	int sig = status & 0x7f;

	row->ret = row->ret_text;
	if (sig)
		row->ret = signal_name(sig, row->ret_text, sizeof(row->ret_text));
	else
		snprintf(row->ret_text, sizeof(row->ret_text), "%d", status >> 8 & 0xff);
}

void row__exit(struct exec_row *row, const struct row_from *from, const struct exit_record *r,
	       const struct running_slot *process)
{
	row_both(row, from, ROW_BOTH(r));
	row->exit = r;
	row->process = process;
	row->event = "exit";
	row_status(row, r->status);
	if (!process->before && !process->doomed)
		row->duration_ns = r->head.time_ns - process->since_ns;
	row->words = (struct safe){ row, words__exit, NULL };
	row->members = (struct safe){ row, NULL, members__exit };
	if (!process->exe)
		return;
	path__show(row->exe_path.marked, sizeof(row->exe_path.marked), process->exe,
		   process->exe_state);
	row->exe = row->exe_path.marked;
}
