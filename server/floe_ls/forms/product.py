"""The spellings of a data product: one function for each, from the author's entries to the canonical ones."""

from __future__ import annotations

from floe_ls.forms.tree import Folded, Note, find, key_of, mapping, named, pairs, text_of
from floe_ls.schema.meta import ERROR, SHIPPED
from floe_ls.syntax.nodes import Entry, Mapping, Node
from floe_ls.text import Span

Pairs = list[tuple[int, Entry]]
_METADATA = ("name", "version", "description", "owner")
TELLING = frozenset(
    {
        "apiVersion",
        "api_version",
        "kind",
        "metadata",
        "platform",
        "domain",
        "scope",
        "plugins",
        *_METADATA,
    }
)
"""The keys of a product that states its kind whose content decides how all of it is read."""


def fold(root: Mapping, base: int) -> tuple[Mapping, list[Note]]:
    """The canonical root of a product, and what was noticed on the way."""
    entries: Pairs = list(pairs(root))
    notes: list[Note] = []
    for spelling in (_platform, _domain, _metadata):
        entries = spelling(entries, base, notes)
    if len(entries) == len(root.entries) and all(
        a is b for (_, a), b in zip(entries, root.entries, strict=True)
    ):
        return root, notes
    return mapping(entries, root), notes


def _platform(entries: Pairs, base: int, notes: list[Note]) -> Pairs:
    """`platform.ref` is `platform.manifest` (I35)."""
    found = _get(entries, "platform")
    reference = find(found[1].value, "ref") if found else None
    if found is None or reference is None:
        return entries
    at, holder = found
    offset, ref = reference
    span = _span(base + at + offset, ref.key)
    other = find(holder.value, "manifest")
    rest = [(a, e) for a, e in pairs(holder.value) if key_of(e) != "ref"]
    if other is not None:
        if text_of(other[1].value) != text_of(ref.value):
            message = "`platform.manifest` names another manifest; a product has one."
            notes.append(Note("spelling/twice", ERROR, span, message))
    else:
        notes.append(
            Note(
                "spelling/not-shipped",
                SHIPPED,
                span,
                "A FloeSpec names its manifest in `platform.manifest`; the released compiler refuses `ref` here.",
                "manifest",
                "Rename to `manifest`",
            )
        )
        rest.append(
            (offset, Folded(named("manifest", ref.key), ref.value, ref.colon, ("platform", "ref")))
        )
    new = Folded(holder.key, mapping(rest, holder.value), holder.colon, ("platform",))
    return [(a, new if e is holder else e) for a, e in entries]


def _domain(entries: Pairs, base: int, notes: list[Note]) -> Pairs:
    """`domain.ref` stands for `platform.manifest` in the documents' dialect."""
    found = _get(entries, "domain")
    reference = find(found[1].value, "ref") if found else None
    if found is None or reference is None or _get(entries, "platform") is not None:
        return entries
    at, holder = found
    offset, ref = reference
    message = "The released form names the manifest in `platform.manifest`, and refuses `domain`."
    notes.append(Note("spelling/not-shipped", SHIPPED, _span(base + at, holder.key), message))
    inner = Folded(named("manifest", ref.key), ref.value, ref.colon, ("domain", "ref"))
    platform = Folded(
        named("platform", holder.key), mapping([(offset, inner)], holder.value), 0, ("domain",)
    )
    return [(a, e) for a, e in entries if e is not holder] + [(at, platform)]


def _metadata(entries: Pairs, base: int, notes: list[Note]) -> Pairs:
    """`name`, `version`, `description` at the top level are those of `metadata` (I20)."""
    if _get(entries, "apiVersion") or _get(entries, "kind"):
        return entries
    loose = [(at, e) for at, e in entries if key_of(e) in _METADATA]
    if not loose:
        return entries
    own = _get(entries, "metadata")
    if own is not None:
        at, holder = own
        loose = [(a, e) for a, e in loose if find(holder.value, key_of(e) or "") is None]
        if not loose or not isinstance(holder.value, Mapping):
            return entries
        inside = [*pairs(holder.value), *((a - at, _lifted(e)) for a, e in loose)]
        new = Folded(holder.key, mapping(inside, holder.value), holder.colon, ("metadata",))
    else:
        at = loose[0][0]
        inside = [(a - at, _lifted(e)) for a, e in loose]
        new = Folded(named("metadata", loose[0][1].key), mapping(inside, None), 0, ())
    gone = {id(e) for _, e in loose}
    kept = [(a, new if own and e is own[1] else e) for a, e in entries if id(e) not in gone]
    return kept if own else [*kept, (at, new)]


def _lifted(entry: Entry) -> Entry:
    return Folded(entry.key, entry.value, entry.colon, (key_of(entry) or "",))


def _get(entries: Pairs, key: str) -> tuple[int, Entry] | None:
    return next(((at, e) for at, e in reversed(entries) if key_of(e) == key), None)


def _span(base: int, node: Node | None) -> Span:
    return Span(base + node.start, base + node.end) if node is not None else Span(base, base)
