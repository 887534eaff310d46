# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# What execsnoop's tests share.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"

# The tool is in its loop; what it has not shown when it is stopped is drained.
traced() { # OPTION... -- COMMAND...
	local options=() pid
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	background_tool execsnoop "${options[@]}" || return
	pid=$REPLY
	"$@"
	stop_tool "$pid"
}

events() { # JQ-CONDITION [JQ-EXPRESSION]: of those events, one a line
	jq -r "select(.type == \"event\" and ($1)) | ${2:-1}" "$out_file"
}

rows() { # REGEX: how many of the table
	grep -cE "$1" "$out_file"
}

# A program of a name of its own: its comm tells ours from others'.
program() { # NAME
	cp "$(command -v bash)" "$scratch/$1" || bail_out "no program $1"
}

# One exec with arguments of all kinds, by a program snoopexec.
some() {
	"$scratch/snoopexec" -c ':' "it's" '' $'a\nb\e' 'x y' ''
}

# Execs of two programs, snoopexec and snoopother, of which filtered() are shown.
two() {
	"$scratch/snoopexec" -c ': secret' one
	"$scratch/snoopother" -c ':' two
	"$scratch/snoopother" -c '"$0" -c : three; :' "$scratch/snoopexec"
}
filtered() { # DESCRIPTION EXPECTED OPTION...
	local description=$1 expected=$2
	shift 2
	traced -j "$@" -- two
	is "$(events '.comm | startswith("snoop")' '"\(.comm) \(.argv[-1])"' | paste -sd,)" "$expected" \
		"$description"
	ok "$description: seen = shown + filtered + lost" conserved "$out_file"
}
