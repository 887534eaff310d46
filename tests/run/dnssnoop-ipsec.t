#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2119,SC2317 # results has an option; run by traced
#
# Hosts that speak IPsec: a query is encrypted before it comes by, its answer is not any more.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=net.bash
. "$(dirname "$0")/net.bash"
need root ip jq python3

pair ipsec
for module in esp4 esp6 ah4 xfrm_user authenc echainiv hmac cbc aes aes_generic sha256 sha256_generic; do modprobe "$module" 2>/dev/null; done

# Between ADDRESS1 and ADDRESS2 in all namespaces given.
secure() { # PROTOCOL ADDRESS1 ADDRESS2 [ENCAP...]
	local protocol=$1 one=$2 two=$3 keys=(auth 'hmac(sha256)' 0x000102030405060708090a0b0c0d0e0f)
	shift 3
	[ "$protocol" = ah ] || keys+=(enc 'cbc(aes)' 0x000102030405060708090a0b0c0d0e0f)
	local name from to
	for name in "$a" "$b"; do
		for from in "$one" "$two"; do
			to=$one
			[ "$from" != "$one" ] || to=$two
			ip -n "$name" xfrm state add src "$from" dst "$to" proto "$protocol" spi "0x10${from##*[.:]}" \
				reqid 1 mode transport "${keys[@]}" "$@" 2>>"$scratch/xfrm" || return
		done
		from=$one to=$two
		[ "$name" = "$a" ] || from=$two to=$one
		ip -n "$name" xfrm policy add src "$from" dst "$to" dir out tmpl proto "$protocol" reqid 1 mode transport
		ip -n "$name" xfrm policy add src "$to" dst "$from" dir in tmpl proto "$protocol" reqid 1 mode transport
	done
}
insecure() {
	for name in "$a" "$b"; do
		ip -n "$name" xfrm policy flush
		ip -n "$name" xfrm state flush
	done
}
if ! secure esp 10.99.0.1 10.99.0.2 || ! secure esp fd99::1 fd99::2; then
	skip_all "this kernel has no IPsec: $(<"$scratch/xfrm")"
fi

server_in() { # ADDRESS
	background ip netns exec "$b" "${dns_py[@]}" serve "$1" "$port"
	wait_until 20 grep -q ready "$out_file" || bail_out "no server at $1: $(<"$err_file")"
}
server_in 10.99.0.2
server_in fd99::2
ask_in() { # HOW ADDRESS NAME...
	local how=$1 address=$2
	shift 2
	ip netns exec "$a" "${dns_py[@]}" ask "$how" "$address" "$port" "$@"
}
row='"\(.qname) \(.result) \(.transport) \(.server) \(.comm) \(.lat_ns != null) \(.remark)"'
hidden='query encrypted by IPsec'

queries() {
	ask_in connected 10.99.0.2 ok.connected nx.connected
	ask_in unconnected 10.99.0.2 ok.unconnected
	ask_in connected fd99::2 ok.six
	ask_in unconnected fd99::2 ok.six-unconnected
	ask_in tcp 10.99.0.2 ok.tcp
	ask_in wait=300 10.99.0.2 silent.nobody
}
traced -j -- queries
is "$(events true "$row" | sort)" "$(sort <<-EOF
	nx.connected NXDOMAIN UDP 10.99.0.2 python3 true $hidden
	ok.connected NOERROR UDP 10.99.0.2 python3 true $hidden
	ok.six NOERROR UDP fd99::2 python3 true $hidden
	ok.six-unconnected NOERROR UDP fd99::2 python3 true $hidden
	ok.tcp NOERROR TCP 10.99.0.2 python3 true $hidden
	ok.unconnected NOERROR UDP 10.99.0.2 python3 true $hidden
	null ABANDONED UDP 10.99.0.2 python3 true $hidden
EOF
)" 'ESP: each lookup with its owner and latency; its name is that of the answer'
ok 'seen = shown + filtered + lost' conserved "$out_file"
is "$(result '.queries | "\(.count) \(.answered) \(.abandoned)"')" '7 6 1' 'they are counted'

insecure
if secure ah 10.99.0.1 10.99.0.2; then
	traced -j -- ask_in connected 10.99.0.2 ok.authentic
	is "$(events true "$row")" 'ok.authentic NOERROR UDP 10.99.0.2 python3 true null' 'AH: nothing is encrypted'
else
	skip 1 'this kernel has no AH'
fi

insecure
for name in "$a" "$b"; do
	background ip netns exec "$name" python3 -S -E -c "import _socket as socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('0.0.0.0', 4500)); s.setsockopt(17, 100, 2)
print('ready', flush=True); time.sleep(600)"
	wait_until 20 grep -q ready "$out_file" || bail_out "no socket: $(<"$err_file")"
done
secure esp 10.99.0.1 10.99.0.2 encap espinudp 4500 4500 0.0.0.0
traced -j -- ask_in connected 10.99.0.2 ok.behind-nat
is "$(events true '"\(.transport) \(.server) \(.comm) \(.remark)"')" "UDP 10.99.0.2 python3 $hidden" 'ESP in UDP'
ok 'seen = shown + filtered + lost' conserved "$out_file"

done_testing
