// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* BTF as other kernels may have it: longer headers, kinds that are not known, more members. */
#include "common/kernel/btf_format.h"

#include <errno.h>
#include <stdlib.h>
#include "common/kernel/kernel_btf.h"
#include "tests/unit/small_kernel.h"
#include "tests/unit/tap.h"

/* BTF to be put together: sections, and how long the header says that it is. */
struct parts {
	struct buf types, strings;
	uint32_t head_bytes;
	struct btf_sizes sizes[128];
	uint32_t kinds_told;
};

/* Those of the small kernel, to which others are added. */
static void parts_of(struct parts *p, const void *data)
{
	struct btf_head h;

	memset(p, 0, sizeof(*p));
	memcpy(&h, data, BTF_HEAD_BYTES);
	p->head_bytes = BTF_HEAD_BYTES;
	buf__add(&p->types, (const char *)data + h.bytes + h.types_at, h.types_bytes);
	buf__add(&p->strings, (const char *)data + h.bytes + h.strings_at, h.strings_bytes);
}

static void parts_free(struct parts *p)
{
	buf__free(&p->types);
	buf__free(&p->strings);
}

static void parts_type(struct parts *p, const char *name, uint32_t info, uint32_t type)
{
	uint32_t words[] = { p->strings.len, info, type };

	if (name)
		buf__add(&p->strings, name, strlen(name) + 1);
	else
		words[0] = 0;
	buf__add(&p->types, words, sizeof(words));
}

static void parts_words(struct parts *p, size_t n)
{
	const uint32_t nothing = 0;

	while (n--)
		buf__add(&p->types, &nothing, sizeof(nothing));
}

/* As much of the header's fields as its length has room for; sizes of kinds come before types. */
static struct kernel_btf *parts_read(const struct parts *p, struct buf *file)
{
	uint32_t told = p->kinds_told * sizeof(p->sizes[0]);
	uint32_t known =
		p->head_bytes < sizeof(struct btf_head) ? p->head_bytes : sizeof(struct btf_head);
	/* Types stand at multiples of 4. */
	uint32_t pad = -p->head_bytes & 3;
	struct btf_head h = { BTF_HEAD_MAGIC,
			      BTF_HEAD_VERSION,
			      0,
			      p->head_bytes,
			      pad + told,
			      p->types.len,
			      pad + told + p->types.len,
			      p->strings.len,
			      pad,
			      told };

	memset(file, 0, sizeof(*file));
	buf__add(file, &h, known);
	for (uint32_t i = known; i < p->head_bytes; i++)
		buf__char(file, 0xa5);
	for (uint32_t i = 0; i < pad; i++)
		buf__char(file, 0);
	buf__add(file, p->sizes, told);
	buf__add(file, p->types.data, p->types.len);
	buf__add(file, p->strings.data, p->strings.len);
	return kernel_btf__of(file->data, file->len);
}

/* What becomes of it; the parts stay. */
static int parts_error(const struct parts *p)
{
	struct buf file;
	struct kernel_btf *k = parts_read(p, &file);
	int err = k ? 0 : errno;

	kernel_btf__free(k);
	buf__free(&file);
	return err;
}

static void test_headers(const void *data)
{
	static const uint32_t lengths[] = { 24, 25, 26, 28, 31, 32, 33, 36, 40, 256 };
	uint32_t plain = 0;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct kernel_btf *k;
		struct parts p;
		struct buf file;

		parts_of(&p, data);
		p.head_bytes = lengths[i];
		k = parts_read(&p, &file);
		ok(k, "a header of %u bytes", lengths[i]);
		if (k && !plain)
			plain = kernel_btf__count(k);
		ok(k && kernel_btf__count(k) == plain &&
			   kernel_btf__find(k, "do_it", BTF_KIND_FUNC),
		   "%u bytes: the same types", lengths[i]);
		kernel_btf__free(k);
		buf__free(&file);
		p.head_bytes = lengths[i] % 24;
		is_int(parts_error(&p), EBADMSG, "one of %u bytes is none", p.head_bytes);
		parts_free(&p);
	}
}

/* Numbers of kinds that there may once be; both had other bits before 7.2. */
static const uint32_t new_kinds[] = { 20, 31, 32, 100, 127 };

