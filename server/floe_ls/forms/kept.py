"""What is computed from each entry of a long list, kept from one version of the list to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from floe_ls.syntax.nodes import Entry

_T = TypeVar("_T")
_STEP = 64


def kept(
    memo: dict[Any, Any], key: str, entries: list[Entry], ask: Callable[[Entry], _T]
) -> list[_T]:
    """The answer for each entry; entries that an edit left alone are not asked again."""
    known: tuple[list[Entry], list[_T]] | None = memo.get(key)
    if known is None:
        answers = [ask(entry) for entry in entries]
    else:
        was, old = known
        first = common_start(was, entries)
        last = common_end(was, entries, first)
        middle = [ask(entry) for entry in entries[first : len(entries) - last]]
        answers = [*old[:first], *middle, *old[len(old) - last :]]
    memo[key] = entries, answers
    return answers


def common_start(was: list[Entry], now: list[Entry]) -> int:
    """How many entries two lists have in common from their start."""
    size, at = min(len(was), len(now)), 0
    # Slices of the same objects are compared without a look at what they hold.
    while at + _STEP <= size and was[at : at + _STEP] == now[at : at + _STEP]:
        at += _STEP
    while at < size and was[at] is now[at]:
        at += 1
    return at


def common_end(was: list[Entry], now: list[Entry], first: int) -> int:
    """How many entries two lists have in common from their end, beside the first ones."""
    size = min(len(was), len(now)) - first
    a, b, at = len(was), len(now), 0
    while at + _STEP <= size and was[a - at - _STEP : a - at] == now[b - at - _STEP : b - at]:
        at += _STEP
    while at < size and was[a - at - 1] is now[b - at - 1]:
        at += 1
    return at
