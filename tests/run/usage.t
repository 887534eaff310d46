#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (arguments are read before the kernel is asked)
# shellcheck disable=SC2317 # run by ok
#
# Wrong arguments of options that every tool has: exit code 2, and one line that names what is wrong
# and says why.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
# shellcheck source=usage.bash
. "$(dirname "$0")/usage.bash"
need root

hostile=$'x\n\e[31msnoopkit: forged\r\x07\xff\xc2\x9b'

is_clean() { # WHAT
	is "$rc" 2 "$1"
	ok "$1: one line" one_line
	ok "$1: no control bytes" eval '! raw'
	unlike "$err" $'\xc2\x9b|\xff' "$1: nor those above 127"
}

for tool in "${tools_and_examples[@]}"; do
	name=${tool##*/}
	wrong "--duration: '5x' is not a time" --duration 5x
	wrong "--duration: '0' is not a time" --duration 0
	wrong '--duration: needs a value' --duration
	wrong '--nosuch: no such option' --nosuch
	wrong '-@: no such option' -@
	wrong '--output: needs a file' --output -
	wrong '--json: takes no value' --json=yes
	wrong "--columns: no column 'foo' \(there are: .*\)" --columns foo
	wrong "--columns: needs a value that is not empty" --columns ''
	wrong '--duration: given twice' --duration 1 --duration=1
	wrong '--columns: given twice' --columns foo --json --columns foo
	for option in --columns --duration --output=-; do
		run_limit=10 run_tool "$tool" "$option" "$hostile"
		is_clean "$name: hostile $option"
	done
	for argument in "--$hostile" "-$hostile"; do
		run_limit=10 run_tool "$tool" "$argument"
		is_clean "$name: a hostile argument"
	done
done

done_testing
