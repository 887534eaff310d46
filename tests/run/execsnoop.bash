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
