#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (it builds)
# sanitized: no (it builds tools of its own)
#
# All tools in one program, which is linked from them here: none is in another's way.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root make gcc jq

# The settings that the tests were made with come by MAKEFLAGS; run alone, the usual one is found.
made_with=()
! grep -q -e -Werror "$bin/obj/cc.flags" 2>/dev/null || made_with=(WERROR=1)

run_limit=300 run make --no-print-directory -C "$root" OUTPUT="$bin" "${made_with[@]}" \
	"$bin/tests/linked/all" "$bin/tests/linked/all-static"
is "$rc" 0 'all tools are linked into one program'
for all in all all-static; do
	all=$bin/tests/linked/$all
	run "$all"
	is "$(sort <<<"$out")" "$(printf '%s\n' "${tools[@]}" | sort)" "${all##*/}: has every tool"
	for tool in "${tools[@]}"; do
		run "$all" "$tool" --version
		is "$out" "$("$bin/$tool" --version)" "${all##*/} $tool --version"
		run "$all" "$tool" --help
		is "$out" "$("$bin/$tool" --help)" "${all##*/} $tool --help: its own options"
	done
done

# By the name that it was called by, like a tool that stands alone; the names of two are two.
for tool in "${tools[@]}"; do
	ln -s "$bin/tests/linked/all-static" "$scratch/$tool"
	run "$scratch/$tool" -j --duration 0.3
	is "$rc" 0 "$tool: runs from the same program"
	like "$(result .schema)" "^snoopkit\.$tool/" "$tool: and is itself"
	run "$scratch/$tool" --nosuch
	like "$err" "^$tool: --nosuch: no such option" "$tool: so are its errors"
done

# What is there twice would be one symbol too many; what a tool needs of another, one too few.
for tool in "${tools[@]}"; do
	is "$(nm --defined-only --extern-only "$bin/obj/whole/$tool.o" | awk '{ print $NF }')" "${tool}_main" \
		"$tool: as one object has one symbol"
done

# The tables are linked without the programs: no skeleton is in them, and nothing asks for libbpf.
run make --no-print-directory -C "$root" OUTPUT="$bin" "${made_with[@]}" "$bin/tests/subjects/json-lines"
is "$rc" 0 'all tables are linked into one program'
for tool in "${tools[@]}"; do
	is "$(nm --defined-only --extern-only "$bin/obj/tables/$tool.o" | awk '{ print $NF }')" "${tool}_tables" \
		"$tool: its tables have one symbol"
done

done_testing
