#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# A request keeps its owner and its times whatever is merged with it: bios in front, bios behind, and
# whole requests.

# shellcheck disable=SC2034,SC2154,SC2317 # a nameref's; set by lib.bash; run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq

null_disk nullb0 completion_nsec=2000000 hw_queue_depth=16 submit_queues=1
queue=/sys/block/nullb0/queue
echo mq-deadline 2>/dev/null >$queue/scheduler || {
	modprobe mq-deadline && echo mq-deadline >$queue/scheduler
} || bail_out 'no mq-deadline'

mkfifo "$scratch/go"
exec {go}<>"$scratch/go"

# Is there before the tool is, and becomes fio when it is told to. Many at a time, submitted together.
start_worker() { # FIO-OPTION...
	bash -c 'read -r <"$0"; exec "$@" >/dev/null 2>&1' "$scratch/go" fio --name=io \
		--filename=/dev/nullb0 --direct=1 --bs=4k --thread --ioengine=libaio --iodepth=64 \
		--iodepth_batch_submit=32 --iodepth_batch_complete_min=32 --output-format=json \
		--output="$fio_file" "$@" &
	worker=$!
	at_exit "kill $worker 2>/dev/null; true"
}
finished() { # requests that the kernel has completed, and merges of its reads
	awk '{ print $1 + $5, $2 }' /sys/block/nullb0/stat
}
go() {
	read -r requests merges < <(finished)
	echo >&"$go"
	wait "$worker"
	read -r -a after < <(finished)
	requests=$((after[0] - requests)) merges=$((after[1] - merges))
}

in_front=(--rw=read:-8k --size=2m --offset=16m --io_size=2m)
behind=(--rw=read --size=2m)
# Each block once a round, in any order.
around=(--rw=randread --size=256k --io_size=2m)

merged() { # WHAT OPTION...
	local what=$1 about="$1${2:+, $2}"
	shift
	local -n order=$what
	start_worker "${order[@]}"
	traced -j -d nullb0 -p "$worker" "$@" -- go
	cmp_ok "$merges" '>=' 50 "$about: there are merges"
	is "$(result .lost.unowned)" 0 "$about: each request has an owner"
	is "$(result .shown)" "$requests" "$about: and is shown"
	ok "$about: seen = shown + filtered + lost" conserved "$out_file"
	diag "$about: requests $requests, merges $merges"
}

merged in_front
merged behind
merged around
merged around --phases
is "$(result '.notes.no_phases')" 0 '--phases: each has its submit wait'
is "$(result '.series | map(.count) | unique | length')" 1 '--phases: and all others'

# Without a filter.
start_worker "${around[@]}"
traced -j -d nullb0 -Q --exact -- go
is "$(result .shown)" "$requests" '-Q --exact: each is shown'
is "$(result '.notes | add')" 0 '-Q --exact: without a doubt'

done_testing
