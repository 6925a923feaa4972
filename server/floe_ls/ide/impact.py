"""The blast radius of an edit: compares two snapshots that differ in one manifest."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace

from floe_ls.ide.changes import Judged, came, judged
from floe_ls.ide.rule import Rule
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.census import Row
from floe_ls.mesh.impact import Affected, Alike, Broken, Impact, alike_steps, differences

Steps = Generator[None, None, Impact]
"""Gives way again and again; returns the answer."""


@dataclass
class Baseline:
    """How things were before an edit, kept while it goes on: each key compares with the same."""

    snapshot: Snapshot
    judged: dict[str, tuple[Row | None, Judged]] = field(default_factory=dict)
    """With its row, where nobody has the file open: while that is the same, the file need not be read again."""
    groups: tuple[tuple[object, ...], tuple[Alike, ...]] = ((), ())


def impact(baseline: Baseline, after: Snapshot, uri: str) -> Impact:
    """What becomes of the files that inherit from a manifest when the one snapshot becomes the other."""
    steps = impact_steps(baseline, after, uri)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            found: Impact = done.value
            return found


def impact_steps(baseline: Baseline, after: Snapshot, uri: str) -> Steps:
    """The same in steps, each as long as it takes to look at one file."""
    rules = _rules()
    affected: list[Affected] = []
    for group in (yield from _groups(baseline, after, uri)):
        first = group.first.uri
        was = yield from _before(baseline, first, rules)
        if was is None:
            continue
        row = after.files.closed.get(first)
        same = row is not None and row is baseline.judged[first][0]
        now = was.document if same else after.documents.get(first)
        if now is None:
            continue
        found = judged(now, after, after.inherited(now), rules)
        new, gone = came(was, found), came(found, was)
        changes = differences(was.effective, found.effective)
        if changes or new or gone:
            affected.append(Affected(group.rows, changes, new, gone, ((group.first, new),)))
        yield
    rows = tuple(row for group in baseline.groups[1] for row in group.rows)
    return Impact(rows, _together(affected))


def looked_at(baseline: Baseline, after: Snapshot, found: Impact, most: int) -> Impact:
    """The same with up to so many of the files that break looked at themselves, so that each has its own lines."""
    rules = _rules()
    out: list[Affected] = []
    for each in found.affected:
        seen = {row.uri for row, _ in each.seen}
        more: list[tuple[Row, tuple[Broken, ...]]] = []
        for row in each.rows if each.breaks else ():
            if most <= 0 or row.uri in seen:
                continue
            then, now = (s.documents.get(row.uri) for s in (baseline.snapshot, after))
            if then is not None and now is not None:
                most -= 1
                was = judged(then, baseline.snapshot, baseline.snapshot.inherited(then), rules)
                more.append((row, came(was, judged(now, after, after.inherited(now), rules))))
        out.append(replace(each, seen=(*each.seen, *more)))
    return Impact(found.inheriting, tuple(out))


def prepared(baseline: Baseline, uri: str) -> Generator[None, None, None]:
    """Makes ready in steps what `impact` needs of the time before the edit."""
    rules = _rules()
    for group in (yield from _groups(baseline, baseline.snapshot, uri)):
        yield from _before(baseline, group.first.uri, rules)


def _before(
    baseline: Baseline, uri: str, rules: list[Rule]
) -> Generator[None, None, Judged | None]:
    """How a file was before the edit; None where it is not known any more."""
    before = baseline.snapshot
    row = before.files.closed.get(uri)
    known = baseline.judged.get(uri)
    if known is not None and row is not None and row is known[0]:
        return known[1]
    then = before.documents.get(uri)
    if then is None:
        return None
    if known is None or known[1].document is not then:
        known = row, judged(then, before, before.inherited(then), rules)
        baseline.judged[uri] = known
        yield
    return known[1]


def _groups(
    baseline: Baseline, after: Snapshot, uri: str
) -> Generator[None, None, tuple[Alike, ...]]:
    before = baseline.snapshot
    made_of = before.family, after.family, after.census.by_uri.get(uri), uri
    if baseline.groups[0] != made_of:
        yield
        censuses = dict.fromkeys((before.census, after.census))
        groups = yield from alike_steps(censuses, dict.fromkeys(made_of[:2]), uri)
        baseline.groups = made_of, groups
    return baseline.groups[1]


def _rules() -> list[Rule]:
    """Those whose findings depend on layers above."""
    from floe_ls.ide.rules import RULES

    return [rule for rule in RULES if not rule.alone]


def _together(affected: Iterable[Affected]) -> tuple[Affected, ...]:
    """Files of which one answer is true, in one; those that break first."""
    same: dict[tuple[object, ...], list[Affected]] = {}
    for each in affected:
        name = f"`{each.rows[0].name}`"
        new, gone = (
            tuple((found.code, found.severity, found.message.replace(name, "`")) for found in some)
            for some in (each.new, each.gone)
        )
        same.setdefault((repr(each.changes), new, gone), []).append(each)
    out = [
        Affected(
            tuple(row for each in group for row in each.rows),
            group[0].changes,
            group[0].new,
            group[0].gone,
            tuple(seen for each in group for seen in each.seen),
        )
        for group in same.values()
    ]
    return tuple(sorted(out, key=lambda each: not each.breaks))
