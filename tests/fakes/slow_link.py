"""A slow network: a TCP proxy on loopback that hands every byte on late, and can be cut."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Queue

CHUNK = 65536


class SlowLink:
    """Listens on `port` and hands on to `target`, each way `delay` seconds late."""

    def __init__(self, target: int, delay: float) -> None:
        self._target = target
        self._delay = delay
        self._open: set[socket.socket] = set()
        self._cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._cut = True
        for each in list(self._open):
            _close(each)

    def mend(self) -> None:
        """Let connections through again."""
        self._cut = False

    def close(self) -> None:
        """Stop for good."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open |= {near, far}
                self._carry(near, far)
                self._carry(far, near)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        on_the_way: Queue[tuple[float, bytes]] = Queue()

        def read() -> None:
            content = b"x"
            while content:
                content = b""
                with suppress(OSError):
                    content = source.recv(CHUNK)
                on_the_way.put((time.monotonic() + self._delay, content))

        def write() -> None:
            while True:
                due, content = on_the_way.get()
                time.sleep(max(0.0, due - time.monotonic()))
                try:
                    target.sendall(content)
                except OSError:
                    content = b""
                if not content:
                    _close(source)
                    _close(target)
                    return

        for work in (read, write):
            threading.Thread(target=work, daemon=True).start()


def _close(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


@contextmanager
def slow_link(target: int, delay: float) -> Iterator[SlowLink]:
    """A link that lasts as long as the block."""
    link = SlowLink(target, delay)
    try:
        yield link
    finally:
        link.close()
