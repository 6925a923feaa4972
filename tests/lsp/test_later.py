"""Work in steps gives way to messages, and always comes to an end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from floe_ls.lsp import later
from floe_ls.lsp.later import Later, Steps


class Turns:
    """A loop whose turns are taken by hand."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []

    def later(self, _seconds: float, call: Callable[[], None]) -> None:
        self.due.append(call)

    def turn(self) -> None:
        due, self.due = self.due, []
        for call in due:
            call()


def work(log: list[str]) -> Generator[None, None, str]:
    for number in range(3):
        log.append(f"step {number}")
        yield
    return "done"


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    ticks = iter(range(1_000))
    monkeypatch.setattr(later.time, "monotonic", lambda: next(ticks) / 1000)
    monkeypatch.setattr(later, "SLICE", 0.0015)  # one step, by this clock
    return Turns()


def test_between_two_slices_others_have_their_turn(turns: Turns) -> None:
    log: list[str] = []
    Steps(turns, work(log), log.append)  # type: ignore[arg-type]
    assert log == []
    while turns.due:
        turns.turn()
        log.append("others")
    assert log == ["step 0", "others", "step 1", "others", "step 2", "others", "done", "others"]


def test_what_is_given_up_does_nothing_more(turns: Turns) -> None:
    log: list[str] = []
    steps = Steps(turns, work(log), log.append)  # type: ignore[arg-type]
    turns.turn()
    steps.cancel()
    turns.turn()
    assert (log, turns.due) == (["step 0"], [])


def test_what_fails_has_no_answer_and_says_so(turns: Turns) -> None:
    def failing() -> Generator[None, None, str]:
        yield
        raise ValueError("no")

    log: list[Any] = []
    Steps(turns, failing(), log.append)  # type: ignore[arg-type]
    turns.turn()
    with pytest.raises(ValueError, match="no"):
        turns.turn()
    assert log == [None]
    assert turns.due == []


def test_an_answer_may_come_before_or_after_somebody_waits_for_it() -> None:
    log: list[str] = []
    answer = Later()
    answer.then(lambda said: log.append(f"first {said}"))
    answer.give("yes")
    answer.then(lambda said: log.append(f"second {said}"))
    assert log == ["first yes", "second yes"]
