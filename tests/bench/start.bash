# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# From exec to the first line, memory, and size.

starts=10

# name; ms, ms of CPU, peak kB, kB of maps: one line a start
start_measure() {
	local i
	say 'start, memory, size'
	for ((i = 0; i < starts; i++)); do
		start_once ours "$bin/biolatency"
		start_once peer "$peer"
		start_once 'ours --phases' "$bin/biolatency" --phases
		start_once 'ours -D -F' "$bin/biolatency" -D -F
		start_once static "$bin/static/biolatency"
	done
	running_once ours "$bin/biolatency" 1
	running_once peer "$peer" 1
	running_once static "$bin/static/biolatency" 1
}

start_once() { # NAME COMMAND...
	local name=$1
	shift
	REPLY=$("$here/ready" 0 "$@") || die "$1 does not start"
	printf '%s\t%s\n' "$name" "$REPLY" >>"$scratch/start.tsv"
}

# name, kB after two intervals of a second
running_once() { # NAME COMMAND...
	local name=$1
	shift
	REPLY=$("$here/ready" 2.3 "$@") || die "$1 does not start"
	printf '%s\t%s\n' "$name" "${REPLY##*$'\t'}" >>"$scratch/running.tsv"
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
