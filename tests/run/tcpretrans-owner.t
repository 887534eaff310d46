#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# sanitized: no (it waits for the timers of the kernel, and tcpretrans-view.t goes the same ways)
# shellcheck disable=SC2317 # run by wait_until
#
# Whose socket it is that retransmits, whoever opened, accepted or inherited it. Nobody runs on its
# behalf when the timer does.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq

scratch_netns a
a=$REPLY
scratch_netns b
b=$REPLY
netns_link "$a" "$b"
# Neither do others come from there, nor another run of these tests.
port=$((5000 + $$ % 20000))

# The tool runs while the socket's process sends into a hole, from where the file "go" is there.
begin() {
	rm -f "$scratch"/{go,pid,ready,end,other,peer}
	port=$((port + 1))
	options=()
}

start_tool() {
	background_tool tcpretrans -j "${options[@]}" || bail_out 'the tool does not start'
	tool=$REPLY
}

end_tool() {
	stop_tool "$tool"
	wait_until 10 netns_is_quiet "$a"
	wait_until 10 netns_is_quiet "$b"
}

hole=(sh "$(hole_begins "$b")")
hole_back=(sh "$(hole_begins "$a")")
no_hole=(sh "$(hole_ends "$b")")
no_hole_back=(sh "$(hole_ends "$a")")

# Of the side that the case is about. The other side's segments may be late on a busy machine, and it sends them
# again as well, for its own owner. A SYN-ACK is the listener's.
owners_of() { # sport|dport [JQ-CONDITION]
	events ".$1 == $port and .cause != \"synack\" and (${2:-true})" '"\(.pid) \(.owner_from)"' | uniq | paste -sd,
}
client_owners() { owners_of dport "$@"; } # [JQ-CONDITION]
server_owners() { owners_of sport "$@"; }

# -- Who connects -------------------------------------------------------------------------

begin
background_tcp "$b" listen 0.0.0.0 $port touch "$scratch/ready" accept sink close
wait_until 10 test -e "$scratch/ready"
start_tool
tcp "$a" pid "$scratch/pid" connect 10.99.0.2 $port send 1000 drain "${hole[@]}" send 1000 counted RetransSegs 1 \
	"${no_hole[@]}" drain shut
end_tool
is "$(client_owners)" "$(cat "$scratch/pid") open" 'active: the process that connected'
is "$(events ".dport == $port" '"\(.comm) \(.uid) \(.orphan)"' | sort -u)" 'tcp 0 false' 'its name, its user'

# -- Who accepts --------------------------------------------------------------------------

begin
background_tcp "$a" wait "$scratch/ready" connect 10.99.0.2 $port sink close
start_tool
tcp "$b" pid "$scratch/pid" listen 0.0.0.0 $port touch "$scratch/ready" accept send 1000 drain \
	"${hole_back[@]}" send 1000 counted RetransSegs 1 "${no_hole_back[@]}" drain close
end_tool
is "$(server_owners)" "$(cat "$scratch/pid") descriptor" 'accepted: the process that listens and accepts'

# -- A worker accepts what its parent listens to ------------------------------------------

begin
background_tcp "$a" wait "$scratch/ready" connect 10.99.0.2 $port sink close
start_tool
tcp "$b" listen 0.0.0.0 $port workers 1 pid "$scratch/pid" touch "$scratch/ready" accept send 1000 drain \
	"${hole_back[@]}" send 1000 counted RetransSegs 1 "${no_hole_back[@]}" drain close
end_tool
is "$(server_owners)" "$(cat "$scratch/pid") descriptor" 'prefork: the worker that accepts'

# The kernel makes the second's connection where that of the first was. The tool searches once a second.
begin
background_tcp "$a" one_cpu wait "$scratch/ready" connect 10.99.0.2 $port sink close
background_tcp "$a" one_cpu bind 10.99.0.1 0 wait "$scratch/other" connect 10.99.0.2 $port sink close
start_tool
tcp "$b" one_cpu listen 0.0.0.0 $port touch "$scratch/ready" workers 2 sh "echo \$PPID >>$scratch/pid" accept \
	send 1000 drain "${hole_back[@]}" send 1000 counted RetransSegs 1 sleep 1.1 "${no_hole_back[@]}" drain shut close \
	touch "$scratch/other"
end_tool
is "$(server_owners)" "$(sed 's/$/ descriptor/' "$scratch/pid" | paste -sd,)" 'prefork: each worker its own connection'

