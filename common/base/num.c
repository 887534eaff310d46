// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/num.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Digits at *s; moves *s behind them. */
static int num_digits(const char **s, uint64_t *value)
{
	const char *p = *s;
	uint64_t v = 0;

	if (!isdigit((unsigned char)*p))
		return -EINVAL;
	for (; isdigit((unsigned char)*p); p++)
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
			return -ERANGE;
	*value = v;
	*s = p;
	return 0;
}

static int num_in_range(uint64_t v, uint64_t min, uint64_t max, uint64_t *value)
{
	if (v < min || v > max)
		return -ERANGE;
	*value = v;
	return 0;
}

int num__u64(const char *s, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t v;
	int err = num_digits(&s, &v);

	if (err)
		return err;
	return *s ? -EINVAL : num_in_range(v, min, max, value);
}

int num__size(const char *s, uint64_t min, uint64_t max, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	const char *unit;
	uint64_t v;
	int err = num_digits(&s, &v);

	if (err)
		return err;
	unit = *s ? strchr(units, toupper((unsigned char)*s)) : NULL;
	if (unit) {
		int shift = 10 * (unit - units + 1);

		if (v >> (64 - shift))
			return -ERANGE;
		v <<= shift;
		s++;
		if (*s == 'i')
			s++;
	}
	if (*s == 'B' || *s == 'b')
		s++;
	return *s ? -EINVAL : num_in_range(v, min, max, bytes);
}

static uint64_t num_unit_ns(const char *unit, uint64_t bare_ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "s", 1000000000ULL },
		{ "ms", 1000000 },
		{ "us", 1000 },
		{ "ns", 1 },
		{ "m", 60 * 1000000000ULL },
		{ "min", 60 * 1000000000ULL },
		{ "h", 3600 * 1000000000ULL },
	};

	if (!*unit)
		return bare_ns;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(unit, units[i].name))
			return units[i].ns;
	return 0;
}

int num__duration_in(const char *s, uint64_t bare_ns, uint64_t min, uint64_t max, uint64_t *ns)
{
	uint64_t whole, unit, frac = 0, scale = 1;
	int err = num_digits(&s, &whole);

	if (err)
		return err;
	if (*s == '.') {
		if (!isdigit((unsigned char)*++s))
			return -EINVAL;
		for (; isdigit((unsigned char)*s); s++) {
			if (scale < 1000000000ULL) {
				frac = frac * 10 + (*s - '0');
				scale *= 10;
			}
		}
	}
	unit = num_unit_ns(s, bare_ns);
	if (!unit)
		return -EINVAL;
	if (__builtin_mul_overflow(whole, unit, &whole))
		return -ERANGE;
	/* unit / scale first would lose digits; both products fit: scale is at most 10^9. */
	frac = (uint64_t)((unsigned __int128)frac * unit / scale);
	if (__builtin_add_overflow(whole, frac, &whole))
		return -ERANGE;
	return num_in_range(whole, min, max, ns);
}

int num__duration(const char *s, uint64_t min, uint64_t max, uint64_t *ns)
{
	return num__duration_in(s, 1000000000ULL, min, max, ns);
}
