"""The bar of a check that takes over a second, on a terminal only."""

from __future__ import annotations

import io
import sys

import pytest

from floe_ls.cli import workspace
from floe_ls.cli.workspace import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [0.0]
    monkeypatch.setattr(workspace.time, "monotonic", lambda: clock[0])
    monkeypatch.setenv("TERM", "xterm")
    return clock


def test_nothing_is_shown_within_the_first_second(
    monkeypatch: pytest.MonkeyPatch, now: list[float]
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    progress = Progress()
    now[0] = 0.9
    progress.show("checking", 3, 10)
    progress.clear()
    assert screen.getvalue() == ""


def test_after_a_second_a_bar_is_drawn_and_wiped_at_the_end(
    monkeypatch: pytest.MonkeyPatch, now: list[float]
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    progress = Progress()
    now[0] = 1.5
    progress.show("checking", 5, 10)
    assert "checking" in screen.getvalue()
    assert "5/10" in screen.getvalue()
    assert "█" * 12 + "░" * 12 in screen.getvalue()
    progress.clear()
    assert screen.getvalue().endswith("\r\033[K")


def test_a_log_file_gets_no_bar(monkeypatch: pytest.MonkeyPatch, now: list[float]) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    progress = Progress()
    now[0] = 5.0
    progress.show("checking", 5, 10)
    progress.clear()
    assert log.getvalue() == ""
