# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# As many as fio did? All at the same time, so that they are asked about the same I/Os.

count_runs=10
count_ios=150000

# fio's; ours, ours by intervals; the peer's, the peer's by intervals
count_measure() {
	local run
	for ((run = 1; run <= count_runs; run++)); do
		say "counts, run $run of $count_runs"
		count_once
	done
}

count_once() {
	local name=${disk##*/} pids=() row pid
	background_tool biolatency -j -d "$name" || die 'biolatency does not start'
	pids+=("$REPLY")
	background_tool biolatency -j -d "$name" 1 || die 'biolatency does not start'
	pids+=("$REPLY")
	pair_start "$peer" -d "$name" || die "$peer does not start"
	pids+=("$REPLY")
	pair_start "$peer" -d "$name" 1 || die "$peer does not start"
	pids+=("$REPLY")
	load batched "$count_ios"
	row=$(fio_ios)
	for pid in "${pids[@]}"; do
		stop_tool "$pid"
		row+=$'\t'$(count_shown)
	done
	echo "$row" >>"$scratch/count.tsv"
}

# Ours: the sum of the intervals. The peer's: of its rows.
count_shown() {
	case $last_command in
	*' -j '*)
		jq -s '[.[] | select(.type == "interval" and .class == "io").count] | add' \
			"$out_file"
		;;
	*) awk '$2 == "->" && $4 == ":" { sum += $5 } END { print sum + 0 }' "$out_file" ;;
	esac
}
