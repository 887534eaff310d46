#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by wait_until
#
# How a run begins and ends: signals, durations, several at once, and nothing left behind.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop bpftool

# The example that streams is not built for guests.
tools=(biolatency execsnoop tcpretrans dnssnoop)
[ ! -x "$bin/examples/exits" ] || tools+=(examples/exits)

summary='seen [0-9]+ = shown [0-9]+ [+] filtered [0-9]+ [+] lost [0-9]+'
has_summary() {
	tail -n 1 "$out_file" | grep -qE "^$summary"
}

signals=$(scaled 'INT TERM HUP' TERM) delays=$(scaled '0.001 0.01 0.03 0.1' '0.01 0.1')

# -- Signals ------------------------------------------------------------------------------

ignored_signals() {
	background nohup "$bin/$tool"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	kill -HUP "$pid"
	sleep 0.3
	is "$(process_state "$pid")" S "$name: nohup: SIGHUP is ignored"
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

for tool in "${tools[@]}"; do
	name=${tool##*/}
	for signal in $signals; do
		background_tool "$tool"
		stop_tool "$REPLY" "$signal"
		is "$rc" 0 "$name: SIG$signal ends it"
		ok "$name: SIG$signal: with its summary" has_summary
	done

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
done

# -- Nothing before it is ready -----------------------------------------------------------

background "$bin/biolatency"
pid=$REPLY early=0
while ! tracing "$pid"; do
	[ ! -s "$out_file" ] || { tracing "$pid" || early=1; }
	ended "$pid" && break
done
is "$early" 0 'no output before it is ready'
wait_until 5 test -s "$out_file"
is "$(head -n 1 "$out_file")" 'Tracing block device I/O... Hit Ctrl-C to end.' 'then it says so'
stop_tool "$pid"

# -- Nothing left behind ------------------------------------------------------------------

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

for signal in KILL INT; do
	background_tool biolatency --phases -D
	pid=$REPLY
	mapfile -t programs < <(programs_of "$pid")
	mapfile -t links < <(links_of "$pid")
	cmp_ok "${#programs[@]}" '>=' 2 "SIG$signal: programs are there while it runs"
	# Without a cached clock (before 6.9) one of them is attached at first.
	cmp_ok "${#links[@]}" '>=' 1 "SIG$signal: so are their links"
	stop_tool "$pid" "$signal"
	ok "SIG$signal: no program is left" wait_until 10 gone prog "${programs[@]}"
	ok "SIG$signal: no link is left" wait_until 10 gone link "${links[@]}"
done

# -- Two at once --------------------------------------------------------------------------

scratch_loop 32M
disk=$REPLY
background_tool biolatency -j -d "$disk"
first=$REPLY
background_tool biolatency -j -d "$disk" --phases 1
second=$REPLY
io "$disk" --rw=randread --number_ios="$(scaled 3000 500)"
stop_tool "$first"
about "$(result .shown)" "$(fio_ios)" 1 'two at once: the first one has all'
ok 'two at once: the first adds up' conserved "$out_file"
stop_tool "$second"
about "$(result .shown)" "$(fio_ios)" 1 'two at once: the second one too'
ok 'two at once: the second adds up' conserved "$out_file"

# -- Without tracing ----------------------------------------------------------------------

! in_guest || tools=()
for tool in "${tools[@]}"; do
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
