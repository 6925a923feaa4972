"""The whole mesh as nodes and edges: who inherits from whom, and where something is wrong."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from floe_ls.forms.document import Document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.steps import finished
from floe_ls.mesh.census import row_of
from floe_ls.schema.meta import Severity, Tier


@dataclass(frozen=True)
class Node:
    """A manifest or product, of the workspace or of a registry."""

    uri: str
    name: str
    tier: Tier
    version: str


@dataclass(frozen=True)
class Graph:
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    """URIs: a parent, and one that inherits from it."""


def graph(snapshot: Snapshot) -> Graph:
    """All manifests and products that are known, sorted by URI, and who inherits from whom."""
    return finished(graph_steps(snapshot))


_STEP = 500
"""Files that are looked at in one step."""


def graph_steps(snapshot: Snapshot) -> Generator[None, None, Graph]:
    """The same in steps. No file is read for it: their rows know enough."""
    edges: set[tuple[str, str]] = set()
    known: dict[str, Node] = {}
    for number, row in enumerate(snapshot.census.rows):
        known[row.uri] = Node(row.uri, row.name, row.tier, row.version)
        if number % _STEP == 0:
            yield
    for number, (child, parent) in enumerate(snapshot.family.parents.items()):
        edges.add((parent, child))
        if number % _STEP == 0:
            yield
    queue = [uri for uri, _ in edges if uri not in known]
    while queue:  # artifacts, and what is above them
        uri = queue.pop()
        document = snapshot.at_uri(uri)
        if document is None or uri in known:
            continue
        known[uri] = _node(snapshot, document)
        layers = snapshot.chain(document).layers
        if len(layers) > 1:
            above = layers[-2].document
            edges.add((above.uri, uri))
            queue.append(above.uri)
        yield
    nodes = tuple(known[uri] for uri in sorted(known))
    yield
    return Graph(nodes, tuple(sorted(e for e in edges if e[0] in known and e[1] in known)))


def _node(snapshot: Snapshot, document: Document) -> Node:
    row = snapshot.row(document) or row_of(document, snapshot.shapes)
    name = row.name if row is not None else document.name
    return Node(document.uri, name, document.tier, row.version if row is not None else "")


def counts(found: list[Diagnostic]) -> tuple[int, int]:
    """Errors and warnings."""
    severities = [d.severity for d in found]
    return severities.count(Severity.ERROR), severities.count(Severity.WARNING)


class Findings:
    """How many findings each file has, kept as long as nothing that they hang on has changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[object, ...], tuple[int, int]]] = {}

    def known(self, snapshot: Snapshot, document: Document) -> tuple[int, int] | None:
        kept = self._known.get(document.uri)
        return kept[1] if kept is not None and _same(kept[0], _basis(snapshot, document)) else None

    def find(self, snapshot: Snapshot, document: Document) -> tuple[int, int]:
        """Looks for them. An artifact has none: it cannot be mended here."""
        found = (0, 0) if document.ref else counts(diagnostics(snapshot, document))
        self._known[document.uri] = _basis(snapshot, document), found
        return found

    def forget(self, uris: frozenset[str]) -> None:
        """Drops all but those of some files."""
        self._known = {uri: kept for uri, kept in self._known.items() if uri in uris}


def _basis(snapshot: Snapshot, document: Document) -> tuple[object, ...]:
    """What findings hang on: the layers, the settings, and which names there are."""
    layers = tuple(layer.document for layer in snapshot.chain(document).layers)
    pending = snapshot.chain(document).pending
    return (*layers, snapshot.settings_for(document.uri), pending, snapshot.census.product_names)


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(
        a is b or (not isinstance(a, Document) and a == b) for a, b in zip(one, other, strict=True)
    )
