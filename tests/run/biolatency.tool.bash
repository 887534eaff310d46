# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2034,SC2154
# biolatency, for tests of every tool (tools.bash).
modes=('' '-Q -D -F' '--phases -D -F' '--phases -p 1' '-c /sys/fs/cgroup -d loop0')
# Its programs read by typed pointers alone.
lockdown=(--phases)
tables=()
plots=('1 1' '1 1 --phases')
results=('-T')
periodic='-D -F --phases 1'
fault_modes=('-D' '-j -F')

load() {
	truncate -s 1M "$scratch/load.disk"
	while :; do
		dd if=/dev/zero of="$scratch/load.disk" bs=4k count=4 oflag=direct conv=notrunc
		sleep 0.05
	done >/dev/null 2>&1
}
