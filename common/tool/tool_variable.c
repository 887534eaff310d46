// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The global variables of a tool's programs, by name. */
#include "common/tool/tool.h"

#include <string.h>
#include "common/kernel/btf_format.h"

/* Where a section has the variable. NULL: there is none of that name and size. */
static const struct btf_var_secinfo *variable_find(const struct btf *btf, const char *section,
						   const char *name, size_t size)
{
	int id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
	const struct btf_type *sec = id > 0 ? btf__type_by_id(btf, id) : NULL;

	for (uint32_t i = 0; sec && i < btf_format_vlen(sec); i++) {
		const struct btf_var_secinfo *info = btf_var_secinfos(sec) + i;
		const struct btf_type *var = btf__type_by_id(btf, info->type);

		if (!strcmp(btf__name_by_offset(btf, var->name_off), name))
			return info->size == size ? info : NULL;
	}
	return NULL;
}

void *tool__variable(const struct run *run, const char *name, size_t size)
{
	static const char *const sections[] = { ".rodata", ".bss", ".data" };
	const struct btf *btf = bpf_object__btf(tool__object(run));

	for (size_t i = 0; btf && i < sizeof(sections) / sizeof(sections[0]); i++) {
		const struct btf_var_secinfo *info = variable_find(btf, sections[i], name, size);
		struct bpf_map *map = info ? tool__map(run, sections[i]) : NULL;
		size_t room = 0;
		/* libbpf keeps the place when it maps the kernel's memory there. */
		const char *memory = map ? bpf_map__initial_value(map, &room) : NULL;

		if (memory && info->offset + size <= room)
			return (char *)memory + info->offset;
	}
	return NULL;
}
