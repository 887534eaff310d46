#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# Multicast DNS and LLMNR: many questions at once, answers to all without a question, answers from
# elsewhere than was asked.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=net.bash
. "$(dirname "$0")/net.bash"
need root ip jq python3

mdns=224.0.0.251 llmnr=224.0.0.252
pair multicast
for name in "$a" "$b"; do ip -n "$name" route add 224.0.0.0/4 dev veth; done
responder() { # NAMESPACE GROUP PORT ADDRESS
	background ip netns exec "$1" "${dns_py[@]}" multicast "$2" "$3" "$4"
	wait_until 20 grep -q ready "$out_file" || bail_out "no responder at $2: $(<"$err_file")"
}
responder "$b" "$mdns" 5353 10.99.0.2
responder "$b" "$llmnr" 5355 10.99.0.2
ours=".netns == $(netns_number "$a")"
row='"\(.result) \(.server) \([.answers[]? | "\(.type) \(.data)"] | join(","))"'

ask_all() { ip netns exec "$a" "${dns_py[@]}" ask-multicast "$mdns" 5353 10.99.0.1 "$@"; }
full() {
	ask_all ok.one.local silent.two.local ok.three.local
	# An answer that nobody asked for, to who listens.
	ip netns exec "$b" "${dns_py[@]}" ask-multicast "$mdns" 5353 10.99.0.2 ok.other.local
}
traced -j --mdns --timeout 300ms -- full
is "$(events "$ours" "\"\\(.qname) \\($row)\"" | sort)" 'ok.one.local NOERROR 10.99.0.2 A 10.1.2.3,A 10.1.2.3
ok.three.local NOERROR 10.99.0.2 A 10.1.2.3,A 10.1.2.3
silent.two.local TIMEOUT 224.0.0.251 ' 'mDNS: each question is a lookup, but one that nobody answers'
is "$(events "$ours" .lat_ns | grep -c null)" 0 'each from its question on'
ok 'mDNS: seen = shown + filtered + lost' conserved "$out_file"

# One that is no responder itself asks from any port.
legacy() { ip netns exec "$a" "${dns_py[@]}" ask unconnected "$mdns" 5353 ok.legacy.local; }
traced -j --mdns -- legacy
is "$(events "$ours" "\"\\(.qname) \\($row)\"")" 'ok.legacy.local NOERROR 10.99.0.2 A 10.1.2.3' \
	'mDNS: the answer to one who asks from another port'
traced -j -- legacy
is "$(events "$ours" .qname)" '' 'only on request'

local_names() { ip netns exec "$a" "${dns_py[@]}" ask unconnected "$llmnr" 5355 ok.llmnr silent.llmnr; }
traced -j --llmnr --timeout 300ms -- local_names
is "$(events "$ours" "\"\\(.qname) \\($row)\"" | sort)" 'ok.llmnr NOERROR 10.99.0.2 A 10.1.2.3
silent.llmnr TIMEOUT 224.0.0.252 ' 'LLMNR'
traced -j --llmnr --server --timeout 300ms -- local_names
is "$(events ".netns == $(netns_number "$b")" '"\(.qname) \(.result)"' | sort)" 'ok.llmnr NOERROR
silent.llmnr TIMEOUT' 'LLMNR: the responder'

run "$bin/dnssnoop" --mdns --server --duration 1
is "$rc" 2 '--mdns and --server do not go together'
run "$bin/dnssnoop" --port 1,2,3,4,5,6,7,8 --mdns --duration 1
is "$rc" 2 'no room for another port'

done_testing
