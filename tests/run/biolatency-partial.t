#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# Requests that complete in parts, and those that fail: each is one I/O.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop

# A loop device's file that ends within a request: the driver completes what there is, tries
# again with the rest, and fails that.
scratch_loop 2M
whole=$REPLY
file=$(cat "/sys/block/${whole##*/}/loop/backing_file")
# Before 6.6 (commit e88e0d366f9c) there is no direct I/O to a tmpfs, but to ext4 on compressed memory.
if ! disk=$(losetup --find --show --direct-io=on "$file" 2>/dev/null); then
	need kernel:zram mkfs.ext4
	scratch_zram 32M
	mkdir "$scratch/ext4"
	mkfs.ext4 -q -b 4096 "$REPLY" || bail_out 'no file system'
	mount "$REPLY" "$scratch/ext4" || bail_out 'not mounted'
	at_exit "umount '$scratch/ext4'"
	file=$scratch/ext4/disk
	fallocate -l 2M "$file"
	disk=$(losetup --find --show --direct-io=on "$file") || bail_out 'no loop device'
fi
at_exit "loop_remove '$disk'"
truncate -s $((1024 * 1024 + 8192)) "$file"

times() { # COUNT COMMAND...
	local i n=$1
	shift
	for ((i = 0; i < n; i++)); do "$@"; done
}
read_end() {
	dd if="$disk" of=/dev/null iflag=direct bs=64k skip=16 count=1 status=none 2>/dev/null
}
read_beyond() {
	dd if="$disk" of=/dev/null iflag=direct bs=64k skip=20 count=1 status=none 2>/dev/null
}
read_whole() {
	dd if="$disk" of=/dev/null iflag=direct bs=64k skip=4 count=1 status=none
}
! read_end || skip_all 'a file that ends is no error for a loop device here'

for options in '' -Q --phases; do
	what=${options:-default view}
	total=$([ "$options" != --phases ] || echo '.phase == "total"')
	# shellcheck disable=SC2086 # options
	traced -j -d "$disk" $options -- times 20 read_end
	is "$(counted io "$total")" 20 "$what: completed in two parts, counted once"
	ok "$what: seen = shown + filtered + lost" conserved "$out_file"
done

traced -j -d "$disk" -- times 20 read_beyond
is "$(counted io)" 20 'failed at once, counted once'
traced -j -d "$disk" -- times 20 read_whole
is "$(counted io)" 20 'and one that is well'

done_testing
