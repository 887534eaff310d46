#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (it looks at what the compiler made)
# sanitized: no (it looks at what the compiler made)
#
# What must not be in any program's object.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need readelf

# Bytes of code in functions of their own, called by programs.
called_code() { # OBJECT
	readelf -SW "$1" | awk '{ sub(/^ *\[ *[0-9]+\] */, "") } $1 == ".text" { print $5 }'
}

# Before 6.5 (commit 0108a4e9f358), and in 5.10 still, a program that calls functions of its own has
# no exception table: a read through a pointer that is NULL stops the kernel instead of giving 0.
objects=0
for object in "$bin"/obj/tools/*/*.bpf.o; do
	size=$(called_code "$object")
	is "$((16#${size:-0}))" 0 "${object##*/}: all functions are inlined"
	objects=$((objects + 1))
done
# common/kernel/core_types gives libbpf a part of the kernel's types, under other numbers.
here=$(dirname "$0")/../..
is "$(grep -rlE 'bpf_core_type_id_kernel|bpf_core_enum_id' "$here/tools" "$here/common/bpf" "$here/examples")" '' \
	'no program asks for the number of a type'
ok 'objects were found' test "$objects" -gt 0

done_testing
