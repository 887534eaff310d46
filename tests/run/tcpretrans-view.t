#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for other shells; run by traced
#
# Sums by flow, destination, process, container and cause, a row for each connection, and filters:
# of the same load all of them add up to the kernel's own RetransSegs.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq

pair view
netns_drop_each "$b" loss 10 'tcp dport { 5001, 5002 } tcp flags & (syn|rst) == 0'
# So many packets that each connection loses some.
ip -n "$a" link set veth gso_max_segs 4
for port in 5001 5002 5004; do
	background_tcp "$b" listen :: $port touch "$scratch/$port" serve
	wait_until 10 test -e "$scratch/$port"
done

# Two connections to one port, one to the other, each with some of its segments lost: a megabyte
# has more than ten packets, though each has 64 kB at most.
sent=0
load() {
	local before now
	before=$(counter "$a" RetransSegs)
	tcp "$a" pid "$scratch/first" connect 10.99.0.2 5001 send "$(scaled 2000000 1000000)" shut
	tcp "$a" connect fd99::2 5001 send "$(scaled 2000000 1000000)" shut
	tcp "$a" connect 10.99.0.2 5002 send "$(scaled 2000000 1000000)" shut
	now=$(counter "$a" RetransSegs)
	sent=$((now - before))
}
intervals() { # [JQ-CONDITION] [JQ-EXPRESSION]
	jq -r "select(.type == \"interval\" and (${1:-true})) | ${2:-1}" "$out_file"
}
total() { # MEMBER
	jq -s "[.[] | select(.type == \"interval\") | .$1] | add // 0" "$out_file"
}

# -- Sums ---------------------------------------------------------------------------------

for by in flow destination process container cause; do
	traced --netns "$(netns_number "$a")" --top $by 1 -- load
	exactly "$(total segs)" "$sent" "--top $by: the sum is RetransSegs"
	is "$(jq -s '[.[] | select(.type == "interval") | .segs == ([.causes | to_entries[] | select(.key != "fail") | .value] | add // 0)] | all' \
		"$out_file")" true "--top $by: by cause it is the same"
	ok "--top $by: seen = shown + filtered + lost" conserved "$out_file"
	ok "--top $by: each line is JSON" json_check "$out_file"
	case $by in
	flow) is "$(intervals '.segs > 0' '"\(.saddr) \(.sport)"' | sort -u | wc -l)" 3 'three flows' ;;
	destination) is "$(intervals '.segs > 0' '"\(.daddr) \(.dport)"' | sort -u | paste -sd,)" \
		'10.99.0.2 5001,10.99.0.2 5002,fd99::2 5001' 'three destinations' ;;
	process) is "$(intervals '.segs > 0' .comm | sort -u)" tcp 'processes of one name' ;;
	container) is "$(intervals true 'has("container") and .container != null' | sort -u)" false 'no container' ;;
	cause) is "$(intervals '.segs > 0' .cause | sort -u | grep -cvxE 'fast|rack|rto|tlp|slow_start')" 0 'causes' ;;
	esac
done

traced -c --lport 1 -- load
is "$(total segs)" 0 '-c with a filter that fits nothing'
cmp_ok "$(result .filtered)" '>' 0 'which is counted'

# The table: the largest first, and what there is no row for in one.
background_tool tcpretrans --top flow --rows 1 --netns "$(netns_number "$a")"
tool=$REPLY
load
stop_tool "$tool"
is "$(grep -cE '^ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ ' "$out_file")" 1 '--rows 1: one row'
like "$out" $'\n2 others: [0-9]+ segments' '--rows 1: the others together'

# -- Connections --------------------------------------------------------------------------

background_tool tcpretrans -j --conn --netns "$(netns_number "$a")"
tool=$REPLY
load
wait_until 10 netns_is_quiet "$a"
stop_tool "$tool"
is "$(events '.event == "connection"' | wc -l)" 3 '--conn: each connection once'
is "$(events true .total_segs | awk '{ n += $1 } END { print n + 0 }')" "$sent" '--conn: their sum is RetransSegs'
is "$(events true '.retrans_percent > 0.1 and .retrans_percent < 90' | sort -u)" true '--conn: a rate'
is "$(events '.dport == 5001 and .family == "ipv4"' .pid)" "$(cat "$scratch/first")" '--conn: whose it was'
ok '--conn: seen = shown + filtered + lost' conserved "$out_file"

