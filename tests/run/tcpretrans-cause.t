#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# The causes and the weights of retransmissions, beside the kernel's own counters of the network
# namespace: the sum is RetransSegs, and that of each class is the counter of that class.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq python3

# A pair for each scenario: their counters begin at 0.
pair() { # NAME
	scratch_netns "$1-a"
	a=$REPLY
	scratch_netns "$1-b"
	b=$REPLY
	netns_link "$a" "$b"
}

# Runs the tool around a command. Others' sockets are not ours.
traced() { # OPTION... -- COMMAND...
	local options=() tool
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	background_tool tcpretrans -j --check "${options[@]}" || return
	tool=$REPLY
	"$@"
	wait_until 20 netns_is_quiet "$a" && wait_until 20 netns_is_quiet "$b" ||
		diag 'connections are left'
	stop_tool "$tool"
}

in_netns() { # NAME: a condition of events
	echo ".netns == $(netns_number "$1")"
}

sum() { # COUNTER: of both
	echo $(($(counter "$a" "$1") + $(counter "$b" "$1")))
}

# What holds of every scenario.
check() { # SCENARIO
	local ours
	ours="($(in_netns "$a") or $(in_netns "$b"))"
	exactly "$(segs "$ours")" $(($(sum RetransSegs) - $(sum TCPRetransFail))) "$1: the sum is RetransSegs"
	exactly "$(segs "$ours and (.cause == \"fast\" or .cause == \"rack\")")" "$(sum TCPFastRetrans)" \
		"$1: fast and rack are TCPFastRetrans"
	exactly "$(segs "$ours and (.cause == \"slow_start\" or .cause == \"pmtu\")")" \
		"$(sum TCPSlowStartRetrans)" "$1: slow_start and pmtu are TCPSlowStartRetrans"
	exactly "$(segs "$ours and (.cause == \"syn\" or .cause == \"synack\")")" "$(sum TCPSynRetrans)" \
		"$1: syn and synack are TCPSynRetrans"
	cmp_ok "$(segs "$ours and .cause == \"tlp\"")" '<=' "$(sum TCPLossProbes)" \
		"$1: tlp are among TCPLossProbes"
	ok "$1: seen = shown + filtered + lost" conserved "$out_file"
	ok "$1: each line is JSON" json_check "$out_file"
	[ -z "${SNOOPKIT_KERNEL_VERSION-}" ] || is "$rc" 0 "$1: --check agrees"
}

timeouts() { # SCENARIO
	exactly "$(count "(.cause == \"rto\" or .cause == \"zero_window\" or .cause == \"syn\" or .cause == \"synack\") and ($(in_netns "$a") or $(in_netns "$b"))")" \
		"$(sum TCPTimeouts)" "$1: timeouts are TCPTimeouts"
}

# -- Nobody answers -----------------------------------------------------------------------

pair syn
netns_drop "$b" hole 'tcp dport 5001 drop'
traced -- tcp "$a" try 10.99.0.2 5001 3.5
check syn
timeouts syn
cmp_ok "$(count "$(in_netns "$a") and .cause == \"syn\"")" '>=' 2 'syn: more than one'
is "$(events "$(in_netns "$a")" '"\(.cause) \(.state) \(.segs) \(.bytes) \(.daddr) \(.dport) \(.family)"' | sort -u)" \
	'syn SYN_SENT 1 0 10.99.0.2 5001 ipv4' 'syn: what it is'
is "$(events "$(in_netns "$a")" .again | head -n 2 | paste -sd' ')" 'false true' 'syn: the second is sent again'

pair synack
netns_drop "$a" hole 'tcp sport 5001 drop'
background_tcp "$b" listen :: 5001 touch "$scratch/listens" accept
server=$REPLY
wait_until 10 test -e "$scratch/listens"
no_answer() {
	tcp "$a" try 10.99.0.2 5001 3.5
	kill "$server"
}
traced -- no_answer
check synack
cmp_ok "$(count "$(in_netns "$b") and .cause == \"synack\"")" '>=' 2 'synack: more than one'
is "$(events "$(in_netns "$b")" '"\(.cause) \(.state) \(.saddr) \(.sport) \(.daddr) \(.family)"' | sort -u)" \
	'synack SYN_RECV 10.99.0.2 5001 10.99.0.1 ipv4' 'synack: IPv4, though the listener is of IPv6'
