"""The mesh as nodes and edges."""

from __future__ import annotations

from hypothesis import given

from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.graph import Findings, graph
from soup import names, soup

MESH = """\
#- enterprise-manifest.yaml
scope: enterprise
metadata: {name: acme, version: 1.0.0}
approved_plugins: {compute: [duckdb]}
#- up.yaml @ oci://r.example.com/finance-domain:2.1.0
scope: domain
parent_manifest: oci://r.example.com/acme:1.0.0
#- sales-domain-manifest.yaml
scope: domain
parent_manifest: ./enterprise-manifest.yaml
plugins: {compute: spark}
#- orders/floe.yaml
metadata: {name: orders, version: 0.1.0}
platform: {ref: ../sales-domain-manifest.yaml}
#- ledger/floe.yaml
platform: {ref: "oci://r.example.com/finance-domain:2.1.0"}
"""


def test_files_and_artifacts_are_nodes_and_parents_lead_to_children() -> None:
    found = graph(world(MESH).snapshot)
    names_of = {node.uri: (node.name, node.tier.value, node.version) for node in found.nodes}
    assert sorted(names_of.values()) == [
        ("acme", "enterprise", "1.0.0"),
        ("ledger", "product", ""),
        ("orders", "product", "0.1.0"),
        ("sales-domain-manifest", "domain", ""),
        ("up", "domain", ""),
    ]
    edges = [(names_of[a][0], names_of[b][0]) for a, b in found.edges]
    assert sorted(edges) == [
        ("acme", "sales-domain-manifest"),
        ("acme", "up"),
        ("sales-domain-manifest", "orders"),
        ("up", "ledger"),
    ]


def test_findings_are_counted_and_kept_until_something_above_changes() -> None:
    here = world(MESH)
    domain = here.file("sales-domain-manifest.yaml")
    findings = Findings()
    assert findings.known(here.snapshot, domain) is None
    assert findings.find(here.snapshot, domain)[0] == 1
    assert findings.known(here.snapshot, domain) == findings.find(here.snapshot, domain)
    above = here.file("enterprise-manifest.yaml")
    text = above.text.replace("[duckdb]", "[duckdb, spark]")
    after = here.snapshot.with_document(read_document(above.uri, text, 2, above))
    assert findings.known(after, domain) is None
    assert findings.find(after, domain)[0] == 0


@given(soup, names)
def test_whatever_the_files_edges_are_between_nodes(text: str, name: str) -> None:
    here = world(MESH)
    document = read_document("file:///w/" + name, text)
    found = graph(here.snapshot.with_document(document))
    uris = {node.uri for node in found.nodes}
    assert all(a in uris and b in uris for a, b in found.edges)
