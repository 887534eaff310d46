#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2317 # run by traced
#
# Whose a lookup is: threads, processes that are gone before the answer comes, sockets that are older than
# the tool or handed on, servers that share a port. And what else goes on: fragments, a full ring, another
# tool at the same place.

# shellcheck source=dnssnoop.bash
. "$(dirname "$0")/dnssnoop.bash"
# shellcheck source=net.bash
. "$(dirname "$0")/net.bash"
need root jq python3 ip

server 127.0.0.1
server=$REPLY
# Python that sends a query for a name from a socket: query(sock, name).
script() { # WHAT-IT-DOES
	python3 -S -E - "$port" <<-EOF
		import os, socket, struct, sys, threading, time
		server = ("127.0.0.1", int(sys.argv[1]))
		def query(sock, name):
		    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"
		    sock.sendto(struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + labels + struct.pack(">2H", 1, 1), server)
		def udp():
		    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		$1
	EOF
}

threads() {
	script 'def run():
    open(f"/proc/self/task/{threading.get_native_id()}/comm", "w").write("worker")
    query(udp(), "ok.thread")
t = threading.Thread(target=run); t.start(); t.join(); time.sleep(0.1)'
}
traced -j -- threads
is "$(results '"\(.comm) \(.thread) \(.pid == .tid)"')" 'ok.thread python3 worker false' 'a thread: its process, and its own name'

gone() { script 'query(udp(), "slow.gone"); os._exit(0)'; sleep 0.6; }
traced -j --timeout 2s -- gone
is "$(results '"\(.comm) \(.result)"')" 'slow.gone python3 ABANDONED' 'a process that does not wait: its lookup has an owner, and no answer that a socket got'

# The child sends from a socket that its parent has connected and used.
forked() {
	script 's = udp(); query(s, "ok.parent"); s.recv(999)
if not os.fork():
    open("/proc/self/comm", "w").write("heir"); query(s, "ok.child"); s.recv(999); os._exit(0)
os.wait(); query(s, "ok.again"); s.recv(999)'
}
traced -j -- forked
is "$(results .comm)" 'ok.again python3
ok.child heir
ok.parent python3' 'a socket that is handed on: who sends is who asks'

# It has its sockets before the tool is there, and sends from them afterwards.
older() {
	touch "$scratch/go"
	wait_until 20 test -e "$scratch/done"
}
traced_older() { # OPTION...
	rm -f "$scratch"/{there,go,done}
	script "import os.path
s = udp(); s.connect(server); t = socket.create_connection(server)
open('$scratch/there', 'w')
while not os.path.exists('$scratch/go'): time.sleep(0.02)
query(s, 'ok.older'); s.recv(999)
q = struct.pack('>6H', 7, 0x100, 1, 0, 0, 0) + b'\2ok\3tcp\0\0\1\0\1'
t.sendall(struct.pack('>H', len(q)) + q); t.recv(999)
open('$scratch/done', 'w')" &
	wait_until 20 test -e "$scratch/there"
	traced -j "$@" -- older
	wait $!
}
traced_older
if grep -aq BPF_FUNC_sock_from_file /sys/kernel/btf/vmlinux; then
	is "$(results .comm)" 'ok.older python3
ok.tcp python3' 'sockets that are older'
	traced_older --comm python3 --uid 0 --tree $$
	is "$(results .comm)" 'ok.older python3
ok.tcp python3' '... of a process that was asked for'
	traced_older --comm python
	is "$(results .comm)" '' '... of another one'
	ok '... seen = shown + filtered + lost' conserved "$out_file"
else
	is "$(results .comm | head -n 1)" 'ok.older python3' 'a socket that is older, once it has sent'
fi
traced -j --server -p "$server" -- ask connected 127.0.0.1 ok.first
is "$(results '"\(.pid)"')" "ok.first $server" '--server -p: from the first one on, though its socket is older'

# Four that share a port: each answer is by the one that was asked.
sharing() {
	script 'def serve():
    s = udp(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1); s.bind(("127.0.0.5", server[1]))
    os.write(up[1], b"x")
    open("/proc/self/comm", "w").write(f"sharer{os.getpid()}")
    for _ in range(100):
        q, c = s.recvfrom(999)
        s.sendto(q[:2] + b"\x81\x80" + q[4:], c)
pids = []
up = os.pipe()
for _ in range(4):
    pids.append(os.fork() or serve())
for _ in pids: os.read(up[0], 1)
server = ("127.0.0.5", server[1])
for i in range(32):
    s = udp(); query(s, f"ok.share{i}"); s.recv(999)
for pid in pids: os.kill(pid, 9)'
}
traced -j --server -- sharing
is "$(events '.comm | startswith("sharer")' 1 | wc -l)" 32 'servers that share a port: each lookup'
cmp_ok "$(events 'true' .pid | sort -u | wc -l)" '>' 1 'by several of them'
is "$(events '.comm != "sharer\(.pid)"' .comm)" '' 'and by which'

