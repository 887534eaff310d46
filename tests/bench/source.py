# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""Loads for the benchmark of TCP, to 10.99.0.2:

source.py send PORT FLOWS BYTES      until all of it is acknowledged
source.py connect PORT TIMES         and close, one after the other
source.py flood PORT SOCKETS SECONDS connects that nobody answers, SYNs sent again meanwhile
source.py hold DESCRIPTORS           of sockets connected to each other on the loopback interface
"""
import os
import resource
import select
import signal
import socket
import sys
import threading
import time

PEER = "10.99.0.2"


def limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard - 100


def send_one(port, left):
    s = socket.create_connection((PEER, port))
    while left:
        left -= s.send(b"x" * min(left, 1 << 17))
    s.shutdown(socket.SHUT_WR)
    while s.recv(4096):
        pass


def send(port, flows, size):
    threads = [threading.Thread(target=send_one, args=(port, size)) for _ in range(flows)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def connect(port, times):
    for _ in range(times):
        s = socket.create_connection((PEER, port))
        s.shutdown(socket.SHUT_WR)
        s.recv(1)
        s.close()


def flood(port, count, seconds):
    """In as many processes as it takes; each local address has ports for some ten thousand."""
    most = limit()
    children = []
    for first in range(0, count, most):
        child = os.fork()
        if not child:
            sockets = []
            for i in range(first, min(first + most, count)):
                s = socket.socket()
                s.setblocking(False)
                s.connect_ex((PEER, port))
                sockets.append(s)
            time.sleep(seconds + 1.5)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def hold(count):
    limit()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    sockets = []
    while len(sockets) < count:
        sockets.append(socket.create_connection(listener.getsockname()))
        sockets.append(listener.accept()[0])
    print("ready", flush=True)
    signal.pause()


{"send": send, "connect": connect, "flood": flood, "hold": hold}[sys.argv[1]](*map(int, sys.argv[2:]))
