/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The counters of a network namespace: /proc/PID/net/snmp and netstat. */
#ifndef SNOOPKIT_NET_COUNTERS_H
#define SNOOPKIT_NET_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The value of "Tcp", "RetransSegs" in the text of such a file: lines in pairs, names and values,
 * both beginning with "Tcp:". -ENOENT: it is not there.
 */
int net_counters__find(const char *text, const char *group, const char *name, uint64_t *value);
/* The same, of a file that is open. Reads it from its beginning. */
int net_counters__read(int fd, const char *group, const char *name, uint64_t *value);

#endif
