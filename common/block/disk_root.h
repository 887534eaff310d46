/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Where the files are that tell of disks. */
#ifndef SNOOPKIT_DISK_ROOT_H
#define SNOOPKIT_DISK_ROOT_H

/*
 * For tests only: puts `root`, which is borrowed, before every file name. NULL goes back to the
 * real root. Forgets the names.
 */
void disk__set_root(const char *root);
const char *disk__root(void);

/* Changes with the root: what was remembered is of another one. */
unsigned int disk__root_generation(void);

#endif
