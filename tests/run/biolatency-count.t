#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# As many I/Os and bytes as fio did, in each view and with each way to submit them.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop

scratch_loop 128M
disk=$REPLY

few=(--number_ios="$(scaled 3000 300)")
many=(--number_ios="$(scaled 8000 1200)")
# Neighbours are kept apart (--ba), or the kernel would join them to one request.
random=(--rw=randread --norandommap)
libaio=(--ioengine=libaio --iodepth=32 --iodepth_batch_submit=16
	--iodepth_batch_complete_min=4 --ba=8k)

counts_are_right() { # BLOCK WHAT
	about "$(counted io)" "$(fio_ios)" 1 "$2: I/Os"
	about "$(result '[.series[] | select(.class == "io") | .bytes] | add')" "$(fio_bytes)" \
		"$1" "$2: bytes"
	ok "$2: seen = shown + filtered + lost" conserved "$out_file"
}

# -- One at a time, in each view ----------------------------------------------------------

views=('' -Q --exact --phases '-Q -D -F')
in_guest || views+=(-D -F '-D -F')
for options in "${views[@]}"; do
	# shellcheck disable=SC2086 # options
	traced -j -d "$disk" $options -- io "$disk" "${random[@]}" "${few[@]}"
	case $options in
	--phases)
		phases=$(result '.series | map(.phase) | join(" ")')
		is "$phases" 'submit queue device total' 'psync --phases: all four of them'
		counts=$(result '.series | map(.count) | unique | length')
		is "$counts" 1 'psync --phases: all of them for each I/O'
		about "$(result '.series[3].count')" "$(fio_ios)" 1 'psync --phases: I/Os'
		;;
	*) counts_are_right 4096 "psync ${options:-default view}" ;;
	esac
done

traced -j -d "$disk" -- io "$disk" --rw=randwrite --bsrange=4k-256k --ba=512k "${few[@]}"
counts_are_right 262144 'writes of many sizes'

traced -j -F -d "$disk" -- io "$disk" --rw=randrw "${few[@]}"
about "$(counted io '.op == "read"')" "$(fio_result '.jobs[0].read.total_ios')" 1 'reads are reads'
about "$(counted io '.op == "write"')" "$(fio_result '.jobs[0].write.total_ios')" 1 'writes are writes'

# -- Many at a time -----------------------------------------------------------------------

traced -j -d "$disk" -- io "$disk" "${random[@]}" "${libaio[@]}" "${many[@]}"
counts_are_right 4096 'libaio, 32 in flight'
traced -j --phases -d "$disk" -- io "$disk" "${random[@]}" "${libaio[@]}" "${many[@]}"
about "$(counted io '.phase == "total"')" "$(fio_ios)" 1 'libaio --phases'
about "$(counted io '.phase == "submit"')" "$(fio_ios)" 1 'libaio --phases: submit waits'

uring=("${random[@]}" --ioengine=io_uring --iodepth=32 --iodepth_batch_submit=16 --ba=8k)
if fio --name=try --filename="$disk" --ioengine=io_uring --number_ios=1 >/dev/null 2>&1; then
	traced -j -d "$disk" -- io "$disk" "${uring[@]}" "${many[@]}"
	counts_are_right 4096 'io_uring, 32 in flight'
else
	skip 3 'no io_uring'
fi

traced -j -d "$disk" -- io "$disk" "${random[@]}" "${few[@]}" --numjobs=4 --group_reporting
counts_are_right 4096 'four processes'

# -- As a table ---------------------------------------------------------------------------

traced -d "$disk" -- io "$disk" "${random[@]}" "${few[@]}"
about "$(awk '$1 == "io" { print $2 }' "$out_file")" "$(fio_ios)" 1 'the row of the table'
about "$(awk '$4 == ":" && $2 == "->" { n += $5 } END { print n }' "$out_file")" "$(fio_ios)" 1 \
	'the rows of the histogram, added up'
like "$out" "seen [0-9]+ = shown $(awk '$1 == "io" { print $2 }' "$out_file") " 'the line below it'

# -- Each run out of ten ------------------------------------------------------------------

runs=$(scaled 10 2)
for ((run = 1; run <= runs; run++)); do
	traced -j -d "$disk" -- io "$disk" "${random[@]}" "${libaio[@]}" --number_ios=1500
	about "$(counted io)" "$(fio_ios)" 1 "run $run of $runs"
done

# -- Two at once --------------------------------------------------------------------------

background_tool biolatency -j -d "$disk"
first=$REPLY
background_tool biolatency -j -d "$disk" --phases 1
second=$REPLY
io "$disk" --rw=randread --number_ios="$(scaled 3000 500)"
stop_tool "$first"
about "$(result .shown)" "$(fio_ios)" 1 'two at once: the first one has all'
ok 'two at once: the first adds up' conserved "$out_file"
stop_tool "$second"
about "$(result .shown)" "$(fio_ios)" 1 'two at once: the second one too'
ok 'two at once: the second adds up' conserved "$out_file"

done_testing
