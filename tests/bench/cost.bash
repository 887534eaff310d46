# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# The time that the kernel spends in a contestant's programs, by its own statistics, for an I/O.
#
# One contestant at a time, in rounds: each program that is attached as well makes the others' data
# cold, and the first one pays for bringing in the request that the next finds there. Above all,
# the default view notes an I/O's time when its plug's clock is old, and everybody who is before it
# makes it older. A round's measurements follow each other, so ratios are those of a round.

cost_ios=40000

declare -A load_options=(
	[single]='--ioengine=psync'
	[queued]='--ioengine=libaio --iodepth=32'
	[batched]='--ioengine=libaio --iodepth=32 --iodepth_batch_submit=32
		--iodepth_batch_complete_min=32'
)

# Random, and neighbours kept apart (--ba): the kernel joins no two of them to one request.
load() { # NAME I/OS
	# shellcheck disable=SC2086 # options
	io "$disk" --rw=randread --norandommap --ba=8k --number_ios="$2" ${load_options[$1]} ||
		die 'no load'
}

# round, load, contestant; ns for each I/O, programs run for most; I/Os traced, I/Os of fio
cost_measure() {
	local round i step n=${#contestants[@]}
	for ((round = 0; round < rounds; round++)); do
		say "cost, round $((round + 1)) of $rounds"
		# By ones or by threes, so that nobody always follows the same one.
		step=$((round % 2 ? 3 : 1))
		for ((i = 0; i < n; i++)); do
			cost_contestant "$round" "${contestants[(i * step + round) % n]}"
		done
	done
}

cost_contestant() { # ROUND CONTESTANT
	local pid name
	contestant_start "$2"
	pid=$REPLY
	load queued 8000
	[ "$2" != ours ] || cost_settle "$pid"
	for name in queued single batched; do
		cost_load "$name" || cost_load "$name" || [ -n "$REPLY" ] ||
			die "$2: its programs did not run for each I/O"
		printf '%s\t%s\t%s\t%s\n' "$1" "$name" "$2" "$REPLY" >>"$scratch/cost.tsv"
	done
	stop_tool "$pid" TERM
}

# By default a program that hardly any I/O has a use for goes after two seconds.
cost_settle() { # PID
	local links
	links=$(fdinfo_of "$1" link_id | wc -l)
	wait_until 2 fewer_links "$1" "$links"
}

fewer_links() { # PID THAN
	[ "$(fdinfo_of "$1" link_id | wc -l)" -lt "$2" ]
}

# Leaves a result in $REPLY. Fails if it is worth a second try: others did I/O at the same time.
cost_load() { # LOAD
	local ios
	snapshot >"$scratch/before"
	load "$1" "$cost_ios"
	snapshot >"$scratch/after"
	ios=$(fio_ios)
	REPLY=$(snapshot_difference "$ios") || return
	awk -F '\t' '{ exit $3 > $4 * 1.05 }' <<<"$REPLY"
}

# id, run time, runs, name of each program
snapshot() {
	local ids
	# shellcheck disable=SC2086 # a list
	ids=$(printf '%s,' $programs)
	"$bpftool" -j prog show | jq -r --argjson ids "[${ids%,}]" '
		sort_by(.name)[] | .id as $id | select(any($ids[]; . == $id)) |
		"\(.id) \(.run_time_ns // 0) \(.run_cnt // 0) \(.name)"'
}

# No program runs more than once for an I/O, so the one that runs most often tells how many there
# were: fio's, and what else this host did.
snapshot_difference() { # I/OS-OF-FIO
	awk -v fio="$1" -v OFS='\t' '
		NR == FNR { time[$1] = $2; runs[$1] = $3; next }
		{
			ns += $2 - time[$1]
			runs[$1] = $3 - runs[$1]
			if (runs[$1] > ios)
				ios = runs[$1]
			order[++n] = $1
			name[$1] = $4
		}
		END {
			if (ios < fio * 0.99)
				exit 1
			for (i = 1; i <= n; i++)
				if (runs[order[i]] > ios / 2)
					names = names (names ? ", " : "") name[order[i]]
			print ns / ios, names, ios, fio
		}' "$scratch/before" "$scratch/after"
}
