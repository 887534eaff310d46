// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/execsnoop/running.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MIN 256

static size_t home(const struct running *r, uint32_t pid)
{
	return (pid * UINT32_C(2654435769) >> 8) & (r->size - 1);
}

/* Where the pid is or would be. */
static size_t find(const struct running *r, uint32_t pid)
{
	size_t i = home(r, pid);

	while (r->slots[i].pid && r->slots[i].pid != pid)
		i = (i + 1) & (r->size - 1);
	return i;
}

static int resize(struct running *r, size_t size)
{
	struct running new = { .size = size, .count = r->count };

	new.slots = calloc(size, sizeof(*new.slots));
	if (!new.slots)
		return -ENOMEM;
	for (size_t i = 0; i < r->size; i++)
		if (r->slots[i].pid)
			new.slots[find(&new, r->slots[i].pid)] = r->slots[i];
	free(r->slots);
	*r = new;
	return 0;
}

int running__set(struct running *r, const struct running_slot *process)
{
	size_t i;

	if (2 * (r->count + 1) > r->size) {
		int err = resize(r, r->size ? 2 * r->size : SIZE_MIN);

		if (err) {
			free(process->exe);
			return err;
		}
	}
	i = find(r, process->pid);
	r->count += !r->slots[i].pid;
	free(r->slots[i].exe);
	r->slots[i] = *process;
	return 0;
}

/* Those behind it move up, so that no search ends too early at the gap. */
static void close_gap(struct running *r, size_t gap)
{
	for (size_t i = (gap + 1) & (r->size - 1); r->slots[i].pid; i = (i + 1) & (r->size - 1)) {
		size_t want = home(r, r->slots[i].pid);

		if (((i - want) & (r->size - 1)) < ((i - gap) & (r->size - 1)))
			continue;
		r->slots[gap] = r->slots[i];
		gap = i;
	}
	r->slots[gap] = (struct running_slot){};
}

bool running__take(struct running *r, uint32_t pid, uint64_t started_ns,
		   struct running_slot *process)
{
	size_t i;

	if (!r->count)
		return false;
	i = find(r, pid);
	if (!r->slots[i].pid)
		return false;
	*process = r->slots[i];
	r->slots[i].exe = NULL;
	close_gap(r, i);
	r->count--;
	if (process->since_ns >= started_ns)
		return true;
	free(process->exe);
	return false;
}

void running__forget(struct running *r, uint32_t pid)
{
	struct running_slot process;

	if (running__take(r, pid, 0, &process))
		free(process.exe);
}

void running__free(struct running *r)
{
	for (size_t i = 0; i < r->size; i++)
		free(r->slots[i].exe);
	free(r->slots);
	memset(r, 0, sizeof(*r));
}
