# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2034,SC2154
# execsnoop, for tests of every tool (tools.bash).
modes=('' '-x --exit --exe --cwd --ancestors 16' '--max-args-bytes 2M' '--exit --tree 1 -c /sys/fs/cgroup')
tables=('' '-x --exit')
fault_modes=('' '-j -x --exit')

load() {
	while :; do
		bash -c "/bin/true $(printf 'x%.0s' {1..300})"
		sleep 0.05
	done >/dev/null 2>&1
}

# Programs with short arguments and long ones.
burst() { # N
	bash -c 'for ((i = 0; i < $1; i++)); do
		printf -v long "%*s" $(((i % 7) * (i % 7) * 400)) ""
		/bin/true "$long" "$i"
	done' - "$1"
}
