# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# execsnoop: storms of a program that ends at once.

# shellcheck source=../run/lib.bash
. "$here/../run/lib.bash"

contestants=(ours 'ours --exit' 'ours -x' peer 'peer -x' bpftrace empty)
declare -A title=(
	[nothing]='nothing'
	[ours]='`execsnoop`'
	['ours --exit']='`execsnoop --exit`'
	['ours -x']='`execsnoop -x`'
	['ours -j']='`execsnoop -j`'
	[static]='`execsnoop`, static'
	[peer]='libbpf-tools `execsnoop`'
	['peer -x']='libbpf-tools `execsnoop -x`'
	[bpftrace]='bpftrace, tracepoints'
	[empty]='an empty program'
)
declare -A beside=(['ours -x']='peer -x')
peer_says='Trace exec syscalls'
peer_links=2
bpftrace_links=2
empty_programs=(empty_exec)
start_contestants=(ours static 'ours -x' peer bpftrace)
other_events='Other execs'
# At 20,000 rows a second a file would be what is measured.
output_nowhere=1

# -- Load ---------------------------------------------------------------------------------

loads=(small big failing)
storm_execs=8000
big=(-a 60 -b 8000)

declare -A load_for=([failing]='ours -x|peer -x|bpftrace')

load() { # NAME
	case $1 in
	small) storm -n "$storm_execs" -w 2 -a 3 ;;
	big) storm -n "$storm_execs" -w 2 "${big[@]}" ;;
	failing) storm -n "$storm_execs" -w 2 -a 3 -x ;;
	esac
	REPLY=$storm_execs
}

# ns that it took in $REPLY
storm() { # OPTION...
	local program=$obj/subject
	[[ $* != *-x ]] || program=/nonexistent/subject
	REPLY=$("$obj/storm" "$@" "$program") || die 'no load'
}

# What is first looked up is known from then on.
cost_warm() { # CONTESTANT PID
	storm -n 500 -w 2 "${big[@]}"
}

# -- What is measured ---------------------------------------------------------------------

bench_measure() {
	start_measure "$obj/subject"
	idle_measure
	tax_measure
	memory_measure ours
	memory_measure static
	memory_measure peer
	stall_measure
	million_measure
	stats_on
	cost_measure
}

# What each system call of everybody pays: that of one which does next to nothing.
tax_contestants=(nothing ours 'ours --exit' 'ours -x' peer bpftrace)

# contestant, round, least ns, median ns
tax_measure() {
	local round who
	say 'system calls'
	for ((round = 0; round < rounds; round++)); do
		for who in "${tax_contestants[@]}"; do
			REPLY=
			[ "$who" = nothing ] || contestant_start "$who"
			printf '%s\t%s\t%s\n' "$who" "$round" "$("$obj/tax" | tr ' ' '\t')" \
				>>"$scratch/tax.tsv"
			[ -z "$REPLY" ] || stop_tool "$REPLY" TERM
		done
	done
}

# seconds, times that it went to sleep, execs of the host
idle_measure() {
	local pid before seconds=5
	say "$seconds seconds of nothing"
	output_nowhere='' contestant_start ours
	pid=$REPLY
	before=$(switches "$pid")
	# A command would be an exec.
	read -rt "$seconds" _ <><(:)
	printf '%s\t%s\t' "$seconds" "$(($(switches "$pid") - before))" >"$scratch/idle.tsv"
	stop_tool "$pid"
	sed -n 's/^seen \([0-9]*\) .*/\1/p' "$out_file" >>"$scratch/idle.tsv"
}

switches() { # PID
	awk '$1 == "voluntary_ctxt_switches:" { print $2 }' "/proc/$1/status"
}

# contestant, kB after a storm that has gone round in its ring buffer, kB at most
memory_measure() { # CONTESTANT
	local pid
	contestant_start "$1"
	pid=$REPLY
	storm -n 5000 -w 2 "${big[@]}"
	sleep 0.5
	printf '%s\t%s\t%s\n' "$1" "$(contestant_kb "$pid" VmRSS)" \
		"$(contestant_kb "$pid" VmHWM)" >>"$scratch/running.tsv"
	stop_tool "$pid" TERM
}

