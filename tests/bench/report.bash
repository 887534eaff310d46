# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# What the tools' overhead.md are made of.

report_file=$root/tools/$tool/overhead.md
report_begin="<!-- bench $tool: begin -->"
report_end="<!-- bench $tool: end -->"

# The kernel's kB are 1024 bytes.
kb_in_mb=976.5625

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

cost_column() { # LOAD CONTESTANT COLUMN [DIVISOR]
	awk -F '\t' -v load="$1" -v who="$2" -v column="$3" -v by="${4:-1}" '
		$2 == load && $3 == who { print column == 5 ? $column : $column / by }
		' "$scratch/cost.tsv"
}

# How many times as much as the other one's its cost is, in each round
cost_ratio() { # LOAD CONTESTANT OTHER COLUMN
	awk -F '\t' -v load="$1" -v who="$2" -v other="$3" -v column="$4" '
		$2 == load && $3 == who { a[$1] = $column }
		$2 == load && $3 == other { b[$1] = $column }
		END { for (round in a) if (b[round]) print a[round] / b[round] }
		' "$scratch/cost.tsv"
}

# -- The section --------------------------------------------------------------------------

package_version() { # PACKAGE
	{ dpkg-query -W -f ' ${Version}' "$1" || rpm -q --qf ' %{VERSION}' "$1"; } 2>/dev/null
}

report_host() { # [VERSION-OF-THE-LOAD]
	local commit
	commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) &&
		{ git -C "$root" diff --quiet HEAD -- common tools ':!tools/*/overhead.md' vmlinux config.mk Makefile ||
			commit+=' with changes'; }
	cat <<-HOST
	$(date -u +%Y-%m-%d)${commit:+, commit $commit}.
	Linux $(uname -r), $(uname -m), $(nproc) CPUs, load average $load_before before it began.
	$peer_name$(package_version "$peer_package"), bpftrace$(package_version bpftrace)${1:+,
	$1}.
	Made by \`tests/bench/run --write --rounds $rounds $tool\`.
	HOST
}

# ns of BPF time for each event
report_cost() { # LOAD TITLE
	cost_table "$1" "$2" 4 ns 1 %.0f
	printf '\n%s of this host, %% of a measurement: %s.\n' "$other_events" \
		"$(others "$1" | shown_spread %.1f)"
}

# us of the contestant's own for each event
report_cpu() { # LOAD TITLE
	cost_table "$1" "$2" 8 us 1000 %.2f
}

cost_table() { # LOAD TITLE COLUMN UNIT DIVISOR FORMAT
	local who programs=' programs |' rule='---|'
	[ "$3" = 4 ] || programs='' rule=''
	printf '\n%s:\n\n' "$2"
	echo "| | $4 | $peer_name needs | bpftrace needs |$programs"
	echo "|---|---:|---:|---:|$rule"
	for who in "${contestants[@]}"; do
		load_is_for "$1" "$who" || continue
		[ "$3 $who" != '8 empty' ] || continue
		printf '| %s | %s | %s | %s |' "${title[$who]}" \
			"$(cost_column "$1" "$who" "$3" "$5" | shown_spread "$6")" \
			"$(shown_ratio "$1" "${beside[$who]:-peer}" "$who" "$3")" \
			"$(shown_ratio "$1" bpftrace "$who" "$3")"
		[ -z "$programs" ] || printf ' %s |' "$(cost_column "$1" "$who" 5 | most_often)"
		echo
	done
}

# Of the lines on stdin, and how often if not always
most_often() {
	sort | uniq -c | sort -rn | awk '
		{ sum += $1; if (NR == 1) n = $1; sub(/^ *[0-9]+ /, "") }
		NR == 1 { line = $0 }
		END { print line (n < sum ? " (" n " of " sum " rounds)" : "") }'
}

shown_ratio() { # LOAD CONTESTANT BESIDE COLUMN
	case $2,$3 in
	peer*,peer* | bpftrace,bpftrace | *,empty) return ;;
	esac
	load_is_for "$1" "$2" || return 0
	cost_ratio "$@" | shown_spread %.1f
}

# Percent
others() { # LOAD
	awk -F '\t' -v load="$1" '$2 == load { print 100 * ($6 - $7) / $7 }' "$scratch/cost.tsv"
}

start_header() {
	cat <<-'HEADER'
	| | ready, ms | CPU, ms | peak, MB | maps, MB | running, MB | size, kB |
	|---|---:|---:|---:|---:|---:|---:|
	HEADER
}

# Without FILE memory while running and size are those of another row.
start_row() { # CONTESTANT [FILE]
	local running='' size=''
	[ -z "${2:-}" ] || running=$(column running "$1" 2 "$kb_in_mb") size=$(size_of "$2")
	printf '| %s | %s | %s | %.1f | %.1f | %s | %s |\n' "${title[$1]}" \
		"$(column start "$1" 2 | shown_spread %.0f)" \
		"$(column start "$1" 3 | shown_spread %.0f)" \
		"$(peak_mb "$1")" "$(column start "$1" 5 "$kb_in_mb" | median)" \
		"${running:+$(printf %.1f "$running")}" "$size"
}

# The greatest
peak_mb() { # CONTESTANT
	column start "$1" 4 "$kb_in_mb" | spread | cut -d ' ' -f 3
}

# Stripped, and what it needs of libbpf.
size_of() { # FILE
	local size libbpf
	size=$(stripped_size "$1") libbpf=$(libbpf_size "$1")
	[ "$libbpf" = 0 ] || libbpf=" + libbpf $((libbpf / 1000))"
	echo "$((size / 1000))${libbpf#0}"
}

static_mb() {
	echo "$(($(stripped_size "$bin/static/$tool") / 1000))e-3"
}

# -- Targets ------------------------------------------------------------------------------

targets_header() {
	cat <<-'HEADER'

	### Targets

	| what | wanted | here | |
	|---|---:|---:|---|
	HEADER
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
		die "tools/$tool/overhead.md does not have the lines $report_begin and $report_end"
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
		die "tools/$tool/overhead.md cannot be written"
	say "tools/$tool/overhead.md is written"
}
