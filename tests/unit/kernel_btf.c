// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/kernel/kernel_btf.h"

#include <errno.h>
#include <stdlib.h>
#include "tests/unit/random.h"
#include "tests/unit/small_kernel.h"
#include "tests/unit/tap.h"

static const struct btf_type *whole(const struct btf *b, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(b, id);

	while (btf_is_mod(t) || btf_is_typedef(t))
		t = btf__type_by_id(b, t->type);
	return t;
}

/* How many of the members, down to their own, are not what they were. */
static int different(const struct btf *a, uint32_t in_a, const struct btf *b, uint32_t in_b)
{
	const struct btf_type *t = whole(a, in_a), *u = whole(b, in_b);
	int wrong = btf_kind(t) != btf_kind(u) && !btf_is_func_proto(t);

	if (wrong || btf_is_ptr(t) || btf_is_func_proto(t))
		return wrong;
	if (t->info != u->info)
		return 1;
	if (btf_is_array(t))
		return (btf_array(t)->nelems != btf_array(u)->nelems) +
		       different(a, btf_array(t)->type, b, btf_array(u)->type);
	wrong = t->size != u->size;
	for (int i = 0; btf_is_composite(t) && i < btf_vlen(t); i++) {
		const struct btf_member *m = btf_members(t) + i, *n = btf_members(u) + i;

		wrong += m->offset != n->offset || strcmp(btf__name_by_offset(a, m->name_off),
							  btf__name_by_offset(b, n->name_off));
		wrong += different(a, m->type, b, n->type);
	}
	return wrong;
}

static void test_find(const struct kernel_btf *k, const struct btf *b)
{
	uint32_t n = 0, id = 0;

	is_int(kernel_btf__count(k), btf__type_cnt(b), "as many types as there are");
	is_int(kernel_btf__find(k, "request", BTF_KIND_STRUCT), btf__find_by_name(b, "request"),
	       "a struct by name");
	is_int(kernel_btf__find(k, "do_it", BTF_KIND_FUNC), btf__find_by_name(b, "do_it"),
	       "a function by name");
	is_int(kernel_btf__find(k, "request", BTF_KIND_FUNC), 0, "no function of a struct's name");
	is_int(kernel_btf__find(k, "reques", BTF_KIND_STRUCT), 0, "no struct of half a name");
	while ((id = kernel_btf__next(k, id, BTF_KIND_STRUCT)))
		n++;
	is_int(n, 4, "each struct is come by");
	is_int(btf_format_kind(kernel_btf__type(k, 12345)), BTF_KIND_UNKN,
	       "no type behind the last");
	is_str(kernel_btf__name(k, 1 << 30), "", "no name behind the last");
}

static void test_select(const struct kernel_btf *k, const struct btf *b)
{
	struct btf *from =
		object((const char *const[]){ "request___old", "gone", NULL }, BTF_KIND_STRUCT);
	size_t size;
	struct btf *s = selected(k, from, &size);
	uint32_t types = s ? btf__type_cnt(s) : 0, found = 0;

	ok(s, "what is selected can be read");
	for (uint32_t id = 1; id < types; id++)
		found += !strcmp(btf__name_by_offset(s, btf__type_by_id(s, id)->name_off),
				 "request");
	is_int(found, 2, "a flavor stands for its type, and for each of that name");
	is_int(different(b, btf__find_by_name(b, "request"), s, btf__find_by_name(s, "request")), 0,
	       "every member is where it was, and what it was");
	is_int(btf_vlen(btf__type_by_id(b, btf__find_by_name(b, "request"))), 7,
	       "all of the members");
	ok(btf__find_by_name(s, "list_head") > 0, "a struct that is in it has come with it");
	ok(btf__find_by_name(s, "nobody_asks") < 0, "what nobody asked for has not");
	ok(btf__find_by_name(s, "do_it") < 0 && btf__find_by_name(s, "handler_t") < 0,
	   "nor have functions, and what is behind pointers");
	btf__free(s);
	btf__free(from);
}

