#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the examples are not built for guests)
# sanitized: no (of the examples)
# shellcheck disable=SC2016 # for other shells
#
# The template for new tools: who sends which signal to whom, by owner, and as sums.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need root jq

signals=examples/signals
[ -x "$bin/$signals" ] || bail_out "$signals is not built"
lines=$(cat "$(dirname "$0")/../../examples/signals/"*.[ch] | wc -l)
ok "the template needs no more than 150 lines ($lines)" [ "$lines" -le 150 ]

sender=$scratch/snoopsend
cp "$(command -v bash)" "$sender" || bail_out 'no program'
# Of its own children only, which wait for them.
send='trap : USR1 USR2; for ((i = 0; i < 30; i++)); do kill -USR1 $$; done; kill -USR2 $$; kill -0 $$'
events() { # JQ-CONDITION: how many
	jq -s "[.[] | select(.type == \"event\" and .comm == \"snoopsend\" and ($1))] | length" "$out_file"
}

background_tool $signals -j
"$sender" -c "$send" &
pid=$!
wait "$pid"
stop_tool "$REPLY"
is "$(events ".pid == $pid and .target == $pid and .signal == \"SIGUSR1\"")" 30 'each signal, by its sender'
is "$(events '.signal == "SIGUSR2"')" 1 '... and another one'
is "$(events true)" 31 '... and no more: kill -0 sends none'
ok 'seen = shown + filtered + lost' conserved "$out_file"
ok 'each line is JSON' json_check "$out_file"

background_tool $signals -j -s 12 -u root
"$sender" -c "$send"
stop_tool "$REPLY"
is "$(events true) $(events '.signal == "SIGUSR2"')" '1 1' '-s and -u: no others'
ok '... which are filtered' [ "$(result .filtered)" -ge 30 ]
ok '... seen = shown + filtered + lost' conserved "$out_file"

for by in process program; do
	background_tool $signals -j --top $by
	"$sender" -c "$send"
	stop_tool "$REPLY"
	is "$(jq -s '[.[] | select(.type == "interval" and .comm == "snoopsend") | .count] | add' "$out_file")" \
		31 "--top $by: their sum"
	ok '... seen = shown + filtered + lost' conserved "$out_file"
done
background_tool $signals --top process
"$sender" -c "$send"
stop_tool "$REPLY"
ok '... as a table' grep -qE '^ +31 +[0-9]+ snoopsend' "$out_file"

run_tool $signals --top nothing
is "$rc" 2 'no such sum'
ok '... says which there are' grep -q 'process, program, container, cgroup, unit' "$err_file"

done_testing
