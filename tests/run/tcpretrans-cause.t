#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# sanitized: no (it waits for the timers of the kernel, and tcpretrans-view.t goes the same ways)
# shellcheck disable=SC2317 # functions that others call
#
# The causes and the weights of retransmissions, beside the kernel's own counters of the network
# namespace: the sum is RetransSegs, and that of each class is the counter of that class.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq

# -- Nobody answers -----------------------------------------------------------------------

scenario_syn() {
	pair syn
	netns_drop "$b" hole 'tcp dport 5001 drop'
	traced -- tcp_asks_until "$a" 10.99.0.2 5001 "$a" 2
	check syn
	timeouts syn
	cmp_ok "$(count "$(in_netns "$a") and .cause == \"syn\"")" '>=' 2 'syn: more than one'
	is "$(events "$(in_netns "$a")" '"\(.cause) \(.state) \(.flags) \(.segs) \(.bytes) \(.daddr) \(.dport) \(.family)"' | sort -u)" \
		'syn SYN_SENT S 1 0 10.99.0.2 5001 ipv4' 'syn: what it is'
	is "$(events "$(in_netns "$a")" .again | head -n 2 | paste -sd' ')" 'false true' 'syn: the second is sent again'
}
witnessed scenario_syn

scenario_synack() {
	pair synack
	netns_drop "$a" hole 'tcp sport 5001 drop'
	background_tcp "$b" listen :: 5001 touch "$scratch/listens" accept
	server=$REPLY
	wait_until 10 test -e "$scratch/listens"
	no_answer() {
		tcp_asks_until "$a" 10.99.0.2 5001 "$b" 2
		kill_background "$server"
	}
	traced -- no_answer
	check synack
	cmp_ok "$(count "$(in_netns "$b") and .cause == \"synack\"")" '>=' 2 'synack: more than one'
	is "$(events "$(in_netns "$b")" '"\(.cause) \(.state) \(.saddr) \(.sport) \(.daddr) \(.family)"' | sort -u)" \
		'synack SYN_RECV 10.99.0.2 5001 10.99.0.1 ipv4' 'synack: IPv4, though the listener is of IPv6'
	is "$(events "$(in_netns "$b")" .pid | sort -u)" "$server" "synack: the listener's process"
}
witnessed scenario_synack

# With data in the SYN the connection is there before anybody has answered.
scenario_tfo() {
	pair tfo
	ip netns exec "$a" sysctl -qw net.ipv4.tcp_fastopen=0x207
	ip netns exec "$b" sysctl -qw net.ipv4.tcp_fastopen=0x207
	netns_drop "$a" hole 'tcp sport 5001 drop'
	background_tcp "$b" fastopen listen 0.0.0.0 5001 touch "$scratch/tfo" accept sink
	server=$REPLY
	wait_until 10 test -e "$scratch/tfo"
	no_answer() {
		local client
		background_tcp "$a" fast 10.99.0.2 5001 60
		client=$REPLY
		wait_until 30 reached "$b" TCPSynRetrans 2
		kill_background "$client" "$server"
		netns_drop_no_more "$a" hole
	}
	traced -- no_answer
	check tfo
	cmp_ok "$(count "$(in_netns "$b") and .cause == \"synack\"")" '>=' 2 'tfo: more than one SYN-ACK'
	is "$(events "$(in_netns "$b") and .cause == \"synack\"" '"\(.state) \(.pid) \(.saddr) \(.sport) \(.daddr)"' | sort -u)" \
		"SYN_RECV $server 10.99.0.2 5001 10.99.0.1" 'tfo: of whom'
}
witnessed scenario_tfo

# -- The window is closed while something is on its way -----------------------------------

# After the first segment nothing comes in any more.
scenario_window() {
	pair window
	ip -n "$a" link set veth gso_max_segs 1
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/window" accept sink close
	wait_until 10 test -e "$scratch/window"
	netns_drop_after "$b" most 1 'tcp dport 5001 meta length > 1000'
	netns_drop "$a" shut 'tcp sport 5001 tcp flags & syn == 0 tcp window set 0'
	traced -- tcp "$a" connect 10.99.0.2 5001 send 20000 counted RetransSegs 2 sh "ip netns exec $a nft delete table inet shut" \
		sh "ip netns exec $b nft delete table inet most" drain shut
	check window
	timeouts window
	cmp_ok "$(count "$(in_netns "$a") and .cause == \"zero_window\"")" '>' 0 'window: the timer of a closed one'
}
witnessed scenario_window

