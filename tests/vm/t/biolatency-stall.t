#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# A disk that has I/O and completes none is not a disk that is idle.

# shellcheck disable=SC2154,SC2317 # set by lib.bash; run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq dmsetup

null_disk nullb0 completion_nsec=100000 hw_queue_depth=64 submit_queues=1
null_disk nullb1 completion_nsec=5000000000 hw_queue_depth=64 submit_queues=1
null_disk nullb2 completion_nsec=600000000 hw_queue_depth=64 submit_queues=1
modprobe -q dm-mod
modprobe -q dm-delay
echo '0 16384 delay /dev/nullb0 0 4000' | dmsetup create late || bail_out 'no dm-delay'
at_exit 'dmsetup remove late'
late=$(basename "$(readlink -f /dev/mapper/late)")
[ -b "/dev/$late" ] || late=dm-0

# One read from it, and a disk whose I/O takes long, but comes to an end.
start_reads() {
	read_from nullb1
	fio --name=slow --filename=/dev/nullb2 --direct=1 --bs=4k --rw=randread --ioengine=psync \
		--time_based --runtime=4 >/dev/null 2>&1 &
	wait_until 5 in_flight nullb1 || bail_out 'nothing is in flight'
}
read_from() { # DISK
	dd if="/dev/$1" of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null &
}
in_flight() { # DISK
	local reads writes
	read -r reads writes <"/sys/block/$1/inflight"
	((reads + writes))
}

start_reads
run_tool biolatency -D 1 3
like "$out" $'\nin flight: nullb1 1, nothing completed for 2(\\.[0-9])? s\n' 'after two seconds'
like "$out" $'\nin flight: nullb1 1, nothing completed for 3(\\.[0-9])? s\n' 'and after three'
unlike "$out" 'in flight: nullb0' 'a quiet disk is none of them'
unlike "$out" 'in flight: nullb2' 'nor is one that is slow'
wait

start_reads
run_tool biolatency -j -D --duration 3
is "$(result '[.stalled[] | .disk] | sort | join(" ")')" nullb1 'JSON, one result, at its end'
is "$(result '.stalled[] | select(.disk == "nullb1") | .in_flight')" 1 'with what is in flight'
cmp_ok "$(result '.stalled[] | select(.disk == "nullb1") | .stalled_ns')" '>=' 2900000000 'and for how long'
is "$(jq -r 'select(.type == "stalled") | .disk' "$out_file" | sort | xargs)" nullb1 'and in an object of its own'
wait

start_reads
run_tool biolatency -j -d nullb2 --duration 2
is "$(result '.stalled | length')" 0 '-d: of that disk only'
wait

# The kernel since 6.3 does not count what dm-delay holds back; the tool does, from its begin on.
held_back() {
	read_from "$late"
	sleep 3.3
}
for options in -D "-d $late"; do
	# shellcheck disable=SC2086 # options
	traced -j $options -- held_back
	is "$(result '.stalled[] | "\(.disk) \(.in_flight)"')" "$late 1" "$options: a disk without requests"
	wait
done

done_testing
