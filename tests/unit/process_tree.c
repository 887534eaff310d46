// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Who descends from whom: however far down, and whatever is read while processes come and go. */
#include "common/owner/process_tree.c"

#include "tests/unit/tap.h"

#define ROOT 100

static void add(struct kin_list *l, uint32_t pid, uint32_t ppid)
{
	if (list_add(l, pid, ppid))
		abort();
}

static void sort(struct kin_list *l)
{
	qsort(l->kin, l->count, sizeof(l->kin[0]), kin_compare);
}

static bool descends(struct kin_list *l, uint32_t pid)
{
	struct kin *k = list_find(l, pid);

	if (!k)
		return false;
	list_ask(l, k, ROOT);
	return k->kinship == KIN_MEMBER;
}

static void test_few(void)
{
	struct kin_list l = {};

	add(&l, 1, 0);
	add(&l, ROOT, 1);
	add(&l, 300, 200);
	add(&l, 200, ROOT);
	add(&l, 201, 1);
	add(&l, 301, 201);
	add(&l, 400, 999);
	sort(&l);
	ok(descends(&l, 200) && descends(&l, 300), "a child and a grandchild");
	ok(!descends(&l, 201) && !descends(&l, 301), "a brother and a nephew do not");
	ok(!descends(&l, 1) && !descends(&l, ROOT), "nor a parent, nor the process itself");
	ok(!descends(&l, 400), "nor one whose parent has gone");
	free(l.kin);
}

/* Numbers are given out in any order. */
static void test_deep(void)
{
	enum { DEEP = 200000 };
	struct kin_list l = {};
	size_t members = 0;

	add(&l, ROOT, 1);
	for (uint32_t i = 0; i < DEEP; i++)
		add(&l, 1000 + i, i == DEEP - 1 ? ROOT : 1001 + i);
	sort(&l);
	for (uint32_t i = 0; i < DEEP; i++)
		members += descends(&l, 1000 + i);
	is_u64(members, DEEP, "200,000 generations, from the youngest");
	free(l.kin);
}

/* A number is given out again between two readings. */
static void test_ring(void)
{
	struct kin_list l = {};

	add(&l, ROOT, 1);
	add(&l, 10, 12);
	add(&l, 11, 10);
	add(&l, 12, 11);
	add(&l, 13, 12);
	add(&l, 14, 14);
	sort(&l);
	ok(!descends(&l, 13) && !descends(&l, 10) && !descends(&l, 11) && !descends(&l, 12),
	   "parents in a ring are followed once");
	ok(!descends(&l, 14), "and one that is its own");
	free(l.kin);
}

int main(void)
{
	test_few();
	test_deep();
	test_ring();
	return done_testing();
}
