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
    written = document.text[span.start : span.end]
    match code:
        case "yaml/tab" if written.strip("\t ") == "":
            edit = TextEdit(span, written.replace("\t", "  "))
            yield subject.edit("Use spaces", edit, preferred=True)
        case "yaml/unquoted-colon" | "yaml/escape":
            found = _value(document, span) if code == "yaml/unquoted-colon" else None
            if found is not None:
                text = (
                    document.text[found.start : found.end].replace("\\", "\\\\").replace('"', '\\"')
                )
                yield subject.edit("Quote it", TextEdit(found, f'"{text}"'), preferred=True)
        case "yaml/unclosed-bracket" | "yaml/unclosed-quote":
            pass


def _value(document: Document, span: Span) -> Span | None:
    """The rest of the line in which an unquoted text has a colon too many."""
    line, _ = document.lines.position(span.start)
    start, end = document.lines.starts[line], document.lines.end(line)
    text = document.text[start:end]
    key = text.find(": ")
    if key < 0 or start + key + 2 > span.start:
        return None
    first = start + key + 2
    last = end
    comment = text.find(" #", key)
    if comment >= 0:
        last = start + comment
    value = document.text[first:last]
    lead = len(value) - len(value.lstrip(" \t"))
    return Span(first + lead, first + len(value.rstrip(" \t")))


RULE = Rule(YAML_CODES, check)
