# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# biolatency: random reads by fio from a loop device on tmpfs, nothing slow in their way. That
# programs run one at a time matters here above all: the default view notes an I/O's time when its
# plug's clock is old, and everybody who is before it makes it older.

# shellcheck source=../run/bio.bash
. "$here/../run/bio.bash"

contestants=(
	ours 'ours --exact' 'ours --phases' 'ours -D -F'
	peer 'peer -D -F' bpftrace empty
)
declare -A title=(
	[ours]='`biolatency`'
	['ours --exact']='`biolatency --exact`'
	['ours --phases']='`biolatency --phases`'
	['ours -D -F']='`biolatency -D -F`'
	[static]='`biolatency`, static'
	[peer]='libbpf-tools `biolatency`'
	['peer -D -F']='libbpf-tools `biolatency -D -F`'
	[bpftrace]='bpftrace, tracepoints'
	[empty]='two empty programs'
)
declare -A beside=(['ours -D -F']='peer -D -F')
peer_says='Summarize block device I/O latency'
peer_links=2
bpftrace_links=2
empty_programs=(empty_issue empty_complete)
start_contestants=(ours peer 'ours --phases' 'ours -D -F' static)
other_events='Other I/O'

# -- Load ---------------------------------------------------------------------------------

loads=(queued single batched)
cost_ios=40000

declare -A load_options=(
	[single]='--ioengine=psync'
	[queued]='--ioengine=libaio --iodepth=32'
	[batched]='--ioengine=libaio --iodepth=32 --iodepth_batch_submit=32
		--iodepth_batch_complete_min=32'
)

# Random, and neighbours kept apart (--ba): the kernel joins no two of them to one request.
load() { # NAME [I/OS]
	# shellcheck disable=SC2086 # options
	io "$disk" --rw=randread --norandommap --ba=8k --number_ios="${2:-$cost_ios}" \
		${load_options[$1]} || die 'no load'
	REPLY=$(fio_ios)
}

# By default a program that hardly any I/O has a use for goes after two seconds.
cost_warm() { # CONTESTANT PID
	local links
	load queued 8000
	[ "$1" = ours ] || return 0
	links=$(fdinfo_of "$2" link_id | wc -l)
	wait_until 2 fewer_links "$2" "$links"
}

fewer_links() { # PID THAN
	[ "$(fdinfo_of "$1" link_id | wc -l)" -lt "$2" ]
}

# -- What is measured ---------------------------------------------------------------------

bench_measure() {
	need kernel:loop
	scratch_loop 256M
	disk=$REPLY
	start_measure
	running_once ours
	running_once peer
	running_once static
	stats_on
	cost_measure
	count_measure
}

# contestant, kB after two intervals of a second
running_once() { # CONTESTANT
	local command
	contestant_command "$1"
	REPLY=$("$here/ready" 2.3 - "${command[@]}" 1) || die "$1 does not start"
	printf '%s\t%s\n' "$1" "${REPLY##*$'\t'}" >>"$scratch/running.tsv"
}

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
	local name=${disk##*/} pids=() row pid who
	for who in "ours -j -d $name" "ours -j -d $name 1" "peer -d $name" "peer -d $name 1"; do
		contestant_start "$who"
		pids+=("$REPLY")
	done
	load batched "$count_ios"
	row=$REPLY
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

# -- What is reported ---------------------------------------------------------------------

bench_report() {
	report_host "$(fio --version)"
	cat <<-EOF

	### BPF time for an I/O

	Median of $rounds rounds (least..greatest). Two columns tell how many times as much the
	others need; libbpf-tools with \`-D -F\` where it stands beside \`-D -F\`. Programs: those
	that ran for most of the I/Os.
	EOF
	report_cost queued 'Unplugged (fio libaio, random reads of 4k, 32 in flight, submitted one by one)'
	report_cost single 'One at a time (fio psync, random reads of 4k, one in flight)'
	report_cost batched 'Plugged (fio libaio, random reads of 4k, 32 submitted at once)'
	bio_report_start
	bio_report_counts
	bio_report_targets
}

bio_report_start() {
	cat <<-EOF

	### Start, memory, size

	$starts starts each, taken in turn. Until the first line on a terminal: time from exec, CPU
	time, peak resident memory (the greatest of all starts). Then: the kernel's memory for maps,
	and resident memory after two intervals of a second. Sizes are of stripped files.

	EOF
	start_header
	start_row ours "$bin/biolatency"
	start_row static "$bin/static/biolatency"
	start_row 'ours --phases'
	start_row 'ours -D -F'
	start_row peer "$peer"
}

bio_report_counts() {
	cat <<-EOF

	### Counts

	$count_runs runs of $count_ios I/Os, all four at the same time, two of them with intervals
	of a second. How many more or less than fio:

	| | each run | I/Os in all |
	|---|---|---:|
	EOF
	count_row 2 "${title[ours]}"
	count_row 3 "${title[ours]}, sum of its intervals"
	count_row 4 "${title[peer]}"
	count_row 5 "${title[peer]}, sum of its intervals"
}

count_row() { # COLUMN TITLE
	awk -F '\t' -v column="$1" -v title="$2" '
		{ each = each " " $column - $1; sum += $column - $1 }
		END { print "| " title " |" each " | " sum " |" }' "$scratch/count.tsv"
}

bio_report_targets() {
	targets_header
	target_load queued unplugged
	target_load single 'one at a time'
	target 'default view, plugged: exact stamps, ns' '<=' 300 \
		"$(cost_column batched ours 4 | median)"
	target 'libbpf-tools, times of default, plugged' '>=' 2.3 \
		"$(cost_ratio batched peer ours 4 | median)"
	target 'ready, ms' '<' 60 "$(column start ours 2 | median)"
	target 'peak resident memory, MB' '<' 15 "$(peak_mb ours)"
	target 'running resident memory, MB' '<' 8 "$(column running ours 2 "$kb_in_mb")"
	target 'static and stripped, MB' '<' 2.5 "$(static_mb)"
	target 'runs with the counts of fio ± 32' '>=' "$count_runs" "$(counts_right)"
}

target_load() { # LOAD TITLE
	target "default view, $2, ns" '<=' 150 "$(cost_column "$1" ours 4 | median)"
	target "\`--exact\`, $2, ns" '<=' 300 "$(cost_column "$1" 'ours --exact' 4 | median)"
	target "libbpf-tools, times of default, $2" '>=' 2.3 \
		"$(cost_ratio "$1" peer ours 4 | median)"
	target "libbpf-tools, times of \`--exact\`, $2" '>=' 2.3 \
		"$(cost_ratio "$1" peer 'ours --exact' 4 | median)"
}

counts_right() {
	awk -F '\t' '$2 - $1 <= 32 && $1 - $2 <= 32 { n++ } END { print n + 0 }' \
		"$scratch/count.tsv"
}