# It has closed it when it is lost; of a connection that ends nothing else tells who had it.
closed_by_worker() { # OPTION...
	begin
	background_tcp "$a" wait "$scratch/ready" connect 10.99.0.2 $port sink close
	options=("$@")
	start_tool
	tcp "$b" listen 0.0.0.0 $port workers 1 pid "$scratch/pid" touch "$scratch/ready" accept send 1000 drain \
		"${hole_back[@]}" send 1000 close counted RetransSegs 1 "${no_hole_back[@]}"
	wait_until 10 netns_is_quiet "$b"
	end_tool
}
closed_by_worker
is "$(server_owners)" "$(cat "$scratch/pid") descriptor" 'prefork: the worker that has closed it'
closed_by_worker --conn
is "$(server_owners)" "$(cat "$scratch/pid") descriptor" '--conn: the worker that had it'

# -- Many short connections of workers that run at the same time ----------------------------

# Of a master and two workers; the client's kernel loses some of what they send. Whoever reads the request is
# known before its answer is lost, and all of it is booked on the workers. It is done again until enough of
# what is looked at was lost: the kernel chooses the worker for each connection.
short() { # STEP ENOUGH OPTION...
	local step=$1 enough=$2 client=ask
	[ "$1" != greet ] || client=hear
	shift 2
	begin
	netns_drop_share "$a" loss 5 "tcp sport $port meta length > 1000"
	background_tcp "$b" sh "echo \$PPID >$scratch/master" backlog 64 listen 0.0.0.0 $port prefork 2 \
		sh "echo \$PPID >>$scratch/pid; touch $scratch/ready\$(wc -l <$scratch/pid)" "$step" 20000
	server=$REPLY
	wait_until 10 test -e "$scratch/ready2"
	mapfile -t workers <"$scratch/pid"
	options=("${@/WORKER/${workers[0]}}")
	options=("${options[@]/MASTER/$(cat "$scratch/master")}")
	start_tool
	lost_before=$(counter "$b" RetransSegs)
	for _ in {1..10}; do
		tcp "$a" "$client" 10.99.0.2 $port "$(scaled 30 12)"
		read_background "$tool"
		! wait_until 0 "$enough" || break
	done
	netns_drop_no_more "$a" loss
	wait_until 10 netns_is_quiet "$b"
	end_tool
	kill "$server" "${workers[@]}"
	rm -f "$scratch"/ready[12]
}
some_lost() { reached "$b" RetransSegs $((lost_before + 4)); }
one_shown() { [ "$(count ".sport == $port")" -gt 0 ]; }

short answer some_lost
cmp_ok "$(count ".sport == $port")" '>' 3 'short: some were lost'
is "$(events ".sport == $port" '"\(.pid) \(.owner_from)"' | sort -u | grep -vxE "(${workers[0]}|${workers[1]}) descriptor")" '' \
	"short: each is a worker's"
short answer some_lost --top process
intervals=$(jq -r 'select(.type == "interval" and .segs > 0 and .comm == "tcp") | "\(.pid) \(.owner_from)"' "$out_file" | sort -u)
is "$(grep -vxE "(${workers[0]}|${workers[1]}) null" <<<"$intervals")" '' '--top process: of the workers, in no doubt'
like "$intervals" '^[0-9]+ null' '--top process: which it has'
ok '--top process: seen = shown + filtered + lost' conserved "$out_file"
short answer one_shown -p WORKER
is "$(result '.shown_in_doubt + .filtered_in_doubt')" 0 '-p WORKER: nothing is in doubt'
is "$(events ".sport == $port" .pid | sort -u)" "${workers[0]}" "-p WORKER: what is the worker's"
short answer some_lost -p MASTER
is "$(events ".sport == $port" .pid)" '' '-p MASTER: nothing'
cmp_ok "$(result .filtered)" '>' 3 '-p MASTER: which was filtered'

# Where nobody reads first, and the kernel has no tracepoint for who sends, it is in doubt, and that is counted.
short greet one_shown -p WORKER
if [ "$(result '.filtered_in_doubt')" -gt 0 ]; then
	pass 'greeting: in doubt, which is counted'
else
	is "$(events ".sport == $port" .pid | sort -u)" "${workers[0]}" "greeting: what is the worker's"
