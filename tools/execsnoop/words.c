// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What a table says of a row in words. */
#include "tools/execsnoop/row.h"

#include <string.h>
#include "common/base/text.h"

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
static struct args_file words_file(const struct exec_row *row)
{
	const struct exec_record *r = row->exec;
	const struct args *args = &row->args;
	struct args_file file = { .path = row->filename };

	if (!row->filename && row->exe && r->flags & EXEC_DIED)
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

void words__args(const void *row, struct buf *out)
{
	const struct exec_row *r = row;
	struct args_file file = words_file(r);

	args__words(&r->args, &file, r->quoted, out);
}

/* "bash(1234),sshd(99)", the nearest first. */
void words__ancestors(const void *row, struct buf *out)
{
	char comm[PROCESS_COMM_LEN + 1] = "", word[4 * PROCESS_COMM_LEN + 1];
	const struct exec_row *r = row;

	for (uint32_t i = 0; i < r->exec->ancestors; i++) {
		struct exec_ancestor a = row__ancestor(r, i);

		memcpy(comm, a.comm, sizeof(a.comm));
		text__word(word, sizeof(word), comm, strlen(comm), "(),");
		buf__printf(out, "%s%s(%u)", i ? "," : "", word, a.pid);
	}
}

/* Of a process whose exec was not shown. */
void words__exit(const void *row, struct buf *out)
{
	const struct running_slot *process = ((const struct exec_row *)row)->process;

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
