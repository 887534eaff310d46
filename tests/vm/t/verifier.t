#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: reads=tools/*/*.bpf.c (it loads every program)
# shellcheck disable=SC2034,SC2154 # what lib.bash has
#
# Every program loads, whichever clang it is from, and costs the verifier no more than tests/vm/
# verifier.tsv says, and a tenth. To write that anew: make verifier-budget.

# shellcheck source=../../run/tools.bash
. "$(dirname "$0")/../../run/tools.bash"
need root kernel:loop

budget=$root/tests/vm/verifier.tsv
arch=$(uname -m)
case $arch in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; esac
# By its number: a kernel that is newer than the budget has nothing to be compared with.
kernel=$(cut -d . -f 1,2 <<<"${SNOOPKIT_KERNEL_VERSION%%[-+]*}")
built_by=$(awk '$1 == "default" { print $2 }' "$bin/compilers")

# PROGRAM INSTRUCTIONS STATES of each that was loaded, from libbpf's words.
costs() { # FILE
	awk '/^libbpf: prog .* BEGIN PROG LOAD LOG/ { gsub(/[:\047]/, ""); program = $3 }
		/^processed [0-9]+ insns/ && program != "" {
			for (i = 2; i < NF; i++) if ($i == "total_states") states = $(i + 1)
			print program "\t" $2 "\t" states
			program = ""
		}' "$1"
}

budgeted() { # TOOL OPTIONS PROGRAM
	awk -F '\t' -v kernel="$kernel" -v arch="$arch" -v tool="$1" -v options="$2" -v program="$3" '
		$1 == kernel && $2 == arch && $3 == tool && $4 == options && $5 == program {
			print $6, $7 }' "$budget"
}

# Nor are those of another compiler.
has_budget() {
	grep -q "^# clang $built_by$" "$budget" && grep -q "^$kernel"$'\t'"$arch"$'\t' "$budget"
}

check_cost() { # TOOL OPTIONS PROGRAM INSTRUCTIONS STATES
	local insns states what="$1${2:+ $2}: $3"
	read -r insns states < <(budgeted "$1" "$2" "$3")
	if [ -z "${insns:-}" ]; then
		fail "$what: is in the budget" "processed $4, states $5 (make verifier-budget)"
		return
	fi
	cmp_ok "$(($4 * 10))" '<=' $((insns * 11)) "$what: $4 instructions, $insns in the budget"
	cmp_ok "$(($5 * 10))" '<=' $((states * 11 + 50)) "$what: $5 states, $states in the budget"
}

# Each tool in each of its modes.
commands() {
	for tool in "${tools[@]}"; do
		about_tool "$tool"
		for options in "${modes[@]}"; do echo "$tool $options"; done
	done
}

load_all() { # COMPILER DIRECTORY
	local tool options program insns states
	while read -r tool options; do
		# shellcheck disable=SC2086 # options
		run "$2/$tool" -v --duration 0.01 $options
		# What the verifier said last is what matters.
		err=$(tail -n 25 "$err_file")
		is "$rc" 0 "by $1: $tool${options:+ $options} loads"
		costs "$err_file" >"$scratch/costs"
		ok "by $1: $tool${options:+ $options}: the verifier says what it did" test -s "$scratch/costs"
		while IFS=$'\t' read -r program insns states; do
			printf '%s\t' "$kernel" "$arch" "$tool" "$options" "$program" "$insns" "$states"
			echo "$1"
		done <"$scratch/costs" >>"${SNOOPKIT_OUT:-$scratch}/verifier.tsv"
		if [ "$1" != default ] || ! has_budget; then continue; fi
		while IFS=$'\t' read -r program insns states; do
			check_cost "$tool" "$options" "$program" "$insns" "$states"
		done <"$scratch/costs"
	done < <(commands)
}

# A loop device has to be there for the modes that name one.
[ -b /dev/loop0 ] || losetup -f >/dev/null
load_all default "$bin"
has_budget || skip 1 "no budget for kernel $kernel $arch and clang $built_by"
while IFS=$'\t' read -r compiler why; do
	[ "$compiler" != default ] || continue
	if [ "$why" = ok ]; then
		load_all "$compiler" "$bin/$compiler"
	else
		fail "by $compiler: there are programs" "$why"
	fi
done <"$bin/compilers"
done_testing