fi
short greet some_lost --top process
is "$(jq -r --arg master "$(cat "$scratch/master")" 'select(.type == "interval" and .segs > 0 and .comm == "tcp" and
	.pid == ($master | tonumber) and .owner_from != "listener") | .segs' "$out_file")" '' \
	'greeting: nothing is booked on the master as a fact'

# -- Socket activation: the socket is passed on, then another program -----------------------

begin
background_tcp "$a" wait "$scratch/ready" connect 10.99.0.2 $port sink close
start_tool
tcp "$b" listen 0.0.0.0 $port pass pid "$scratch/pid" touch "$scratch/ready" accept send 1000 drain \
	"${hole_back[@]}" send 1000 counted RetransSegs 1 "${no_hole_back[@]}" drain close
end_tool
is "$(server_owners)" "$(cat "$scratch/pid") descriptor" 'socket activation: the service that accepts'

# -- It was there before the tool ---------------------------------------------------------

begin
background_tcp "$b" listen 0.0.0.0 $port touch "$scratch/ready" accept sink close
wait_until 10 test -e "$scratch/ready"
background_tcp "$a" connect 10.99.0.2 $port send 1000 drain pid "$scratch/pid" wait "$scratch/go" \
	"${hole[@]}" send 1000 counted RetransSegs 1 "${no_hole[@]}" drain shut
client=$REPLY
wait_until 10 test -e "$scratch/pid"
start_tool
touch "$scratch/go"
wait_until 20 ended "$client"
end_tool
is "$(client_owners)" "$(cat "$scratch/pid") descriptor" 'pre-existing: found by its descriptor'

# The same of an accepted one, whose listener is there still.
begin
background_tcp "$b" listen 0.0.0.0 $port workers 1 touch "$scratch/ready" accept send 1000 drain \
	pid "$scratch/pid" wait "$scratch/go" "${hole_back[@]}" send 1000 counted RetransSegs 1 "${no_hole_back[@]}" drain close
server=$REPLY
wait_until 10 test -e "$scratch/ready"
background_tcp "$a" connect 10.99.0.2 $port sink close
wait_until 10 test -e "$scratch/pid"
start_tool
touch "$scratch/go"
wait_until 20 ended "$server"
end_tool
is "$(server_owners)" "$(cat "$scratch/pid") descriptor" 'pre-existing, accepted by a worker'

# -- Its process has ended ----------------------------------------------------------------

begin
background_tcp "$b" listen 0.0.0.0 $port touch "$scratch/ready" accept sink close
wait_until 10 test -e "$scratch/ready"
start_tool
tcp "$a" pid "$scratch/pid" connect 10.99.0.2 $port send 1000 drain "${hole[@]}" send 1000
wait_until 20 reached "$a" RetransSegs $(($(counter "$a" RetransSegs) + 1))
bash -c "$(hole_ends "$b")"
end_tool
is "$(client_owners .orphan)" "$(cat "$scratch/pid") open" 'orphan: still its own'
cmp_ok "$(count ".orphan and .dport == $port")" '>=' 1 'which it says'

# -- Its process has ended, its child has it ----------------------------------------------

begin
background_tcp "$b" listen 0.0.0.0 $port touch "$scratch/ready" accept sink close
wait_until 10 test -e "$scratch/ready"
start_tool
tcp "$a" connect 10.99.0.2 $port send 1000 drain fork pid "$scratch/pid" "${hole[@]}" \
	send 1000 counted RetransSegs 1 "${no_hole[@]}" drain shut touch "$scratch/end"
wait_until 20 test -e "$scratch/end"
end_tool
is "$(client_owners)" "$(cat "$scratch/pid") descriptor" 'fork, the parent ends: the child'

# -- Its process lives, but has handed it to its child, which is called something else ---------

begin
background_tcp "$b" listen 0.0.0.0 $port touch "$scratch/ready" accept sink close
wait_until 10 test -e "$scratch/ready"
start_tool
tcp "$a" connect 10.99.0.2 $port send 1000 drain hand pid "$scratch/pid" "${hole[@]}" send 1000 counted RetransSegs 1 \
	"${no_hole[@]}" drain shut
end_tool
is "$(client_owners)" "$(cat "$scratch/pid") descriptor" 'handed to a child: the child'

