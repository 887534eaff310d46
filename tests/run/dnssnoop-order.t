#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# Rows come in the order in which lookups end: of several processes, sockets and transports, with
# those that are given up, and messages that belong to none.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3

asking() { # FIRST
	local names=() i
	for ((i = 0; i < $(scaled 300 40); i++)); do names+=("ok.$1.n$i"); done
	ask "$2" 127.0.0.1 "${names[@]}" >/dev/null 2>&1
}

storm() {
	local i asked=()
	for ((i = 0; i < $(scaled 8 4); i++)); do
		asking "$i" "$([ $((i % 4)) = 3 ] && echo tcp || echo connected)" &
		asked+=("$!")
	done
	for ((i = 0; i < 3; i++)); do
		ask nowait 127.0.0.1 "slow.w$i" "late.w$i" "twice.w$i" "forged.w$i" &
		asked+=("$!")
		ask connected 127.0.0.1 "silent.w$i" >/dev/null 2>&1 &
		asked+=("$!")
		sleep 0.2
	done
	wait "${asked[@]}"
	sleep 1
}

# How many end before the row that came before. That one is abandoned is known half a second later.
backward() {
	jq -n '[inputs | select(.type == "event" and .result != "ABANDONED") | .mono_ns + (.lat_ns // 0)] |
		[range(1; length) as $i | select(.[$i] < .[$i - 1])] | length' "$out_file"
}

server 127.0.0.1
for option in --timeout=0.3s --server; do
	traced -j "$option" -- storm
	ok "$option: adds up" conserved "$out_file"
	cmp_ok "$(events true | wc -l)" '>=' "$(scaled 2400 160)" "$option: rows"
	# On a busy host a program may be preempted for as long as that; this is counted.
	cmp_ok "$(backward)" '<=' "$(result '.notes.out_of_order // 0')" \
		"$option: each ends after the one before"
	cmp_ok "$(result '.notes.out_of_order // 0')" '<=' 2 "$option: hardly one is too late for that"
	[ "$option" = --server ] || cmp_ok "$(events '.result == "TIMEOUT"' | wc -l)" '>=' 3 \
		"$option: with those that were given up"
done
done_testing
