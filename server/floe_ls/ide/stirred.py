"""Which files that nobody has open may have other findings after a change: of files that layers above cannot tell
apart, one is looked at for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from floe_ls.forms.document import Document, Kind
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.rules import RULES
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.census import Family, Row, row_of

Said = tuple[object, ...]
"""What is found in a file that depends on others, as far as people can tell."""
Answers = dict[str, tuple[Row, Said]]
"""What was found in files that stand for others, by URI."""
Whole = Callable[[Snapshot, Document], Snapshot]
"""The snapshot with what the chain of a document lacks and can be read at once."""

_PIECE = 250
"""Files that are looked through in one step."""
_OF_OTHERS = tuple(rule for rule in RULES if not rule.alone)


@dataclass(frozen=True)
class Stirred:
    """Files to judge again."""

    uris: tuple[str, ...]
    silent: bool = False
    """What they have of others' making is nothing, so that those without any finding stay without."""


Steps = Iterator[Stirred | None]
"""None where others may have their turn."""


def stirred(before: Snapshot, after: Snapshot, answers: Answers, whole: Whole) -> Steps:
    """`answers` are those of `before`; they become those of `after` when all is looked at."""
    if _all_differs(before, after):
        answers.clear()
        yield Stirred(tuple(dict.fromkeys((*before.census.by_uri, *after.census.by_uri))))
        return
    moved: set[str] = set()
    for uri in _moved(before, after):
        if uri:
            moved.add(uri)
        else:
            yield None
    yield Stirred(tuple(sorted(moved)))
    concerned: dict[str, None] = {}
    for uri in _concerned(before, after, moved):
        if uri and uri not in moved and uri not in after.opened:
            concerned[uri] = None
        elif not uri:
            yield None
    groups: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for number, uri in enumerate(concerned):
        if number % _PIECE == 0:
            yield None
        row = after.census.by_uri.get(uri)
        if row is not None:
            groups[_likeness(before, after, row)].append(uri)
    then, now = before.aside(), after.aside()
    new: Answers = {}
    for uris in groups.values():
        first = next((uri for uri in uris if uri in answers), uris[0])
        row = after.census.by_uri[first]
        known = answers.get(first)
        if known is None or known[0] is not row:
            yield None
            known = row, _said(then, first, whole)
        yield None
        new[first] = row, _said(now, first, whole)
        if new[first][1] != known[1]:
            yield Stirred(tuple(uris), silent=not new[first][1])
    answers.update(new)
    for uri in [uri for uri in answers if uri in moved]:
        del answers[uri]


def _all_differs(before: Snapshot, after: Snapshot) -> bool:
    if before.scanned != after.scanned or before.settings != after.settings:
        return True
    return before.settings_of is not after.settings_of and before.settings_of != after.settings_of


