"""Run in every kernel of the tests before the first cell: a lesson that reaches outside this computer fails."""

import sys


def watch(event, details):
    if event in ("socket.connect", "socket.sendto"):
        address = details[1]
        host = address[0] if isinstance(address, tuple) else ""  # a socket in the file system is here
    elif event == "socket.getaddrinfo":
        host = details[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host and not host.startswith("127.") and host not in ("localhost", "::1", "0.0.0.0"):
        raise RuntimeError(f"this cell reaches outside: {host}")


sys.addaudithook(watch)
