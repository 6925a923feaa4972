"""What an unsaved edit of a manifest breaks in the files below it. Found when the author rests, not by the rule."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.forms.document import Document
from floe_ls.ide.decided import some
from floe_ls.ide.model import Diagnostic, Related
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.impact import Difference, Impact
from floe_ls.schema.meta import INFORMATION, Severity
from floe_ls.schema.shape import Path
from floe_ls.text import Span

BREAKS = Code(
    "impact/breaks",
    INFORMATION,
    "Files below this manifest would break by an edit that is not saved yet.",
    """\
While a manifest is edited, all files of the workspace that inherit from it are judged again, open or not, and compared
with how they were before. The message counts those that would have new errors and names the first; the lens on the
edited key, and `floe-ls impact`, list all of them with their values before and after.

Worth a look: an enterprise manifest that no longer approves what its domains chose.

```yaml
scope: enterprise
approved_plugins:
  compute: [snowflake]
```

Mend the files below first, or take the edit back. It is not said any more once the file is saved.
""",
    "R62",
)
_RELATED = 5
"""Broken files that are linked."""


def check(_: Subject) -> Iterator[Finding]:
    """Other files are looked at when there is time: see `breaks`."""
    yield from ()


def breaks(snapshot: Snapshot, document: Document, found: Impact) -> Diagnostic | None:
    """The finding on an edited manifest; None where nothing breaks by it."""
    broken = [each for each in found.affected if each.breaks]
    if not broken:
        return None
    rows = sorted(
        (row for each in broken for row in each.rows),
        key=lambda row: (row.kind != "manifest", row.uri),
    )
    inherit = len(found.inheriting)
    verb = "inherits" if inherit == 1 else "inherit"
    files = f"{inherit:,} file{'' if inherit == 1 else 's'} {verb} from this manifest"
    names = some([row.name for row in rows])
    message = (
        f"{files}, {len(found.changed):,} would change, and {len(rows):,} would break: {names}."
    )
    related: list[Related] = []
    seen = (seen for each in broken for seen in each.seen)
    for row, new in sorted(seen, key=lambda pair: (pair[0].kind != "manifest", pair[0].uri)):
        first = next(one for one in new if one.is_error)
        below = snapshot.documents.get(row.uri) if len(related) < _RELATED else None
        if below is not None:
            start = below.lines.starts[min(first.line, len(below.lines) - 1)]
            related.append(Related(below, Span(start, start), f"{row.name}: {first.message}"))
    changes = [change for each in broken for change in each.changes]
    span = _place(document, changes)
    return Diagnostic(span, BREAKS.slug, Severity.INFORMATION, message, tuple(related), (), ())


def _place(document: Document, changes: list[Difference]) -> Span:
    """The first changed value that the manifest itself states; else its first line."""
    for change in changes:
        path: Path = change.path
        while path:
            at = document.at(path)
            if at is not None:
                return at.key_span
            path = path[:-1]
    return Span(0, len(document.lines.line(0)))


RULE = Rule((BREAKS,), check, alone=True, kinds=frozenset())
