#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: reads=common/base/clock.c (it is about the clock of all tools)
#
# Intervals in a time namespace, where CLOCK_MONOTONIC is not the clock of the kernel's times.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root jq kernel:loop
[ -e /proc/self/ns/time ] || skip_all 'no time namespaces'

timens=$bin/tests/subjects/timens
read -r up _ </proc/uptime
# Back nearly to the start of the clock; and far ahead.
back=$((3 - ${up%.*}))

scratch_loop 32M
disk=$REPLY
for offset in "$back" 100000; do
	background "$timens" "$offset" 0 "$bin/biolatency" --json -d "$disk" 1 2
	pid=$REPLY
	wait_tool "$pid"
	is "$rc" 0 "biolatency, $offset s: intervals come"
	is "$(grep -c '"type":"interval"' "$out_file")" 2 '... two of them'
	cmp_ok "$(result .duration_ns)" '>=' 1990000000 '... not before their time'
	cmp_ok "$(result .duration_ns)" '<' 17000000000 '... and not much later'
done
done_testing
