#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# sanitized: no (of how much the programs can take)
#
# Much is sent, some of it lost: each segment sent again is counted, under the cause that the
# kernel's own counters have it under, whatever the congestion control and the family.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq

bulk() { # NAME ADDRESS LOST OF inc|random CONGESTION BYTES
	pair "$1"
	netns_drop "$b" loss "tcp dport 5001 tcp flags & (syn|rst) == 0 numgen $5 mod $4 < $3 drop"
	rm -f "$scratch/bulk"
	background_tcp "$b" listen :: 5001 touch "$scratch/bulk" accept sink close
	wait_until 10 test -e "$scratch/bulk"
	traced -- tcp "$a" congestion "$6" connect "$2" 5001 send "$7" shut
	check "$1"
	timeouts "$1"
	cmp_ok "$(segs "$(in_netns "$a")")" '>' 0 "$1: some were lost"
	is "$(events "$(in_netns "$a")" .congestion | sort -u)" "$6" "$1: congestion control"
}
bulk cubic1 10.99.0.2 1 "$(scaled 100 10)" inc cubic "$(scaled 20000000 2000000)"
# Of few packets each third, so that it is not up to chance.
read -r lost of how < <(scaled '3 10 random' '1 3 inc')
bulk cubic30 10.99.0.2 "$lost" "$of" "$how" cubic "$(scaled 400000 150000)"
modprobe -q tcp_bbr || true
bulk bbr1 10.99.0.2 1 "$(scaled 100 10)" inc bbr "$(scaled 20000000 2000000)"
bulk bbr30 10.99.0.2 "$lost" "$of" "$how" bbr "$(scaled 400000 150000)"
bulk v6 fd99::2 1 "$(scaled 50 10)" inc cubic "$(scaled 5000000 1000000)"
is "$(events "$(in_netns "$a")" '"\(.daddr) \(.family)"' | sort -u)" 'fd99::2 ipv6' 'IPv6'
bulk mapped ::ffff:10.99.0.2 1 "$(scaled 50 10)" inc cubic "$(scaled 5000000 1000000)"
is "$(events "$(in_netns "$a")" '"\(.daddr) \(.family)"' | sort -u)" '10.99.0.2 ipv4' \
	'IPv4 of an IPv6 socket is IPv4'

# Where attempts that fail are told (6.17), each of those that the queue still had.
if [ "$(jq -s '[.[] | select(.type == "event" and .cause == "fail")] | length' "$out_file")" -gt 0 ]; then
	exactly "$(count "$(in_netns "$a") and .errno == \"EBUSY\"")" "$(counter "$a" TCPSpuriousRtxHostQueues)" \
		'failed attempts are TCPSpuriousRtxHostQueues'
	is "$(segs '.cause == "fail"')" 0 'and weigh nothing'
fi

# Where packets are late, too, and the queue is that of netem.
if modprobe -q sch_netem; then
	pair netem
	ip netns exec "$a" tc qdisc add dev veth root netem delay 20ms 5ms loss 3% ||
		bail_out 'no netem'
	background_tcp "$b" listen :: 5001 touch "$scratch/netem" accept sink close
	wait_until 10 test -e "$scratch/netem"
	traced -- tcp "$a" congestion cubic connect 10.99.0.2 5001 send "$(scaled 1500000 700000)" shut
	check netem
	cmp_ok "$(segs "$(in_netns "$a")")" '>' 0 'netem: some were lost'
else
	skip 1 'no netem'
fi

done_testing