begin
background_tcp "$b" listen 0.0.0.0 $port touch "$scratch/ready" accept sink close
wait_until 10 test -e "$scratch/ready"
start_tool
tcp "$a" connect 10.99.0.2 $port send 1000 drain name another "${hole[@]}" send 1000 counted RetransSegs 1 "${no_hole[@]}" drain shut
end_tool
is "$(events ".dport == $port" .comm | sort -u)" another 'it has another name by now'

# -- Two listen on one port ---------------------------------------------------------------

begin
start_tool
for i in 1 2; do
	background_tcp "$b" reuseport listen 0.0.0.0 $port touch "$scratch/ready$i" accept pid "$scratch/pid$i" \
		wait "$scratch/go" send 1000 drain close
	servers[i]=$REPLY
	wait_until 10 test -e "$scratch/ready$i"
done
# As many as it takes for both to have one.
both_have_one() { [ -e "$scratch/pid1" ] && [ -e "$scratch/pid2" ]; }
for ((i = 0; i < 30; i++)); do
	background_tcp "$a" connect 10.99.0.2 $port sink close
	wait_until 0 both_have_one && break
done
bash -c "$(hole_begins "$a")"
touch "$scratch/go"
both_are_shown() { [ "$(events ".sport == $port" .dport | sort -u | wc -l)" = 2 ]; }
read_background "$tool"
wait_until 20 both_are_shown
bash -c "$(hole_ends "$a")"
for i in 1 2; do wait_until 20 ended "${servers[i]}"; done
for pid in $(ip netns pids "$a"); do kill "$pid" 2>/dev/null; done
end_tool
is "$(events ".sport == $port" '"\(.dport) \(.pid)"' | sort -u | wc -l)" 2 'reuseport: each connection has one owner'
is "$(events ".sport == $port" .pid | sort -u | paste -sd' ')" \
	"$(sort -u "$scratch/pid1" <(echo) "$scratch/pid2" <(echo) | grep . | paste -sd' ')" 'which are the two processes'

# -- The same addresses and ports in two namespaces ---------------------------------------

scratch_netns c
c=$REPLY
scratch_netns d
d=$REPLY
netns_link "$c" "$d"
begin
start_tool
for name in "$b" "$d"; do
	background_tcp "$name" listen 0.0.0.0 $port touch "$scratch/$name" accept sink close
	wait_until 10 test -e "$scratch/$name"
done
clients=()
for pair in "$a $b" "$c $d"; do
	read -r from to <<<"$pair"
	background_tcp "$from" pid "$scratch/of-$from" bind 10.99.0.1 40000 connect 10.99.0.2 $port \
		send 1000 drain sh "$(hole_begins "$to")" send 1000 counted RetransSegs 1 sh "$(hole_ends "$to")" drain shut
	clients+=("$REPLY")
done
for pid in "${clients[@]}"; do wait_until 20 ended "$pid"; done
end_tool
for name in "$a" "$c"; do
	is "$(events ".netns == $(netns_number "$name") and .dport == $port" '"\(.pid) \(.sport)"' | sort -u)" \
		"$(cat "$scratch/of-$name") 40000" "the same addresses in ${name##*-}'s namespace"
done

# -- MPTCP: processes have none of the subflows --------------------------------------------

