// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/kernel/probe.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct probe {
	struct kernel_btf *btf;
};

struct probe *probe__new(void)
{
	struct probe *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return NULL;
	p->btf = kernel_btf__new();
	if (p->btf)
		return p;
	err = errno;
	free(p);
	errno = err;
	return NULL;
}

void probe__free(struct probe *p)
{
	if (!p)
		return;
	kernel_btf__free(p->btf);
	free(p);
}

const struct kernel_btf *probe__btf(const struct probe *p)
{
	return p->btf;
}

static const char *probe_name(const struct probe *p, uint32_t name_off)
{
	return kernel_btf__name(p->btf, name_off);
}

bool probe__field(const struct probe *p, const char *type, const char *field)
{
	const struct btf_type *t =
		kernel_btf__type(p->btf, kernel_btf__find(p->btf, type, BTF_KIND_STRUCT));
	const struct btf_member *m = btf_members(t);

	for (uint32_t i = 0; i < btf_format_vlen(t); i++)
		if (!strcmp(probe_name(p, m[i].name_off), field))
			return true;
	return false;
}

int probe__enumerator(const struct probe *p, const char *name, int64_t *value)
{
	uint32_t id = 0;

	while ((id = kernel_btf__next(p->btf, id, BTF_KIND_ENUM))) {
		const struct btf_type *t = kernel_btf__type(p->btf, id);
		const struct btf_enum *e = btf_enum(t);

		for (uint32_t i = 0; i < btf_format_vlen(t); i++) {
			if (strcmp(probe_name(p, e[i].name_off), name))
				continue;
			*value = e[i].val;
			return 0;
		}
	}
	return -ENOENT;
}

int probe__enum(const struct probe *p, const char *name,
		void (*visit)(void *ctx, const char *enumerator, int64_t value), void *ctx)
{
	uint32_t id = kernel_btf__find(p->btf, name, BTF_KIND_ENUM);
	const struct btf_type *t = kernel_btf__type(p->btf, id);
	const struct btf_enum *e = btf_enum(t);

	for (uint32_t i = 0; i < btf_format_vlen(t); i++)
		visit(ctx, probe_name(p, e[i].name_off), e[i].val);
	return id ? 0 : -ENOENT;
}

bool probe__function(const struct probe *p, const char *name)
{
	return kernel_btf__find(p->btf, name, BTF_KIND_FUNC);
}

/* The fast kind of SRCU that 7.0 has came together with tracepoints under it. */
bool probe__preempted_tracepoints(const struct probe *p)
{
	return probe__function(p, "init_srcu_struct_fast");
}

/* Of the modes in this file the one in parentheses is on. */
static bool preempts_by_mode(void)
{
	int fd = open("/sys/kernel/debug/sched/preempt", O_RDONLY | O_CLOEXEC);
	char modes[64];
	ssize_t n = fd < 0 ? -1 : read(fd, modes, sizeof(modes) - 1);

	if (fd >= 0)
		close(fd);
	modes[n < 0 ? 0 : n] = '\0';
	return !strstr(modes, "(none)") && !strstr(modes, "(voluntary)");
}

/* Only a kernel that can be preempted while it reads under RCU counts such readers by task. */
bool probe__preempted_functions(const struct probe *p)
{
	return probe__preempted_tracepoints(p) ||
	       (probe__field(p, "task_struct", "rcu_read_lock_nesting") && preempts_by_mode());
}

bool probe__fexit(const struct probe *p, const char *function)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FEXIT);
	int prog, link;

	opts.attach_btf_id = kernel_btf__find(p->btf, function, BTF_KIND_FUNC);
	if (!opts.attach_btf_id)
		return false;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "Dual BSD/GPL", nothing, 2, &opts);
	if (prog < 0)
		return false;
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link >= 0)
		close(link);
	close(prog);
	return link >= 0;
}

int probe__tracepoint_args(const struct probe *p, const char *name)
{
	const struct btf_type *t;
	char type[128];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	/* typedef -> pointer -> prototype, whose first parameter is the tracer's own. */
	t = kernel_btf__type(p->btf, kernel_btf__find(p->btf, type, BTF_KIND_TYPEDEF));
	t = kernel_btf__type(p->btf, kernel_btf__type(p->btf, t->type)->type);
	if (btf_format_kind(t) != BTF_KIND_FUNC_PROTO || !btf_format_vlen(t))
		return -ENOENT;
	return btf_format_vlen(t) - 1;
}
