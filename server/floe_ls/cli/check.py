"""`floe-ls check`: the editor's findings for a tree, in four formats."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import floe_ls
from floe_ls.cli.checked import Checked, Checking, Place, Report
from floe_ls.cli.words import BLUE, BOLD, CYAN, DIM, GREEN, RED, YELLOW, Style
from floe_ls.cli.workspace import Progress, Workspace
from floe_ls.forms.document import Kind
from floe_ls.ide.diagnostics import CODES
from floe_ls.schema.meta import Severity

_OFTEN = 0.2
"""Seconds after which what was printed is handed on."""


def check(paths: Sequence[str], form: str, *, offline: bool = False) -> int:
    """Prints what is wrong; 1 where something is an error, else 0. Raises Refused for a path that is not there."""
    progress = Progress()
    counts = _Counts()
    checked = counts.counting(Checking(Workspace(offline), progress).files(paths))
    printer = {"text": _text, "json": _json, "sarif": _sarif, "github": _github}[form]
    shown = time.monotonic()
    for part in printer(checked, counts):
        progress.clear()
        sys.stdout.write(part)
        if (
            time.monotonic() - shown > _OFTEN
        ):  # who reads it through a pipe need not wait for the end
            sys.stdout.flush()
            shown = time.monotonic()
    progress.clear()
    sys.stdout.flush()
    return int(counts.errors > 0)


class _Counts:
    """What passed by so far."""

    def __init__(self) -> None:
        self.files = self.errors = self.warnings = self.hints = 0

    def counting(self, checked: Iterable[Checked]) -> Iterator[Checked]:
        for each in checked:
            if each.kind == Kind.OTHER:  # a manifest of something else, such as Kubernetes
                continue
            self.files += 1
            for report in each.reports:
                self.errors += report.severity is Severity.ERROR
                self.warnings += report.severity is Severity.WARNING
                self.hints += report.severity is Severity.HINT
            yield each


# --- json: the form is fixed (lines and characters from 0, characters in UTF-16 units)


def _json(checked: Iterable[Checked], counts: _Counts) -> Iterator[str]:
    """One object, a file on each line, so that it can be written as files are done."""
    start = between = '{\n"files": [\n'
    for file in checked:
        told = {
            "path": file.label,
            "kind": file.kind,
            "dialect": file.dialect,
            "diagnostics": [_diagnostic(report) for report in file.reports],
        }
        yield between + json.dumps(told, ensure_ascii=False)
        between = ",\n"
    summary = {"files": counts.files, "errors": counts.errors, "warnings": counts.warnings}
    yield "\n" if counts.files else start
    yield f'],\n"summary": {json.dumps(summary)}\n}}\n'


def _diagnostic(report: Report) -> dict[str, Any]:
    return {
        "code": report.code,
        "severity": report.severity.value,
        "message": report.message,
        "range": _range(report.place),
        "related": [_related(place) for place in report.related],
        "href": CODES[report.code].href,
    }


def _related(place: Place) -> dict[str, Any]:
    where = {"ref": place.ref} if place.ref else {"path": place.label}
    return {**where, "range": _range(place), "message": place.message}


def _range(place: Place) -> dict[str, Any]:
    return {
        "start": {"line": place.start[0], "character": place.start[1]},
        "end": {"line": place.end[0], "character": place.end[1]},
    }


# --- text


_COLOUR = {
    Severity.ERROR: RED,
    Severity.WARNING: YELLOW,
    Severity.INFORMATION: BLUE,
    Severity.HINT: CYAN,
}


def _text(checked: Iterable[Checked], counts: _Counts) -> Iterator[str]:
    style = Style()
    for file in checked:
        for report in file.reports:
            if report.severity is not Severity.HINT:
                yield _report(report, style)
    errors, warnings = counts.errors, counts.warnings
    files = _plural(counts.files, "file")
    if not counts.files:
        yield "No manifests or data products here.\n"
    elif not errors and not warnings:
        yield f"{style('No errors', GREEN, BOLD)} in {files}.\n"
    else:
        said = []
        if errors:
            said.append(style(_plural(errors, "error"), RED, BOLD))
        if warnings:
            said.append(style(_plural(warnings, "warning"), YELLOW, BOLD))
        yield f"{' and '.join(said)} in {files}.\n"
    if counts.hints:
        them = "it" if counts.hints == 1 else "them"
        yield style(f"{_plural(counts.hints, 'hint')} not shown; --format json has {them}.\n", DIM)


def _report(report: Report, style: Style) -> str:
    """Place, code and message, the line with the range underlined, what decided, and what would mend it."""
    colour = _COLOUR[report.severity]
    line, column = report.place.start
    head = f"{style(f'{report.place.label}:{line + 1}:{column + 1}', BOLD)}: "
    head += f"{style(report.severity.value, colour, BOLD)}[{report.code}] {report.message}\n"
    body = _excerpt(report.place, style, colour)
    for place in report.related:
        at, col = place.start
        body += f"  {style('→', DIM)} {place.name}:{at + 1}:{col + 1}: {place.message}\n"
        body += _excerpt(place, style, CYAN)
    if report.fixes:
        body += f"  {style('fix:', GREEN)} {' | '.join(report.fixes)}\n"
    return head + body + "\n"


def _excerpt(place: Place, style: Style, colour: int) -> str:
    text, start, end = place.text, *place.marked
    lead = "".join("\t" if c == "\t" else " " * _cells(c) for c in text[:start])
    marks = "^" * max(sum(_cells(c) for c in text[start:end]), 1)
    number = f"{place.start[0] + 1:>5}"
    return f"{style(f'{number} |', DIM)} {text}\n{style('      |', DIM)} {lead}{style(marks, colour, BOLD)}\n"


def _cells(character: str) -> int:
    """How wide a terminal draws a character."""
    import unicodedata

    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


# --- github: annotations of a workflow run


def _github(checked: Iterable[Checked], _: _Counts) -> Iterator[str]:
    names = {Severity.ERROR: "error", Severity.WARNING: "warning"}
    for file in checked:
        for report in file.reports:
            if report.severity is Severity.HINT:
                continue
            (line, column), (end_line, end) = report.place.start, report.place.end
            kind = names.get(report.severity, "notice")
            place = f"file={_property(file.label)},line={line + 1},endLine={end_line + 1}"
            if line == end_line:
                place += f",col={column + 1},endColumn={end + 1}"
            message = report.message + "".join(
                f"\n{r.name}:{r.start[0] + 1}: {r.message}" for r in report.related
            )
            yield f"::{kind} {place},title={_property(report.code)}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# --- sarif 2.1.0


def _sarif(checked: Iterable[Checked], _: _Counts) -> Iterator[str]:
    """One object, a result on each line, so that it can be written as files are done. The rules that were broken come
    at its end, in the order in which they were."""
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning"}
    used: dict[str, int] = {}
    start = '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{'
    between = start + '"columnKind": "utf16CodeUnits", "results": [\n'
    for report in (report for file in checked for report in file.reports):
        result = {
            "ruleId": report.code,
            "ruleIndex": used.setdefault(report.code, len(used)),
            "level": levels.get(report.severity, "note"),
            "message": {"text": report.message},
            "locations": [{"physicalLocation": _physical(report.place)}],
            "relatedLocations": [
                {"physicalLocation": _physical(place), "message": {"text": place.message}}
                for place in report.related
            ],
        }
        yield between + json.dumps(result)
        between = ",\n"
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES[code].summary},
            "helpUri": CODES[code].href,
        }
        for code in used
    ]
    driver = {
        "name": "floe-language-server",
        "version": floe_ls.__version__,
        "rules": rules,
    }
    yield "" if used else between
    yield f'\n], "tool": {json.dumps({"driver": driver})}}}]}}\n'


def _physical(place: Place) -> dict[str, Any]:
    from urllib.parse import quote

    (line, column), (end_line, end) = place.start, place.end
    return {
        "artifactLocation": {"uri": place.ref or quote(place.label)},
        "region": {
            "startLine": line + 1,
            "startColumn": column + 1,
            "endLine": end_line + 1,
            "endColumn": end + 1,
        },
    }