mptcp_tests() {
	local pids=
	scratch_netns mp-a
	a=$REPLY
	scratch_netns mp-b
	b=$REPLY
	netns_link "$a" "$b"
	ip -n "$a" addr add 10.98.0.1/24 dev veth
	ip -n "$b" addr add 10.98.0.2/24 dev veth
	hole=(sh "$(hole_begins "$b")") no_hole=(sh "$(hole_ends "$b")")
	hole_back=(sh "$(hole_begins "$a")") no_hole_back=(sh "$(hole_ends "$a")")

	begin
	background_tcp "$b" mptcp listen 0.0.0.0 $port touch "$scratch/ready" accept sink close
	wait_until 10 test -e "$scratch/ready"
	start_tool
	tcp "$a" mptcp pid "$scratch/pid" connect 10.99.0.2 $port send 1000 drain "${hole[@]}" send 1000 \
		counted RetransSegs 1 "${no_hole[@]}" drain shut
	end_tool
	is "$(client_owners .mptcp)" "$(cat "$scratch/pid") open" 'MPTCP, active: the process that connected'

	begin
	background_tcp "$b" mptcp listen 0.0.0.0 $port touch "$scratch/ready" accept sink close
	wait_until 10 test -e "$scratch/ready"
	background_tcp "$a" mptcp connect 10.99.0.2 $port send 1000 drain pid "$scratch/pid" \
		wait "$scratch/go" "${hole[@]}" send 1000 counted RetransSegs 1 "${no_hole[@]}" drain shut
	client=$REPLY
	wait_until 10 test -e "$scratch/pid"
	start_tool
	touch "$scratch/go"
	wait_until 20 ended "$client"
	end_tool
	is "$(client_owners .mptcp)" "$(cat "$scratch/pid") descriptor" 'MPTCP, pre-existing: found by its descriptor'

	begin
	background_tcp "$a" mptcp wait "$scratch/ready" connect 10.99.0.2 $port sink close
	start_tool
	tcp "$b" mptcp listen 0.0.0.0 $port workers 1 pid "$scratch/pid" touch "$scratch/ready" accept send 1000 \
		drain "${hole_back[@]}" send 1000 counted RetransSegs 1 "${no_hole_back[@]}" drain close
	end_tool
	is "$(server_owners .mptcp)" "$(cat "$scratch/pid") descriptor" 'MPTCP, prefork: the worker that accepts'

	# The kernel opens the second subflow, on the process's behalf.
	ip -n "$a" mptcp limits set subflows 2
	ip -n "$b" mptcp limits set subflows 2
	ip -n "$a" mptcp endpoint add 10.98.0.1 dev veth subflow
	begin
	background_tcp "$b" mptcp listen 0.0.0.0 $port touch "$scratch/ready" serve
	server=$REPLY
	wait_until 10 test -e "$scratch/ready"
	start_tool
	netns_drop_share "$b" loss 5 "tcp dport $port tcp flags & (syn|rst) == 0 meta length > 100"
	both_are_open() { [ "$(ip netns exec "$a" cat /proc/net/tcp | awk '$4 == "01"' | wc -l)" = 2 ]; }
	subflows_are_shown() { [ "$(events ".dport == $port and .mptcp" .saddr | sort -u | wc -l)" = 2 ]; }
	# The kernel chooses what goes over which, and what is lost.
	for _ in {1..10}; do
		rm -f "$scratch/go"
		background_tcp "$a" mptcp pid "$scratch/pid" connect 10.99.0.2 $port send 1000 drain wait "$scratch/go" \
			send "$(scaled 3000000 500000)" shut
		client=$REPLY
		wait_until 10 both_are_open
		touch "$scratch/go"
		wait_until 60 ended "$client"
		pids+="${pids:+|}$(cat "$scratch/pid")"
		read_background "$tool"
		! wait_until 0 subflows_are_shown || break
	done
	netns_drop_no_more "$b" loss
	end_tool
	kill "$server"
	is "$(events ".dport == $port and .mptcp" .saddr | sort -u | paste -sd' ')" '10.98.0.1 10.99.0.1' \
		'MPTCP: two subflows'
	is "$(client_owners .mptcp | tr , '\n' | grep -vxE "($pids) open")" '' "MPTCP: both are the process's"
}
if [ "$(sysctl -n net.mptcp.enabled 2>/dev/null)" = 1 ]; then
	mptcp_tests
else
	skip 5 'no MPTCP'
fi

# -- Filters by owner ---------------------------------------------------------------------

client_of() { # what two clients send again, of one of which only
	background_tcp "$b" listen 0.0.0.0 $port touch "$scratch/ready" accept sink close
	wait_until 10 test -e "$scratch/ready"
	background_tcp "$a" connect 10.99.0.2 $port send 1000 drain pid "$scratch/pid" wait "$scratch/go" \
		"${hole[@]}" send 1000 counted RetransSegs 1 "${no_hole[@]}" drain shut
	client=$REPLY
	wait_until 10 test -e "$scratch/pid"
}
filtered() { # OPTION EXPECTED: 1 if it is shown
	begin
	client_of
	# shellcheck disable=SC2206
	options=(${1/PID/$(cat "$scratch/pid")})
	start_tool
	touch "$scratch/go"
	wait_until 20 ended "$client"
	end_tool
	is "$(events ".dport == $port" .dport | sort -u | wc -l)" "$2" "$1"
	ok "$1: seen = shown + filtered + lost" conserved "$out_file"
}
filtered '-p PID' 1
filtered '-p 1' 0
filtered '--comm tcp' 1
filtered '--comm python' 0
filtered '-u 0' 1
filtered '-u 1' 0

done_testing
