// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/kernel/attach_btf.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/base/msg.h"

#define TARGETS 16

/*
 * libbpf reads the kernel's types for each program of this type that is not for another BPF
 * program. So ours say that they are, by this number, until they are loaded.
 */
#define NO_PROGRAM 0x7fffffff

static const struct section {
	const char *name, *prefix;
	enum bpf_attach_type attach_type;
	uint32_t kind;
} sections[] = {
	{ "tp_btf+", "btf_trace_", BPF_TRACE_RAW_TP, BTF_KIND_TYPEDEF },
	{ "fexit+", "", BPF_TRACE_FEXIT, BTF_KIND_FUNC },
	{ "iter+", "bpf_iter_", BPF_TRACE_ITER, BTF_KIND_FUNC },
};

static const struct kernel_btf *kernel;

static struct target {
	const struct bpf_program *prog;
	const char *function;
} targets[TARGETS];

static int attach_setup(struct bpf_program *prog, long cookie)
{
	(void)cookie;
	return bpf_program__set_attach_target(prog, NO_PROGRAM, NULL);
}

static const char *target_name(const struct bpf_program *prog)
{
	const char *name = strchr(bpf_program__section_name(prog), '/');

	for (int i = 0; i < TARGETS; i++)
		if (targets[i].prog == prog)
			return targets[i].function;
	return name ? name + 1 : "";
}

static int attach_load(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	const struct section *s = &sections[cookie];
	const char *target = target_name(prog);
	char name[128];

	snprintf(name, sizeof(name), "%s%s", s->prefix, target);
	opts->attach_prog_fd = 0;
	opts->attach_btf_id = kernel ? kernel_btf__find(kernel, name, s->kind) : 0;
	if (opts->attach_btf_id)
		return 0;
	msg__warn(target, "not in this kernel");
	return -ESRCH;
}

static int attach_attach(const struct bpf_program *prog, long cookie, struct bpf_link **link)
{
	*link = sections[cookie].attach_type == BPF_TRACE_ITER ?
			bpf_program__attach_iter(prog, NULL) :
			bpf_program__attach_trace(prog);
	return *link ? 0 : -errno;
}

int attach_btf__init(void)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .cookie = i,
			    .prog_setup_fn = attach_setup, .prog_prepare_load_fn = attach_load,
			    .prog_attach_fn = attach_attach);
		int err = libbpf_register_prog_handler(sections[i].name, BPF_PROG_TYPE_TRACING,
						       sections[i].attach_type, &opts);

		if (err < 0)
			return err;
	}
	return 0;
}

void attach_btf__use(const struct kernel_btf *b)
{
	kernel = b;
}

int attach_btf__target(const struct bpf_program *prog, const char *function)
{
	for (int i = 0; i < TARGETS; i++) {
		if (targets[i].prog && targets[i].prog != prog)
			continue;
		targets[i] = (struct target){ prog, function };
		return 0;
	}
	return -E2BIG;
}
