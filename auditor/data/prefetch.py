"""Work done ahead by a thread: one thing is read while another is computed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY_SECONDS = 0.1


class TooSlow(Exception):  # noqa: N818 - nothing is broken, somebody has waited enough
    """The next item did not come in time."""


class _End:
    """What comes behind the last item, with what went wrong, if anything did."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def prefetch(items: Iterable[T], *, depth: int, patience: float) -> Iterator[T]:
    """The same items in the same order, made by a thread at most `depth` ahead.

    Args:
        items: iterated in the thread; what it raises is raised here.
        depth: items that wait to be taken.
        patience: seconds to wait for an item.

    Raises:
        TooSlow: none came in time. The thread is left behind; it does not keep the process alive.
    """
    ready: Queue[T | _End] = Queue(maxsize=depth)
    unwanted = threading.Event()
    maker = threading.Thread(target=_make, args=(items, ready, unwanted), daemon=True)
    maker.start()
    try:
        while True:
            try:
                item = ready.get(timeout=patience)
            except Empty:
                raise TooSlow from None
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        unwanted.set()


def _make(items: Iterable[T], ready: Queue[T | _End], unwanted: threading.Event) -> None:
    try:
        for item in items:
            _put(item, ready, unwanted)
            if unwanted.is_set():
                return
        _put(_End(None), ready, unwanted)
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits for it
        _put(_End(error), ready, unwanted)


def _put(item: T | _End, ready: Queue[T | _End], unwanted: threading.Event) -> None:
    while not unwanted.is_set():
        try:
            ready.put(item, timeout=LOOK_EVERY_SECONDS)
        except Full:
            continue
        return
