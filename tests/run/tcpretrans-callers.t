#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# sanitized: no (it waits for the timers of the kernel, and tcpretrans-view.t goes the same ways)
# shellcheck disable=SC2317 # functions that others call
#
# Who else calls the kernel's functions that send again than those of tcpretrans-cause.t: each has its
# cause, and the kernel's counter for it says the same.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq

reasons() { # JQ-CONDITION
	events "$1" '"\(.cause) \(.reason)"' | sort -u | paste -sd,
}

# -- Why the SYN-ACK is sent again --------------------------------------------------------

# Requests that nobody has answered when the queue fills up: of five there is room for four.
scenario_queue() {
	pair queue
	ip netns exec "$b" sysctl -qw net.ipv4.tcp_syncookies=0
	background_tcp "$b" backlog 3 listen 0.0.0.0 5001 touch "$scratch/queue" sleep 1000
	server=$REPLY
	wait_until 10 test -e "$scratch/queue"
	background_tcp "$a" tries 10.99.0.2 5001 2 sleep 1000
	two=$REPLY
	two_wait() { [ "$(ip netns exec "$b" cat /proc/net/tcp | awk '$4 == "01"' | wc -l)" = 2 ]; }
	wait_until 10 two_wait
	# The clients' answers are lost until each SYN-ACK was sent again; then what they say is an answer, too.
	netns_drop "$b" acks 'tcp dport 5001 tcp flags & (syn|ack) == ack drop'
	overflow() {
		local three sent
		background_tcp "$a" tries 10.99.0.2 5001 3 wait "$scratch/heard" speak sleep 1000
		three=$REPLY
		wait_until 30 reached "$b" TCPSynRetrans 3
		netns_drop_no_more "$b" acks
		touch "$scratch/heard"
		wait_until 30 reached "$b" ListenOverflows 1
		sent=$(counter "$b" TCPSynRetrans)
		wait_until 30 reached "$b" TCPSynRetrans $((sent + 1))
		kill_background "$two" "$three" "$server"
	}
	traced -- overflow
	check queue
	timeouts queue
	cmp_ok "$(counter "$b" ListenOverflows)" '>' 0 'queue: the kernel has no room for them'
	is "$(reasons "$(in_netns "$b") and .total_segs == 1")" 'synack no_answer' 'queue: first nobody has answered'
	is "$(events "$(in_netns "$b")" '"\(.cause) \(.reason)"' | tail -n 1)" 'synack accept_queue' 'queue: then it is full'
}
witnessed scenario_queue

scenario_defer() {
	pair defer
	background_tcp "$b" defer 1 listen 0.0.0.0 5001 touch "$scratch/defer" sleep 1000
	server=$REPLY
	wait_until 10 test -e "$scratch/defer"
	silent() {
		local client
		background_tcp "$a" tries 10.99.0.2 5001 1 sleep 1000
		client=$REPLY
		wait_until 30 reached "$b" TCPSynRetrans 1
		kill_background "$client" "$server"
	}
	traced -- silent
	check defer
	cmp_ok "$(counter "$b" TCPDeferAcceptDrop)" '>' 0 'defer: the kernel waits for data'
	is "$(reasons "$(in_netns "$b")")" 'synack deferred' 'defer: so does the row'
}
witnessed scenario_defer

scenario_again() {
	pair again
	netns_drop "$a" hole 'tcp sport 5001 drop'
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/again" sleep 1000
	server=$REPLY
	wait_until 10 test -e "$scratch/again"
	asked_again() {
		local client
		background_tcp "$a" try 10.99.0.2 5001 60
		client=$REPLY
		# The second SYN, which the kernel answers.
		wait_until 30 reached "$b" InSegs 2
		wait_until 30 reached "$b" TCPSynRetrans 1
		kill_background "$client" "$server"
	}
	traced --top cause -- asked_again
	like "$(jq -r 'select(.type == "interval") | "\(.cause) \(.reason)"' "$out_file" | sort -u | paste -sd,)" \
		'(^|,)synack (syn_again|no_answer)' 'again: in sums, too'
	like "$(jq -r 'select(.type == "interval") | "\(.cause) \(.reason)"' "$out_file" | sort -u | paste -sd,)" \
		'synack syn_again' 'again: the SYN came again'
}
witnessed scenario_again

# -- Data that came with the SYN is not taken ----------------------------------------------