# -- The end of what was sent is lost -----------------------------------------------------

tail_loss() { # RETRANSMISSIONS
	tcp "$a" connect 10.99.0.2 5001 send 1000 drain send 1000 drain \
		sh "$(hole_begins "$b")" send 1000 counted RetransSegs "$1" sh "$(hole_ends "$b")" drain shut
}

scenario_tlp() {
	pair tlp
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/tlp" accept sink close
	wait_until 10 test -e "$scratch/tlp"
	traced -- tail_loss 2
	check tlp
	timeouts tlp
	is "$(events "$(in_netns "$a")" .cause | head -n 1)" tlp 'tlp: first a probe'
	is "$(events "$(in_netns "$a")" .cause | sed -n 2p)" rto 'tlp: then the timer'
	is "$(events "$(in_netns "$a") and .cause == \"tlp\"" '"\(.segs) \(.bytes) \(.again)"')" '1 1000 false' \
		'tlp: its weight'
	is "$(events "$(in_netns "$a") and .cause == \"rto\"" .again | sort -u)" true 'tlp: what the timer sends had been sent again by it'
	cmp_ok "$(events "$(in_netns "$a") and .cause == \"rto\"" .rto_ms | head -n 1)" '>=' 200 'tlp: rto_ms'
}
witnessed scenario_tlp

scenario_rto() {
	pair rto
	ip netns exec "$a" sysctl -qw net.ipv4.tcp_early_retrans=0
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/rto" accept sink close
	wait_until 10 test -e "$scratch/rto"
	traced -- tail_loss 2
	check rto
	timeouts rto
	is "$(events "$(in_netns "$a")" .cause | sort -u)" rto 'rto: nothing else, without probes'
	is "$(events "$(in_netns "$a")" '"\(.backoff) \(.again)"' | head -n 2 | paste -sd' ')" '0 false 1 true' \
		'rto: backoff and again'
}
witnessed scenario_rto

# Data, and the end, which goes with it from the second time on.
scenario_fin() {
	pair fin
	ip netns exec "$a" sysctl -qw net.ipv4.tcp_early_retrans=0
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/fin" accept sink close
	wait_until 10 test -e "$scratch/fin"
	all_is_lost="ip netns exec $b nft 'table inet hole { chain input { type filter hook input priority 0; tcp dport 5001 drop; }; }'"
	traced -- tcp "$a" connect 10.99.0.2 5001 send 1000 drain sh "$all_is_lost" send 100 end \
		counted RetransSegs 2 sh "$(hole_ends "$b")" shut
	check fin
	timeouts fin
	is "$(events "$(in_netns "$a")" '"\(.cause) \(.segs) \(.bytes) \(.flags)"' | tail -n 1)" 'rto 1 100 FPA' 'fin: with the data'
}
witnessed scenario_fin

# -- The path becomes narrower ------------------------------------------------------------

scenario_mtu() {
	scratch_netns mtu-a
	a=$REPLY
	scratch_netns mtu-r
	router=$REPLY
	scratch_netns mtu-b
	b=$REPLY
	ip link add veth netns "$a" type veth peer name left netns "$router"
	ip link add veth netns "$b" type veth peer name right netns "$router"
	ip -n "$a" addr add 10.99.1.1/24 dev veth
	ip -n "$router" addr add 10.99.1.254/24 dev left
	ip -n "$router" addr add 10.99.2.254/24 dev right
	ip -n "$b" addr add 10.99.2.2/24 dev veth
	ip -n "$a" link set veth up
	ip -n "$router" link set left up
	ip -n "$router" link set right up mtu 1000
	ip -n "$b" link set veth up
	ip -n "$a" route add default via 10.99.1.254
	ip -n "$b" route add default via 10.99.2.254
	ip netns exec "$router" sysctl -qw net.ipv4.ip_forward=1
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/mtu" accept sink close
	wait_until 10 test -e "$scratch/mtu"
	traced -- tcp "$a" connect 10.99.2.2 5001 send 100 drain send 100000 shut
	check pmtu
	cmp_ok "$(segs "$(in_netns "$a") and .cause == \"pmtu\"")" '>' 0 'pmtu: sent again in smaller ones'
}
witnessed scenario_mtu

done_testing
