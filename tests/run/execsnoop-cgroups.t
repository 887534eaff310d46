#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (what is tested is the reader, and guests take minutes for so many cgroups)
# shellcheck disable=SC2016,SC2317 # for another shell; run by at_exit
#
# Many new cgroups while the reader stands still: each row has its own.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq

cgroup2_mount >/dev/null || skip_all 'no cgroup v2'
scratch_cgroup many
dir=$REPLY
at_exit "find '$dir' -mindepth 1 -depth -type d -exec rmdir {} +"
count=2500

name=snoopcg$$ # not that of a test beside it
program "$name"
background_tool execsnoop -j --comm "$name" --buffer 32M
tool=$REPLY
kill -STOP "$tool"
bash -c 'cd "$1" || exit
	for ((i = 0; i < $3; i++)); do
		mkdir $i && echo $$ >$i/cgroup.procs && "$2" -c : $i
	done
	echo $$ >cgroup.procs' - "$dir" "$scratch/$name" "$count"
kill -CONT "$tool"
stop_tool "$tool"
is "$(result .lost.ring_full)" 0 'none is lost'
is "$(events true | wc -l)" "$count" 'each exec is shown'
is "$(events '(.cgroup // "" | sub(".*/"; "")) != .argv[-1]' '"\(.argv[-1]) \(.cgroup)"' | head -n 5)" '' \
	'... with the cgroup of its own'
is "$(result .notes.without_cgroup)" null '... and none without'

done_testing
