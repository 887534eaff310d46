# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# From exec to the first line, or to the first event that is shown; memory, and size.

starts=10

# contestant; ms, ms of CPU, peak kB, kB of maps: one line a start
start_measure() { # [PROGRAM]: to be executed until the output names it
	local i who command
	say 'start, memory, size'
	for ((i = 0; i < starts; i++)); do
		for who in "${start_contestants[@]}"; do
			contestant_command "$who"
			REPLY=$("$here/ready" 0 "${1:--}" "${command[@]}") || die "$who does not start"
			printf '%s\t%s\n' "$who" "$REPLY" >>"$scratch/start.tsv"
		done
	done
}

stripped_size() { # FILE
	strip -o "$scratch/stripped" "$1" && stat -c %s "$scratch/stripped"
}

# 0 if it has none, or has it inside.
libbpf_size() { # FILE
	local file
	file=$(ldd "$1" 2>/dev/null | sed -n 's/.*libbpf[^ ]* => \([^ ]*\).*/\1/p')
	[ -z "$file" ] && echo 0 && return
	stat -L -c %s "$file"
}
