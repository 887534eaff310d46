# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# The figures as a section of docs/overhead.md.

report_file=$root/docs/overhead.md
report_begin='<!-- bench: begin -->'
report_end='<!-- bench: end -->'

# The kernel's kB are 1024 bytes.
kb_in_mb=976.5625

declare -A title=(
	[ours]='`biolatency`'
	['ours --exact']='`biolatency --exact`'
	['ours --phases']='`biolatency --phases`'
	['ours -D -F']='`biolatency -D -F`'
	[peer]='libbpf-tools `biolatency`'
	['peer -D -F']='libbpf-tools `biolatency -D -F`'
	[bpftrace]='bpftrace, tracepoints'
	[empty]='two empty programs'
	[static]='`biolatency`, static'
)

report() {
	report_host
	report_cost queued 'Unplugged (fio libaio, random reads of 4k, 32 in flight, submitted one by one)'
	report_cost single 'One at a time (fio psync, random reads of 4k, one in flight)'
	report_cost batched 'Plugged (fio libaio, random reads of 4k, 32 submitted at once)'
	report_start
	report_counts
	report_targets
}

# -- Statistics ---------------------------------------------------------------------------

# Of the numbers on stdin: median, least, greatest
spread() {
	sort -g | awk '{ v[NR] = $1 } END {
		if (!NR) exit 1
		print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2, v[1], v[NR] }'
}

# median (min..max)
shown_spread() { # FORMAT-OF-A-NUMBER
	local median least most
	read -r median least most < <(spread)
	# shellcheck disable=SC2059 # it is a format
	printf "$1 ($1..$1)" "$median" "$least" "$most"
}

median() {
	spread | cut -d ' ' -f 1
}

column() { # FILE NAME COLUMN [DIVISOR]
	awk -F '\t' -v name="$2" -v column="$3" -v by="${4:-1}" \
		'$1 == name { print $column / by }' "$scratch/$1.tsv"
}

cost_column() { # LOAD CONTESTANT COLUMN
	awk -F '\t' -v load="$1" -v who="$2" -v column="$3" \
		'$2 == load && $3 == who { print $column }' "$scratch/cost.tsv"
}

# How many times as much as the other one's its cost is, in each round
cost_ratio() { # LOAD CONTESTANT OTHER
	awk -F '\t' -v load="$1" -v who="$2" -v other="$3" '
		$2 == load && $3 == who { a[$1] = $4 }
		$2 == load && $3 == other { b[$1] = $4 }
		END { for (round in a) print a[round] / b[round] }' "$scratch/cost.tsv"
}

# -- The section --------------------------------------------------------------------------

package_version() { # PACKAGE
	{ dpkg-query -W -f ' ${Version}' "$1" || rpm -q --qf ' %{VERSION}' "$1"; } 2>/dev/null
}

