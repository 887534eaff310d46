#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# A server and clients that do on purpose what others do by accident: every lookup is one
# row, under its own process, with its own answer, or says what it does not know.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3

ip link set lo up
server 127.0.0.1
server=$REPLY

# Resolvers ask again after 5 s, by default; this takes a while, and is looked at below.
patient_port=$((port + 5000))
background "${dns_py[@]}" serve 127.0.0.1 "$patient_port"
wait_until 20 grep -q ready "$out_file" || bail_out "no server: $(<"$err_file")"
background_tool dnssnoop --port "$patient_port" -j
patient=$REPLY
"${dns_py[@]}" ask newsocket,pause=5300 127.0.0.1 "$patient_port" silent.patient &
patient_client=$!

# -- What comes of a lookup ---------------------------------------------------------------

several() {
	ask connected 127.0.0.1 ok.a nx.b upper.c slow.d badvers.e bare.f garbage.g trunc.h big.i
}
traced -j -- several
is "$rc" 0 'ends well'
is "$(results)" 'badvers.e BADVERS
bare.f FORMERR
big.i NOERROR
garbage.g MALFORMED
nx.b NXDOMAIN
ok.a NOERROR
slow.d NOERROR
trunc.h NOERROR
upper.c NOERROR' 'each result by its name'
is "$(events '.qname == "ok.a"' '.answers | @json')" \
	'[{"name":"ok.a","type":"A","ttl":300,"data":"10.1.2.3"}]' 'the answer'
is "$(events '.qname == "big.i"' '.answers | length')" 150 'all of a large one'
is "$(events '.qname == "trunc.h"' '.flags | index("TC") != null')" true 'one that was cut by the server'
is "$(events '.qname == "badvers.e"' '.edns | "\(.version) \(.udp_size)"')" '0 1232' 'EDNS'
is "$(events '.qname == "ok.a"' '"\(.comm) \(.transport) \(.server):\(.server_port) \(.id) \(.retries)"')" \
	"python3 UDP 127.0.0.1:$port 1000 0" 'whose it was and where it went'
is "$(events true '.pid' | sort -u | wc -l)" 1 'all of one process'
cmp_ok "$(events '.qname == "slow.d"' .lat_ns)" '>=' 400000000 'the latency of one that waits'
cmp_ok "$(events '.qname == "slow.d"' .lat_ns)" '<' 4000000000 'and not much more'
is "$(results '.cgroup | type' | cut -d' ' -f2 | sort -u)" string 'its cgroup'
ok 'each line is JSON' json_check "$out_file"
ok 'seen = shown + filtered + lost' conserved "$out_file"
is "$(result '.queries | "\(.count) \(.answered)"')" '9 9' 'the lookups are counted'
is "$(result .seen)" 18 'and the packets'

# -- What has no answer -------------------------------------------------------------------

unanswered() {
	ask connected 127.0.0.1 silent.a
	ask again 127.0.0.1 silent.b
	ask newsocket 127.0.0.1 silent.c
	ask connected 127.0.0.2 ok.refused
	ask connected 127.0.0.1 late.d
	ask connected 127.0.0.1 twice.e
	ask nowait 127.0.0.1 silent.open
}
traced -j --timeout 500ms -- unanswered
is "$(events '.qname | startswith("silent")' '"\(.qname) \(.result) \(.retries)"' | sort)" \
	'silent.a TIMEOUT 0
silent.b TIMEOUT 1
silent.c TIMEOUT 1
silent.open ABANDONED 0' 'given up; sent again, from a new socket too, is the same lookup; the asker has closed its socket'
cmp_ok "$(events '.qname == "silent.b"' .lat_ns)" '>=' 650000000 'until the time after the last query'
is "$(events '.qname == "late.d"' '"\(.result) \(.remark)"' | sort)" 'NOERROR late
TIMEOUT null' 'an answer after that is told as late'
is "$(events '.qname == "twice.e"' '"\(.result) \(.remark)"' | sort)" 'NOERROR late
NOERROR null' 'and so is a second one'
if grep -q inet_sk_error_report /sys/kernel/tracing/available_events 2>/dev/null ||
	bpftool btf dump file /sys/kernel/btf/vmlinux 2>/dev/null | grep -q btf_trace_inet_sk_error_report; then
	is "$(events '.qname == "ok.refused"' .result)" ICMP_REFUSED 'nobody listens there'
	is "$(result '.queries | "\(.count) \(.answered) \(.timed_out) \(.refused) \(.unknown) \(.open) \(.abandoned)"')" \
		'7 1 4 1 0 0 1' 'the lookups are counted'
else
	skip 2 'no tracepoint for errors of sockets'
fi
ok 'seen = shown + filtered + lost' conserved "$out_file"

