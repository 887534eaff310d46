#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Errors, partitions and commands of user space, on a SCSI disk.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq
# Debian's kernels for arm64 come without it.
[ "$(uname -m)" != aarch64 ] || modprobe -qn scsi_debug || skip_all 'no scsi_debug'

# The disk is $disk, without /dev/.
scsi_disk() { # PARAMETER...
	modprobe sd_mod
	modprobe scsi_debug dev_size_mb=64 delay=0 "$@" || bail_out 'no scsi_debug'
	wait_until 10 scsi_disk_is_there || bail_out 'no disk'
}
scsi_disk_is_there() {
	disk=$(basename "$(echo /sys/block/sd*)")
	[ -b "/dev/$disk" ]
}
scsi_gone() {
	wait_until 10 modprobe -r scsi_debug
}
at_exit 'modprobe -r scsi_debug'

# -- Partitions ---------------------------------------------------------------------------

scsi_disk num_parts=2
wait_until 10 test -b "/dev/${disk}2" || bail_out 'no partition'
both() {
	io "/dev/${disk}2" --rw=randread --number_ios=300
	io "/dev/${disk}1" --rw=randread --number_ios=200
}
traced -j -d "${disk}2" -- both
is "$(result .shown)" 300 '-d sda2: the I/O to it, and no other'
is "$(result .filtered)" 200 'the rest is filtered'
traced -j -d "$disk" -- both
is "$(result .shown)" 500 '-d sda: the I/O to its partitions'

# -- Commands of user space ---------------------------------------------------------------

rescan() {
	echo 1 >"/sys/block/$disk/device/rescan"
}
# On 5.10 they have no disk, so not -d.
traced -j -F -D -- rescan
cmp_ok "$(counted passthrough)" '>' 0 'commands have a row of their own'
is "$(counted io)" 0 'and are no I/O'
is "$(result '.lost | add')" 0 'each has its time'
scsi_gone

# -- Errors -------------------------------------------------------------------------------

# Every second read of one sector in a range fails with a medium error.
scsi_disk opts=2 medium_error_start=0 medium_error_count=512
failing() {
	local i
	for ((i = 0; i < 200; i++)); do
		dd if="/dev/$disk" of=/dev/null bs=4k count=1 skip=$i iflag=direct 2>/dev/null ||
			failed=$((failed + 1))
	done
}
failed=0
traced -j -d "$disk" -- failing
cmp_ok "$failed" '>=' 60 'reads fail'
is "$(counted io)" 200 '200 requests, failed or not, are 200'
is "$(result '.lost | add')" 0 'none is lost'
scsi_gone

done_testing