scenario_fastopen() {
	pair fastopen
	ip netns exec "$a" sysctl -qw net.ipv4.tcp_fastopen=5
	ip netns exec "$b" sysctl -qw net.ipv4.tcp_fastopen=0
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/fastopen" accept sink close
	wait_until 10 test -e "$scratch/fastopen"
	traced -- tcp "$a" fast 10.99.0.2 5001 30 drain shut
	exactly "${ours[all]}" "${sum[RetransSegs]}" 'fastopen: the sum is RetransSegs'
	is "$(segs "$(in_netns "$a") and .cause == \"fastopen\"")" "$(counter "$a" TCPFastOpenActiveFail)" \
		'fastopen: as often as TCPFastOpenActiveFail'
	cmp_ok "$(counter "$a" TCPFastOpenActiveFail)" '>' 0 'fastopen: which there is'
}
witnessed scenario_fastopen

# -- Through a router ---------------------------------------------------------------------

routed() { # NAME
	scratch_netns "$1-a"
	a=$REPLY
	scratch_netns "$1-r"
	router=$REPLY
	scratch_netns "$1-b"
	b=$REPLY
	ip link add veth netns "$a" type veth peer name left netns "$router"
	ip link add veth netns "$b" type veth peer name right netns "$router"
	ip -n "$a" addr add 10.99.1.1/24 dev veth
	ip -n "$router" addr add 10.99.1.254/24 dev left
	ip -n "$router" addr add 10.99.2.254/24 dev right
	ip -n "$b" addr add 10.99.2.2/24 dev veth
	for net in "$a veth" "$router left" "$router right" "$b veth"; do ip -n "${net% *}" link set "${net#* }" up; done
	ip -n "$a" route add default via 10.99.1.254
	ip -n "$b" route add default via 10.99.2.254
	ip netns exec "$router" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
}

# The router asks for the address in vain, and says so when the timer has run out some times.
scenario_unreachable() {
	routed unreachable
	ip netns exec "$a" sysctl -qw net.ipv4.tcp_early_retrans=0
	ip netns exec "$router" sysctl -qw net.ipv4.neigh.right.mcast_solicit=2 net.ipv4.neigh.right.retrans_time_ms=900
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/unreachable" accept sink close
	wait_until 10 test -e "$scratch/unreachable"
	away="ip -n $b link set veth arp off; ip -n $router neigh del 10.99.2.2 dev right"
	back="ip -n $b link set veth arp on"
	at_once() { [ "$(count "$(in_netns "$a") and .reason == \"icmp_unreachable\"")" -gt 0 ]; }
	unreachable() {
		local client
		background_tcp "$a" connect 10.99.2.2 5001 send 1000 drain sh "$away" send 1000 wait "$scratch/told" \
			sh "$back" drain shut
		client=$REPLY
		read_background "$tool"
		wait_until 30 at_once
		touch "$scratch/told"
		background_ends "$client"
	}
	traced -- unreachable
	check unreachable
	timeouts unreachable
	cmp_ok "$(counter "$a" InDestUnreachs)" '>' 0 'unreachable: the router says so'
	is "$(events "$(in_netns "$a")" .cause | sort -u)" rto 'unreachable: by the timer only'
	cmp_ok "$(count "$(in_netns "$a") and .reason == \"icmp_unreachable\"")" '>' 0 'unreachable: some at once'
}
witnessed scenario_unreachable

# The path becomes narrower, of IPv6.
scenario_narrow() {
	scratch_netns narrow-a
	a=$REPLY
	scratch_netns narrow-r
	router=$REPLY
	scratch_netns narrow-b
	b=$REPLY
	ip link add veth netns "$a" type veth peer name left netns "$router"
	ip link add veth netns "$b" type veth peer name right netns "$router"
	ip -n "$a" addr add fd99:1::1/64 dev veth nodad
	ip -n "$router" addr add fd99:1::fe/64 dev left nodad
	ip -n "$router" addr add fd99:2::fe/64 dev right nodad
	ip -n "$b" addr add fd99:2::2/64 dev veth nodad
	for net in "$a veth" "$router left" "$router right" "$b veth"; do ip -n "${net% *}" link set "${net#* }" up; done
	ip -n "$router" link set right mtu 1280
	ip -n "$a" route add default via fd99:1::fe
	ip -n "$b" route add default via fd99:2::fe
	ip netns exec "$router" sysctl -qw net.ipv6.conf.all.forwarding=1
	background_tcp "$b" listen :: 5001 touch "$scratch/narrow" accept sink close
	wait_until 10 test -e "$scratch/narrow"
	traced -- tcp "$a" connect fd99:2::2 5001 send 100 drain send 60000 shut
	check narrow
	cmp_ok "$(segs "$(in_netns "$a") and .cause == \"pmtu\"")" '>' 0 'narrow: IPv6'
}
witnessed scenario_narrow

