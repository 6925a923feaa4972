"""Who is not asked again for a while: references that failed, and hosts that are in trouble."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from floe_ls.chain.ref import OciRef
from floe_ls.remote.failure import Failure

STEPS = (5.0, 15.0, 45.0, 135.0, 300.0)
"""Seconds of rest after the first failure, the second, and so on."""
HANGS = 3
"""References of one host that time out, one after the other, before the host itself counts as ill."""


@dataclass(frozen=True)
class _Rest:
    failure: Failure
    until: float
    count: int = 1


class Rests:
    """Only what may pass by itself rests: a missing tag is asked for whenever somebody wants to know."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._refs: dict[str, _Rest] = {}
        self._hosts: dict[str, _Rest] = {}
        self._hung: dict[str, int] = {}
        self._since: dict[str, float] = {}

    def resting(self, ref: OciRef) -> Failure | None:
        """Why the reference is not to be asked for now."""
        now = self._now()
        with self._lock:
            own = self._refs.get(str(ref))
            if own is not None and _holds(own, now):
                return self._dated(ref, own.failure, own.until)
            host = self._hosts.get(ref.registry)
            if host is None or not _holds(host, now):
                return None
            failure = host.failure
            if own is None:
                message = (
                    f"{ref} was not asked for, since its registry is in trouble: {failure.message}"
                )
                failure = replace(failure, message=message)
            return self._dated(ref, failure, host.until)

    def failed(self, ref: OciRef, failure: Failure) -> Failure:
        """The failure with what is known of its history."""
        now, name = self._now(), str(ref)
        with self._lock:
            if not failure.passing:
                self._refs.pop(name, None)
                return self._dated(ref, failure, None)
            own = self._refs[name] = self._next(self._refs.get(name), failure, now)
            hung = self._hung.get(ref.registry, 0) + 1 if failure.kind == "timeout" else 0
            self._hung[ref.registry] = hung
            if failure.kind in {"unreachable", "rate-limit"} or hung >= HANGS:
                self._hosts[ref.registry] = self._next(self._hosts.get(ref.registry), failure, now)
            return self._dated(ref, failure, own.until)

    def answered(self, ref: OciRef) -> None:
        with self._lock:
            self._refs.pop(str(ref), None)
            self._since.pop(str(ref), None)
            self._hosts.pop(ref.registry, None)
            self._hung.pop(ref.registry, None)

    def _next(self, before: _Rest | None, failure: Failure, now: float) -> _Rest:
        # Several that were under way at once are one failure of the host.
        count = before.count + (not _holds(before, now)) if before is not None else 1
        wait = STEPS[min(count, len(STEPS)) - 1]
        return _Rest(failure, now + max(wait, failure.retry_after or 0.0), count)

    def _dated(self, ref: OciRef, failure: Failure, until: float | None) -> Failure:
        since = self._since.setdefault(str(ref), self._now())
        return replace(failure, since=since, again=until)


def _holds(rest: _Rest, now: float) -> bool:
    # A clock that was set back must not make a rest of minutes one of years.
    return now < rest.until <= now + 24 * 3600.0
