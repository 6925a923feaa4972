"""The blast radius of an edit: compares two snapshots that differ in one manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from floe_ls.chain.merge import Effective
from floe_ls.forms.document import Document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.rule import Rule
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.impact import Affected, Alike, Broken, Impact, alike, differences
from floe_ls.schema.meta import Severity

_TOLD = (Severity.ERROR, Severity.WARNING)


@dataclass
class Baseline:
    """How things were before an edit, kept while it goes on: each key compares with the same."""

    snapshot: Snapshot
    judged: dict[str, _Judged] = field(default_factory=dict)
    groups: tuple[tuple[object, ...], tuple[Alike, ...]] = ((), ())


def impact(baseline: Baseline, after: Snapshot, uri: str) -> Impact:
    """What becomes of the files that inherit from a manifest when the one snapshot becomes the other."""
    before = baseline.snapshot
    made_of = before.family, after.family, after.census.by_uri.get(uri), uri
    if baseline.groups[0] != made_of:
        baseline.groups = made_of, alike(after.census, dict.fromkeys(made_of[:2]), uri)
    affected: list[Affected] = []
    for group in baseline.groups[1]:
        first = group.first.uri
        then, now = before.documents.get(first), after.documents.get(first)
        if then is None or now is None:
            continue
        was = baseline.judged.get(first)
        if was is None or was.document is not then:
            was = baseline.judged[first] = _judged(before, then)
        found = _judged(after, now)
        new = tuple(
            _broken(now, found.findings[k]) for k in found.findings if k not in was.findings
        )
        gone = tuple(
            _broken(then, was.findings[k]) for k in was.findings if k not in found.findings
        )
        changes = differences(was.effective, found.effective)
        if changes or new or gone:
            affected.append(Affected(group.rows, changes, new, gone))
    rows = tuple(row for group in baseline.groups[1] for row in group.rows)
    return Impact(rows, tuple(affected))


@dataclass(frozen=True)
class _Judged:
    document: Document
    effective: Effective
    findings: Mapping[tuple[object, ...], Diagnostic]


def _judged(snapshot: Snapshot, document: Document) -> _Judged:
    return _Judged(document, snapshot.inherited(document), _findings(snapshot, document))


def _findings(snapshot: Snapshot, document: Document) -> Mapping[tuple[object, ...], Diagnostic]:
    """The errors and warnings that depend on layers above, by what makes them the same in two snapshots."""
    from floe_ls.ide.rules import RULES

    asked: list[Rule] = [rule for rule in RULES if not rule.alone]
    found = diagnostics(snapshot, document, asked)
    return {(d.code, d.span): d for d in found if d.severity in _TOLD}


def _broken(document: Document, found: Diagnostic) -> Broken:
    line = document.lines.position(found.span.start)[0]
    return Broken(found.code, found.severity.value, found.message, line)
