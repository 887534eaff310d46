#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# sanitized: no (it has a library of its own between the tools and libc)
# vm: no (allocations and writes fail the same way everywhere)
# shellcheck disable=SC2016,SC2317 # for other shells; run by at_exit
#
# One allocation fails, or one write: each in turn, or some of them (FAULTS, per tool and mode). No
# tool crashes, hangs, or ends without saying why; once it traces, it ends with the equation.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root jq python3

shim=$bin/tests/shims/fault.so
[ -e "$shim" ] || bail_out "no $shim (run: make shims)"
faults=${FAULTS:-16}

# Something of everything to trace, all the time.
loads=()
for tool in "${tools[@]}"; do
	about_tool "$tool"
	tool_has load || continue
	load &
	loads+=("$!")
done
at_exit "kill ${loads[*]} 2>/dev/null; wait ${loads[*]} 2>/dev/null; true"

# A run in which call N of its KIND fails; 0: none. Its end is $rc, its notes $note_*.
faulty() { # KIND N TOOL ARGUMENT...
	local fault=$1:$2
	shift 2
	rc=0
	rm -f "$scratch/note"
	timeout -k 1 10 env FAULT="$fault" FAULT_NOTE="$scratch/note" LD_PRELOAD="$shim" \
		"$bin/$1" "${@:2}" \
		>"$scratch/out" 2>"$scratch/err" </dev/null || rc=$?
	in_loop=$(sed -n 's/.*in_loop=//p' "$scratch/note")
}

# Empty if it ended as it may.
judge() {
	case $rc in
	0 | 1 | 3) ;;
	*) echo "exit code $rc" && return ;;
	esac
	[ "$rc" = 0 ] || grep -q '^[a-z]*: ' "$scratch/err" || echo "says nothing with exit code $rc"
	# libbpf takes a trial of its own for which memory was short for a feature that is not there.
	[ "$rc" != 3 ] || [ "$in_loop" != 1 ] || echo 'blames the kernel'
	if [ "$rc" = 0 ] || [ "$in_loop" = 1 ]; then
		grep -qhE '"type":"summary"|^seen [0-9]+ =' "$scratch/out" "$scratch/err" ||
			echo "no summary with exit code $rc"
	fi
	! grep -q 'not accounted for' "$scratch/err" || echo 'events are not accounted for'
}

# All of the last ones, which are those of the loop and the end, and some of those before.
sample() { # COUNT
	awk -v count="$1" -v faults="$faults" 'BEGIN {
		for (i = 0; i < faults; i++) {
			late = i % 2
			n = late ? count - int((i / faults) ^ 2 * count / 4) : 1 + int(i * count / faults)
			if (n >= 1) print n
		}
	}' | sort -nu
}

walk() { # TOOL ARGUMENT...
	local kind n count bad=() why
	for kind in malloc write; do
		bad=() ends=''
		faulty "$kind" 0 "$@"
		is "$(judge)" '' "$*: ends well without a fault"
		count=$(sed -n "s/.*$kind=\([0-9]*\).*/\1/p" "$scratch/note")
		for n in $(sample "$count"); do
			faulty "$kind" "$n" "$@"
			ends+="$rc "
			[ "$in_loop" != 1 ] || ends+='loop '
			why=$(judge)
			[ -z "$why" ] || bad+=("$kind $n of $count: $why: $(tail -n 2 "$scratch/err")")
		done
		diag "$(tr ' ' '\n' <<<"$ends" | sort | uniq -c | tr -s '\n ' ' ')"
		is "$(printf '%s\n' "${bad[@]}")" '' "$*: each $kind that fails ends well"
	done
}

for tool in "${tools[@]}"; do
	about_tool "$tool"
	# shellcheck disable=SC2086 # options
	for options in "${fault_modes[@]}"; do walk "$tool" $options --duration 0.1; done
done

done_testing
