"""Calls on one thread, one after the other: of messages, of timers, and of other threads.

asyncio would do, but importing it takes a third of the time in which a file can be checked.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from itertools import count

log = logging.getLogger(__name__)

Call = Callable[[], None]

PATIENCE = 0.25
"""Seconds for which calls wait while there is more to read."""


class Timer:
    """A call that is due at some time."""

    def __init__(self, call: Call) -> None:
        self.call: Call | None = call

    def cancel(self) -> None:
        self.call = None


class Loop:
    """Runs until it is stopped or its input ends. Only `post` may be called from other threads."""

    def __init__(self) -> None:
        self._soon: deque[Call] = deque()
        self._posted: deque[Call] = deque()
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = count()
        self._stopped = False
        self._bell = _Bell()

    def soon(self, call: Call) -> None:
        """Runs a call once nothing more is waiting to be read."""
        self._soon.append(call)

    def later(self, seconds: float, call: Call) -> Timer:
        timer = Timer(call)
        heappush(self._timers, (time.monotonic() + seconds, next(self._numbers), timer))
        return timer

    def post(self, call: Call) -> None:
        """Runs a call of another thread on this one."""
        self._posted.append(call)
        self._bell.ring()

    def stop(self) -> None:
        self._stopped = True

    def run(self, source: int, read: Callable[[], bytes], feed: Callable[[bytes], None]) -> None:
        """Reads from `source`, a file descriptor, whenever there is something; empty bytes are its end."""
        watched = [source, self._bell.heard]
        if sys.platform == "win32":
            self._read_beside(read, feed)
            del watched[0]
        impatient = 0.0
        while not self._stopped:
            ready, _, _ = select.select(watched, [], [], self._wait())
            if self._bell.heard in ready:
                self._bell.quiet()
            if source in ready:
                data = read()
                if not data:
                    return
                feed(data)
                now = time.monotonic()
                impatient = impatient or now + PATIENCE
                if now < impatient:
                    continue
            impatient = 0.0
            self._run_due()

    def _read_beside(self, read: Callable[[], bytes], feed: Callable[[bytes], None]) -> None:
        """Reads on a thread, where a pipe cannot be waited for."""

        def go_on() -> None:
            while data := read():
                self.post(lambda data=data: feed(data))  # type: ignore[misc]
            self.post(self.stop)

        threading.Thread(target=go_on, name="read", daemon=True).start()

    def _wait(self) -> float | None:
        """For how long nothing has to be done."""
        if self._soon or self._posted:
            return 0.0
        while self._timers and self._timers[0][2].call is None:
            heappop(self._timers)
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None

    def _run_due(self) -> None:
        for calls in (self._posted, self._soon):
            for _ in range(len(calls)):
                _run(calls.popleft())
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            timer = heappop(self._timers)[2]
            if timer.call is not None:
                _run(timer.call)


def _run(call: Call) -> None:
    try:
        call()
    except Exception:
        # The next message is answered all the same.
        log.exception("running %s", call)


class _Bell:
    """Something that can be waited for, and made ready by any thread."""

    def __init__(self) -> None:
        if sys.platform == "win32":  # where only sockets can be waited for
            import socket

            here, there = socket.socketpair()
            here.setblocking(False)
            there.setblocking(False)
            self.heard: int = here.fileno()
            self._read: Callable[[], object] = partial(here.recv, 4096)
            self._write: Callable[[], object] = partial(there.send, b"\0")
            return
        self.heard, rung = os.pipe()
        os.set_blocking(rung, False)
        self._read = partial(os.read, self.heard, 4096)
        self._write = partial(os.write, rung, b"\0")

    def ring(self) -> None:
        try:
            self._write()
        except BlockingIOError:
            return  # it rings already

    def quiet(self) -> None:
        self._read()
