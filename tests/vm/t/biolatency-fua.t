#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Writes that must reach the medium: each once, whatever the block layer makes of it.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq

null_disk nullb0 completion_nsec=100000 memory_backed=1 cache_size=1 hw_queue_depth=64 submit_queues=1
is "$(cat /sys/block/nullb0/queue/write_cache) $(cat /sys/block/nullb0/queue/fua)" 'write back 1' \
	'a disk with a cache, and with FUA'

traced -j -d nullb0 -- io /dev/nullb0 --rw=randwrite --number_ios=200 --sync=dsync
is "$(counted io)" 200 'dsync: each write once'
is "$(result '[.series[] | select(.class == "io") | .bytes] | add')" "$(fio_bytes)" 'with its bytes once'
ok 'dsync: seen = shown + filtered + lost' conserved "$out_file"

traced -j -d nullb0 -- io /dev/nullb0 --rw=randwrite --number_ios=200 --fsync=4
syncs=$(fio_result '.jobs[0].sync.total_ios')
is "$(counted io)" 200 'fsync: each write once'
is "$(counted flush)" "$syncs" 'fsync: a flush for each'
is "$(counted sync)" "$syncs" 'fsync: and what its caller waited for'
is "$(result '.lost | add')" 0 'fsync: nothing is lost'

done_testing
