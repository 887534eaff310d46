#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the types are made to be another kernel's)
#
# The kernel's types as other kernels give them: a longer header, kinds that are not known yet.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need root python3 unshare mount

tools=()
for dir in "$root"/tools/*/; do tools+=("$(basename "$dir")"); done

# The tool runs where those are the kernel's types.
with_types() { # FILE TOOL ARGUMENT...
	local file=$1 tool=$2
	shift 2
	# shellcheck disable=SC2016 # the inner shell's
	run unshare --mount sh -c 'mount --bind "$1" /sys/kernel/btf/vmlinux && shift && exec "$@"' sh \
		"$file" "$bin/$tool" "$@"
}

types() { # NAME OPTION...
	local name=$1
	shift
	ok "types: $name" python3 "$root/tests/run/btf.py" "$@" "$scratch/types"
}

start_with() { # NAME OPTION...
	types "$@"
	for tool in "${tools[@]}"; do
		with_types "$scratch/types" "$tool" --duration 0.1
		is "$rc" 0 "$tool: $1"
	done
}

start_with 'as they are'
start_with 'a header of 32 bytes' --head 32
start_with 'a header of 50 bytes' --head 50
start_with 'with the sizes of kinds' --head 32 --told
start_with 'a new kind, with its size' --head 32 --told --kind 20
start_with 'a new kind of the upper half' --head 48 --told --kind 90

types 'a new kind, of a size that nobody tells' --kind 20
for tool in "${tools[@]}"; do
	with_types "$scratch/types" "$tool" --duration 0.1
	is "$rc" 3 "$tool: a kind of a size that nobody tells: unsupported"
	like "$err" "^$tool: /sys/kernel/btf/vmlinux: .* newer than this tool$" "$tool: says why"
done
head -c 1000000 /sys/kernel/btf/vmlinux >"$scratch/types"
for tool in "${tools[@]}"; do
	with_types "$scratch/types" "$tool" --duration 0.1
	is "$rc" 3 "$tool: a part of the types: unsupported"
	like "$err" "^$tool: /sys/kernel/btf/vmlinux: .*not the kernel's types$" "$tool: says why"
done

done_testing
