/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * systemd's units by the paths of their cgroups, as sd_pid_get_unit(3) and sd_pid_get_user_unit(3)
 * read them: slices lead to a unit, a service's own sub-cgroups are still it.
 */
#ifndef SNOOPKIT_UNIT_H
#define SNOOPKIT_UNIT_H

#include <stddef.h>

/* NAME_MAX, and the NUL. */
#define UNIT_NAME_SIZE 256

/*
 * "nginx.service" of "/system.slice/nginx.service/worker". Of what a user's manager runs its own
 * unit, "mail.service" of "/user.slice/.../user@1000.service/app.slice/mail.service". `name` has
 * UNIT_NAME_SIZE. -ENOENT: in none.
 */
int unit__from_path(const char *path, char *name);
/*
 * The path of a running unit's cgroup; ".service" may be left out. -ENOENT: there is none;
 * -ENOTUNIQ: several users have one; -ENAMETOOLONG: `size` is too small.
 */
int unit__find(const char *name, char *path, size_t size);

#endif
