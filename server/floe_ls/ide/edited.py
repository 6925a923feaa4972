"""The keys of a manifest whose value is another one than before, and what each of them does to the files below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from floe_ls.forms.document import At, Document, Kind, plain
from floe_ls.mesh.impact import Affected, Impact
from floe_ls.schema.shape import Path
from floe_ls.syntax import nodes
from floe_ls.text import Span

MOST = 12
"""Keys, above which a text counts as another one altogether."""


@dataclass(frozen=True)
class Edited:
    """A key by its canonical path. One that was taken away is told where it stood: at the block it was in."""

    path: Path
    span: Span
    """The key."""
    whole: Span
    """The key with its value."""
    gone: bool = False


@dataclass(frozen=True)
class Told:
    """How many files below get something else by one key, and how many break."""

    changed: int
    broken: int
    domains: int
    """Of those that break."""


def edited_keys(before: Document, after: Document) -> tuple[Edited, ...]:
    """In the order of the text, a key for each line; none where there are very many."""
    by_line: dict[int, Edited] = {}
    for each in _edited(before.root, after.root, (), _top(after)):
        by_line.setdefault(after.lines.position(each.span.start)[0], each)
    found = sorted(by_line.items())
    return tuple(each for _, each in found) if len(found) <= MOST else ()


def _top(document: Document) -> Span:
    entry = next((child for _, child in document.written.children()), None)
    return entry.key_span if entry is not None else Span(0, 0)


def _edited(old: At, new: At, path: Path, here: Span) -> Iterator[Edited]:
    was, now = old.node, new.node
    if was is now and was is not None:
        return
    if not (isinstance(was, nodes.Mapping) and isinstance(now, nodes.Mapping)):
        if repr(plain(was)) != repr(plain(now)):  # 1 is not true, and .nan is what it was
            yield Edited(path, here, Span(*_around(here, new.value_span)))
        return
    present = dict(new.children())
    for key, child in present.items():
        other = old.child(key)
        if other is None:
            yield Edited((*path, key), child.key_span, child.span)
        else:
            yield from _edited(other, child, (*path, key), child.key_span)
    for key, _ in old.children():
        if key not in present:
            yield Edited((*path, key), here, here, gone=True)


def _around(a: Span, b: Span) -> tuple[int, int]:
    return min(a.start, b.start), max(a.end, b.end)


def told_by_key(uri: str, keys: Iterable[Edited], found: Impact) -> Mapping[Path, Told]:
    """What breaks is told of the key that the new errors name; else of those whose value they got; else of all."""
    keys = tuple(keys)
    changed, broken, domains = (dict.fromkeys(keys, 0) for _ in range(3))
    for each in found.affected:
        reached = [key for key in keys if _reaches(key, each)]
        for key in reached:
            changed[key] += len(each.rows)
        if each.breaks:
            named = [key for key in keys if _is_named(uri, key, each)]
            for key in named or reached or keys:
                broken[key] += len(each.rows)
                domains[key] += sum(row.kind is Kind.MANIFEST for row in each.rows)
    return {key.path: Told(changed[key], broken[key], domains[key]) for key in keys}


def _reaches(key: Edited, each: Affected) -> bool:
    for change in each.changes:
        size = min(len(change.path), len(key.path))
        if change.path[:size] == key.path[:size]:
            return True
    return False


def _is_named(uri: str, key: Edited, each: Affected) -> bool:
    return any(
        place == uri and span.start <= key.whole.end and key.whole.start <= span.end
        for found in each.new
        if found.is_error
        for place, span in found.decided
    )
