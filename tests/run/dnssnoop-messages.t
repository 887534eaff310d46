#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# Messages that are not a question and its answer: transfers, updates, other classes, several questions,
# answers to nobody, names that try to be something else.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3

# Client and server in one: PYTHON sends by udp(message) or tcp(message...), which wait for all of the answers
# that reply(query) gives.
talk() { # PYTHON
	python3 -S -E - "$port" <<-EOF
		import socket, struct, sys, threading, time
		at = ("127.0.0.8", int(sys.argv[1]))
		def name(text):
		    return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".")) + b"\0"
		def query(text, id=7, type=1, cls=1, flags=0x100):
		    return struct.pack(">6H", id, flags, 1, 0, 0, 0) + name(text) + struct.pack(">2H", type, cls)
		def answer(q, records=1, flags=0x8180):
		    flags |= q[2] << 8 & 0x7800
		    a = b"\xc0\x0c" + struct.pack(">2HIH", 1, 1, 60, 4) + b"\x0a\1\2\3"
		    return q[:2] + struct.pack(">H", flags) + q[4:6] + struct.pack(">3H", records, 0, 0) + q[12:] + a * records
		def reply(q):
		    return [answer(q)]
		server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); server.bind(at)
		listener = socket.create_server(at)
		def udp(q):
		    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(at); s.send(q)
		    q, client = server.recvfrom(65535)
		    for m in reply(q):
		        server.sendto(m, client); s.recv(65535)
		def length(m):
		    return struct.pack(">H", len(m)) + m
		def tcp(*queries):
		    s = socket.create_connection(at); other, _ = listener.accept()
		    s.sendall(b"".join(map(length, queries)))
		    data = b"".join(length(m) for q in queries for m in reply(q))
		    t = threading.Thread(target=other.sendall, args=(data,)); t.start()
		    left = len(data)
		    while left: left -= len(s.recv(1 << 20))
		    t.join()
		$1
	EOF
}

one() { talk 'udp(query("zone.update", 1, 6, flags=0x2800))
udp(query("zone.notify", 2, 6, flags=0x2400))
udp(query("version.bind", 3, 16, 3))
udp(query("any.any", 4, 255))'; }
traced -j -- one
is "$(results '"\(.opcode) \(.qclass) \(.qtype) \(.result)"')" 'any.any null IN ANY NOERROR
version.bind null CH TXT NOERROR
zone.notify NOTIFY IN SOA NOERROR
zone.update UPDATE IN SOA NOERROR' 'other opcodes, classes and types'

transfer() { talk 'def reply(q): return [answer(q, 200)] * 40
tcp(query("zone.axfr", 1, 252))'; }
traced -j -- transfer
is "$(results '"\(.qtype) \(.result) \(.answers | length)"')" 'zone.axfr AXFR NOERROR 200' \
	'a transfer of a zone is one lookup, until its first message'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# 20 of 64 kB at once, which come in segments as large as the interface may have.
large() { talk 'def reply(q): return [answer(q, 4000)]
tcp(*(query("large.tcp", i) for i in range(20)))'; }
traced -j -- large
is "$(events '.answers | length == 4000' .id | sort -n | paste -sd' ')" "$(seq -s' ' 0 19)" 'messages of 64 kB'
is "$(events true .answer_bytes | sort -u)" 64027 '... whole'

several() { talk 'q = query("first.of-two", 9)
udp(q[:4] + b"\0\2" + q[6:] + name("second.of-two") + struct.pack(">2H", 28, 1))'; }
traced -j -- several
is "$(results '"\(.qtype)"')" 'first.of-two A' 'two questions: the first one'
is "$(result .queries.questions_left_out)" 1 '... and the other one is counted'
is "$(result .queries.questions_left_out)" 1 '... and the other one is counted'

strays() { talk 'udp(query("asked.first", 1))
def reply(q): return [answer(query("never.asked", 1)), answer(q)]
udp(query("asked.then", 2))'; }
traced -j -- strays
is "$(results '"\(.result) \(.remark)"')" 'asked.first NOERROR null
asked.then NOERROR null
never.asked NOERROR query not seen' 'an answer to what nobody asked is a row of its own'

names() { talk 'def q(labels): return struct.pack(">6H", 5, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
udp(q(b"\5\x1b[31m\4a.b \5\0\n\r\t\xff"))
udp(q(b"\1a" * 127))
udp(q(b"\x3f" + b"x" * 63 + (b"\x3f" + b"\x1b" * 63) * 2 + b"\x3d" + b"\xff" * 61))'; }
traced -j -- names
ok 'hostile names: each line is JSON' json_check "$out_file"
is "$(events true '.qname | length' | sort -n | paste -sd' ')" '38 253 814' '... of all their bytes'
is "$(events '.qname | startswith("\\027")' .qname)" '\027[31m.a\.b\032.\000\010\013\009\255' '... escaped'
traced -- names
is "$(LC_ALL=C tr -d '\n -~' <"$out_file" | od -An -c)" '' '... and nothing else in a table'
is "$(grep -c ' NOERROR ' "$out_file")" 3 '... of a row for each'

done_testing
