#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by wait_until
#
# --netns follows what it names: a namespace that is made later, or anew, a process that enters another
# one. Of tcpretrans and of dnssnoop. And sums tell namespaces apart.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq python3 nsenter

name=snoopkit-$$-later
# A new one by that name, in which nobody answers port 5. $REPLY is its number.
make_netns() { # NAME
	ip netns add "$1" || bail_out "no network namespace $1"
	ip -n "$1" link set lo up
	netns_drop "$1" hole 'tcp dport 5 drop'
	REPLY=$(netns_number "$1")
}
at_exit "ip netns del '$name' 2>/dev/null; true"
told() { grep -q -- "$1" "${background_err[$tool]}"; }
netns_of_events() { events true .netns | sort -un | paste -sd' '; }

# -- By name: it is there later, and anew -------------------------------------------------

scratch_netns other
other=$REPLY
netns_drop "$other" hole 'tcp dport 5 drop'
background_tool tcpretrans -j --netns "$name" --top destination
sums=$REPLY
background_tool tcpretrans -j --netns "$name"
tool=$REPLY
ok 'a name that is not there yet: it waits, and says so' wait_until 10 told "waiting for '$name'"
tcp_asks_until "$other" 127.0.0.1 5 "$other" 1
make_netns "$name"
first=$REPLY
tcp_asks_until "$name" 127.0.0.1 5 "$name" 1
ip netns del "$name"
ok 'it goes: that is said' wait_until 10 told "'$name' has gone"
# The first one's number is taken by another, which is not asked for.
scratch_netns between
netns_drop "$REPLY" hole 'tcp dport 5 drop'
tcp_asks_until "$REPLY" 127.0.0.1 5 "$REPLY" 1
# Held, so that the next one by that name has another number.
make_netns "$name"
second=$REPLY
tcp_asks_until "$name" 127.0.0.1 5 "$name" 1
stop_tool "$tool"
is "$(netns_of_events)" "$(printf '%s\n' "$first" "$second" | sort -un | paste -sd' ')" \
	'the one that was made later, and the next one by its name'
is "$(count '.cause == "syn"')" "$(count true)" 'all of it SYNs'
cmp_ok "$(count true)" '>=' 2 'of both'
cmp_ok "$(result .filtered)" '>=' 2 'what came in others is filtered'
ok 'seen = shown + filtered + lost' conserved "$out_file"
stop_tool "$sums"
is "$(jq -r 'select(.type == "interval") | "\(.daddr) \(.dport) \(.netns)"' "$out_file" | sort)" \
	"$(printf '127.0.0.1 5 %s\n' "$first" "$second" | sort -u)" \
	'--top destination: the same address in two namespaces is two'

# -- By a file, by a process --------------------------------------------------------------

# It is there, and another one later.
background_tool tcpretrans -j --netns "/run/netns/$name"
by_file=$REPLY
background bash -c "until [ -e '$scratch/go' ]; do sleep 0.05; done
	exec nsenter --net=/run/netns/$other '$bin/tests/subjects/tcp' try 127.0.0.1 5 60"
process=$REPLY
background_tool tcpretrans -j -v --netns "$process"
tool=$REPLY
tcp_asks_until "$name" 127.0.0.1 5 "$name" 1
before=$(counter "$other" RetransSegs)
touch "$scratch/go"
wait_until 30 reached "$other" RetransSegs $((before + 1))
kill_background "$process"
stop_tool "$tool"
is "$(netns_of_events)" "$(netns_number "$other")" 'a process: the namespace that it enters'
stop_tool "$by_file"
is "$(netns_of_events)" "$second" 'a file'
ip netns del "$name"

refused() { # NETNS TEXT
	run "$bin/tcpretrans" --netns "$1" --duration 0.1
	is "$rc" 2 "--netns $1"
	like "$err" "$2" '... says why'
}
refused 4194303 'no such network namespace'
refused /dev/null 'no namespace'

# -- dnssnoop -----------------------------------------------------------------------------

background_tool dnssnoop -j --port "$port" --netns "$name"
tool=$REPLY
ok 'dnssnoop: it waits' wait_until 10 told "waiting for '$name'"
for take in 1 2; do
	make_netns "$name"
	numbers[take]=$REPLY
	background ip netns exec "$name" "${dns_py[@]}" serve 127.0.0.1 "$port"
	server=$REPLY
	wait_until 20 grep -q ready "${background_out[$server]}"
	ip netns exec "$name" "${dns_py[@]}" ask connected 127.0.0.1 "$port" "ok.take$take" >/dev/null
	kill "$server"
	wait_until 10 ended "$server"
	ip netns del "$name"
	wait_until 10 told "'$name' has gone"
done
stop_tool "$tool"
is "$(events true '"\(.qname) \(.netns)"' | sort)" "ok.take1 ${numbers[1]}
ok.take2 ${numbers[2]}" 'dnssnoop: both that had the name'
ok 'dnssnoop: seen = shown + filtered + lost' conserved "$out_file"
ok 'each line is JSON' json_check "$out_file"

done_testing
