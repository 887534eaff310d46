/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * BTF as kernels give it and libbpf takes it. linux/btf.h is of the host that builds: its
 * btf_header has grown in 7.2, and of the bits of btf_type.info those of vlen and of the kind,
 * which libbpf's btf_vlen() and btf_kind() are made of. What is here is the same on every host.
 */
#ifndef SNOOPKIT_BTF_FORMAT_H
#define SNOOPKIT_BTF_FORMAT_H

#include <bpf/btf.h>
#include <stddef.h>
#include <stdint.h>

struct btf_head {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t bytes; /* of the header; what it is too short for is not there */
	/* From the header's end on. */
	uint32_t types_at, types_bytes;
	uint32_t strings_at, strings_bytes;
	/* From 7.2 on, where there is one: a struct btf_sizes for each kind, from 0 on. */
	uint32_t sizes_at, sizes_bytes;
};

#define BTF_HEAD_MAGIC 0xeb9f
#define BTF_HEAD_VERSION 1
/* The shortest header that there is, and the only one that every libbpf reads. */
#define BTF_HEAD_BYTES offsetof(struct btf_head, sizes_at)

_Static_assert(BTF_HEAD_BYTES == 24 && sizeof(struct btf_head) == 32, "header");

/* What follows a type: once, and for each member (or whatever else vlen counts). */
struct btf_sizes {
	uint8_t once, each, flags[2];
};

_Static_assert(sizeof(struct btf_sizes) == 4, "sizes of kinds");

/* Readers that know the other kinds could not read them in another form. */
_Static_assert(sizeof(struct btf_type) == 12, "type");
_Static_assert(sizeof(struct btf_array) == 12, "array");
_Static_assert(sizeof(struct btf_member) == 12, "member");
_Static_assert(sizeof(struct btf_enum) == 8, "enumerator");
_Static_assert(sizeof(struct btf_param) == 8, "parameter");
_Static_assert(sizeof(struct btf_var) == 4, "variable");
_Static_assert(sizeof(struct btf_var_secinfo) == 12, "variable of a section");
_Static_assert(sizeof(struct btf_decl_tag) == 4, "tag");

/* Headers before 6.0 do not have the struct. */
#define BTF_ENUM64_BYTES (3 * sizeof(uint32_t))

#define BTF_VLEN_MASK 0xffffffu
/* The highest count of kernels before 7.2, and of readers of their types. */
#define BTF_OLD_VLEN_MAX 0xffff

/* Before 7.2 the kernel refused types with the upper bits of either in use. */
static inline uint32_t btf_format_vlen(const struct btf_type *t)
{
	return t->info & BTF_VLEN_MASK;
}

static inline uint32_t btf_format_kind(const struct btf_type *t)
{
	return t->info >> 24 & 0x7f;
}

#endif
