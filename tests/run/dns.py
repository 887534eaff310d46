#!/usr/bin/env python3
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""A DNS server and a client that do on purpose what others do by accident.

dns.py serve ADDRESS PORT   over UDP and TCP until killed; the first label of the name says how:
    ok, nx, silent, slow (400 ms), late (800 ms), twice, upper (the question in other letters), mixed
    (two cases), forged (NXDOMAIN from 127.0.0.3 comes first), big (2500 bytes), huge (8000), trunc, garbage, bare (FORMERR without the question),
    badvers, nodata (with SOA), empty (with nothing), alias (CNAME and SOA), alone (CNAME), referral, ttl (2^31 and more),
    broken (SERVFAIL, TC, two records and what is none), close (TCP: no answer, the connection is closed), part (the same,
    after a part of the answer), reset (the same by RST), ...
dns.py ask HOW ADDRESS PORT NAME...   sends queries and waits for an answer to each
    HOW: comma-separated of connected, unconnected, tcp, split (a byte a segment), pipelined,
    again (sent twice), pause=N (ms in between), newsocket (again, from another socket), id=N, type=N, nowait, v6,
    recverr (told of all ICMP), ttl=N (of IP), pad=N (bytes more), wait=N (ms, for each answer)
    NAME@ADDRESS,PORT[,HOW...] is asked there, from a socket of its own, by UDP
dns.py several HOW NAME@ADDRESS,PORT...   asks several servers from one socket of UDP that is not connected; a name
    that comes again is the same query. Ends when each query has its answer or its error
    HOW: recverr (always, for errors), turns (wait before the next query)
dns.py bundle HOW ADDRESS PORT NAME...   sends all queries at once from one socket
    HOW: gro (with UDP_GRO, so that answers that come at once are read at once), segment (by UDP_SEGMENT)
    answers=MS waits so long for answers (1000); a server "bundle ADDRESS PORT" answers by UDP_SEGMENT
dns.py raw FAMILY PROTOCOL    a raw socket that hears all datagrams (4 or 6, udp or tcp)
dns.py rawask ADDRESS PORT NAME...    asks from a raw socket of UDP, which makes the headers itself
dns.py multicast GROUP PORT ADDRESS           answers there for names that begin with "ok", by mDNS's rules
    to all and without a question if asked from PORT
