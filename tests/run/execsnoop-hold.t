#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: reads=common/* (it is about how records are read)
#
# A program that is preempted (7.x) does not hold up what others sent. The tool and the reader have
# a processor whenever they want one, what they trace has not.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need root jq chrt

mkfifo "$scratch/rows"
chrt -f 50 "$bin/tests/subjects/lag" <"$scratch/rows" >"$scratch/lag" &
reader=$!
(exec chrt -f 50 "$bin/execsnoop" --json >"$scratch/rows" 2>"$scratch/err") &
tool=$!
at_exit "kill -KILL $tool $reader 2>/dev/null || :"
wait_until "$(scaled 20 60)" tracing "$tool"

busy=() shells=()
for ((i = 0; i < 12; i++)); do
	(while :; do :; done) &
	busy+=("$!")
done
at_exit "kill -KILL ${busy[*]} 2>/dev/null || :"
for ((i = 0; i < 8; i++)); do
	(for ((j = 0; j < $(scaled 50 25); j++)); do /usr/bin/env true; done) &
	shells+=("$!")
done
wait "${shells[@]}"
kill -KILL "${busy[@]}"
wait "${busy[@]}" 2>/dev/null
kill -INT "$tool"
wait "$tool"
is "$?" 0 'the tool ends well'
wait "$reader"
read -r events most late stall <"$scratch/lag"
cmp_ok "$events" '>=' "$(scaled 700 350)" 'events'
# 100 ms are held back, 50 ms pass until the next look; the rest is for a processor that is emulated.
cmp_ok "$most" '<=' $(($(scaled 300 350) + stall)) '... and none waited for another one'
diag "at most $most ms; $late of $events came late themselves; the machine stood still for $stall ms"
done_testing