# A reader that stands still three times for half a second, while 6,000 programs a second are
# executed with 8 kB of arguments each. What is shown of them is short: the ring buffer is filled
# by what comes from the kernel.
stall_seconds=4
stall_rate=6000

# contestant; execs performed, shown, lost by its own account, shortened
stall_measure() {
	say 'a reader that stands still'
	stall_once 'ours --buffer 8M --max-args 1'
	stall_once peer
	stall_once bpftrace
}

stall_once() { # CONTESTANT
	local pid storm execs=$((stall_rate * stall_seconds))
	output_nowhere='' contestant_start "$1"
	pid=$REPLY
	(storm -n "$execs" -w 3 -r "$stall_rate" "${big[@]}") &
	storm=$!
	stand_still "$pid"
	wait "$storm" || die 'no load'
	sleep 0.5
	stop_tool "$pid"
	printf '%s\t%s\t%s\t%s\t%s\n' "${1%% *}" "$execs" \
		"$(grep -c "$obj/subject" "$out_file")" \
		"$(stall_told lost)" "$(stall_told shortened)" >>"$scratch/stall.tsv"
}

stand_still() { # PID
	local i
	for ((i = 0; i < 3; i++)); do
		sleep 0.7
		kill -STOP "$1"
		sleep 0.5
		kill -CONT "$1"
	done
}

# "seen 1 = shown 1 + filtered 0 + lost 0; shortened 1": nothing if it has no such line
stall_told() { # WORD
	awk -v word="$1" '/^seen [0-9]+ =/ {
		for (i = 1; i < NF; i++)
			if ($i == word)
				n = $(i + 1)
		print n + 0
	}' "$out_file"
}

# So many that what each leaves behind would show. Memory of the process, and of its maps.
million_execs=1000000

# execs, s; kB of memory, kB of maps: after the first 20,000 and after all
million_measure() {
	local pid first ns
	say "$million_execs execs"
	contestant_start 'ours --exit'
	pid=$REPLY
	storm -n 20000 -w 2
	sleep 0.5
	first=$(million_memory "$pid")
	storm -n "$((million_execs - 20000))" -w 2
	ns=$REPLY
	sleep 0.5
	printf '%s\t%s\t%s\t%s\n' "$million_execs" "$((ns / 1000000000))" "$first" \
		"$(million_memory "$pid")" >"$scratch/million.tsv"
	stop_tool "$pid" TERM
}

million_memory() { # PID
	printf '%s\t%s' "$(contestant_kb "$1" VmRSS)" \
		"$(cat "/proc/$1/fdinfo/"* | awk '
			$1 == "memlock:" { bytes = $2 }
			$1 == "map_id:" { of[$2] = bytes }
			END { for (id in of) sum += of[id]; print int(sum / 1024) }')"
}

# -- What is reported ---------------------------------------------------------------------

