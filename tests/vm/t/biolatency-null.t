#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# The default view against the kernel's own record of each request: disks that take 2 ms and 10 ms,
# with every scheduler, with and without I/O statistics, one at a time and 32 submitted at once.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq

jobs=() what=() took=()
for setting in none,2,1 mq-deadline,2,1 kyber,2,1 bfq,2,1 none,2,0 mq-deadline,2,0 none,10,1 bfq,10,1 none,10,0; do
	IFS=, read -r scheduler ms iostats <<<"$setting"
	name=nullb${#what[@]}
	null_disk "$name" completion_nsec="${ms}000000" hw_queue_depth=64 submit_queues=1
	echo "$scheduler" 2>/dev/null >"/sys/block/$name/queue/scheduler" || {
		modprobe "$scheduler-iosched" 2>/dev/null || modprobe "$scheduler"
		echo "$scheduler" >"/sys/block/$name/queue/scheduler"
	} || bail_out "no scheduler $scheduler"
	echo "$iostats" >"/sys/block/$name/queue/iostats"
	jobs+=(--name="$name" --filename="/dev/$name")
	what+=("$scheduler, $ms ms, iostats=$iostats")
	took+=("$ms")
done

all_disks() { # FIO-OPTION...
	trace_start || bail_out 'no trace of events'
	fio --direct=1 --bs=4k --rw=randread --ba=8k --thread "$@" "${jobs[@]}" \
		>"$scratch/fio.log" 2>&1 || bail_out "fio: $(head -n 1 "$scratch/fio.log")"
	trace_stop | trace_times >"$scratch/truth"
}

# Within one bucket, 6.25 %, and what a guest's clock and a trace's microseconds are off by.
same_times() { # GOT-NS x3, TRUE-US x6: between which it is
	awk -v values="$*" 'BEGIN {
		split(values, v, " ")
		for (i = 1; i <= 3; i++) {
			got = v[i] / 1000
			least = v[2 * i + 2]
			most = v[2 * i + 3]
			if (!most || got < least * 0.9375 - 20 || got > most * 1.0625 + 20)
				exit 1
		}
	}'
}

# A guest that its host leaves without a processor for a while stamps an event twice with a long
# time in between. It shows by requests that take half as long again, and a millisecond.
starved() { # DISK
	local most
	most=$(awk -v name="nullb$1" '$1 == name { print $NF }' "$scratch/truth")
	compare "${most:-0}" '>' "$((1500 * ${took[$1]} + 1000))"
}

# Every run counts right. As for the times, what is wrong is wrong in all of five, what was starved
# is right in one.
measure() { # HOW FIO-OPTION...
	local how=$1 tries=5 left=("${!what[@]}") i count truth times again said
	shift
	while ((tries--)); do
		traced -j -D -- all_disks "$@"
		is "$(result '.lost | add')" 0 "$how: nothing is lost"
		again=() said=()
		for i in "${!what[@]}"; do
			read -r _ count truth < <(grep "^nullb$i " "$scratch/truth")
			is "$(counted io ".disk == \"nullb$i\"")" "${count:-0}" "${what[$i]}, $how: as many as the kernel traced"
			[[ " ${left[*]} " == *" $i "* ]] || continue
			times=$(result "[.series[] | select(.disk == \"nullb$i\" and .class == \"io\")][0] |
				\"\(.p50_ns) \(.p99_ns) \(.p99_9_ns)\"")
			if same_times "$times" "$truth"; then
				pass "${what[$i]}, $how: p50, p99 and p99.9 as traced"
			else
				again+=("$i")
				said[i]="got (ns): $times, truth (us): $truth"
				diag "${what[$i]}, $how: ${said[$i]}"
			fi
		done
		left=("${again[@]}")
		[ ${#left[@]} -gt 0 ] || return
	done
	for i in "${left[@]}"; do
		if starved "$i"; then
			skip 1 "the guest had no processor for a while (truth, us: ${said[$i]##* })"
		else
			fail "${what[$i]}, $how: p50, p99 and p99.9 as traced" "${said[$i]}"
		fi
	done
}

measure 'one at a time' --ioengine=psync --number_ios=60
measure '32 at once' --ioengine=libaio --iodepth=32 --iodepth_batch_submit=32 \
	--iodepth_batch_complete_min=32 --number_ios=320

done_testing
