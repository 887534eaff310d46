#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Percentiles against those that fio measured, on a disk so slow that what fio has on top of the
# block layer's time (the system call, being woken) is a small part.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop

# 2 ms for each request; else a loop device on compressed memory, which takes about 1 ms.
slow_disk() {
	if modprobe -q null_blk irqmode=2 completion_nsec=2000000 hw_queue_depth=128 2>/dev/null; then
		disk=/dev/nullb0 exact=1
		at_exit 'modprobe -r null_blk'
		return
	fi
	need kernel:zram
	scratch_zram 256M
	disk=$(losetup --find --show --direct-io=on "$REPLY") || bail_out 'no loop device on zram'
	at_exit "loop_remove '$disk'"
	exact=
}

of_tool() { # MEMBER
	result ".series[] | select(.phase == \"total\" or .phase == null) | .$1"
}

of_fio() { # PERCENTILE
	fio_result ".jobs[0] | (.read, .write) | select(.total_ios > 0) | .lat_ns.percentile[\"$1\"]"
}

percentiles() { # prints MEMBER, fio's name for it, PERCENT of fio's that it is at least
	cat <<-EOF
	p50_ns 50.000000 $typical
	p90_ns 90.000000 $typical
	p99_ns 99.000000 $rare
	p99_9_ns 99.900000 $rare
	EOF
}

# Where others have the processors fio waits for one, which is not in the block layer's time: what is
# wrong is wrong in all of three runs.
measure() { # WHAT OPTION... -- FIO-OPTION...
	local what=$1 options=() tries=3
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	while traced -j -d "$disk" "${options[@]}" -- io "$disk" "${load[@]}" "$@" && ((--tries)) && fio_waited; do
		diag 'fio waited for a processor: once more'
	done
	percentiles_agree "$what"
}
fio_waited() {
	local member fio least
	while read -r member fio least; do
		compare "$(of_tool "$member")" '>=' $(($(of_fio "$fio") * least / 100)) || return 0
	done < <(percentiles)
	return 1
}

# A bucket is 6.25 % wide, fio's 1.6 %. Below, fio's own part comes on top: the system call, and
# more where it cannot be woken at once or the processors are emulated.
percentiles_agree() { # WHAT
	local member fio least
	while read -r member fio least; do
		fio=$(of_fio "$fio")
		cmp_ok "$(of_tool "$member")" '<=' $((fio * 108 / 100)) "$1: $member is not above fio's"
		cmp_ok "$(of_tool "$member")" '>=' $((fio * least / 100)) "$1: and not below $least % of it"
	done < <(percentiles)
	cmp_ok "$(of_tool max_ns)" '<=' \
		"$(fio_result '[.jobs[0] | (.read, .write) | .lat_ns.max] | max')" "$1: max"
	cmp_ok "$(of_tool avg_ns)" '<=' \
		"$(fio_result '[.jobs[0] | (.read, .write) | .lat_ns.mean] | max | ceil')" "$1: avg"
}

slow_disk

# Whoever else runs shall not keep fio from seeing what has completed.
typical=85
chrt -f -p 1 $$ 2>/dev/null || typical=40
rare=$(scaled "$typical" 10) typical=$(scaled "$typical" 40)
load=(--rw=randwrite --bs=512k --lat_percentiles=1 --time_based --runtime="$(scaled 3 2)")

measure 'psync --phases' --phases --
within "$(result '[.series[] | select(.phase != "total") | .sum_ns] | add')" \
	"$(of_tool sum_ns)" 0.1 'submit + queue + device = total'

measure 'psync, default view' --
device=$(of_tool p50_ns)

measure 'libaio --phases' --phases -- --ioengine=libaio --iodepth=1

if [ "$exact" ]; then
	cmp_ok "$device" '>=' 2000000 'null_blk completes after 2 ms'
	# The request's own stamps say 2 to 5 ms here since 6.9: they are those of the whole batch. Where
	# others have the processors completions come late, too: what is wrong is wrong in each run.
	for tries in 1 2 3; do
		traced -j -d "$disk" -- io "$disk" --rw=randread --norandommap --ba=8k --ioengine=libaio \
			--iodepth=32 --iodepth_batch_submit=32 --iodepth_batch_complete_min=32 \
			--time_based --runtime="$(scaled 3 2)"
		batch=$(of_tool p50_ns)
		compare "$batch" '<=' $((device * 115 / 100)) && break
		diag "try $tries: $batch ns in batches, $device ns one at a time"
	done
	within "$(of_tool p50_ns)" "$device" 15 'the same in batches of 32'
	cmp_ok "$(of_tool p50_ns)" '>=' 2000000 'and not earlier'
else
	skip 3 'no null_blk'
fi

done_testing
