"""What stands above a file."""

from __future__ import annotations

from hypothesis import given

from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.lens import lenses
from soup import names, soup

MESH = """\
#- enterprise-manifest.yaml
scope: enterprise
metadata: {name: acme, version: 1.0.0}
#- up.yaml @ oci://r.example.com/finance-domain:2.1.0
scope: domain
parent_manifest: oci://r.example.com/acme:1.0.0
#- sales/sales-domain-manifest.yaml
scope: domain
parent_manifest: ../enterprise-manifest.yaml
#- sales/orders/floe.yaml
platform: {ref: ../sales-domain-manifest.yaml}
#- sales/customers/floe.yaml
platform: {ref: ../sales-domain-manifest.yaml}
#- finance/ledger/floe.yaml
platform:
  ref: oci://r.example.com/finance-domain:2.1.0
#- lost/floe.yaml
platform: {ref: oci://r.example.com/nobody-knows:1.0.0}
#- lost/manifest.yaml
plugins: {compute: duckdb}
"""


def told(name: str) -> list[str]:
    here = world(MESH)
    document = here.file(name)
    return [
        f"{document.lines.position(x.span.start)[0]}: {x.title}"
        for x in lenses(here.snapshot, document)
    ]


def test_a_manifest_counts_who_inherits_from_it_also_by_way_of_a_registry() -> None:
    """The finance domain is an artifact, whose parent the workspace has as a file."""
    assert told("enterprise-manifest.yaml") == [
        "0: 2 domains · 3 products inherit",
        "0: Show effective configuration",
    ]
    assert told("sales/sales-domain-manifest.yaml") == [
        "0: 2 products inherit",
        "0: Show effective configuration",
        "1: Resolves acme v1.0.0",
    ]


def test_counts_follow_files_that_come_and_go() -> None:
    here = world(MESH)
    name = "sales/sales-domain-manifest.yaml"
    document = here.file(name)
    more = read_document(
        "file:///w/sales/more/floe.yaml", "platform: {ref: ../sales-domain-manifest.yaml}\n"
    )
    grown = here.snapshot.with_document(more)
    titles = [
        lenses(snapshot, document)[0].title
        for snapshot in (here.snapshot, grown, here.snapshot, grown.without(more.uri))
    ]
    assert titles == [f"{number} products inherit" for number in (2, 3, 2, 2)]


def test_a_product_tells_what_it_resolves_to() -> None:
    assert told("sales/orders/floe.yaml") == [
        "0: Show effective configuration",
        "0: Resolves sales-domain-manifest → acme v1.0.0",
    ]
    assert told("finance/ledger/floe.yaml")[1] == "1: Resolves finance-domain v2.1.0 → acme v1.0.0"


def test_what_is_not_known_yet_is_said() -> None:
    assert told("lost/floe.yaml")[1] == (
        "0: Resolves oci://r.example.com/nobody-knows:1.0.0 (being looked for)"
    )


def test_a_manifest_without_children_says_so() -> None:
    assert told("lost/manifest.yaml")[0] == "0: Nothing in this workspace inherits"


@given(soup, names)
def test_whatever_the_text_there_is_a_place_for_them(text: str, name: str) -> None:
    here = world(MESH)
    document = read_document("file:///w/" + name, text)
    for lens in lenses(here.snapshot.with_document(document), document):
        assert 0 <= lens.span.start <= lens.span.end <= max(len(text), 1)
        assert lens.title
