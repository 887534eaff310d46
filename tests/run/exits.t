#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the examples are not built for guests)
# sanitized: no (of the examples)
# shellcheck disable=SC2016,SC2317 # for other shells; run by wait_until
#
# The example that streams: each process that ends, at once, under its own name, or counted as lost.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root jq

[ -x "$bin/examples/exits" ] || bail_out 'examples/exits is not built'
exits=examples/exits

# A program of its own name, so that others' processes are told from ours.
program() { # NAME
	cp "$(command -v bash)" "$scratch/$1" || bail_out "no program $1"
}
events() { # JQ-CONDITION: how many
	jq -s "[.[] | select(.type == \"event\" and ($1))] | length" "$out_file"
}

# -- Exit codes ---------------------------------------------------------------------------

program snoopends
background_tool $exits -j
tool=$REPLY
for ((i = 0; i < 40; i++)); do "$scratch/snoopends" -c 'exit 3'; done
for ((i = 0; i < 20; i++)); do "$scratch/snoopends" -c 'exit 0'; done
for ((i = 0; i < 10; i++)); do "$scratch/snoopends" -c 'kill -KILL $$'; done 2>/dev/null
"$scratch/snoopends" -c 'exit 255'
stop_tool "$tool"
is "$(events '.comm == "snoopends" and .status == 3')" 40 'those that fail with 3'
is "$(events '.comm == "snoopends" and .status == 0')" 20 'those that succeed'
is "$(events '.comm == "snoopends" and .status == 137')" 10 'those that are killed'
is "$(events '.comm == "snoopends" and .status == 255')" 1 'one that fails with 255'
is "$(events '.comm == "snoopends"')" 71 'and no more of that name'
is "$(events ".comm == \"snoopends\" and .ppid == $$")" 71 'all of them are children of the test'
is "$(jq -s '[.[] | select(.comm == "snoopends") | .pid] | unique | length' "$out_file")" 71 \
	'each with its own pid'
is "$(result .shown)" "$(events true)" 'shown is what was shown'
ok 'seen = shown + filtered + lost' conserved "$out_file"
ok 'each line is JSON' json_check "$out_file"
is "$(jq -s '[.[] | select(.type == "event") | .mono_ns] == ([.[] | select(.type == "event") | .mono_ns] | sort)' "$out_file")" \
	true 'in the order of their end'

# Threads are no processes.
background_tool $exits -j
tool=$REPLY
python3 -c 'import threading
for i in range(30):
    t = threading.Thread(target=lambda: None)
    t.start()
    t.join()' &
threads=$!
wait "$threads"
stop_tool "$tool"
is "$(events ".pid == $threads")" 1 'a process of many threads ends once'

background_tool $exits -j -x
tool=$REPLY
for ((i = 0; i < 10; i++)); do "$scratch/snoopends" -c "exit $((i % 2))"; done
stop_tool "$tool"
is "$(events '.comm == "snoopends"')" 5 '-x: those that failed only'
cmp_ok "$(result .filtered)" '>=' 5 '-x: the others are filtered'
ok '-x: seen = shown + filtered + lost' conserved "$out_file"

mkfifo "$scratch/seven"
"$scratch/snoopends" -c 'read -r <"$0"; exit 7' "$scratch/seven" &
child=$!
background_tool $exits -j -p "$child"
tool=$REPLY
echo >"$scratch/seven"
wait "$child"
stop_tool "$tool"
is "$(events true) $(jq -r 'select(.type == "event") | .status' "$out_file")" '1 7' '-p: that one only'

# -- At once ------------------------------------------------------------------------------

# The interface promises 250 ms; a host that is busy with something else gets more, and some tries.
seen() {
	grep -q snoopends "$out_file"
}
background_tool $exits
tool=$REPLY
soonest=99999
for try in 1 2 3 4 5; do
	: >"$out_file"
	begin=${EPOCHREALTIME/./}
	"$scratch/snoopends" -c 'exit 0'
	wait_until 5 seen
	took=$(((${EPOCHREALTIME/./} - begin) / 1000))
	soonest=$((took < soonest ? took : soonest))
	[ "$soonest" -ge 500 ] || break
