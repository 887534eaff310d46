# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Network namespaces with links between them, loss, and the kernel's own counters of each. To be read
# after lib.bash.

# A network namespace of its own, gone at the end with what runs in it. $REPLY is its name.
scratch_netns() { # NAME
	REPLY=snoopkit-$$-$1${take:+-$take}
	ip netns add "$REPLY" || bail_out "no network namespace $REPLY"
	at_exit "netns_remove '$REPLY'"
	ip -n "$REPLY" link set lo up
}

netns_remove() {
	local pid
	for pid in $(ip netns pids "$1"); do kill -KILL "$pid" 2>/dev/null; done
	ip netns del "$1"
}

# Connects two: interface veth in both, with an IPv4 and an IPv6 address each. The offloads stay
# on, so that what is sent at once is many segments.
netns_link() { # A B
	ip link add veth netns "$1" type veth peer name veth netns "$2" ||
		bail_out "no veth between $1 and $2"
	netns_address "$1" veth 1
	netns_address "$2" veth 2
}

netns_address() { # NAME INTERFACE LAST
	ip -n "$1" addr add "10.99.0.$3/24" dev "$2"
	ip -n "$1" addr add "fd99::$3/64" dev "$2" nodad
	ip -n "$1" link set "$2" up
}

netns_number() { # NAME
	stat -L -c %i "/run/netns/$1"
}

# What comes in there is dropped: RULES, one a line, of nft.
netns_drop() { # NAME TABLE RULE...
	local name=$1 table=$2
	shift 2
	ip netns exec "$name" nft -f - <<-EOF2
		table inet $table {
			chain input {
				type filter hook input priority 0;
				$(printf '%s\n' "$@")
			}
		}
	EOF2
}

netns_drop_no_more() { # NAME TABLE
	ip netns exec "$1" nft delete table inet "$2"
}

# As a word for tcp's step sh: no segments with data come in any more; they do again.
hole_begins() { # NAME
	printf "ip netns exec %s nft 'table inet hole { chain input { type filter hook input priority 0; meta l4proto tcp meta length > 100 drop; }; }'" "$1"
}
hole_ends() { # NAME
	printf 'ip netns exec %s nft delete table inet hole' "$1"
}

# A counter of the kernel's, since the namespace is there.
counter() { # NAME COUNTER
	ip netns exec "$1" cat /proc/net/snmp /proc/net/netstat |
		awk -v name="$2" '{ for (i = 2; i <= NF; i++) if (names[$1, i] == name) { print $i; found = 1 }
			for (i = 2; i <= NF; i++) names[$1, i] = $i } END { exit !found }'
}

# Nothing is on its way there any more: what the counters say, they say for good.
netns_is_quiet() { # NAME
	ip netns exec "$1" cat /proc/net/tcp /proc/net/tcp6 |
		awk '$4 ~ /^[0-9A-F][0-9A-F]$/ && $4 != "0A" && $4 != "06" { busy = 1 } END { exit busy }'
}

# A pair for each scenario: their counters begin at 0.
pair() { # NAME
	scratch_netns "$1-a"
	a=$REPLY
	scratch_netns "$1-b"
	b=$REPLY
	netns_link "$a" "$b"
}

in_netns() { # NAME: a condition of events
	echo ".netns == $(netns_number "$1")"
}
