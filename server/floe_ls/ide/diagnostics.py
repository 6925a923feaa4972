"""Runs every rule over one document, and applies the settings and comments that silence findings."""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from typing import Any, NamedTuple

from floe_ls.forms.document import Document
from floe_ls.forms.kept import common
from floe_ls.forms.tree import key_of
from floe_ls.ide.judgement import Bundle, Bundles, Slip, plain_finding
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.rule import IDENTITY, Code, Finding, Mend, Rule, Subject
from floe_ls.ide.rules import RULES
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.meta import Severity
from floe_ls.schema.shape import Shape
from floe_ls.syntax.nodes import Collection, Node
from floe_ls.text import Span

log = logging.getLogger(__name__)

LIMIT = 1_000
"""Findings shown of one document: nobody reads more, and an editor chokes on them."""

CODES: dict[str, Code] = {code.slug: code for rule in RULES for code in rule.codes}

MENDS: dict[str, list[Mend]] = {
    slug: [rule.mends[slug] for rule in RULES if slug in rule.mends]
    for rule in RULES
    for slug in rule.mends
}

Template = tuple[str, ...]
"""A path with `*` for each key or index that may be any."""

_IGNORE = re.compile(r"#\s*floe-ls:\s*ignore\[([^\]\n]*)\]")
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFORMATION: 2, Severity.HINT: 3}


@dataclass(frozen=True)
class Shown:
    """The findings of a document for who shows them after every key. Those in an entry of a long list are a bundle,
    which is the same object as the last time if the entry is."""

    loose: list[Diagnostic]
    """In the order of the text."""
    bundles: Bundles
    """Likewise. No loose one stands between the findings of a bundle."""

    def flat(self) -> list[Diagnostic]:
        """All of them, in the order of the text."""
        out = [*self.loose]
        for at, bundle in self.bundles:
            out += (each._replace(span=each.span.shifted(at)) for each in bundle.items)
        return sorted(out, key=_place)


def diagnostics(
    snapshot: Snapshot,
    document: Document,
    asked: Iterable[Rule] = RULES,
    *,
    mends: bool = True,
) -> list[Diagnostic]:
    """The findings of a document, in the order of the text; of all rules, or of those that are asked.

    Without `mends` some have no fixes: making them costs more than finding what they mend.
    """
    inquiry = _Inquiry(Subject(snapshot, document, mends))
    inquiry.ask(asked)
    return _limited(sorted(inquiry.found.values(), key=_place))


def shown(snapshot: Snapshot, document: Document, also: Iterable[Diagnostic] = ()) -> Shown:
    """What `diagnostics` finds without mends, and more that was found otherwise. It is kept from one version to the
    next as far as it can be."""
    bundles: Bundles = []
    inquiry = _Inquiry(Subject(snapshot, document, mends=False, bundles=bundles))
    inquiry.ask_again()
    inquiry.found.update(((each.code, each.span, each.message), each) for each in also)
    bundles = inquiry.undisturbed(bundles)
    ordered = sorted(inquiry.found.values(), key=_place)
    found = Shown(ordered, bundles)
    if len(ordered) + sum(len(bundle.items) for _, bundle in bundles) > LIMIT:
        return Shown(_limited(found.flat()), [])
    return found


def _limited(ordered: list[Diagnostic]) -> list[Diagnostic]:
    if len(ordered) <= LIMIT:
        return ordered
    worst = sorted(ordered, key=lambda d: _RANK[d.severity])[:LIMIT]
    return sorted(worst, key=_place)


class _Plan(NamedTuple):
    """Which rules to ask, and which to spare, after an edit at a path."""

    touched: Template
    silent: frozenset[Rule]
    """Rules that found nothing before it."""
    spared: frozenset[Rule]
    asked: tuple[Rule, ...]


class _Asked(NamedTuple):
    """What is known of the last time when all rules were asked about a document."""

    seal: tuple[object, ...]
    root: Node | None
    silent: frozenset[Rule]
    plan: _Plan


_EVERYTHING = _Plan((), frozenset(), frozenset(), RULES)


