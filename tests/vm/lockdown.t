#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016 # for guests
#
# A kernel in lockdown says so in one clear line, whether securityfs is mounted or not. On the host;
# `make test-vm-hard` calls it. The kernel it boots has to be in the cache.

# shellcheck source=../run/lib.bash
. "$(dirname "$0")/../run/lib.bash"
need root
kernel=${KERNEL:-6.12}
tools=(biolatency execsnoop tcpretrans dnssnoop)
for tool in "${tools[@]}"; do
	[ -x "$bin/static/$tool" ] || bail_out "no $bin/static/$tool (run: make static)"
done
run_limit=300

run "$root/tests/vm/run" --append lockdown=confidentiality "$kernel" '
	for fs in none securityfs; do
		[ $fs = none ] || mount -t securityfs snoopkit /sys/kernel/security
		for tool in "biolatency --phases" execsnoop tcpretrans dnssnoop; do
			./$tool --duration 0.1 >/dev/null 2>err
			echo "$fs ${tool%% *} $? $(grep -v "not seen" err | tr "\n" "|")"
		done
	done' "${tools[@]/#/$bin/static/}"
is "$rc" 0 'the guest has booted'
# biolatency's programs read by typed pointers alone, which a lockdown lets be.
for fs in none securityfs; do
	like "$out" "(^|"$'\n'")$fs biolatency 0 ("$'\n'"|\$)" "biolatency: runs (mounted: $fs)"
	for tool in execsnoop tcpretrans dnssnoop; do
		like "$out" "(^|"$'\n'")$fs $tool 3 $tool: load: this kernel is in lockdown [^|]*[|]("$'\n'"|\$)" \
			"$tool: one line, exit code 3 (mounted: $fs)"
	done
done

done_testing
