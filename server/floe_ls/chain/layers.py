"""Finds the layers above a document. A parent that is missing is an answer, not an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

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
    since: float | None = None
    """Seconds since 1970, when it first could not be had."""
    again: bool = False
    """Whether it is asked for again by itself."""


class Holder(Protocol):
    """Who holds a reference, as far as where it leads depends on it: a document, or what is known of one."""

    @property
    def uri(self) -> str: ...

    @property
    def ref(self) -> str:
        """For an artifact: its reference."""

    @property
    def name(self) -> str: ...


Find = Callable[[str, Holder], Found | Pending | Unavailable]
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
    since: float | None = None
    """Seconds since 1970, when it began, where it may pass."""
    again: bool = False
    """Whether it is looked up again by itself."""


@dataclass(frozen=True)
class Chain:
    layers: tuple[Layer, ...]
    """Topmost first; the document itself last."""
    pending: str = ""
    """A target that nobody has fetched yet."""
    troubles: tuple[Trouble, ...] = ()
    memo: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """What was computed of the layers above the document."""

    @property
    def subject(self) -> Layer:
        return self.layers[-1]

    @cached_property
    def manifests(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in self.layers if layer.tier is not Tier.PRODUCT)

    @cached_property
    def complete(self) -> bool:
        """Whether every layer is known: without that, what is absent is unknown, not absent."""
        ends = self.layers[0].tier in (Tier.ENTERPRISE, Tier.PLATFORM)
        whole = not any(layer.document.partial for layer in self.layers)
        return ends and whole and not self.pending and not any(t.hides for t in self.troubles)

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
    known = document.facts.get("reference")
    if known is None or known[0] is not shapes:
        known = document.facts["reference"] = shapes, _reference(document, shapes)
    found: Reference | None = known[1]
    return found


def _reference(document: Document, shapes: Shapes) -> Reference | None:
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
    named: list[Reference] = []
    """The reference by which each layer names the one above it, the document's first."""
    while True:
        below = layers[0]
        if below.tier not in (Tier.PRODUCT, Tier.DOMAIN):
            break
        here = reference(below.document, shapes)
        if here is None:
            break
        named.append(here)
        found = find(here.text, below.document)
        if isinstance(found, Pending):
            return Chain(tuple(layers), pending=found.target, troubles=tuple(troubles))
        if isinstance(found, Unavailable):
            troubles.append(_unavailable(found, below.document, here))
            break
        above = found.document
        ring = _ring(layers, above)
        if ring:
            # Members of a circle are each other's parents: that none is an enterprise is clear.
            troubles = [_cycle(ring, named, document)]
            break
        if above.kind is not Kind.MANIFEST:
            troubles.append(_not_a_manifest(above, below.document, here))
            break
        if sum(layer.tier is not Tier.PRODUCT for layer in layers) >= MAX_LAYERS:
            troubles.append(_too_long(layers, above, named))
            break
        if below.tier is Tier.DOMAIN and above.tier is not Tier.ENTERPRISE:
            troubles.append(_wrong_tier(above, below.document, here, shapes))
        layers.insert(0, Layer(above, above.tier, here.text, found.how))
    return Chain(tuple(layers), troubles=tuple(troubles))


_CODES = {
    "not-found": "ref/not-found",
    "syntax": "ref/syntax",
    "not-manifest": "ref/not-manifest",
    "not-artifact": "ref/not-manifest",
}


def _unavailable(found: Unavailable, document: Document, here: Reference) -> Trouble:
    code = _CODES.get(found.kind, "ref/unreachable")
    return Trouble(
        code,
        document,
        here.span,
        found.message,
        kind=found.kind,
        since=found.since,
        again=found.again,
    )


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


def _ring(layers: list[Layer], above: Document) -> list[Document]:
    """The documents of the circle that `above` closes, from it on upwards; empty where it closes none."""
    documents = [layer.document for layer in layers]
    for index, seen in enumerate(documents):
        if seen is above or seen.uri == above.uri:
            return documents[index::-1]
    return []


def _cycle(ring: list[Document], named: list[Reference], document: Document) -> Trouble:
    """It is the subject's trouble where the subject is part of the circle, else that of its last member."""
    of_ring = named[-len(ring) :]
    holder, here = (ring[0], of_ring[0]) if ring[0] is document else (ring[-1], of_ring[-1])
    names = " → ".join(member.name for member in (*ring, ring[0]))
    related = tuple(
        (member, reference.span, f"{member.name} names {following.name} as its parent")
        for member, following, reference in zip(ring, (*ring[1:], ring[0]), of_ring, strict=True)
    )
    if len(ring) == 1:
        message = f"{ring[0].name} names itself as its parent."
    else:
        message = f"These manifests inherit from each other in a circle: {names}."
    return Trouble("chain/cycle", holder, here.span, message, "cycle", related)


def _too_long(layers: list[Layer], above: Document, named: list[Reference]) -> Trouble:
    """The subject's own trouble: seen from a layer further up, the chain is shorter."""
    message = (
        f"There are more than {MAX_LAYERS} manifests above each other here; {above.name} and what is above it "
        "are left out."
    )
    start = (layers[0].document, named[-1].span, f"{layers[0].name} names {above.name}")
    subject = layers[-1].document
    return Trouble("chain/too-long", subject, named[0].span, message, related=(start,))
