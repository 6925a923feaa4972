"""Ends a conversation early, from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Stop:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []
        self.is_set = False

    def set(self) -> None:
        with self._lock:
            self.is_set = True
            calls, self._calls = self._calls, []
        for call in calls:
            call()

    def on(self, call: Callable[[], None]) -> None:
        """Called when it is set; at once where it is set already."""
        with self._lock:
            if not self.is_set:
                self._calls.append(call)
                return
        call()
