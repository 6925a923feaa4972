"""What the ends of lines tell."""

from __future__ import annotations

from hypothesis import given

from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.inlay import HintKind, hints, tooltip
from floe_ls.text import Span
from soup import names, offsets, soup

ENTERPRISE = """\
#- enterprise-manifest.yaml
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake]
plugins:
  observability: datadog
  compute: duckdb
governance:
  pii_encryption: required
  data_retention_days: 30
  policies:
    - {name: tags, type: required_tags, action: warn, message: Tag it}
#- domain-manifest.yaml
"""
DOMAIN = """\
scope: domain
parent_manifest: ./enterprise-manifest.yaml
plugins:
  compute: snowflake  # faster
governance:
  pii_encryption: optional
"""
PRODUCT = """\
#- floe.yaml
platform:
  ref: ./domain-manifest.yaml
transforms: []
"""


def told(fixture: str, name: str, *kinds: HintKind) -> list[str]:
    here = world(fixture)
    document = here.file(name)
    found = hints(here.snapshot, document, kinds or tuple(HintKind))
    return [f"{document.lines.position(h.offset)[0]}: {h.label}" for h in found]


def test_a_line_tells_what_it_overrides_and_what_holds_in_its_place() -> None:
    assert told(ENTERPRISE + DOMAIN, "domain-manifest.yaml", HintKind.OVERRIDES) == [
        "3: overrides duckdb (enterprise)",
        "5: effective: required (enterprise)",
    ]


def test_a_block_tells_what_it_leaves_out_and_the_reference_all_else() -> None:
    assert told(ENTERPRISE + DOMAIN, "domain-manifest.yaml", HintKind.INHERITED) == [
        "1: inherits approved_plugins.compute: [duckdb, snowflake] (enterprise)",
        "2: inherits telemetry_backend: datadog (enterprise)",
        "4: inherits data_retention_days: 30 (enterprise), policies: one item (enterprise)",
    ]


def test_a_product_tells_at_its_reference_what_it_gets() -> None:
    (found,) = told(ENTERPRISE + DOMAIN + PRODUCT, "floe.yaml")
    assert found.startswith("1: inherits plugins.telemetry_backend: datadog (enterprise), ")
    assert "plugins.compute: snowflake (domain)" in found
    assert found.endswith(", +3")


def test_a_list_that_is_joined_and_a_value_that_is_repeated() -> None:
    text = DOMAIN.replace("pii_encryption: optional", "data_retention_days: 30") + (
        "  policies:\n    - {name: own, type: required_tags, action: warn, message: Own}\n"
    )
    assert told(ENTERPRISE + text, "domain-manifest.yaml", HintKind.OVERRIDES) == [
        "3: overrides duckdb (enterprise)",
        "5: same as enterprise",
        "6: joined to one item of enterprise",
    ]


def test_two_on_one_line_are_named() -> None:
    text = "scope: domain\nparent_manifest: ./enterprise-manifest.yaml\n"
    text += "governance: {pii_encryption: optional, data_retention_days: 90}\n"
    found = told(ENTERPRISE + text, "domain-manifest.yaml", HintKind.OVERRIDES)
    assert found == [
        "2: effective: required (enterprise)",
        "2: data_retention_days: overrides 30 (enterprise)",
    ]


def test_a_file_alone_and_a_file_with_an_unknown_parent_tell_nothing() -> None:
    assert told("scope: enterprise\nplugins: {compute: duckdb}\n", "manifest.yaml") == []
    assert (
        told("scope: domain\nparent_manifest: oci://r.example.com/x:1.0.0\n", "manifest.yaml") == []
    )


def test_a_secret_is_not_shown() -> None:
    above = ENTERPRISE.replace(
        "  compute: duckdb\n", "  compute: {type: duckdb, config: {password: hunter2hunter2}}\n"
    )
    text = "scope: domain\nparent_manifest: ./enterprise-manifest.yaml\n"
    here = world(above + text)
    document = here.file("domain-manifest.yaml")
    found = hints(here.snapshot, document)
    assert found
    shown = " ".join(h.label + tooltip(here.snapshot, document, h) for h in found)
    assert "hunter2" not in shown


def test_the_tooltip_says_all_and_where_it_was_decided() -> None:
    here = world(ENTERPRISE + DOMAIN + PRODUCT)
    document = here.file("floe.yaml")
    (hint,) = hints(here.snapshot, document)
    text = tooltip(here.snapshot, document, hint)
    assert text.count("\n- ") == 6
    assert (
        "`governance.pii_encryption`: `required` ← enterprise, [enterprise-manifest.yaml:8]("
        in text
    )


def test_the_tooltip_of_an_override_is_the_story() -> None:
    here = world(ENTERPRISE + DOMAIN)
    document = here.file("domain-manifest.yaml")
    hint = hints(here.snapshot, document, [HintKind.OVERRIDES])[0]
    assert "in place of" in tooltip(here.snapshot, document, hint)


def test_only_those_of_a_range_are_given() -> None:
    here = world(ENTERPRISE + DOMAIN)
    document = here.file("domain-manifest.yaml")
    start = document.text.index("governance")
    found = hints(here.snapshot, document, within=Span(start, len(document.text)))
    assert {document.lines.position(h.offset)[0] for h in found} == {4, 5}


@given(soup, names, offsets)
def test_hints_stand_at_ends_of_lines_whatever_the_text(text: str, name: str, offset: int) -> None:
    here = world(ENTERPRISE + DOMAIN)
    head = "scope: domain\nparent_manifest: ./enterprise-manifest.yaml\n" if offset % 2 else ""
    document = read_document("file:///w/" + name, head + text)
    snapshot = here.snapshot.with_document(document)
    for hint in hints(snapshot, document):
        assert hint.label
        line = document.lines.position(hint.offset)[0]
        assert not document.text[hint.offset : document.lines.end(line)].strip(" \t")
        tooltip(snapshot, document, hint)
