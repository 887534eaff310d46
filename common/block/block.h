/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Names of a request's operation and flags. Their numbers differ between kernels (and
 * between builds of one version), so they come from the running kernel's BTF.
 */
#ifndef SNOOPKIT_BLOCK_H
#define SNOOPKIT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/out/json.h"
#include "common/kernel/probe.h"

#define BLOCK_NAMES_MAX 48

struct block_names {
	struct {
		uint32_t op;
		char name[24]; /* "read", "zone_reset" */
	} ops[BLOCK_NAMES_MAX];
	size_t nops;
	int8_t flag_bit[8]; /* by block_flags[], -1: this kernel does not have it */
	bool zone_resource; /* it has BLK_STS_ZONE_RESOURCE, before which the later ones come */
};

/* -ENOENT: the kernel's BTF does not tell. */
int block_names__init(struct block_names *n, const struct probe *p);
/* Operation and those flags that say something to a user, as bits of cmd_flags. */
uint32_t block_names__mask(const struct block_names *n);
/* -ENOENT: no such operation. */
int block_names__op(const struct block_names *n, const char *name, uint32_t *op);
/* Calls visit for each operation. */
void block_names__each_op(const struct block_names *n,
			  void (*visit)(void *ctx, uint32_t op, const char *name), void *ctx);
/* All names, separated by a blank. */
void block_names__list(const struct block_names *n, char *buf, size_t size);

/* "read"; "op-36" if it has no name. */
void block_names__op_name(const struct block_names *n, uint32_t flags, char *buf, size_t size);
/* "Sync-Write", as bcc shows it. */
void block_names__flags_text(const struct block_names *n, uint32_t flags, char *buf, size_t size);
/* "MEDIUM", as BLK_STS_MEDIUM, of a blk_status_t other than 0; "STATUS-63" if it has no name. */
void block_names__status(const struct block_names *n, uint32_t status, char *buf, size_t size);
/* The status that the kernel turns into this errno, a positive number; IOERR if there is none. */
uint32_t block_names__status_of_errno(const struct block_names *n, int number);
/* ["sync"] under "flags". */
void block_names__flags_json(const struct block_names *n, uint32_t flags, struct json *j);

#endif
