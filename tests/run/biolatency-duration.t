#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (time passes alike on each kernel)
# sanitized: no (of its time)
#
# Interval, count and --duration: how many results, and for how long.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root jq kernel:loop

scratch_loop 1M
disk=$REPLY

intervals() {
	jq -s '[.[] | select(.type == "interval") | .mono_ns] | unique | length' "$out_file"
}

run_tool biolatency -j -d "$disk" 1 3
is "$rc" 0 'interval count'
is "$(intervals)" 3 '1 3: three results'
cmp_ok "$(result .duration_ns)" '>=' 3000000000 'in three seconds'
cmp_ok "$(result .duration_ns)" '<' 5900000000 'and not twice as many'

run_tool biolatency -T -d "$disk" 1 2
is "$(grep -c '^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$' "$out_file")" 2 '-T: the time above each'
is "$(grep -c '^io  ' "$out_file")" 3 'two results and their sum'
like "$out" $'\nall 2 intervals:\n' 'which is called so'

run_tool biolatency -d "$disk" 1 2
unlike "$out" '[0-9]:[0-9][0-9]:[0-9]' 'no -T: no time'

run_tool biolatency -j -d "$disk" 2 --duration 1
is "$rc $(intervals)" '0 1' '--duration before the interval is over: one result'
run_tool biolatency -j -d "$disk" 1 --duration 2.5
is "$(intervals)" 3 '--duration after two and a half: the half is shown too'

done_testing
