/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A grace period of RCU: whatever program was under way before it has ended after it, also one that
 * was preempted, since programs run under rcu_read_lock().
 */
#ifndef SNOOPKIT_GRACE_H
#define SNOOPKIT_GRACE_H

struct grace;

/* While there still are all capabilities. NULL with errno set. */
struct grace *grace__new(void);
void grace__free(struct grace *g);
/* 0, or -errno: it may not have been waited for. */
int grace__wait(const struct grace *g);

#endif
