# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2034,SC2154
# tcpretrans, for tests of every tool (tools.bash).
modes=('' '-c --check' '--conn'
	'--raddr 10.0.0.0/8 --laddr fd00::/8 --lport 1 --rport 2 -4 -u 0 --netns /proc/self/ns/net'
	'--top process --cgroup /sys/fs/cgroup')
tables=('' --conn -c '--top destination' '--top process' '--top container' '--top cause')
results=('--top process')
fault_modes=('' '-j --top process')
