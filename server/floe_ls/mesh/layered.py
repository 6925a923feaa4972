"""A mapping that is never changed: what differs from a large base is kept beside it, so that a change costs little.

Values are never None.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Any, TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")

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
        found = self._over.get(key)
        if found is None:
            return self._base[key]
        if found is _GONE:
            raise KeyError(key)
        return found

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | T) -> V | T: ...
    def get(self, key: K, /, default: Any = None) -> Any:
        found = self._over.get(key)
        if found is None:
            return self._base.get(key, default)
        return default if found is _GONE else found

    def __contains__(self, key: object) -> bool:
        return self.get(key) is not None  # type: ignore[arg-type]

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[K]:
        return iter(self._whole())

    def values(self) -> ValuesView[V]:
        return self._whole().values()

    def items(self) -> ItemsView[K, V]:
        return self._whole().items()

    def changed(self, new: Iterable[tuple[K, V]] = (), gone: Iterable[K] = ()) -> Layered[K, V]:
        """One with these put in, and those taken out."""
        out: Layered[K, V] = Layered.__new__(Layered)
        over = self._over.copy()  # before the base: see `_whole`
        out._base = self._base
        size = self._size
        for key in gone:
            if _known(over, self._base, key) is not _GONE:
                size -= 1
                over[key] = _GONE
        for key, value in new:
            if _known(over, self._base, key) is _GONE:
                size += 1
            over[key] = value
        out._over, out._size = over, size
        if len(over) > max(_MOST, len(self._base) >> 6):
            out._whole()
        return out

    def _whole(self) -> dict[K, V]:
        """All in one: it says the same, so nobody sees the change; nor does another thread, since whoever reads both
        looks at what differs before the base, which is replaced first."""
        over, base = self._over, self._base
        if not over:
            return self._base
        whole = base.copy()
        whole.update(over)
        for key, value in over.items():
            if value is _GONE:
                whole.pop(key, None)
        self._base = whole
        self._over = {}
        return whole


def _known(over: dict[K, V], base: dict[K, V], key: K) -> Any:
    found: Any = over.get(key)
    return base.get(key, _GONE) if found is None else found
