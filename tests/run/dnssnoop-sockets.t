#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# Sockets that send or read several datagrams at once, raw sockets, and link-local addresses.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=net.bash
. "$(dirname "$0")/net.bash"
need root ip jq python3

ip link set lo up
pair sockets

# -- Several datagrams at once -------------------------------------------------------------

for address in 10.99.0.2 fd99::2; do
	background ip netns exec "$b" "${dns_py[@]}" bundle "$address" "$port"
	wait_until 20 grep -q ready "$out_file" || bail_out "no server: $(<"$err_file")"
done
three='ok.one NOERROR
ok.six NOERROR
ok.two NOERROR'
bundle() { # HOW ADDRESS NAME...
	local how=$1 address=$2
	shift 2
	ip netns exec "$a" "${dns_py[@]}" bundle "$how" "$address" "$port" "$@" >"$scratch/bundle"
}
# The names have one length, and so have the queries.
for address in 10.99.0.2 fd99::2; do
	traced -j -- bundle gro,answers=500 "$address" ok.one ok.two ok.six
	is "$(results)" "$three" "UDP_GRO, $address: each answer ends its lookup"
	if [ "$(wc -l <"$scratch/bundle")" = 3 ]; then
		skip 1 'the veth of this kernel takes datagrams apart'
	else
		is "$(sort -u "$scratch/bundle")" "$(awk '{ n += $1 } END { print n }' "$scratch/bundle")" '... that were read at once'
	fi
	is "$(result '.queries | "\(.count) \(.answered)"')" '3 3' '... and none has no answer'
	is "$(events true '.answers[0].data' | sort -u)" 10.1.2.3 '... each with its own'
	ok 'seen = shown + filtered + lost' conserved "$out_file"
	traced -j -- bundle segment,answers=500 "$address" ok.1 ok.2 ok.3
	is "$(results)" "$(printf 'ok.%s NOERROR\n' 1 2 3)" "UDP_SEGMENT, $address: each query is a lookup"
	is "$(events true .lat_ns | grep -c null)" 0 '... from its query on'
	ok 'seen = shown + filtered + lost' conserved "$out_file"
done
traced -j --server -- bundle gro,segment,answers=500 10.99.0.2 ok.1 ok.2 ok.3
is "$(results)" "$(printf 'ok.%s NOERROR\n' 1 2 3)" '--server: the same from there'
many=()
for i in {100..160}; do many+=("ok.$i.a-name-that-makes-all-of-them.longer-than-what-a-record-carries.test"); done
traced -j --pcap "$scratch/pcap" -- bundle gro,segment,answers=800 10.99.0.2 "${many[@]}"
is "$(events '.result == "NOERROR" and .lat_ns' .qname | sort)" "$(printf '%s\n' "${many[@]}")" 'as many as there may be'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# -- Raw sockets ---------------------------------------------------------------------------

server_in() { # NAMESPACE ADDRESS PORT
	background ip netns exec "$1" "${dns_py[@]}" serve "$2" "$3"
	wait_until 20 grep -q ready "$out_file" || bail_out "no server at $2: $(<"$err_file")"
}
port=$((port + 1))
server_in "$b" 10.99.0.2 "$port"
server_in "$b" fd99::2 "$port"
for family in 4 6; do
	for protocol in udp tcp; do
		for name in "$a" "$b"; do
			background ip netns exec "$name" "${dns_py[@]}" raw "$family" "$protocol"
			wait_until 20 grep -q ready "$out_file" || bail_out "no raw socket: $(<"$err_file")"
		done
	done
done
ask_in() { # HOW ADDRESS NAME...
	local how=$1 address=$2
	shift 2
	ip netns exec "$a" "${dns_py[@]}" ask "$how" "$address" "$port" "$@"
}
beside() {
	ask_in connected 10.99.0.2 ok.four
	ask_in unconnected fd99::2 nx.six
	ask_in tcp 10.99.0.2 ok.four-tcp
	ask_in tcp fd99::2 ok.six-tcp
}
rows='nx.six NXDOMAIN null
ok.four NOERROR null
ok.four-tcp NOERROR null
ok.six-tcp NOERROR null'
traced -j -- beside
is "$(results '"\(.result) \(.remark)"')" "$rows" 'beside raw sockets each lookup is one row'
ok 'seen = shown + filtered + lost' conserved "$out_file"
traced -j --server -- beside
is "$(results '"\(.result) \(.remark)"')" "$rows" '... from the other side, too'
raw_asks() {
	ip netns exec "$a" "${dns_py[@]}" rawask 10.99.0.2 "$port" ok.raw nx.raw
	ask_in connected 10.99.0.2 ok.beside
}
traced -j -- raw_asks
is "$(results '"\(.result) \(.remark)"')" 'nx.raw NXDOMAIN null
ok.beside NOERROR null
ok.raw NOERROR null' 'a raw socket that asks itself'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# -- Link-local addresses ------------------------------------------------------------------

port=$((port + 1))
for name in "$a" "$b"; do
	last=1
	[ "$name" = "$a" ] || last=2
	ip -n "$name" addr add "fe80::$last/64" dev veth nodad
done
number=$(ip -n "$a" -o link show veth | cut -d: -f1)
server_in "$b" fe80::2%veth "$port"
server_in "$a" fe80::1%veth "$port"
local_rows='"\(.result) \(.client) \(.server)"'
link_local() {
	ask_in connected fe80::2%veth ok.connected
	ask_in unconnected fe80::2%veth ok.unconnected
	ask_in tcp fe80::2%veth ok.tcp
	# What goes by the loopback is of that interface still.
	ask_in connected fe80::1%veth ok.own
	ask_in wait=10 ff02::1:3%veth ok.group
	ask_in connected fd99::2 ok.wide 2>/dev/null
}
scoped() { # SCOPE
	cat <<-EOF
		ok.connected NOERROR fe80::1%$1 fe80::2%$1
		ok.group ABANDONED fe80::1%$1 ff02::1:3%$1
		ok.own NOERROR fe80::1%$1 fe80::1%$1
		ok.tcp NOERROR fe80::1%$1 fe80::2%$1
		ok.unconnected NOERROR fe80::1%$1 fe80::2%$1
	EOF
}
traced -j -- link_local
is "$(results "$local_rows" | grep -v wide)" "$(scoped "$number")" "another's network namespace: the interface's number"
background ip netns exec "$a" "$bin/dnssnoop" --port "$port" -j
tool=$REPLY
wait_until "$(scaled 20 60)" tracing "$tool" || bail_out "not tracing: $(<"$err_file")"
link_local
stop_tool "$tool"
is "$(results "$local_rows" | grep -v wide)" "$(scoped veth)" 'the own one: its name'
traced --top server -- link_local
like "$(<"$out_file")" "\\[fe80::2%$number\\]:$port" '--top server'

done_testing
