// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/probe.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct probe {
	struct btf *btf;
};

struct probe *probe__new(void)
{
	struct probe *p;

	/* libbpf would go on to look for a vmlinux file, which BTF-typed programs cannot use. */
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->btf = btf__load_vmlinux_btf();
	if (!p->btf) {
		int err = errno;

		free(p);
		errno = err;
		return NULL;
	}
	return p;
}

void probe__free(struct probe *p)
{
	if (!p)
		return;
	btf__free(p->btf);
	free(p);
}

static bool probe_has_member(const struct btf *btf, const struct btf_type *t, const char *field)
{
	const struct btf_member *m = btf_members(t);

	for (int i = 0; i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(btf, m[i].name_off), field))
			return true;
	return false;
}

bool probe__field(const struct probe *p, const char *type, const char *field)
{
	int id = btf__find_by_name_kind(p->btf, type, BTF_KIND_STRUCT);

	return id > 0 && probe_has_member(p->btf, btf__type_by_id(p->btf, id), field);
}

int probe__enumerator(const struct probe *p, const char *name, int64_t *value)
{
	int types = btf__type_cnt(p->btf);

	for (int id = 1; id < types; id++) {
		const struct btf_type *t = btf__type_by_id(p->btf, id);
		const struct btf_enum *e = btf_enum(t);

		if (!btf_is_enum(t))
			continue;
		for (int i = 0; i < btf_vlen(t); i++) {
			if (strcmp(btf__name_by_offset(p->btf, e[i].name_off), name))
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
	int id = btf__find_by_name_kind(p->btf, name, BTF_KIND_ENUM);
	const struct btf_type *t;
	const struct btf_enum *e;

	if (id < 0)
		return -ENOENT;
	t = btf__type_by_id(p->btf, id);
	e = btf_enum(t);
	for (int i = 0; i < btf_vlen(t); i++)
		visit(ctx, btf__name_by_offset(p->btf, e[i].name_off), e[i].val);
	return 0;
}

bool probe__function(const struct probe *p, const char *name)
{
	return btf__find_by_name_kind(p->btf, name, BTF_KIND_FUNC) > 0;
}

bool probe__fexit(const struct probe *p, const char *function)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FEXIT);
	int id = btf__find_by_name_kind(p->btf, function, BTF_KIND_FUNC), prog, link;

	if (id < 0)
		return false;
	opts.attach_btf_id = id;
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
	int id;

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	id = btf__find_by_name_kind(p->btf, type, BTF_KIND_TYPEDEF);
	if (id < 0)
		return -ENOENT;
	/* typedef -> pointer -> prototype, whose first parameter is the tracer's own. */
	t = btf__type_by_id(p->btf, btf__type_by_id(p->btf, id)->type);
	t = t ? btf__type_by_id(p->btf, t->type) : NULL;
	if (!t || !btf_is_func_proto(t))
		return -ENOENT;
	return btf_vlen(t) - 1;
}
