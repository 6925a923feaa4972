"""What the end of a line does not say: what a value replaces in a tier above, and what a file takes over unsaid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from floe_ls.chain.compare import Meeting, meetings
from floe_ls.chain.layers import reference
from floe_ls.chain.merge import Effective, Setting, dotted
from floe_ls.chain.say import Origin
from floe_ls.forms.document import Document, Kind
from floe_ls.ide import markdown as md
from floe_ls.ide.cursor import shorthand
from floe_ls.ide.hover import hover, looks_hidden
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.meta import Merge, Role
from floe_ls.schema.shape import Path, Shape
from floe_ls.syntax.nodes import Mapping
from floe_ls.text import Span

MOST = 3
"""Values named at the end of one line; the others are counted."""
LONGEST = 32
"""Characters of a value."""


class HintKind(StrEnum):
    OVERRIDES = "overrides"
    INHERITED = "inherited"


@dataclass(frozen=True)
class Hint:
    """Shown at the end of the line of `offset`."""

    offset: int
    label: str
    kind: HintKind
    about: int = field(default=0, repr=False)
    """Where the key stands that an `overrides` hint is about."""
    taken: tuple[tuple[Path, Any, Origin], ...] = field(default=(), repr=False)
    """What an `inherited` hint names and counts."""


def hints(
    snapshot: Snapshot,
    document: Document,
    kinds: Iterable[HintKind] = tuple(HintKind),
    within: Span | None = None,
) -> list[Hint]:
    """The hints of a document, in the order of the text; of a span alone, where one is given."""
    if not document.is_ours or len(snapshot.chain(document).layers) < 2:
        return []
    wanted = frozenset(kinds)
    found: list[Hint] = []
    if HintKind.OVERRIDES in wanted and document.kind is Kind.MANIFEST:
        found += _overrides(snapshot, document)
    if HintKind.INHERITED in wanted:
        found += _inherited(snapshot, document)
    if within is not None:
        found = [hint for hint in found if within.start <= hint.offset <= within.end]
    return sorted(found, key=lambda hint: (hint.offset, hint.kind))


def tooltip(snapshot: Snapshot, document: Document, hint: Hint) -> str:
    """All that a hint is short for, as Markdown."""
    if hint.kind is HintKind.OVERRIDES:
        found = hover(snapshot, document, hint.about)
        return found.markdown if found is not None else ""
    lines = [
        f"{md.code(dotted(path))}: {_told(path, value)} ← {origin.layer.tier.value}, {_place(origin)}"
        for path, value, origin in hint.taken
    ]
    return md.document("**Taken over from the tiers above:**", md.bullets(lines))


def _place(origin: Origin) -> str:
    document, line = origin.layer.document, origin.line
    if document.ref:
        return f"{md.code(document.ref)}, line {line + 1}"
    return md.link(f"{document.name}:{line + 1}", document.uri, line)


def _told(path: Path, value: Any) -> str:
    return "*hidden: it looks like a secret*" if looks_hidden(path, value) else md.value(value)


# --- what a value replaces, or has lost to


def _overrides(snapshot: Snapshot, document: Document) -> Iterator[Hint]:
    effective = snapshot.inherited(document)
    by_line: dict[int, list[Hint]] = {}
    for meeting in meetings(snapshot.manifest_shape, snapshot.chain(document).layers):
        if meeting.own.implied:
            continue
        label = _label(effective, meeting)
        if label:
            about = meeting.own.at.key_span.start
            line = document.lines.position(about)[0]
            named = f"{meeting.path[-1]}: {label}"
            hint = Hint(_end(document, line), label, HintKind.OVERRIDES, about)
            known = by_line.setdefault(line, [])
            if known:
                hint = replace(hint, label=named)
            known.append(hint)
    for found in by_line.values():
        yield from found


def _label(effective: Effective, meeting: Meeting) -> str:
    path, own = meeting.path, meeting.own
    nearest = meeting.above[-1]
    tier = nearest.layer.tier.value
    if meeting.shape.inherit.merge is Merge.EXTEND:
        size = sum(len(o.value) for o in meeting.above if isinstance(o.value, list))
        return f"joined to {_count(size, 'item')} of {tier}" if size else ""
    setting = _setting(effective, path, meeting.shape)
    winner = setting.winner if setting is not None else None
    if winner is not None and setting is not None and winner.layer is not own.layer:
        holds = _short(setting.path, setting.value)
        return f"effective: {holds} ({winner.layer.tier.value})"
    mine, theirs = (_chosen(o.value, meeting.shape) for o in (own, nearest))
    if mine == theirs:
        return f"same as {tier}" if own.value == nearest.value else f"replaces that of {tier}"
    return f"overrides {_short(path, theirs)} ({tier})"


def _setting(effective: Effective, path: Path, shape: Shape) -> Setting | None:
    """The leaf that tells of a field who decided it."""
    found = effective.at(path)
    name = shorthand(shape) if found is None and shape.category is not None else None
    if name is not None:
        found = effective.at((*path, name.name))
    return found or next((s for s in effective.below(path) if s.winner is not None), None)


def _chosen(value: Any, shape: Shape) -> Any:
    """Of a plugin's block, the plugin."""
    name = shorthand(shape) if shape.category is not None else None
    if name is not None and isinstance(value, dict) and name.name in value:
        return value[name.name]
    return value


