// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The kernel's types, from any bytes; and what is selected of them for libbpf. */
#include <bpf/btf.h>
#include "common/kernel/core_types.h"
#include "tests/fuzz/fuzz.h"

/* What the bytes of each member say is a type of the file, or was void. */
static void must_refer(const struct kernel_btf *b, uint32_t id)
{
	const struct btf_type *t = kernel_btf__type(b, id);
	uint32_t kind = btf_format_kind(t);

	must(kernel_btf__next(b, id - 1, kind) == id);
	must(strlen(kernel_btf__name(b, t->name_off)) < SIZE_MAX);
	if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION)
		for (uint32_t i = 0; i < btf_format_vlen(t); i++)
			must(btf_members(t)[i].type < kernel_btf__count(b));
}

static void check_selected(const struct kernel_btf *k, const struct btf *object)
{
	struct buf out = {};
	struct kernel_btf *b;

	if (!core_types__select(&out, object, k)) {
		b = kernel_btf__of(out.data, out.len);
		must(b);
		must(kernel_btf__count(b) <= kernel_btf__count(k));
		for (uint32_t id = 1; id < kernel_btf__count(b); id++)
			must_refer(b, id);
		kernel_btf__free(b);
	}
	buf__free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct btf *object;
	struct kernel_btf *k;
	uint32_t seen = 1;

	if (!object) {
		object = btf__new_empty();
		btf__add_struct(object, "request___old", 0);
		btf__add_enum(object, "state", 4);
		btf__add_typedef(object, "handler_t", 0);
		btf__add_struct(object, "a", 0);
	}
	k = kernel_btf__of(data, len);
	if (!k)
		return 0;
	for (uint32_t kind = 0; kind < 128; kind++) {
		uint32_t id = 0;

		while ((id = kernel_btf__next(k, id, kind))) {
			const struct btf_type *t = kernel_btf__type(k, id);
			const char *name = kernel_btf__name(k, t->name_off);

			seen++;
			must(btf_format_kind(t) == kind);
			must(kernel_btf__find(k, name, kind) <= id);
			must(kernel_btf__find(k, name, kind) > 0);
		}
	}
	must(seen == kernel_btf__count(k));
	check_selected(k, object);
	kernel_btf__free(k);
	return 0;
}
