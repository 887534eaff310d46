#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Link-local addresses: with their interface, by name in the own network namespace and by number in
# others; and filters by them.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq python3

port=$((20000 + $$ % 5000))
pair scope
ip -n "$a" addr add fe80::1/64 dev veth nodad
ip -n "$b" addr add fe80::2/64 dev veth nodad
netns_drop "$b" loss "tcp dport $port drop"
number=$(ip netns exec "$a" cat /sys/class/net/veth/ifindex 2>/dev/null || ip -n "$a" -o link show veth | cut -d: -f1)

tools=()
start() { # NAMESPACE OPTION...
	local within=()
	[ "$1" = - ] || within=(ip netns exec "$1")
	shift
	background "${within[@]}" "$bin/tcpretrans" -j --rport "$port" "$@"
	wait_until "$(scaled 20 60)" tracing "$REPLY" || bail_out "not tracing: $(<"$err_file")"
	tools+=("$REPLY")
}
start -
start "$a"
start "$a" --raddr fe80::2%veth
start "$a" --raddr fe80::%veth/64 --laddr "fe80::1%$number"
start "$a" --raddr fe80::2%lo
start - --netns "$a" --raddr "fe80::2%$number"
start - --raddr fe80::2%lo
start - --raddr fe80::2
start - --top destination
background ip netns exec "$a" python3 -S -E -c "import _socket as socket
s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM); s.settimeout(60)
try: s.connect(('fe80::2', $port, 0, $number))
except OSError: pass"
asking=$REPLY
wait_until 30 reached "$a" TCPSynRetrans 1
kill_background "$asking"

ended_as() { # EXPECTED DESCRIPTION
	stop_tool "${tools[0]}"
	tools=("${tools[@]:1}")
	is "$(events true '"\(.saddr) \(.daddr)"' | sort -u)" "$1" "$2"
	ok "... seen = shown + filtered + lost" conserved "$out_file"
}
ended_as "fe80::1%$number fe80::2%$number" "another's network namespace: the interface's number"
ended_as 'fe80::1%veth fe80::2%veth' 'the own one: its name'
ended_as 'fe80::1%veth fe80::2%veth' '--raddr with a name'
ended_as 'fe80::1%veth fe80::2%veth' 'a network with an interface, and a number'
ended_as '' 'of another interface'
ended_as "fe80::1%$number fe80::2%$number" "--netns, and a number"
ended_as '' "another's interface has not the name of one here"
ended_as "fe80::1%$number fe80::2%$number" 'without an interface: of any'
stop_tool "${tools[0]}"
is "$(jq -r 'select(.type == "interval") | .daddr' "$out_file" | sort -u)" "fe80::2%$number" '--top destination'

for wrong in 10.0.0.1%lo 2001:db8::1%lo fe80::1%nosuch fe80::1% fe80::1%0 fe80::1%99999999999; do
	run "$bin/tcpretrans" --raddr "$wrong" --duration 1
	is "$rc" 2 "$wrong is no address"
done
run "$bin/tcpretrans" --laddr fe80::1%4 --raddr fe80::2%5 --duration 1
is "$rc" 2 'two interfaces'

done_testing
