#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# What comes to or from the ports of DNS and is not DNS, or goes the wrong way: each packet is counted once, with a
# row that says whose it is. A connection has one row; a flood has few.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=net.bash
. "$(dirname "$0")/net.bash"
need root ip jq python3

ip link set lo up

# Client and server in one. udp(message...) sends from a new socket, tcp((who, bytes)...) by a new connection.
talk() { # PYTHON
	python3 -S -E - "$port" <<-EOF
		import os, socket, struct, sys, time
		port = int(sys.argv[1]); at = ("127.0.0.8", port)
		def name(text):
		    return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".")) + b"\0"
		def query(text, id=7, flags=0x100):
		    return struct.pack(">6H", id, flags, 1, 0, 0, 0) + name(text) + struct.pack(">2H", 1, 1)
		def length(m):
		    return struct.pack(">H", len(m)) + m
		server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); server.bind(at)
		listener = socket.create_server(at)
		def udp(*messages):
		    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(at)
		    for m in messages: s.send(m); server.recv(65535)
		    return s
		def tcp(*parts):
		    s = socket.create_connection(at); other, _ = listener.accept()
		    for who, m in parts:
		        a, b = (s, other) if who == "client" else (other, s)
		        a.sendall(m)
		        left = len(m)
		        while left: left -= len(b.recv(left))
		    s.close(); other.close()
		# As openssl s_client -servername dot.test begins; random bytes elsewhere.
		host = name("dot.test")[1:-1].replace(b"\4", b".")
		sni = struct.pack(">2H", 0, len(host) + 5) + struct.pack(">HBH", len(host) + 3, 0, len(host)) + host
		body = b"\3\3" + os.urandom(32) + b"\0" + b"\0\2\x13\1" + b"\1\0" + struct.pack(">H", len(sni) + 4) + b"\0\x17\0\0" + sni
		hello = b"\x16\3\1" + struct.pack(">H", len(body) + 4) + b"\1\0" + struct.pack(">H", len(body)) + body
		reply = b"\x16\3\3\0\x2a\2\0\0\x26\3\3" + b"\7" * 32 + b"\0\x13\1\0"
		data = b"\x17\3\3\1\0" + os.urandom(256)
		$1
	EOF
}
foreign='"\(.not_dns.what) \(.not_dns.packets) \(.not_dns.bytes)"'
kinds() { events '.result == "NOT_DNS"' "$foreign" | sort; }

# -- All of it, as the client and as the server have it ------------------------------------

