"""A cable between browser and server that can be pulled: a proxy on a port of this machine."""

import socket
import threading
from contextlib import contextmanager, suppress


class Cable:
    """`url` leads to the server at `port`, except while it is pulled; what was on its way then is lost."""

    def __init__(self, port):
        self.port, self.pulled, self.ends = port, False, []
        self.entry = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.entry.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def pull(self):
        """Nobody is told: both sides go on believing that they are connected."""
        self.pulled = True

    def plug_in(self):
        """What was open before is found broken."""
        self._hang_up()
        self.pulled = False

    def close(self):
        self.entry.close()
        self._hang_up()

    def _accept(self):
        with suppress(OSError):
            while True:
                here, _ = self.entry.accept()
                if self.pulled:
                    here.close()
                else:
                    self._connect(here)

    def _connect(self, here):
        there = socket.create_connection(("127.0.0.1", self.port))
        self.ends += [here, there]
        for source, target in ((here, there), (there, here)):
            threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                if not self.pulled:
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def _hang_up(self):
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends = []


@contextmanager
def cable(port):
    made = Cable(port)
    try:
        yield made
    finally:
        made.close()
