#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (files, pipes and signals are the same everywhere)
# shellcheck disable=SC2016,SC2317 # for other shells; run by wait_until
#
# Ends that go wrong: results survive their output, lines are whole and counted, nothing waits for
# ever, and losses were told before.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq bpftool

program snoopends
seconds() { # COMMAND...: how long it takes; leaves $rc
	local begin=$EPOCHREALTIME
	"$@"
	awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}
# Programs with short arguments and long ones, some longer than a pipe takes at once.
burst() { # COUNT
	"$scratch/snoopends" -c 'for ((i = 0; i < $1; i++)); do
		printf -v long "%*s" $(((i % 7) * (i % 7) * 400)) ""
		/bin/true "$long" "$i"
	done' - "$1"
}

# A shell's child that runs the tool.
tracing_child() { # SHELL NAME
	local pid
	pid=$(pgrep -P "$1" -x "$2") && tracing "$pid"
}

# -- A result is made once ----------------------------------------------------------------

run_limit=20 run bash -c '"$0" --json --pcap "$1" --duration 0.5 >/dev/full' "$bin/dnssnoop" \
	"$scratch/pcap"
is "$rc" 1 'dnssnoop --pcap >/dev/full: fails, and ends'
ok 'dnssnoop --pcap >/dev/full: the summary is on stderr' conserved "$err_file"

for tool in biolatency execsnoop tcpretrans dnssnoop; do
	run bash -c '"$0" --duration 0.3 >/dev/full' "$bin/$tool"
	is "$rc" 1 "$tool >/dev/full: fails"
	is "$(grep -cE '^seen [0-9]+ = shown [0-9]+' "$err_file")" 1 "$tool >/dev/full: one equation"
done

for arguments in 'tcpretrans --top process' 'dnssnoop --top name' 'biolatency -T'; do
	read -ra words <<<"$arguments"
	run bash -c '"$0" "$@" --duration 0.3 >/dev/full' "$bin/${words[0]}" "${words[@]:1}"
	like "$err" 'SEGS +BYTES|COUNT' "$arguments >/dev/full: the table is on stderr"
	is "$(grep -cE 'SEGS +BYTES|COUNT' "$err_file")" 1 "$arguments >/dev/full: once"
done

# Behind its first kilobyte the file takes no more; stderr is a pipe, which has no such limit.
dd if=/dev/zero of="$scratch/disk" bs=1M count=1 status=none
head -c 600 /dev/zero >"$scratch/limited"
run bash -c '(
	for ((i = 0; i < 10; i++)); do
		dd if=/dev/zero of="$2" bs=4k count=50 oflag=direct conv=notrunc status=none
		sleep 0.1
	done & ulimit -f 1; exec "$0" -T --duration 1.5 2>&1 >>"$1") | cat; exit "${PIPESTATUS[0]}"' \
	"$bin/biolatency" "$scratch/limited" "$scratch/disk"
is "$rc" 1 'ulimit -f 1; biolatency -T: fails'
like "$out" '[*]{40}' 'ulimit -f 1; biolatency -T: the histogram is on stderr'
like "$out" $'\nio +[1-9]' 'ulimit -f 1; biolatency -T: so is the row'
unlike "$out" 'all [0-9]+ intervals' 'ulimit -f 1; biolatency -T: there was one interval'
like "$out" 'seen [1-9][0-9]* = shown [1-9]' 'ulimit -f 1; biolatency -T: it is shown'

# -- Full disks: lines are whole, and counted -----------------------------------------------

mkdir "$scratch/small"
mount -t tmpfs -o size=16k,mode=700 snoopkit "$scratch/small" || bail_out 'no tmpfs'
at_exit "umount '$scratch/small'"
for json in '' -j; do
	background bash -c 'exec "$0" $1 >"$2"' "$bin/execsnoop" "$json" "$scratch/small/out"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	burst 60
	wait_tool "$pid"
	what="execsnoop${json:+ -j} on a full disk"
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
done

# -- A reader that stops -------------------------------------------------------------------

mkfifo "$scratch/pipe"
for json in '' -j; do
	what="execsnoop${json:+ -j}, a reader that stops"
	exec {reader}<>"$scratch/pipe"
	background bash -c 'exec "$0" $1 >"$2"' "$bin/execsnoop" "$json" "$scratch/pipe"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	burst 300
	sleep 1.3
	cmp_ok "$(seconds stop_tool "$pid" TERM)" '<' 4.5 "$what: SIGTERM ends it"
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
done

# -- A reader that is slow -----------------------------------------------------------------

