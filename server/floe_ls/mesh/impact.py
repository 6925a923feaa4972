"""What an edit of a manifest does to those below it: which values they get otherwise, and what breaks, by name.

Products that a manifest's layers cannot tell apart are judged once, so that a domain of hundreds costs little more
than a domain of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from floe_ls.chain.merge import Effective
from floe_ls.forms.document import Kind
from floe_ls.mesh.census import Census, Family, Row
from floe_ls.schema.meta import Severity
from floe_ls.schema.shape import Path
from floe_ls.text import Span


@dataclass(frozen=True)
class Difference:
    """A leaf of an effective configuration that is another one now. What is absent is None."""

    path: Path
    before: Any
    after: Any
    was: bool = True
    """Whether there was a value before."""
    now: bool = True


def differences(before: Effective, after: Effective) -> tuple[Difference, ...]:
    """In the order of the configuration, what is gone at the end."""
    old, new = before.by_path, after.by_path
    out: list[Difference] = []
    for path, setting in new.items():
        known = old.get(path)
        if known is None:
            out.append(Difference(path, None, setting.value, was=False))
        elif known.value != setting.value:
            out.append(Difference(path, known.value, setting.value))
    out += (Difference(p, s.value, None, now=False) for p, s in old.items() if p not in new)
    return tuple(out)


@dataclass(frozen=True)
class Broken:
    """A finding that a file has now and had not before."""

    code: str
    severity: str
    message: str
    line: int
    decided: tuple[tuple[str, Span], ...] = field(default=(), repr=False, compare=False)
    """The places, by URI, where that was decided."""

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR


@dataclass(frozen=True)
class Affected:
    """Files below the edited one of which one answer is true."""

    rows: tuple[Row, ...] = field(repr=False)
    changes: tuple[Difference, ...]
    new: tuple[Broken, ...] = ()
    """Said of the first of the files; `said_of` says it of another."""
    gone: tuple[Broken, ...] = ()
    seen: tuple[tuple[Row, tuple[Broken, ...]], ...] = field(default=(), repr=False)
    """The files that were looked at themselves, with what is new there. The others are like one of them."""

    @property
    def breaks(self) -> bool:
        return any(found.is_error for found in self.new)

    def new_of(self, row: Row) -> tuple[Broken, ...]:
        """What is new in one of the files: of one that was not looked at itself, as in the first, with its own name."""
        own = next((new for seen, new in self.seen if seen is row), None)
        if own is not None:
            return own
        return tuple(self.said_of(row, found) for found in self.new)

    def said_of(self, row: Row, found: Broken) -> Broken:
        first = self.rows[0]
        if row is first or f"`{first.name}`" not in found.message:
            return found
        return replace(found, message=found.message.replace(f"`{first.name}`", f"`{row.name}`"))


@dataclass(frozen=True)
class Impact:
    """All that inherit from the edited file, and what becomes of those to whom something happens."""

    inheriting: tuple[Row, ...]
    affected: tuple[Affected, ...]

    @property
    def broken(self) -> tuple[Row, ...]:
        return tuple(row for each in self.affected if each.breaks for row in each.rows)

    @property
    def changed(self) -> tuple[Row, ...]:
        return tuple(row for each in self.affected if each.changes for row in each.rows)

    @property
    def touched(self) -> tuple[Row, ...]:
        """The files to which something happens, were it only a finding."""
        return tuple(row for each in self.affected for row in each.rows)

    @property
    def products(self) -> int:
        return sum(row.kind is Kind.PRODUCT for row in self.inheriting)


@dataclass(frozen=True)
class Alike:
    """Files that one answer is true of. The first stands for all."""

    rows: tuple[Row, ...]

    @property
    def first(self) -> Row:
        return self.rows[0]


def alike(censuses: Iterable[Census], families: Iterable[Family], uri: str) -> tuple[Alike, ...]:
    """The files that inherit, in at least one of the families, from a manifest: manifests one by one, products by what
    layers above them can tell apart, in any of the censuses."""
    steps = alike_steps(censuses, families, uri)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            found: tuple[Alike, ...] = done.value
            return found


_STEP = 500
"""Files that are sorted into groups in one step."""


def alike_steps(
    censuses: Iterable[Census], families: Iterable[Family], uri: str
) -> Generator[None, None, tuple[Alike, ...]]:
    """The same, giving way again and again. The files are those of the last census."""
    censuses, families = tuple(censuses), tuple(families)
    census = censuses[-1]
    groups: defaultdict[tuple[object, ...], list[Row]] = defaultdict(list)
    seen: set[str] = set()
    for family in families:
        for found in family.below(uri):
            row = census.by_uri.get(found) if found not in seen else None
            seen.add(found)
            if row is None:
                continue
            groups[_likeness(censuses, families, row)].append(row)
            if len(seen) % _STEP == 0:
                yield
    return tuple(Alike(tuple(rows)) for rows in groups.values())


def _likeness(
    censuses: tuple[Census, ...], families: tuple[Family, ...], row: Row
) -> tuple[object, ...]:
    if row.kind is Kind.MANIFEST or row.form == "":
        return (row.uri,)
    parents = [family.parents.get(row.uri, "") for family in families]
    # Who is on a list no more is not like those who never were.
    listed = [_listed(census, parent, row.name) for census in censuses for parent in parents]
    return (*parents, row.form, row.ref.partition(":")[0], *listed)


def _listed(census: Census, parent: str, name: str) -> bool | None:
    row = census.by_uri.get(parent)
    return None if row is None or row.approves is None else name in row.approves
