#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # functions that others call
#
# --cgroup: what sockets send again that were made there and below, whoever has them by now.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq kernel:cgroup2

scratch_cgroup tcp
own=$REPLY
mkdir "$own/below"
at_exit "rmdir '$own/below'"

# -- Who connects there, below it, and elsewhere --------------------------------------------

pair cgroup
netns_drop "$b" hole 'tcp dport 5001-5003 drop'
asks() { # CGROUP PORT
	# shellcheck disable=SC2016
	background bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$1" ip netns exec "$a" \
		"$bin/tests/subjects/tcp" try 10.99.0.2 "$2" 60
	asking+=("$REPLY")
}
# The kernel's list tells in which state a socket is, and how often it has sent again.
all_again() { # HOW-MANY
	[ "$(ip netns exec "$a" cat /proc/net/tcp | awk '$4 == "02" && $7 != "00000000"' | wc -l)" = "$1" ]
}
three() {
	local asking=()
	asks "$own" 5001
	asks "$own/below" 5002
	asks "$(cgroup2_mount)" 5003
	wait_until 30 all_again 3
	kill_background "${asking[@]}"
}
traced --cgroup "$own" -- three
is "$(events true '"\(.dport) \(.cgroup) \(.cgroup_id)"' | sort -u)" "5001 /${own##*/} $(stat -c %i "$own")
5002 /${own##*/}/below $(stat -c %i "$own/below")" 'those made there and below, and which'
cmp_ok "$(result .filtered)" '>=' 1 'others are filtered'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# -- Units, and sums by them and their cgroups -------------------------------------------------

unit=snoop$$.service
mkdir "$(cgroup2_mount)/$unit" || bail_out 'no cgroup for a unit'
at_exit "rmdir '$(cgroup2_mount)/$unit'"
two() {
	local asking=()
	asks "$(cgroup2_mount)/$unit" 5001
	asks "$(cgroup2_mount)" 5003
	wait_until 30 all_again 2
	kill_background "${asking[@]}"
}
# The host's kernel tells of nearly all of them only (some_were_hidden() in tcp.bash).
for try in 1 2 3; do
	traced --unit "${unit%.service}" -- two
	[ "$(count true)" = 0 ] || break
	diag "try $try: none was told"
done
is "$(events true '"\(.dport) \(.cgroup)"' | sort -u)" "5001 /$unit" '--unit: what it sends again'
for by in unit cgroup program; do
	case $by in
	unit) want=$unit ;;
	cgroup) want=/$unit ;;
	program) want=tcp ;;
	esac
	for try in 1 2 3; do
		traced --top $by -- two
		jq -r --arg by "${by/program/comm}" 'select(.type == "interval" and .segs > 0) | .[$by] // "-"' "$out_file" \
			>"$scratch/sums"
		grep -qFx -- "$want" "$scratch/sums" && break
		diag "try $try: none of $want was told"
	done
	is "$(grep -cFx -- "$want" "$scratch/sums")" 1 "--top $by"
	ok '... seen = shown + filtered + lost' conserved "$out_file"
done

# -- Socket activation: made there, had by somebody who is elsewhere ---------------------------

pair activation
netns_drop "$a" hole 'tcp sport 5001 drop'
ip netns exec "$b" sysctl -qw net.ipv4.tcp_synack_retries=1
in_cgroup "$own" ip netns exec "$b" "$bin/tests/subjects/tcp" listen 0.0.0.0 5001 pass \
	pid "$scratch/pid" accept &
wait_until 10 test -e "$scratch/pid" || bail_out 'no service'
service=$(cat "$scratch/pid")
echo "$service" >"$own/below/cgroup.procs"
no_answer=(tcp_asks_until "$a" 10.99.0.2 5001 "$b" 1)
traced --cgroup "$own" -- "${no_answer[@]}"
is "$(events true '"\(.cause) \(.cgroup)"' | sort -u)" "synack /${own##*/}" \
	'where the socket was made, though the service is elsewhere'
traced --cgroup "$own/below" -- "${no_answer[@]}"
is "$(count true)" 0 'not where the service is'
cmp_ok "$(result .filtered)" '>=' 1 'but filtered'
ok 'seen = shown + filtered + lost' conserved "$out_file"
kill "$service"

done_testing
