#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for other shells; run by traced
#
# What is performed is shown or counted as lost; and it takes no more memory for being much.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq

program snoopexec
target=$scratch/snoopexec
subject=$bin/tests/subjects/exec
cp "$subject" "$scratch/snoopmany"

# Execs of a small program, in two loops at once. Each is two: its own, and what it tries next.
many() { # COUNT ARGUMENT
	local loops=() i
	for i in 1 2; do
		"$target" -c 'for ((i = 0; i < $1; i++)); do "$0" null /nonexistent "$2"; done' \
			"$scratch/snoopmany" $(($1 / 2)) "$2" &
		loops+=($!)
	done
	wait "${loops[@]}"
}
# Whatever it had to do is done.
idle() {
	local size
	size=$(stat -c %s "$out_file")
	sleep 0.3
	[ "$size" = "$(stat -c %s "$out_file")" ]
}
kb() { # FIELD of /proc/PID/status
	awk -v field="$1:" '$1 == field { print $2 }' "/proc/$tool/status"
}

# -- A reader that stops ------------------------------------------------------------------

total=$(scaled 4000 200)
stopped() {
	many "$total" "$(head -c 8000 /dev/zero | tr '\0' s)" &
	local load=$! i
	for i in 1 2 3; do
		kill -STOP "$tool"
		sleep 0.5
		kill -CONT "$tool"
		sleep 0.2
	done
	wait "$load"
}
background_tool execsnoop -j --comm snoopmany --buffer 8M
tool=$REPLY
stopped
stop_tool "$tool"
is "$(result .lost.ring_full)" 0 'stopped for 500 ms three times: none is lost with 8 MiB'
is "$(($(events true | wc -l) + $(result '[.lost[]] | add')))" "$total" 'shown + lost = performed'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# Until all is done: on a slow machine half a second does not fill even this ring.
background_tool execsnoop -j --comm snoopmany --buffer 32K
tool=$REPLY
kill -STOP "$tool"
many "$total" "$(head -c 8000 /dev/zero | tr '\0' s)"
kill -CONT "$tool"
stop_tool "$tool"
cmp_ok "$(result .lost.ring_full)" '>' 0 'a ring of 32 kB: some are lost'
is "$(($(events true | wc -l) + $(result '[.lost[]] | add')))" "$total" 'and counted'
ok 'each line is JSON' json_check "$out_file"
is "$(jq -s '[.[] | select(.type == "event") | .mono_ns] | . == sort' "$out_file")" true 'in the order of their time'

# -- At the same time ---------------------------------------------------------------------

# Where programs on tracepoints are preempted (7.x) the kernel skips them, there most of all. Hardly
# ever both of a pair, but then it may be some in a row.
crowd() {
	local loops=() i
	for i in {1..8}; do
		bash -c 'for ((i = 0; i < $1; i++)); do "$0"; done' "$scratch/snoopcrowd" "$each" &
		loops+=($!)
	done
	wait "${loops[@]}"
}
cp /bin/true "$scratch/snoopcrowd"
each=$(scaled 200 40)
for try in 1 2 3; do
	background_tool execsnoop -j --exit --tree $$ --buffer 8M
	tool=$REPLY
	crowd
	stop_tool "$tool"
	lost=$(result '[.lost[]] | add')
	((${lost:-99} > 2)) || break
done
cmp_ok "$lost" '<=' 2 "eight at the same time: hardly any is skipped (try $try)"
execs=$(events '.event == "exec" and .comm == "snoopcrowd"' | wc -l)
cmp_ok $((execs + lost)) '>=' $((8 * each)) 'each exec is shown, or counted as lost'
ends=$(events '.event == "exit" and .comm == "snoopcrowd"' | wc -l)
cmp_ok $((ends + lost)) '>=' $((8 * each)) 'and each end'

# -- An output that takes no more ---------------------------------------------------------

# Nobody's terminal is flooded with what was to go there; what was not written is lost.
rows_on_stderr() {
	grep -c 'snoopmany' "$err_file"
}
mkfifo "$scratch/pipe"
exec {reader}<>"$scratch/pipe"
background bash -c 'exec "$0" --comm snoopmany >"$1"' "$bin/execsnoop" "$scratch/pipe"
tool=$REPLY
wait_until "$(scaled 20 60)" tracing "$tool"
many "$(scaled 600 200)" "$(head -c 1000 /dev/zero | tr '\0' p)"
stop_tool "$tool"
written=$(timeout 1 cat <&"$reader" | grep -c '^snoopmany.* p*$')
exec {reader}>&-
is "$rc" 1 'a reader that stands still: the run has failed'
is "$(rows_on_stderr)" 0 'a reader that stands still: no rows on stderr'
like "$(tail -n 1 "$err_file")" '^seen [0-9]+ = shown [0-9]+ .* \(unwritten [0-9]+' 'but the summary, with what is lost'
summary=$(tail -n 1 "$err_file")
read -r _ seen _ _ shown _ _ filtered _ _ lost _ <<<"$summary"
cmp_ok "$shown" '<=' "$written" 'shown is no more than what was written'
is "$((shown + filtered + lost))" "$seen" 'seen = shown + filtered + lost, though'

# -- Much ---------------------------------------------------------------------------------

background_tool execsnoop --exit -x
tool=$REPLY
many "$(scaled 400 100)" warm
wait_until 20 idle
before=$(kb VmRSS)
many "$(scaled 10000 400)" ''
wait_until 20 idle
# ASan keeps what was freed for a while.
[ ! "${SNOOPKIT_SANITIZED:-}" ] || before=$((before + 65536))
cmp_ok "$(kb VmRSS)" '<=' $((before + 512)) 'many execs, failures and ends: no memory is left in use'
maps=$(bpftool -j map show 2>/dev/null | jq "[.[] | select(.pids? // [] | any(.pid == $tool)) | .bytes_memlock] | add // 0")
cmp_ok "$maps" '<' 4500000 'and that of the maps is bounded'
stop_tool "$tool"
like "$(tail -n 1 "$out_file")" ' \+ lost 0;?' 'none is lost'

done_testing
