#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for other shells; run by traced
#
# execsnoop in short: what is executed, what failed to be and how it ended, on any kernel. The other
# execsnoop-*.t go through the rest.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq

program snoopexec
program snoopother

load() {
	some
	"$scratch/snoopother" -c 'exec /nonexistent/snoopfail a "b c"'
	"$scratch/snoopother" -c 'sleep 0.1; exit 3'
	"$scratch/snoopother" -c 'kill -TERM $$'
} 2>/dev/null
traced -j -x --exit -- load
is "$rc" 0 'ends well'
is "$(events '.comm == "snoopexec" and .event == "exec"' '"\(.argv_state) \(.argv | @json)"')" \
	"whole $(jq -cn '$ARGS.positional' --args -- "$scratch/snoopexec" -c : "it's" '' $'a\nb\e' 'x y' '')" \
	'a program, with all its arguments'
is "$(events '.comm == "snoopexec" and .event == "exec"' '"\(.filename) \(.ppid) \(.uid)"')" \
	"$scratch/snoopexec $$ 0" 'its file, its parent and its user'
is "$(events '.event == "failed" and .filename == "/nonexistent/snoopfail"' \
	'"\(.errno) \(.argv | @json) \(.comm)"')" \
	'ENOENT ["/nonexistent/snoopfail","a","b c"] snoopother' '-x: an exec that failed'
is "$(events '.event == "exit" and .comm == "snoopother" and .exit_code == 3' \
	'.duration_ns > 100000000 and .duration_ns < 5000000000')" true '--exit: exit code and duration'
is "$(events '.event == "exit" and .comm == "snoopother" and .signal' .signal)" SIGTERM '--exit: a signal'
is "$(jq -s '[.[] | select(.type == "event") | .mono_ns] | . == sort' "$out_file")" true \
	'in the order of their time'
ok 'each line is JSON' json_check "$out_file"
ok 'seen = shown + filtered + lost' conserved "$out_file"

filtered '--comm' "snoopother two,snoopother $scratch/snoopexec" --comm snoopother
traced --comm snoopexec -- some
is "$(rows "^snoopexec .* -c : \\$'it\\\\'s' '' ")" 1 'a row of the table'

done_testing
