#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (it is about the tests)
# sanitized: no (of an example)
#
# The tests of every tool and the Makefile take in a tool that is put into tools/, without an edit.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need root make jq strace setpriv unshare bpftool

[ -x "$bin/examples/exits" ] || bail_out 'examples/exits is not built'
tree=$scratch/tree
mkdir -p "$tree/tests" "$tree/tools" "$tree/build/tests/subjects"
cp -r "$root"/{Makefile,config.mk,common,vmlinux} "$tree"
cp -r "$root/tests/run" "$tree/tests"
cp -r "$root/examples/exits" "$tree/tools"
cp "$bin/examples/exits" "$tree/build/exits"
cp "$bin/tests/subjects/json-lines" "$tree/build/tests/subjects"

run make --no-print-directory -n -C "$tree" OUTPUT=out
is "$rc" 0 'make -n'
like "$out" '-o out/exits([[:space:]]|$)' 'make builds the new tool'

for test in usage table privileges grace lifecycle output; do
	run_limit=120 run env SNOOPKIT_BIN="$tree/build" bash "$tree/tests/run/$test.t"
	is "$rc" 0 "$test.t passes"
	like "$out" 'ok [0-9]+ - exits' "$test.t: the new tool is tested"
	[ "$rc" = 0 ] || diag "$(grep '^not ok' "$out_file")"
done

done_testing
