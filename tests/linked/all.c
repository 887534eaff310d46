// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* All tools in one program: `all TOOL [ARGUMENT...]`, or a link to it that has the tool's name. */
#include <stdio.h>
#include <string.h>

/* As in tests/linked/tools.h. */
#ifndef TOOLS
#define TOOLS T(biolatency)
#endif

#define T(tool) int tool##_main(int argc, char **argv);
TOOLS
#undef T

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
} tools[] = {
#define T(tool) { #tool, tool##_main },
	TOOLS
#undef T
};

#define NTOOLS (sizeof(tools) / sizeof(tools[0]))

int main(int argc, char **argv)
{
	for (int first = 0; first < 2 && first < argc; first++) {
		const char *slash = strrchr(argv[first], '/'),
			   *name = slash ? slash + 1 : argv[first];

		for (size_t i = 0; i < NTOOLS; i++)
			if (!strcmp(tools[i].name, name))
				return tools[i].main(argc - first, argv + first);
	}
	for (size_t i = 0; i < NTOOLS; i++)
		puts(tools[i].name);
	return 2;
}
