"""Whatever is written, and wherever the cursor is, navigation answers and stays within the texts."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from fixture import ROOT, world
from floe_ls.forms.document import Document, read_document
from floe_ls.ide.calls import called, incoming, outgoing
from floe_ls.ide.definition import declaration, definition
from floe_ls.ide.hierarchy import children, member, parents
from floe_ls.ide.highlight import highlights
from floe_ls.ide.implementation import implementation
from floe_ls.ide.links import links
from floe_ls.ide.locations import Location
from floe_ls.ide.references import references
from floe_ls.ide.rename import Renamable, Renaming, prepared, renamed
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.symbols import Symbol, document_symbols, workspace_symbols
from floe_ls.text import Span, apply_edits
from navigation import DOMAIN, ENTERPRISE, MESH, PRODUCT, D, E, P

WORDS = [
    "scope", "plugins", "compute", ":", ": ", "\n", "\n  ", "\n    ", "- ", "-", "[", "]", "{", "}", ",", '"', "'",
    "duckdb", "*a", "&a ", "&b ", "|", ">", "#", "<<", "<<: *a\n", "governance", "\t", "é", "😀", "---\n", "domain",
    "? ", "platform", "transforms", "name", "dependsOn", "depends_on: [stg]\n", "ref: ", "parent_manifest: ",
    "metadata", "customer-360", "../enterprise-manifest.yaml", "./floe.yaml", "enterprise-manifest",
    "approved_products", "approved_plugins", "oci://r/e:1", "observability", "marquez", "null", "\r\n", "policies",
    "stg", "path: models/\n", "type",
]  # fmt: skip
SOUP = st.lists(st.sampled_from(WORDS), max_size=30).map("".join)
BODIES = {
    E: ENTERPRISE.partition("\n")[2],
    D: DOMAIN.partition("\n")[2],
    P: PRODUCT.partition("\n")[2],
}
MIXED = st.tuples(
    st.sampled_from([E, D, P]), st.integers(0, 400), st.integers(0, 40), SOUP, st.booleans()
)


@given(MIXED, st.integers(0, 600))
def test_nothing_fails_in_broken_text(change: tuple[str, int, int, str, bool], offset: int) -> None:
    name, start, length, soup, whole = change
    text = BODIES[name]
    text = soup if whole else text[:start] + soup + text[start + length :]
    document = read_document(ROOT + name, text, 2, label=name)
    snapshot = world(MESH).snapshot.with_document(document)
    everything(snapshot, document, offset % (len(text) + 1))
    for other in (E, D, P):
        seen = snapshot.documents[ROOT + other]
        everything(snapshot, seen, offset % (len(seen.text) + 1))


def everything(snapshot: Snapshot, document: Document, offset: int) -> None:
    size = len(document.text)
    for ask in (definition, declaration, implementation):
        found = ask(snapshot, document, offset)
        if found is not None:
            assert found.targets
            inside(found.source, size)
            places(found.targets)
    places(references(snapshot, document, offset))
    places(references(snapshot, document, offset, declarations=False))
    for mark in highlights(snapshot, document, offset):
        inside(mark.span, size)
    for link in links(snapshot, document):
        inside(link.span, size)
        assert link.target
    root = document_symbols(snapshot, document)
    if root is not None:
        symbol(root, size)
    places(f.location for f in workspace_symbols(snapshot, "a"))
    for one in member(snapshot, document, offset):
        parents(snapshot, one)
        children(snapshot, one)
    for transform in called(snapshot, document, offset):
        incoming(snapshot, document, transform.name.name)
        outgoing(snapshot, document, transform.name.name)
    renaming(snapshot, document, offset)


def renaming(snapshot: Snapshot, document: Document, offset: int) -> None:
    ready = prepared(snapshot, document, offset)
    done = renamed(snapshot, document, offset, "another")
    if isinstance(ready, Renamable):
        inside(ready.span, len(document.text))
        assert ready.name
    if isinstance(done, Renaming):
        assert isinstance(ready, Renamable)
        own = [edit for d, edit in done.edits if d is document]
        again = read_document(document.uri, apply_edits(document.text, own), 3, document)
        assert "another" in again.text
    else:
        assert done.message.endswith((".", "`."))


def inside(span: Span, size: int) -> None:
    assert 0 <= span.start <= span.end <= size


def places(found: Iterable[Location]) -> None:
    for place in found:
        inside(place.span, len(place.document.text))
        inside(place.focus, len(place.document.text))
        assert place.span.start <= place.focus.start <= place.focus.end <= place.span.end


def symbol(one: Symbol, size: int) -> None:
    inside(one.span, size)
    assert one.name
    assert one.span.start <= one.focus.start <= one.focus.end <= one.span.end
    for child in one.children:
        symbol(child, size)
