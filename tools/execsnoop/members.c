// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The members of an event's JSON object that are no fields, in their order (fields.c). */
#include "tools/execsnoop/row.h"

#include <string.h>

static void json_ancestors(const struct exec_row *row, struct json *j)
{
	char comm[PROCESS_COMM_LEN + 1] = "";

	json__array(j, "ancestors");
	for (uint32_t i = 0; i < row->exec->ancestors; i++) {
		struct exec_ancestor a = row__ancestor(row, i);

		memcpy(comm, a.comm, sizeof(a.comm));
		json__object(j, NULL);
		json__u64(j, "pid", a.pid);
		json__text(j, "comm", comm);
		json__object_end(j);
	}
	json__array_end(j);
}

static void json_path_state(struct json *j, uint32_t state, const char *deleted,
			    const char *unreachable)
{
	if (state & PATH_DELETED)
		json__bool(j, deleted, true);
	if (state & PATH_UNREACHABLE)
		json__bool(j, unreachable, true);
}

void members__exec(const void *row, struct json *j)
{
	const struct exec_row *row_exec = row;
	const struct exec_record *r = row_exec->exec;

	process__json(&row_exec->who, j);
	args__json(&row_exec->args, j);
	if (r->flags & EXEC_DIED)
		json__str(j, "signal", args__signal(r->flags));
	json_path_state(j, r->exe_state, "exe_deleted", "exe_unreachable");
	if (row_exec->cwd)
		json_path_state(j, r->cwd_state, "cwd_deleted", "cwd_unreachable");
	if (row_exec->with_ancestors)
		json_ancestors(row_exec, j);
}

void members__exit(const void *row, struct json *j)
{
	const struct exec_row *row_exit = row;
	const struct running_slot *process = row_exit->process;
	uint32_t status = row_exit->exit->status;

	process__json(&row_exit->who, j);
	if (status & 0x7f) {
		json__str(j, "signal", row_exit->ret);
		json__bool(j, "core_dumped", status & 0x80);
	} else {
		json__u64(j, "exit_code", status >> 8 & 0xff);
	}
	if (process->doomed)
		json__bool(j, "exec_failed", true);
	if (process->before)
		json__bool(j, "ran_before", true);
	json_path_state(j, process->exe_state, "exe_deleted", "exe_unreachable");
}
