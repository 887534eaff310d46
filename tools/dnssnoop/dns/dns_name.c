// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/dns/dns_name.h"

#include <errno.h>
#include <string.h>

#define LABEL_MAX 63
#define LABELS_MAX 127
#define LABEL_TYPE 0xc0
#define LABEL_POINTER 0xc0

/* What has a meaning in master files besides blanks. */
static const char special[] = ".\\\"();@$";

int dns_name__skip(const uint8_t *data, size_t len, size_t *at)
{
	size_t i = *at, length = 0;

	for (;;) {
		if (i >= len)
			return -EMSGSIZE;
		if ((data[i] & LABEL_TYPE) == LABEL_POINTER) {
			*at = i + 2;
			return *at > len ? -EMSGSIZE : 0;
		}
		if (data[i] & LABEL_TYPE)
			return -EBADMSG;
		length += data[i] + 1;
		if (length > DNS_NAME_MAX)
			return -EBADMSG;
		if (!data[i])
			break;
		i += data[i] + 1;
	}
	*at = i + 1;
	return 0;
}

/* The labels at data[*at] up to the last one (1) or to a pointer (0), where *at is then. */
static int name_labels(const uint8_t *data, size_t len, size_t *at, struct dns_name *name)
{
	size_t i = *at;

	for (;;) {
		size_t label;

		*at = i;
		if (i >= len)
			return -EMSGSIZE;
		if ((data[i] & LABEL_TYPE) == LABEL_POINTER)
			return 0;
		if (data[i] & LABEL_TYPE)
			return -EBADMSG;
		label = data[i] + 1;
		if (name->len + label > DNS_NAME_MAX)
			return -EBADMSG;
		if (i + label > len)
			return -EMSGSIZE;
		memcpy(name->wire + name->len, data + i, label);
		name->len += label;
		i += label;
		if (label == 1)
			break;
	}
	*at = i;
	return 1;
}

int dns_name__read(const uint8_t *data, size_t len, size_t *at, struct dns_name *name)
{
	/* Each pointer goes to before where the labels began that it ends. Still there could be
	 * thousands in a row; who compresses has a label before each. */
	size_t i = *at, begin = *at, end = 0;

	name->len = 0;
	for (int jumps = 0; jumps <= LABELS_MAX; jumps++) {
		int done = name_labels(data, len, &i, name);

		if (done < 0)
			return done;
		if (done) {
			*at = end ?: i;
			return 0;
		}
		if (i + 2 > len)
			return -EMSGSIZE;
		if (!end)
			end = i + 2;
		i = (data[i] & ~LABEL_TYPE) << 8 | data[i + 1];
		if (i >= begin)
			return -EBADMSG;
		begin = i;
	}
	return -EBADMSG;
}

void dns_name__text(const struct dns_name *name, struct dns_text *t)
{
	if (name->len <= 1)
		dns_text__char(t, '.');
	for (size_t i = 0; i + 1 < name->len; i += name->wire[i] + 1) {
		if (i)
			dns_text__char(t, '.');
		for (size_t k = 1; k <= name->wire[i]; k++)
			dns_text__byte(t, name->wire[i + k], '!', special);
	}
}

/* The byte that is written at *text, which is not at its end. -EINVAL: a \ that means nothing. */
static int name_byte(const char **text)
{
	const char *p = *text;
	unsigned int v = 0;

	if (*p != '\\') {
		*text = p + 1;
		return (uint8_t)*p;
	}
	p++;
	if (*p < '0' || *p > '9') {
		*text = p + !!*p;
		return *p ? (uint8_t)*p : -EINVAL;
	}
	for (int i = 0; i < 3; i++, p++) {
		if (*p < '0' || *p > '9')
			return -EINVAL;
		v = 10 * v + (*p - '0');
	}
	*text = p;
	return v > 255 ? -EINVAL : (int)v;
}

/* One label, up to a dot or the end. */
static int name_parse_label(const char **text, struct dns_name *name)
{
	size_t start = name->len, at = start + 1;

	while (**text && **text != '.') {
		int c = name_byte(text);

		if (c < 0 || at - start > LABEL_MAX || at >= DNS_NAME_MAX - 1)
			return -EINVAL;
		name->wire[at++] = c;
	}
	if (at == start + 1)
		return -EINVAL;
	name->wire[start] = at - start - 1;
	name->len = at;
	if (**text)
		(*text)++;
	return 0;
}

int dns_name__parse(const char *text, struct dns_name *name)
{
	int err = 0;

	name->len = 0;
	if (!*text)
		return -EINVAL;
	if (!strcmp(text, "."))
		text++;
	while (!err && *text)
		err = name->len < DNS_NAME_MAX - 2 ? name_parse_label(&text, name) : -EINVAL;
	name->wire[name->len] = 0;
	name->len += !err;
	return err;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Lengths are below 'A', so all bytes can be taken alike. */
static bool name_same(const uint8_t *a, const uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool dns_name__equal(const struct dns_name *a, const struct dns_name *b)
{
	return a->len == b->len && name_same(a->wire, b->wire, a->len);
}

bool dns_name__is_below(const struct dns_name *name, const struct dns_name *top)
{
	size_t i = 0;

	if (!top->len)
		return false;
	while (i + top->len < name->len)
		i += name->wire[i] + 1;
	return i + top->len == name->len && name_same(name->wire + i, top->wire, top->len);
}

uint32_t dns_name__hash(const struct dns_name *name)
{
	uint32_t hash = 2166136261; /* FNV-1a */

	for (size_t i = 0; i < name->len; i++)
		hash = (hash ^ lower(name->wire[i])) * 16777619;
	return hash;
}
