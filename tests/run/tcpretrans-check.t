#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by wait_until
#
# --check does not keep what it looks at: namespaces end when their users do.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq unshare

gone=snoopkit-$$-gone
ip netns add "$gone" || bail_out "no network namespace $gone"
at_exit "ip netns del '$gone' 2>/dev/null; true"
ip -n "$gone" link set lo up
gone_number=$(netns_number "$gone")
scratch_netns stays
stays=$REPLY stays_number=$(netns_number "$REPLY")
netns_link "$gone" "$stays"
background unshare -n sleep 1000
unnamed=$REPLY
is_apart() { [ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$unnamed/ns/net")" ]; }
wait_until 5 is_apart
ip link add "snoop$$" type veth peer name other netns "$unnamed" || bail_out 'no veth'
at_exit "ip link del snoop$$ 2>/dev/null; true"

# Of the tool and of what it has started.
held() {
	local pid
	for pid in "$tool" $(cat "/proc/$tool/task/$tool/children" 2>/dev/null); do
		ls -l "/proc/$pid/fd"
	done | grep -cE 'net:\[|/net(/|$)|/proc/[0-9]+'
}
has_link() { ip -n "$stays" link show veth >/dev/null 2>&1; }
no_link() { ! has_link; }
no_unnamed_link() { ! ip link show "snoop$$" >/dev/null 2>&1; }

background_tool tcpretrans -j --check
tool=$REPLY
is "$(held)" 0 'no descriptor of a network namespace is held'
netns_drop "$stays" hole 'tcp dport 5004 drop'
background_tcp "$gone" connect 10.99.0.2 5004 send 10 shut
client=$REPLY
wait_until 20 reached "$gone" RetransSegs 1
kill -KILL "$client" "$unnamed"
wait "$client" "$unnamed" 2>/dev/null
# It sends nothing any more.
segs=$(counter "$gone" RetransSegs)
ip netns del "$gone"
wait_until 10 no_link
ok 'a network namespace that was deleted ends, and its devices' no_link
wait_until 10 no_unnamed_link
ok 'so does one whose last process has ended' no_unnamed_link
stop_tool "$tool"
is "$rc" 0 'that is no failure'
checked() { # NETNS JQ-EXPRESSION
	result ".check[] | select(.netns == $1) | $2"
}
is "$(checked "$gone_number" '"\(.ended) \(has("equal")) \(has("kernel_segs"))"')" 'true false false' \
	'what has ended is said so'
within "$(checked "$gone_number" .seen_segs)" "$segs" 0 '... with what was seen'
cmp_ok "$(result .unchecked_segs)" '>=' "$segs" '... as not checked'
is "$(checked "$stays_number" '"\(.equal) \(has("ended"))"')" 'true false' 'what is there still is checked'
ok 'each line is JSON' json_check "$out_file"

# Without a process in it, and more of them than the tool may have descriptors.
names=()
for i in {1..20}; do
	scratch_netns "many$i"
	names+=("$(netns_number "$REPLY")")
done
few() { (ulimit -n 64 && exec "$bin/tcpretrans" -j --check --duration 0.5); }
new_run few
few >"$out_file" 2>"$err_file"
rc=$?
read_run
is "$rc" 0 'more namespaces than descriptors'
is "$(result '[.check[].netns] | sort | @json')" "$(result '[.check[].netns] | unique | @json')" 'each once'
is "$(for n in "${names[@]}"; do checked "$n" .equal; done | sort | uniq -c | tr -s ' ')" ' 20 true' 'all are checked'

done_testing
