#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Operations: each I/O once, whatever the kernel makes of it, and under its own name.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop blkdiscard

scratch_loop 64M
disk=$REPLY
queue=/sys/block/${disk##*/}/queue
ios=$(scaled 2000 200)
writes=(--rw=randwrite --number_ios="$ios")
is "$(cat "$queue/write_cache") $(cat "$queue/fua" 2>/dev/null || echo 0)" 'write back 0' \
	'a disk with a cache to flush and no FUA of its own'

# -- Writes that flush --------------------------------------------------------------------

# Each is issued three times and completes five: data, flushes, and ends of sequences.
for options in '' --phases -Q '--op write'; do
	# shellcheck disable=SC2086 # options
	traced -j -d "$disk" $options -- io "$disk" "${writes[@]}" --sync=dsync
	total=$([ "$options" != --phases ] || echo '.phase == "total"')
	about "$(counted io "$total")" "$ios" 1 "dsync ${options:-by default}: each write once"
	ok "dsync ${options:-by default}: seen = shown + filtered + lost" conserved "$out_file"
	case $options in
	'--op write') is "$(counted flush)" 0 '--op write: no flushes' ;;
	*) cmp_ok "$(counted flush)" '>=' $((ios - 1)) "dsync ${options:-by default}: flushes in their own row" ;;
	esac
done
bytes=$(result '[.series[] | select(.class == "io") | .bytes] | add')
about "$bytes" "$(fio_bytes)" 4096 'dsync: the bytes once'

traced -j -d "$disk" -- io "$disk" "${writes[@]}" --fsync=4
syncs=$(fio_result '.jobs[0].sync.total_ios')
about "$(counted io)" "$ios" 1 'fsync: writes'
about "$(counted flush)" "$syncs" 1 'fsync: a flush for each'
is "$(result '[.series[] | select(.class != "io") | .bytes] | add')" 0 'fsync: flushes have no bytes'

# -- Discards -----------------------------------------------------------------------------

traced -j -F -d "$disk" -- blkdiscard --step 8M "$disk"
is "$(counted discard '.op == "discard"')" 8 '-F: discards'
is "$(result '[.series[] | select(.op == "discard") | .bytes] | add')" 67108864 '-F: bytes of discards'
is "$(result '[.series[] | select(.op == "discard") | .flags[]] | unique | join(" ")')" sync \
	'-F: flags of discards'
ok '-F: seen = shown + filtered + lost' conserved "$out_file"

traced -F -d "$disk" -- blkdiscard "$disk"
like "$out" $'\nflags = (.*-)?Discard\n' '-F: its name in the table'

traced -j --op discard -d "$disk" -- blkdiscard --step 8M "$disk"
is "$(result .shown)" 8 '--op discard'

# -- Reads and writes ---------------------------------------------------------------------

mixed=(--rw=randrw --number_ios="$(scaled 4000 400)")
traced -j --op write -d "$disk" -- io "$disk" "${mixed[@]}"
about "$(result .shown)" "$(fio_result '.jobs[0].write.total_ios')" 1 '--op write: writes only'
cmp_ok "$(result .filtered)" '>=' "$(($(fio_result '.jobs[0].read.total_ios') - 1))" \
	'--op write: reads are filtered'
ok '--op write: seen = shown + filtered + lost' conserved "$out_file"
is "$(result '.series[].bytes')" "$(($(result .shown) * 4096))" '--op write: bytes of writes only'

traced -j --op read -d "$disk" -- io "$disk" "${mixed[@]}"
about "$(result .shown)" "$(fio_result '.jobs[0].read.total_ios')" 1 '--op read: reads only'

traced -F -d "$disk" -- io "$disk" "${mixed[@]}"
like "$out" $'\nflags = (.*-)?Read\n' '-F: reads in the table'
like "$out" $'\nflags = (.*-)?Sync-(.*-)?Write\n' '-F: writes in the table'

# What the page cache reads ahead is told apart from what was asked for.
sequential() {
	dd if="$disk" of=/dev/null bs=64k status=none
}
blockdev --flushbufs "$disk"
traced -j -F -d "$disk" -- sequential
is "$(result '[.series[] | select(.op == "read") | .bytes] | add')" 67108864 \
	'-F: buffered reads, their bytes'
like "$(result '[.series[].flags[]] | unique | join(" ")')" rahead '-F: the flag of read-ahead'

done_testing
