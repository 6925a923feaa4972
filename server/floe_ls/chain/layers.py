"""Finds the layers above a document. A parent that is missing is an answer, not an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from floe_ls.forms.document import At, Document, Kind
from floe_ls.forms.tree import text_of
from floe_ls.schema.meta import Role, Tier
from floe_ls.schema.shape import Shape
from floe_ls.syntax.nodes import Scalar
from floe_ls.text import Span

MAX_LAYERS = 5
"""Manifests in a chain (catalogue J24, spec SC-003)."""


@dataclass(frozen=True)
class Found:
    """A reference leads to this document."""

    document: Document
    how: str = ""
    """Where it was found, in words: `workspace`, `sources`, `registry`, `mirror`, `file`."""


@dataclass(frozen=True)
class Pending:
    """Nobody has looked yet: `target` is a file URI or an `oci://` reference."""

    target: str


@dataclass(frozen=True)
class Unavailable:
    """Why nothing was found, in words for the user. `kind` is one of those of `remote.failure`, or `syntax`."""

    kind: str
    message: str
    target: str = ""


Find = Callable[[str, Document], Found | Pending | Unavailable]
"""Where a reference leads, as seen from the document that holds it."""

Shapes = Mapping[Kind, Shape]


@dataclass(frozen=True)
class Layer:
    document: Document
    tier: Tier
    ref: str = ""
    """The reference by which the layer below names it, as written there."""
    how: str = ""

    @property
    def name(self) -> str:
        return self.document.name


@dataclass(frozen=True)
class Trouble:
    """Why the chain ends early. `document` holds the reference at fault, at `span`."""

    code: str
    document: Document
    span: Span
    message: str
    kind: str = ""
    related: tuple[tuple[Document, Span, str], ...] = ()
    hides: bool = True
    """Whether layers above could be missing because of it, so that nothing is known for sure."""


@dataclass(frozen=True)
class Chain:
    layers: tuple[Layer, ...]
    """Topmost first; the document itself last."""
    pending: str = ""
    """A target that nobody has fetched yet."""
    troubles: tuple[Trouble, ...] = ()

    @property
    def subject(self) -> Layer:
        return self.layers[-1]

    @property
    def manifests(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in self.layers if layer.tier is not Tier.PRODUCT)

    @property
    def complete(self) -> bool:
        """Whether every layer is known: without that, what is absent is unknown, not absent."""
        return not self.pending and not any(t.hides for t in self.troubles)

    def layer(self, tier: Tier) -> Layer | None:
        return next((layer for layer in self.layers if layer.tier is tier), None)


@dataclass(frozen=True)
class Reference:
    """A reference as it stands in a document."""

    text: str
    at: At = field(repr=False)

    @property
    def span(self) -> Span:
        return self.at.value_span


def reference(document: Document, shapes: Shapes) -> Reference | None:
    """The document's reference to the layer above, where it has one that is text."""
    shape = shapes.get(document.kind)
    if shape is None:
        return None
    path = shape.role_path(Role.PLATFORM if document.kind is Kind.PRODUCT else Role.PARENT)
    at = document.at(path) if path else None
    if at is None or not isinstance(at.node, Scalar):
        return None
    text = text_of(at.node)
    return Reference(text.strip(), at) if text and text.strip() else None


def find_chain(document: Document, shapes: Shapes, find: Find) -> Chain:
    """The layers above a product or manifest: its manifest, and the parent of each domain manifest."""
    layers = [Layer(document, document.tier)]
    troubles: list[Trouble] = []
    visited = [document]
    while True:
        below = layers[0]
        if below.tier not in (Tier.PRODUCT, Tier.DOMAIN):
            break
        here = reference(below.document, shapes)
        if here is None:
            break
        found = find(here.text, below.document)
        if isinstance(found, Pending):
            return Chain(tuple(layers), pending=found.target, troubles=tuple(troubles))
        if isinstance(found, Unavailable):
            troubles.append(_unavailable(found, below.document, here))
            break
        above = found.document
        if any(above is seen or above.uri == seen.uri for seen in visited):
            troubles.append(_cycle(visited, above, below.document, here, shapes))
            break
        if above.kind is not Kind.MANIFEST:
            troubles.append(_not_a_manifest(above, below.document, here))
            break
        if len([layer for layer in layers if layer.tier is not Tier.PRODUCT]) >= MAX_LAYERS:
            message = f"This chain of manifests is longer than {MAX_LAYERS} layers; `{above.name}` is left out."
            troubles.append(Trouble("chain/too-long", below.document, here.span, message))
            break
        if below.tier is Tier.DOMAIN and above.tier is not Tier.ENTERPRISE:
            troubles.append(_wrong_tier(above, below.document, here, shapes))
        visited.append(above)
        layers.insert(0, Layer(above, above.tier, here.text, found.how))
    return Chain(tuple(layers), troubles=tuple(troubles))


_CODES = {"not-found": "ref/not-found", "syntax": "ref/syntax", "not-manifest": "ref/not-manifest",
          "not-artifact": "ref/not-manifest"}  # fmt: skip


def _unavailable(found: Unavailable, document: Document, here: Reference) -> Trouble:
    code = _CODES.get(found.kind, "ref/unreachable")
    return Trouble(code, document, here.span, found.message, kind=found.kind)


def _not_a_manifest(above: Document, document: Document, here: Reference) -> Trouble:
    what = {
        Kind.PRODUCT: "a data product",
        Kind.RUNTIME: "a file of the older floe-runtime",
    }.get(above.kind, "not a manifest")
    message = f"`{here.text}` leads to {above.name}, which is {what}; a manifest belongs here."
    start = (above, Span(0, 0), f"{above.name} starts here")
    return Trouble("ref/not-manifest", document, here.span, message, "not-manifest", (start,))


def _wrong_tier(above: Document, document: Document, here: Reference, shapes: Shapes) -> Trouble:
    path = shapes[above.kind].role_path(Role.SCOPE)
    scope = above.at(path) if path else None
    said = "has scope `domain`" if above.tier is Tier.DOMAIN else "has no scope"
    message = (
        f"The parent of a domain manifest is an enterprise manifest, but {above.name} {said}. "
        "Name a manifest with `scope: enterprise`."
    )
    span = scope.span if scope else Span(0, 0)
    related = ((above, span, f"{above.name} {said}"),)
    code = "chain/parent-not-enterprise"
    # The layers above are known all the same, so nothing is hidden.
    return Trouble(code, document, here.span, message, related=related, hides=False)


def _cycle(
    visited: list[Document], above: Document, document: Document, here: Reference, shapes: Shapes
) -> Trouble:
    start = next(i for i, seen in enumerate(visited) if seen is above or seen.uri == above.uri)
    ring = visited[start:]
    names = " → ".join(d.name for d in (*ring, above))
    related = tuple(
        (member, found.span, f"{member.name} names the next")
        for member in ring
        if (found := reference(member, shapes)) is not None
    )
    message = f"These manifests inherit from each other in a circle: {names}."
    return Trouble("chain/cycle", document, here.span, message, "cycle", related)