def _moved(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Files that came, went, or have another text; empty texts where others may have their turn."""
    was, now = before.files, after.files
    for old, new in ((was.held, now.held), (was.closed, now.closed)):
        if old is new:
            continue
        for number, (uri, each) in enumerate(new.items()):
            if number % _PIECE == 0:
                yield ""
            if old.get(uri) is not each:
                yield uri
        for number, uri in enumerate(old):
            if number % _PIECE == 0:
                yield ""
            if uri not in new:
                yield uri


def _concerned(before: Snapshot, after: Snapshot, moved: set[str]) -> Iterator[str]:
    """Files to which something above them, or beside them, happened."""
    was, now = before.census, after.census
    families = before.family, after.family
    yield ""
    manifests = [uri for uri in moved if any(_is_manifest(c.by_uri.get(uri)) for c in (was, now))]
    for uri in manifests:
        for family in families:
            yield from _below(family, uri)
    if families[0] is not families[1]:
        for number, uri in enumerate(now.by_uri):
            if number % _PIECE == 0:
                yield ""
            if families[0].parents.get(uri) != families[1].parents.get(uri):
                yield uri
    named_anew = was.era is not now.era or was.moved is not now.moved
    if manifests or was.calling is not now.calling or named_anew or families[0] is not families[1]:
        yield from (row.uri for row in now.manifests)
    changed = _elsewhere(before, after)
    if changed:
        yield from _of_elsewhere(before, after, changed)


def _below(family: Family, uri: str) -> Iterator[str]:
    """All that inherit from a manifest; most have nothing below themselves, which takes its time to see, too."""
    queue = [uri]
    seen = {uri}
    for number, here in enumerate(queue):
        children = family.children_of(here)
        if number % _PIECE == 0 or children:
            yield ""
        for child in children:
            if child not in seen:
                seen.add(child)
                queue.append(child)
                yield child


def _elsewhere(before: Snapshot, after: Snapshot) -> set[str]:
    """References, and repositories, of which something else is known. Files that are missing are looked for each
    time."""
    changed: set[str] = set()
    pairs: tuple[tuple[Mapping[str, object], Mapping[str, object]], ...] = (
        (before.artifacts, after.artifacts),
        (before.failures, after.failures),
        (before.facts, after.facts),
        (before.tags, after.tags),
    )
    for was, now in pairs:
        if was is not now:
            changed.update(t for t in {*was, *now} if was.get(t) is not now.get(t))
    return {target for target in changed if not target.startswith("file:")}


def _of_elsewhere(before: Snapshot, after: Snapshot, changed: set[str]) -> Iterator[str]:
    """Files below what is not in the workspace, as far as that has changed."""
    uris = {
        document.uri
        for snapshot in (before, after)
        for target, document in snapshot.artifacts.items()
        if target in changed
        or any(each.document.ref in changed for each in snapshot.chain(document).layers)
        or not snapshot.chain(document).complete
    }
    named: dict[str, bool] = {}
    for number, (uri, row) in enumerate(after.census.by_uri.items()):
        if number % _PIECE == 0:
            yield ""
        if row.ref not in named:
            named[row.ref] = any(row.ref.startswith(target) for target in changed)
        parents = [each.family.parents.get(uri, "") for each in (before, after)]
        if named[row.ref] or not uris.isdisjoint(parents):
            yield uri
            yield from _below(after.family, uri)


def _is_manifest(row: Row | None) -> bool:
    return row is not None and row.kind is Kind.MANIFEST


def _likeness(before: Snapshot, after: Snapshot, row: Row) -> tuple[object, ...]:
    """The same for files of which one answer is true. Manifests, and products that lack a file above them, stand for
    themselves."""
    parents = tuple(each.family.parents.get(row.uri, "") for each in (before, after))
    lost = not all(parents) and not row.ref.startswith("oci://")
    if row.kind is Kind.MANIFEST or not row.form or lost:
        return (row.uri,)
    listed = tuple(
        _listed(each, parent, row.name)
        for each, parent in zip((before, after), parents, strict=True)
    )
    return (*parents, *listed, row.form, row.ref, id(after.settings_for(row.uri)))


def _listed(snapshot: Snapshot, parent: str, name: str) -> bool | None:
    above = snapshot.census.by_uri.get(parent)
    if above is None:
        artifact = snapshot.at_uri(parent) if parent else None
        above = row_of(artifact, snapshot.shapes) if artifact is not None else None
    return None if above is None or above.approves is None else name in above.approves


def _said(snapshot: Snapshot, uri: str, whole: Whole) -> Said:
    document = snapshot.documents.get(uri)
    if document is None:
        return ()
    found = diagnostics(whole(snapshot, document), document, _OF_OTHERS, mends=False)
    return tuple(
        (
            each.code,
            each.severity,
            each.span,
            each.message,
            tuple(
                (r.document.uri, r.document.lines.position(r.span.start), r.message)
                for r in each.related
            ),
        )
        for each in found
    )
