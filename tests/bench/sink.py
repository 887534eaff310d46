# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""tests/bench/sink.py PORT...: reads what comes and closes, for the benchmark of TCP."""
import selectors
import socket
import sys

selector = selectors.DefaultSelector()
for port in sys.argv[1:]:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", int(port)))
    listener.listen(1024)
    selector.register(listener, selectors.EVENT_READ, True)
while True:
    for key, _ in selector.select():
        if key.data:
            selector.register(key.fileobj.accept()[0], selectors.EVENT_READ, False)
        elif not key.fileobj.recv(1 << 20):
            selector.unregister(key.fileobj)
            key.fileobj.close()
