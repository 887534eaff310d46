#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (files, pipes and signals are the same everywhere)
# shellcheck disable=SC2016,SC2317 # for other shells; run by wait_until
#
# Ends that go wrong: results survive their output, lines are whole and counted, nothing waits for
# ever, and losses were told before.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root jq python3 bpftool

# What does not wait for ever is over after some seconds; the machine may be busy.
seconds() { # COMMAND...: how long it takes; leaves $rc
	local begin=$EPOCHREALTIME
	"$@"
	awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}
# The tools whose events the test can make.
bursting=()
for tool in "${tools_and_examples[@]}"; do
	about_tool "$tool"
	! tool_has burst || bursting+=("$tool")
done

# A shell's child that runs the tool.
tracing_child() { # SHELL NAME
	local pid
	pid=$(pgrep -P "$1" -x "$2") && tracing "$pid"
}

# -- A result is made once ----------------------------------------------------------------

for tool in "${tools[@]}"; do
	run bash -c '"$0" --duration 0.3 >/dev/full' "$bin/$tool"
	is "$rc" 1 "$tool >/dev/full: fails"
	is "$(grep -cE '^seen [0-9]+ = shown [0-9]+' "$err_file")" 1 "$tool >/dev/full: one equation"
done

for tool in "${tools[@]}"; do
	about_tool "$tool"
	for options in "${results[@]}"; do
		# shellcheck disable=SC2086 # options
		run bash -c '"$0" "$@" --duration 0.3 >/dev/full' "$bin/$tool" $options
		is "$(grep -cE '^ *[A-Z]{2}[A-Z]* +[A-Z]|COUNT' "$err_file")" 1 \
			"$tool $options >/dev/full: the table is on stderr, once"
	done
done

# -- Full disks: lines are whole, and counted -----------------------------------------------

mkdir "$scratch/small"
mount -t tmpfs -o size=16k,mode=700 snoopkit "$scratch/small" || bail_out 'no tmpfs'
at_exit "umount '$scratch/small'"
full_disk() { # [-j]
	local json=${1:-} pid what
	background bash -c 'exec "$0" $1 >"$2"' "$bin/$tool" "$json" "$scratch/small/out"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	burst 60
	wait_tool "$pid"
	what="$name${json:+ -j} on a full disk"
	is "$rc" 1 "$what: fails"
	is "$(tail -c 1 "$scratch/small/out" | od -An -tx1 | tr -d ' ')" 0a "$what: no line is cut"
	if [ "$json" ]; then
		is "$(jq -s '[.[] | select(.type == "event")] | length' "$scratch/small/out")" \
			"$(tail -n 1 "$err_file" | jq .shown)" "$what: shown is what is there"
	else
		is "$(sed 1d "$scratch/small/out" | wc -l)" \
			"$(sed -n 's/^seen.*shown \([0-9]*\).*/\1/p' "$err_file")" \
			"$what: shown is what is there"
	fi
	rm "$scratch/small/out"
}
for tool in "${bursting[@]}"; do
	about_tool "$tool"
	full_disk
	full_disk -j
done

# -- A reader that stops -------------------------------------------------------------------

mkfifo "$scratch/pipe"
reader_stops() { # [-j]
	local json=${1:-} pid what reader
	what="$name${json:+ -j}, a reader that stops"
	exec {reader}<>"$scratch/pipe"
	background bash -c 'exec "$0" $1 >"$2"' "$bin/$tool" "$json" "$scratch/pipe"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	burst 300
	sleep 1.3
	cmp_ok "$(seconds stop_tool "$pid" TERM)" '<' 15 "$what: SIGTERM ends it"
	wait_tool "$pid" 2>/dev/null
	timeout 2 dd bs=1M iflag=nonblock if="$scratch/pipe" of="$scratch/got" status=none 2>/dev/null
	exec {reader}>&-
	is "$(tail -c 1 "$scratch/got" | od -An -tx1 | tr -d ' ')" 0a "$what: no line is cut"
	if [ "$json" ]; then
		ok "$what: its lines are JSON" jq -e . "$scratch/got"
		is "$(jq -s '[.[] | select(.type == "event")] | length' "$scratch/got")" \
			"$(tail -n 1 "$err_file" | jq .shown)" "$what: shown is what it got"
	else
		is "$(sed 1d "$scratch/got" | wc -l)" \
			"$(sed -n 's/^seen.*shown \([0-9]*\).*/\1/p' "$err_file")" \
			"$what: shown is what it got"
	fi
}
for tool in "${bursting[@]}"; do
	about_tool "$tool"
	reader_stops
	reader_stops -j
done

# -- A reader that is slow -----------------------------------------------------------------

# Each page that it takes is no reason to wait as long for the next one.
for tool in "${bursting[@]}"; do
	about_tool "$tool"
	exec {reader}<>"$scratch/pipe"
	background bash -c 'exec "$0" -j >"$1"' "$bin/$tool" "$scratch/pipe"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	burst 300
	(while sleep 1.2; do dd bs=4k count=1 of=/dev/null status=none; done) <"$scratch/pipe" &
	slow=$!
	sleep 1.3
	cmp_ok "$(seconds stop_tool "$pid" TERM)" '<' 15 "$name, a reader that takes a page a second: SIGTERM ends it"
	wait_tool "$pid" 2>/dev/null
	ok "$name, a reader that takes a page a second: the equation adds up" conserved "$err_file"
	kill "$slow"
	exec {reader}>&-
