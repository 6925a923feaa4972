"""The server with a stop watch on its loop: which call held it longest, and whether there is still something to do."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "server"))

from floe_ls.lsp import loop
from floe_ls.lsp.later import Steps
from floe_ls.lsp.serve import serve
from floe_ls.lsp.server import FloeServer

WORTH = 1_000_000
"""Nanoseconds from which a call is worth a look at how long it waited for a core."""
KEPT = 8
_SCHEDULED = Path("/proc/thread-self/schedstat")


class Watch:
    def __init__(self) -> None:
        self.longest: list[tuple[float, str]] = []
        self.calls = 0
        self._began = 0

    def timed(self, name: str, call: Callable[[], Any]) -> None:
        self.calls += 1
        waited, began = waiting(), time.perf_counter_ns()
        try:
            call()
        finally:
            took = time.perf_counter_ns() - began
            if took >= WORTH:
                took -= waiting() - waited
                self.longest.append((took / 1e6, name))
                self.longest.sort(reverse=True)
                del self.longest[KEPT:]

    def collected(self, phase: str, info: dict[str, int]) -> None:
        """The collector of cycles began or ended."""
        now = time.perf_counter_ns()
        if phase == "start":
            self._began = now
        elif now - self._began >= WORTH:
            self.longest.append(((now - self._began) / 1e6, f"collector, {info['generation']}"))

    def told(self) -> dict[str, Any]:
        out = {"calls": self.calls, "longest": self.longest}
        self.longest, self.calls = [], 0
        return out


def waiting() -> int:
    """Nanoseconds for which this thread was ready and had no core."""
    try:
        return int(_SCHEDULED.read_text().split()[1])
    except OSError:
        return 0


def main() -> None:
    watch = Watch()
    gc.callbacks.append(watch.collected)
    run, receive, begin = loop._run, FloeServer.receive, FloeServer.__init__  # noqa: SLF001

    def timed_run(call: Callable[[], None]) -> None:
        watch.timed(getattr(call, "__qualname__", str(call)), lambda: run(call))

    def timed_receive(self: FloeServer, body: bytes) -> None:
        name = body[:200].partition(b'"method":')[2].strip().split(b'"')[1:2]
        watch.timed((name or [b"an answer"])[0].decode(), lambda: receive(self, body))

    def begun(self: FloeServer, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self.requested["bench/nothing"] = lambda _: None
        self.requested["bench/told"] = lambda _: watch.told()
        self.requested["bench/idle"] = lambda _: idle(self)

    step = Steps._step  # noqa: SLF001

    def timed_step(self: Steps) -> None:
        watch.timed("step of " + place(self._steps), lambda: step(self))

    Steps._step = timed_step  # type: ignore[method-assign]  # noqa: SLF001
    loop._run = timed_run  # noqa: SLF001
    FloeServer.receive = timed_receive  # type: ignore[method-assign]
    FloeServer.__init__ = begun  # type: ignore[method-assign]
    sys.exit(serve(sys.argv[1:]))


def place(steps: Any) -> str:
    """Where a generator goes on, within those that it waits for."""
    inner = steps
    while getattr(inner, "gi_yieldfrom", None) is not None:
        inner = inner.gi_yieldfrom
    frame = getattr(inner, "gi_frame", None)
    line = frame.f_lineno if frame is not None else 0
    return f"{steps.__qualname__} > {getattr(inner, '__qualname__', '?')}:{line}"


def idle(server: FloeServer) -> bool:
    """Whether all is read and judged."""
    unopened = server.__dict__.get("unopened")
    judged = unopened is None or unopened._is_settled()  # noqa: SLF001
    return (
        server.snapshot.scanned
        and judged
        and not server.session.is_reading
        and not server.watching.is_busy
    )


if __name__ == "__main__":
    main()