bench_report() {
	report_host
	cat <<-EOF

	### BPF time for an exec

	Median of $rounds rounds (least..greatest). Two columns tell how many times as much the
	others need; libbpf-tools with \`-x\` where it stands beside \`-x\`. Programs: those
	that ran for most of the execs.
	EOF
	report_cost small '3 arguments'
	report_cost big '60 arguments of 8 kB together'
	report_cost failing 'Failing: no such file, 3 arguments'
	cat <<-EOF

	### The tool's own CPU time for an exec

	Of the same rounds; user and system time of the process, its rows going to \`/dev/null\`.
	EOF
	report_cpu small '3 arguments'
	report_cpu big '60 arguments of 8 kB together'
	report_cpu failing 'Failing: no such file, 3 arguments'
	exec_report_tax
	exec_report_stall
	exec_report_start
	exec_report_memory
	exec_report_targets
}

exec_report_tax() {
	local who
	cat <<-EOF

	### What each system call of the host pays

	\`getppid()\` by a process that nobody is interested in, the least and the median of 4,000
	batches of 500 calls; $rounds rounds. More: than with no tool in the same round.

	| attached | least, ns | median, ns | more (least), % |
	|---|---:|---:|---:|
	EOF
	for who in "${tax_contestants[@]}"; do
		printf '| %s | %s | %s | %s |\n' "${title[$who]}" \
			"$(column tax "$who" 3 | shown_spread %.0f)" \
			"$(column tax "$who" 4 | shown_spread %.0f)" \
			"$([ "$who" = nothing ] || tax_percent "$who" | shown_spread %.1f)"
	done
}

tax_percent() { # CONTESTANT
	awk -F '\t' -v who="$1" '
		$1 == who { with[$2] = $3 }
		$1 == "nothing" { without[$2] = $3 }
		END { for (round in with) print 100 * (with[round] / without[round] - 1) }
		' "$scratch/tax.tsv"
}

exec_report_stall() {
	cat <<-EOF

	### A reader that stands still

	Stopped three times for 500 ms, while $stall_rate execs a second with 8 kB of arguments come
	for $stall_seconds s; ours with a ring buffer of 8 MiB, the others with what they have. Shortened: shown,
	with 256 bytes of its arguments.

	| | performed | shown | lost by its own account | neither | shortened |
	|---|---:|---:|---:|---:|---:|
	EOF
	awk -F '\t' '{
		name = $1 == "ours" ? "`execsnoop --buffer 8M`" : \
			$1 == "peer" ? "libbpf-tools `execsnoop`" : "bpftrace, tracepoints"
		print "| " name " | " $2 " | " $3 " | " $4 " | " $2 - $3 - $4 " | " $5 " |"
	}' "$scratch/stall.tsv"
}

exec_report_start() {
	cat <<-EOF

	### Start, memory, size

	$starts starts each, taken in turn. Until the first exec is shown on a terminal: time, CPU
	time, peak resident memory (the greatest of all starts). Then: the kernel's memory for maps, and
	resident memory after 5,000 execs with 8 kB of arguments. Sizes are of stripped files.

	EOF
	start_header
	start_row ours "$bin/execsnoop"
	start_row static "$bin/static/execsnoop"
	start_row 'ours -x'
	start_row peer "$peer"
	start_row bpftrace
}

exec_report_memory() {
	local seconds switches seen execs ns first maps_first last maps_last
	read -r seconds switches seen <"$scratch/idle.tsv"
	read -r execs ns first maps_first last maps_last <"$scratch/million.tsv"
	cat <<-EOF

	In $seconds s with nothing to do, and $seen execs of the host: woken $switches times.

	$execs execs in $ns s with \`--exit\`: resident memory $first kB after the first 20,000, $last kB
	after all; maps $maps_first kB and $maps_last kB.
	EOF
}

exec_report_targets() {
	targets_header
	target '3 arguments, BPF, ns' '<=' 1200 "$(cost_column small ours 4 | median)"
	target '8 kB of arguments, BPF, ns' '<=' 2000 "$(cost_column big ours 4 | median)"
	target '3 arguments, own CPU, us' '<=' 1.5 "$(cost_column small ours 8 1000 | median)"
	target '8 kB of arguments, own CPU, us' '<=' 8 "$(cost_column big ours 8 1000 | median)"
	target '`getppid()` slower by, %' '<=' 3 "$(tax_percent ours | median)"
	target 'lost, with a reader that stands still' '<=' 0 "$(stall_missing)"
	target 'until the first exec is shown, ms' '<=' 70 "$(column start ours 2 | median)"
	target 'peak resident memory, MB' '<=' 15 "$(peak_mb ours)"
	target 'running resident memory, MB' '<=' 8 "$(column running ours 2 "$kb_in_mb")"
	target 'woken without an exec' '<=' 0 "$(woken_idle)"
	target 'more memory after 980,000 more execs, kB' '<=' 100 "$(million_growth)"
	target 'static and stripped, MB' '<' 2.5 "$(static_mb)"
}

stall_missing() {
	awk -F '\t' '$1 == "ours" { print $2 - $3 }' "$scratch/stall.tsv"
}

# The execs of others wake it, and with right.
woken_idle() {
	awk -F '\t' '{ print ($2 > $3 ? $2 - $3 : 0) }' "$scratch/idle.tsv"
}

million_growth() {
	awk -F '\t' '{ print $5 + $6 - $3 - $4 }' "$scratch/million.tsv"
}
