"""What is told on the keys that somebody edits."""

from __future__ import annotations

from hypothesis import given, settings

from fixture import world
from floe_ls.forms.document import Document, read_document
from floe_ls.ide.edited import edited_keys, told_by_key
from floe_ls.ide.impact import Baseline, impact
from floe_ls.ide.lens import key_lenses
from soup import names, soup

MESH = """\
#- enterprise-manifest.yaml
scope: enterprise
metadata: {name: acme}
approved_plugins:
  compute: [duckdb, snowflake]
plugins:
  compute: duckdb
governance:
  data_retention_days: 30
#- sales/sales-domain-manifest.yaml
scope: domain
parent_manifest: ../enterprise-manifest.yaml
approved_products: [orders, customers]
#- finance/finance-domain-manifest.yaml
scope: domain
parent_manifest: ../enterprise-manifest.yaml
plugins:
  compute: snowflake
#- sales/orders/floe.yaml
platform: {ref: ../sales-domain-manifest.yaml}
#- sales/customers/floe.yaml
platform: {ref: ../sales-domain-manifest.yaml}
#- finance/ledger/floe.yaml
platform: {ref: ../finance-domain-manifest.yaml}
"""
ENTERPRISE, SALES = "enterprise-manifest.yaml", "sales/sales-domain-manifest.yaml"


def told(name: str, *edits: tuple[str, str]) -> list[str]:
    """The lenses on keys after some words of a file were replaced."""
    here = world(MESH)
    before = here.file(name)
    text = before.text
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    document = read_document(before.uri, text, 2, before)
    found = impact(Baseline(here.snapshot), here.snapshot.with_document(document), before.uri)
    keys = edited_keys(before, document)
    lenses = key_lenses(keys, told_by_key(document.uri, keys, found), found)
    lines = text.split("\n")
    return [
        f"{lines[document.lines.position(lens.span.start)[0]].strip()} | {lens.title}"
        for lens in lenses
    ]


def test_without_an_edit_nothing_is_told() -> None:
    assert told(ENTERPRISE) == []
    assert told(ENTERPRISE, ("compute: duckdb", "compute: {type: duckdb}  # the same")) == []


def test_an_edited_key_counts_who_inherits_changes_and_breaks() -> None:
    assert told(ENTERPRISE, ("[duckdb, snowflake]", "[duckdb]")) == [
        "compute: [duckdb] | 3 products inherit · 1 domain and 1 product would break"
    ]
    assert told(ENTERPRISE, ("compute: duckdb", "compute: snowflake")) == [
        "compute: snowflake | 3 products inherit · 3 change"
    ]


def test_each_key_is_told_what_it_does_itself() -> None:
    assert told(ENTERPRISE, ("[duckdb, snowflake]", "[duckdb]"), ("days: 30", "days: 60")) == [
        "compute: [duckdb] | 3 products inherit · 1 domain and 1 product would break",
        "data_retention_days: 60 | 3 products inherit",
    ]


def test_what_was_taken_away_is_told_at_the_block_that_held_it() -> None:
    (first,) = told(SALES, ("approved_products: [orders, customers]\n", ""))
    assert first.startswith("scope: domain | Without approved_products: 2 products inherit")
    assert told(SALES, ("[orders, customers]", "[orders]")) == [
        "approved_products: [orders] | 2 products inherit · 1 would break"
    ]


def test_what_equals_nothing_is_still_the_same() -> None:
    def read(text: str) -> Document:
        return read_document("file:///w/manifest.yaml", f"scope: domain\nplugins: {text}\n")

    assert edited_keys(read("[.nan]"), read("[ .nan ]")) == ()
    assert [key.path for key in edited_keys(read("1"), read("true"))] == [("plugins",)]


@settings(deadline=None)
@given(soup, soup, names)
def test_whatever_the_texts_the_keys_are_in_them(old: str, new: str, name: str) -> None:
    before = read_document("file:///w/" + name, old)
    after = read_document("file:///w/" + name, new, 2, before)
    for key in edited_keys(before, after):
        assert 0 <= key.span.start <= key.span.end <= max(len(new), 1)
    assert edited_keys(after, read_document("file:///w/" + name, new)) == ()
