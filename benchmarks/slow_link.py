"""A TCP proxy on this machine that makes the way to a server as long as one likes."""

import asyncio
import socket
import threading
from concurrent.futures import Future
from contextlib import contextmanager, suppress

CHUNK = 65536  # bytes passed on at once


class SlowLink:
    """All that goes through `url`, either way, websockets included, comes `delay` seconds later.

    The delay may be changed at any time, for what is sent from then on. The proxy sends every chunk at once (no Nagle);
    what the two ends do is their own affair.
    """

    delay = 0.0

    def __init__(self, port):
        self.port = port

    async def connect(self, reader, writer):
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.close()
            return
        for end in (writer, there_writer):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(asyncio.CancelledError, OSError):  # at the end; asyncio 3.11 would report each connection
            await asyncio.gather(self.carry(reader, there_writer), self.carry(there_reader, writer))

    async def carry(self, reader, writer):
        loop, arrival = asyncio.get_running_loop(), 0.0
        chunk = True
        while chunk:
            chunk = await reader.read(CHUNK)
            arrival = max(arrival + 1e-6, loop.time() + self.delay)  # never before what was sent earlier
            loop.call_at(arrival, *((writer.write, chunk) if chunk else (writer.close,)))


@contextmanager
def to(port):
    """A SlowLink to a port of this machine; its own is in `.url`. It lives in a thread with a loop of its own."""
    ready = Future()

    async def serve():
        link, stop, loop = SlowLink(port), asyncio.Event(), asyncio.get_running_loop()
        server = await asyncio.start_server(link.connect, "127.0.0.1", 0)
        link.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set_result((link, lambda: loop.call_soon_threadsafe(stop.set)))
        await stop.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    link, stop = ready.result(timeout=10)
    try:
        yield link
    finally:
        stop()
        thread.join()
