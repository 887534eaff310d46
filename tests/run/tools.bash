# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2034 # the variables are for the tests
#
# For tests of every tool, which find the tools by themselves. Sourced instead of lib.bash:
#
#	for tool in "${tools[@]}"; do
#		about_tool "$tool"
#		run_tool "$tool" --duration 0.1
#	done
#
# What these tests have to know about one tool stands in tests/run/TOOL.tool.bash. A tool without
# that file is tested all the same. The file may set:
#
#	modes=('' '-x')       options, by which different programs are loaded, or different parts of them;
#	                      /sys/fs/cgroup stands for a cgroup, loop0 for a disk
#	capabilities=(...)    which privileges a start needs (bpf and perfmon)
#	kernel_needs=CGROUPS  a part of btf.t's that a kernel must have, or the tool has nothing to trace
#	lockdown=('--all')    the tool works on a kernel in lockdown, also with these options
#	tables=('' '--top x') options, by which the table has different columns
#	plots=('1 1')         options, by which all of the output fits into 80 columns
#	results=('--top x')   options, by which the result is shown at the end; '-T'
#	periodic='1'          options, by which something is shown each second, whatever happens
#	fault_modes=('-j')    what faults.t runs
#
# and may define:
#
#	load                  makes events of all kinds, some per second, for ever
#	burst N               makes N events or more, some of them longer than a pipe takes at once

# shellcheck source=lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/lib.bash"

# As the Makefile finds them: a directory with a C file of its own name. Guests have the binaries.
programs_in() { # DIRECTORY
	local dir
	for dir in "$root/$1"/*/; do
		[ ! -e "$dir/$(basename "$dir").c" ] || basename "$dir"
	done
}

tools_of_guest() {
	find "$bin" -maxdepth 1 -type f -executable -printf '%f\n' | sort
}

if [ -d "$root/tools" ]; then
	mapfile -t tools < <(programs_in tools)
else
	mapfile -t tools < <(tools_of_guest)
fi
[ "${#tools[@]}" -gt 0 ] || bail_out 'no tool is found'

# The examples are not built for guests.
tools_and_examples=("${tools[@]}")
while read -r example; do
	[ ! -x "$bin/examples/$example" ] || tools_and_examples+=("examples/$example")
done < <([ ! -d "$root/examples" ] || programs_in examples)

# $name, and what the tool tells.
about_tool() { # TOOL
	name=${1##*/}
	modes=('') capabilities=(bpf perfmon) kernel_needs='' lockdown=() tables=('') plots=() results=()
	periodic='' fault_modes=('' -j)
	unset -f load burst
	# shellcheck disable=SC1090 # the tool's
	[ ! -e "$root/tests/run/$name.tool.bash" ] || . "$root/tests/run/$name.tool.bash"
}

# The same modes on this host: where cgroup v2 is mounted, and without those that need it if it is not.
modes_here() {
	local mount options
	mount=$(cgroup2_mount)
	[ -b /dev/loop0 ] || losetup -f >/dev/null
	for options in "${modes[@]}"; do
		case $options in
		*/sys/fs/cgroup*) [ -z "$mount" ] || echo "${options//\/sys\/fs\/cgroup/$mount}" ;;
		*) echo "$options" ;;
		esac
	done
}

# Whether it defines the function.
tool_has() { # load|burst
	declare -F "$1" >/dev/null
}
