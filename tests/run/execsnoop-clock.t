#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: reads=common/base/clock.c (it is about the clock of all tools)
# shellcheck disable=SC2317 # run by wait_until
#
# Two clocks: in a time namespace CLOCK_MONOTONIC is not the one that the kernel's times are of.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need root jq
[ -e /proc/self/ns/time ] || skip_all 'no time namespaces'

timens=$bin/tests/subjects/timens
read -r up _ </proc/uptime
# Back nearly to the start of the clock; and far ahead.
back=$((3 - ${up%.*}))

seconds_off() { # JQ-SELECT: how far the times of its first object are from now
	jq -rn --slurpfile all "$out_file" --arg now "$(date -u +%s)" \
		"[\$all[] | select($1)][0].ts | sub(\"\\\\.[0-9]+Z\"; \"Z\") |
		 fromdateiso8601 - (\$now | tonumber) | fabs | floor"
}

run_tool execsnoop --json --duration 0.1
host_ns=$(result .mono_ns)

begun() { # PID: its child is tracing
	read -r child _ <"/proc/$1/task/$1/children"
	tracing "${child:-$1}"
} 2>/dev/null

mine() {
	grep '"event":"exec"' "$out_file" | grep -c "\"ppid\":$$,"
}
has_mine() {
	[ "$(mine)" = 20 ]
}

check() { # NAME TIMENS-ARGUMENT...
	local name=$1 i pid child=
	shift
	background "$timens" "$@" "$bin/execsnoop" --json --comm true
	pid=$REPLY
	wait_until "$(scaled 20 60)" begun "$pid"
	for ((i = 0; i < 20; i++)); do /bin/true; done
	wait_until "$(scaled 20 10)" has_mine
	is "$(mine)" 20 "$name: events are shown at once"
	kill -INT "${child:-$pid}"
	wait_tool "$pid"
	is "$rc" 0 "$name: ends well"
	ok "$name: adds up" conserved "$out_file"
	cmp_ok "$(seconds_off '.type == "event"')" '<=' 30 "$name: an event's time is right"
	cmp_ok "$(seconds_off '.type == "summary"')" '<=' 30 "$name: so is the summary's"
	cmp_ok "$(($(result .mono_ns) - host_ns))" '<' 240000000000 "$name: mono_ns is the host's"
	cmp_ok "$(result .mono_ns)" '>=' "$host_ns" "$name: ... which has gone on"
}

check 'clock set back' "$back" 0
check 'clock set ahead' 100000 0
in_guest || check 'both clocks set' 5000 -300
# Its own clock is the host's then, before 6.3, and /proc/self/timens_offsets tells another.
check 'children only' children 100000 100000

run "$timens" "$back" 0 "$bin/execsnoop" --json --duration 1
is "$rc" 0 '--duration ends it'
cmp_ok "$(result .duration_ns)" '>=' 990000000 '... not before its time'
cmp_ok "$(result .duration_ns)" '<' 15000000000 '... and not much later'

done_testing
