#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the guests have no tshark)
# shellcheck disable=SC2317 # run by traced
#
# --pcap: tshark reads what was written, finds nothing wrong in it, and the owners.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3 tshark mount

file=$scratch/dns.pcapng
frames() { # FILTER FIELD...
	local filter=$1 fields=()
	shift
	for field; do fields+=(-e "$field"); done
	tshark -r "$file" -d "udp.port==$port,dns" -d "tcp.port==$port,dns" -o udp.check_checksum:TRUE \
		-o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -Y "$filter" \
		-T fields -E separator=' ' "${fields[@]}" 2>/dev/null
}

server 127.0.0.1
server ::1
ways() {
	ask connected 127.0.0.1 ok.a nx.b big.c
	ask connected ::1 ok.six
	ask tcp 127.0.0.1 ok.tcp1 big.tcp2
	ask tcp,split ::1 ok.split
}
traced -j --pcap "$file" -- ways
is "$rc" 0 'it ends well'
is "$(events 'true' '"\(.id) \(.qname)"' | sort)" \
	"$(frames 'dns.flags.response == 1' dns.id dns.qry.name | while read -r ids names; do
		paste -d' ' <(tr , '\n' <<<"$ids") <(tr , '\n' <<<"$names")
	done | while read -r id name; do echo "$((id)) $name"; done | sort)" 'the answers are those of the rows'
is "$(frames '' frame.number | wc -l)" "$(jq -s '.[-1].seen' "$out_file")" 'each packet that was seen'
is "$(frames '_ws.malformed' frame.number)" '' 'tshark finds nothing malformed'
is "$(frames 'ip.checksum.status == 0 or udp.checksum.status == 0 or tcp.checksum.status == 0' frame.number)" '' \
	'no checksum is wrong'
is "$(frames 'udp.checksum.status == 2 or tcp.checksum.status == 2' frame.number)" '' 'or unchecked'
is "$(frames 'dns.qry.name == "ok.a"' ip.src ip.dst dns.flags.response dns.a)" \
	$'127.0.0.1 127.0.0.1 0 \n127.0.0.1 127.0.0.1 1 10.1.2.3' 'IPv4'
is "$(frames 'dns.qry.name == "ok.six"' ipv6.src ipv6.dst | sort -u)" '::1 ::1' 'IPv6'
pid=$(events '.qname == "ok.a"' .pid)
like "$(frames 'dns.qry.name == "ok.a"' frame.comment | sort -u)" "^python3, pid $pid, uid 0, netns [0-9]+$" \
	'whose it is'
like "$(capinfos -M "$file" 2>/dev/null)" 'Number of stat entries = 1' 'with statistics'

# -- What somebody else's name says -------------------------------------------------------

hostile() {
	(
		printf 'a\033[31m' >"/proc/$BASHPID/comm"
		exec {udp}<>"/dev/udp/127.0.0.1/$port"
		printf '\0\7\1\0\0\1\0\0\0\0\0\0\2ok\1h\0\0\1\0\1' >&"$udp"
		read -r -t 0.2 -u "$udp" || true
	)
}
traced -j --pcap "$file" -- hostile
like "$(frames 'dns.qry.name == "ok.h"' frame.comment | sort -u)" '^a\\+x1b\[31m, pid ' 'a hostile name is escaped'

# -- Filters, and what goes wrong ---------------------------------------------------------

run timeout "$run_limit" "$bin/dnssnoop" --pcap - --duration 1
is "$rc" 2 'not to the standard output'
run timeout "$run_limit" "$bin/dnssnoop" --pcap /no/such/file --duration 1
is "$rc" 1 'no such directory'
like "$err" '/no/such/file: cannot be written' '... is told'

echo precious >"$scratch/victim"
ln -s victim "$scratch/link"
run timeout "$run_limit" "$bin/dnssnoop" --pcap "$scratch/link" --duration 1
is "$rc" 1 'a symbolic link is not followed'
like "$err" 'link: cannot be written: is a symbolic link' '... as is told'
is "$(<"$scratch/victim")" precious '... what it leads to has not changed'
ln "$scratch/victim" "$scratch/hard"
chmod 644 "$scratch/victim"
run timeout "$run_limit" "$bin/dnssnoop" --pcap "$scratch/hard" --duration 1
is "$rc $(<"$scratch/victim")" '0 precious' 'nor is the content of a hard link'
is "$(stat -c %a "$scratch/hard")" 600 'what others could read is for its owner only'

none() { ask connected 127.0.0.1 ok.none; }
traced -j --pcap "$file" --comm nobody -- none
is "$(frames '' frame.number)" '' 'what others send is not written'

mkdir "$scratch/small"
mount -t tmpfs -o size=8k none "$scratch/small" || bail_out 'no tmpfs'
at_exit "umount '$scratch/small'"
many() { for _ in 1 2 3; do ask connected 127.0.0.1 big.1 big.2 big.3 big.4 big.5; done; }
traced -j --pcap "$scratch/small/full" -- many
is "$rc" 1 'a full disk: it fails'
like "$err" 'full: No space left on device; no more packets are written to it' '... says why'
is "$(events true 1 | wc -l)" 15 '... and shows all rows'

# Whoever reads the rows has enough of them.
# shellcheck disable=SC2016
run timeout "$run_limit" bash -c '"$0" --pcap /dev/full --duration 5 | head -n 1; exit "${PIPESTATUS[0]}"' "$bin/dnssnoop"
is "$rc" 1 '| head: that the file has failed is told all the same'

# A reader that goes on as it comes, as `wireshark -k -i`.
mkfifo "$scratch/pipe"
background cat "$scratch/pipe"
reader=$REPLY
live_file=$out_file
live() {
	ask connected 127.0.0.1 ok.live
	wait_until 20 grep -qa live "$live_file"
	pass_or_fail=$?
}
pass_or_fail=1
traced -j --pcap "$scratch/pipe" -- live
is "$pass_or_fail" 0 'a pipe has it at once'
wait_until 20 ended "$reader"

# shellcheck disable=SC2016 # the inner shell's
run_limit=20 run bash -c '"$0" --json --pcap "$1" --duration 0.5 >/dev/full' "$bin/dnssnoop" \
	"$scratch/full.pcap"
is "$rc" 1 'dnssnoop --pcap >/dev/full: fails, and ends'
ok 'dnssnoop --pcap >/dev/full: the summary is on stderr' conserved "$err_file"

done_testing
