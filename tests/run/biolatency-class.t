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

# -- Without requests ---------------------------------------------------------------------

scratch_zram 64M
disk=$REPLY
traced -j -d "$disk" -- mixed "$disk"
is "$(counted io '.count > 0')" "$(($(fio_ios) + $(counted io) - 50))" 'zram: reads are I/O'
is "$(bytes_of discard)" $((16 << 20)) 'zram: discards are discards'

done_testing
