"""Runs every rule over one document, and applies the settings and comments that silence findings."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping

from floe_ls.forms.document import Document
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.rule import Code, Finding, Mend, Rule, Subject
from floe_ls.ide.rules import RULES
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.meta import Severity
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

_IGNORE = re.compile(r"#\s*floe-ls:\s*ignore\[([^\]\n]*)\]")
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFORMATION: 2, Severity.HINT: 3}


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
    subject = Subject(snapshot, document, mends)
    found: dict[tuple[str, Span, str], Diagnostic] = {}
    silenced = _silenced(document)
    rules = snapshot.settings_for(document.uri).rules
    line_at = document.lines.line_at
    broken: set[int] = set()
    for rule in asked:
        if not (document.is_ours or rule.any_file):
            continue
        for slug, span, message, related, fixes, tags, severity in _findings(rule, subject):
            code, breaks, breakable = _NATURE[slug]
            if breaks:
                broken.add(line_at(span.start))
            elif broken and breakable and line_at(span.start) in broken:
                continue  # what a broken line seems to say is not what its author means
            severity = severity or code.severity[document.dialect]
            if rules:
                severity = _configured(code, severity, rules)
            if severity is None:
                continue
            if silenced and not code.fixed and slug in silenced.get(line_at(span.start), ()):
                continue
            key = slug, span, message
            if key not in found:
                found[key] = Diagnostic(span, slug, severity, message, related, fixes, tags)
    ordered = sorted(found.values(), key=_place)
    if len(ordered) > LIMIT:
        worst = sorted(ordered, key=lambda d: _RANK[d.severity])[:LIMIT]
        ordered = sorted(worst, key=_place)
    return ordered


def _place(found: Diagnostic) -> tuple[Span, int, str]:
    return found.span, _RANK[found.severity], found.code


_HARMLESS = frozenset({"yaml/ambiguous-scalar", "yaml/duplicate-key", "yaml/unknown-anchor"})
_NATURE = {
    slug: (
        code,
        slug.startswith("yaml/") and slug not in _HARMLESS,
        slug.startswith("schema/"),
    )
    for slug, code in CODES.items()
}
"""Each code, whether it says that its line is broken, and whether it means nothing on a broken line."""


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


def _configured(code: Code, severity: Severity | None, rules: Mapping[str, str]) -> Severity | None:
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