datagrams() { talk '
udp(b"")
udp(b"a", b"\0" * 11)
udp(b"\xc3\0\0\0\1\x08" + b"\xff" * 1194, b"\x43" + b"\xfe" * 200)
udp(b"\x16\xfe\xfd" + b"\7" * 97)
udp(struct.pack(">2HI", 1, 0, 0x2112a442) + b"\xee" * 12)
udp(b"GET / HTTP/1.0\r\n\r\n")
udp(b"\xff" * 50)
s = udp()
for m in b"", b"abc", b"\xff" * 30: server.sendto(m, s.getsockname()); s.recv(100)'; }

wrong() { talk '
s = udp(query("to.server", flags=0x8180))
server.sendto(query("from.server"), s.getsockname()); s.recv(100)
tcp(("client", length(query("by.tcp", flags=0x8180))))'; }

connections() { talk '
tcp(("client", hello), ("server", reply), ("client", data), ("server", data))
tcp(("client", b"GET /dns-query HTTP/1.1\r\n\r\n"), ("server", b"HTTP/1.1 200 OK\r\n\r\n"))
tcp(("server", b"SSH-2.0-OpenSSH\r\n"), ("client", b"SSH-2.0-OpenSSH\r\n"))
tcp(("client", b"hello\n"))
tcp(("client", b"\xff" * 1000), ("server", b"\xee" * 500))
tcp(("client", length(query("incomplete.test"))[:30]))
tcp(("client", b"\0\5hello"), ("client", b"\0\5world"))'; }

all() {
	datagrams
	wrong
	connections
}
whats='DTLS
HTTP
HTTP
QUIC
SSH
STUN
TLS
incomplete
short
short
short
short
unknown
unknown
unknown'
traced -j -- all
is "$(kinds | cut -d' ' -f1)" "$whats" 'a row for each connection, and for each socket of UDP'
is "$(events '.result == "MALFORMED"' .remark | sort | uniq -c | sed 's/^ *//')" '1 a query, sent by a server
2 a response, sent to a server' 'a row for each message on the wrong way'
is "$(result '"\(.seen) \(.shown) \(.filtered)"')" '29 29 0' 'each packet is counted once'
is "$(events ".comm == \"python3\" and .server == \"127.0.0.8\" and .server_port == $port" | wc -l)" 18 \
	'whose it is, and which is the server'
ok 'seen = shown + filtered + lost' conserved "$out_file"
traced -j --server -- all
is "$(kinds | cut -d' ' -f1)" "$whats" 'the same of the server'
is "$(result '"\(.seen) \(.shown) \(.filtered)"')" '29 29 0' '... each packet is counted once'
if in_guest; then
	done_testing
	exit
fi

# -- Datagrams -----------------------------------------------------------------------------

traced -j -- datagrams
is "$(kinds)" 'DTLS 1 100
HTTP 1 18
QUIC 2 1401
STUN 1 20
short 1 0
short 2 12
unknown 1 50
unknown 3 33' 'UDP: a row for each socket, with what it is'
is "$(result '"\(.seen) \(.shown) \(.filtered)"')" '12 12 0' 'each datagram is counted once'
ok 'UDP: seen = shown + filtered + lost' conserved "$out_file"
ok 'the lines conform' json_check "$out_file"
is "$(events '.result == "NOT_DNS"' '"\(.comm) \(.server):\(.server_port) \(.client)"' | sort -u)" \
	"python3 127.0.0.8:$port 127.0.0.1" 'whose it is, and which is the server'
is "$(result '"\(.not_dns) \(.queries.count)"')" '8 0' 'they are no lookups'

# -- The wrong way -------------------------------------------------------------------------

traced -j -- wrong
is "$(results '"\(.result) \(.remark) \(.server_port == '"$port"')"')" 'by.tcp MALFORMED a response, sent to a server true
from.server MALFORMED a query, sent by a server true
to.server MALFORMED a response, sent to a server true' 'a response to a server, and a query by one: a row each'
is "$(result '"\(.seen) \(.shown) \(.filtered)"')" '3 3 0' '... each counted once'
traced -j --server -- wrong
is "$(results)" 'by.tcp MALFORMED
from.server MALFORMED
to.server MALFORMED' 'the same, as the server has it'
traced -j -x -- wrong
is "$(events true)" '' 'no lookup, so none that failed'
is "$(result '"\(.seen) \(.filtered)"')" '3 3' '... but filtered'

# -- Connections ---------------------------------------------------------------------------

traced -j -- connections
is "$(kinds)" "$(
	cat <<-'END'
		HTTP 2 46
		SSH 2 34
		TLS 4 642
		incomplete 1 30
		short 1 6
		short 2 14
		unknown 2 1500
	END
)" 'TCP: a row for each connection, with what it is'
is "$(events '.not_dns.server_name' .not_dns.server_name)" dot.test 'the name that the client of TLS asks for'
is "$(result '"\(.seen) \(.shown) \(.filtered)"')" '14 14 0' 'each segment is counted once'
ok 'TCP: seen = shown + filtered + lost' conserved "$out_file"
ok 'the lines conform' json_check "$out_file"
traced -- connections
like "$(<"$out_file")" "python3 +[0-9]+ - +127.0.0.8:$port +- NOT_DNS +not DNS: TLS to port $port \\(dot.test\\) # 4 packets, 642 bytes" \
	'as a row of a table'
like "$(<"$out_file")" '; not DNS 7' '... and their number'
traced -j --server -- connections
is "$(kinds | cut -d' ' -f1 | uniq -c | xargs)" '1 HTTP 1 SSH 1 TLS 1 incomplete 2 short 1 unknown' 'the same of the server'
# Before Linux 5.11 nobody knows whose an accepted connection is.
is "$(events ".not_dns and (.comm == null or .comm == \"python3\") and .server_port == $port" | wc -l)" 7 '... with its process'

mixed() { talk '
m = length(query("in.pieces"))
tcp(("client", m[:2]), ("client", m[2:9]), ("client", m[9:]), ("server", length(query("in.pieces", flags=0x8180))))'; }
traced -j -- mixed
is "$(results)" 'in.pieces NOERROR' 'DNS in pieces is DNS'
is "$(result '"\(.seen) \(.shown) \(.not_dns)"')" '4 4 null' '... with all of its segments'

# -- Filters and sums ----------------------------------------------------------------------

traced -j --result NOT_DNS -- connections
is "$(events true | wc -l)" 7 '--result NOT_DNS'
for filter in -x '--slower 1ms' '--qname dot.test' '--type A' '-p 1'; do
	# shellcheck disable=SC2086
	traced -j $filter -- connections
	is "$(events true | wc -l) $(result '"\(.seen) \(.filtered)"')" '0 14 14' "$filter: all of it is filtered"
done
both() {
	"${dns_py[@]}" ask connected 127.0.0.1 "$port" ok.a nx.b
	connections
	wrong
}
server 127.0.0.1
traced -j --top program -- both
is "$(jq -r 'select(.type == "interval") | "\(.comm) \(.count) \(.failed) \(.not_dns)"' "$out_file")" 'python3 5 1 7' \
	'sums: no lookups, and none that failed'
traced -j --top rcode -- connections
is "$(jq -r 'select(.type == "interval") | "\(.result) \(.count) \(.failed) \(.not_dns)"' "$out_file")" 'NOT_DNS 0 0 7' \
	'... by result'

# -- A connection that stays ---------------------------------------------------------------

background_tool dnssnoop -j --port "$port" || bail_out 'no tool'
tool=$REPLY
lines=$out_file
lasts() { talk '
s = socket.create_connection(at); other, _ = listener.accept()
s.sendall(hello); sys.stdin.close(); open("'"$scratch"'/begun", "w").close()
while not os.path.exists("'"$scratch"'/told"): time.sleep(.05)
s.sendall(data); s.sendall(data)'; }
lasts &
lasting=$!
ok 'a connection that stays has its row soon' wait_until 30 grep -q '"what":"TLS"' "$lines"
: >"$scratch/told"
wait "$lasting"
stop_tool "$tool"
is "$(events .not_dns "$foreign + \" \\(.not_dns.more)\"" | sed -E 's/^(TLS) [12] 522 true/\1 rest/' | paste -sd,)" \
	"TLS 1 73 null,TLS rest" '... and at its end one of what has come since'
is "$(result .not_dns)" 1 '... it is one connection'
ok '... seen = shown + filtered + lost' conserved "$out_file"

# -- Floods --------------------------------------------------------------------------------

flood() { talk '
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(3000): s.sendto(b"\xff" * 40, ("127.1.%d.%d" % (i // 250, 1 + i % 250), port))'; }
traced -j -- flood
cmp_ok "$(events true | wc -l)" '<=' 257 'a flood to thousands of addresses: some hundred rows'
is "$(events '.not_dns.what == "others"' '"\(.comm) \(.not_dns.packets)"')" 'python3 2744' '... and one for the rest, with its owner'
is "$(result '"\(.seen) \(.shown)"')" '3000 3000' '... each datagram is counted once'
ok 'the lines conform' json_check "$out_file"

# -- DNS over TLS, with the default ports --------------------------------------------------

if ! command -v openssl >/dev/null; then
	skip 3 'no openssl'
else
	pair foreign
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/key" -out "$scratch/cert" -days 1 -subj /CN=dot.test 2>/dev/null
	background ip netns exec "$b" openssl s_server -www -accept 10.99.0.2:853 -key "$scratch/key" -cert "$scratch/cert"
	wait_until 20 grep -q ACCEPT "$out_file" || bail_out "no server: $(<"$err_file")"
	background_tool dnssnoop -j --netns "$a" || bail_out 'no tool'
	tool=$REPLY
	ip netns exec "$a" openssl s_client -connect 10.99.0.2:853 -servername dot.test </dev/null >"$scratch/client" 2>&1
	ip netns exec "$a" openssl s_client -connect 10.99.0.2:853 -noservername </dev/null >"$scratch/client" 2>&1
	like "$(<"$scratch/client")" 'Cipher is' 'DNS over TLS'
	stop_tool "$tool"
	is "$(events true '"\(.result) \(.comm) \(.server) \(.server_port) \(.not_dns.what) \(.not_dns.server_name)"')" \
		'NOT_DNS openssl 10.99.0.2 853 TLS dot.test
NOT_DNS openssl 10.99.0.2 853 TLS null' 'is traced by default: by whom, and where to'
	ok '... seen = shown + filtered + lost' conserved "$out_file"
fi

done_testing
