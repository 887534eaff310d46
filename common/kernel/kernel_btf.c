// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/kernel/kernel_btf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct kernel_btf {
	const void *data;
	size_t mapped; /* bytes to unmap */
	const uint8_t *types;
	const char *strings;
	size_t types_bytes, strings_bytes;
	const struct btf_sizes *sizes; /* by kind */
	uint32_t kinds_told;
	uint32_t count;
	uint32_t *offsets; /* of types, by id */
	uint8_t *kinds;	   /* the same */
};

/* What follows a type of a kind that is not known, if the file tells. */
static bool btf_told(const struct kernel_btf *b, uint32_t kind, uint64_t vlen, uint64_t *bytes)
{
	const struct btf_sizes *s = &b->sizes[kind];

	if (kind >= b->kinds_told)
		return false;
	*bytes = s->once + vlen * s->each;
	return true;
}

/* With what follows it; 0 for a kind that is not known and not told of. */
static uint64_t btf_type_bytes(const struct kernel_btf *b, const struct btf_type *t)
{
	uint64_t vlen = btf_format_vlen(t), bytes = sizeof(*t), more;

	switch (btf_format_kind(t)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return bytes;
	case BTF_KIND_INT:
		return bytes + sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return bytes + sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return bytes + vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return bytes + vlen * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return bytes + vlen * BTF_ENUM64_BYTES;
	case BTF_KIND_FUNC_PROTO:
		return bytes + vlen * sizeof(struct btf_param);
	case BTF_KIND_VAR:
		return bytes + sizeof(struct btf_var);
	case BTF_KIND_DATASEC:
		return bytes + vlen * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:
		return bytes + sizeof(struct btf_decl_tag);
	}
	return btf_told(b, btf_format_kind(t), vlen, &more) ? bytes + more : 0;
}

/* Where a section is in the file; NULL if it is not all there. */
static const void *btf_section(const void *data, size_t size, const struct btf_head *h, uint32_t at,
			       uint32_t bytes)
{
	uint64_t begin = (uint64_t)h->bytes + at;

	return begin + bytes <= size ? (const uint8_t *)data + begin : NULL;
}

static bool btf_sections(struct kernel_btf *b, const void *data, size_t size)
{
	struct btf_head h = {};

	if (size < BTF_HEAD_BYTES)
		return false;
	memcpy(&h, data, BTF_HEAD_BYTES);
	if (h.magic != BTF_HEAD_MAGIC || h.version != BTF_HEAD_VERSION ||
	    h.bytes < BTF_HEAD_BYTES || h.bytes > size)
		return false;
	if (h.bytes >= sizeof(h))
		memcpy(&h, data, sizeof(h));
	b->types = btf_section(data, size, &h, h.types_at, h.types_bytes);
	b->types_bytes = h.types_bytes;
	b->strings = btf_section(data, size, &h, h.strings_at, h.strings_bytes);
	b->strings_bytes = h.strings_bytes;
	b->sizes = btf_section(data, size, &h, h.sizes_at, h.sizes_bytes);
	b->kinds_told = h.sizes_bytes / sizeof(*b->sizes);
	return b->types && (h.bytes + h.types_at) % 4 == 0 && b->sizes && b->strings &&
	       b->strings_bytes && !b->strings[b->strings_bytes - 1];
}

/* What is allocated for the most types that there could be is used up to those that there are. */
static int btf_index(struct kernel_btf *b)
{
	size_t most = b->types_bytes / sizeof(struct btf_type) + 1;
	uint64_t bytes;

	b->offsets = malloc(most * sizeof(*b->offsets));
	b->kinds = malloc(most);
	if (!b->offsets || !b->kinds)
		return -ENOMEM;
	b->kinds[0] = BTF_KIND_UNKN;
	b->count = 1;
	for (size_t at = 0; at < b->types_bytes; at += bytes) {
		const struct btf_type *t = (const void *)(b->types + at);

		if (b->types_bytes - at < sizeof(*t))
			return -EBADMSG;
		bytes = btf_type_bytes(b, t);
		if (!bytes)
			return btf_format_kind(t) == BTF_KIND_UNKN ? -EBADMSG : -EOPNOTSUPP;
		/* Types stand at multiples of 4. */
		if (bytes > b->types_bytes - at || bytes % 4)
			return -EBADMSG;
		b->kinds[b->count] = btf_format_kind(t);
		b->offsets[b->count++] = at;
	}
	return 0;
}

static struct kernel_btf *btf_new(const void *data, size_t size, size_t mapped)
{
	struct kernel_btf *b = calloc(1, sizeof(*b));
	int err = -ENOMEM;

	if (b) {
		b->data = data;
		err = btf_sections(b, data, size) ? btf_index(b) : -EBADMSG;
	}
	if (!err) {
		b->mapped = mapped;
		return b;
	}
	kernel_btf__free(b);
	errno = -err;
	return NULL;
}

struct kernel_btf *kernel_btf__of(const void *data, size_t size)
{
	return btf_new(data, size, 0);
}

static int btf_read(int fd, uint8_t *data, size_t size)
{
	for (size_t at = 0; at < size;) {
		ssize_t n = read(fd, data + at, size - at);

		if (n <= 0)
			return n ? -errno : -EBADMSG;
		at += n;
	}
	return 0;
}

/* Kernels from 6.16 on (a539e2a6d51d) share their own memory. */
static void *btf_map(int fd, size_t size)
{
	void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	int err;

	if (data != MAP_FAILED)
		return data;
	data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
		    -1, 0);
	if (data == MAP_FAILED)
		return NULL;
	err = btf_read(fd, data, size);
	if (!err)
		return data;
	munmap(data, size);
	errno = -err;
	return NULL;
}

struct kernel_btf *kernel_btf__new(void)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC), err;
	struct kernel_btf *b = NULL;
	void *data = NULL;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st))
		data = btf_map(fd, st.st_size);
	if (data)
		b = btf_new(data, st.st_size, st.st_size);
	err = errno;
	if (data && !b)
		munmap(data, st.st_size);
	close(fd);
	errno = err;
	return b;
}

void kernel_btf__free(struct kernel_btf *b)
{
	if (!b)
		return;
	if (b->mapped)
		munmap((void *)b->data, b->mapped);
	free(b->offsets);
	free(b->kinds);
	free(b);
}

uint32_t kernel_btf__count(const struct kernel_btf *b)
{
	return b->count;
}

const struct btf_type *kernel_btf__type(const struct kernel_btf *b, uint32_t id)
{
	static const struct btf_type nothing;

	return id && id < b->count ? (const void *)(b->types + b->offsets[id]) : &nothing;
}

const char *kernel_btf__name(const struct kernel_btf *b, uint32_t name_off)
{
	return name_off < b->strings_bytes ? b->strings + name_off : "";
}

uint32_t kernel_btf__next(const struct kernel_btf *b, uint32_t id, uint32_t kind)
{
	const uint8_t *found = NULL;

	if (++id < b->count)
		found = memchr(b->kinds + id, kind, b->count - id);
	return found ? found - b->kinds : 0;
}

uint32_t kernel_btf__find(const struct kernel_btf *b, const char *name, uint32_t kind)
{
	uint32_t id = 0;

	while ((id = kernel_btf__next(b, id, kind)))
		if (!strcmp(kernel_btf__name(b, kernel_btf__type(b, id)->name_off), name))
			break;
	return id;
}
