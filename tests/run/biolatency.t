#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# biolatency in short: each I/O of a disk, its size and how long it took, on any kernel. The other
# biolatency-*.t go through the rest.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop

scratch_loop 32M
disk=$REPLY
name=${disk##*/}
some=(--rw=randrw --norandommap --number_ios="$(scaled 2000 250)")

traced -j -D -F -d "$disk" -- io "$disk" "${some[@]}"
is "$rc" 0 'ends well'
about "$(counted io '.op == "read"')" "$(fio_result '.jobs[0].read.total_ios')" 1 'each read'
about "$(counted io '.op == "write"')" "$(fio_result '.jobs[0].write.total_ios')" 1 'each write'
about "$(result '[.series[] | select(.class == "io") | .bytes] | add')" "$(fio_bytes)" 4096 'their bytes'
is "$(result '[.series[].disk] | unique | join(" ")')" "$name" 'of that disk, and no other'
cmp_ok "$(result '[.series[] | select(.class == "io") | .p50_ns] | min')" '>' 0 'they took time'
ok 'each line is JSON' json_check "$out_file"
ok 'seen = shown + filtered + lost' conserved "$out_file"

traced --phases -d "$disk" -- io "$disk" "${some[@]}"
is "$rc" 0 '--phases: ends well'
like "$out" 'seen [0-9]+ = shown [0-9]+ [+] filtered [0-9]+ [+] lost 0' '--phases: nothing is lost'

traced -j -d "$disk" -p $$ -- io "$disk" "${some[@]}"
is "$(result .shown)" 0 '-p: nothing of a process that did nothing'
cmp_ok "$(result .filtered)" '>=' "$(($(fio_ios) - 1))" '-p: the others are filtered'

done_testing
