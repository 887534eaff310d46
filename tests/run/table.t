#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (what is made of records is the same on every kernel)
#
# Tables fit into 80 columns.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root

for tool in "${tools[@]}"; do
	about_tool "$tool"
	for options in "${tables[@]}"; do
		# shellcheck disable=SC2086 # options
		run_tool "$tool" $options --duration 0.2
		header=$(grep -m 1 -E '^ *[A-Z]{2}' "$out_file")
		isnt "$header" '' "$tool${options:+ $options}: a header"
		cmp_ok "${#header}" '<=' 80 "$tool${options:+ $options}: 80 columns"
	done
	for options in "${plots[@]}"; do
		case $options in *[0-9]*) limit=() ;; *) limit=(--duration 0.2) ;; esac
		# shellcheck disable=SC2086 # options
		run_tool "$tool" $options "${limit[@]}"
		is "$rc" 0 "$tool $options: it runs"
		cmp_ok "$(wc -L <"$out_file")" '<=' 80 "$tool $options: 80 columns"
	done
done

done_testing
