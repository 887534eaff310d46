#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (what is made of many lookups is the same on every kernel)
# shellcheck disable=SC2317 # run by traced
#
# A resolver that is dead, at rates that the tool cannot keep all lookups of; and many lookups that only
# their sockets tell apart.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq

ip link set lo up
subject=$bin/tests/subjects/lookups
[ -x "$subject" ] || bail_out "no $subject (run: make subjects)"

# Its sockets are open until finish() has been called.
begin() { # ARGUMENT...
	mkfifo "$scratch/open.$((++begun))"
	: >"$scratch/said.$begun" # grep gives up on a file that is not there yet
	"$subject" "$@" <"$scratch/open.$begun" >"$scratch/said.$begun" &
	subject_pid=$!
	exec {open_fd}>"$scratch/open.$begun"
	wait_until 60 grep -q . "$scratch/said.$begun" || diag "$subject $*: said nothing"
}
begun=0
finish() {
	exec {open_fd}>&-
	wait "$subject_pid"
}
sums() { # JQ-EXPRESSION: of all intervals together
	jq -s "[.[] | select(.type == \"interval\")] | $1" "$out_file"
}

# -- A dead server ------------------------------------------------------------------------

all_gone() { # COUNT: so many have ended
	[ "$(sums 'map(.count) | add // 0')" -ge "$1" ]
}
background_tool dnssnoop --port "$port" -j --top server --timeout 500ms 1
pid=$REPLY
count=$(scaled 18000 3000)
begin silent "$port" "$count" 6000 4
wait_until 30 all_gone "$count"
finish
stop_tool "$pid"
ok 'seen = shown + filtered + lost' conserved "$out_file"
is "$(sums 'map(.count) | add')" "$count" 'a dead server: all lookups are there'
if [ "$(result '[.lost[]] | add // 0')" = 0 ]; then
	is "$(sums 'map(.failed) | add')" "$count" '... all of which have failed'
	is "$(sums 'map(.unknown) | add')" 0 '... and none is unknown'
	is "$(sums 'map(.failed_percent == 100) | all')" true '... in each interval'
	is "$(result .queries.given_up_early)" 0 '... and none was given up early'
else
	skip 4 'records were lost'
fi

# More than there is memory for. At the end some are still open, and nobody knows of those.
count=$(scaled 250000 150000)
background_tool dnssnoop --port "$port" -j --top server --timeout 60s --buffer 128M
pid=$REPLY
begin silent "$port" "$count" 50000 8
stop_tool "$pid"
finish
ok 'seen = shown + filtered + lost' conserved "$out_file"
is "$(sums 'map(.count) | add')" "$count" 'more than there is memory for: all lookups are there'
early=$(result .queries.given_up_early)
cmp_ok "$early" '>' 0 "... of which $early were given up early"
is "$(result '.queries | .timed_out + .unknown + .open')" "$count" '... and none was answered'
if [ "$(result '[.lost[]] | add // 0')" = 0 ]; then
	is "$(result .queries.unknown)" 0 '... none of them is unknown'
	is "$(sums 'map(.failed) | add')" "$early" '... all have failed'
	is "$(sums 'map(.failed_percent == 100) | all')" true '... which are 100 % of those that ended'
else
	skip 3 'records were lost'
fi

# -- More names than sums -----------------------------------------------------------------

background_tool dnssnoop --port "$port" -j --top name --timeout 500ms
pid=$REPLY
begin silent "$port" 1500 10000 2
finish
stop_tool "$pid"
ok 'seen = shown + filtered + lost' conserved "$out_file"
is "$(sums 'map(select(.other | not)) | length')" 1024 '1,500 names: a bounded number of sums'
is "$(sums 'map(select(.other).count) | add')" 476 '... and one of all others'

# -- Nothing is known ---------------------------------------------------------------------

background_tool dnssnoop --port "$port" --top server --timeout 60s
pid=$REPLY
begin silent "$port" 10 1000 1
stop_tool "$pid"
finish
like "$out" $'\n +10 +0 +- +0 +10 ' 'lookups without an end: no percentage'

# -- Told apart by their sockets only -----------------------------------------------------

count=$(scaled 400 200)
background_tool dnssnoop --port "$port" -j --timeout 30s
pid=$REPLY
begin answered "$port" "$count"
finish
stop_tool "$pid"
is "$(<"$scratch/said.$begun")" "answered $count" 'one name, one id, so many sockets'
is "$(result '.queries | "\(.count) \(.answered)"')" "$count $count" '... each lookup is answered'
is "$(events true '"\(.result) \(.remark) \(.retries)"' | sort -u)" 'NOERROR null 0' '... and nothing else is shown'
is "$(events true '.client_port' | sort -u | wc -l)" "$count" '... in a row for each socket'
ok 'seen = shown + filtered + lost' conserved "$out_file"

done_testing
