// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Records in any order that the kernel keeps to: nothing comes that is older than the time of an
 * earlier look at the ring that emptied it. All of them are handed over, sorted, as they were.
 */
#include "common/stream/order.h"

#include <errno.h>
#include "tests/fuzz/fuzz.h"

struct event {
	struct record head;
	uint64_t number;
	uint8_t rest[64];
};

struct shown {
	uint64_t last_ns, last_number, count, sum;
};

static int show(void *ctx, const struct record *r)
{
	const struct event *e = (const void *)r;
	struct shown *s = ctx;

	must(r->time_ns >= s->last_ns);
	/* Those of one time as they came. */
	must(!s->count || r->time_ns > s->last_ns || e->number > s->last_number);
	for (size_t i = sizeof(*r) + 8; i < r->size; i++)
		must(((const uint8_t *)r)[i] == (uint8_t)e->number);
	s->last_ns = r->time_ns;
	s->last_number = e->number;
	s->count++;
	s->sum += e->number;
	return 0;
}

/* At `least` or later. */
static void add(struct order *o, struct fuzz_input *in, uint64_t least, uint64_t number)
{
	struct event e = { .number = number };
	size_t size = offsetof(struct event, rest) + fuzz_u8(in) % (sizeof(e.rest) + 1);

	e.head.time_ns = least + fuzz_u16(in) % 512;
	e.head.size = size;
	memset(e.rest, (uint8_t)number, sizeof(e.rest));
	must(order__add(o, &e, size) == 0);
	/* Not a record. */
	e.head.size = size + 1;
	must(order__add(o, &e, size) == -EINVAL);
	must(order__add(o, &e, sizeof(e.head) - 1) == -EINVAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_input in = { data, len };
	struct shown shown = {};
	struct order *o = order__new((1 << 20) + fuzz_u16(&in), show, &shown);
	uint64_t until = 1000, number = 0, sum = 0;
	int end;

	must(o);
	while (in.left) {
		uint32_t records = fuzz_u8(&in) % 16, now = fuzz_u8(&in);

		/* What comes from here on is not older than what this look may hand over. */
		order__begin(o, until);
		for (uint32_t i = 0; i < records; i++) {
			add(o, &in, until, ++number);
			sum += number;
		}
		end = order__end(o, true);
		must(end >= 0 && !!(end & ORDER_HELD) == (shown.count < number));
		must(shown.last_ns < until || !shown.count);
		until += now;
	}
	order__begin(o, UINT64_MAX);
	must(order__end(o, true) >= 0);
	must(shown.count == number && shown.sum == sum && !order__late(o));
	order__free(o);
	return 0;
}
