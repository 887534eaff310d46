# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""A process with a TCP socket, for tests: tcp.py STEP...

  bind ADDR PORT      listen ADDR PORT     reuseport
  mptcp               (sockets from here on)
  connect ADDR PORT   try ADDR PORT S      congestion NAME
  fast ADDR PORT S    (connects with data in the SYN; listen takes such with the option fastopen)
  fastopen
  accept              fork                 (the parent ends, the child goes on)
  worker              (a child goes on; the parent keeps the listening socket only, and waits)
  pass                (goes on after exec, the listening socket being descriptor 3)
  send BYTES          drain                (until all is acknowledged)
  sink                (reads until the end)
  serve               (accepts, reads until the end and closes, again and again)
  shut                (sends the end, and reads until the peer's)
  close               sleep S              sh COMMAND
  touch FILE          wait FILE            pid FILE
"""
import fcntl
import os
import socket
import struct
import sys
import time

SIOCOUTQ = 0x5411
listener = None
sock = None
options = []
protocol = 0
IPPROTO_MPTCP = 262


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def new(address):
    s = socket.socket(family(address), socket.SOCK_STREAM, protocol)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for level, name, value in options:
        s.setsockopt(level, name, value)
    return s


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)


def unacknowledged():
    return struct.unpack("i", fcntl.ioctl(sock, SIOCOUTQ, b"\0\0\0\0"))[0]


def read_all():
    while sock.recv(1 << 20):
        pass


steps = sys.argv[1:]
position = 0


def argument():
    global position
    position += 1
    return steps[position - 1]


if steps[0] == "passed":
    listener = socket.socket(fileno=3)
    position = 1

while position < len(steps):
    step = argument()
    if step == "reuseport":
        options.append((socket.SOL_SOCKET, socket.SO_REUSEPORT, 1))
    elif step == "mptcp":
        protocol = IPPROTO_MPTCP
    elif step == "fastopen":
        options.append((socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5))
    elif step == "fast":
        address, port = argument(), int(argument())
        sock = new(address)
        sock.settimeout(float(argument()))
        try:
            sock.sendto(b"x" * 100, socket.MSG_FASTOPEN, (address, port))
            sock.recv(1)
        except OSError:
            pass
    elif step == "congestion":
        options.append((socket.IPPROTO_TCP, socket.TCP_CONGESTION, argument().encode()))
    elif step == "bind":
        address, port = argument(), int(argument())
        sock = new(address)
        sock.bind((address, port))
    elif step == "listen":
        address, port = argument(), int(argument())
        listener = new(address)
        listener.bind((address, port))
        listener.listen(16)
    elif step == "accept":
        sock, _ = listener.accept()
    elif step == "connect":
        address, port = argument(), int(argument())
        sock = sock or new(address)
        sock.connect((address, port))
    elif step == "try":
        address, port = argument(), int(argument())
        sock = new(address)
        sock.settimeout(float(argument()))
        try:
            sock.connect((address, port))
        except OSError:
            pass
    elif step == "fork":
        if os.fork():
            os._exit(0)
    elif step == "worker":
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            os._exit(0)
    elif step == "pass":
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            os._exit(0)
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.execv(sys.executable, [sys.executable, "-S", "-E", sys.argv[0], "passed"] + steps[position:])
    elif step == "send":
        left = int(argument())
        while left:
            left -= sock.send(b"x" * min(left, 1 << 17))
    elif step == "drain":
        while unacknowledged():
            time.sleep(0.01)
    elif step == "serve":
        while True:
            sock, _ = listener.accept()
            read_all()
            sock.close()
    elif step == "sink":
        read_all()
    elif step == "shut":
        sock.shutdown(socket.SHUT_WR)
        read_all()
    elif step == "close":
        sock.close()
        sock = None
    elif step == "sleep":
        time.sleep(float(argument()))
    elif step == "sh":
        if os.system(argument()):
            sys.exit("tcp.py: sh failed")
    elif step == "touch":
        open(argument(), "w").close()
    elif step == "wait":
        wait_for(argument())
    elif step == "pid":
        path = argument()
        with open(path + ".new", "w") as f:
            f.write(str(os.getpid()))
        os.rename(path + ".new", path)
    else:
        sys.exit(f"tcp.py: no step {step!r}")
