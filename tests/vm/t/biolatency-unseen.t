#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# I/O that the kernel tells no program of is unseen, and nothing else is, on disks of each kind.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq dmsetup kernel:zram kernel:loop

null_disk nullb0 completion_nsec=100000 memory_backed=1 cache_size=1 hw_queue_depth=64 submit_queues=2 discard=1
modprobe brd rd_nr=1 rd_size=65536 || bail_out 'no brd'
at_exit 'modprobe -r brd'
modprobe dm-mod
echo '0 60000 linear /dev/nullb0 0' | dmsetup create lin || bail_out 'no dm-linear'
at_exit 'dmsetup remove lin'
lin=$(basename "$(readlink -f /dev/mapper/lin)")
[ -b "/dev/$lin" ] || lin=dm-0
scratch_loop 64M
loop=$REPLY

everything() {
	local disk
	for disk in /dev/nullb0 "/dev/$lin" /dev/ram0 "$loop"; do
		io "$disk" --size=16m --rw=randrw --bsrange=4k-256k --ioengine=libaio --iodepth=32 --number_ios=100
		io "$disk" --size=16m --rw=write --bs=512 --ioengine=libaio --iodepth=32 --number_ios=100 --fsync=8
		io "$disk" --size=16m --rw=randwrite --sync=dsync --number_ios=20
		blkdiscard "$disk" 2>/dev/null
		blkdiscard -z -l 4M "$disk"
		dd if=/dev/zero of="$disk" bs=1M count=4 conv=fsync status=none
	done
}
none_unseen() { # WHAT
	is "$(result '"\(.unseen) \(.kernel - .seen) \(.unseen_by | length)"')" '0 0 0' "$1: nothing is unseen"
	ok "$1: seen = shown + filtered + lost" conserved "$out_file"
}
for options in '-D 1' '-p 1'; do
	# shellcheck disable=SC2086 # options
	traced -j $options -- everything
	none_unseen "$options"
done

# -- Chained bios -------------------------------------------------------------------------

# 5.10 announces the end of the last one only.
zero() {
	blkdiscard -z /dev/ram0
	sleep 1.5
}
traced -j -D 1 -- zero
parts=$(result .seen) silent=$(result .lost.silent_bio)
cmp_ok "$parts" '>' 0 'zeroes are written'
is "$((parts - silent))" "$(result .shown)" 'the parts of a chain are shown or lost'
[ "$silent" = 0 ] || is "$parts $silent" '64 63' 'each of them'
is "$(jq -s '[.[] | select(.type == "stalled")] | length' "$out_file")" 0 'none seems to hang'
traced -j -d ram0 -p $$ -- zero
is "$(result '"\(.seen) \(.lost.silent_bio)"')" "$parts 0" 'those of others are filtered'

# -- With no bio at all -------------------------------------------------------------------

# Until 6.4 (commit 3222d8c2a7f8) pages are swapped to zram past the block layer.
cgroup=$(cgroup2_mount)/swaps
echo +memory >"${cgroup%/*}/cgroup.subtree_control" 2>/dev/null
mkdir "$cgroup"
at_exit "rmdir '$cgroup'"
[ -e "$cgroup/memory.high" ] || bail_out 'no memory controller'
echo 16M >"$cgroup/memory.high"
scratch_zram 128M
zram=$REPLY
{ mkswap "$zram" && swapon "$zram"; } >/dev/null || bail_out "no swap"
at_exit "swapoff '$zram'"

swapped() {
	awk '/^pswp/ { n += $2 } END { print n }' /proc/vmstat
}
swap() {
	sh -c 'echo $$ >"$1"; head -c 32M /dev/zero | tail -c 32M | wc -c' sh "$cgroup/cgroup.procs" >/dev/null
}
before=$(swapped)
traced -v -j -d "$zram" -- swap
pages=$(($(swapped) - before))
cmp_ok "$pages" '>' 100 'pages are swapped'
kernel=$(result .kernel)
# Since 6.18 pages next to each other may be one bio.
[ "$(result .unseen)" = 0 ] || kernel=$((kernel > pages + 16 || kernel + 16 < pages ? 0 : pages))
cmp_ok "$kernel" '>' 0 "each page is seen or unseen: $(result '"\(.seen) \(.unseen)"') of $pages"
is "$(result '.unseen > 100 and .shown < 100')" "$(result '.shown < 100')" \
	'swapped past the block layer: unseen, and not just missing'

done_testing
