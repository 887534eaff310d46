#!/usr/bin/env python3
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""A DNS server and a client that do on purpose what others do by accident.

dns.py serve ADDRESS PORT   over UDP and TCP until killed; the first label of the name says how:
    ok, nx, silent, slow (400 ms), late (800 ms), twice, upper (the question in other letters), mixed
    (two cases), forged (NXDOMAIN from 127.0.0.3 comes first), big (2500 bytes), trunc, garbage, bare (FORMERR without the question), badvers, ...
dns.py ask HOW ADDRESS PORT NAME...   sends queries and waits for an answer to each
    HOW: comma-separated of connected, unconnected, tcp, split (a byte a segment), pipelined,
    again (sent twice), pause=N (ms in between), newsocket (again, from another socket), id=N, type=N, nowait, v6
dns.py multicast GROUP PORT ADDRESS           answers there for names that begin with "ok", by mDNS's rules
    to all and without a question if asked from PORT
dns.py ask-multicast GROUP PORT ADDRESS NAME...   asks for all at once, from PORT
"""
import select
import struct
import sys
import time

if sys.argv[1:2] == ["ask"]:
    import _socket as socket  # all that a client needs; guests start it in a third of the time
else:
    import socket


def labels(name):
    parts = name.split(".") if name != "." else []
    return b"".join(bytes([len(p)]) + p.encode() for p in parts) + b"\0"


def question_end(message):
    at = 12
    while message[at]:
        at += message[at] + 1
    return at + 5


def reply(query, flags=0x8180, answers=0, rest=b"", question=None):
    question = query[12:question_end(query)] if question is None else question
    counts = struct.pack(">4H", 1 if question else 0, answers, 0, 0)
    return query[:2] + struct.pack(">H", flags) + counts + question + rest


def address_record(text):
    return b"\xc0\x0c" + struct.pack(">2HIH", 1, 1, 300, 4) + socket.inet_aton(text)


def answers_to(query):
    """(delay in seconds, message) of each answer."""
    kind = query[13:13 + query[12]].decode("latin1").lower()
    question = query[12:question_end(query)]
    ok = reply(query, answers=1, rest=address_record("10.1.2.3"))
    opt = b"\0" + struct.pack(">2HIH", 41, 1232, 1 << 24, 0)
    return {
        "nx": [(0, reply(query, 0x8183))],
        "silent": [],
        "slow": [(0.4, ok)],
        "late": [(0.8, ok)],
        "twice": [(0, ok), (0, ok)],
        "upper": [(0, reply(query, answers=1, rest=address_record("10.1.2.3"), question=question.upper()))],
        "big": [(0, reply(query, answers=150, rest=address_record("10.1.2.3") * 150))],
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
        for delay, message in answers_to(query):
            time.sleep(delay)
            conn.sendall(struct.pack(">H", len(message)) + message)


def serve(address, port):
    global threading  # dear to import in a guest, and of no use to a client
    import threading

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.bind((address, port))
    tcp = socket.create_server((address, port), family=family)
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
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels(name) + struct.pack(">2H", option(how, "type", 1), 1)


def ask_tcp(how, address, port, names):
    conn = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    conn.connect((address, port))
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
    for _ in names:
        read_exactly(conn, struct.unpack(">H", read_exactly(conn, 2))[0])


def udp_socket(how, address, port):
    sock = socket.socket(socket.AF_INET6 if ":" in address or "v6" in how else socket.AF_INET, socket.SOCK_DGRAM)
    if "v6" in how and ":" not in address:
        address = "::ffff:" + address
    if "unconnected" not in how:
        sock.connect((address, port))
        return sock, sock.send
    return sock, lambda message: sock.sendto(message, (address, port))


def ask_udp(how, address, port, names):
    sock, send = udp_socket(how, address, port)
    for n, name in enumerate(names):
        message = query_of(how, name, n)
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
            if select.select([sock], [], [], 1.5)[0]:
                sock.recv(65535)
        except OSError:
            sock, send = udp_socket(how, address, port)
    time.sleep(0.05)


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
    elif len(sys.argv) == 5 and sys.argv[1] == "multicast":
        multicast(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    elif len(sys.argv) >= 6 and sys.argv[1] == "ask-multicast":
        ask_multicast(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:])
    else:
        sys.exit(__doc__)


main()