# Anybody can send to a socket that is not connected.
traced -j -- ask unconnected 127.0.0.1 forged.a
is "$(events true '"\(.result) \(.server) \(.remark)"')" 'NXDOMAIN 127.0.0.3 not asked
NOERROR 127.0.0.1 null' 'an answer by who was not asked ends no lookup'
is "$(result '.queries | "\(.count) \(.answered)"')" '1 1' '... and is none'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# -- Ways to send -------------------------------------------------------------------------

ways() {
	ask unconnected 127.0.0.1 ok.unconnected
	ask v6 127.0.0.1 ok.mapped
	ask v6,unconnected 127.0.0.1 ok.mapped-unconnected
	ask tcp 127.0.0.1 ok.tcp1 nx.tcp2 big.tcp3
	ask tcp,split 127.0.0.1 ok.split1 nx.split2
	ask type=65280 127.0.0.1 ok.type
	local first
	ask 'id=7' 127.0.0.1 ok.dup &
	first=$!
	ask 'id=7' 127.0.0.1 ok.dup
	wait "$first"
} 2>/dev/null
traced -j -- ways
is "$(results '"\(.result) \(.transport) \(.server)"')" 'big.tcp3 NOERROR TCP 127.0.0.1
nx.split2 NXDOMAIN TCP 127.0.0.1
nx.tcp2 NXDOMAIN TCP 127.0.0.1
ok.dup NOERROR UDP 127.0.0.1
ok.dup NOERROR UDP 127.0.0.1
ok.mapped NOERROR UDP 127.0.0.1
ok.mapped-unconnected NOERROR UDP 127.0.0.1
ok.split1 NOERROR TCP 127.0.0.1
ok.tcp1 NOERROR TCP 127.0.0.1
ok.type NOERROR UDP 127.0.0.1
ok.unconnected NOERROR UDP 127.0.0.1' 'connected or not, IPv4 on a socket of IPv6, TCP in one segment or many'
is "$(events '.lat_ns == null' .qname)" '' 'each from its query on'
is "$(events '.qname == "ok.dup"' .pid | sort -u | wc -l)" 2 'the same id and question by two processes are two lookups'
is "$(events '.qname == "ok.type"' .qtype)" TYPE65280 'a type without a name'
is "$(results '.comm' | cut -d' ' -f2 | sort -u)" python3 'all with their process'
ok 'seen = shown + filtered + lost' conserved "$out_file"

server ::1
traced -j -- ask connected ::1 ok.six
is "$(results '"\(.result) \(.server)"')" 'ok.six NOERROR ::1' 'IPv6'

# -- Filters by owner ---------------------------------------------------------------------

filtered ok.other --comm python3 --qname other
filtered '' --comm python
filtered '' -p $$
filtered '' --tree "$server"

in_own_cgroup() {
	in_cgroup "$own" "${dns_py[@]}" ask connected 127.0.0.1 "$port" ok.inside
	ask connected 127.0.0.1 ok.outside
}
if cgroup2_mount >/dev/null; then
	scratch_cgroup dns
	own=$REPLY
	traced -j -c "$own" -- in_own_cgroup
	is "$(results '.cgroup')" "ok.inside /${own##*/}" 'of one cgroup, which is told'
	traced -j -- in_own_cgroup
	is "$(results | wc -l)" 2 'and without the filter both'
else
	skip 2 'no cgroup v2'
fi

# -- The other side -----------------------------------------------------------------------

traced -j --server -- ask connected 127.0.0.1 ok.a nx.b silent.c
is "$(results '"\(.result) \(.server)"')" 'nx.b NXDOMAIN 127.0.0.1
ok.a NOERROR 127.0.0.1
silent.c UNKNOWN 127.0.0.1' '--server: the same from there'
is "$(events '.qname == "ok.a"' .pid)" "$server" 'as the process that serves'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# -- Patience ------------------------------------------------------------------------------

wait "$patient_client"
stop_tool "$patient"
is "$(events true '"\(.result) \(.retries)"')" 'ABANDONED 1' 'by default, what is sent again after 5 s is the same lookup'

# -- Nothing stays, nothing is dropped ----------------------------------------------------

background_tool dnssnoop --port "$port"
pid=$REPLY
# Its own: others on this host may use the same tool.
programs=$(sed -n 's/^prog_id:[[:space:]]*//p' "/proc/$pid/fdinfo/"* 2>/dev/null | sort -u)
gone() {
	local id
	for id in $programs; do ! bpftool prog show id "$id" || return 1; done
} >/dev/null 2>&1
isnt "$programs" '' 'attached'
ok 'which can be seen' eval '! gone'
kill -KILL "$pid"
wait "$pid" 2>/dev/null
ok 'killed, it leaves nothing attached' wait_until 20 gone
ok 'and the network works' ask connected 127.0.0.1 ok.a

done_testing