done
stop_tool "$tool"
cmp_ok "$soonest" '<' 500 "an exit is in the output at once (try $try), ms"

# -- Names --------------------------------------------------------------------------------

hostile=$'\e[2J\nx\t\xff"\\'
program "$hostile"
for json in '' -j; do
	background_tool $exits $json
	tool=$REPLY
	"$scratch/$hostile" -c 'exit 42'
	stop_tool "$tool"
	if [ "$json" ]; then
		ok 'a hostile name is JSON all the same' json_check "$out_file"
		is "$(jq -r 'select(.status == 42) | .comm' "$out_file" | od -An -c | tr -d ' \n')" \
			'033[2J\nx\t357277275"\\n' 'and all of it is there, or a sign where it is no text'
	else
		is "$(grep -c ' 42$' "$out_file")" 1 'a hostile name takes one line of the table'
		is "$(tr -d '\n' <"$out_file" | LC_ALL=C grep -c $'[\x01-\x1f\x7f-\xff]')" 0 \
			'and brings nothing that a terminal acts upon'
	fi
done

# -- More than there is room for ----------------------------------------------------------

# The reader is stopped meanwhile, so the ring overflows for sure.
program snoopburst
background_tool $exits -j --buffer 4096
tool=$REPLY
kill -STOP "$tool"
"$scratch/snoopburst" -c 'for ((i = 0; i < 3000; i++)); do (exit 5); done; exit 0'
kill -CONT "$tool"
all_told() { [ "$(told_or_lost)" -ge 3001 ]; }
wait_until 20 all_told
"$scratch/snoopburst" -c 'exit 6'
stop_tool "$tool"
burst=$(events '.comm == "snoopburst" and .status == 5')
lost=$(result .lost.ring_full)
cmp_ok "$lost" '>' 2000 'a burst that a small ring has no room for'
cmp_ok "$((burst + lost))" '>=' 3000 'each of it was shown or lost'
is "$(result .seen)" "$(($(result .shown) + lost + $(result .lost.recursion)))" 'seen = shown + lost'
is "$(jq -s '[.[] | select(.type == "lost" and .cause == "ring_full") | .count] | add' "$out_file")" \
	"$lost" 'objects "lost" tell of all of them'
like "$err" 'exits: ring_full: [0-9]+ exits were dropped: the ring buffer was full \(see --buffer\)' \
	'so does stderr'
is "$(events '.comm == "snoopburst" and .status == 6')" 1 'what comes after it is shown'
ok 'each line is JSON, still' json_check "$out_file"

# The usual ring, and a reader that reads: nothing is lost.
background_tool $exits -j
tool=$REPLY
"$scratch/snoopburst" -c 'for ((i = 0; i < 3000; i++)); do (exit 5); done; exit 0'
stop_tool "$tool"
is "$(events '.comm == "snoopburst" and .status == 5')" 3000 'all of a burst'
is "$(result .lost.ring_full)" 0 'nothing lost'

# -- A reader that stops ------------------------------------------------------------------

mkfifo "$scratch/pipe"
exec {pipe}<>"$scratch/pipe"
background bash -c 'exec "$0" -j >"$1"' "$bin/$exits" "$scratch/pipe"
tool=$REPLY
wait_until 20 tracing "$tool"
"$scratch/snoopburst" -c 'for ((i = 0; i < 1500; i++)); do (exit 5); done; exit 0'
sleep 0.5
kill -TERM "$tool"
ok 'a reader that stands still does not hold up SIGTERM' wait_until 20 ended "$tool"
wait_tool "$tool"
is "$rc" 1 'and the run has failed'
like "$err" 'exits: output: nobody reads it' 'which it says'
ok 'the summary is on stderr' conserved "$err_file"
exec {pipe}>&-

done_testing
