"""A TCP proxy on this machine that makes the way to a server as long and as narrow as one likes."""

import asyncio
import socket
import threading
from concurrent.futures import Future
from contextlib import contextmanager, suppress

CHUNK = 4096  # bytes passed on at once; at 1 MB/s they take 4 ms
BUFFER = 256  # chunks under way in one direction of a connection before the sender has to wait


class SlowLink:
    """All that goes through `url`, either way, websockets included, comes `delay` seconds later, at `rate` bytes/s.

    Both may be changed at any time, for what is sent from then on. The rate is that of the link in each direction:
    connections share it. The proxy sends every chunk at once (no Nagle); what the two ends do is their own affair.
    """

    def __init__(self, port, loop):
        self.port, self.loop = port, loop
        self.set()

    def set(self, delay=0.0, rate=float("inf")):
        self.delay, self.rate = delay, rate
        self.free = {"up": 0.0, "down": 0.0}  # when the last byte sent so far has left, by the loop's clock

    def leaves(self, way, size):
        """Send `size` bytes now: when their last one has left."""
        self.free[way] = max(self.free[way], self.loop.time()) + size / self.rate
        return self.free[way]

    async def connect(self, reader, writer):
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.close()
            return
        for end in (writer, there_writer):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(asyncio.CancelledError):  # at the end; asyncio 3.11 would report each connection
            await asyncio.gather(self.carry("up", reader, there_writer), self.carry("down", there_reader, writer))

    async def carry(self, way, reader, writer):
        under_way = asyncio.Queue(BUFFER)
        unloading = asyncio.create_task(self.unload(under_way, writer))
        try:
            while chunk := await reader.read(CHUNK):
                await under_way.put((self.leaves(way, len(chunk)) + self.delay, chunk))
        except OSError:
            pass  # one end is gone: the other hears of it below
        await under_way.put((0, None))
        await unloading

    async def unload(self, under_way, writer):
        gone = False
        while (item := await under_way.get())[1] is not None:
            arrival, chunk = item
            if (early := arrival - self.loop.time()) > 0:
                await asyncio.sleep(early)
            try:
                if not gone:
                    writer.write(chunk)
                    await writer.drain()
            except OSError:
                gone = True  # go on emptying the queue, or the sender waits for ever
        writer.close()


@contextmanager
def to(port):
    """A SlowLink to a port of this machine; its own is in `.url`. It lives in a thread with a loop of its own."""
    ready = Future()

    async def serve():
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        link = SlowLink(port, loop)
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
