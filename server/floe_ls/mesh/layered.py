"""A mapping that is never changed: what differs from a large base is kept beside it, so that a change costs little.

Values are never None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")

_GONE: Any = object()
_MOST = 128
"""Differences that are kept beside a base, at least, before there is a new one."""


class Layered(Mapping[K, V]):
    """Changes make new ones. Iterates in the order in which keys came."""

    __slots__ = ("_base", "_over", "_size")

    def __init__(self, base: Mapping[K, V] | None = None) -> None:
        self._base: dict[K, V] = dict(base or {})
        self._over: dict[K, V] = {}
        self._size = len(self._base)

    def __getitem__(self, key: K) -> V:
        found = self._known(key)
        if found is _GONE:
            raise KeyError(key)
        return cast("V", found)

    def _known(self, key: K) -> Any:
        return _known(self._over, self._base, key)

    def __contains__(self, key: object) -> bool:
        return self._known(key) is not _GONE  # type: ignore[arg-type]

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[K]:
        if not self._over:
            return iter(self._base)
        return self._keys()

    def _keys(self) -> Iterator[K]:
        over = self._over
        for key in self._base:
            if over.get(key) is not _GONE:
                yield key
        yield from (k for k, v in over.items() if v is not _GONE and k not in self._base)

    def changed(self, new: Iterable[tuple[K, V]] = (), gone: Iterable[K] = ()) -> Layered[K, V]:
        """One with these put in, and those taken out."""
        over = self._over.copy()
        size = self._size
        for key in gone:
            if _known(over, self._base, key) is not _GONE:
                size -= 1
                if key in self._base:
                    over[key] = _GONE
                else:
                    del over[key]
        for key, value in new:
            if _known(over, self._base, key) is _GONE:
                size += 1
            over[key] = value
        out: Layered[K, V] = Layered.__new__(Layered)
        out._base, out._over, out._size = self._base, over, size  # noqa: SLF001
        if len(over) > max(_MOST, len(self._base) >> 6):
            out._base, out._over = {key: out[key] for key in out}, {}  # noqa: SLF001
        return out


def _known(over: dict[K, V], base: dict[K, V], key: K) -> Any:
    found: Any = over.get(key)
    return base.get(key, _GONE) if found is None else found
