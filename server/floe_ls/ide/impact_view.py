"""The blast radius of an edit as a text for people, whose lines lead to the files that they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from floe_ls.forms.document import Kind
from floe_ls.ide.changes import in_words, plural
from floe_ls.mesh.census import Row
from floe_ls.mesh.impact import Affected, Broken, Difference, Impact

NAMES = 40
"""Files of one group that are named."""
_COLUMN = 40


@dataclass(frozen=True)
class Lead:
    """A line of the text, from 0, and the line of a file that it leads to."""

    line: int
    uri: str
    to: int


@dataclass(frozen=True)
class ImpactView:
    text: str
    leads: tuple[Lead, ...]


def impact_view(
    found: Impact, name: str, against: str, label: Callable[[str], str], names: int = NAMES
) -> ImpactView:
    """`label` is how people name a file by its URI; `against` is what the manifest is compared with, in words."""
    lines = [f"# {headline(found, name)}", f"# It is compared with {against}."]
    leads: list[Lead] = []
    common = common_changes(found)
    if common:
        lines += ["", f"# All {len(found.touched):,} get", "values:"]
        lines += (f"  {in_words(change)}" for change in common)
    for number, each in enumerate(found.affected):
        lines += ["", "---"] if number or common else [""]
        lines.append(f"# {what(each)}")
        if own := own_changes(each, common):
            lines += ["values:", *(f"  {in_words(change)}" for change in own)]
        for title, some in (("new", each.new), ("gone", each.gone)):
            lines += [f"{title}:"] if some else []
            for broken in some:
                leads.append(Lead(len(lines), each.rows[0].uri, broken.line))
                lines.append(f"  - {_said(broken)}")
        lines.append("files:")
        new = {row.uri: broken for row, broken in each.seen}
        for row in _first(each.rows, names):
            leads.append(Lead(len(lines), row.uri, _worst(new.get(row.uri, ()))))
            lines.append(f"{f'  - {row.name}':<{_COLUMN}} # {row.tier.value}, {label(row.uri)}")
        if len(each.rows) > names:
            lines.append(f"  # and {len(each.rows) - names:,} more")
    return ImpactView("\n".join(lines) + "\n", tuple(leads))


def common_changes(found: Impact) -> tuple[Difference, ...]:
    """The values that all files get, to be said once; none where there is but one group."""
    if len(found.affected) < 2:
        return ()
    first, *others = found.affected
    said = [{repr(change) for change in each.changes} for each in others]
    return tuple(c for c in first.changes if all(repr(c) in changes for changes in said))


def own_changes(each: Affected, common: Iterable[Difference]) -> tuple[Difference, ...]:
    """The values that not all files get."""
    said = {repr(change) for change in common}
    return tuple(change for change in each.changes if repr(change) not in said)


def headline(found: Impact, name: str) -> str:
    """`2 domains and 41 products inherit sales-domain: 5 change, 3 would break.`"""
    who = inheriting(found)
    if not who:
        return f"Nothing in this workspace inherits {name}."
    verb = "inherits" if len(found.inheriting) == 1 else "inherit"
    changed, broken = len(found.touched), len(found.broken)
    if not found.affected:
        return f"{who} {verb} {name}: nothing changes for them."
    change = f"{changed:,} change{'s' if changed == 1 else ''}"
    return f"{who} {verb} {name}: {change}, {broken:,} would break."


def inheriting(found: Impact) -> str:
    """`2 domains and 41 products`"""
    return who(found.inheriting)


def who(rows: Iterable[Row]) -> str:
    kinds = Counter("product" if row.kind is Kind.PRODUCT else "domain" for row in rows)
    return " and ".join(plural(number, kind) for kind, number in sorted(kinds.items()))


def what(each: Affected) -> str:
    files = plural(len(each.rows), "file")
    if each.breaks:
        return f"{files} would break"
    if each.changes:
        return f"{files} would get other values"
    return f"{files} would have other findings"


def _said(found: Broken) -> str:
    return f"{found.severity}: {' '.join(found.message.split())}  # {found.code}"


def _first(rows: Iterable[Row], most: int) -> list[Row]:
    """Manifests first."""
    return nsmallest(most, rows, key=lambda row: (row.kind is Kind.PRODUCT, row.uri))


def _worst(found: Iterable[Broken]) -> int:
    """The line of the first error, else of the first finding."""
    lines: Iterator[int] = (one.line for one in sorted(found, key=lambda one: not one.is_error))
    return next(lines, 0)
