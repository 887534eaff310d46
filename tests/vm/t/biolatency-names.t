#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# -d follows names: a disk that comes later, is removed and comes again, with another number or not.

# shellcheck disable=SC2154,SC2317 # set by lib.bash; run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq dmsetup kernel:zram

said() { # WORDS HOW-OFTEN
	[ "$(grep -c "$1" "$err_file")" -ge "$2" ]
}
reads() { # DEVICE COUNT
	io "$1" --rw=randread --norandommap --number_ios="$2"
}

# A disk with requests, and one without, which are not there at first.
scratch_zram 16M
zram=${REPLY##*/}
zram_there() {
	[ "$(cat /sys/class/zram-control/hot_add)" = "${zram#zram}" ] && echo 16M >"/sys/block/$zram/disksize"
}
zram_gone() {
	zram_remove "${zram#zram}"
}
zram_gone || bail_out 'zram stays'
coming() {
	wait_until 10 said 'waiting for it' 2
	null_disk nullb0 completion_nsec=100000
	zram_there
	wait_until 20 said 'is there now' 2
	wait_until 10 said "watching the bios of $zram" 1
	reads /dev/nullb0 100
	reads "/dev/$zram" 50
}
traced -v -j -D -d nullb0 -d "/dev/$zram" -- coming
is "$(counted io '.disk == "nullb0"')" 100 'a disk that comes later'
is "$(counted io ".disk == \"$zram\"")" 50 'and one without requests'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# The same name, with and without another number.
modprobe -q dm-mod
linear() { # NAME: $REPLY is its node
	echo '0 65536 linear /dev/nullb0 0' | dmsetup create "$1" || return
	REPLY=/dev/dm-$(dmsetup info -c --noheadings -o minor "$1" | tr -d ' ')
	wait_until 10 test -b "$REPLY"
}
linear one || bail_out 'no dm device'
one=$REPLY
at_exit 'dmsetup remove one; dmsetup remove other; true'
again() {
	reads "$one" 50
	wait_until 10 dmsetup remove one
	wait_until 20 said 'one.*is gone' 1
	linear other && other=$REPLY
	linear one && one=$REPLY
	wait_until 20 said 'one.*is there now' 1
	wait_until 10 said 'watching the bios of' 2
	reads "$one" 30
	reads "$other" 20
}
traced -v -j -d one -- again
is "$(counted io)" 80 'a name that is another number later: both, and not the number that was its before'
done_testing
