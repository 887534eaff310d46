#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for another shell; run by traced
#
# Where the network is not that of a plain host: other namespaces, DNAT as docker's for its own
# resolver, neighbours that are not there, a private cgroup namespace.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=net.bash
. "$(dirname "$0")/net.bash"
need root ip nft jq python3 unshare
ip link set lo up

server_in() { # NAMESPACE ADDRESS PORT
	background ip netns exec "$1" "${dns_py[@]}" serve "$2" "$3"
	wait_until 20 grep -q ready "$out_file" || bail_out "no server at $2: $(<"$err_file")"
}
ask_in() { # NAMESPACE HOW ADDRESS NAME...
	local name=$1 how=$2 address=$3
	shift 3
	ip netns exec "$name" "${dns_py[@]}" ask "$how" "$address" "$port" "$@"
}

# -- Client and server in namespaces of their own -----------------------------------------

pair dns
server_in "$b" 10.99.0.2 "$port"
server_in "$b" fd99::2 "$port"
both_families() {
	ask_in "$a" connected 10.99.0.2 ok.four
	ask_in "$a" unconnected fd99::2 ok.six
	ask_in "$a" tcp fd99::2 ok.six-tcp nx.six-tcp
}
traced -j -- both_families
is "$(results '"\(.result) \(.transport) \(.server) \(.netns)"')" "nx.six-tcp NXDOMAIN TCP fd99::2 $(netns_number "$a")
ok.four NOERROR UDP 10.99.0.2 $(netns_number "$a")
ok.six NOERROR UDP fd99::2 $(netns_number "$a")
ok.six-tcp NOERROR TCP fd99::2 $(netns_number "$a")" "other namespaces: the client's side, once"
ok 'other namespaces: seen = shown + filtered + lost' conserved "$out_file"
traced -j --server -- both_families
is "$(events true .netns | sort -u)" "$(netns_number "$b")" "--server: the server's side"
is "$(events true .result | sort | paste -sd' ')" 'NOERROR NOERROR NOERROR NXDOMAIN' '--server: the same lookups'
traced -j --netns "$b" -- both_families
is "$(results)" '' '--netns: what is asked in another one is not shown'
cmp_ok "$(result .filtered)" '==' "$(result .seen)" '... but filtered'
traced -j --netns "$a" -- both_families
is "$(events true .netns | sort | uniq -c | tr -s ' ')" " 4 $(netns_number "$a")" '... by the name of the right one all are'
ok '--netns: seen = shown + filtered + lost' conserved "$out_file"

# -- DNAT: what the process asks is elsewhere ---------------------------------------------

server_in "$a" 127.0.0.1 25353
ip netns exec "$a" nft -f - <<-EOF || bail_out 'no DNAT'
	table ip nat {
		chain output {
			type nat hook output priority -100;
			ip daddr 127.0.0.11 udp dport $port dnat to 127.0.0.1:25353
			ip daddr 127.0.0.11 tcp dport $port dnat to 127.0.0.1:25353
		}
		chain postrouting {
			type nat hook postrouting priority 100;
		}
	}
EOF
embedded() {
	ask_in "$a" connected 127.0.0.11 ok.connected
	ask_in "$a" unconnected 127.0.0.11 ok.unconnected
	ask_in "$a" tcp 127.0.0.11 ok.tcp
	ask_in "$a" connected 127.0.0.11 silent.gone
}
traced -j --timeout 500ms -- embedded
is "$(results '"\(.result) \(.server):\(.server_port) \(.server_nat):\(.server_nat_port)"')" \
	"ok.connected NOERROR 127.0.0.11:$port 127.0.0.1:25353
ok.tcp NOERROR 127.0.0.11:$port 127.0.0.1:25353
ok.unconnected NOERROR 127.0.0.11:$port 127.0.0.1:25353
silent.gone TIMEOUT 127.0.0.11:$port 127.0.0.1:25353" 'DNAT: before and after'
ok 'DNAT: seen = shown + filtered + lost' conserved "$out_file"

# -- Nobody has that address --------------------------------------------------------------

traced -j --timeout 500ms -- ask_in "$a" nowait,connected 10.99.0.77 ok.nobody
like "$(results)" '^ok.nobody (ABANDONED|ICMP_UNREACHABLE)$' 'a neighbour that is not there'
is "$(events true .comm)" python3 '... whose it is, though the packet waits for its neighbour'

# -- In a cgroup namespace of its own -----------------------------------------------------

if cgroup2_mount >/dev/null; then
	scratch_cgroup dns-private
	background bash -c 'echo $$ >"$0/cgroup.procs" && exec unshare -C "$@"' "$REPLY" \
		"$bin/dnssnoop" --port "$port" -j
	tool=$REPLY
	wait_until "$(scaled 20 60)" tracing "$tool" || bail_out "no tool: $(<"$err_file")"
	ask_in "$a" connected 10.99.0.2 ok.outside
	stop_tool "$tool"
	is "$(results)" 'ok.outside NOERROR' 'from a cgroup namespace of its own: the whole host'
else
	skip 1 'no cgroup v2'
fi

done_testing