static void test_kinds(const struct kernel_btf *k)
{
	struct btf *from =
		object((const char *const[]){ "state", "wide", "request", NULL }, BTF_KIND_ENUM);
	struct btf *none = btf__new_empty();
	size_t size;
	struct btf *s = selected(k, from, &size);
	const struct btf_type *t = btf__type_by_id(s, btf__find_by_name(s, "state"));

	ok(t && btf_vlen(t) == 2 && btf_enum(t)[1].val == 42 &&
		   !strcmp(btf__name_by_offset(s, btf_enum(t)[1].name_off), "BUSY"),
	   "an enum with its values");
	t = btf__type_by_id(s, btf__find_by_name(s, "wide"));
	is_u64(t ? btf_enum64_value(btf_enum64(t)) : 0, 1ULL << 40, "a wide one");
	btf__free(s);
	btf__free(from);
	s = selected(k, none, &size);
	ok(s && btf__type_cnt(s) == 1, "of nothing, nothing");
	btf__free(s);
	btf__free(none);
	from = object((const char *const[]){ "handler_t", NULL }, BTF_KIND_TYPEDEF);
	s = selected(k, from, &size);
	t = s ? btf__type_by_id(s, 1) : NULL;
	ok(t && btf_is_typedef(t) && !t->type, "a typedef of a function's type is one of void");
	btf__free(s);
	btf__free(from);
}

/* What the kernel gives is not suspected, but what is read past the end is nobody's. */
static void test_broken(const void *data, uint32_t size)
{
	struct btf *from =
		object((const char *const[]){ "request", "state", NULL }, BTF_KIND_STRUCT);
	uint32_t taken = 0;

	for (uint32_t n = 0; n < size; n++) {
		void *part = memcpy(malloc(n ?: 1), data, n);
		struct kernel_btf *k = kernel_btf__of(part, n);

		taken += !!k || errno != EBADMSG;
		kernel_btf__free(k);
		free(part);
	}
	is_int(taken, 0, "cut off anywhere it is refused");
	for (int i = 0; i < 20000; i++) {
		uint8_t *other = memcpy(malloc(size), data, size);
		struct kernel_btf *k;
		struct buf out = {};

		other[random_u64() % size] = random_u64();
		other[random_u64() % size] ^= 1 << (random_u64() % 8);
		k = kernel_btf__of(other, size);
		if (k) {
			kernel_btf__find(k, "request", BTF_KIND_STRUCT);
			core_types__select(&out, from, k);
		}
		buf__free(&out);
		kernel_btf__free(k);
		free(other);
	}
	ok(true, "with any byte changed nothing is read that is not there");
	btf__free(from);
}

/* The real one: structs that hold hundreds of others. */
static void test_this_kernel(void)
{
	static const char *const names[] = { "task_struct", "request",	 "bio", "tcp_sock",
					     "page",	    "mm_struct", NULL };
	struct kernel_btf *k = kernel_btf__new();
	struct btf *b = k ? btf__load_vmlinux_btf() : NULL, *from, *s;
	int wrong = 0;
	size_t size;

	if (!b) {
		skip("%s", "this kernel's BTF cannot be read");
		kernel_btf__free(k);
		return;
	}
	from = object(names, BTF_KIND_STRUCT);
	s = selected(k, from, &size);
	for (int i = 0; names[i] && s; i++)
		wrong += different(b, btf__find_by_name_kind(b, names[i], BTF_KIND_STRUCT), s,
				   btf__find_by_name_kind(s, names[i], BTF_KIND_STRUCT));
	ok(s && !wrong, "this kernel's structs as libbpf reads them");
	ok(size < 1 << 20, "of a fraction of the size");
	btf__free(s);
	btf__free(from);
	btf__free(b);
	kernel_btf__free(k);
}

int main(void)
{
	struct btf *b = small_kernel();
	uint32_t size;
	const void *data = btf__raw_data(b, &size);
	struct kernel_btf *k = kernel_btf__of(data, size);

	ok(k, "read");
	if (k) {
		test_find(k, b);
		test_select(k, b);
		test_kinds(k);
	}
	test_broken(data, size);
	test_this_kernel();
	kernel_btf__free(k);
	btf__free(b);
	return done_testing();
}