static void add_new_kind(struct parts *p, uint32_t kind)
{
	/* Two elements of 8 bytes, and once 4. */
	parts_type(p, "from_the_future", kind << 24 | 2, 1);
	parts_words(p, 5);
	parts_type(p, "behind_it", BTF_KIND_STRUCT << 24 | 1, 4);
	parts_words(p, 3);
}

static void test_told_kind(struct parts *p, uint32_t kind, uint32_t count)
{
	struct buf file;
	struct kernel_btf *k = parts_read(p, &file);

	ok(k, "kind %u, whose size is told: read", kind);
	if (k) {
		is_int(kernel_btf__count(k), count + 2, "kind %u: it has a number", kind);
		is_int(kernel_btf__find(k, "from_the_future", kind), count, "kind %u: its own",
		       kind);
		is_int(kernel_btf__find(k, "behind_it", BTF_KIND_STRUCT), count + 1,
		       "kind %u: the type behind it", kind);
		is_int(kernel_btf__find(k, "do_it", BTF_KIND_FUNC) != 0, 1, "kind %u: others",
		       kind);
	}
	kernel_btf__free(k);
	buf__free(&file);
}

static void test_new_kinds(const void *data, uint32_t count)
{
	for (size_t i = 0; i < sizeof(new_kinds) / sizeof(new_kinds[0]); i++) {
		uint32_t kind = new_kinds[i];
		struct parts p;

		parts_of(&p, data);
		add_new_kind(&p, kind);
		is_int(parts_error(&p), EOPNOTSUPP, "kind %u, of a size that nobody tells", kind);
		p.sizes[kind] = (struct btf_sizes){ 4, 8, {} };
		p.kinds_told = kind + 1;
		is_int(parts_error(&p), EOPNOTSUPP, "kind %u, told behind the header's end", kind);
		p.head_bytes = sizeof(struct btf_head);
		test_told_kind(&p, kind, count);
		p.head_bytes = 48;
		test_told_kind(&p, kind, count);
		p.kinds_told = kind;
		is_int(parts_error(&p), EOPNOTSUPP, "kind %u, one more than are told", kind);
		p.kinds_told = kind + 1;
		p.sizes[kind].once = 3;
		is_int(parts_error(&p), EBADMSG, "kind %u, of a size that types cannot have", kind);
		p.sizes[kind] = (struct btf_sizes){ 252, 252, {} };
		is_int(parts_error(&p), EBADMSG, "kind %u, longer than the file", kind);
		parts_free(&p);
	}
}

/* A member of a kind that is not known here is one of void for libbpf, which may not know it. */
static void test_select_new_kind(const void *data, uint32_t count)
{
	struct btf *from = object((const char *const[]){ "behind", NULL }, BTF_KIND_STRUCT), *s;
	const struct btf_type *t;
	uint32_t member[] = { 1, count, 0 };
	struct kernel_btf *k;
	struct parts p;
	struct buf file;
	size_t size;

	parts_of(&p, data);
	parts_type(&p, NULL, 100u << 24, 1);
	parts_type(&p, "behind", BTF_KIND_STRUCT << 24 | 1, 4);
	buf__add(&p.types, member, sizeof(member));
	p.head_bytes = sizeof(struct btf_head);
	p.kinds_told = 101;
	k = parts_read(&p, &file);
	s = k ? selected(k, from, &size) : NULL;
	t = s ? btf__type_by_id(s, 1) : NULL;
	ok(t && btf__type_cnt(s) == 2 && btf_members(t)->type == 0,
	   "a member of a new kind is given to libbpf as one of void");
	btf__free(s);
	btf__free(from);
	kernel_btf__free(k);
	buf__free(&file);
	parts_free(&p);
}

static void test_written(const struct kernel_btf *k)
{
	struct btf *from = object((const char *const[]){ "request", NULL }, BTF_KIND_STRUCT);
	struct btf_head h = {};
	struct buf out = {};

	is_int(core_types__select(&out, from, k), 0, "selected");
	memcpy(&h, out.data, BTF_HEAD_BYTES);
	is_int(h.bytes, 24, "libbpf is given the header that each of its releases knows");
	is_int(h.bytes + h.types_bytes + h.strings_bytes, out.len, "and nothing else");
	buf__free(&out);
	btf__free(from);
}

#define WIDE 70000