is "$(events "$(in_netns "$b")" .pid | sort -u)" "$server" "synack: the listener's process"

# -- The end of what was sent is lost -----------------------------------------------------

tail_loss() { # SECONDS
	tcp "$a" connect 10.99.0.2 5001 send 1000 drain sleep 0.1 send 1000 drain \
		sh "$(hole_begins "$b")" send 1000 sleep "$1" sh "$(hole_ends "$b")" drain shut
}

pair tlp
background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/tlp" accept sink close
wait_until 10 test -e "$scratch/tlp"
traced -- tail_loss 0.8
check tlp
timeouts tlp
is "$(events "$(in_netns "$a")" .cause | head -n 1)" tlp 'tlp: first a probe'
is "$(events "$(in_netns "$a")" .cause | sed -n 2p)" rto 'tlp: then the timer'
is "$(events "$(in_netns "$a") and .cause == \"tlp\"" '"\(.segs) \(.bytes) \(.again)"')" '1 1000 false' \
	'tlp: its weight'
cmp_ok "$(events "$(in_netns "$a") and .cause == \"rto\"" .rto_ms | head -n 1)" '>=' 200 'tlp: rto_ms'

pair rto
ip netns exec "$a" sysctl -qw net.ipv4.tcp_early_retrans=0
background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/rto" accept sink close
wait_until 10 test -e "$scratch/rto"
traced -- tail_loss 1
check rto
timeouts rto
is "$(events "$(in_netns "$a")" .cause | sort -u)" rto 'rto: nothing else, without probes'
is "$(events "$(in_netns "$a")" '"\(.backoff) \(.again)"' | head -n 2 | paste -sd' ')" '0 false 1 true' \
	'rto: backoff and again'

# -- Some of much is lost -----------------------------------------------------------------

bulk() { # NAME ADDRESS PERCENT CONGESTION BYTES inc|random
	pair "$1"
	netns_drop "$b" loss "tcp dport 5001 tcp flags & (syn|rst) == 0 numgen $6 mod 100 < $3 drop"
	rm -f "$scratch/bulk"
	background_tcp "$b" listen :: 5001 touch "$scratch/bulk" accept sink close
	wait_until 10 test -e "$scratch/bulk"
	traced -- tcp "$a" congestion "$4" connect "$2" 5001 send "$5" shut
	check "$1"
	timeouts "$1"
	cmp_ok "$(segs "$(in_netns "$a")")" '>' 5 "$1: some were lost"
	is "$(events "$(in_netns "$a")" .congestion | sort -u)" "$4" "$1: congestion control"
}
bulk cubic1 10.99.0.2 1 cubic 20000000 inc
bulk cubic30 10.99.0.2 30 cubic 400000 random
modprobe -q tcp_bbr
bulk bbr1 10.99.0.2 1 bbr 20000000 inc
bulk bbr30 10.99.0.2 30 bbr 400000 random
bulk v6 fd99::2 2 cubic 5000000 inc
is "$(events "$(in_netns "$a")" '"\(.daddr) \(.family)"' | sort -u)" 'fd99::2 ipv6' 'IPv6'
bulk mapped ::ffff:10.99.0.2 2 cubic 5000000 inc
is "$(events "$(in_netns "$a")" '"\(.daddr) \(.family)"' | sort -u)" '10.99.0.2 ipv4' \
	'IPv4 of an IPv6 socket is IPv4'

# Where attempts that fail are told (6.17), each of those that the queue still had.
if [ "$(jq -s '[.[] | select(.type == "event" and .cause == "fail")] | length' "$out_file")" -gt 0 ]; then
	exactly "$(count "$(in_netns "$a") and .errno == \"EBUSY\"")" "$(counter "$a" TCPSpuriousRtxHostQueues)" \
		'failed attempts are TCPSpuriousRtxHostQueues'
	is "$(segs '.cause == "fail"')" 0 'and weigh nothing'
fi

# -- The path becomes narrower ------------------------------------------------------------

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

done_testing