# A probe for a larger MTU fails: the path is as it was.
scenario_probe() {
	pair probe
	ip netns exec "$a" sysctl -qw net.ipv4.tcp_mtu_probing=2 net.ipv4.tcp_base_mss=512
	netns_drop "$b" long 'meta length > 800 drop'
	ip -n "$a" link set veth gso_max_segs 1
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/probe" accept sink close
	wait_until 10 test -e "$scratch/probe"
	traced -- tcp "$a" connect 10.99.0.2 5001 send 300000 shut
	check probe
	timeouts probe
	cmp_ok "$(counter "$a" TCPMTUPFail)" '>' 0 'probe: the kernel has tried'
	is "$(count "$(in_netns "$a") and .cause == \"pmtu\"")" 0 'probe: the path has not changed'
	cmp_ok "$(count "$(in_netns "$a") and .cause == \"mtu_probe\"")" '>=' "$(counter "$a" TCPMTUPFail)" \
		'probe: each one that failed is sent again'
}
witnessed scenario_probe

# So does one while the network loses something else: the packet after the probe.
scenario_beside() {
	pair beside
	ip netns exec "$a" sysctl -qw net.ipv4.tcp_mtu_probing=2 net.ipv4.tcp_base_mss=512
	ip netns exec "$b" nft -f - <<-EOF
		table inet beside {
			set probed { type ipv4_addr; flags dynamic, timeout; size 8; }
			chain input {
				type filter hook input priority 0;
				tcp dport 5001 meta length > 800 add @probed { ip saddr timeout 60s } drop
				tcp dport 5001 meta length > 300 ip saddr @probed numgen inc mod 2147483647 == 0 counter drop
			}
		}
	EOF
	ip -n "$a" link set veth gso_max_segs 1
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/beside" accept sink close
	wait_until 10 test -e "$scratch/beside"
	traced -- tcp "$a" congestion cubic connect 10.99.0.2 5001 send 300000 shut
	check beside
	timeouts beside
	cmp_ok "$(counter "$a" TCPMTUPFail)" '>' 0 'beside: the kernel has tried'
	like "$(ip netns exec "$b" nft list table inet beside)" 'counter packets 1 ' 'beside: something else was lost'
	cmp_ok "$(count "$(in_netns "$a") and .cause == \"slow_start\"")" '>' 0 'beside: which is no probe'
}
witnessed scenario_beside

# -- A timeout while the window is reduced for another reason -------------------------------

# What this host's own queue drops makes the kernel reduce the window, without anything to be undone. Of
# what is sent at once one segment leaves, one waits 80 ms, and the queue has no room for the next. Nothing of
# it is answered.
scenario_cwr() {
	pair cwr
	modprobe -q sch_tbf || true
	ip netns exec "$a" sysctl -qw net.ipv4.tcp_frto=0
	ip -n "$a" link set veth gso_max_segs 1
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/cwr" accept sink close
	wait_until 10 test -e "$scratch/cwr"
	queue_dropped() { tc -n "$a" -s qdisc show dev veth | sed -n 's/.*dropped \([0-9]*\).*/\1/p'; }
	full_queue() {
		local client
		background_tcp "$a" congestion cubic connect 10.99.0.2 5001 send 1000 drain sh "$(hole_begins "$b")" \
			sh "tc -n $a qdisc add dev veth root tbf rate 150kbit burst 1600 limit 1600" send 26000 \
			counted TCPTimeouts 1 touch "$scratch/timeout" wait "$scratch/go" \
			sh "tc -n $a qdisc del dev veth root; $(hole_ends "$b")" drain shut
		client=$REPLY
		wait_until 30 test -e "$scratch/timeout"
		dropped=$(queue_dropped)
		touch "$scratch/go"
		background_ends "$client"
	}
	traced -- full_queue
	check cwr
	timeouts cwr
	cmp_ok "$dropped" '>' 0 'cwr: the queue drops'
	cmp_ok "$(count "$(in_netns "$a") and .cause == \"rto\"")" '>' 0 'cwr: the timer'
	cmp_ok "$(count "$(in_netns "$a") and .cause == \"slow_start\"")" '>' 0 'cwr: then what else was lost by it'
	is "$(count "$(in_netns "$a") and .cause == \"pmtu\"")" 0 'cwr: the path has not changed'
}
witnessed scenario_cwr

