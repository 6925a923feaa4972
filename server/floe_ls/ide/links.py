"""What in a document can be followed like a link: references, and the folders of transforms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from floe_ls.chain.layers import Found, reference
from floe_ls.chain.ref import resolve_path
from floe_ls.forms.document import Document, Kind
from floe_ls.forms.tree import text_of
from floe_ls.ide.mentions import spots, word
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.meta import Role, Tier
from floe_ls.text import Span

_MANIFESTS = {
    Tier.ENTERPRISE: "enterprise manifest",
    Tier.DOMAIN: "domain manifest",
    Tier.PLATFORM: "platform manifest",
}


@dataclass(frozen=True)
class Link:
    span: Span
    target: str
    """A URI."""
    tooltip: str


def links(snapshot: Snapshot, document: Document) -> tuple[Link, ...]:
    return (*_references(snapshot, document), *_folders(snapshot, document))


def _references(snapshot: Snapshot, document: Document) -> Iterator[Link]:
    here = reference(document, snapshot.shapes)
    found = snapshot.find(here.text, document) if here is not None else None
    if here is not None and isinstance(found, Found):
        target = found.document
        yield Link(word(document, here.at), target.uri, _tooltip(snapshot, target))


def _tooltip(snapshot: Snapshot, target: Document) -> str:
    what = _MANIFESTS.get(target.tier, "file") if target.kind is Kind.MANIFEST else "file"
    row = snapshot.row(target)
    version = f", version {row.version}" if row is not None and row.version else ""
    if target.ref:
        return f"Open the {what} {target.ref}, read-only"
    return f"Open the {what} {target.name}{version}"


def _folders(snapshot: Snapshot, document: Document) -> Iterator[Link]:
    root = snapshot.shapes.get(document.kind)
    path = root.role_path(Role.TRANSFORM_PATH) if root is not None else None
    if root is None or path is None or document.ref or not document.uri.startswith("file:"):
        return
    targets: dict[str, str] = {}
    for _, at in spots(document, root, path):
        text = (text_of(at.node) or "").strip()
        if text not in targets:  # thousands of transforms have a few folders
            targets[text] = resolve_path(document.uri, text) if text else ""
        target = targets[text]
        if target and target not in snapshot.missing:
            yield Link(word(document, at), target, f"Go to the folder {text}")
