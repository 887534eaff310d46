/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The types of a kernel in miniature, and objects that ask for some of them. */
#ifndef SNOOPKIT_TESTS_SMALL_KERNEL_H
#define SNOOPKIT_TESTS_SMALL_KERNEL_H

#include <bpf/btf.h>
#include "common/kernel/core_types.h"

/* libbpf, which is not what is tested, writes and reads it. */
static inline struct btf *small_kernel(void)
{
	struct btf *b = btf__new_empty();
	int u32 = btf__add_int(b, "unsigned int", 4, 0), inner, list, array, proto, fn, state;
	int pointer = btf__add_ptr(b, u32), end, constant, changing;

	inner = btf__add_union(b, NULL, 8);
	btf__add_field(b, "low", u32, 0, 0);
	btf__add_field(b, "high", u32, 0, 0);
	list = btf__add_struct(b, "list_head", 16);
	btf__add_field(b, "next", pointer, 0, 0);
	btf__add_field(b, "prev", pointer, 64, 0);
	state = btf__add_enum(b, "state", 4);
	btf__add_enum_value(b, "IDLE", 0);
	btf__add_enum_value(b, "BUSY", 42);
	array = btf__add_array(b, u32, u32, 3);
	constant = btf__add_const(b, array);
	changing = btf__add_volatile(b, state);
	proto = btf__add_func_proto(b, u32);
	btf__add_func_param(b, "q", pointer);
	fn = btf__add_typedef(b, "handler_t", proto);
	end = btf__add_ptr(b, fn);
	btf__add_struct(b, "request", 64);
	btf__add_field(b, "q", pointer, 0, 0);
	btf__add_field(b, NULL, inner, 64, 0);
	btf__add_field(b, "sizes", constant, 128, 0);
	btf__add_field(b, "node", list, 256, 0);
	btf__add_field(b, "bits", u32, 387, 5);
	btf__add_field(b, "state", changing, 416, 0);
	btf__add_field(b, "end", end, 448, 0);
	btf__add_struct(b, "nobody_asks", 4);
	btf__add_field(b, "at_all", u32, 0, 0);
	btf__add_enum64(b, "wide", 8, false);
	btf__add_enum64_value(b, "WIDE", 1ULL << 40);
	btf__add_func(b, "do_it", BTF_FUNC_GLOBAL, proto);
	btf__add_decl_tag(b, "tag", fn, -1);
	btf__add_struct(b, "request", 8);
	btf__add_field(b, "again", u32, 32, 0);
	return b;
}

static inline struct btf *object(const char *const *names, int kind)
{
	struct btf *b = btf__new_empty();

	for (; *names; names++) {
		if (kind == BTF_KIND_STRUCT)
			btf__add_struct(b, *names, 0);
		else if (kind == BTF_KIND_ENUM)
			btf__add_enum(b, *names, 4);
		else
			btf__add_typedef(b, *names, 0);
	}
	return b;
}

static inline struct btf *selected(const struct kernel_btf *k, const struct btf *from, size_t *size)
{
	struct buf out = {};
	struct btf *b = NULL;

	if (!core_types__select(&out, from, k))
		b = btf__new(out.data, out.len);
	*size = out.len;
	buf__free(&out);
	return b;
}

#endif
