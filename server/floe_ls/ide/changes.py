"""What is otherwise with one snapshot than with another, for one file: its values and its findings, and how these are
said in one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from floe_ls.chain.merge import Effective, dotted
from floe_ls.forms.document import Document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.mend import flow
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.rule import Rule
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.impact import Broken, Difference
from floe_ls.schema.meta import Severity
from floe_ls.text import Span

TOLD = frozenset({Severity.ERROR, Severity.WARNING})
LONGEST = 60
"""Characters of a value in one line."""
_MANY = 6
"""Items of two lists together, above which only what differs is named."""

Key = tuple[str, Span]
"""What makes two findings the same: the code, and the place."""


@dataclass(frozen=True)
class Judged:
    """One document as one snapshot sees it."""

    document: Document
    effective: Effective
    findings: Mapping[Key, Diagnostic]


def judged(
    document: Document,
    snapshot: Snapshot,
    effective: Effective,
    rules: Iterable[Rule],
    told: Iterable[Severity] = TOLD,
    place: Callable[[Span], Span] = lambda span: span,
) -> Judged:
    """`place` says where a span would be in the text that this one is compared with."""
    told = frozenset(told)
    found = diagnostics(snapshot, document, rules, mends=False)
    findings = {(d.code, place(d.span)): d for d in found if d.severity in told}
    return Judged(document, effective, findings)


def came(before: Judged, after: Judged) -> tuple[Broken, ...]:
    """The findings of the one that the other has not; turned round, those that go."""
    new = (found for key, found in after.findings.items() if key not in before.findings)
    return tuple(_broken(after.document, found) for found in new)


def _broken(document: Document, found: Diagnostic) -> Broken:
    line = document.lines.position(found.span.start)[0]
    decided = tuple((related.document.uri, related.span) for related in found.related)
    return Broken(found.code, found.severity.value, found.message, line, decided)


# --- in words


def before_and_after(change: Difference) -> tuple[str, str]:
    """Two values in one line each; of two long lists, what differs."""
    before, after = change.before, change.after
    if isinstance(before, list) and isinstance(after, list) and len(before) + len(after) > _MANY:
        lost = [value for value in before if value not in after]
        won = [value for value in after if value not in before]
        said = [f"without {shown(lost)}"] if lost else []
        said += [f"with {shown(won)}"] if won else []
        return (
            f"{len(before)} items",
            f"{len(after)} items, {', '.join(said) or 'in another order'}",
        )
    return shown(before, change.was), shown(after, change.now)


def shown(value: Any, there: bool = True) -> str:
    """A value in one line; a dash where there is none."""
    if not there:
        return "–"
    text = re.sub(r"\s*\n\s*", " ", flow(value))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def in_words(change: Difference) -> str:
    """`plugins.compute.type: duckdb → snowflake`"""
    was, now = before_and_after(change)
    return f"{dotted(change.path)}: {was} → {now}"


def plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
