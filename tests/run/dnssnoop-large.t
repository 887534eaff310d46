#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
# vm: no (what is made of a message does not depend on the kernel)
#
# What one message makes of output: a few times its bytes at most, whatever is in it. A flood of such messages, that
# nobody has asked for, costs no lookup of others.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
need root jq python3

# 4,000 bytes of each kind, all of which are more as text.
cat >"$scratch/large.py" <<-'EOF'
	import socket, struct, sys, time
	how, port = sys.argv[1], int((sys.argv + ["0"])[2])
	at = ("127.0.0.8", port)
	SIZE = 4000
	# 255 bytes, each of which but the lengths is five in JSON; records point to it.
	LONG = b"".join(bytes([63]) + b"\xff" * 63 for _ in range(3)) + bytes([61]) + b"\xff" * 61 + b"\0"
	POINTER = b"\xc0\x0c"
	def record(kind, data, name=POINTER, ttl=60, cls=1):
	    return name + struct.pack(">2HIH", kind, cls, ttl, len(data)) + data
	def many(data, kind):
	    one = record(kind, data)
	    return one * ((SIZE - 300) // len(one)), (SIZE - 300) // len(one), 0
	def one(kind, data):
	    return record(kind, data), 1, 0
	def options():
	    return record(41, struct.pack(">2H", 65001, 0) * ((SIZE - 300) // 4), b"\0", cls=4096), 0, 1
	window = bytes([255, 32]) + b"\xff" * 32
	room = SIZE - 300
	kinds = {
	    "names": many(POINTER, 2),
	    "soa": many(POINTER * 2 + b"\xff" * 20, 6),
	    "srv": many(b"\xff" * 6 + POINTER, 33),
	    "empty": many(b"", 65280),
	    "bitmaps": many(POINTER + window, 47),
	    "bitmap": one(47, POINTER + window * (room // 34)),
	    "text": one(16, b"".join(b"\xff" + b"\\" * 255 for _ in range(room // 256))),
	    "bytes": one(16, b"".join(b"\xff" + b"\xff" * 255 for _ in range(room // 256))),
	    "mandatory": one(65, b"\0\1" + POINTER + struct.pack(">2H", 0, room // 2 * 2) + b"\xff" * (room // 2 * 2)),
	    "alpn": one(65, b"\0\1" + POINTER + struct.pack(">2H", 1, room // 256 * 256) + (b"\xff" + b"\\" * 255) * (room // 256)),
	    "keys": one(65, b"\0\1" + POINTER + struct.pack(">2H", 65000, 0) * (room // 4)),
	    "unknown": one(65280, b"\xff" * room),
	    "options": options(),
	}
	def message(kind, id):
	    rest, answers, extra = kinds[kind]
	    return struct.pack(">6H", id, 0x8180, 1, answers, 0, extra) + LONG + struct.pack(">2H", 1, 1) + rest
	if how == "sizes":
	    for kind in kinds: print(kind, len(message(kind, 1)), kinds[kind][1], room // 4 if kind == "options" else 0)
	    sys.exit()
	server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); server.bind(at)
	client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); client.connect(at)
	me = client.getsockname()
	for id, kind in enumerate(kinds, 1):
	    for _ in range(int(sys.argv[3]) if how == "flood" else 1):
	        if how == "asked":
	            client.send(struct.pack(">6H", id, 0x100, 1, 0, 0, 0) + LONG + struct.pack(">2H", 1, 1))
	            server.recv(65535)
	        server.sendto(message(kind, id), me)
	        if how != "flood": client.recv(65535)
EOF
large() { python3 -S -E "$scratch/large.py" "$@"; }
mapfile -t kinds < <(large sizes)
[ ${#kinds[@]} -gt 10 ] || bail_out 'no messages'

for how in asked unasked; do
	traced -j -- large "$how" "$port"
	mapfile -t lines < <(grep '"type":"event"' "$out_file")
	is "${#lines[@]}" "${#kinds[@]}" "JSON, $how: a row for each message"
	for i in "${!kinds[@]}"; do
		read -r kind size records options <<<"${kinds[i]}"
		cmp_ok "${#lines[i]}" '<=' $((size * 10)) "JSON, $how, $kind: at most ten times the message's $size bytes"
		is "$(jq -r '"\((.answers | length) + (.answers_more // 0)) \((.edns.options | length) +
			(.edns.options_more // 0))"' <<<"${lines[i]}")" "$records $options" '... what is left out is counted'
	done
	ok "JSON, $how: the lines conform" json_check "$out_file"
	ok "JSON, $how: seen = shown + filtered + lost" conserved "$out_file"
	cmp_ok "$(events '.answers_more' | wc -l)" '>' 4 "JSON, $how: some have more records than a row may hold"
	traced -- large "$how" "$port"
	mapfile -t lines < <(grep -a 'NOERROR' "$out_file")
	is "${#lines[@]}" "${#kinds[@]}" "table, $how: a row for each message"
	for i in "${!kinds[@]}"; do
		read -r kind size _ <<<"${kinds[i]}"
		cmp_ok "${#lines[i]}" '<=' $((size * 10)) "table, $how, $kind: at most ten times the message's bytes"
	done
	like "$(<"$out_file")" '# [0-9]+ more' "table, $how: it says how many records are left out"
done

# -- A flood of them -----------------------------------------------------------------------

# The tool stands still, so that the ring would be full several times over, and others go on asking.
server 127.0.0.1
background_tool dnssnoop -j --port "$port" || bail_out 'no tool'
tool=$REPLY
kill -STOP "$tool"
large flood "$port" 400
# shellcheck disable=SC2046 # names
ask connected 127.0.0.1 $(printf 'ok.n%d ' {1..100}) silent.n
large flood "$port" 100
kill -CONT "$tool"
stop_tool "$tool"
is "$(events '.result == "NOERROR" and .lat_ns' .qname | wc -l)" 100 'a flood that nobody has asked for costs no lookup of others'
is "$(result '"\(.seen) \(.lost.ring_full) \(.lost.unasked > 1000)"')" "$((500 * ${#kinds[@]} + 201)) 0 true" \
	'... it is what is lost, for that reason'
ok '... seen = shown + filtered + lost' conserved "$out_file"
cmp_ok "$(stat -c %s "$out_file")" '<=' $((500 * 10 * $(printf '%s\n' "${kinds[@]}" | awk '{ n += $2 } END { print n }'))) \
	'... and at most ten times its bytes come out'

done_testing