# Each page that it takes is no reason to wait as long for the next one.
exec {reader}<>"$scratch/pipe"
background bash -c 'exec "$0" -j >"$1"' "$bin/execsnoop" "$scratch/pipe"
pid=$REPLY
wait_until 20 tracing "$pid"
burst 300
(while sleep 1.2; do dd bs=4k count=1 of=/dev/null status=none; done) <"$scratch/pipe" &
slow=$!
sleep 1.3
cmp_ok "$(seconds stop_tool "$pid" TERM)" '<' 8 'a reader that takes a page a second: SIGTERM ends it'
wait_tool "$pid" 2>/dev/null
ok 'a reader that takes a page a second: the equation adds up' conserved "$err_file"
kill "$slow"
exec {reader}>&-

# -- Neither stdout nor stderr is read ---------------------------------------------------------

for tool in biolatency execsnoop tcpretrans dnssnoop; do
	exec {reader}<>"$scratch/pipe"
	background bash -c 'exec "$0" -v -j >"$1" 2>&1' "$bin/$tool" "$scratch/pipe"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	dd if=/dev/zero of="$scratch/pipe" bs=512 count=200 oflag=nonblock status=none 2>/dev/null
	burst 20
	cmp_ok "$(seconds stop_tool "$pid" TERM)" '<' 8 "$tool: SIGTERM ends it, though nobody reads stderr"
	exec {reader}>&-
done

# A terminal that was stopped takes what poll() says, and then no more.
terminal='
import os, pty, signal, subprocess, sys, time
master, slave = pty.openpty()
p = subprocess.Popen([sys.argv[1], "-j", "-v"], stdout=slave, stderr=slave, stdin=subprocess.DEVNULL)
time.sleep(2)
for i in range(400):
    subprocess.run(["/bin/true", "x" * 300])
time.sleep(1)
begin = time.time()
p.send_signal(signal.SIGTERM)
p.wait(timeout=15)
print("%.1f" % (time.time() - begin))
'
run_limit=30 run python3 -S -E -c "$terminal" "$bin/execsnoop"
cmp_ok "$out" '<' 8 'execsnoop: SIGTERM ends it on a terminal that takes no more'

# -- The reader dies of the same Ctrl-C ----------------------------------------------------------

for tool in biolatency execsnoop; do
	new_run "$tool | cat"
	(
		trap - INT
		set -m
		bash -c '"$0" 2>"$2" | cat >"$1"; exit "${PIPESTATUS[0]}"' "$bin/$tool" "$out_file" \
			"$err_file" &
		group=$!
		wait_until 20 tracing_child "$group" "$tool"
		burst 5
		# The reader first; it is gone when the signal comes.
		pkill -INT -g "$group" -x cat
		sleep 0.02
		kill -INT -- "-$group"
		wait "$group"
		echo "$?" >"$scratch/rc"
	)
	read_run
	is "$(grep -cE '^seen [0-9]+ = shown' <<<"$err")" 1 \
		"$tool | cat, Ctrl-C: the equation is on stderr"
done

# -- A signal among records ----------------------------------------------------------------------

# The pipe has room when the signal comes, and none when the records that come with it are shown.
mkfifo "$scratch/among"
exec {among}<>"$scratch/among"
ended=0
for try in {1..8}; do
	dd if="$scratch/among" of=/dev/null bs=64k iflag=nonblock status=none 2>/dev/null
	dd if=/dev/zero of="$scratch/among" bs=1024 count=40 oflag=nonblock status=none
	background bash -c 'exec "$0" -j >"$1"' "$bin/execsnoop" "$scratch/among"
	pid=$REPLY
	wait_until 20 tracing "$pid"
	burst 40 &
	burst=$!
	sleep "0.0$((try + 1))"
	kill -TERM "$pid"
	wait "$burst"
	wait_until 8 ended "$pid" && ended=$((ended + 1))
	kill -KILL "$pid" 2>/dev/null
	wait_tool "$pid"
done
is "$ended" 8 'a signal among records ends a tool whose reader stands still'
exec {among}<&-

# -- An equation that does not add up ------------------------------------------------------------

counts_of() { # PID: the id of its counters
	cat /proc/"$1"/fdinfo/* 2>/dev/null | sed -n 's/^map_id:[[:space:]]*//p' | sort -u |
		while read -r id; do bpftool -j map show id "$id"; done |
		jq 'select(.name == "counts").id'
}
for json in '' -j; do
	background_tool tcpretrans $json
	pid=$REPLY
	id=$(counts_of "$pid")
	# Five more were seen than there were.
	read -ra value < <(bpftool -j map lookup id "$id" key 0 0 0 0 | jq -r '.value | join(" ")')
	value[0]=$(((value[0] + 5) & 255))
	bpftool map update id "$id" key 0 0 0 0 value "${value[@]}"
	stop_tool "$pid"
	is "$rc" 1 "tcpretrans $json: an equation that does not add up fails"
	like "$err" 'summary: 5 events are not accounted for' "tcpretrans $json: which it says"
done

done_testing
