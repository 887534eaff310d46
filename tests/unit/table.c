// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/table.h"

#include "tests/unit/tap.h"

struct entry {
	uint32_t key, value;
};

static struct table table = { .key_size = sizeof(uint32_t), .entry_size = sizeof(struct entry) };

static bool is_odd(const void *entry, void *ctx)
{
	(void)ctx;
	return ((const struct entry *)entry)->key & 1;
}

static uint32_t wrong(uint32_t step)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < table.count; i++) {
		const struct entry *e = table__at(&table, i);

		n += e->key != step * i + step - 1 || e->value != 3 * e->key ||
		     table__find(&table, &e->key) != e;
	}
	return n;
}

int main(void)
{
	const uint32_t many = 10000;
	struct entry *e;
	uint32_t key = 7;

	ok(!table__find(&table, &key), "an empty one has nothing");
	table__clear(&table);
	table__keep(&table, is_odd, NULL);
	ok(!table__find(&table, &key), "nor after it was emptied");
	for (key = 0; key < many; key++) {
		e = table__add(&table, &key);
		if (e && !e->value)
			e->value = 3 * key;
	}
	is_int(table.count, many, "as many as were added");
	is_int(wrong(1), 0, "in the order that they came, each found");
	key = many;
	ok(!table__find(&table, &key), "what was not added is not found");
	key = 42;
	e = table__add(&table, &key);
	ok(e && e->value == 126 && table.count == many, "added again it is the same");
	table__keep(&table, is_odd, NULL);
	is_int(table.count, many / 2, "half of them kept");
	is_int(wrong(2), 0, "in their order, each found");
	ok(!table__find(&table, &key), "what was dropped is not found");
	e = table__add(&table, &key);
	ok(e && !e->value, "and new when it comes again");
	table__clear(&table);
	is_int(table.count, 0, "cleared");
	ok(!table__find(&table, &key), "nothing is left");
	e = table__add(&table, &key);
	ok(e && !e->value && table.count == 1, "and it can be used again");
	table__free(&table);
	return done_testing();
}
