"""Calls on other threads."""

from __future__ import annotations

import _thread
from collections.abc import Callable


def behind(call: Callable[[], object]) -> None:
    """Runs a call on another thread. `Thread.start` would wait until that has begun, which takes a while on a machine
    that is busy."""
    _thread.start_new_thread(call, ())
