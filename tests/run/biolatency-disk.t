#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# -d: a disk or a partition, by each of the names that people have for it.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop sfdisk partx mkfs.ext4

scratch_loop 96M
disk=$REPLY name=${REPLY##*/}
printf 'label: gpt\nsize=32M\nsize=40M\n' | sfdisk -q "$disk" >/dev/null 2>&1 ||
	bail_out 'no partition table'
at_exit "partx -d '$disk'"
partx -u "$disk" 2>/dev/null || partx -a "$disk" 2>/dev/null
[ -d "/sys/block/$name/${name}p2" ] || bail_out 'no partitions on a loop device'
p1=${disk}p1 p2=${disk}p2

# Where nobody makes device nodes for what comes.
for part in p1 p2; do
	[ -b "$disk$part" ] && continue
	IFS=: read -r major minor <"/sys/block/$name/$name$part/dev"
	mknod "$disk$part" b "$major" "$minor" || bail_out "no $disk$part"
	at_exit "rm -f '$disk$part'"
done
devno() { # of a disk or partition: MAJ:MIN
	cat "/sys/class/block/${1##*/}/dev"
}
ln -s "$p2" "$scratch/link to p2"
ln -s "$disk" "$scratch/link"

ios=$(scaled 2000 300)
job=(--rw=randrw --number_ios="$ios")

# -- I/O to one partition -----------------------------------------------------------------

named() { # COUNT NAME: what is shown of I/O to p2
	traced -j -d "$2" -- io "$p2" "${job[@]}"
	about "$(result .shown)" "$1" 1 "I/O to p2, -d $3"
}
named "$ios" "${p2##*/}" 'the name of p2'
named "$ios" "$scratch/link" 'a symbolic link to the disk'
named 0 "$p1" 'p1'
if ! in_guest; then
	named "$ios" "$p2" '/dev/ and the name of p2'
	named "$ios" "$(devno "$p2")" 'MAJ:MIN of p2'
	named "$ios" "$scratch/link to p2" 'a symbolic link to p2'
	named "$ios" "$name" 'the name of the disk'
	named "$ios" "$disk" '/dev/ and the name of the disk'
	named "$ios" "$(devno "$disk")" 'MAJ:MIN of the disk'
fi

# -- I/O to both --------------------------------------------------------------------------

both() {
	io "$p1" --rw=randread --number_ios=$((ios - 50))
	io "$p2" --rw=randread --number_ios=$((ios / 2))
}
traced -j -d "$p1" -- both
about "$(result .shown)" $((ios - 50)) 1 'I/O to both, -d p1'
cmp_ok "$(result .filtered)" '>=' $((ios / 2 - 1)) 'what went to the other is filtered'
ok '-d p1: seen = shown + filtered + lost' conserved "$out_file"
traced -j -d "$p2" -- both
about "$(result .shown)" $((ios / 2)) 1 'I/O to both, -d p2'
traced -j -d "$disk" -- both
about "$(result .shown)" $((ios - 50 + ios / 2)) 1 'I/O to both, -d disk'
traced -j -d "$p1" -d "$p2" -- both
about "$(result .shown)" $((ios - 50 + ios / 2)) 1 'I/O to both, -d p1 -d p2'
ok '-d p1 -d p2: seen = shown + filtered + lost' conserved "$out_file"
traced -j -d "$p2" -d loop7 -- both
about "$(result .shown)" $((ios / 2)) 1 'I/O to both, -d p2 and another disk'
traced -j -D -d "$p2" -- both
is "$(result '.series | map(.disk) | unique | join(" ")')" "$name" '-D names the disk it is on'

# The last sector is inside, the one after it is not.
end=$(($(cat "/sys/class/block/${p1##*/}/start") + $(cat "/sys/class/block/${p1##*/}/size")))
edges() {
	dd if="$disk" of=/dev/null iflag=direct bs=512 count=1 skip=$((end - 1)) status=none
	dd if="$disk" of=/dev/null iflag=direct bs=512 count=1 skip="$end" status=none
	dd if="$disk" of=/dev/null iflag=direct bs=512 count=1 skip=2047 status=none
	dd if="$disk" of=/dev/null iflag=direct bs=512 count=1 skip=2048 status=none
}
is "$(cat "/sys/class/block/${p1##*/}/start")" 2048 'p1 begins where it is thought to'
traced -j -d "$p1" -- edges
is "$(result .shown)" 2 'the first and the last sector of p1, not those beside them'

# -- A name that comes later --------------------------------------------------------------

# With a node of its own where nobody makes one.
p2_added() {
	partx -a --nr 2 "$disk" || return
	IFS=: read -r major minor <"/sys/block/$name/${p2##*/}/dev"
	[ -b "$p2" ] && [ "$(stat -c %Hr:%Lr "$p2")" = "$major:$minor" ] && return
	rm -f "$p2"
	mknod "$p2" b "$major" "$minor"
}
said() { # WORDS HOW-OFTEN
	[ "$(grep -c "$1" "$err_file")" = "$2" ]
}
comes_and_goes() {
	wait_until 10 said 'waiting for it' 1
	p2_added
	wait_until 20 said 'is there now' 1
	both
	partx -d --nr 2 "$disk"
	wait_until 20 said 'is gone: waiting' 1
	p2_added
	wait_until 20 said 'is there now' 2
	both
}
partx -d --nr 2 "$disk" || bail_out 'the partition stays'
traced -j -d "${p2##*/}" -- comes_and_goes
about "$(result .shown)" $((ios / 2 * 2)) 1 'a partition that comes, goes and comes again'
ok '... seen = shown + filtered + lost' conserved "$out_file"
like "$err" "${p2##*/}: there is no such disk yet .*: waiting for it" '... which is said'

# -- A file system ------------------------------------------------------------------------

mkfs.ext4 -q -F "$p2" || bail_out 'no file system'
mkdir "$scratch/mnt"
mount "$p2" "$scratch/mnt" || bail_out 'not mounted'
at_exit "umount '$scratch/mnt'"
dd if=/dev/zero of="$scratch/mnt/file" bs=1M count=8 conv=fsync status=none
for path in mnt mnt/file; do
	traced -j -d "$scratch/$path" -- io "$scratch/mnt/file" --rw=randread --number_ios="$ios"
	about "$(counted io)" "$ios" 20 "-d ${path/mnt/mount point}"
done
traced -j -d "$scratch/mnt" -- io "$p1" "${job[@]}"
cmp_ok "$(result .shown)" '<' 100 '-d mount point: nothing of the other partition'

done_testing
