#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# fsync: how long its caller waited for the disk's cache, in a row of its own.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop

scratch_loop 64M
disk=$REPLY

ios=$(scaled 2000 400)
traced -j -d "$disk" -- io "$disk" --rw=randwrite --number_ios="$ios" --fsync=4
syncs=$(fio_result '.jobs[0].sync.total_ios')
about "$(counted io)" "$ios" 1 'the writes'
about "$(counted flush)" "$syncs" 1 'the flushes of the device'
about "$(counted sync)" "$syncs" 1 'the waits for them'
ok 'seen = shown + filtered + lost' conserved "$out_file"
# The wait holds the flush that it is for.
cmp_ok "$(result '.series[] | select(.class == "sync") | .sum_ns')" '>=' \
	"$(result '.series[] | select(.class == "flush") | .sum_ns')" 'no wait is shorter than its flush'

done_testing
