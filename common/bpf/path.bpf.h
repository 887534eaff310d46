/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The path of a file, by hand: d_path() is not for tracing programs. As the file's mount
 * namespace has it, through mounts, from the top of that namespace and not from a chroot.
 */
#ifndef SNOOPKIT_PATH_BPF_H
#define SNOOPKIT_PATH_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define PATH_BYTES_MAX 4096
#define PATH_NAME_MAX 256
#define PATH_NAMES_MAX 64

/*
 * Writes the names from the file up, each ended by NUL; returns their length. Negative: that
 * length, and there are more above. To be called from a global function: it ends in many states.
 */
static __always_inline long path_names(char *names, struct vfsmount *mnt, struct dentry *dentry)
{
	struct mount *mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	__u64 off = 0;

	for (int i = 0; i < PATH_NAMES_MAX && off <= PATH_BYTES_MAX - PATH_NAME_MAX; i++) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
		long n;

		/* At the root of a mount: on to where it is mounted, if anywhere. */
		if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
			struct mount *above = BPF_CORE_READ(mount, mnt_parent);

			if (above == mount)
				return off;
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			mount = above;
			continue;
		}
		n = bpf_probe_read_kernel_str(names + off, PATH_NAME_MAX,
					      BPF_CORE_READ(dentry, d_name.name));
		if (n <= 0 || n > PATH_NAME_MAX)
			break;
		off += n;
		/* For the verifier: of all rounds the range is the same, so it sees one of them. */
		barrier_var(off);
		off &= 2 * PATH_BYTES_MAX - 1;
		/* A memfd is nowhere. */
		if (dentry == parent)
			return off;
		dentry = parent;
	}
	return -(long)off;
}

#endif
