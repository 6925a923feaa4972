"""The word that a typist meant: the nearest of the words that would be right."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was most likely meant to be, None where none is near.

    Letter case does not count, nor does `-` against `_`. A letter too many, too few, wrong or
    swapped with its neighbour is one slip; short words forgive fewer slips than long ones. Where
    none is near enough, a word that begins exactly one candidate means that one. The order of the
    candidates changes nothing.
    """
    meant, bag = _folded(word)
    if not meant:
        return None
    limit = _forgiven(len(meant))
    best: tuple[int, int, str] | None = None
    begun: set[str] = set()
    for candidate in candidates:
        other, other_bag = _folded(candidate)
        if len(meant) >= 3 and other.startswith(meant):
            begun.add(candidate)
        within = limit if best is None else min(limit, best[0])
        # Every slip changes at most two members of the set of letters.
        if abs(len(other) - len(meant)) > within or (bag ^ other_bag).bit_count() > 2 * within:
            continue
        slips = _slips(meant, other, within)
        if slips is None:
            continue
        found = (slips, -_common_start(meant, other), candidate)
        if best is None or found < best:
            best = found
    if best is not None:
        return best[2]
    return begun.pop() if len(begun) == 1 else None


def _forgiven(length: int) -> int:
    if length <= 1:
        return 0
    return 1 if length <= 4 else 2 if length <= 8 else 3


@lru_cache(maxsize=2048)
def _folded(word: str) -> tuple[str, int]:
    """The word as it is compared, and the set of its letters as bits."""
    folded = word.strip().casefold().replace("_", "-")
    bag = 0
    for letter in folded:
        bag |= 1 << (ord(letter) % 61)
    return folded, bag


def _common_start(one: str, other: str) -> int:
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))


def _slips(one: str, other: str, limit: int) -> int | None:
    """How many slips lead from one word to the other; None where more than `limit`.

    Only the band of the table that can stay within the limit is filled.
    """
    if one == other:
        return 0
    if limit == 0:
        return None
    start = _common_start(one, other)
    one, other = one[start:], other[start:]
    end = _common_start(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    far = limit + 1
    before: list[int] = []
    row = [min(j, far) for j in range(len(other) + 1)]
    for i in range(1, len(one) + 1):
        current = [far] * (len(other) + 1)
        current[0] = min(i, far)
        for j in range(max(1, i - limit), min(len(other), i + limit) + 1):
            same = one[i - 1] == other[j - 1]
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (not same))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                cost = min(cost, before[j - 2] + 1)
            current[j] = min(cost, far)
        if min(current) > limit and min(row) > limit:
            return None
        before, row = row, current
    return row[-1] if row[-1] <= limit else None
