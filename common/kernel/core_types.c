// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/kernel/core_types.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

/* More than is ever selected, as far as a limit of file sizes (ulimit -f) is concerned. */
#define CORE_TYPES_BYTES (1 << 20)

/* Names of the object's types, without their flavors (___). */
struct names {
	struct name {
		const char *text;
		size_t len;
	} * slots;
	size_t size; /* a power of two, more than twice the names */
};

struct selection {
	const struct kernel_btf *kernel;
	uint32_t *ids;	  /* the kernel's, of what is selected, in the order of the new ones */
	uint32_t *new_id; /* by the kernel's */
	uint32_t count;
	uint32_t pointer; /* the kernel's id of the pointer that stands for all */
	struct buf types, strings;
};

static const uint32_t named_kinds[] = { BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_ENUM,
					BTF_KIND_ENUM64, BTF_KIND_TYPEDEF };

#define NAMED_KINDS (sizeof(named_kinds) / sizeof(named_kinds[0]))

static struct name *name_slot(const struct names *n, const char *text, size_t len)
{
	uint32_t hash = 2166136261u;
	struct name *slot;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)text[i]) * 16777619u;
	for (;; hash++) {
		slot = &n->slots[hash & (n->size - 1)];
		if (!slot->text || (slot->len == len && !memcmp(slot->text, text, len)))
			return slot;
	}
}

static bool is_named(const struct btf_type *t)
{
	for (size_t i = 0; i < NAMED_KINDS; i++)
		if (btf_format_kind(t) == named_kinds[i])
			return t->name_off;
	return false;
}

static int names_of(struct names *n, const struct btf *object)
{
	uint32_t types = btf__type_cnt(object);

	for (n->size = 64; n->size < 2 * types; n->size *= 2)
		;
	n->slots = calloc(n->size, sizeof(*n->slots));
	if (!n->slots)
		return -ENOMEM;
	for (uint32_t id = 1; id < types; id++) {
		const struct btf_type *t = btf__type_by_id(object, id);
		const char *text = btf__name_by_offset(object, t->name_off), *flavor;
		size_t len;

		if (!is_named(t))
			continue;
		flavor = strstr(text, "___");
		len = flavor ? (size_t)(flavor - text) : strlen(text);
		*name_slot(n, text, len) = (struct name){ text, len };
	}
	return 0;
}

/*
 * What lies behind a pointer is a type of its own for CO-RE, and selected if it is named by the
 * object; so all pointers are one, to void. So is what libbpf has no use for, or may not know.
 */
static uint32_t selection_id(struct selection *s, uint32_t id)
{
	switch (btf_format_kind(kernel_btf__type(s->kernel, id))) {
	case BTF_KIND_PTR:
		s->pointer = s->pointer ?: id;
		id = s->pointer;
		break;
	case BTF_KIND_INT:
	case BTF_KIND_ARRAY:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		break;
	default:
		return 0;
	}
	if (!s->new_id[id]) {
		s->ids[s->count++] = id;
		s->new_id[id] = s->count;
	}
	return s->new_id[id];
}

static uint32_t selection_name(struct selection *s, uint32_t name_off)
{
	const char *name = kernel_btf__name(s->kernel, name_off);
	uint32_t at = s->strings.len;

	if (!*name)
		return 0;
	buf__add(&s->strings, name, strlen(name) + 1);
	return at;
}

static void selection_members(struct selection *s, const struct btf_type *t)
{
	const struct btf_member *m = btf_members(t);

	for (uint32_t i = 0; i < btf_format_vlen(t); i++) {
		struct btf_member copy = { selection_name(s, m[i].name_off),
					   selection_id(s, m[i].type), m[i].offset };

		buf__add(&s->types, &copy, sizeof(copy));
	}
}

/* Both kinds begin with the name. */
static void selection_enumerators(struct selection *s, const struct btf_type *t, size_t size)
{
	const char *from = (const char *)(t + 1);

	for (uint32_t i = 0; i < btf_format_vlen(t); i++, from += size) {
		uint32_t name = selection_name(s, *(const uint32_t *)from);

		buf__add(&s->types, &name, sizeof(name));
		buf__add(&s->types, from + sizeof(name), size - sizeof(name));
	}
}

static void selection_array(struct selection *s, const struct btf_type *t)
{
	struct btf_array copy = *btf_array(t);

	copy.type = selection_id(s, copy.type);
	copy.index_type = selection_id(s, copy.index_type);
	buf__add(&s->types, &copy, sizeof(copy));
}

