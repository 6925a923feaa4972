"""What would become of a file if its reference led to another version: nothing is edited."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from floe_ls.chain.layers import Chain, Reference, reference
from floe_ls.chain.merge import Effective
from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.forms.document import Document, Kind, read_document
from floe_ls.ide import markdown as md
from floe_ls.ide.changes import came, in_words, judged, plural
from floe_ls.ide.effective import LineOrigin, View
from floe_ls.ide.freshness import newer
from floe_ls.ide.impact import Baseline, impact
from floe_ls.ide.mend import flow
from floe_ls.ide.rules import RULES
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.impact import Broken, Difference, Impact, alike, differences
from floe_ls.schema.meta import Severity
from floe_ls.text import Span, TextEdit, apply_edits

_TOLD = (Severity.ERROR, Severity.WARNING, Severity.INFORMATION)
CHEAP = 40
"""Different files below, above which nobody waits for what becomes of them."""
_OFFERED = 3
"""Newer versions that are offered."""
_COLUMN = 48


@dataclass(frozen=True)
class WhatIf:
    """`then` is how things would be, with `would` in place of `document`."""

    document: Document = field(repr=False)
    before: str
    """The reference as it is written, and as it would be."""
    after: str
    pending: str = ""
    """A target that nobody has looked for yet; nothing else is known then."""
    trouble: str = ""
    """Why nothing can be said, in words."""
    changes: tuple[Difference, ...] = ()
    new: tuple[Broken, ...] = ()
    gone: tuple[Broken, ...] = ()
    below: Impact | None = field(default=None, repr=False)
    """What would become of the files that inherit from it; None where it has none, or too many to say it at once."""
    was: Effective = field(default_factory=lambda: Effective(()), repr=False)
    then: Effective = field(default_factory=lambda: Effective(()), repr=False)

    @property
    def known(self) -> bool:
        return not self.pending and not self.trouble

    @property
    def breaks(self) -> bool:
        return any(found.is_error for found in self.new)


def what_if(
    snapshot: Snapshot, document: Document, ref: str, *, most: int | None = CHEAP
) -> WhatIf | None:
    """`ref` is a whole reference, or only a tag or digest in place of the present one. None where a file has no
    reference. Files that inherit from it are judged, too, where no more than `most` of them differ."""
    here = reference(document, snapshot.shapes)
    if here is None or document.ref:  # what is published stays as it is
        return None
    to = whole(here.text, ref)
    found = WhatIf(document, here.text, to)
    would = _with(document, here, to)
    after = snapshot.trying(would)
    chain = after.chain(would)
    if chain.pending:
        return replace(found, pending=chain.pending)
    if trouble := _trouble(chain):
        return replace(found, trouble=trouble)
    now = snapshot.chain(document)
    if now.pending:
        return replace(found, pending=now.pending)
    if trouble := _trouble(now):
        return replace(found, trouble=f"What holds now is not known. {trouble}")
    was = judged(document, snapshot, snapshot.effective(document), RULES, _TOLD)
    back = _back(here.span, len(would.text) - len(document.text))
    then = judged(would, after, after.effective(would), RULES, _TOLD, back)
    changes = tuple(
        change
        for change in differences(was.effective, then.effective)
        if (change.before, change.after) != (here.text, to)  # the reference itself
    )
    below = _below(snapshot, after, document, most)
    return replace(
        found, changes=changes, new=came(was, then), gone=came(then, was), below=below,
        was=was.effective, then=then.effective,
    )  # fmt: skip


def whole(present: str, ref: str) -> str:
    """A reference, of which only the tag or the digest may be said."""
    known = parse_ref(present)
    if isinstance(known, OciRef) and _VERSION.fullmatch(ref):
        if ref.startswith("sha256:"):
            return str(replace(known, tag=None, digest=ref))
        return str(replace(known, tag=ref, digest=None))
    return ref


_VERSION = re.compile(r"[\w][\w.+-]{0,127}|sha256:[0-9a-f]+")


def versions(snapshot: Snapshot, document: Document) -> tuple[str, ...]:
    """Newer versions of what a file's reference leads to, as far as they are known in the registry or the workspace,
    the newest first."""
    ref = _versioned(snapshot, document)
    if ref is None or not ref.tag:
        return ()
    return newer(ref.tag, _known(snapshot, document, ref))[:_OFFERED]


def tags(snapshot: Snapshot, document: Document) -> tuple[str, ...] | None:
    """All that are known, but for the present one; None for a file whose reference has no versions."""
    ref = _versioned(snapshot, document)
    if ref is None:
        return None
    return tuple(tag for tag in _known(snapshot, document, ref) if tag != ref.tag)


def _versioned(snapshot: Snapshot, document: Document) -> OciRef | None:
    here = reference(document, snapshot.shapes)
    ref = parse_ref(here.text) if here is not None and not document.ref else None
    return ref if isinstance(ref, OciRef) else None


def _known(snapshot: Snapshot, document: Document, ref: OciRef) -> tuple[str, ...]:
    """Those of the registry, the newest first, then those that the settings know a file for, and those that manifests
    of the workspace say that they are."""
    known = snapshot.tags.get(str(ref.without_version))
    sources = [parse_ref(key) for key in snapshot.settings_for(document.uri).sources]
    mapped = (
        source.tag
        for source in sources
        if isinstance(source, OciRef) and source.without_version == ref.without_version
    )
    first = "v" if ref.tag is None or ref.tag.startswith("v") else ""
    stated = (row.version.removeprefix("v") for row in snapshot.census.named(ref.name))
    found = (
        *(known.names if known is not None else ()),
        *(tag for tag in mapped if tag),
        *(first + each for each in stated if each),
    )
    return tuple(dict.fromkeys(found))


def _with(document: Document, here: Reference, to: str) -> Document:
    text = apply_edits(document.text, [TextEdit(here.span, flow(to))])
    made = read_document(document.uri, text, document.version, document, label=document.label)
    return replace(made, memo=dict(made.memo))


def _back(old: Span, longer: int) -> Callable[[Span], Span]:
    """Where a span of the new text is in the old one, in which the span `old` was replaced."""

    def moved(offset: int) -> int:
        return offset if offset <= old.start else max(offset - longer, old.start)

    def back(span: Span) -> Span:
        inside = span.start >= old.start and span.end <= old.end + longer
        return old if inside else Span(moved(span.start), moved(span.end))

    return back


def _trouble(chain: Chain) -> str:
    return next((trouble.message for trouble in chain.troubles if trouble.hides), "")


def _below(
    snapshot: Snapshot, after: Snapshot, document: Document, most: int | None
) -> Impact | None:
    uri = document.uri
    if most == 0 or document.kind is not Kind.MANIFEST or not snapshot.family.children_of(uri):
        return None
    if most is not None and len(alike((snapshot.census,), (snapshot.family,), uri)) > most:
        return None
    return impact(Baseline(snapshot), after, uri)


# --- in words


def summary(found: WhatIf) -> str:
    """`2 values change, 1 finding comes.`; empty where it is not known."""
    if not found.known:
        return ""
    parts = []
    if found.changes:
        number = len(found.changes)
        parts.append(f"{plural(number, 'value')} change{'s' if number == 1 else ''}")
    for some, one, many in ((found.new, "comes", "come"), (found.gone, "goes", "go")):
        if some:
            parts.append(f"{plural(len(some), 'finding')} {one if len(some) == 1 else many}")
    if found.below is not None and found.below.broken:
        number = len(found.below.broken)
        parts.append(f"{plural(number, 'file')} below would break")
    return ", ".join(parts) or "nothing changes"


def in_short(found: WhatIf) -> str:
    """One line: `orders: acme v1.0.0 → v2.0.0: 2 values change, 1 finding comes.`"""
    head = f"{found.document.name}: {_short(found)}"
    if found.pending:
        return f"{head}: {found.pending} is being fetched; ask again."
    return f"{head}: {found.trouble or summary(found) + '.'}"


_SHOWN = 5
"""Values, and findings, that documentation names."""


def as_markdown(found: WhatIf) -> str:
    """For the documentation of a proposal; empty where nothing is known."""
    if not found.known or found.before == found.after:
        return ""
    told = summary(found)
    lines = [f"- {md.code(in_words(change))}" for change in found.changes[:_SHOWN]]
    lines += [f"- {each.severity}: {each.message}" for each in found.new[:_SHOWN]]
    lines += [f"- no longer: {each.message}" for each in found.gone[:_SHOWN]]
    return f"**In place of {md.code(_version_of(found.before))}:** {told}.\n\n" + "\n".join(lines)


def _version_of(text: str) -> str:
    ref = parse_ref(text)
    return ref.version if isinstance(ref, OciRef) and ref.version else text


def same_repository(found: WhatIf) -> bool:
    """Whether it is another version of the present parent."""
    old, new = parse_ref(found.before), parse_ref(found.after)
    if isinstance(old, OciRef) and isinstance(new, OciRef):
        return old.without_version == new.without_version
    return False


def view(found: WhatIf) -> View:
    """A text for people: each line that speaks of a value leads to where it would be decided."""
    lines = [f"# {found.document.name}: {_short(found)}"]
    origins: list[LineOrigin] = []
    if found.pending:
        lines.append(f"# {found.pending} is being fetched.")
    elif found.trouble:
        lines.append(f"# {' '.join(found.trouble.split())}")
    else:
        told = summary(found)
        lines.append(f"# {told[0].upper()}{told[1:]}. Nothing is edited.")
    if found.changes:
        lines += ["", "values:"]
        for change in found.changes:
            setting = (found.then if change.now else found.was).at(change.path)
            winner = setting.winner if setting is not None else None
            text = f"  {in_words(change)}"
            if winner is not None:
                name = f"{winner.layer.tier.value}, {winner.layer.name}:{winner.line + 1}"
                told = name if change.now else f"it was set in {name}"
                text = f"{text:<{_COLUMN}} # {told}"
                origins.append(LineOrigin(len(lines), winner.layer.document, winner.span))
            lines.append(text)
    for title, some in (("new", found.new), ("gone", found.gone)):
        lines += ["", f"{title}:"] if some else []
        for each in some:
            origins.append(LineOrigin(len(lines), found.document, _line(found.document, each.line)))
            lines.append(f"  - {finding_words(each)}")
    if found.below is not None and found.below.affected:
        lines += ["", *_below_words(found.below)]
    return View("\n".join(lines) + "\n", tuple(origins))


def finding_words(found: Broken) -> str:
    """`error: `duckdb` is not approved.  # whitelist/not-approved, line 4`"""
    message = " ".join(found.message.split())
    return f"{found.severity}: {message}  # {found.code}, line {found.line + 1}"


def _short(found: WhatIf) -> str:
    """Two references, of which the second says only what is otherwise."""
    old, new = parse_ref(found.before), parse_ref(found.after)
    if isinstance(old, OciRef) and isinstance(new, OciRef) and old.version and new.version:
        alike = old.without_version == new.without_version
        return f"{old.name} {old.version} → {new.version}" if alike else f"{old} → {new}"
    return f"{found.before} → {found.after}"


def _below_words(below: Impact) -> Iterator[str]:
    yield f"# Of {plural(len(below.inheriting), 'file')} below, {len(below.changed):,} would change and"
    yield f"# {len(below.broken):,} would break."


def _line(document: Document, line: int) -> Span:
    start = document.lines.starts[min(line, len(document.lines) - 1)]
    return Span(start, start)
