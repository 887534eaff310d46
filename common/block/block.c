// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/block.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_OP_MASK 0xff

/* What the issuer of an I/O chose; the other flags are the block layer's own. */
static const struct {
	const char *enumerator, *text, *json;
} block_flags[] = {
	{ "__REQ_BACKGROUND", "Background", "background" },
	{ "__REQ_FUA", "ForcedUnitAccess", "fua" },
	{ "__REQ_META", "Metadata", "meta" },
	{ "__REQ_PREFLUSH", "Preflush", "preflush" },
	{ "__REQ_PRIO", "Priority", "prio" },
	{ "__REQ_RAHEAD", "ReadAhead", "rahead" },
	{ "__REQ_SYNC", "Sync", "sync" },
};

/*
 * blk_status_t: macros, so BTF does not know them. In the kernel's order (include/linux/
 * blk_types.h); the first of those that it numbered anew is ZONE_RESOURCE, which went in 6.10. With
 * what blk_status_to_errno() makes of each.
 */
#define STATUS_ZONE_RESOURCE 14
#define STATUS_IOERR 10

static const struct {
	const char *name;
	int number;
} block_statuses[] = {
	[1] = { "NOTSUPP", EOPNOTSUPP },
	[2] = { "TIMEOUT", ETIMEDOUT },
	[3] = { "NOSPC", ENOSPC },
	[4] = { "TRANSPORT", ENOLINK },
	[5] = { "TARGET", EREMOTEIO },
	[6] = { "RESV_CONFLICT", EBADE },
	[7] = { "MEDIUM", ENODATA },
	[8] = { "PROTECTION", EILSEQ },
	[9] = { "RESOURCE", ENOMEM },
	[STATUS_IOERR] = { "IOERR", EIO },
	[11] = { "DM_REQUEUE", EREMCHG },
	[12] = { "AGAIN", EAGAIN },
	[13] = { "DEV_RESOURCE", EBUSY },
	[STATUS_ZONE_RESOURCE] = { "ZONE_RESOURCE", 0 },
	[15] = { "ZONE_OPEN_RESOURCE", ETOOMANYREFS },
	[16] = { "ZONE_ACTIVE_RESOURCE", EOVERFLOW },
	[17] = { "OFFLINE", ENODEV },
	[18] = { "DURATION_LIMIT", ETIME },
	[19] = { "INVAL", EINVAL },
	[20] = { "INVAL", EINVAL },
};

#define BLOCK_STATUSES (sizeof(block_statuses) / sizeof(block_statuses[0]))

#define BLOCK_FLAGS (sizeof(block_flags) / sizeof(block_flags[0]))
_Static_assert(BLOCK_FLAGS <= sizeof(((struct block_names *)0)->flag_bit), "flag_bit[]");

static void block_add_op(void *ctx, const char *enumerator, int64_t value)
{
	static const char prefix[] = "REQ_OP_";
	struct block_names *n = ctx;
	char *name = n->ops[n->nops].name;

	/* REQ_OP_LAST is a count. */
	if (n->nops == BLOCK_NAMES_MAX || strncmp(enumerator, prefix, strlen(prefix)) ||
	    !strcmp(enumerator, "REQ_OP_LAST") || value < 0 || value > BLOCK_OP_MASK)
		return;
	n->ops[n->nops++].op = value;
	snprintf(name, sizeof(n->ops[0].name), "%s", enumerator + strlen(prefix));
	for (; *name; name++)
		*name = tolower((unsigned char)*name);
}

