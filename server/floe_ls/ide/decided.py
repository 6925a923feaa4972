"""How findings speak of the layer that decided: its file, tier and line, and the place itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from floe_ls.chain.layers import Layer
from floe_ls.chain.merge import dotted
from floe_ls.chain.say import Origin
from floe_ls.forms.document import At, Document
from floe_ls.ide.mend import flow
from floe_ls.ide.model import Related
from floe_ls.ide.words import every
from floe_ls.schema.meta import Tier
from floe_ls.schema.shape import Path
from floe_ls.syntax.nodes import Collection
from floe_ls.text import Span

_TIERS = {
    Tier.ENTERPRISE: "enterprise",
    Tier.DOMAIN: "domain",
    Tier.PLATFORM: "platform",
    Tier.PRODUCT: "product",
}
_LONGEST = 60


def place(layer: Layer, at: At | None = None) -> str:
    """A layer, and where in it: `enterprise-manifest.yaml (enterprise, line 6)`."""
    words = _TIERS[layer.tier]
    if at is not None:
        words += f", line {layer.document.lines.position(at.key_span.start)[0] + 1}"
    return f"{layer.name} ({words})"


def said(origin: Origin) -> str:
    """Who says what: `enterprise-manifest.yaml (enterprise, line 6) sets `required``."""
    verb = "has the default" if origin.implied else "sets"
    return f"{place(origin.layer, origin.at)} {verb} {value(origin.value)}"


def value(of: Any) -> str:
    """A value in a sentence."""
    if of == "" or of is None:
        return "nothing"
    text = of if isinstance(of, str) else flow(of)
    if len(text) > _LONGEST:
        if isinstance(of, Mapping | list):
            return "a list" if isinstance(of, list) else "a block"
        text = text[: _LONGEST - 1] + "…"
    return f"`{text}`"


def field_name(document: Document, path: Path, origin: Origin | None = None) -> str:
    """A field as the document's author calls it, dotted. An implied one is a key of the block that implies it."""
    if origin is not None and origin.implied:
        return f"`{dotted(path)}`"
    return f"`{dotted(document.author_path(path))}`"


def related(layer: Layer, at: At, message: str) -> Related:
    """The place in another file that a finding is about: a key with its value, of a block the key."""
    span = at.key_span if isinstance(at.node, Collection) and not at.node.flow else at.span
    return Related(layer.document, span, message)


def set_here(origin: Origin) -> Related:
    """Where a layer says what it says."""
    what = value(origin.value)
    message = (
        f"the default {what} counts in this block" if origin.implied else f"{what} is set here"
    )
    return related(origin.layer, origin.at, message)


def first_line(document: Document, span: Span) -> Span:
    """As much of a span as stands on its first line: a whole block in red says less."""
    end = document.lines.end(document.lines.position(span.start)[0])
    return Span(span.start, max(min(span.end, end), span.start + 1))


def some(names: Iterable[str], most: int = 8) -> str:
    """Names in a sentence; of many, the first ones and how many more there are."""
    listed = list(names)
    if len(listed) <= most:
        return every(listed)
    return f"{', '.join(f'`{name}`' for name in listed[:most])} and {len(listed) - most} others"