# SYNs sent again are no data sent again.
background_tool tcpretrans -j --conn --netns "$(netns_number "$a")"
tool=$REPLY
netns_drop "$b" hole 'tcp dport 5004 drop'
syns=$(counter "$a" TCPSynRetrans)
background_tcp "$a" connect 10.99.0.2 5004 send 10 shut
client=$REPLY
wait_until 20 reached "$a" TCPSynRetrans $((syns + 1))
netns_drop_no_more "$b" hole
wait_until 20 ended "$client"
stop_tool "$tool"
is "$(events '.dport == 5004' '"\(.total_segs > 0) \(.retrans_percent == 0)"')" 'true true' '--conn: SYNs sent again are not in the rate'

# Eight at the same time: where programs on tracepoints are preempted (7.x) the kernel skips them.
# Hardly ever both of a pair, but then it may be some in a row.
each=$(scaled 100 25)
background_tcp "$b" listen 10.99.0.2 5005 serve
server=$REPLY
crowd() {
	local loops=() i
	for i in {1..8}; do
		ip netns exec "$a" bash -c 'for ((i = 0; i < $1; i++)); do
			"$0" connect 10.99.0.2 5005 send 10 shut || exit
		done' "$bin/tests/subjects/tcp" "$each" &
		loops+=($!)
	done
	wait "${loops[@]}"
}
for try in 1 2 3; do
	background_tool tcpretrans -j --conn --netns "$(netns_number "$a")"
	tool=$REPLY
	crowd
	stop_tool "$tool"
	skipped=$(result .lost.skipped_ends)
	((${skipped:-99} > 2)) || break
done
kill "$server"
cmp_ok "$skipped" '<=' 2 "eight at the same time: hardly a change is skipped (try $try)"
missing=$((8 * each - $(count '.dport == 5005')))
exactly $((8 * each - (missing > skipped ? missing : 0))) $((8 * each)) 'and each connection is shown, but for those'
cmp_ok "$(count '.dport == 5005 and .comm != "tcp"')" '<=' "$skipped" 'each with its process, but for those'

# -- Filters ------------------------------------------------------------------------------

fits() { # EXPECTED-DESTINATIONS OPTION...
	local expected=$1
	shift
	traced "$@" --netns "$(netns_number "$a")" -- load
	is "$(events '.segs > 0' '"\(.daddr) \(.dport)"' | sort -u | paste -sd,)" "$expected" "$*"
	ok "$*: seen = shown + filtered + lost" conserved "$out_file"
}
fits 'fd99::2 5001' -6
fits '10.99.0.2 5001,10.99.0.2 5002' -4
fits '10.99.0.2 5002' --rport 5002
fits '10.99.0.2 5001,10.99.0.2 5002' --raddr 10.99.0.0/16
fits 'fd99::2 5001' --raddr fd99::2
fits '' --raddr 10.98.0.0/16
fits '' --laddr fd98::/16
fits 'fd99::2 5001' --laddr fd99::/64
fits '' --cause syn,synack

# It has little to send, but on a slow machine that may be sent again, too.
before=$(counter "$b" RetransSegs)
traced --netns "$(netns_number "$b")" -- load
exactly "$(segs true)" $(($(counter "$b" RetransSegs) - before)) '--netns: nothing of another one'

# -- More than there is room for --------------------------------------------------------------

netns_drop "$b" hole 'tcp dport 5003 drop'
stopped() {
	kill -STOP "$tool"
	background_tcp "$a" tries 10.99.0.2 5003 100 sleep 1000
	client=$REPLY
	wait_until 30 reached "$a" TCPSynRetrans $((syns + 100))
	kill_background "$client"
	kill -CONT "$tool"
}
before=$(counter "$a" RetransSegs) syns=$(counter "$a" TCPSynRetrans)
traced --buffer 4K --netns "$(netns_number "$a")" -- stopped
sent=$(($(counter "$a" RetransSegs) - before))
exactly "$(result '.shown + .lost.ring_full')" "$sent" '--buffer 4K: shown and lost are RetransSegs'
cmp_ok "$(result .lost.ring_full)" '>=' $((sent * 3 / 4)) 'most is lost'
is "$(segs true)" "$(result .shown)" 'the others are shown'
ok '--buffer 4K: seen = shown + filtered + lost' conserved "$out_file"

# -- Usage --------------------------------------------------------------------------------

for bad in '--top nothing' '--cause nothing' '--raddr 10.0.0.0/33' '--raddr name' '--netns 4194303' \
	'--rport 65536' '-p 0' '--conn --top flow' '-c --top process' '--unit no.slice' '5'; do
	# shellcheck disable=SC2086
	run_tool tcpretrans $bad
	is "$rc" 2 "$bad: a usage error"
	is "$(wc -l <"$err_file")" 1 "$bad: told in a line"
done

done_testing
