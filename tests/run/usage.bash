# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2154,SC2317 # of lib.bash, and of who calls; run by ok
#
# Wrong arguments of $tool, which messages call $name.

one_line() {
	[ "$(wc -l <"$err_file")" = 1 ] && [ -n "$err" ]
}

# Control bytes other than the newline at the end.
raw() {
	LC_ALL=C tr -d '\n' <"$err_file" | LC_ALL=C grep -qE $'[\x01-\x1f\x7f]'
}

wrong() { # REGEX ARGUMENT...
	local regex=$1 what
	shift
	run_limit=10 run_tool "$tool" "$@"
	what=$(printf ' %q' "$@")
	is "$rc" 2 "$name$what"
	like "$err" "^$name: $regex" "$name$what: says why"
	ok "$name$what: in one line" one_line
	is "$out" '' "$name$what: nothing on stdout"
}