done

# -- Neither stdout nor stderr is read ---------------------------------------------------------

for tool in "${tools_and_examples[@]}"; do
	about_tool "$tool"
	exec {reader}<>"$scratch/pipe"
	background bash -c 'exec "$0" -v -j >"$1" 2>&1' "$bin/$tool" "$scratch/pipe"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	dd if=/dev/zero of="$scratch/pipe" bs=512 count=200 oflag=nonblock status=none 2>/dev/null
	! tool_has burst || burst 20
	cmp_ok "$(seconds stop_tool "$pid" TERM)" '<' 15 "$tool: SIGTERM ends it, though nobody reads stderr"
	exec {reader}>&-
done

# A terminal that was stopped takes what poll() says, and then no more.
terminal='
import pty, subprocess, sys
master, slave = pty.openpty()
p = subprocess.Popen([sys.argv[1], "-j", "-v"], stdout=slave, stderr=slave, stdin=subprocess.DEVNULL)
print(p.pid, flush=True)
sys.exit(p.wait())
'
for tool in "${bursting[@]}"; do
	about_tool "$tool"
	background python3 -S -E -c "$terminal" "$bin/$tool"
	python=$REPLY
	wait_until 20 test -s "$out_file"
	pid=$(<"$out_file")
	wait_until 20 tracing "$pid"
	burst 400
	sleep 1
	kill -TERM "$pid"
	cmp_ok "$(seconds wait_tool "$python")" '<' 15 "$name: SIGTERM ends it on a terminal that takes no more"
done

# -- The reader dies of the same Ctrl-C ----------------------------------------------------------

for tool in "${tools_and_examples[@]}"; do
	about_tool "$tool"
	new_run "$tool | cat"
	(
		trap - INT
		set -m
		bash -c '"$0" 2>"$2" | cat >"$1"; exit "${PIPESTATUS[0]}"' "$bin/$tool" "$out_file" \
			"$err_file" &
		group=$!
		wait_until 20 tracing_child "$group" "$name"
		! tool_has burst || burst 5
		# The reader first; it is gone when the tool hears of the signal.
		tool_pid=$(pgrep -P "$group" -x "$name")
		cat_pid=$(pgrep -P "$group" -x cat)
		kill -STOP "$tool_pid"
		kill -INT "$cat_pid"
		wait_until 10 ended "$cat_pid"
		kill -INT -- "-$group"
		kill -CONT "$tool_pid"
		wait "$group"
		echo "$?" >"$scratch/rc"
	)
	read_run
	is "$(grep -cE '^seen [0-9]+ = shown' <<<"$err")" 1 \
		"$name | cat, Ctrl-C: the equation is on stderr"
done

# -- A signal among records ----------------------------------------------------------------------

# The pipe has room when the signal comes, and none when the records that come with it are shown.
mkfifo "$scratch/among"
for tool in "${bursting[@]}"; do
	about_tool "$tool"
	exec {among}<>"$scratch/among"
	ended=0
	for try in {1..8}; do
		dd if="$scratch/among" of=/dev/null bs=64k iflag=nonblock status=none 2>/dev/null
		dd if=/dev/zero of="$scratch/among" bs=1024 count=40 oflag=nonblock status=none
		background bash -c 'exec "$0" -j >"$1"' "$bin/$tool" "$scratch/among"
		pid=$REPLY
		wait_until 20 tracing "$pid"
		burst 40 &
		burst=$!
		sleep "0.0$((try + 1))"
		kill -TERM "$pid"
		wait "$burst"
		wait_until 20 ended "$pid" && ended=$((ended + 1))
		kill -KILL "$pid" 2>/dev/null
		wait_tool "$pid"
	done
	is "$ended" 8 "$name: a signal among records ends a tool whose reader stands still"
	exec {among}<&-
done

# -- An equation that does not add up ------------------------------------------------------------

counts_of() { # PID: the id of its counters
	cat /proc/"$1"/fdinfo/* 2>/dev/null | sed -n 's/^map_id:[[:space:]]*//p' | sort -u |
		while read -r id; do bpftool -j map show id "$id"; done |
		jq 'select(.name == "counts").id'
}
equation_is_wrong() { # [-j]
	local pid id value what="$name${1:+ $1}"
	background_tool "$tool" "$@"
	pid=$REPLY
	id=$(counts_of "$pid")
	# 16 million more were seen than there were.
	read -ra value < <(bpftool -j map lookup id "$id" key 0 0 0 0 | jq -r '.value | join(" ")')
	value[3]=0x01
	bpftool map update id "$id" key 0 0 0 0 value "${value[@]}"
	stop_tool "$pid"
	is "$rc" 1 "$what: an equation that does not add up fails"
	like "$err" 'summary: [0-9]+ events are not accounted for' "$what: which it says"
}
for tool in "${tools_and_examples[@]}"; do
	about_tool "$tool"
	equation_is_wrong
	equation_is_wrong -j
done

done_testing
