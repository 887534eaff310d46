#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by around
#
# The kernel's own count of what is sent again is compared by default: kernel = seen + unseen, in all
# network namespaces, those that were there before and those that come later. There are no false alarms.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root ip nft jq

# What the kernel has sent again in these namespaces, and could send.
sent_in() { # NAMESPACE...
	local name n=0
	for name; do n=$((n + $(counter "$name" RetransSegs) - $(counter "$name" TCPRetransFail))); done
	echo "$n"
}

# On the host others retransmit as well, and some never reach a program.
balanced() { # SENT DESCRIPTION
	local kernel
	kernel=$(result .kernel_segs)
	is "$(result '.kernel == .seen + .unseen and .kernel_segs == .seen_segs + .unseen')" true "$2: kernel = seen + unseen"
	ok "$2: seen = shown + filtered + lost" conserved "$out_file"
	if [ -n "${SNOOPKIT_KERNEL_VERSION-}" ]; then
		is "$kernel" "$1" "$2: what the kernel has counted"
		is "$(result .unseen)" 0 "$2: nothing is unseen"
		is "$(grep -c 'the kernel counted' "$err_file")" 0 "$2: nor is anything told"
	else
		cmp_ok "$kernel" '>=' "$1" "$2: what the kernel has counted"
		skip 2 'on this host some are unseen'
	fi
}

# Each tenth packet is lost. A packet has 64 kB at most, so some of a megabyte are.
bulk() { # FROM
	tcp "$1" connect 10.99.0.2 5001 send 1000000 shut
	tcp "$1" connect fd99::2 5001 send 1000000 shut
}
listens_with_loss() { # FROM TO
	netns_drop_each "$2" loss 10 'tcp dport 5001 tcp flags & (syn|rst) == 0'
	background_tcp "$2" listen :: 5001 touch "$scratch/ready-$2" serve
	servers+=("$REPLY")
	wait_until 10 test -e "$scratch/ready-$2"
}
# Bursts of many segments, SYNs, SYN-ACKs, and what a queue of this host drops.
everything() { # FROM TO
	listens_with_loss "$1" "$2"
	netns_drop "$2" hole 'tcp dport 5004 drop'
	netns_drop "$1" deaf 'tcp sport 5006 drop'
	ip netns exec "$2" sh -c 'echo 1 >/proc/sys/net/ipv4/tcp_synack_retries'
	background_tcp "$2" listen :: 5006 touch "$scratch/deaf-$2" serve
	servers+=("$REPLY")
	wait_until 10 test -e "$scratch/deaf-$2"
	bulk "$1"
	tcp_asks_until "$1" 10.99.0.2 5004 "$1" 1
	tcp_asks_until "$1" 10.99.0.2 5006 "$2" 1
	ip netns exec "$1" nft 'table inet out { chain output { type filter hook output priority 0; tcp dport 5001 meta length > 100 numgen inc mod 8 < 1 drop; }; }'
	tcp "$1" connect 10.99.0.2 5001 send 300000 shut
	ip netns exec "$1" nft delete table inet out
}
servers=()

pair old
old_a=$a old_b=$b
listens_with_loss "$a" "$b"
bulk "$a"
for name in "$old_a" "$old_b"; do wait_until 20 netns_is_quiet "$name"; done
before=$(sent_in "$old_a" "$old_b")
cmp_ok "$before" '>' 0 'something was sent again before the tool'

# -- Everything is filtered, and seen -----------------------------------------------------

background_tool tcpretrans -j -p 1
tool=$REPLY
bulk "$old_a"
pair new
everything "$a" "$b"
for name in "$old_a" "$old_b" "$a" "$b"; do wait_until 20 netns_is_quiet "$name"; done
sent=$(($(sent_in "$old_a" "$old_b" "$a" "$b") - before))
stop_tool "$tool"
balanced "$sent" 'filtered'
is "$(result .shown)" 0 'filtered: nothing is shown'
cmp_ok "$sent" '>' 5 'filtered: something was'

# -- At each interval ---------------------------------------------------------------------

before=$(sent_in "$old_a" "$old_b" "$a" "$b")
background_tool tcpretrans -j --top cause 1
tool=$REPLY
bulk "$a"
# One comes, is used, and goes.
new_a=$a new_b=$b
gone_a=snoopkit-$$-gone-a gone_b=snoopkit-$$-gone-b
ip netns add "$gone_a"
ip netns add "$gone_b"
at_exit "ip netns del '$gone_a' 2>/dev/null; ip netns del '$gone_b' 2>/dev/null; true"
netns_link "$gone_a" "$gone_b"
listens_with_loss "$gone_a" "$gone_b"
bulk "$gone_a"
for name in "$gone_a" "$gone_b"; do wait_until 20 netns_is_quiet "$name"; done
sent_there=$(sent_in "$gone_a" "$gone_b")
kill_background "${servers[-1]}"
unset 'servers[-1]'
ip netns del "$gone_a"
ip netns del "$gone_b"
for name in "$new_a" "$new_b"; do wait_until 20 netns_is_quiet "$name"; done
sent=$(($(sent_in "$old_a" "$old_b" "$new_a" "$new_b") - before + sent_there))
stop_tool "$tool"
balanced "$sent" 'intervals'
cmp_ok "$(result .unchecked)" '>=' 1 'intervals: what has gone is unchecked'

# -- Connections have no such book --------------------------------------------------------

traced_conn() {
	background_tool tcpretrans -j --conn
	tool=$REPLY
	bulk "$a"
	stop_tool "$tool"
}
traced_conn
is "$(result 'has("kernel")')" false '--conn: nothing to compare with'
ok 'each line is JSON' json_check "$out_file"

kill_background "${servers[@]}"
done_testing
