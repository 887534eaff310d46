// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/execsnoop/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tools/execsnoop/older.h"
#include "tools/execsnoop/row.h"

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
}

static void comm_copy(char *to, const char *comm)
{
	memcpy(to, comm, PROCESS_COMM_LEN);
	to[PROCESS_COMM_LEN] = '\0';
}

static bool view_wants(struct exec_view *v, const struct exec_row *row)
{
	const struct exec_record *r = row->exec;
	const struct wanted_exec exec = {
		.comm = row->who.comm,
		.filename = row->filename,
		.exe = row->exe ? row->exe_path.plain : NULL,
		.cwd = row->cwd && !(r->cwd_state & PATH_CUT) ? row->cwd_path.plain : NULL,
		.exe_cut = r->exe_state & PATH_CUT,
		.script = row->interpreter,
		.executed = r->head.kind == EXEC_DONE || r->flags & EXEC_DIED,
		.args = &row->args,
	};

	return wanted__has(&v->wanted, &exec);
}

static void view_show(struct run *run, const struct exec_row *row)
{
	run->shown++;
	out__event(&run->out, exec_fields, row, row->time_ns);
}

static struct row_from view_from(struct exec_view *v, const struct run *run)
{
	return (struct row_from){ v->opt, &v->names, run->start_ns, &v->ahead };
}

static int view_exec(struct exec_view *v, struct run *run, const struct exec_record *r)
{
	const struct row_from from = view_from(v, run);
	struct exec_row row;
	int err = row__exec(&row, &from, r);

	if (err || !tool__wants(run, r->who.cgroup_id, r->who.cgroup1_id))
		return err;
	if (!view_wants(v, &row)) {
		run->filtered++;
		if (r->head.kind == EXEC_DONE)
			running__forget(&v->running, r->who.pid);
		return 0;
	}
	/* It was needed for --exe-path only. */
	if (!v->opt->cwd)
		row.cwd = NULL;
	if (v->opt->max_args)
		args__limit(&row.args, v->opt->max_args);
	view_show(run, &row);
	if (!v->opt->exit || (r->head.kind != EXEC_DONE && !(r->flags & EXEC_DIED)))
		return 0;
	return running__set(&v->running, &(struct running_slot){ .pid = r->who.pid,
								 .exec_id = r->exec_id,
								 .since_ns = r->head.time_ns });
}

static int view_exit(struct exec_view *v, struct run *run, const struct exit_record *r)
{
	const struct row_from from = view_from(v, run);
	struct running_slot process;
	struct exec_row row;

	if (r->head.size < sizeof(*r))
		return -EINVAL;
	if (!tool__wants(run, r->who.cgroup_id, r->who.cgroup1_id))
		return 0;
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
	row__exit(&row, &from, r, &process);
	view_show(run, &row);
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

static int view_kind(struct exec_view *v, struct run *run, const struct record *r)
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

int view__record(struct exec_view *v, struct run *run, const struct record *r)
{
	int err = view_kind(v, run, r);

	loss__add(run->loss, EXEC_UNSEARCHED, v->wanted.given_up);
	v->wanted.given_up = 0;
	return err;
}
