#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Many readers of a disk without requests: where programs on tracepoints can be preempted, the kernel
# skips them for other readers meanwhile. Two more programs see what the first one has missed.

# shellcheck disable=SC2154,SC2317 # set by lib.bash; run by traced
# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:zram

scratch_zram 32M
disk=$REPLY name=${REPLY##*/}
readers=6 each=3000

# The kernel's own count of reads.
disk_reads() {
	awk '{ print $1 }' "/sys/block/$name/stat"
}
load() {
	local before
	before=$(disk_reads)
	io "$disk" --rw=randread --norandommap --thread --numjobs="$readers" --number_ios="$each"
	reads=$(($(disk_reads) - before))
}

for options in '-D' '-d'; do
	[ "$options" = -D ] || options="-d $disk"
	# shellcheck disable=SC2086 # options
	traced -j $options -- load
	got=$(counted io "(.disk // \"$name\") == \"$name\"")
	lost=$(result '.lost | .recursion_bio + .missed_bio')
	is "$reads" $((readers * each)) "$options: the kernel has done the reads"
	about $((got + lost)) "$reads" 1 "$options: each is shown or counted as lost"
	cmp_ok "$lost" '<=' $((reads / 50)) "$options: few are lost"
	ok "$options: seen = shown + filtered + lost" conserved "$out_file"
	diag "$options: $got of $reads, $(result '[(.lost | tostring), (.notes | tostring)] | join(" ")')"
done

done_testing