int block_names__init(struct block_names *n, const struct probe *p)
{
	int64_t bit;

	memset(n, 0, sizeof(*n));
	/* req_opf until 5.19 (commit ff07a02e9e8e). */
	if (probe__enum(p, "req_op", block_add_op, n) && probe__enum(p, "req_opf", block_add_op, n))
		return -ENOENT;
	for (size_t i = 0; i < BLOCK_FLAGS; i++) {
		n->flag_bit[i] = -1;
		if (!probe__enumerator(p, block_flags[i].enumerator, &bit) && bit > 7 && bit < 21)
			n->flag_bit[i] = bit;
	}
	/* Commit 63b5385e7814 (6.10) took one, others of the same series brought the other. */
	n->zone_resource = probe__enumerator(p, "BIO_ZONE_WRITE_PLUGGING", &bit) != 0;
	return 0;
}

uint32_t block_names__mask(const struct block_names *n)
{
	uint32_t mask = BLOCK_OP_MASK;

	for (size_t i = 0; i < BLOCK_FLAGS; i++)
		if (n->flag_bit[i] >= 0)
			mask |= 1u << n->flag_bit[i];
	return mask;
}

int block_names__op(const struct block_names *n, const char *name, uint32_t *op)
{
	for (size_t i = 0; i < n->nops; i++) {
		if (strcasecmp(n->ops[i].name, name))
			continue;
		*op = n->ops[i].op;
		return 0;
	}
	return -ENOENT;
}

void block_names__each_op(const struct block_names *n,
			  void (*visit)(void *ctx, uint32_t op, const char *name), void *ctx)
{
	for (size_t i = 0; i < n->nops; i++)
		visit(ctx, n->ops[i].op, n->ops[i].name);
}

void block_names__list(const struct block_names *n, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n->nops && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%s", i ? " " : "", n->ops[i].name);
}

void block_names__op_name(const struct block_names *n, uint32_t flags, char *buf, size_t size)
{
	uint32_t op = flags & BLOCK_OP_MASK;

	snprintf(buf, size, "op-%u", op);
	for (size_t i = 0; i < n->nops; i++)
		if (n->ops[i].op == op)
			snprintf(buf, size, "%s", n->ops[i].name);
}

/* "zone_reset" -> "ZoneReset" */
static void block_title(char *name)
{
	bool start = true;
	char *to = name;

	for (; *name; name++) {
		if (*name == '_') {
			start = true;
			continue;
		}
		*to++ = start ? toupper((unsigned char)*name) : *name;
		start = false;
	}
	*to = '\0';
}

static bool block_has_flag(const struct block_names *n, size_t i, uint32_t flags)
{
	return n->flag_bit[i] >= 0 && (flags >> n->flag_bit[i] & 1);
}

void block_names__flags_text(const struct block_names *n, uint32_t flags, char *buf, size_t size)
{
	char op[32];
	size_t used = 0;

	for (size_t i = 0; i < BLOCK_FLAGS && used < size; i++)
		if (block_has_flag(n, i, flags))
			used += snprintf(buf + used, size - used, "%s-", block_flags[i].text);
	block_names__op_name(n, flags, op, sizeof(op));
	block_title(op);
	if (used < size)
		snprintf(buf + used, size - used, "%s", op);
}

void block_names__status(const struct block_names *n, uint32_t status, char *buf, size_t size)
{
	size_t i = status;

	if (!n->zone_resource && i >= STATUS_ZONE_RESOURCE)
		i++;
	if (i < BLOCK_STATUSES && block_statuses[i].name)
		snprintf(buf, size, "%s", block_statuses[i].name);
	else
		snprintf(buf, size, "STATUS-%u", status);
}

uint32_t block_names__status_of_errno(const struct block_names *n, int number)
{
	for (uint32_t i = 1; number && i < BLOCK_STATUSES; i++)
		if (block_statuses[i].number == number)
			return i - (!n->zone_resource && i > STATUS_ZONE_RESOURCE);
	return STATUS_IOERR;
}

void block_names__flags_json(const struct block_names *n, uint32_t flags, struct json *j)
{
	json__array(j, "flags");
	for (size_t i = 0; i < BLOCK_FLAGS; i++)
		if (block_has_flag(n, i, flags))
			json__str(j, NULL, block_flags[i].json);
	json__array_end(j);
}
