#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# tcpretrans in short: what is sent again, why, and whose it is, on any kernel. The other
# tcpretrans-*.t go through the rest.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq

port=$((5000 + $$ % 20000))

# A hole in the middle of a connection: the timer sends again, and nobody runs on its behalf.
pair timer
background_tcp "$b" listen :: $port touch "$scratch/ready" accept sink close
wait_until 10 test -e "$scratch/ready"
traced -- tcp "$a" pid "$scratch/pid" connect 10.99.0.2 $port send 1000 drain sh "$(hole_begins "$b")" \
	send 1000 sleep 1 sh "$(hole_ends "$b")" drain shut
check timer
is "$(events "$(in_netns "$a")" '"\(.saddr) \(.daddr) \(.dport) \(.family)"' | sort -u)" \
	"10.99.0.1 10.99.0.2 $port ipv4" 'timer: of that connection'
is "$(events "$(in_netns "$a")" '"\(.pid) \(.comm) \(.uid)"' | sort -u)" "$(<"$scratch/pid") tcp 0" \
	'timer: the process that connected'
cmp_ok "$(count "$(in_netns "$a") and (.cause == \"rto\" or .cause == \"tlp\")")" '>' 0 'timer: why'

# Nobody answers.
pair syn
netns_drop "$b" loss "tcp dport $port drop"
traced -- tcp "$a" try 10.99.0.2 $port 1.8
check syn
cmp_ok "$(count "$(in_netns "$a") and .cause == \"syn\"")" '>' 0 'syn: each'

# Some of much is lost, over IPv6.
pair bulk
netns_drop "$b" loss "tcp dport $port tcp flags & (syn|rst) == 0 numgen inc mod 10 < 1 drop"
rm "$scratch/ready"
background_tcp "$b" listen :: $port touch "$scratch/ready" accept sink close
wait_until 10 test -e "$scratch/ready"
traced -- tcp "$a" connect fd99::2 $port send "$(scaled 2000000 300000)" shut
check bulk
cmp_ok "$(segs "$(in_netns "$a") and .family == \"ipv6\"")" '>' 0 'bulk: some were lost, of IPv6'

done_testing