def _plan(silent: frozenset[Rule], touched: Template, shape: Shape) -> _Plan:
    spared = frozenset(rule for rule in silent if not _looks_at(rule, shape, touched))
    return _Plan(touched, silent, spared, tuple(rule for rule in RULES if rule not in spared))


def _looks_at(rule: Rule, shape: Shape, touched: Template) -> bool:
    """Whether a rule looks at anything at a path, above it or below it."""
    paths = (shape.role_path(role) for role in (*IDENTITY, *(rule.reads or ())))
    return any(p[: len(touched)] == touched[: len(p)] for p in paths if p is not None)


def _touched(memo: dict[Any, Any], was: Node | None, now: Node | None, shape: Shape) -> Template:
    """Where two versions of a node differ: the path of the shape of all that does, empty for the whole."""
    here: Shape = shape
    while isinstance(was, Collection) and isinstance(now, Collection) and type(was) is type(now):
        first, last = common(memo, was.entries, now.entries)
        if not first + last + 1 == len(was.entries) == len(now.entries):
            break
        one, other = was.entries[first], now.entries[first]
        key = key_of(other)
        if key_of(one) != key or type(one) is not type(other):
            break
        child = here.child(key if key is not None else first)
        if child is None or here.kind == "union":
            break
        here, was, now = child, one.value, other.value
    return here.path