/* A struct of so many members, an enum of so many values, a struct with such an enum. */
static void add_wide(struct parts *p, uint32_t kflag)
{
	parts_type(p, "wide_struct", kflag << 31 | BTF_KIND_STRUCT << 24 | WIDE, 4);
	parts_words(p, 3 * WIDE);
	parts_type(p, "wide_enum", kflag << 31 | BTF_KIND_ENUM << 24 | WIDE, 4);
	parts_words(p, 2 * WIDE);
	parts_type(p, "wide_enum64", kflag << 31 | BTF_KIND_ENUM64 << 24 | WIDE, 8);
	parts_words(p, 3 * WIDE);
	parts_type(p, "wide_proto", BTF_KIND_FUNC_PROTO << 24 | WIDE, 1);
	parts_words(p, 2 * WIDE);
}

static int select_error(const struct kernel_btf *k, const char *name)
{
	struct btf *from = object((const char *const[]){ name, NULL }, BTF_KIND_STRUCT), *s = NULL;
	struct buf out = {};
	int err = core_types__select(&out, from, k);

	if (!err)
		s = btf__new(out.data, out.len);
	if (!err && !s)
		err = -EBADMSG;
	btf__free(s);
	btf__free(from);
	buf__free(&out);
	return err;
}

static void test_wide(const void *data, uint32_t count, uint32_t kflag)
{
	uint32_t members[] = { 1, 0, 0, 1, 0, 32 };
	struct kernel_btf *k;
	struct parts p;
	struct buf file;

	parts_of(&p, data);
	add_wide(&p, kflag);
	members[1] = count + 1;
	members[4] = count + 2;
	parts_type(&p, "holder", kflag << 31 | BTF_KIND_STRUCT << 24 | 2, 12);
	buf__add(&p.types, members, sizeof(members));
	k = parts_read(&p, &file);
	ok(k, "more than 65,535 members (kind_flag %u)", kflag);
	if (k) {
		is_int(kernel_btf__count(k), count + 5, "each is one type");
		is_int(btf_format_vlen(kernel_btf__type(k, count)), WIDE, "all of the members");
		is_int(btf_format_kind(kernel_btf__type(k, count)), BTF_KIND_STRUCT,
		       "and the kind beside them");
		is_int(kernel_btf__find(k, "holder", BTF_KIND_STRUCT), count + 4,
		       "the type behind them");
		is_int(select_error(k, "request"), 0, "others can be selected");
		is_int(select_error(k, "holder"), 0, "one that holds such enums, too");
		is_int(select_error(k, "wide_struct"), -E2BIG,
		       "one that libbpf could not read is an error");
		is_int(select_error(k, "wide_enum"), -E2BIG, "an enum whose values are asked, too");
	}
	kernel_btf__free(k);
	buf__free(&file);
	p.types.len -= 4;
	is_int(parts_error(&p), EBADMSG, "one byte too few is an error");
	parts_free(&p);
}

/* Sections that are not in the file. */
static void test_hostile(const void *data, uint32_t size)
{
	static const uint32_t values[] = { 1, 2, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff };
	uint32_t taken = 0;

	for (size_t word = 1; word < sizeof(struct btf_head) / 4; word++) {
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
			uint32_t at = word * 4, bytes = sizeof(struct btf_head);
			uint8_t *file = calloc(1, size + 8);
			struct btf_head h;
			struct kernel_btf *k;

			memcpy(&h, data, BTF_HEAD_BYTES);
			h.bytes = bytes;
			h.sizes_at = h.sizes_bytes = 0;
			memcpy(file, &h, bytes);
			memcpy(file + bytes, (const uint8_t *)data + BTF_HEAD_BYTES,
			       size - BTF_HEAD_BYTES);
			memcpy(file + at, &values[i], 4);
			k = kernel_btf__of(file, size + 8);
			/* An end of strings or of types a little before is as good. */
			taken += k && values[i] > 2;
			kernel_btf__free(k);
			free(file);
		}
	}
	is_int(taken, 0, "sections that are not in the file: refused");
}

int main(void)
{
	struct btf *b = small_kernel();
	uint32_t size, count = btf__type_cnt(b);
	const void *data = btf__raw_data(b, &size);
	struct kernel_btf *k = kernel_btf__of(data, size);

	test_headers(data);
	test_new_kinds(data, count);
	test_select_new_kind(data, count);
	test_written(k);
	test_wide(data, count, 0);
	test_wide(data, count, 1);
	test_hostile(data, size);
	kernel_btf__free(k);
	btf__free(b);
	return done_testing();
}
