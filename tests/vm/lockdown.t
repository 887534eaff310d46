#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2034,SC2154 # for guests; what lib.bash has
#
# A kernel in lockdown says so in one clear line, whether securityfs is mounted or not. On the host;
# `make test-vm-hard` calls it. The kernel it boots has to be in the cache.

# shellcheck source=../run/tools.bash
. "$(dirname "$0")/../run/tools.bash"
need root
kernel=${KERNEL:-6.12}
for tool in "${tools[@]}"; do
	[ -x "$bin/static/$tool" ] || bail_out "no $bin/static/$tool (run: make static)"
done
run_limit=300

# Also with options, where the tool tells which of them work.
commands=()
for tool in "${tools[@]}"; do
	about_tool "$tool"
	commands+=("$tool")
	for options in "${lockdown[@]}"; do commands+=("$tool $options"); done
done

run "$root/tests/vm/run" --append lockdown=confidentiality "$kernel" '
	for fs in none securityfs; do
		[ $fs = none ] || mount -t securityfs snoopkit /sys/kernel/security
		while read -r command; do
			./$command --duration 0.1 </dev/null >/dev/null 2>err
			echo "$fs $command: $? $(grep -v "not seen" err | tr "\n" "|")"
		done <<-END
			'"$(printf '%s\n' "${commands[@]}")"'
		END
	done' "${tools[@]/#/$bin/static/}"
is "$rc" 0 'the guest has booted'
for fs in none securityfs; do
	for command in "${commands[@]}"; do
		tool=${command%% *}
		about_tool "$tool"
		if [ ${#lockdown[@]} -gt 0 ]; then
			like "$out" "(^|"$'\n'")$fs $command: 0 ("$'\n'"|\$)" "$command: runs (mounted: $fs)"
		else
			like "$out" "(^|"$'\n'")$fs $tool: 3 $tool: load: this kernel is in lockdown [^|]*[|]("$'\n'"|\$)" \
				"$tool: one line, exit code 3 (mounted: $fs)"
		fi
	done
done

done_testing
