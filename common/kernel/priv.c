// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/kernel/priv.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	uint64_t bit;
	const char *name;
} priv_names[] = {
	{ PRIV_BPF, "CAP_BPF" },
	{ PRIV_PERFMON, "CAP_PERFMON" },
	{ PRIV_SYS_ADMIN, "CAP_SYS_ADMIN" },
	{ PRIV_NET_ADMIN, "CAP_NET_ADMIN" },
};

#define PRIV_NAMES (sizeof(priv_names) / sizeof(priv_names[0]))

struct priv_sets {
	uint64_t effective, permitted;
};

static int priv_get(struct priv_sets *sets)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -errno;
	sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	return 0;
}

static int priv_set(const struct priv_sets *sets)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = sets->effective, .permitted = sets->permitted },
		{ .effective = sets->effective >> 32, .permitted = sets->permitted >> 32 },
	};

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

int priv__missing(uint64_t wanted, char *names, size_t size)
{
	struct priv_sets sets;
	int err = priv_get(&sets);

	names[0] = '\0';
	if (err)
		return err;
	if (sets.effective & PRIV_SYS_ADMIN)
		wanted &= ~(PRIV_BPF | PRIV_PERFMON);
	for (size_t i = 0; i < PRIV_NAMES; i++) {
		size_t len = strlen(names);

		if (wanted & ~sets.effective & priv_names[i].bit)
			snprintf(names + len, size - len, "%s%s", len ? ", " : "",
				 priv_names[i].name);
	}
	return 0;
}

int priv__drop(uint64_t keep, uint64_t held)
{
	struct priv_sets sets;
	int err = priv_get(&sets);

	if (err)
		return err;
	/* On kernels whose bpf() asks for it, CAP_SYS_ADMIN is all an older container has. */
	if ((keep & PRIV_BPF) && !(sets.effective & PRIV_BPF))
		keep |= PRIV_SYS_ADMIN;
	sets.permitted &= keep | held;
	sets.effective &= keep;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) && errno != EINVAL)
		return -errno;
	return priv_set(&sets);
}

void priv__raise(uint64_t held, bool on)
{
	struct priv_sets sets;

	if (!held || priv_get(&sets))
		return;
	sets.effective = on ? sets.effective | (held & sets.permitted) : sets.effective & ~held;
	priv_set(&sets);
}