# -- What sockets are told ----------------------------------------------------------------

# Where it is not connected, of which server it asked an error came is not told.
errors() { # ADDRESS...: who listens at 127.0.0.6 says nothing, who has 127.0.0.7 is not there
	script "silent = udp(); silent.bind(('127.0.0.6', server[1]))
IP_RECVERR = 11
s = udp(); s.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
for i, address in enumerate('$*'.split()):
    server = (address, server[1])
    query(s, f'error.{i}')
time.sleep(0.05)"
}
if grep -q inet_sk_error_report /sys/kernel/tracing/available_events 2>/dev/null ||
	bpftool btf dump file /sys/kernel/btf/vmlinux 2>/dev/null | grep -q btf_trace_inet_sk_error_report; then
	traced -j -- errors 127.0.0.7
	is "$(results)" 'error.0 ICMP_REFUSED' 'a socket that is not connected and asks one'
	traced -j -- errors 127.0.0.6 127.0.0.7
	is "$(results)" 'error.0 ABANDONED
error.1 ABANDONED' 'one that asks several'
else
	skip 2 'no tracepoint for errors of sockets'
fi

# RFC 7873, 5.4: that is how to ask for a cookie.
no_question() {
	script "silent = udp(); silent.bind(('127.0.0.6', server[1]))
udp().sendto(struct.pack('>6H', 7, 0, 0, 0, 0, 0), ('127.0.0.6', server[1]))"
}
traced -j -- no_question
is "$(events true '"\(.id) \(.qname) \(.qtype) \(.qclass)"')" '7 null null null' 'a query without a question'

# -- Packets in fragments -----------------------------------------------------------------

pair frag
for address in 10.99.0.2 fd99::2; do
	background ip netns exec "$b" "${dns_py[@]}" serve "$address" "$port"
	wait_until 20 grep -q ready "$out_file" || bail_out "no server at $address: $(<"$err_file")"
done
fragments() {
	for address in 10.99.0.2 fd99::2; do
		ip netns exec "$a" "${dns_py[@]}" ask connected "$address" "$port" big.frag
	done
}
traced -j -- fragments
is "$(results '"\(.family) \(.result) \(.answer_bytes) \(.answers | length)"')" \
	$'big.frag null NOERROR 2426 150\nbig.frag null NOERROR 2426 150' 'answers in fragments are whole'
is "$(counter "$a" ReasmOKs)" 1 'for there were some'

# -- A ring that is full ------------------------------------------------------------------

many() {
	kill -STOP "$pid"
	# shellcheck disable=SC2046 # words
	ask connected 127.0.0.1 $(printf 'ok.full%d ' {1..60})
	sleep 0.6
	kill -CONT "$pid"
	wait_until 20 grep -q UNKNOWN "$out_file"
}
background_tool dnssnoop --port "$port" -j --buffer 4096 --timeout 300ms
pid=$REPLY
out_file=${background_out[$pid]}
many
stop_tool "$pid"
cmp_ok "$(result '.lost | add')" '>' 0 'a full ring: packets are lost'
is "$(events '.result == "TIMEOUT"' .qname)" '' 'and that is not called a timeout'
cmp_ok "$(events '.result == "UNKNOWN"' .qname | wc -l)" '>' 0 'but unknown'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# The reader stands still for longer than lookups may wait, so that some end while it reads what is left, and
# queries of which the answers were lost begin after that.
background_tool dnssnoop --port "$port" -j --buffer 16K --timeout 1s
pid=$REPLY
out_file=${background_out[$pid]}
ask nowait 127.0.0.1 silent.1
sleep 0.5
ask nowait 127.0.0.1 silent.2
kill -STOP "$pid"
sleep 0.7
ask connected 127.0.0.1 ok.1
sleep 0.5
ask connected 127.0.0.1 ok.2 big.1 big.2 big.3 big.4 big.5 big.6
kill -CONT "$pid"
big_are_unknown() { [ "$(grep UNKNOWN "$out_file" | grep -c '"big')" -gt 2 ]; }
wait_until 20 big_are_unknown
stop_tool "$pid"
is "$(events '.result == "TIMEOUT"' .qname | sed '/^silent/d')" '' 'a reader that stands still: nothing that was answered is a timeout'
cmp_ok "$(events '.result == "UNKNOWN"' .qname | grep -c big)" '>' 2 'but unknown'

# -- Another tool at the same place -------------------------------------------------------

background_tool dnssnoop --port "$port" -j
pid=$REPLY
traced -j -- ask connected 127.0.0.1 ok.both
is "$(results)" 'ok.both NOERROR' 'two of them: the second one'
stop_tool "$pid"
is "$(results)" 'ok.both NOERROR' 'and the first one'

done_testing