# -- Whether it had been sent again -------------------------------------------------------

scenario_repair() {
	pair repair
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/repair" accept sink close
	wait_until 10 test -e "$scratch/repair"
	traced -- tcp "$a" connect 10.99.0.2 5001 send 1000 drain repair 1000 counted RetransSegs 1 drain shut
	check repair
	is "$(events "$(in_netns "$a")" .again | head -n 1)" null \
		'repair: nobody knows what was sent before it was restored'
}
witnessed scenario_repair

# -- An attempt that fails ----------------------------------------------------------------

scenario_fail() {
	pair fail
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/fail" accept sink close
	wait_until 10 test -e "$scratch/fail"
	filter="ip netns exec $a nft 'table inet out { chain output { type filter hook output priority 0; tcp dport 5001 drop; }; }'"
	traced -- tcp "$a" connect 10.99.0.2 5001 send 1000 drain sh "$(hole_begins "$b")" send 1000 sh "$filter" counted TCPRetransFail 2 \
		sh "ip netns exec $a nft delete table inet out; $(hole_ends "$b")" drain shut
	check fail
	failed=$(counter "$a" TCPRetransFail)
	is "$(result ".check[] | select(.netns == $(netns_number "$a")) | \"\(.failed_segs) \(.kernel_segs)\"")" \
		"$failed $((sum[RetransSegs] - failed))" 'fail: --check tells how many'
	is "$(result .tells_failures)" "$([ "$(count "$(in_netns "$a") and .cause == \"fail\"")" -gt 0 ] && echo true || echo false)" \
		'fail: and whether there are rows of them'
	cmp_ok "$failed" '>' 0 'fail: the kernel has tried'
	if [ "$(count "$(in_netns "$a") and .cause == \"fail\"")" -gt 0 ]; then
		is "$(count "$(in_netns "$a") and .cause == \"fail\" and .errno == \"EPERM\"")" "$failed" 'fail: as often'
		is "$(events "$(in_netns "$a") and .cause == \"fail\"" '"\(.errno) \(.reason)"' | sort -u)" 'EPERM local_filter' \
			'fail: by a filter of this host'
	else
		skip 2 'this kernel does not tell of attempts that fail'
	fi
}
witnessed scenario_fail

# What a queue of this host drops never reaches the network.
scenario_local() {
	pair local
	ip -n "$a" link set veth gso_max_segs 1
	background_tcp "$b" listen 0.0.0.0 5001 touch "$scratch/local" accept sink close
	wait_until 10 test -e "$scratch/local"
	queue="tc -n $a qdisc add dev veth root tbf rate 8kbit burst 1600 limit 1"
	traced -- tcp "$a" connect 10.99.0.2 5001 send 1000 drain sh "$(hole_begins "$b")" send 1000 sh "$queue" counted TCPRetransFail 1 \
		sh "tc -n $a qdisc del dev veth root; $(hole_ends "$b")" drain shut
	check local
	cmp_ok "$(counter "$a" TCPRetransFail)" '>' 0 'local: the queue drops'
	if [ "$(result .tells_failures)" = true ]; then
		is "$(events "$(in_netns "$a") and .cause == \"fail\"" '"\(.errno) \(.reason)"' | sort -u)" 'NET_XMIT_DROP local_queue' \
			'local: the row says so'
	else
		skip 1 'this kernel does not tell of attempts that fail'
	fi
}
witnessed scenario_local

background_tool tcpretrans --check --netns "$(netns_number "$a")"
tool=$REPLY
background_tcp "$b" listen 0.0.0.0 5002 touch "$scratch/text" accept sink close
wait_until 10 test -e "$scratch/text"
filter="ip netns exec $a nft 'table inet out { chain output { type filter hook output priority 0; tcp dport 5002 drop; }; }'"
tcp "$a" connect 10.99.0.2 5002 send 1000 drain sh "$(hole_begins "$b")" send 1000 sh "$filter" counted TCPRetransFail 2 \
	sh "ip netns exec $a nft delete table inet out; $(hole_ends "$b")" drain shut
stop_tool "$tool"
like "$out" "check netns $(netns_number "$a"): kernel [0-9]+ - [1-9][0-9]* not sent (=|but) seen" 'local: --check in words'
if [[ $out == *'could not be sent'*' does not tell'* ]]; then
	pass 'local: and that there are no rows of them'
else
	like "$out" '(rto|tlp), EPERM: dropped by a filter of this host' 'local: each in its row'
fi

done_testing
