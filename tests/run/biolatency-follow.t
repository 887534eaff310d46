#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: cgroup=v2,hybrid,v1
# shellcheck disable=SC2317 # run by others
#
# Filters by name follow: I/O of what comes under that name while the tool runs is shown, from the
# first one on.

# shellcheck source=follow.bash
. "$(dirname "$0")/follow.bash"
# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root jq kernel:loop

mkdir -p /var/lib
mount -t tmpfs -o mode=755 none /var/lib || bail_out 'no /var/lib'
mount=$(follow_mount) || skip_all 'no hierarchy of cgroups with a controller'
scratch_loop 16M
disk=$REPLY

reads_in() { # DIRECTORY COUNT
	in_cgroup "$1" dd if="$disk" of=/dev/null bs=4k count="$2" iflag=direct status=none
}
told() { # REGEX
	grep -qE "$1" "$err_file"
}
start() { # OPTION...
	background_tool biolatency -j -v -d "$disk" "$@" || bail_out 'no tool'
	tool=$REPLY
}
# What is done is complete when the reader has it, but for this kernel's own lateness.
own_and_others() { # WHAT OWN OTHERS
	about "$(result .shown)" "$2" 1 "$1: its own I/O"
	cmp_ok "$(result .filtered)" '>=' $(($3 * 98 / 100)) "$1: that of others is filtered"
	ok "$1: seen = shown + filtered + lost" conserved "$out_file"
}

own=$mount/snoopkit-follow-$$
mkdir "$own-not"
at_exit "cgroup_remove '$own-not'"
start -c "$own"
ok 'waits, and says so' told "waiting for cgroup '/snoopkit-follow-$$'"
for _ in 1 2 3; do
	mkdir "$own"
	reads_in "$own" 100
	reads_in "$own-not" 50
	rmdir "$own"
done
stop_tool "$tool"
own_and_others '-c' 300 150

start --container web
follow_id first
follow_name "$REPLY" web
first=$REPLY
follow_cgroup "$first"
reads_in "$REPLY" 100
rmdir "$REPLY"
follow_id other
follow_name "$REPLY" db
follow_cgroup "$REPLY"
reads_in "$REPLY" 100
rmdir "$REPLY"
follow_id second
follow_name "$REPLY" web
follow_cgroup "$REPLY"
reads_in "$REPLY" 100
rmdir "$REPLY"
stop_tool "$tool"
own_and_others '--container' 200 100

# Nobody knows whose it is: neither shown nor filtered in silence.
start --container web
follow_id nameless
follow_cgroup "$REPLY"
reads_in "$REPLY" 20
stop_tool "$tool"
rmdir "$REPLY"
is "$(result .shown)" 0 'a container without a name: not shown'
cmp_ok "$(result .lost.unjudged)" '>' 0 'but counted as lost'
ok 'a container without a name: seen = shown + filtered + lost' conserved "$out_file"

done_testing
