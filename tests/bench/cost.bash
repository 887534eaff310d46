# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# The time that the kernel spends in a contestant's programs, by its own statistics, for an event;
# and that of the contestant's own process.
#
# One contestant at a time, in rounds: each program that is attached as well makes the others' data
# cold, and the first one pays for bringing in what the next finds there. A round's measurements
# follow each other, so ratios are those of a round.
#
# Of the tool:
#
#	load NAME               does it; leaves in $REPLY how many events it has had
#	load_for[NAME]          patterns of the contestants it is for (default: all)
#	cost_warm CONTESTANT PID    before the first load
#	programs_aside          a pattern of programs whose runs are no events, though their time is counted

declare -A load_for

# round, load, contestant; ns for each event, programs run for most; events traced, events of the
# load; ns of the contestant's own for each event
cost_measure() {
	local round i step n=${#contestants[@]}
	for ((round = 0; round < rounds; round++)); do
		say "cost, round $((round + 1)) of $rounds"
		# By ones or by threes, so that nobody always follows the same one.
		step=$((round % 2 && n % 3 ? 3 : 1))
		for ((i = 0; i < n; i++)); do
			cost_contestant "$round" "${contestants[(i * step + round) % n]}"
		done
	done
}

cost_contestant() { # ROUND CONTESTANT
	local pid name
	contestant_start "$2"
	pid=$REPLY
	cost_warm "$2" "$pid"
	for name in "${loads[@]}"; do
		load_is_for "$name" "$2" || continue
		cost_load "$name" "$pid" || cost_load "$name" "$pid" || [ -n "$REPLY" ] ||
			die "$2: its programs did not run for each event"
		printf '%s\t%s\t%s\t%s\n' "$1" "$name" "$2" "$REPLY" >>"$scratch/cost.tsv"
	done
	stop_tool "$pid" TERM
}

load_is_for() { # LOAD CONTESTANT
	[[ $2 =~ ^(${load_for[$1]:-.*})$ ]]
}

# Leaves a result in $REPLY. Fails if it is worth a second try: others did the same meanwhile.
cost_load() { # LOAD PID
	local events cpu
	snapshot >"$scratch/before"
	cpu=$(contestant_cpu "$2")
	load "$1"
	events=$REPLY
	# What comes last is shown within 50 ms.
	sleep 0.1
	cpu=$(($(contestant_cpu "$2") - cpu))
	snapshot >"$scratch/after"
	REPLY=$(snapshot_difference "$events" "$cpu") || return
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

# No program runs more than once for an event, so the one that runs most often tells how many there
# were: the load's, and what else this host did.
snapshot_difference() { # EVENTS-OF-THE-LOAD NS-OF-CPU
	awk -v load="$1" -v cpu="$2" -v aside="${programs_aside:-^$}" -v OFS='\t' '
		NR == FNR { time[$1] = $2; runs[$1] = $3; next }
		{
			ns += $2 - time[$1]
			runs[$1] = $3 - runs[$1]
			if (runs[$1] > events && $4 !~ aside)
				events = runs[$1]
			order[++n] = $1
			name[$1] = $4
		}
		END {
			if (events < load * 0.99)
				exit 1
			for (i = 1; i <= n; i++)
				if (runs[order[i]] > events / 2 && name[order[i]] !~ aside)
					names = names (names ? ", " : "") name[order[i]]
			print ns / events, names, events, load, cpu / events
		}' "$scratch/before" "$scratch/after"
}
