"""What is computed from each entry of a long list, kept from one version of the list to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from floe_ls.syntax.nodes import Entry

_T = TypeVar("_T")
_STEP = 64


def kept(
    memo: dict[Any, Any], key: object, entries: list[Entry], ask: Callable[[Entry], _T]
) -> list[_T]:
    """The answer for each entry; entries that an edit left alone are not asked again. It is the very list of before
    where no answer is another."""
    known: tuple[list[Entry], list[_T]] | None = memo.get(key)
    if known is None:
        answers = [ask(entry) for entry in entries]
    else:
        was, answers = known
        first, last = common(memo, was, entries)
        middle = [ask(entry) for entry in entries[first : len(entries) - last]]
        if middle != answers[first : len(answers) - last]:
            answers = [*answers[:first], *middle, *answers[len(answers) - last :]]
    memo[key] = entries, answers
    return answers


def common(memo: dict[Any, Any], was: list[Entry], now: list[Entry]) -> tuple[int, int]:
    """How many entries two lists have in common from their start, and from their end beside those. Several ask about
    the same long list after a key: the last answer is kept."""
    known: tuple[list[Entry], list[Entry], tuple[int, int]] | None = memo.get("common")
    if known is not None and known[0] is was and known[1] is now:
        return known[2]
    first = _common_start(was, now)
    found = first, _common_end(was, now, first)
    if len(now) >= _STEP:
        memo["common"] = was, now, found
    return found


def _common_start(was: list[Entry], now: list[Entry]) -> int:
    """How many entries two lists have in common from their start."""
    size, at = min(len(was), len(now)), 0
    # Slices of the same objects are compared without a look at what they hold.
    while at + _STEP <= size and was[at : at + _STEP] == now[at : at + _STEP]:
        at += _STEP
    while at < size and was[at] is now[at]:
        at += 1
    return at


def _common_end(was: list[Entry], now: list[Entry], first: int) -> int:
    """How many entries two lists have in common from their end, beside the first ones."""
    size = min(len(was), len(now)) - first
    a, b, at = len(was), len(now), 0
    while at + _STEP <= size and was[a - at - _STEP : a - at] == now[b - at - _STEP : b - at]:
        at += _STEP
    while at < size and was[a - at - 1] is now[b - at - 1]:
        at += 1
    return at