class _Inquiry:
    """What rules find in one document, less what settings and comments silence."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.document = document = subject.document
        self.rules = subject.snapshot.settings_for(document.uri).rules
        self.silenced = _silenced(document)
        self.broken: set[int] = set()
        """Lines: what a broken one seems to say is not what its author means."""
        self.found: dict[tuple[str, Span, str], Diagnostic] = {}

    def ask(self, asked: Iterable[Rule]) -> frozenset[Rule]:
        """Takes what rules find. The rules that found nothing."""
        subject, kind, ours = self.subject, self.document.kind, self.document.is_ours
        found: list[Finding] = []
        silent: list[Rule] = []
        for rule in asked:
            if (ours or rule.any_file) and (rule.kinds is None or kind in rule.kinds):
                more = _findings(rule, subject)
                if more:
                    found += more
                elif rule.reads is not None:
                    silent.append(rule)
        self.broken.update(
            self.document.lines.line_at(each.span.start) for each in found if each.code in _BREAKING
        )
        for each in found:
            self.take(each)
        return frozenset(silent)

    def ask_again(self) -> None:
        """Asks all rules, but for those that found nothing the last time in what is still the same."""
        document, snapshot = self.document, self.subject.snapshot
        kept, root = snapshot.beside(document.uri), document.root.node
        seal = document.kind, document.dialect, document.tier
        known: _Asked | None = kept.get("asked")
        plan = _EVERYTHING
        shape = snapshot.shapes.get(document.kind)
        if known is not None and known.seal == seal and shape is not None:
            plan = known.plan
            touched = _touched(document.memo, known.root, root, shape)
            if touched != plan.touched or known.silent != plan.silent:
                plan = _plan(known.silent, touched, shape)
        silent = self.ask(plan.asked) | plan.spared
        kept["asked"] = _Asked(seal, root, silent, plan)

    def take(self, finding: Finding, known: bool = False) -> None:
        """One more; of two that say the same the first counts, or, if it is `known`, the last."""
        slug, span, message, related, fixes, tags, severity = finding
        code = CODES[slug]
        broken, silenced = self.broken, self.silenced
        breakable = broken and slug.startswith("schema/")
        if breakable and self.document.lines.line_at(span.start) in broken:
            return
        severity = severity or code.severity[self.document.dialect]
        if self.rules:
            severity = _configured(code, severity, self.rules)
        if severity is None:
            return
        if silenced and not code.fixed:
            line = self.document.lines.line_at(span.start)
            if slug in silenced.get(line, ()):
                return
        key = slug, span, message
        if known or key not in self.found:
            self.found[key] = Diagnostic(span, slug, severity, message, related, fixes, tags)

    def undisturbed(self, bundles: Bundles) -> Bundles:
        """The bundles among which nothing else stands, and of which nothing is silenced; the others are taken apart."""
        if not bundles:
            return bundles
        bundles.sort(key=_offset)
        for _, bundle in bundles:
            if bundle.rules is not self.rules:
                bundle.rules = self.rules
                bundle.items = _items(bundle.slips, self.rules)
        bundles = [each for each in bundles if each[1].items]
        offsets = [*map(_offset, bundles)]
        apart: set[int] = set()
        for each in self.found.values():
            start = each.span.start
            index = bisect_right(offsets, start) - 1
            if index >= 0 and start <= offsets[index] + bundles[index][1].reach:
                apart.add(index)
        lines = self.document.lines
        for line in self.broken.union(self.silenced):
            first = bisect_right(offsets, lines.start(line)) - 1
            apart.update(range(max(first, 0), bisect_right(offsets, lines.end(line))))
        if not apart:
            return bundles
        for index in apart:
            at, bundle = bundles[index]
            for more, slip in bundle.slips:
                self.take(plain_finding(at + more, slip), known=True)
        return [each for index, each in enumerate(bundles) if index not in apart]


def _items(slips: Iterable[tuple[int, Slip]], rules: Lookup[str, str]) -> tuple[Diagnostic, ...]:
    """What a bundle shows, relative to its entry."""
    found: dict[tuple[str, Span, str], Diagnostic] = {}
    for at, slip in slips:
        span = Span(at + slip.start, at + slip.end)
        severity = _configured(CODES[slip.code], slip.severity, rules)
        key = slip.code, span, slip.message
        if severity is not None and key not in found:
            found[key] = Diagnostic(span, slip.code, severity, slip.message, tags=slip.tags)
    return tuple(sorted(found.values(), key=_place))


def _offset(bundle: tuple[int, Bundle]) -> int:
    return bundle[0]


def _place(found: Diagnostic) -> tuple[Span, int, str]:
    return found.span, _RANK[found.severity], found.code


_HARMLESS = frozenset({"yaml/ambiguous-scalar", "yaml/duplicate-key", "yaml/unknown-anchor"})
_BREAKING = frozenset(s for s in CODES if s.startswith("yaml/") and s not in _HARMLESS)
"""What says that its line is broken."""


def _findings(rule: Rule, subject: Subject) -> list[Finding]:
    found: list[Finding] = []
    try:
        found += rule.check(subject)
    except Exception:
        # One broken rule must not hide what the others found.
        log.exception("%s failed on %s", rule.check.__module__, subject.document.uri)
    if not subject.mends:
        return found
    return [_mended(each, subject) if each.code in MENDS else each for each in found]


def _mended(finding: Finding, subject: Subject) -> Finding:
    """A finding with the fixes that other rules have for it."""
    try:
        more = [fix for mend in MENDS[finding.code] for fix in mend(subject, finding)]
    except Exception:
        log.exception("a fix of %s failed on %s", finding.code, subject.document.uri)
        return finding
    return finding._replace(fixes=(*finding.fixes, *more))


def _configured(code: Code, severity: Severity | None, rules: Lookup[str, str]) -> Severity | None:
    wanted = rules.get(code.slug)
    if wanted is None or severity is None:
        return severity
    if wanted == "off":
        return severity if code.fixed else None
    asked = Severity(wanted)
    return severity if code.fixed and _RANK[asked] > _RANK[severity] else asked


def _silenced(document: Document) -> dict[int, set[str]]:
    """The codes that comments silence, by line: a comment speaks of its own line, or, when it stands alone, of
    the next line that holds something."""
    if not any(word == "floe-ls:" for _, word in document.tree.rare):
        return {}
    text = document.text
    out: dict[int, set[str]] = {}
    lines = document.lines
    for match in _IGNORE.finditer(text):
        codes = {code.strip() for code in match[1].split(",")}
        line, _ = lines.position(match.start())
        before = text[lines.starts[line] : match.start()]
        if not before.strip():
            line += 1
            while line < len(lines) and (
                not lines.line(line).strip() or lines.line(line).lstrip().startswith("#")
            ):
                line += 1
        out.setdefault(line, set()).update(codes)
    return out
