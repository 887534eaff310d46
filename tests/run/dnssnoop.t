#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# dnssnoop in short: each lookup, its answer and whose it was, on any kernel. The other dnssnoop-*.t
# go through the rest.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3

ip link set lo up
server 127.0.0.1
server=$REPLY
server ::1

lookups() {
	ask connected 127.0.0.1 ok.a nx.b slow.c badvers.d
	ask tcp,split 127.0.0.1 ok.f
	ask unconnected ::1 ok.g
}
traced -j -- lookups
is "$rc" 0 'ends well'
is "$(results '"\(.result) \(.transport) \(.server):\(.server_port) \(.comm)"')" \
	"badvers.d BADVERS UDP 127.0.0.1:$port python3
nx.b NXDOMAIN UDP 127.0.0.1:$port python3
ok.a NOERROR UDP 127.0.0.1:$port python3
ok.f NOERROR TCP 127.0.0.1:$port python3
ok.g NOERROR UDP ::1:$port python3
slow.c NOERROR UDP 127.0.0.1:$port python3" 'each lookup, what came of it, where it went and whose it was'
is "$(events '.qname == "ok.a"' '.answers | @json')" \
	'[{"name":"ok.a","type":"A","ttl":300,"data":"10.1.2.3"}]' 'an answer'
cmp_ok "$(events '.qname == "slow.c"' .lat_ns)" '>=' 400000000 'the latency of a slow answer'
is "$(events '.qname | . == "ok.a" or . == "nx.b"' .pid | uniq | wc -l)" 1 'two of one process'
is "$(result '.queries | "\(.count) \(.answered) \(.timed_out)"')" '6 6 0' 'the lookups are counted'
ok 'each line is JSON' json_check "$out_file"
ok 'seen = shown + filtered + lost' conserved "$out_file"

# The asker waits for 1.5 s.
traced -j --timeout 100ms -- ask connected 127.0.0.1 silent.e
is "$(results)" 'silent.e TIMEOUT' 'a lookup without an answer'

filtered '' --tree "$server"
traced -j --server -- ask connected 127.0.0.1 ok.a nx.b
is "$(results '"\(.result) \(.pid)"')" "nx.b NXDOMAIN $server
ok.a NOERROR $server" '--server: as the process that answers'

done_testing
