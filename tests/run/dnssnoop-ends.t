#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for another shell; run by traced
#
# Lookups without an answer: each says by what it ended.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=net.bash
. "$(dirname "$0")/net.bash"
need root ip nft jq python3

server_in() { # NAMESPACE ADDRESS
	background ip netns exec "$1" "${dns_py[@]}" serve "$2" "$port"
	wait_until 20 grep -q ready "$out_file" || bail_out "no server at $2: $(<"$err_file")"
}
ask_in() { # HOW ADDRESS NAME...
	local how=$1 address=$2
	shift 2
	ip netns exec "$a" "${dns_py[@]}" ask "$how" "$address" "$port" "$@"
}
pair ends
server_in "$b" 10.99.0.2
server_in "$b" fd99::2
row='"\(.qname) \(.result)"'
sorted() { events true "$row" | sort; }

# -- The asker closes its socket -----------------------------------------------------------

gives_up() {
	ask_in nowait 10.99.0.2 silent.udp
	ask_in nowait,unconnected fd99::2 silent.udp6
	ask_in nowait,tcp 10.99.0.2 silent.tcp
	ask_in wait=300 10.99.0.2 silent.after
	# Another socket soon after is the same lookup.
	ask_in newsocket,pause=200,wait=200 10.99.0.2 silent.again
	ask_in connected 10.99.0.2 ok.answered
}
traced -j -- gives_up
is "$(sorted)" 'ok.answered NOERROR
silent.after ABANDONED
silent.again ABANDONED
silent.tcp ABANDONED
silent.udp ABANDONED
silent.udp6 ABANDONED' 'who asked has closed the socket'
is "$(events '.qname == "silent.again"' .retries)" 1 'another socket soon after is the same lookup'
cmp_ok "$(events '.qname == "silent.after"' .lat_ns)" '>=' 300000000 'it took as long as somebody waited'
cmp_ok "$(events '.qname == "silent.after"' .lat_ns)" '<' 3000000000 'and not until the time was over'
is "$(result '.queries | "\(.count) \(.answered) \(.abandoned) \(.timed_out) \(.open)"')" '6 1 5 0 0' 'they are counted'
ok 'seen = shown + filtered + lost' conserved "$out_file"
traced -x --result ABANDONED -- ask_in nowait 10.99.0.2 silent.table
like "$(<"$out_file")" 'ABANDONED .*silent.table' 'a failure, which can be asked for'

# -- The server closes the connection ------------------------------------------------------

closes() {
	ask_in tcp,pause=1200 10.99.0.2 ok.first close.four
	ask_in tcp,pause=4000 fd99::2 close.six
	ask_in tcp,pause=1200 10.99.0.2 part.four
	ask_in tcp 10.99.0.2 ok.whole
}
traced -j -- closes
is "$(sorted)" 'close.four CLOSED
close.six CLOSED
ok.first NOERROR
ok.whole NOERROR
part.four CLOSED' 'the server has closed the connection, without an answer or after a part of one'
cmp_ok "$(events '.qname == "close.six"' .lat_ns)" '<' 3500000000 'that is when it ends'
is "$(result '.queries | "\(.answered) \(.closed) \(.abandoned)"')" '2 3 0' 'they are counted'
ok 'seen = shown + filtered + lost' conserved "$out_file"
traced -j -- ask_in tcp,pause=1200 10.99.0.2 reset.four
is "$(sorted)" 'reset.four RESET' 'by a reset'

# -- ICMP ----------------------------------------------------------------------------------

if ! bpftool btf dump file /sys/kernel/btf/vmlinux 2>/dev/null | grep -q btf_trace_inet_sk_error_report; then
	skip 4 'no tracepoint for errors of sockets'
	done_testing
	exit
fi
rejects=(port:icmp:port-unreachable net:icmp:net-unreachable host:icmp:host-unreachable
	prohibited:icmp:admin-prohibited hostban:icmp:host-prohibited netban:icmp:net-prohibited
	port6:icmpv6:port-unreachable route6:icmpv6:no-route prohibited6:icmpv6:admin-prohibited
	addr6:icmpv6:addr-unreachable)
dport=$port
nft_rules=()
for i in "${!rejects[@]}"; do
	IFS=: read -r _ family how <<<"${rejects[i]}"
	nft_rules+=("udp dport $((dport + 1 + i)) reject with $family $how")
done
netns_drop "$b" refused "${nft_rules[@]}" || bail_out 'no rules'
rejected() { # HOW NUMBER
	local i word family address names=()
	for i in "${!rejects[@]}"; do
		IFS=: read -r word family _ <<<"${rejects[i]}"
		address=10.99.0.2
		[ "$family" = icmp ] || address=fd99::2
		names+=("ok.$word@$address,$((dport + 1 + i))")
	done
	# One hop is not enough for what is behind it.
	names+=("ok.hop@10.77.0.1,$dport,ttl=1" "ok.hop6@fd77::1,$dport,ttl=1")
	# Once it is known what goes there, nothing longer is sent.
	names+=("ok.big@10.78.0.$2,$dport,pad=1200" "ok.big6@fd78::$2,$dport,pad=1400")
	ask_in "$1,wait=150" 10.99.0.2 "${names[@]}"
}
for name in 10.77.0.0/16 fd77::/64 10.78.0.0/16 fd78::/64; do
	via=10.99.0.2
	[[ $name == fd* ]] && via=fd99::2
	ip -n "$a" route add "$name" via "$via"
