# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# dnssnoop: dnsperf asks dnsmasq from another network namespace; and what all other packets pay.

# shellcheck source=../run/lib.bash
. "$here/../run/lib.bash"
# shellcheck source=../run/net.bash
. "$here/../run/net.bash"

declare -A title=(
	[nothing]='nothing'
	[ours]='`dnssnoop`'
	[static]='`dnssnoop`, static'
	['ours -j']='`dnssnoop -j`'
	['ours --server -j']='`dnssnoop --server -j`'
	[peer]='`tcpdump port 53`'
	[empty]='two empty programs'
)
another= # contestant: asked for a cgroup that does nothing
peer_name=tcpdump peer_package=tcpdump
start_contestants=(ours static)
empty_programs=(empty_egress empty_ingress)
loads=() contestants=()

own_peer() {
	peer=(tcpdump -n -l -i any 'port 53')
	command -v tcpdump >/dev/null
}

# A packet socket, and it waits for packets.
peer_links=0 peer_ready=tcpdump_is_ready
tcpdump_is_ready() { # PID
	! ended "$1" || return 2
	grep -q 'listening on' "${background_err[$1]}"
}

# -- Load ---------------------------------------------------------------------------------

zone=(--address=/one.test/10.1.2.3 --address=/two.test/fd00::1 '--txt-record=three.test,hello'
	--host-record=four.test,10.9.9.9 --cname=five.test,four.test)

network() {
	pair bench
	background ip netns exec "$b" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
		--user=root --pid-file= --bind-interfaces --listen-address=10.99.0.2 --cache-size=0 \
		--local=/test/ "${zone[@]}"
	sleep 0.5
	printf '%s\n' 'one.test A' 'two.test AAAA' 'three.test TXT' 'four.test A' 'five.test A' 'none.test A' \
		>"$scratch/questions"
}

# Leaves the lookups that were completed in $REPLY.
perf() { # SECONDS QUERIES-A-SECOND
	ip netns exec "$a" dnsperf -s 10.99.0.2 -d "$scratch/questions" -l "$1" -Q "$2" -c 8 -q 200 \
		>"$scratch/perf" 2>&1 || die "dnsperf: $(tail -n 1 "$scratch/perf")"
	REPLY=$(awk '/Queries completed:/ { print $3 }' "$scratch/perf")
}

# -- What is measured ---------------------------------------------------------------------

bench_measure() {
	network
	start_measure
	packet_measure
	storm_measure
	stats_on
	dns_measure
}

# contestant, round, least ns, median ns
packet_measure() {
	local round who
	say 'packets that are not DNS'
	CGROUP=$(cgroup2_mount) || die 'cgroup v2 is not mounted'
	export CGROUP
	scratch_cgroup bench
	another="ours -c $REPLY"
	title[$another]='`dnssnoop -c` of another cgroup'
	for ((round = 0; round < rounds; round++)); do
		for who in nothing ours peer empty "$another"; do
			REPLY=
			[ "$who" = nothing ] || contestant_start "$who"
			printf '%s\t%s\t%s\n' "$who" "$round" "$("$obj/packets" | tr ' ' '\t')" >>"$scratch/packets.tsv"
			[ -z "$REPLY" ] || stop_tool "$REPLY" TERM
		done
	done
}

# contestant, round, ns of BPF time for each packet with DNS and place that sees it: a lookup is two packets,
# each of them is sent and received on this host
dns_measure() {
	local round who pid
	for ((round = 0; round < rounds; round++)); do
		say "cost, round $((round + 1)) of $rounds"
		for who in 'ours -j' 'ours --server -j'; do
			output_nowhere=1 contestant_start "$who"
			pid=$REPLY
			snapshot >"$scratch/before"
			perf 2 20000
			sleep 0.3
			snapshot >"$scratch/after"
			stop_tool "$pid" TERM
			awk -v who="$who" -v round="$round" -v seen="$((REPLY * 4))" -v OFS='\t' '
				NR == FNR { time[$1] = $2; next }
				{ ns += $2 - time[$1] }
				END { print who, round, ns / seen }' "$scratch/before" "$scratch/after" >>"$scratch/dns.tsv"
		done
	done
}

storm_seconds=30 storm_rate=50000
# contestant; lookups completed, seen by the tool, lost by its own account, % of a core, kB
storm_measure() {
	storm_once 'ours -j'
	storm_once ours
	storm_tcpdump
}

storm_once() { # CONTESTANT
	local pid cpu kb done
	say "$1: $storm_rate lookups a second for $storm_seconds s"
	output_nowhere='' contestant_start "$1"
	pid=$REPLY
	cpu=$(contestant_cpu "$pid")
	perf "$storm_seconds" "$storm_rate"
	done=$REPLY
	sleep 0.5
	cpu=$(($(contestant_cpu "$pid") - cpu))
	kb=$(contestant_pss "$pid")
	stop_tool "$pid"
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$done" "$(storm_answered "$1")" "$(storm_lost "$1")" \
		"$((cpu / storm_seconds / 100000))e-2" "$kb" >>"$scratch/storm.tsv"
}
storm_answered() { # CONTESTANT
	if [[ $1 == *-j ]]; then result .queries.answered; else
		sed -n 's/^queries .* = answered \([0-9]*\) .*/\1/p' "$out_file"
	fi
}
storm_lost() { # CONTESTANT
	if [[ $1 == *-j ]]; then result '.lost | add'; else
		sed -n 's/^seen .* lost \([0-9]*\).*/\1/p' "$out_file"
	fi
}