static void selection_follow(struct selection *s, const struct btf_type *t)
{
	switch (btf_format_kind(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		selection_members(s, t);
		break;
	case BTF_KIND_ENUM:
		selection_enumerators(s, t, sizeof(struct btf_enum));
		break;
	case BTF_KIND_ENUM64:
		selection_enumerators(s, t, BTF_ENUM64_BYTES);
		break;
	case BTF_KIND_ARRAY:
		selection_array(s, t);
		break;
	case BTF_KIND_INT:
		buf__add(&s->types, t + 1, sizeof(uint32_t));
	}
}

static bool refers(uint32_t kind)
{
	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_VOLATILE || kind == BTF_KIND_CONST ||
	       kind == BTF_KIND_RESTRICT || kind == BTF_KIND_TYPE_TAG;
}

static bool is_enum(uint32_t kind)
{
	return kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64;
}

static int selection_add(struct selection *s, const struct btf_type *t, bool named)
{
	uint32_t kind = btf_format_kind(t);
	struct btf_type copy = *t;

	copy.name_off = selection_name(s, t->name_off);
	if (kind == BTF_KIND_PTR)
		copy.type = 0;
	else if (refers(kind))
		copy.type = selection_id(s, t->type);
	if (btf_format_vlen(t) <= BTF_OLD_VLEN_MAX) {
		buf__add(&s->types, &copy, sizeof(copy));
		selection_follow(s, t);
		return 0;
	}
	/* An older libbpf may not count so far; but no program asks for values of this enum. */
	if (named || !is_enum(kind))
		return -E2BIG;
	copy.info &= ~BTF_VLEN_MASK;
	buf__add(&s->types, &copy, sizeof(copy));
	return 0;
}

static void selection_roots(struct selection *s, const struct names *n, uint32_t kind)
{
	uint32_t id = 0;

	while ((id = kernel_btf__next(s->kernel, id, kind))) {
		const char *name =
			kernel_btf__name(s->kernel, kernel_btf__type(s->kernel, id)->name_off);

		if (*name && name_slot(n, name, strlen(name))->text)
			selection_id(s, id);
	}
}

static int selection_write(struct selection *s, struct buf *out)
{
	struct btf_head h = {
		.magic = BTF_HEAD_MAGIC,
		.version = BTF_HEAD_VERSION,
		.bytes = BTF_HEAD_BYTES,
		.types_bytes = s->types.len,
		.strings_at = s->types.len,
		.strings_bytes = s->strings.len,
	};

	buf__add(out, &h, h.bytes);
	buf__add(out, s->types.data, s->types.len);
	buf__add(out, s->strings.data, s->strings.len);
	return s->types.err ?: s->strings.err ?: out->err;
}

int core_types__select(struct buf *out, const struct btf *object, const struct kernel_btf *b)
{
	struct selection s = { .kernel = b };
	struct names names = {};
	int err = names_of(&names, object);
	uint32_t named;

	s.ids = calloc(kernel_btf__count(b), sizeof(*s.ids));
	s.new_id = calloc(kernel_btf__count(b), sizeof(*s.new_id));
	if (err || !s.ids || !s.new_id) {
		err = -ENOMEM;
		goto out;
	}
	buf__char(&s.strings, '\0');
	for (size_t i = 0; i < NAMED_KINDS; i++)
		selection_roots(&s, &names, named_kinds[i]);
	named = s.count;
	for (uint32_t i = 0; i < s.count && !err; i++)
		err = selection_add(&s, kernel_btf__type(b, s.ids[i]), i < named);
	err = err ?: selection_write(&s, out);
out:
	buf__free(&s.types);
	buf__free(&s.strings);
	free(s.ids);
	free(s.new_id);
	free(names.slots);
	return err;
}

/* Whether libbpf will be able to open it, and it can be written until then. */
static bool is_usable(const struct core_types *c)
{
	int again = open(c->path, O_RDONLY | O_CLOEXEC);

	if (again < 0)
		return false;
	close(again);
	return !ftruncate(c->fd, CORE_TYPES_BYTES) && !ftruncate(c->fd, 0);
}

void core_types__open(struct core_types *c)
{
	c->path[0] = '\0';
	/* Before 6.3 there is no such flag; a policy may ask for it. */
	c->fd = memfd_create("core_types", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
	if (c->fd < 0 && errno == EINVAL)
		c->fd = memfd_create("core_types", MFD_CLOEXEC);
	if (c->fd < 0)
		return;
	snprintf(c->path, sizeof(c->path), "/proc/self/fd/%d", c->fd);
	if (!is_usable(c))
		c->path[0] = '\0';
}

int core_types__write(struct core_types *c, const struct btf *object, const struct kernel_btf *b)
{
	struct buf out = {};
	int err = core_types__select(&out, object, b);

	for (size_t at = 0; !err && at < out.len;) {
		ssize_t n = write(c->fd, out.data + at, out.len - at);

		if (n < 0)
			err = -errno;
		else
			at += n;
	}
	buf__free(&out);
	return err;
}

void core_types__close(struct core_types *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
