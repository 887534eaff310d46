# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2154 # of lib.bash
#
# For tests of filters by name, before they read lib.bash: what the runtimes keep below /var/lib is
# the test's own, which nobody else sees.

if [ -z "${SNOOPKIT_OWN_LIB:-}" ] && [ "$(id -u)" = 0 ]; then
	SNOOPKIT_OWN_LIB=1 exec unshare -m bash "$0" "$@"
fi
unset SNOOPKIT_OWN_LIB

# Where a container is looked for that is not there yet.
follow_mount() {
	cgroup1_mount memory || cgroup2_mount || cgroup1_mount blkio || cgroup1_mount pids
}

# A container's cgroup. $REPLY is its directory.
follow_cgroup() { # ID
	REPLY=$(follow_mount)/docker-$1.scope
	mkdir "$REPLY" || bail_out "no cgroup $REPLY"
	at_exit "[ ! -d '$REPLY' ] || cgroup_remove '$REPLY'"
}

# What a runtime calls a container, all at once as it does.
follow_name() { # ID NAME
	local dir=/var/lib/docker/containers/$1
	mkdir -p "$dir"
	echo "{\"Name\":\"/$2\"}" >"$dir/new"
	mv "$dir/new" "$dir/config.v2.json"
}

follow_id() { # ANYTHING
	REPLY=$(sha256sum <<<"$* $$" | cut -c 1-64)
}