# --- what is taken over


def _inherited(snapshot: Snapshot, document: Document) -> Iterator[Hint]:
    at = reference(document, snapshot.shapes)
    groups: dict[int, list[tuple[str, Path, Any, Origin]]] = {}
    for path, value, origin in _unsaid(snapshot, document):
        depth, offset = _holder(document, path)
        if not depth:
            if at is None:
                continue
            offset = at.span.start
        line = document.lines.position(offset)[0]
        groups.setdefault(line, []).append((dotted(path[depth:]), path, value, origin))
    for line, found in groups.items():
        parts = [
            f"{name}: {_short(path, value)} ({origin.layer.tier.value})"
            for name, path, value, origin in found[:MOST]
        ]
        more = [f"+{len(found) - MOST}"] if len(found) > MOST else []
        label = "inherits " + ", ".join([*parts, *more])
        taken = tuple((path, value, origin) for _, path, value, origin in found)
        yield Hint(_end(document, line), label, HintKind.INHERITED, taken=taken)


def _unsaid(snapshot: Snapshot, document: Document) -> Iterator[tuple[Path, Any, Origin]]:
    """What the tiers above decide and the document does not mention: plugins first. Lists that are joined count as
    one value."""
    effective = snapshot.inherited(document)
    joined: dict[Path, tuple[list[Any], Origin]] = {}
    plugins: list[tuple[Path, Any, Origin]] = []
    others: list[tuple[Path, Any, Origin]] = []
    for setting in effective.settings:
        winner = setting.winner
        if winner is None or winner.implied or setting.rule == Merge.LOCAL.value:
            continue
        if any(origin.layer.document is document for origin in setting.origins):
            continue
        path = setting.path
        if setting.rule == Merge.EXTEND.value and isinstance(path[-1], int):
            joined.setdefault(path[:-1], ([], winner))[0].append(setting.value)
        elif setting.shape is not None and setting.shape.role is Role.PLUGIN_NAME:
            plugins.append((path[:-1], setting.value, winner))
        else:
            others.append((path, setting.value, winner))
    yield from plugins
    yield from others
    yield from ((path, values, origin) for path, (values, origin) in joined.items())


def _holder(document: Document, path: Path) -> tuple[int, int]:
    """How much of a path the document has as blocks, and where the last of them has its key."""
    here = document.root
    depth, offset = 0, 0
    for step in path[:-1]:
        child = here.child(step)
        if child is None or not isinstance(child.node, Mapping):
            break
        depth, offset, here = depth + 1, child.key_span.start, child
    return depth, offset


def _end(document: Document, line: int) -> int:
    start, end = document.lines.starts[line], document.lines.end(line)
    return start + len(document.text[start:end].rstrip(" \t"))


def _short(path: Path, value: Any) -> str:
    if looks_hidden(path, value):
        return "hidden"
    if isinstance(value, list) and (len(value) > 3 or any(isinstance(v, dict) for v in value)):
        return _count(len(value), "item")
    if isinstance(value, dict):
        return "a block"
    return md.visible(md.flow(value), LONGEST)


def _count(size: int, noun: str) -> str:
    return f"one {noun}" if size == 1 else f"{size:,} {noun}s"
