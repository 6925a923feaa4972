"""Work on all cores: the same job in several processes of our own, fed with pieces of the work.

Each process reads pickles from its stdin, which only we write to, and ends when that does: none outlives us.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

log = logging.getLogger(__name__)

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")
MOST = 8
"""Processes at most: beyond, reading and handing over is what takes the time."""
_WORK = "from floe_ls.remote.workers import work; work()"


def cores() -> int:
    """How many this process may use; FLOE_LS_PROCESSES says otherwise."""
    asked = os.environ.get("FLOE_LS_PROCESSES", "")
    if asked.isdigit():
        return max(int(asked), 1)
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MOST)
    return min(os.cpu_count() or 1, MOST)


def answers(
    job: Callable[..., Callable[[Piece], Answer]],
    given: tuple[Any, ...],
    pieces: Iterable[Piece],
    processes: int,
    stop: threading.Event | None = None,
) -> Iterator[tuple[int, Answer]]:
    """What `job(*given)` answers to each piece, with the piece's number, in the order in which answers come.

    `job` is a function of a module, so that other processes can import it. What a process cannot do, because
    it could not be started or died, is done here.
    """
    waiting: queue.SimpleQueue[tuple[int, Piece]] = queue.SimpleQueue()
    total = 0
    for total, piece in enumerate(pieces, 1):
        waiting.put((total - 1, piece))
    if not total:
        return
    done: queue.SimpleQueue[tuple[int, bool, Any]] = queue.SimpleQueue()
    ends = threading.Event()
    started = [
        process
        for _ in range(min(processes, total) if processes > 1 else 0)
        if (process := _started(job, given)) is not None
    ]
    for process in started:
        threading.Thread(target=_feed, args=(process, waiting, done, ends), daemon=True).start()
    here: Callable[[Piece], Answer] | None = None
    left = total
    alive = len(started)
    try:
        while left and not (stop is not None and stop.is_set()):
            if alive == 0:
                try:
                    number, piece = waiting.get_nowait()
                except queue.Empty:
                    return
                here = here or job(*given)
                yield number, here(piece)
                left -= 1
                continue
            try:
                number, whole, answer = done.get(timeout=0.5)
            except queue.Empty:
                continue
            if whole:
                yield number, answer
                left -= 1
            else:  # that process is gone; its piece waits for another one
                alive -= 1
                if number >= 0:
                    waiting.put((number, answer))
    finally:
        ends.set()
        for process in started:
            process.kill()
            process.wait()


def in_order(numbered: Iterable[tuple[int, Answer]]) -> Iterator[Answer]:
    """The answers in the order of their pieces, each as soon as those before it are there."""
    early: dict[int, Answer] = {}
    following = 0
    for number, answer in numbered:
        early[number] = answer
        while following in early:
            yield early.pop(following)
            following += 1


def _started(job: object, given: tuple[Any, ...]) -> subprocess.Popen[bytes] | None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        process = subprocess.Popen(  # noqa: S603  our own interpreter
            [sys.executable, "-c", _WORK],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
        )
        assert process.stdin is not None
        pickle.dump((job, given), process.stdin)
        process.stdin.flush()
    except (OSError, ValueError, pickle.PicklingError) as error:
        log.warning("no other process could be started: %s", error)
        return None
    return process


def _feed(
    process: subprocess.Popen[bytes],
    waiting: queue.SimpleQueue[tuple[int, Any]],
    done: queue.SimpleQueue[tuple[int, bool, Any]],
    ends: threading.Event,
) -> None:
    """Gives pieces to a process, one after the other, for as long as there are some."""
    assert process.stdin is not None
    assert process.stdout is not None
    number, piece = -1, None
    try:
        while not ends.is_set():
            try:
                number, piece = waiting.get(timeout=0.2)
            except queue.Empty:
                continue  # a piece may come back from a process that died
            pickle.dump(piece, process.stdin)
            process.stdin.flush()
            answer = pickle.load(process.stdout)  # noqa: S301  our own process
            done.put((number, True, answer))
            number = -1
    except (OSError, EOFError, ValueError, pickle.PickleError):
        if not ends.is_set():
            log.warning("a process that read files ended early")
        done.put((number, False, piece))
    finally:
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


def work() -> None:
    """What another process does, until its stdin ends."""
    taken, given = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whoever prints does not disturb the answers
    if hasattr(os, "nice"):
        os.nice(5)
    with contextlib.suppress(EOFError, KeyboardInterrupt, BrokenPipeError):
        job, arguments = pickle.load(taken)  # noqa: S301  our own process
        answer = job(*arguments)
        # Trees are made and thrown away whole: looking for circles in them is half of the work.
        gc.freeze()
        gc.set_threshold(100_000, 50, 100)
        while True:
            pickle.dump(answer(pickle.load(taken)), given, pickle.HIGHEST_PROTOCOL)  # noqa: S301
            given.flush()