done
scratch_netns ends-c
c=$REPLY
ip link add far netns "$b" type veth peer name far netns "$c"
ip -n "$b" link set far mtu 1280
for name in "$b" "$c"; do ip -n "$name" link set far up; done
for name in 10.77.0.0/16 10.78.0.0/16; do ip -n "$b" route add "$name" dev far; done
for name in fd77::/64 fd78::/64; do ip -n "$b" route add "$name" dev far; done
ip -n "$b" route change 10.78.0.0/16 dev far mtu 700
ip netns exec "$b" bash -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
ip netns exec "$b" bash -c 'for i in /proc/sys/net/ipv4/icmp_ratemask /proc/sys/net/ipv6/icmp/ratelimit; do echo 0 >$i; done'
# A tool has 8 ports at most.
lists=("$(seq -s, "$dport" $((dport + 7)))" "$(seq -s, $((dport + 8)) $((dport + ${#rejects[@]})))")
turn=0
for how in connected recverr; do
	: >"$scratch/$how"
	tools=()
	for list in "${lists[@]}"; do
		background_tool dnssnoop --port "$list" -j || bail_out 'no tool'
		tools+=("$REPLY")
	done
	rejected "$how" $((++turn))
	for tool in "${tools[@]}"; do
		stop_tool "$tool"
		events true "$row + \" \\(.error) \\(.icmp // .icmp6 | \"\\(.type?)/\\(.code?)\")\"" >>"$scratch/$how"
	done
done
is "$(sort -u "$scratch/recverr")" 'ok.addr6 ICMP_UNREACHABLE EHOSTUNREACH 1/3
ok.big ICMP_TOO_BIG EMSGSIZE 3/4
ok.big6 ICMP_TOO_BIG EMSGSIZE 2/0
ok.hop ICMP_TTL_EXCEEDED EHOSTUNREACH 11/0
ok.hop6 ICMP_TTL_EXCEEDED EHOSTUNREACH 3/0
ok.host ICMP_UNREACHABLE EHOSTUNREACH 3/1
ok.hostban ICMP_PROHIBITED EHOSTUNREACH 3/10
ok.net ICMP_UNREACHABLE ENETUNREACH 3/0
ok.netban ICMP_PROHIBITED ENETUNREACH 3/9
ok.port ICMP_REFUSED ECONNREFUSED 3/3
ok.port6 ICMP_REFUSED ECONNREFUSED 1/4
ok.prohibited ICMP_PROHIBITED EHOSTUNREACH 3/13
ok.prohibited6 ICMP_PROHIBITED EACCES 1/1
ok.route6 ICMP_UNREACHABLE ENETUNREACH 1/0' 'each ICMP message by its own word, to who has asked for all'
is "$(grep -v ABANDONED "$scratch/connected" | cut -d' ' -f1-3 | sort -u)" 'ok.big ICMP_TOO_BIG EMSGSIZE
ok.big6 ICMP_TOO_BIG EMSGSIZE
ok.hostban ICMP_PROHIBITED EHOSTUNREACH
ok.netban ICMP_PROHIBITED ENETUNREACH
ok.port ICMP_REFUSED ECONNREFUSED
ok.port6 ICMP_REFUSED ECONNREFUSED
ok.prohibited ICMP_PROHIBITED EHOSTUNREACH
ok.prohibited6 ICMP_PROHIBITED EACCES' '... and to others those that the kernel tells them'

# -- One socket, several servers -----------------------------------------------------------

# The first of the rules refuses what goes to the next port.
here=10.99.0.2,$dport
refusing=10.99.0.2,$((dport + 1))
several() { # HOW NAME@ADDRESS,PORT...
	ip netns exec "$a" "${dns_py[@]}" several "$@"
}
traced -j --port "$dport,$((dport + 1))" -- several recverr "slow.there@$here" "ok.refused@$refusing"
is "$(sorted)" 'ok.refused ABANDONED
slow.there NOERROR' 'an error while two servers are asked is of one of them, and ends no lookup'
is "$(events '.error')" '' '... nor does it show with any'
cmp_ok "$(events '.qname == "slow.there"' .lat_ns)" '>=' 400000000 '... the other server answers after it'
ok 'seen = shown + filtered + lost' conserved "$out_file"
traced -j --port "$dport,$((dport + 1))" -- several recverr,turns "ok.first@$here" "ok.one@$refusing" "ok.last@$here"
is "$(sorted)" 'ok.first NOERROR
ok.last NOERROR
ok.one ICMP_REFUSED' 'one after the other: it is of the server that is asked by then'
is "$(events '.qname == "ok.one"' '"\(.server):\(.server_port)"')" "${refusing/,/:}" '... which is named'
traced -j --port "$((dport + 1))" -- several recverr "ok.one@$refusing" "ok.two@$refusing"
is "$(sorted)" 'ok.one ICMP_REFUSED
ok.two ICMP_REFUSED' 'two of one server: it ends both'
traced -j --port "$dport,$((dport + 1))" -- several recverr "slow.both@$here" "slow.both@$refusing"
is "$(events true "$row + \" \\(.servers)\"")" 'slow.both NOERROR 2' 'one at two servers: the other one answers it'

done_testing
