#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# What moves no data is not in the times and bytes of what does: a discard of a gigabyte takes as
# long as a read of 4 kB.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop kernel:zram

bytes_of() { # CLASS
	result "[.series[] | select(.class == \"$1\") | .bytes] | add // 0"
}
# Reads, and between them other work on the device.
mixed() { # DEVICE
	io "$1" --rw=randread --number_ios=50
	blkdiscard -f -o 0 -l 16M "$1" 2>/dev/null || blkdiscard -o 0 -l 16M "$1"
}
zeroes() { # DEVICE
	blkdiscard -z -o 16M -l 8M "$1"
}

# -- With requests ------------------------------------------------------------------------

scratch_loop 64M
disk=$REPLY
# Where the device cannot, it says so, and zeroes are written.
traced -j -d "$disk" -- zeroes "$disk"
is "$(bytes_of write_zeroes)" $((8 << 20)) 'zeroes are zeroes'
traced -j -d "$disk" -- mixed "$disk"
is "$(counted io) $(bytes_of io)" "50 $(fio_bytes)" 'reads are I/O'
is "$(bytes_of discard)" $((16 << 20)) 'discards are discards'
ok 'seen = shown + filtered + lost' conserved "$out_file"

traced -d "$disk" -- mixed "$disk"
like "$out" $'\nio +50 ' 'a row for the reads'
like "$out" $'\ndiscard +[0-9]+ ' 'and one for the discards'
is "$(awk '$2 == "->" && $4 == ":" { n += $5 } END { print n }' "$out_file")" 50 'the histogram has the reads'

traced -j -F -d "$disk" -- mixed "$disk"
is "$(result '[.series[] | select(.class == "discard") | .op] | unique | join(" ")')" discard '-F: by operation'
traced -j --op discard -d "$disk" -- mixed "$disk"
is "$(result '[.series[] | select(.count > 0) | .class] | unique | join(" ")')" discard '--op discard: those only'

traced --op discard -d "$disk" -- mixed "$disk"
like "$out" '->' '--op discard: with a histogram'

# -- Without a row of its own -------------------------------------------------------------

# A disk whose file has no room: what is written fails.
mkdir "$scratch/full"
mount -t tmpfs -o size=64k,mode=700 snoopkit "$scratch/full" || bail_out 'no tmpfs'
at_exit "umount '$scratch/full'"
truncate -s 16M "$scratch/full/disk"
full=$(losetup --find --show "$scratch/full/disk") || bail_out 'no loop device'
at_exit "loop_remove '$full'"
# Of 8 kinds of I/O one has a row.
write_all() {
	dd if=/dev/zero of="$full" bs=4k count=200 oflag=direct status=none 2>/dev/null
	dd if=/dev/zero of="$full" bs=4k seek=1024 count=200 oflag=direct conv=fdatasync status=none 2>/dev/null
	dd if="$full" of=/dev/null bs=4k count=20 iflag=direct status=none
}
traced -j -d "$full" -- write_all
failed=$(counted io '.status != null')
cmp_ok "$failed" '>' 0 'some of the writes fail'
traced -j -F --max-series 1 -d "$full" -- write_all
is "$(result '[.series[] | select(.status != null) | .count] | add')" "$failed" \
	'--max-series 1: what failed is told as failed, whichever row it is in'
traced --errors -F --max-series 1 -d "$full" -- write_all
like "$out" $'\nothers|NOSPC|IOERR' '--errors --max-series 1: and there is a row for it'

# -- Without requests ---------------------------------------------------------------------

scratch_zram 64M
disk=$REPLY
traced -j -d "$disk" -- mixed "$disk"
is "$(counted io)" "$(fio_ios)" 'zram: reads are I/O'
is "$(bytes_of discard)" $((16 << 20)) 'zram: discards are discards'

done_testing
