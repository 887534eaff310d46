# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# What dnssnoop's tests share.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"

dns_py=(python3 -S -E "$root/tests/run/dns.py")
# Neither do the lookups of others go there, nor those of another run of these tests.
port=$((20000 + $$ % 5000))

# A server that does as the first label of the name says. $REPLY is its pid.
server() { # ADDRESS
	background "${dns_py[@]}" serve "$1" "$port"
	local pid=$REPLY
	wait_until 20 grep -q ready "$out_file" || bail_out "no server at $1: $(<"$err_file")"
	at_exit "kill $pid 2>/dev/null; true"
	REPLY=$pid
}

ask() { # HOW ADDRESS NAME...
	local how=$1 address=$2
	shift 2
	"${dns_py[@]}" ask "$how" "$address" "$port" "$@"
}

traced() { # OPTION... -- COMMAND...
	local options=() pid
	case " $* " in *' --port '*) ;; *) options=(--port "$port") ;; esac
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	background_tool dnssnoop "${options[@]}" || return
	pid=$REPLY
	"$@"
	stop_tool "$pid"
}

events() { # JQ-CONDITION [JQ-EXPRESSION]: of those lookups, one a line
	jq -r "select(.type == \"event\" and ($1)) | ${2:-1}" "$out_file"
}

# In a word, one a line, in the order of their names.
results() { # [JQ-EXPRESSION]
	events true "\"\(.qname) \" + (${1:-.result})" | sort
}

# Of what several_more() asks these are shown.
filtered() { # EXPECTED-NAMES OPTION...
	local expected=$1
	shift
	traced -j "$@" -- several_more
	is "$(events true .qname | sort -u | paste -sd' ')" "$expected" "$*"
	ok "$*: seen = shown + filtered + lost" conserved "$out_file"
	cmp_ok "$(result .filtered)" '>' 0 "$*: what was filtered is counted"
}
several_more() {
	ask connected 127.0.0.1 ok.one.test nx.two.test slow.TEST. ok.other
	ask type=28 127.0.0.1 ok.aaaa
}
