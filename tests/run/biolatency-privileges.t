#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# With CAP_BPF and CAP_PERFMON alone all I/O is seen, also of a disk that comes while it runs.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop setpriv

scratch_loop 32M
disk=$REPLY
open=$(mktemp -d) || bail_out 'no directory'
at_exit "rm -rf '$open'"
chmod 755 "$open"
cp "$bin/biolatency" "$open/biolatency" || bail_out 'no copy of the tool'
# Before 5.11 maps are charged to what a user may lock.
ulimit -l unlimited 2>/dev/null

caps=-all,+bpf,+perfmon
background setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=$caps --inh-caps=$caps \
	--ambient-caps=$caps -- "$open/biolatency" -j -D -F --phases
pid=$REPLY
ok 'as a user: traces' wait_until "$(scaled 20 60)" tracing "$pid"
io "$disk" --rw=randread --number_ios=500
stop_tool "$pid"
is "$rc" 0 'as a user: ends well'
about "$(counted io ".disk == \"${disk##*/}\" and .phase == \"total\"")" 500 1 'as a user: sees all'
ok 'as a user: seen = shown + filtered + lost' conserved "$out_file"

# What comes later needs it: a device without requests, met while running.
later() {
	scratch_zram 16M
	late=$REPLY
	wait_until 6 grep -q "watching the bios of .*\b${late##*/}\b" "$err_file"
	io "$late" --rw=randwrite --number_ios=500
}
if [ -e /sys/class/zram-control ] || modprobe -q zram; then
	traced -v -j -D -- later
	about "$(counted io ".disk == \"${late##*/}\"")" 500 1 'programs attached later work'
else
	skip 1 'no zram devices'
fi

done_testing
