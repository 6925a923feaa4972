"""Where keys and names come from: definition, declaration, implementation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fixture import World, world
from floe_ls.forms.document import Document
from floe_ls.ide.definition import declaration, definition
from floe_ls.ide.implementation import implementation
from floe_ls.ide.locations import Jump
from floe_ls.ide.snapshot import Snapshot
from navigation import MESH, REMOTE, D, E, F, M, P, at, shown

Ask = Callable[[Snapshot, Document, int], Jump | None]


def places(ask: Ask, here: World) -> list[str]:
    found = ask(here.snapshot, here.document, here.cursor)
    return [shown(target) for target in found.targets] if found else []


@pytest.mark.parametrize(
    ("file", "word", "number", "wanted"),
    [
        (D, "../enterprise", 1, [f"{E}:2 acme"]),
        (D, "parent_manifest", 1, [f"{E}:2 acme"]),
        (P, "../sales", 1, [f"{D}:1"]),
        (D, "customer-360", 1, [f"{P}:2 customer-360"]),
        (D, "sales-forecast", 1, [f"{F}:1"]),
        (P, "customer-360", 1, [f"{P}:2 customer-360"]),
        (P, "stg]", 1, [f"{P}:6 stg"]),
        (P, "fct]", 1, [f"{P}:9 fct"]),
        (D, "snowflake", 1, [f"{E}:4 snowflake"]),
        (P, "duckdb", 1, [f"{E}:4 duckdb"]),
        (P, "salesforce", 1, [f"{E}:5 salesforce"]),
        (D, "pii_encryption", 1, [f"{E}:10 pii_encryption"]),
        (D, "required", 1, [f"{E}:10 pii_encryption"]),
        (D, "data_retention_days", 1, [f"{D}:10 data_retention_days"]),
        (D, "compute", 1, [f"{D}:4 snowflake"]),
        (D, "governance", 1, [f"{E}:9 governance", f"{D}:8 governance"]),
        (E, "approved_plugins", 1, [f"{E}:3 approved_plugins"]),
        (E, "policies", 1, [f"{E}:12 policies"]),
        (E, "action", 1, [f"{E}:13 {{name: tags, type: required_tags, action: warn, message: Tag it}}"]),
        (P, "type", 1, []),
        (E, "version", 1, []),
        (E, "scope", 1, []),
    ],
)  # fmt: skip
def test_definition(file: str, word: str, number: int, wanted: list[str]) -> None:
    assert places(definition, at(file, word, number)) == wanted


@pytest.mark.parametrize(
    ("file", "word", "wanted"),
    [
        (D, "data_retention_days", [f"{E}:11 data_retention_days"]),
        (D, "compute", [f"{E}:8 duckdb"]),
        (D, "snowflake", [f"{E}:8 duckdb"]),
        (D, "plugins", [f"{E}:6 plugins"]),
        (D, "governance", [f"{E}:9 governance"]),
        (D, "approved_products", [f"{D}:5 approved_products"]),
        (P, "duckdb", [f"{E}:4 duckdb"]),
        (P, "stg]", [f"{P}:6 stg"]),
        (P, "../sales", [f"{D}:1"]),
    ],
)
def test_declaration_is_the_topmost_tier_that_sets_it(
    file: str, word: str, wanted: list[str]
) -> None:
    assert places(declaration, at(file, word)) == wanted


@pytest.mark.parametrize(
    ("file", "word", "number", "wanted"),
    [
        (E, "data_retention_days", 1, [f"{M}:4 data_retention_days", f"{D}:10 data_retention_days"]),
        (E, "30", 1, [f"{M}:4 data_retention_days", f"{D}:10 data_retention_days"]),
        (E, "plugins:\n", 2, [f"{D}:3 plugins"]),
        (E, "compute", 2, [f"{D}:4 compute"]),
        (E, "compute", 1, [f"{D}:4 snowflake", f"{P}:12 duckdb"]),
        (E, "snowflake", 1, [f"{D}:4 snowflake"]),
        (E, "salesforce", 1, [f"{P}:20 salesforce"]),
        (E, "acme", 1, [f"{M}:1", f"{D}:1"]),
        (D, "domain", 1, [f"{P}:2 customer-360", f"{F}:1"]),
        (D, "customer-360", 1, [f"{P}:2 customer-360"]),
        (D, "data_retention_days", 1, []),
        (P, "type", 1, []),
    ],
)  # fmt: skip
def test_implementation(file: str, word: str, number: int, wanted: list[str]) -> None:
    assert places(implementation, at(file, word, number)) == wanted


def test_definition_leads_into_an_artifact() -> None:
    for word, text in (
        ("oci://", ""),
        ("snowflake", "snowflake"),
    ):
        here = at("sales-domain-manifest.yaml", word, text=REMOTE)
        found = definition(here.snapshot, here.document, here.cursor)
        assert found is not None
        (target,) = found.targets
        assert target.document.uri.startswith("floe-oci://registry.example.com/enterprise-manifest")
        assert target.document.text[target.focus.start : target.focus.end] == text


def test_definition_of_a_parent_that_is_not_known_is_nothing() -> None:
    text = REMOTE[: REMOTE.index("#- enterprise.yaml")]
    assert places(definition, at("sales-domain-manifest.yaml", "oci://", text=text)) == []


@pytest.mark.parametrize("cursor", ["*bas$0e", "*$0base", "$0*base", "*base$0"])
def test_an_alias_leads_to_its_anchor(cursor: str) -> None:
    text = "scope: enterprise\nplugins:\n  compute: &base {type: duckdb}\n  dbt: *base\n"
    here = world(text.replace("*base", cursor))
    assert places(definition, here) == ["manifest.yaml:3 base"]


def test_an_alias_leads_to_the_last_anchor_above_it() -> None:
    here = world("a: &x 1\nb: *x\nc: &x 2\nd: *$0x\ne: &x 3\n")
    assert places(definition, here) == ["manifest.yaml:3 x"]


def test_a_product_of_the_same_name_under_another_domain_is_not_meant() -> None:
    other = "#- other/customer-360/floe.yaml\nmetadata: {name: customer-360}\ntransforms: []\n"
    assert places(definition, at(D, "customer-360", text=MESH + other)) == [f"{P}:2 customer-360"]


def test_the_author_s_spelling_is_where_definition_leads() -> None:
    text = MESH.replace("  compute: snowflake\n", "  compute:\n    type: snowflake\n")
    assert places(definition, at(D, "compute", text=text)) == [f"{D}:5 type"]
    assert places(implementation, at(E, "duckdb", 2, text=text)) == [f"{D}:4 compute"]
    text = MESH.replace("parent_manifest: ../", "parent:\n  ref: ../")
    assert places(definition, at(D, "ref", text=text)) == [f"{E}:2 acme"]
    assert places(definition, at(D, "../ent", text=text)) == [f"{E}:2 acme"]
