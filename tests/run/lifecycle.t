#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by wait_until
#
# How a run begins and ends: signals, durations, several at once, and nothing left behind.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root jq bpftool

summary='seen [0-9]+ = shown [0-9]+ [+] filtered [0-9]+ [+] lost [0-9]+'
has_summary() {
	tail -n 1 "$out_file" | grep -qE "^$summary"
}

programs_of() { # PID: the ids of programs it has open
	cat /proc/"$1"/fdinfo/* 2>/dev/null | sed -n 's/^prog_id:[[:space:]]*//p' | sort -un
}
links_of() {
	cat /proc/"$1"/fdinfo/* 2>/dev/null | sed -n 's/^link_id:[[:space:]]*//p' | sort -un
}
gone() { # prog|link ID...
	local kind=$1 id
	shift
	for id; do ! bpftool "$kind" show id "$id" >/dev/null 2>&1 || return 1; done
}

signals=$(scaled 'INT TERM HUP KILL' 'TERM KILL') delays=$(scaled '0.001 0.01 0.03 0.1' 0.1)

ended_by() { # SIGNAL OPTION...
	local signal=$1 pid programs links what
	shift
	what="$name${1:+ $*}: SIG$signal"
	background_tool "$tool" "$@"
	pid=$REPLY
	mapfile -t programs < <(programs_of "$pid")
	mapfile -t links < <(links_of "$pid")
	# Some are loaded and not yet attached.
	cmp_ok "${#programs[@]}" '>=' 1 "$what: programs are there while it runs"
	cmp_ok "${#links[@]}" '>=' 1 "$what: so are their links"
	stop_tool "$pid" "$signal"
	if [ "$signal" = KILL ]; then
		is "$rc" 137 "$what ends it"
	else
		is "$rc" 0 "$what ends it"
		ok "$what: with its summary" has_summary
	fi
	ok "$what: no program is left" wait_until 10 gone prog "${programs[@]}"
	ok "$what: no link is left" wait_until 10 gone link "${links[@]}"
}

ignored_signals() {
	background nohup "$bin/$tool"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	kill -HUP "$pid"
	sleep 0.3
	ok "$name: nohup: SIGHUP is ignored" wait_until 10 tracing "$pid"
	stop_tool "$pid" TERM
	is "$rc" 0 "$name: nohup: SIGTERM is not"

	# A script's shell has those in the background ignore it.
	(
		trap '' INT
		exec "$bin/$tool" >"$scratch/ignored.out" 2>&1
	) &
	pid=$!
	wait_until 20 tracing "$pid"
	kill -INT "$pid"
	ok "$name: SIGINT ends it even where it was ignored" wait_until 10 ended "$pid"
	kill -KILL "$pid" 2>/dev/null
	wait "$pid"
}

nothing_early() {
	local pid early=0
	background "$bin/$tool"
	pid=$REPLY
	while ! tracing "$pid" && ! ended "$pid"; do
		[ ! -s "$out_file" ] || [ "$(links_of "$pid")" ] || early=1
	done
	is "$early" 0 "$name: no output before it is ready"
	ok "$name: then the user is told so" wait_until 20 test -s "$out_file"
	stop_tool "$pid"
}

two_at_once() {
	local first second
	background_tool "$tool" -j
	first=$REPLY
	background_tool "$tool" -j
	second=$REPLY
	! tool_has burst || burst 20
	stop_tool "$first"
	is "$rc" 0 "$name, two at once: the first one ends well"
	ok "$name, two at once: the first one adds up" conserved "$out_file"
	! tool_has burst || cmp_ok "$(result .seen)" '>=' 20 "$name, two at once: the first one has all"
	stop_tool "$second"
	ok "$name, two at once: the second one adds up" conserved "$out_file"
	! tool_has burst || cmp_ok "$(result .seen)" '>=' 20 "$name, two at once: the second one, too"
}

for tool in "${tools_and_examples[@]}"; do
	about_tool "$tool"
	for signal in $signals; do ended_by "$signal"; done
	# shellcheck disable=SC2086 # options
	in_guest || while read -r options; do ended_by KILL $options; done < <(modes_here | sed 1d)

	in_guest || ignored_signals

	run_tool "$tool" --duration 0.5
	is "$rc" 0 "$name: --duration ends it"
	ok "$name: --duration: with its summary" has_summary

	# At any time, and all at once.
	for delay in $delays; do
		background "$bin/$tool"
		pid=$REPLY
		sleep "$delay"
		kill -TERM "$pid" 2>/dev/null
		kill -TERM "$pid" 2>/dev/null
		wait_tool "$pid"
		like "$rc" '^(0|143)$' "$name: SIGTERM twice, $delay s after its start"
	done

	in_guest || nothing_early
	in_guest || two_at_once
done

# -- Without tracing ----------------------------------------------------------------------

! in_guest || tools_and_examples=()
for tool in "${tools_and_examples[@]}"; do
	name=${tool##*/}
	for option in --help -h --version; do
		run_tool "$tool" $option
		is "$rc" 0 "$name $option"
		is "$err" '' "$name $option: nothing on stderr"
		case $option in
		--version) like "$out" "^$name \(snoopkit [0-9]" "$name $option: name and version" ;;
		*) like "$out" "^Usage: $name " "$name $option: how to use it" ;;
		esac
	done
done

done_testing
