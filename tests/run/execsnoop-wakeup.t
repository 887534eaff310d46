#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: reads=common/* (it is about how records are read)
# shellcheck disable=SC2317 # run by wait_until
#
# No event waits for the next one: lone events, aimed at the moment when the reader falls asleep.
# Tool and reader have a processor whenever they want one. tests/unit/ring.c goes through the interleavings; here it is the kernel's ring.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need root chrt

tries=$(scaled 250 60)
mkfifo "$scratch/rows"
(exec chrt -f 50 "$bin/execsnoop" -x --comm wake --columns pid,comm >"$scratch/rows" 2>"$scratch/err") &
pid=$!
at_exit "kill -KILL $pid 2>/dev/null || :"
exec 4<"$scratch/rows"
wait_until "$(scaled 20 60)" tracing "$pid"
read -r -t 20 -u 4 header
like "$header" 'PID' 'the tool has begun'

got=$(timeout "$(scaled 90 110)" chrt -f 50 "$bin/tests/subjects/wake" "$tries" <&4)
read -r count lost slowest <<<"$got"
is "$count" "$tries" "$tries lone events"
is "$lost" 0 '... each is shown without the next one'
diag "the slowest after $slowest ms"

kill -INT "$pid"
ok 'the tool ends' wait_until 10 ended "$pid"
done_testing
