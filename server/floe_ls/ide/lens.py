"""What stands above a file: who inherits from it, or what it inherits from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from floe_ls.chain.layers import Layer, reference
from floe_ls.chain.merge import dotted
from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.forms.document import Document, Kind
from floe_ls.ide.edited import Edited, Told
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.words import count
from floe_ls.mesh.census import row_of
from floe_ls.mesh.impact import Impact
from floe_ls.schema.meta import Tier
from floe_ls.schema.shape import Path
from floe_ls.text import Span


class LensKind(StrEnum):
    INHERITORS = "inheritors"
    RESOLVES = "resolves"
    EFFECTIVE = "effective"
    IMPACT = "impact"


@dataclass(frozen=True)
class Lens:
    span: Span
    title: str
    kind: LensKind


def lenses(snapshot: Snapshot, document: Document) -> list[Lens]:
    """The lines above a manifest or product, in the order in which they are shown."""
    if not document.is_ours or not document.text.strip():
        return []
    first = _first(document)
    out: list[Lens] = []
    if document.kind is Kind.MANIFEST and (title := _inheritors(snapshot, document)):
        out.append(Lens(first, title, LensKind.INHERITORS))
    out.append(Lens(first, "Show effective configuration", LensKind.EFFECTIVE))
    title = _resolves(snapshot, document)
    at = reference(document, snapshot.shapes)
    if title and at is not None:
        out.append(Lens(at.at.key_span, title, LensKind.RESOLVES))
    return out


def key_lenses(keys: Iterable[Edited], told: Mapping[Path, Told], found: Impact) -> Iterator[Lens]:
    """On each key that is edited and not saved yet: who inherits, and to how many of them what happens."""
    inherit = len(found.inheriting)
    if not inherit:
        return
    products = found.products
    who = count(products, "product") if products else count(inherit, "domain")
    many = products or inherit
    for key in keys:
        known = told.get(key.path)
        if known is None:
            continue
        parts = [f"{_digits(who)} {'inherits' if many == 1 else 'inherit'}"]
        if known.changed and known.changed < inherit:
            parts.append(f"{known.changed:,} change{'s' if known.changed == 1 else ''}")
        if known.broken:
            parts.append(f"{_breaking(known, products)} would break")
        elif not known.changed:
            parts.append("nothing changes")
        title = " · ".join(parts)
        if key.gone:
            title = f"Without {dotted(key.path[-1:])}: {title}"
        yield Lens(key.span, title, LensKind.IMPACT)


def _breaking(told: Told, products: int) -> str:
    """A number, of those that are counted before it; else with what it counts."""
    if not told.domains or not products:
        return f"{told.broken:,}"
    kinds = ((told.domains, "domain"), (told.broken - told.domains, "product"))
    return " and ".join(_digits(count(number, kind)) for number, kind in kinds if number)


def _first(document: Document) -> Span:
    """The first key."""
    entry = next((child for _, child in document.written.children()), None)
    return entry.key_span if entry is not None else Span(0, 0)


def _inheritors(snapshot: Snapshot, document: Document) -> str:
    below = snapshot.count_below(document)
    domains, products = below.get(Tier.DOMAIN, 0), below.get(Tier.PRODUCT, 0)
    parts = [count(domains, "domain")] if domains else []
    parts += [count(products, "product")] if products or not domains else []
    if not below:
        return "Nothing in this workspace inherits" if snapshot.scanned else ""
    one = domains + products == 1
    return f"{' · '.join(_digits(p) for p in parts)} {'inherits' if one else 'inherit'}"


def _digits(words: str) -> str:
    return "1" + words.removeprefix("one") if words.startswith("one ") else words


def _resolves(snapshot: Snapshot, document: Document) -> str:
    """The tiers above, the nearest first."""
    chain = snapshot.chain(document)
    names = (
        [_name(snapshot, layer) for layer in chain.layers[-2::-1]] if len(chain.layers) > 1 else []
    )
    if chain.pending:
        names.append(f"{chain.pending.removeprefix('name:')} (being looked for)")
    elif any(trouble.hides for trouble in chain.troubles):
        names.append("not available")
    return f"Resolves {' → '.join(names)}" if names else ""


def _name(snapshot: Snapshot, layer: Layer) -> str:
    row = snapshot.row(layer.document) or row_of(layer.document, snapshot.shapes)
    ref = parse_ref(layer.ref)
    if row is not None and row.stated:
        name = row.name
    else:
        name = (
            ref.name if isinstance(ref, OciRef) else (row.stem if row is not None else layer.name)
        )
    version = row.version if row is not None else ""
    if not version and isinstance(ref, OciRef):
        version = ref.tag or ""
    if version.removeprefix("v")[:1].isdigit():
        return f"{name} v{version.removeprefix('v')}"
    return f"{name}:{version}" if version else name
