/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * systemd's units by the paths of their cgroups, as sd_pid_get_unit(3) and sd_pid_get_user_unit(3)
 * read them: slices lead to a unit, a service's own sub-cgroups are still it.
 */
#ifndef SNOOPKIT_UNIT_H
#define SNOOPKIT_UNIT_H

#include <stddef.h>

/* Two names of a cgroup (NAME_MAX), a slash, and the NUL. */
#define UNIT_NAME_SIZE 512

/*
 * "nginx.service" of "/system.slice/nginx.service/worker". A unit of a user's manager has that
 * before it, since users may give their units any name: "user@1000.service/mail.service". `name`
 * has UNIT_NAME_SIZE. -ENOENT: in none.
 */
int unit__from_path(const char *path, char *name);
/*
 * The path of a running unit's cgroup; ".service" may be left out. A unit of a user's manager is
 * meant only with the manager's name before it. -ENOENT: there is none; -ENAMETOOLONG: `size` is
 * too small.
 */
int unit__find(const char *name, char *path, size_t size);

#endif