report_host() {
	local commit
	commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) &&
		{ git -C "$root" diff --quiet HEAD -- common tools vmlinux config.mk Makefile ||
			commit+=' with changes'; }
	cat <<-EOF
	$(date -u +%Y-%m-%d)${commit:+, commit $commit}.
	Linux $(uname -r), $(uname -m), $(nproc) CPUs, load average $load_before before it began.
	libbpf-tools$(package_version libbpf-tools), bpftrace$(package_version bpftrace),
	$(fio --version).
	Made by \`tests/bench/run --write --rounds $rounds\`.

	### BPF time for an I/O

	Median of $rounds rounds (least..greatest). Two columns tell how many times as much the
	others need; libbpf-tools with \`-D -F\` where it stands beside \`-D -F\`. Programs: those
	that ran for most of the I/Os.
	EOF
}

report_cost() { # LOAD TITLE
	local who
	printf '\n%s:\n\n' "$2"
	echo '| | ns | libbpf-tools needs | bpftrace needs | programs |'
	echo '|---|---:|---:|---:|---|'
	for who in "${contestants[@]}"; do
		printf '| %s | %s | %s | %s | %s |\n' "${title[$who]}" \
			"$(cost_column "$1" "$who" 4 | shown_spread %.0f)" \
			"$(shown_ratio "$1" peer "$who")" "$(shown_ratio "$1" bpftrace "$who")" \
			"$(cost_column "$1" "$who" 5 | most_often)"
	done
	printf '\nOther I/O of this host, %% of a measurement: %s.\n' \
		"$(other_io "$1" | shown_spread %.1f)"
}

# Of the lines on stdin, and how often if not always
most_often() {
	sort | uniq -c | sort -rn | awk '
		{ sum += $1; if (NR == 1) n = $1; sub(/^ *[0-9]+ /, "") }
		NR == 1 { line = $0 }
		END { print line (n < sum ? " (" n " of " sum " rounds)" : "") }'
}

shown_ratio() { # LOAD CONTESTANT BESIDE
	case $2,$3 in
	peer,peer* | bpftrace,bpftrace | *,empty) return ;;
	peer,*' -D -F') set -- "$1" 'peer -D -F' "$3" ;;
	esac
	cost_ratio "$@" | shown_spread %.1f
}

# Percent
other_io() { # LOAD
	awk -F '\t' -v load="$1" '$2 == load { print 100 * ($6 - $7) / $7 }' "$scratch/cost.tsv"
}

report_start() {
	cat <<-EOF

	### Start, memory, size

	$starts starts each, taken in turn. Until the first line on a terminal: time from exec, CPU
	time, peak resident memory (the greatest of all starts). Then: the kernel's memory for maps,
	and resident memory after two intervals of a second. Sizes are of stripped files.

	| | ready, ms | CPU, ms | peak, MB | maps, MB | running, MB | size, kB |
	|---|---:|---:|---:|---:|---:|---:|
	EOF
	start_row ours "$bin/biolatency"
	start_row static "$bin/static/biolatency"
	start_row 'ours --phases'
	start_row 'ours -D -F'
	start_row peer "$peer"
}

# Without FILE memory while running and size are those of another row.
start_row() { # NAME [FILE]
	local running='' size=''
	[ -z "${2:-}" ] || running=$(column running "$1" 2 "$kb_in_mb") size=$(size_of "$2")
	printf '| %s | %s | %s | %.1f | %.1f | %s | %s |\n' "${title[$1]}" \
		"$(column start "$1" 2 | shown_spread %.0f)" \
		"$(column start "$1" 3 | shown_spread %.0f)" \
		"$(peak_mb "$1")" "$(column start "$1" 5 "$kb_in_mb" | median)" \
		"${running:+$(printf %.1f "$running")}" "$size"
}

# The greatest
peak_mb() { # NAME
	column start "$1" 4 "$kb_in_mb" | spread | cut -d ' ' -f 3
}

# Stripped, and what it needs of libbpf.
size_of() { # FILE
	local size libbpf
	size=$(stripped_size "$1") libbpf=$(libbpf_size "$1")
	[ "$libbpf" = 0 ] || libbpf=" + libbpf $((libbpf / 1000))"
	echo "$((size / 1000))${libbpf#0}"
}

report_counts() {
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

# -- Targets ------------------------------------------------------------------------------

report_targets() {
	cat <<-'EOF'

	### Targets

	| what | wanted | here | |
	|---|---:|---:|---|
	EOF
	target_load queued unplugged
	target_load single 'one at a time'
	target 'default view, plugged: exact stamps, ns' '<=' 300 \
		"$(cost_column batched ours 4 | median)"
	target 'libbpf-tools, times of default, plugged' '>=' 2.3 \
		"$(cost_ratio batched peer ours | median)"
	target 'ready, ms' '<' 60 "$(column start ours 2 | median)"
	target 'peak resident memory, MB' '<' 15 "$(peak_mb ours)"
	target 'running resident memory, MB' '<' 8 "$(column running ours 2 "$kb_in_mb")"
	target 'static and stripped, MB' '<' 2.5 \
		"$(($(stripped_size "$bin/static/biolatency") / 1000))e-3"
	target 'runs with the counts of fio ± 32' '>=' "$count_runs" "$(counts_right)"
}

target_load() { # LOAD TITLE
	target "default view, $2, ns" '<=' 150 "$(cost_column "$1" ours 4 | median)"
	target "\`--exact\`, $2, ns" '<=' 300 "$(cost_column "$1" 'ours --exact' 4 | median)"
	target "libbpf-tools, times of default, $2" '>=' 2.3 "$(cost_ratio "$1" peer ours | median)"
	target "libbpf-tools, times of \`--exact\`, $2" '>=' 2.3 \
		"$(cost_ratio "$1" peer 'ours --exact' | median)"
}

counts_right() {
	awk -F '\t' '$2 - $1 <= 32 && $1 - $2 <= 32 { n++ } END { print n + 0 }' \
		"$scratch/count.tsv"
}

target() { # WHAT OPERATOR WANTED GOT
	local verdict=missed sign=$2
	compare "$4" "$2" "$3" && verdict=met
	sign=${sign/<=/≤}
	printf '| %s | %s %s | %.4g | %s |\n' "$1" "${sign/>=/≥}" "$3" "$4" "$verdict"
}

# -- Into the page ------------------------------------------------------------------------

report_write() {
	grep -qxF "$report_begin" "$report_file" && grep -qxF "$report_end" "$report_file" ||
		die "docs/overhead.md does not have the lines $report_begin and $report_end"
	awk -v begin="$report_begin" -v end="$report_end" -v section="$scratch/report.md" '
		$0 == begin {
			print
			while ((getline line < section) > 0)
				print line
			skip = 1
		}
		$0 == end { skip = 0 }
		!skip' "$report_file" >"$scratch/overhead.md" &&
		cat "$scratch/overhead.md" >"$report_file" ||
		die 'docs/overhead.md cannot be written'
	say 'docs/overhead.md is written'
}
