# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2034,SC2154
# dnssnoop, for tests of every tool (tools.bash).
modes=('' '--server --port 53,5353,1053,2053,3053,4053,5053,6053' '-p 1 --comm x -u 0 -c /sys/fs/cgroup'
	'--tree 1')
capabilities=(bpf perfmon net_admin)
# Its programs are attached to cgroups.
kernel_needs=CGROUPS
tables=('' '--top name' '--top process' '--top program' '--top cgroup' '--top container' '--top server' '--top rcode')
plots=(--histogram)
results=('--top name')
fault_modes=('--port 20053' '--port 20053 -j --top name --pcap /dev/null')

load() {
	local dns="$root/tests/run/dns.py"
	python3 -S -E "$dns" serve 127.0.0.1 20053 &
	# shellcheck disable=SC2064 # now
	trap "kill $!; exit" TERM
	while :; do
		python3 -S -E "$dns" ask udp 127.0.0.1 20053 ok.a nx.b
		sleep 0.05
	done >/dev/null 2>&1
}
