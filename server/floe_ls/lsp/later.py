"""An answer that takes longer than a message may: it is worked out in steps, between which others are answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

from floe_ls.lsp.loop import Loop

SLICE = 0.005
"""Seconds for which everything else waits."""


class Steps:
    """Runs a generator on the loop, a little at a time; `done` gets what it returns, None where it fails."""

    def __init__(
        self, loop: Loop, steps: Generator[None, None, Any], done: Callable[[Any], object]
    ) -> None:
        self._loop, self._steps, self._done = loop, steps, done
        self.ended = False
        loop.later(0, self._go_on)

    def cancel(self) -> None:
        self.ended = True
        self._steps.close()

    def finish(self) -> None:
        """All that is left, at once."""
        while not self.ended:
            self._step()

    def _go_on(self) -> None:
        until = time.monotonic() + SLICE
        while not self.ended and time.monotonic() < until:
            self._step()
        if not self.ended:
            self._loop.later(0, self._go_on)

    def _step(self) -> None:
        try:
            next(self._steps)
        except StopIteration as end:
            self.ended = True
            self._done(end.value)
        except Exception:
            self.ended = True
            self._done(None)
            raise


class Later:
    """What a handler returns whose answer is not there yet."""

    def __init__(self) -> None:
        self._answer: list[Any] = []
        self._then: list[Callable[[Any], object]] = []
        self.dropped: Callable[[], object] = lambda: None
        """Called when nobody wants it any more."""

    def give(self, answer: Any) -> None:
        self._answer = [answer]
        for call in self._then:
            call(answer)

    def then(self, call: Callable[[Any], object]) -> None:
        if self._answer:
            call(self._answer[0])
        else:
            self._then.append(call)


def later(loop: Loop, steps: Generator[None, None, Any]) -> Later:
    """The answer that steps lead to. They end when nobody wants it any more."""
    answer = Later()
    answer.dropped = Steps(loop, steps, answer.give).cancel
    return answer
