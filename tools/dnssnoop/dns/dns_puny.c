// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/dns/dns_puny.h"

#include <errno.h>

/* RFC 3492, 5. */
#define BASE 36
#define T_MIN 1
#define T_MAX 26
#define SKEW 38
#define DAMP 700
#define FIRST_BIAS 72
#define FIRST_OTHER 0x80

struct puny {
	char *out;
	size_t len, size; /* len > size: it does not fit */
	uint32_t bias, delta;
	size_t done; /* characters */
	size_t basic;
};

static void put(struct puny *p, char c)
{
	if (p->len < p->size)
		p->out[p->len] = c;
	p->len++;
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
	if (k <= bias)
		return T_MIN;
	return k - bias > T_MAX ? T_MAX : k - bias;
}

static void put_digit(struct puny *p, uint32_t digit)
{
	put(p, digit < 26 ? 'a' + digit : '0' + digit - 26);
}

static void put_delta(struct puny *p)
{
	uint32_t q = p->delta;

	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = threshold(k, p->bias);

		if (q < t)
			break;
		put_digit(p, t + (q - t) % (BASE - t));
		q = (q - t) / (BASE - t);
	}
	put_digit(p, q);
}

static uint32_t adapted(uint32_t delta, size_t done, int first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / done;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

/* All that have this number, from the first to the last. */
static void put_number(struct puny *p, const uint32_t *in, size_t n, uint32_t number)
{
	for (size_t i = 0; i < n; i++) {
		p->delta += in[i] < number;
		if (in[i] != number)
			continue;
		put_delta(p);
		p->bias = adapted(p->delta, p->done + 1, p->done == p->basic);
		p->delta = 0;
		p->done++;
	}
}

static uint32_t least_from(const uint32_t *in, size_t n, uint32_t from)
{
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i < n; i++)
		if (in[i] >= from && in[i] < least)
			least = in[i];
	return least;
}

int dns_puny__encode(const uint32_t *in, size_t n, char *out, size_t size)
{
	struct puny p = { .out = out, .size = size, .bias = FIRST_BIAS };
	uint32_t number = FIRST_OTHER;

	/* Each takes a digit at least; with so few of them no sum overflows. */
	if (n > size || n > 1024)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		if (in[i] < FIRST_OTHER)
			put(&p, in[i]);
	p.basic = p.done = p.len;
	if (p.basic)
		put(&p, '-');
	while (p.done < n && p.len <= size) {
		uint32_t least = least_from(in, n, number);

		p.delta += (least - number) * (p.done + 1);
		put_number(&p, in, n, least);
		p.delta++;
		number = least + 1;
	}
	return p.len > size ? -EINVAL : (int)p.len;
}
