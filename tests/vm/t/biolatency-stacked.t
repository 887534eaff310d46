#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Disks on top of others, and disks without requests: each I/O once.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq dmsetup kernel:zram

null_disk nullb0 completion_nsec=2000000 hw_queue_depth=64 submit_queues=1
modprobe dm-mod
modprobe dm-delay
echo '0 100000 linear /dev/nullb0 0' | dmsetup create lin || bail_out 'no dm-linear'
at_exit 'dmsetup remove lin'
echo '0 16384 delay /dev/nullb0 0 30' | dmsetup create late || bail_out 'no dm-delay'
at_exit 'dmsetup remove late'
lin=$(basename "$(readlink -f /dev/mapper/lin)") late=$(basename "$(readlink -f /dev/mapper/late)")
[ -b "/dev/$lin" ] || { lin=dm-0 late=dm-1; }

io_to() { # DISK COUNT
	io "/dev/$1" --rw=randread --norandommap --ba=8k --size=8m --number_ios="$2"
}

# -- dm -----------------------------------------------------------------------------------

traced -j -- io_to "$lin" 100
is "$(result .shown)" 100 'dm-linear, default view: once, where it ends up'
cmp_ok "$(result '.series[0].p50_ns')" '>=' 2000000 'with the time of the disk below'
cmp_ok "$(result '.series[0].p50_ns')" '<=' "$(fio_result '.jobs[0].read.clat_ns.percentile."50.000000"')" \
	'which is not more than what fio waited'
traced -j -D -- io_to "$late" 50
is "$(counted io ".disk == \"$late\"")" 50 '-D: dm-delay'
is "$(counted io '.disk == "nullb0"')" 50 '-D: and the disk below it'
cmp_ok "$(result ".series[] | select(.disk == \"$late\") | .p50_ns")" '>=' 30000000 'dm-delay takes its 30 ms'
cmp_ok "$(result '.series[] | select(.disk == "nullb0") | .p50_ns')" '<' 10000000 'the disk below does not'
traced -j -d late -- io_to "$late" 50
is "$(result .shown)" 50 '-d with the name that dm knows: once'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# -- zram ---------------------------------------------------------------------------------

scratch_zram 32M
zram=${REPLY##*/}
traced -j -- io "/dev/$zram" --rw=randwrite --number_ios=300
is "$(result .shown)" 300 'zram, default view'
traced -j --phases -d "$zram" -- io "/dev/$zram" --rw=randwrite --number_ios=300
is "$(result '[.series[].phase] | join(" ")') $(result .shown)" 'total 300' 'zram, --phases: a total only'

done_testing