# As text, in the client's namespace: from another one it sees nothing. A lookup is two packets.
storm_tcpdump() {
	local pid cpu done
	say "tcpdump: $storm_rate lookups a second for $storm_seconds s"
	background ip netns exec "$a" tcpdump -n -i veth port 53
	pid=$REPLY
	wait_until 10 tcpdump_is_ready "$pid" || die 'no tcpdump'
	cpu=$(contestant_cpu "$pid")
	perf "$storm_seconds" "$storm_rate"
	done=$REPLY
	sleep 1
	cpu=$(($(contestant_cpu "$pid") - cpu))
	stop_tool "$pid"
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' peer "$done" "$(($(wc -l <"$out_file") / 2))" \
		"$(($(awk '/dropped by kernel/ { print $1 }' "$err_file") / 2))" \
		"$((cpu / storm_seconds / 100000))e-2" '' >>"$scratch/storm.tsv"
}

# -- What is reported ---------------------------------------------------------------------

bench_report() {
	report_host "dnsperf$(package_version dnsperf), dnsmasq$(package_version dnsmasq-base)"
	cat <<-EOF

	### A datagram that is not DNS

	CPU time to send and receive one of 64 bytes on the loopback interface; $rounds rounds. More: than
	with no tool in the same round, for both directions together.

	| attached | least, ns | median, ns | more (median), ns |
	|---|---:|---:|---:|
	EOF
	local who
	for who in nothing ours "$another" peer empty; do
		printf '| %s | %s | %s | %s |\n' "${title[$who]}" "$(column packets "$who" 3 | shown_spread %.0f)" \
			"$(column packets "$who" 4 | shown_spread %.0f)" \
			"$([ "$who" = nothing ] || packet_more "$who" | shown_spread %.0f)"
	done
	cat <<-EOF

	BPF time for a packet with DNS where it is sent or received, by the kernel's statistics, all programs together:
	$(column dns 'ours -j' 3 | shown_spread %.0f) ns, half of them for the server's side, which is on this host, too,
	and is not shown; with \`--server\`, which shows both, $(column dns 'ours --server -j' 3 | shown_spread %.0f).

	### $storm_rate lookups a second for $storm_seconds s

	By dnsperf, of dnsmasq in another network namespace, on the same $(nproc) CPUs; output to a file. tcpdump
	writes a line for each packet, in the client's namespace. Memory: resident at the end, the ring buffer, which is
	mapped twice, once.

	| | lookups completed | shown | lost by its own account | CPU, % of a core | memory, MB |
	|---|---:|---:|---:|---:|---:|
	EOF
	awk -F '\t' -v mb=976.5625 '{
		name = $1 == "peer" ? "`tcpdump port 53`" : "`dnss" "noop" substr($1, 5) "`"
		printf "| %s | %s | %s | %s | %.0f | %s |\n", name, $2, $3, $4, $5, $6 == "" ? "" : sprintf("%.1f", $6 / mb)
	}' "$scratch/storm.tsv"
	cat <<-EOF

	### Start, memory, size

	$starts starts each, taken in turn. Until the first line on a terminal: time, CPU time, peak resident
	memory (the greatest of all starts), the kernel's memory for maps. Sizes are of stripped files.

	EOF
	start_header
	start_row ours
	start_row static
	printf '\nStripped: %s kB, static %s kB.\n' "$(size_of "$bin/dnssnoop")" "$(size_of "$bin/static/dnssnoop")"
	dns_report_targets
}

packet_more() { # CONTESTANT
	awk -F '\t' -v who="$1" '
		$1 == who { with[$2] = $4 }
		$1 == "nothing" { without[$2] = $4 }
		END { for (round in with) print with[round] - without[round] }' "$scratch/packets.tsv"
}

packet_share() {
	awk -v a="$(packet_more ours | median)" -v b="$(packet_more peer | median)" 'BEGIN { print a / b }'
}

storm_of() { # CONTESTANT COLUMN
	awk -F '\t' -v who="$1" -v column="$2" '$1 == who { print $column }' "$scratch/storm.tsv"
}

dns_report_targets() {
	targets_header
	target 'another datagram, of what a packet filter costs' '<=' 0.333 "$(packet_share)"
	target 'a packet with DNS that is shown, ns' '<=' 1000 "$(column dns 'ours --server -j' 3 | median)"
	target 'lookups lost at that rate' '<=' 0 "$(($(storm_of ours 2) - $(storm_of ours 3)))"
	target 'CPU at that rate, % of a core' '<=' 15 "$(storm_of ours 5)"
	target 'resident memory at that rate, MB' '<=' 16 "$(awk -v kb="$(storm_of ours 6)" 'BEGIN { print kb / 976.5625 }')"
	target 'ready, ms' '<=' 200 "$(column start ours 2 | median)"
	target 'static and stripped, MB' '<=' 2.5 "$(static_mb)"
}
