"""The lists that a document's choices are held against: what the layers above it approve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from floe_ls.chain.layers import Chain, Layer
from floe_ls.forms.document import At, Document
from floe_ls.forms.kept import kept
from floe_ls.forms.tree import is_null, text_of
from floe_ls.ide.decided import place, some
from floe_ls.ide.mend import append_item, set_value
from floe_ls.ide.model import Fix
from floe_ls.ide.rule import Subject
from floe_ls.schema.meta import Role, Tier
from floe_ls.schema.nearest import nearest
from floe_ls.schema.shape import ANY_STEP, Path, Shape
from floe_ls.syntax.nodes import Entry, Scalar, Sequence
from floe_ls.text import Span

_MOST_FIXES = 12
_MOST_TOLD = 200
"""Items of one list that are told to be wrong: each has its fixes, and nobody reads more."""


@dataclass(frozen=True)
class Allowed:
    """An approved list, and the layer that wrote it."""

    names: tuple[str, ...]
    layer: Layer = field(repr=False)
    path: Path
    at: At = field(repr=False)

    def says(self, subject: Subject, what: str, name: str, noun: str) -> str:
        """The message on a name that is not in the list."""
        where = place(self.layer, self.at)
        who = owner(self.layer, subject.manifest_shape) or f"the {self.layer.tier} team"
        ask = f"ask {who} to approve it"
        start = f"`{name}` is not approved for {what}: {where} approves"
        if not self.names:
            return f"{start} no {noun} there. Remove it, or {ask}."
        which = "Choose it" if len(self.names) == 1 else "Choose one of them"
        return f"{start} {some(self.names)}. {which}, or {ask}."

    def fixes(self, subject: Subject, path: Path, name: str) -> Iterator[Fix]:
        """Each approved name; and, last and never preferred, approving this one."""
        meant = nearest(name, list(self.names))
        names = sorted(self.names, key=lambda n: n != meant)[:_MOST_FIXES]
        for other in names:
            edit = set_value(subject.document, path, other)
            if edit is not None:
                sure = other == meant or len(names) == 1
                yield subject.edit(f"Change to `{other}`", edit, preferred=sure)
        file = self.layer.document
        if subject.snapshot.documents.get(file.uri) is file:
            edit = append_item(file, self.path, name)
            if edit is not None:
                yield Fix(f"Approve `{name}` in {file.name}", ((file, edit),))


def allowed(chain: Chain, layers: tuple[Layer, ...], path: Path, *below: str) -> Allowed | None:
    """The list at `below` in the field at `path`, as the topmost of some layers that sets the field has it. None
    where there is no such list, and where a layer that is not known may have set the field."""
    key = "allowed", len(layers), path, below
    if key not in chain.memo:
        chain.memo[key] = _allowed(chain, layers, path, *below)
    known: Allowed | None = chain.memo[key]
    return known


def _allowed(chain: Chain, layers: tuple[Layer, ...], path: Path, *below: str) -> Allowed | None:
    for layer in layers:
        at = layer.document.at(path)
        if at is None or is_null(at.node):
            continue
        for step in below:
            at = at.child(step) if at is not None else None
        if at is None or not isinstance(at.node, Sequence):
            return None
        if not (chain.complete or layer.tier is Tier.ENTERPRISE):
            return None
        names = (text_of(item.node) for _, item in at.children())
        return Allowed(tuple(n for n in names if n is not None), layer, (*path, *below), at)
    return None


def owner(layer: Layer, shape: Shape) -> str:
    """Who answers for a layer; empty where its file does not say."""
    path = shape.role_path(Role.OWNER)
    at = layer.document.at(path) if path else None
    return (text_of(at.node) or "").strip() if at else ""


def outside(
    document: Document, template: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[tuple[Path, Span, str]]:
    """The strings, at a path with one `*` in it for the items of a list, that are none of some names. A list may
    be long: its items are looked at once, and again only when they, or the names, have changed."""
    star = template.index(ANY_STEP)
    rest = template[star + 1 :]
    holder = document.at(template[:star])
    if holder is None or not isinstance(holder.node, Sequence):
        return

    def wrong(entry: Entry) -> tuple[int, Scalar] | None:
        at = _below(At(0, entry, entry.value), rest)
        node = at.node if at is not None else None
        text = text_of(node)
        if at is None or not isinstance(node, Scalar) or text is None or text in names:
            return None
        return at.base, node

    memo, key = document.memo, ("outside", template)
    if memo.get((key, "names")) != names:
        memo[key, "names"] = names
        memo.pop(key, None)
    answers = kept(memo, key, holder.node.entries, wrong)
    if memo.get((key, "none")) is answers:
        return
    told = 0
    for index, found in enumerate(answers):
        if found is not None and told < _MOST_TOLD:
            told += 1
            base, node = holder.base + holder.node.at[index] + found[0], found[1]
            path: Path = (*template[:star], index, *rest)
            yield path, Span(base + node.start, base + node.end), node.text
    if not told:
        memo[key, "none"] = answers


def _below(at: At | None, path: tuple[str, ...]) -> At | None:
    for step in path:
        at = at.child(step) if at is not None else None
    return at
