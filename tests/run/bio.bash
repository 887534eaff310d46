# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Block I/O by fio, and what biolatency makes of it. Sourced instead of lib.bash:
#
#	scratch_loop 64M
#	disk=$REPLY
#	traced -j -d "$disk" -- io "$disk" --rw=randread --number_ios=1000
#	about "$(result .shown)" "$(fio_ios)" 1 'all of them'

# shellcheck source=lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/lib.bash"

fio_file=$scratch/fio.json

# One fio job, direct, 4k and one at a time unless told otherwise. Its result is in $fio_file.
io() { # DEVICE FIO-OPTION...
	local device=$1
	shift
	fio --name=io --filename="$device" --direct=1 --bs=4k --ioengine=psync --io_size=1t \
		--percentile_list=50:90:99:99.9 "$@" --output-format=json+ --output="$fio_file" \
		>"$scratch/fio.log" 2>&1 && return 0
	diag "fio failed: $(cat "$scratch/fio.log" "$fio_file" 2>&1 | head -n 5)"
	return 1
}

# Notes of fio's come before the JSON.
fio_result() { # JQ-EXPRESSION
	sed -n '/^{/,$p' "$fio_file" | jq -r "$1"
}

fio_ios() {
	fio_result '[.jobs[] | .read, .write, .trim | .total_ios] | add'
}

fio_bytes() {
	fio_result '[.jobs[] | .read, .write, .trim | .io_bytes] | add'
}

# biolatency, with its whole run in $out $err $rc, while the command runs.
traced() { # OPTION... -- COMMAND...
	local options=() pid
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	background_tool biolatency "${options[@]}" || return
	pid=$REPLY
	"$@"
	stop_tool "$pid"
}

# How many I/Os of a class the summary has. With more jq conditions: of those series only.
counted() { # CLASS [CONDITION]
	result "[.series[] | select(.class == \"$1\" and (${2:-true})) | .count] | add // 0"
}

# The tool is there before the first I/O and after the last. Still, 6.18 announces some completions
# to nobody: one in 300,000, or on a busy host half a dozen at once. So GOT may be off by one of
# UNIT, or by 0.5 %.
about() { # GOT EXPECTED UNIT DESCRIPTION
	local off slack
	if [[ $1 =~ ^[0-9]+$ && $2 =~ ^[0-9]+$ ]] && off=$(($1 - $2)) slack=$(($2 / 200)) &&
		((slack = slack > $3 ? slack : $3, off <= slack && -off <= slack)); then
		pass "$4"
	else
		fail "$4" "got:      $1" "expected: about $2" "$(last_run)" \
			"$(tail -n 1 "$out_file" | head -c 600)"
	fi
}
