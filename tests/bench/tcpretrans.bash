# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# tcpretrans: real TCP between two network namespaces, of which every twentieth segment is lost.

# shellcheck source=../run/lib.bash
. "$here/../run/lib.bash"
# shellcheck source=../run/tcp.bash
. "$here/../run/tcp.bash"

contestants=(ours 'ours -c' 'ours --conn' peer 'peer -c' bpftrace empty)
declare -A title=(
	[ours]='`tcpretrans`'
	['ours -c']='`tcpretrans -c`'
	['ours --conn']='`tcpretrans --conn`'
	[static]='`tcpretrans`, static'
	[peer]='bcc `tcpretrans`'
	['peer -c']='bcc `tcpretrans -c`'
	[bpftrace]='bpftrace, a tracepoint'
	[empty]='an empty program'
)
declare -A beside=(['ours -c']='peer -c')
peer_name=bcc peer_package=bpfcc-tools
peer_links=1
peer_ready=bcc_is_tracing
bpftrace_links=1
empty_programs=(empty_retransmit empty_state)
start_contestants=(ours static peer bpftrace)
other_events='Other events'
# They look at reads and writes, of which there are many for each event.
programs_aside='^owner_'
output_nowhere=1

# It is compiled when it starts, against the headers of whatever kernel there is; what it finds by
# the running kernel's name is ours to say, in this mount namespace.
own_peer() {
	local file dir modules
	for file in tcpretrans-bpfcc /usr/share/bcc/tools/tcpretrans; do
		file=$(command -v "$file") && break
	done
	peer=("$file")
	modules=/lib/modules/$(uname -r)
	[ ! -e "$modules/build/Makefile" ] || return 0
	for dir in /lib/modules/*; do
		[ -e "$dir/build/Makefile" ] && break
	done
	dir=("$(realpath "$dir/build")" "$(realpath "$dir/source")")
	mount -t tmpfs tmpfs /lib/modules && mkdir "$modules" &&
		ln -s "${dir[0]}" "$modules/build" && ln -s "${dir[1]}" "$modules/source"
}

# It says nothing while it compiles, and sleeps when it is attached.
bcc_is_tracing() { # PID PROGRAMS
	! ended "$1" || return 2
	[[ $(ls -l "/proc/$1/fd" 2>/dev/null) == *perf_event* ]] && sleep 0.3 && [ "$(process_state "$1")" = S ]
}

# -- Load ---------------------------------------------------------------------------------

loads=(events states)
declare -A load_for=([events]='ours|ours -c|peer.*|bpftrace|empty' [states]='ours.*|empty')
flows=8 flow_bytes=12000000 connections=4000

# A segment is an event: nothing is sent in bursts, so that the kernel's counters know how many
# events there are.
network() {
	scratch_netns bench-a
	a=$REPLY
	scratch_netns bench-b
	b=$REPLY
	netns_link "$a" "$b"
	ip -n "$a" link set veth gso_max_segs 1 || die 'no veth without bursts'
	ip netns exec "$a" sysctl -qw net.ipv4.ip_local_port_range='1024 65535' || die 'no ports'
	netns_drop "$b" loss 'tcp dport 5001 tcp flags & (syn|rst) == 0 numgen inc mod 20 < 1 drop'
	background ip netns exec "$b" python3 "$here/sink.py" 5001 5002
	wait_until 10 listens "$b" || die 'no listener'
}

listens() { # NAMESPACE
	[ "$(grep -c ' 0A ' < <(ip netns exec "$1" cat /proc/net/tcp))" = 2 ]
}

load() { # NAME
	local before
	case $1 in
	events)
		before=$(retransmitted)
		ip netns exec "$a" python3 "$here/source.py" send 5001 "$flows" "$flow_bytes" || die 'no load'
		REPLY=$(($(retransmitted) - before))
		;;
	states)
		ip netns exec "$a" python3 "$here/source.py" connect 5002 "$connections" || die 'no load'
		# SYN_SENT, ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE of who connects; SYN_RECV, ESTABLISHED,
		# CLOSE_WAIT, LAST_ACK, CLOSE of who accepts.
		REPLY=$((connections * 10))
		;;
	esac
}

# A counter of the kernel's as it is now, of both namespaces.
sum() { # COUNTER
	echo $(($(counter "$a" "$1") + $(counter "$b" "$1")))
}

# What could not be sent is an event, too, from Linux 6.17 on.
retransmitted() {
	echo $(($(sum RetransSegs) + $(sum TCPSpuriousRtxHostQueues)))
}

cost_warm() { # CONTESTANT PID
	load states
}

# -- What is measured ---------------------------------------------------------------------

bench_measure() {
	network
	start_measure
	memory_measure ours
	memory_measure static
	memory_measure peer
	snapshot_measure
	flood_measure
	stats_on
	cost_measure
}

# contestant, kB
memory_measure() { # CONTESTANT
	local pid
	contestant_start "$1"
	pid=$REPLY
	load events
	sleep 0.5
	printf '%s\t%s\n' "$1" "$(contestant_kb "$pid" VmRSS)" >>"$scratch/running.tsv"
	stop_tool "$pid" TERM
}

# The search for the owners of 160,000 descriptors of 80,000 sockets, at the start: ms
descriptors=160000
snapshot_measure() {
	local holders=() i
	say "$descriptors descriptors"
	for ((i = 0; i < descriptors / 16000; i++)); do
		background python3 "$here/source.py" hold 16000
		holders+=("$REPLY")
	done
	for i in "${holders[@]}"; do wait_until 60 grep -q ready "${background_out[$i]}" || die 'no descriptors'; done
	for ((i = 0; i < rounds; i++)); do
		"$bin/tcpretrans" -v --duration 0.01 2>&1 >/dev/null |
			sed -n 's/.*descriptors searched in \([0-9]*\) us$/\1/p' | head -n 1 >>"$scratch/snapshot.tsv"
	done
	for i in "${holders[@]}"; do stop_tool "$i" TERM; done
}

# SYNs that nobody answers, of many sockets at the same time, each sent again once a second: bursts
# of 50,000 a second.
flood_sockets=50000 flood_seconds=10
# events of the kernel, seen, shown, lost
flood_measure() {
	local pid before
	say "$flood_sockets events a second"
	ip netns exec "$a" sysctl -qw net.ipv4.tcp_syn_linear_timeouts=$flood_seconds || {
		say 'this kernel sends SYNs again at longer and longer intervals'
		return
	}
	netns_drop "$b" hole 'tcp dport 5003 drop'
	before=$(sum RetransSegs)
	output_nowhere='' contestant_start 'ours --rport 5003 -j'
	pid=$REPLY
	ip netns exec "$a" python3 "$here/source.py" flood 5003 "$flood_sockets" "$flood_seconds" || die 'no flood'
	stop_tool "$pid"
	printf '%s\t%s\n' "$(($(sum RetransSegs) - before))" "$(jq -r 'select(.type == "summary") |
		"\(.seen)\t\(.shown)\t\(.lost | add)\t\(.unseen)"' "$out_file")" >"$scratch/flood.tsv"
	netns_drop_no_more "$b" hole
}

# -- What is reported ---------------------------------------------------------------------

bench_report() {
	report_host
	cat <<-EOF

	### BPF time for an event

	Median of $rounds rounds (least..greatest). Two columns tell how many times as much the
	others need; bcc with \`-c\` where it stands beside \`-c\`. Programs: those that ran for most
	of the events.
	EOF
	report_cost events 'Retransmissions'
	report_cost states 'Changes of state of a TCP socket'
	cat <<-EOF

	### The tool's own CPU time for an event

	Of the same rounds; user and system time of the process, its rows going to \`/dev/null\`.
	EOF
	report_cpu events 'Retransmissions'
	cat <<-EOF

	### Start, memory, size

	$starts starts each, taken in turn. Until the first line on a terminal: time, CPU time, peak
	resident memory (the greatest of all starts). Then: the kernel's memory for maps, and resident
	memory after some thousand events. Sizes are of stripped files.

	EOF
	start_header
	start_row ours "$bin/tcpretrans"
	start_row static "$bin/static/tcpretrans"
	start_row peer
	start_row bpftrace
	cat <<-EOF

	The first search for owners, with $descriptors descriptors of sockets on the host: $(
		awk '{ print $1 / 1000 }' "$scratch/snapshot.tsv" | shown_spread %.0f
	) ms.
	EOF
	[ ! -e "$scratch/flood.tsv" ] || flood_report
	retrans_report_targets
}

flood_report() {
	local kernel seen shown lost
	read -r kernel seen shown lost unseen <"$scratch/flood.tsv"
	cat <<-EOF

	$flood_sockets events a second for $flood_seconds s, as JSON into a file: the kernel counts $kernel,
	seen $seen, shown $shown, lost by its own account $lost.
	EOF
}

state_ns() {
	cost_column states ours 4
}

retrans_report_targets() {
	targets_header
	target 'an event, ns' '<=' 1000 "$(cost_column events ours 4 | median)"
	target 'an event summed up, ns' '<=' 600 "$(cost_column events 'ours -c' 4 | median)"
	target 'a change of state, ns' '<=' 300 "$(state_ns | median)"
	target 'ready, ms' '<=' 150 "$(column start ours 2 | median)"
	target 'running resident memory, MB' '<=' 8 "$(column running ours 2 "$kb_in_mb")"
	target "$descriptors descriptors, ms" '<=' 300 "$(awk '{ print $1 / 1000 }' "$scratch/snapshot.tsv" | median)"
	target 'static and stripped, MB' '<=' 2.5 "$(static_mb)"
	[ ! -e "$scratch/flood.tsv" ] ||
		target "neither shown, lost nor unseen, % of the kernel's count of a flood" '<=' 0.1 \
			"$(awk '{ print 100 * ($1 - $3 - $4 - $5) / $1 }' "$scratch/flood.tsv")"
}
