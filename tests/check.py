"""The only place where tests of rules and features call the code. Everything else is data."""

from __future__ import annotations

from fixture import World, labels, world
from floe_ls.chain.merge import dotted
from floe_ls.forms.document import Document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.snapshot import Snapshot
from floe_ls.text import apply_edits


def check(fixture: str, *, hints: bool = False, only: str = "", **options: object) -> World:
    """The diagnostics of the files are exactly the ones marked in them. `only` looks at codes that begin so."""
    here = world(fixture, **options)  # type: ignore[arg-type]
    for header, document, marked in here.files:
        if document.ref:
            continue
        wanted = labels(marked)
        with_hints = hints or any(label.severity == "hint" for label in wanted)
        found = [
            d
            for d in diagnostics(here.snapshot, document)
            if d.code.startswith(only) and (with_hints or d.severity != "hint")
        ]
        left = list(found)
        missing = []
        for label in wanted:
            match = next((d for d in left if _matches(document, d, label)), None)
            if match is None:
                missing.append(label)
            else:
                left.remove(match)
        shown = "\n".join(f"  {show(document, d)}" for d in found)
        assert (missing, left) == ([], []), (
            f"{header or document.name}\nnot found: {missing}\nnot marked: "
            f"{[show(document, d) for d in left]}\nall found:\n{shown}"
        )
    return here


def _matches(document: Document, d: Diagnostic, label: object) -> bool:
    line, column = document.lines.position(d.span.start)
    end_line, end = document.lines.position(d.span.end)
    end = end if end_line == line else len(document.lines.line(line))
    return (
        (line, column, max(end, column + 1)) == (label.line, label.start, label.end)  # type: ignore[attr-defined]
        and (d.severity, d.code) == (label.severity, label.code)  # type: ignore[attr-defined]
        and (label.message is None or d.message == label.message)  # type: ignore[attr-defined]
    )


def show(document: Document, d: Diagnostic) -> str:
    line, column = document.lines.position(d.span.start)
    return f"{line}:{column} `{document.text[d.span.start : d.span.end]}` {d.severity}[{d.code}]: {d.message}"


def found(fixture: str, **options: object) -> list[Diagnostic]:
    """The diagnostics of the file that holds the cursor, or of the first file."""
    here = world(fixture, **options)  # type: ignore[arg-type]
    return diagnostics(here.snapshot, here.document)


def fixed(fixture: str, title: str, **options: object) -> str:
    """The text of the (first, or cursor's) file after the fix of that title; other files' edits follow under
    their names."""
    here = world(fixture, **options)  # type: ignore[arg-type]
    fixes = [f for d in diagnostics(here.snapshot, here.document) for f in d.fixes]
    fix = next((f for f in fixes if f.title == title), None)
    assert fix is not None, f"no fix {title!r} among {[f.title for f in fixes]}"
    out = []
    by_document: dict[str, list] = {}
    for document, edit in fix.edits:
        by_document.setdefault(document.uri, []).append(edit)
    for uri, edits in by_document.items():
        text = apply_edits(here.snapshot.documents[uri].text, edits)
        out.append(text if uri == here.uri else f"#- {uri.rpartition('/w/')[2]}\n{text}")
    return "".join(out)


def effective(fixture: str, **options: object) -> str:
    """The effective configuration of the (first, or cursor's) file: a line for each leaf."""
    here = world(fixture, **options)  # type: ignore[arg-type]
    return "\n".join(
        f"{dotted(s.path)} = {s.value!r}  <- {s.winner.layer.name if s.winner else 'default'} ({s.rule})"
        for s in here.snapshot.effective(here.document).settings
    )


def snapshot_of(fixture: str, **options: object) -> Snapshot:
    return world(fixture, **options).snapshot  # type: ignore[arg-type]
