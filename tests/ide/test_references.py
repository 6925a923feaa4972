"""Uses of names and keys in the whole workspace."""

from __future__ import annotations

import pytest

from fixture import World, world
from floe_ls.forms.document import Document
from floe_ls.ide.highlight import highlights
from floe_ls.ide.references import references
from navigation import MESH, REMOTE, D, E, F, M, P, at, shown, where


def uses(here: World, *, declarations: bool = True) -> list[str]:
    found = references(here.snapshot, here.document, here.cursor, declarations=declarations)
    return [shown(place) for place in found]


UP = "../enterprise-manifest.yaml"


@pytest.mark.parametrize(
    ("file", "word", "number", "wanted"),
    [
        (E, "acme", 1, [f"{E}:2 acme", f"{M}:2 {UP}", f"{D}:2 {UP}"]),
        (E, "scope", 1, [f"{E}:2 acme", f"{M}:2 {UP}", f"{D}:2 {UP}"]),
        (M, UP, 1, [f"{E}:2 acme", f"{M}:2 {UP}", f"{D}:2 {UP}"]),
        (M, "parent_manifest", 1, [f"{E}:2 acme", f"{M}:2 {UP}", f"{D}:2 {UP}"]),
        (P, "customer-360", 1, [f"{P}:2 customer-360", f"{D}:6 customer-360"]),
        (D, "customer-360", 1, [f"{P}:2 customer-360", f"{D}:6 customer-360"]),
        (D, "sales-forecast", 1, [f"{D}:7 sales-forecast"]),
        (P, "stg", 1, [f"{P}:6 stg", f"{P}:13 stg", f"{P}:17 stg"]),
        (P, "fct]", 1, [f"{P}:9 fct", f"{P}:17 fct"]),
        (D, "snowflake", 1, [f"{D}:4 snowflake", f"{E}:4 snowflake"]),
        (P, "duckdb", 1, [f"{P}:12 duckdb", f"{E}:4 duckdb", f"{E}:8 duckdb"]),
        (E, "salesforce", 1, [f"{E}:5 salesforce", f"{P}:20 salesforce"]),
        (E, "pii_encryption", 1, [f"{E}:10 pii_encryption", f"{D}:9 pii_encryption"]),
        (D, "governance", 1, [f"{E}:9 governance", f"{D}:8 governance"]),
        (P, "type", 1, []),
        (F, "platform", 1, []),
    ],
)  # fmt: skip
def test_references(file: str, word: str, number: int, wanted: list[str]) -> None:
    assert uses(at(file, word, number)) == wanted


@pytest.mark.parametrize(
    ("file", "word", "wanted"),
    [
        (E, "acme", [f"{M}:2 {UP}", f"{D}:2 {UP}"]),
        (P, "customer-360", [f"{D}:6 customer-360"]),
        (P, "stg", [f"{P}:13 stg", f"{P}:17 stg"]),
        (E, "snowflake", [f"{D}:4 snowflake"]),
        (E, "pii_encryption", [f"{D}:9 pii_encryption"]),
    ],
)
def test_references_without_what_names_it(file: str, word: str, wanted: list[str]) -> None:
    assert uses(at(file, word), declarations=False) == wanted


def test_an_artifact_has_references_too() -> None:
    here = at("sales-domain-manifest.yaml", "snowflake", text=REMOTE)
    assert uses(here) == [
        "sales-domain-manifest.yaml:4 snowflake",
        "oci://registry.example.com/enterprise-manifest:v1.0.0:3 snowflake",
    ]
    here = at("sales-domain-manifest.yaml", "oci://", text=REMOTE)
    assert uses(here, declarations=False) == [
        "sales-domain-manifest.yaml:2 oci://registry.example.com/enterprise-manifest:v1.0.0"
    ]


def test_a_product_of_another_domain_is_another_product() -> None:
    other = (
        "#- other/other-domain-manifest.yaml\nscope: domain\nparent_manifest: ../enterprise-manifest.yaml\n"
        "approved_products: [customer-360]\n"
        "#- other/customer-360/floe.yaml\nname: customer-360\nplatform: {ref: ../other-domain-manifest.yaml}\n"
    )
    assert uses(at(P, "customer-360", text=MESH + other)) == [
        f"{P}:2 customer-360",
        f"{D}:6 customer-360",
    ]
    assert uses(at("other/customer-360/floe.yaml", "customer-360", text=MESH + other)) == [
        "other/customer-360/floe.yaml:1 customer-360",
        "other/other-domain-manifest.yaml:3 customer-360",
    ]


def marked(here: World) -> list[str]:
    found = highlights(here.snapshot, here.document, here.cursor)
    return [f"{where(here.document, h.span)}{'!' if h.declares else ''}" for h in found]


def test_highlights_are_the_same_thing_in_this_document() -> None:
    assert marked(at(P, "stg]")) == [f"{P}:6 stg!", f"{P}:13 stg", f"{P}:17 stg"]
    assert marked(at(E, "duckdb")) == [f"{E}:4 duckdb!", f"{E}:8 duckdb"]
    assert marked(at(D, "customer-360")) == [f"{D}:6 customer-360"]
    assert marked(at(P, "type")) == []


def test_highlights_of_anchors_tell_two_of_a_name_apart() -> None:
    here = world("a: &x 1\nb: *x\nc: &x 2\nd: *$0x\n")
    assert marked(here) == ["manifest.yaml:3 x!", "manifest.yaml:4 x"]


def test_files_that_nobody_has_open_are_read_only_if_they_may_have_a_use() -> None:
    read: list[str] = []
    here = closed(MESH.replace("[duckdb, snow", "[d$0uckdb, snow"), read)
    assert uses(here) == [f"{E}:4 duckdb", f"{E}:8 duckdb", f"{P}:12 duckdb"]
    assert any(uri.endswith(P) for uri in read)
    assert not any(uri.endswith(F) for uri in read)
    here = closed(MESH.replace("pii_en", "pii$0_en", 1), read)
    assert uses(here) == [f"{E}:10 pii_encryption", f"{D}:9 pii_encryption"]
    assert not any(uri.endswith("floe.yaml") for uri in read)


def closed(text: str, read: list[str]) -> World:
    """A workspace in which all files but the cursor's are known by their rows; `read` tells which are read then."""
    here = world(text)
    known = here.snapshot

    def load(uri: str) -> Document:
        read.append(uri)
        return known.documents[uri]

    here.snapshot = known.with_rows(r.of(load) for r in known.census.rows if r.uri != here.uri)
    assert here.snapshot.family.parents
    read.clear()
    return here