dns.py ask-multicast GROUP PORT ADDRESS NAME...   asks for all at once, from PORT
"""
import select
import struct
import sys
import time

if sys.argv[1:2] in (["ask"], ["several"]):
    import _socket as socket  # all that a client needs; guests start it in a third of the time
else:
    import socket


def labels(name):
    parts = name.encode("utf-8", "surrogateescape").split(b".") if name != "." else []
    return b"".join(bytes([len(p)]) + p for p in parts) + b"\0"


def question_end(message):
    at = 12
    while message[at]:
        at += message[at] + 1
    return at + 5


def reply(query, flags=0x8180, answers=0, rest=b"", question=None):
    question = query[12:question_end(query)] if question is None else question
    counts = struct.pack(">4H", 1 if question else 0, answers, 0, 0)
    return query[:2] + struct.pack(">H", flags) + counts + question + rest


def record(kind, data, ttl=300, name=b"\xc0\x0c"):
    return name + struct.pack(">2HIH", kind, 1, ttl, len(data)) + data


def sections(query, flags, *parts):
    """Answers, authority, additional: a list of records each."""
    question = query[12:question_end(query)]
    counts = struct.pack(">4H", 1, *[len(part) for part in parts])
    return query[:2] + struct.pack(">H", flags) + counts + question + b"".join(b"".join(part) for part in parts)


def soa():
    return record(6, labels("ns.test") + labels("root.test") + struct.pack(">5I", 1, 2, 3, 4, 5), name=labels("test"))


def address_record(text):
    return b"\xc0\x0c" + struct.pack(">2HIH", 1, 1, 300, 4) + socket.inet_aton(text)


def answers_to(query):
    """(delay in seconds, message) of each answer."""
    kind = query[13:13 + query[12]].decode("latin1").lower()
    question = query[12:question_end(query)]
    ok = reply(query, answers=1, rest=address_record("10.1.2.3"))
    opt = b"\0" + struct.pack(">2HIH", 41, 1232, 1 << 24, 0)
    ns = record(2, labels("ns.test"), name=labels("test"))
    alias = record(5, labels("target.test"))
    four = b"\x0a\x01\x02\x03"
    return {
        "nx": [(0, reply(query, 0x8183))],
        "silent": [],
        "slow": [(0.4, ok)],
        "late": [(0.8, ok)],
        "twice": [(0, ok), (0, ok)],
        "upper": [(0, reply(query, answers=1, rest=address_record("10.1.2.3"), question=question.upper()))],
        "big": [(0, reply(query, answers=150, rest=address_record("10.1.2.3") * 150))],
        "huge": [(0, reply(query, answers=498, rest=address_record("10.1.2.3") * 498))],
        "nodata": [(0, sections(query, 0x8180, [], [soa()], []))],
        "empty": [(0, sections(query, 0x8180, [], [], []))],
        "alias": [(0, sections(query, 0x8180, [alias], [soa()], []))],
        "alone": [(0, sections(query, 0x8180, [alias], [], []))],
        "other": [(0, sections(query, 0x8180, [record(16, b"\1x")], [], []))],
        "referral": [(0, sections(query, 0x8000, [], [ns], [record(1, four, name=labels("ns.test"))]))],
        "both": [(0, sections(query, 0x8400, [], [ns, soa()], []))],
        "ttl": [(0, sections(query, 0x8180, [record(1, four, 1 << 31), record(1, four, 0xffffffff), record(1, four, 0x7fffffff)], [], []))],
        "broken": [(0, reply(query, 0x8382, 3, address_record("10.1.2.3") * 2 + b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\1"))],
        "close": [],
        "part": [],
        "reset": [],
        "trunc": [(0, reply(query, 0x8380))],
        "garbage": [(0, query[:2] + b"\x81\x80" + b"\xff" * 20)],
        "bare": [(0, reply(query, 0x8181, question=b""))],
        "badvers": [(0, query[:2] + struct.pack(">5H", 0x8180, 1, 0, 0, 1) + question + opt)],
    }.get(kind, [(0, ok)])


def forge(query, client, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.3", port))
        other.sendto(reply(query, 0x8183), client)


def serve_udp(sock):
    while True:
        query, client = sock.recvfrom(65535)
        if query[13:19] == b"forged":
            forge(query, client, sock.getsockname()[1])
        for delay, message in answers_to(query):
            threading.Timer(delay, sock.sendto, (message, client)).start() if delay else sock.sendto(message, client)


def read_exactly(conn, n):
    data = b""
    while len(data) < n:
        more = conn.recv(n - len(data))
        if not more:
            return None
        data += more
    return data


def serve_connection(conn):
    while True:
        size = read_exactly(conn, 2)
        if not size:
            return conn.close()
        query = read_exactly(conn, struct.unpack(">H", size)[0])
        kind = query[13:13 + query[12]]
        if kind == b"part":
            conn.sendall(b"\1\0" + query[:20])
        if kind == b"reset":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if kind in (b"close", b"part", b"reset"):
            return conn.close()
        for delay, message in answers_to(query):
            time.sleep(delay)
            conn.sendall(struct.pack(">H", len(message)) + message)


def place(address, port):
    """Of a socket; fe80::1%eth0, too."""
    if "%" not in address:
        return address, port
    address, name = address.split("%")
    return address, port, 0, socket.if_nametoindex(name)


def serve(address, port):
    global threading  # dear to import in a guest, and of no use to a client
    import threading

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.bind(place(address, port))
    tcp = socket.create_server(place(address, port), family=family)
    threading.Thread(target=serve_udp, args=(udp,), daemon=True).start()
    print("ready", flush=True)
    while True:
        conn, _ = tcp.accept()
        threading.Thread(target=serve_connection, args=(conn,), daemon=True).start()


def option(how, name, default):
    for item in how:
        if item.startswith(name + "="):
            return int(item.split("=")[1])
    return default


def query_of(how, name, n):
    number = option(how, "id", 1000) + n
    rest = labels(name) + struct.pack(">2H", option(how, "type", 1), 1) + bytes(option(how, "pad", 0))
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + rest


def ask_tcp(how, address, port, names):
    conn = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    conn.connect(place(address, port))
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    queries = [query_of(how, name, n) for n, name in enumerate(names)]
    data = b"".join(struct.pack(">H", len(q)) + q for q in queries)
    if "split" in how:
        for byte in data:
            conn.send(bytes([byte]))
            time.sleep(0.002)
    else:
        conn.sendall(data)
    if "nowait" in how:
        return
    try:
        for _ in names:
            size = read_exactly(conn, 2)
            if not size or not read_exactly(conn, struct.unpack(">H", size)[0]):
                break
    except ConnectionResetError:
        pass
    time.sleep(option(how, "pause", 0) / 1000)


def udp_socket(how, address, port):
    sock = socket.socket(socket.AF_INET6 if ":" in address or "v6" in how else socket.AF_INET, socket.SOCK_DGRAM)
    if "v6" in how and ":" not in address:
        address = "::ffff:" + address
    six = sock.family == socket.AF_INET6
    level = socket.IPPROTO_IPV6 if six else 0
    if "recverr" in how:
        sock.setsockopt(level, 25 if six else 11, 1)
    if option(how, "ttl", 0):
        sock.setsockopt(level, 16 if six else 2, option(how, "ttl", 0))
    if "unconnected" not in how:
        sock.connect(place(address, port))
        return sock, sock.send
    return sock, lambda message: sock.sendto(message, place(address, port))


def ask_udp(how, address, port, names):
    if "@" not in names[0]:
        sock, send = udp_socket(how, address, port)
    for n, name in enumerate(names):
        if "@" in name:
            name, address, port, *more = name.replace("@", ",").split(",")
            port = int(port)
            sock, send = udp_socket(how + more, address, port)
        message = query_of(how + (more if "@" in names[n] else []), name, n)
        try:
            send(message)
            pause = option(how, "pause", 150) / 1000
            if "again" in how:
                time.sleep(pause)
                send(message)
            if "newsocket" in how:
                time.sleep(pause)
                sock, send = udp_socket(how, address, port)
                send(message)
            if "nowait" in how:
                continue
            if select.select([sock], [], [], option(how, "wait", 1500) / 1000)[0]:
                sock.recv(65535)
        except OSError:
            sock, send = udp_socket(how, address, port)
    time.sleep(0.05)


def several(how, places):
    asked = [(name, address, int(port)) for name, address, port in (p.replace("@", ",").split(",") for p in places)]
    numbers = list(dict.fromkeys(name for name, _, _ in asked))
    sock, _ = udp_socket(how + ["unconnected"], asked[0][1], asked[0][2])

    sock.setblocking(False)

    def told(count):
        end = time.monotonic() + 20
        while count > 0 and select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
            # What an error is of is in a queue of its own; the next call fails, too.
            for flags in (0, 0x2000):
                try:
                    sock.recvmsg(65535, 512, flags)
                    count -= 1
                except OSError:
                    pass

    for name, address, port in asked:
        query = query_of(how, name, numbers.index(name))
        try:
            sock.sendto(query, place(address, port))
        except OSError:  # an older one is told instead
            sock.sendto(query, place(address, port))
        if "turns" in how:
            told(1)
    if "turns" not in how:
        told(len(asked))


SOL_UDP, UDP_SEGMENT, UDP_GRO = 17, 103, 104


def bundle_serve(address, port):
    """All queries that come within 50 ms are answered at once; each answer has the same length."""
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, port))
    print("ready", flush=True)
    while True:
        query, client = sock.recvfrom(65535)
        answers = [answers_to(query)[0][1]]
        while select.select([sock], [], [], 0.05)[0]:
            answers.append(answers_to(sock.recvfrom(65535)[0])[0][1])
        sock.setsockopt(SOL_UDP, UDP_SEGMENT, max(map(len, answers)))
        sock.sendto(b"".join(answers), client)
        sock.setsockopt(SOL_UDP, UDP_SEGMENT, 0)


def bundle_ask(how, address, port, names):
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    if "gro" in how:
        sock.setsockopt(SOL_UDP, UDP_GRO, 1)
    sock.connect((address, port))
    queries = [query_of(how, name, n) for n, name in enumerate(names)]
    if "segment" in how:
        sock.setsockopt(SOL_UDP, UDP_SEGMENT, max(map(len, queries)))
        sock.send(b"".join(queries))
    for query in [] if "segment" in how else queries:
        sock.send(query)
    while select.select([sock], [], [], option(how, "answers", 1000) / 1000)[0]:
        print(len(sock.recv(65535)), flush=True)


def raw(family, protocol):
    family = socket.AF_INET6 if family == "6" else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP if protocol == "tcp" else socket.IPPROTO_UDP)
    print("ready", flush=True)
    while True:
        sock.recv(65535)


def raw_ask(address, port, names):
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    sock.connect((address, 0))
    for n, name in enumerate(names):
        query = query_of([], name, n)
        sock.send(struct.pack(">4H", 40000, port, 8 + len(query), 0) + query)
        time.sleep(0.2)


def multicast_socket(group, port, address):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", port))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton(address))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
    return sock


def names_of(query):
    at, names = 12, []
    for _ in range(struct.unpack(">H", query[4:6])[0]):
        end = at
        while query[end]:
            end += query[end] + 1
        names.append(query[at:end + 1])
        at = end + 5
    return names


def multicast(group, port, address):
    sock = multicast_socket(group, port, address)
    record = struct.pack(">2HIH", 1, 0x8001, 120, 4) + socket.inet_aton("10.1.2.3")
    print("ready", flush=True)
    while True:
        query, client = sock.recvfrom(65535)
        names = [] if query[2] & 0x80 else [name for name in names_of(query) if name[1:3] == b"ok"]
        if names and client[1] != port:
            sock.sendto(reply(query, answers=1, rest=address_record("10.1.2.3")), client)
        elif names:
            header = struct.pack(">6H", 0, 0x8400, 0, len(names), 0, 0)
            sock.sendto(header + b"".join(name + record for name in names), (group, port))


def ask_multicast(group, port, address, names):
    sock = multicast_socket(group, port, address)
    questions = b"".join(labels(name) + struct.pack(">2H", 1, 1) for name in names)
    sock.sendto(struct.pack(">6H", 0, 0, len(names), 0, 0, 0) + questions, (group, port))
    time.sleep(0.5)


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "serve":
        serve(sys.argv[2], int(sys.argv[3]))
    elif len(sys.argv) >= 6 and sys.argv[1] == "ask":
        how = sys.argv[2].split(",")
        (ask_tcp if "tcp" in how else ask_udp)(how, sys.argv[3], int(sys.argv[4]), sys.argv[5:])
    elif len(sys.argv) >= 4 and sys.argv[1] == "several":
        several(sys.argv[2].split(","), sys.argv[3:])
    elif len(sys.argv) >= 6 and sys.argv[1] == "bundle":
        bundle_ask(sys.argv[2].split(","), sys.argv[3], int(sys.argv[4]), sys.argv[5:])
    elif len(sys.argv) == 4 and sys.argv[1] == "bundle":
        bundle_serve(sys.argv[2], int(sys.argv[3]))
    elif len(sys.argv) == 4 and sys.argv[1] == "raw":
        raw(sys.argv[2], sys.argv[3])
    elif len(sys.argv) >= 5 and sys.argv[1] == "rawask":
        raw_ask(sys.argv[2], int(sys.argv[3]), sys.argv[4:])
    elif len(sys.argv) == 5 and sys.argv[1] == "multicast":
        multicast(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    elif len(sys.argv) >= 6 and sys.argv[1] == "ask-multicast":
        ask_multicast(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:])
    else:
        sys.exit(__doc__)


main()
