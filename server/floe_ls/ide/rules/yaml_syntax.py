"""What is wrong with the text as YAML."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from floe_ls.forms.document import Document
from floe_ls.ide.model import Fix, Related, Tag
from floe_ls.ide.pages.yaml import YAML_CODES
from floe_ls.ide.rule import Finding, Rule, Subject
from floe_ls.syntax.problems import Problem
from floe_ls.text import Span, TextEdit


def check(subject: Subject) -> Iterator[Finding]:
    tree = subject.document.tree
    if tree.is_simple:
        return
    for problem in chain(tree.errors(), tree.references()):
        yield _finding(subject, problem)


def _finding(subject: Subject, problem: Problem) -> Finding:
    document = subject.document
    size = len(document.text)
    start = min(problem.start, size)
    span = Span(start, min(max(problem.end, start), size))
    related: tuple[Related, ...] = ()
    if problem.related is not None:
        a, b, message = problem.related
        related = (Related(document, Span(a, b), message),)
    tags = (Tag.UNNECESSARY,) if problem.code == "yaml/duplicate-key" else ()
    fixes = tuple(_fixes(subject, problem.code, span))
    return Finding(problem.code, span, problem.message, related, fixes, tags)


def _fixes(subject: Subject, code: str, span: Span) -> Iterator[Fix]:
    document = subject.document
    here = document.text[span.start : span.end]
    start = Span(span.start, span.start)
    match code:
        case "yaml/tab" if here.strip("\t ") == "":
            edit = TextEdit(span, here.replace("\t", "  "))
            yield subject.edit("Use spaces", edit, preferred=True)
        case "yaml/missing-colon" if "\n" not in here:
            yield subject.edit("Add a colon", TextEdit(Span(span.end, span.end), ":"))
        case "yaml/missing-comma":
            yield subject.edit("Add a comma", TextEdit(start, ", "), preferred=True)
        case "yaml/missing-dash":
            yield subject.edit("Add a dash", TextEdit(start, "- "), preferred=True)
        case "yaml/escape" if here.startswith("\\"):
            yield subject.edit("Double the backslash", TextEdit(start, "\\"), preferred=True)
        case "yaml/unknown-anchor" if here.startswith("*"):
            yield subject.edit("Quote it", TextEdit(span, f'"{here}"'), preferred=True)
        case "yaml/unquoted-colon":
            value = _value(document, span)
            if value is not None:
                yield subject.edit("Quote it", TextEdit(*value), preferred=True)


def _value(document: Document, span: Span) -> tuple[Span, str] | None:
    """The value of the line in which an unquoted text has a colon too many, and the same in quotes."""
    line, _ = document.lines.position(span.start)
    start, end = document.lines.starts[line], document.lines.end(line)
    text = document.text[start:end]
    key = text.find(": ")
    if key < 0 or start + key + 2 > span.start:
        return None
    comment = text.find(" #", key)
    value = text[key + 2 : comment if comment >= 0 else None]
    first = start + key + 2 + len(value) - len(value.lstrip(" \t"))
    value = value.strip(" \t")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return Span(first, first + len(value)), f'"{escaped}"'


RULE = Rule(YAML_CODES, check, alone=True)
