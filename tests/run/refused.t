#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (limits are the same everywhere; lockdown is tests/vm/lockdown.t's)
# sanitized: no (they need memory without a limit)
# shellcheck disable=SC2016 # for other shells
#
# What a start lacks is named as what it is: descriptors, memory, a device file; not the kernel.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root unshare

# -- Open files ---------------------------------------------------------------------------------

for tool in "${tools[@]}"; do
	wrong=()
	for ((files = 5; files < 48; files += 3)); do
		run bash -c 'ulimit -n "$1"; exec "$0" --duration 0.01' "$bin/$tool" "$files"
		case $rc in
		0) ;;
		1) [[ $err =~ 'limit of open files, '$files', is reached' ]] || wrong+=("$files: $err") ;;
		*) wrong+=("$files: exit code $rc: $err") ;;
		esac
	done
	is "${wrong[*]}" '' "$tool: a limit of open files is called so, whatever is refused for it"
	run bash -c 'ulimit -Sn 5; exec "$0" --duration 0.01' "$bin/$tool"
	is "$rc" 0 "$tool: a soft limit is raised"
done

# -- Memory ---------------------------------------------------------------------------------------

for tool in "${tools[@]}"; do
	wrong=()
	for megabytes in 8 10 12 14 16 20 24 32; do
		run bash -c 'ulimit -v "$1"; exec "$0" --duration 0.01' "$bin/$tool" $((megabytes << 10))
		case $rc in
		0 | 127) ;; # 127: not even its libraries
		1) [[ $err =~ 'Cannot allocate memory' ]] || wrong+=("$megabytes: $err") ;;
		*) wrong+=("$megabytes: exit code $rc: $err") ;;
		esac
	done
	is "${wrong[*]}" '' "$tool: a limit of memory is called so"
done

# -- Without /dev/null ------------------------------------------------------------------------------

for tool in "${tools[@]}"; do
	run unshare -m bash -c 'mount -t tmpfs snoopkit /dev && exec "$0" --duration 0.1' "$bin/$tool"
	is "$rc" 0 "$tool starts without /dev/null"
	like "$out" 'seen [0-9]+ = shown' "$tool without /dev/null: the summary is there"
	run unshare -m bash -c 'mount -t tmpfs snoopkit /dev && exec "$0" -v --duration 0.1 <&- 2>&-' \
		"$bin/$tool"
	is "$rc" 0 "$tool starts without stdin and stderr, too"
	like "$out" 'seen [0-9]+ = shown' "$tool without stdin and stderr: the summary is there"
	run unshare -m bash -c 'mount -t tmpfs snoopkit /dev && exec "$0" --duration 0.1 >&-' "$bin/$tool"
	is "$rc $err" "1 $tool: output: Bad file descriptor" "$tool without stdout: one clear line"
done

done_testing
