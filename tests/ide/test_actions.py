"""What can be done beyond the fixes of findings."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from fixture import ROOT, World, world
from floe_ls.forms.document import read_document
from floe_ls.ide.actions import Action, actions
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.schema.meta import Severity
from floe_ls.syntax.tree import Tree
from floe_ls.text import Span, TextEdit, apply_edits
from soup import names, offsets, soup


def offered(here: World) -> list[Action]:
    found = diagnostics(here.snapshot, here.document)
    return actions(here.snapshot, here.document, Span(here.cursor, here.cursor), found)


def after(here: World, title: str) -> dict[str, str]:
    """The texts that an action changes or creates, by file."""
    action = next((a for a in offered(here) if a.title == title), None)
    assert action is not None, f"no action {title!r} among {[a.title for a in offered(here)]}"
    made = action.make()
    by_file: dict[str, list[TextEdit]] = {}
    for document, edit in made.edits:
        by_file.setdefault(document.uri, []).append(edit)
    out = {uri: apply_edits(here.snapshot.documents[uri].text, e) for uri, e in by_file.items()}
    out.update(made.created)
    return {uri.removeprefix(ROOT): text for uri, text in out.items()}


def only(fixture: str, title: str) -> str:
    here = world(fixture)
    made = after(here, title)
    assert list(made) == [here.uri.removeprefix(ROOT)]
    return made[here.uri.removeprefix(ROOT)]


def titles(fixture: str) -> list[str]:
    return [action.title for action in offered(world(fixture))]


def grave(here: World, changed: dict[str, str]) -> list[str]:
    """The errors of all files after a change."""
    documents = {
        ROOT + name: read_document(ROOT + name, text, label=name) for name, text in changed.items()
    }
    snapshot = here.snapshot.with_documents(documents)
    return [
        f"{document.name}: {d.code}"
        for document in snapshot.documents.values()
        for d in diagnostics(snapshot, document)
        if d.severity is Severity.ERROR
    ]


# --- phase 2

PHASE_1 = """\
#- manifest.yaml
$0plugins:
  compute: duckdb
  observability: datadog
#- customer-360/floe.yaml
platform:
  ref: ../manifest.yaml
transforms:
  - {type: dbt, path: models/}
"""


def test_a_manifest_is_put_under_a_new_enterprise_that_approves_its_plugins() -> None:
    here = world(PHASE_1)
    made = after(here, "Put this manifest under a new enterprise-manifest.yaml")
    assert made["manifest.yaml"] == (
        "scope: domain\nparent_manifest: ./enterprise-manifest.yaml\n"
        "plugins:\n  compute: duckdb\n  observability: datadog\n"
    )
    assert made["enterprise-manifest.yaml"] == (
        "scope: enterprise\napproved_plugins:\n  compute: [duckdb]\n  observability: [datadog]\n"
    )
    assert grave(here, made) == []


V1 = """\
#- manifest.yaml
$0apiVersion: floe.dev/v1
kind: Manifest
metadata:
  name: acme
  version: 1.0.0
  owner: team@acme.example # who
plugins:
  compute:
    type: duckdb
  orchestrator:
    type: dagster
  storage:
    type: s3
  catalog:
    type: polaris
#- orders/floe.yaml
apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: orders, version: 1.0.0}
platform: {manifest: "oci://registry.example.com/floe/acme:1.0.0"}
transforms: [{name: stg_orders}]
"""


def test_in_the_released_form_both_keys_stand_below_the_head() -> None:
    here = world(V1)
    before = grave(here, {})
    made = after(here, "Put this manifest under a new enterprise-manifest.yaml")
    assert (
        "# who\nscope: domain\nparent_manifest: oci://registry.example.com/floe/enterprise-manifest:1.0.0\n"
        in made["manifest.yaml"]
    )
    assert made["enterprise-manifest.yaml"].startswith(
        "apiVersion: floe.dev/v1\nkind: Manifest\nmetadata:\n  name: enterprise-manifest\n  version: 1.0.0\n"
        "  owner: team@acme.example\nscope: enterprise\napproved_plugins:\n  compute: [duckdb]\n"
    )
    assert grave(here, made) == before


def test_where_there_is_an_enterprise_manifest_that_one_is_named() -> None:
    here = world(PHASE_1 + "#- platform/enterprise-manifest.yaml\nscope: enterprise\n")
    assert [a.title for a in offered(here)] == [
        "Put this manifest under platform/enterprise-manifest.yaml"
    ]
    made = after(here, "Put this manifest under platform/enterprise-manifest.yaml")
    assert made["manifest.yaml"].startswith(
        "scope: domain\nparent_manifest: ./platform/enterprise-manifest.yaml\nplugins:"
    )
    assert grave(here, made) == []


def test_a_manifest_with_a_scope_is_left_where_it_is() -> None:
    assert titles("$0scope: enterprise\nplugins: {compute: duckdb}\n") == []


def test_a_manifest_in_braces() -> None:
    made = after(
        world("$0{plugins: {compute: duckdb}}\n"),
        "Put this manifest under a new enterprise-manifest.yaml",
    )
    assert made["manifest.yaml"] == (
        "{scope: domain, parent_manifest: ./enterprise-manifest.yaml, plugins: {compute: duckdb}}\n"
    )


# --- phase 3

PHASE_3 = """\
#- enterprise-manifest.yaml
scope: enterprise
approved_plugins: {compute: [duckdb]}
#- sales-domain-manifest.yaml
scope: domain
parent_manifest: ./enterprise-manifest.yaml
approved_products: [customer-360]
#- marketing-domain-manifest.yaml
scope: domain
parent_manifest: ./enterprise-manifest.yaml
approved_products:
  - campaign-analytics
#- manifest.yaml
scope: domain
parent_manifest: ./enterprise-manifest.yaml
#- customer-360/floe.yaml
platform:
  ref: ../mani$0fest.yaml # for now
transforms:
  - {type: dbt, path: models/}
"""


def test_a_product_moves_to_a_domain_by_its_reference_alone() -> None:
    made = only(PHASE_3, "Build this product under sales-domain-manifest.yaml")
    assert made.startswith("platform:\n  ref: ../sales-domain-manifest.yaml # for now\n")


def test_or_is_approved_there_at_once() -> None:
    here = world(PHASE_3)
    title = (
        "Build this product under marketing-domain-manifest.yaml, and approve `customer-360` there"
    )
    made = after(here, title)
    assert made["marketing-domain-manifest.yaml"].endswith(
        "  - campaign-analytics\n  - customer-360\n"
    )
    assert made["customer-360/floe.yaml"].startswith(
        "platform:\n  ref: ../marketing-domain-manifest.yaml"
    )


def test_the_present_domain_is_not_proposed() -> None:
    text = PHASE_3.replace("../mani$0fest.yaml", "../sales-$0domain-manifest.yaml")
    assert "Build this product under sales-domain-manifest.yaml" not in titles(text)


def test_a_product_is_approved_from_its_name_and_from_the_list() -> None:
    text = PHASE_3.replace("../mani$0fest.yaml", "../sales-domain-manifest.yaml").replace(
        "[customer-360]", "[orders]"
    )
    named = text.replace("platform:\n  ref: ../sales", "platform:\n  re$0f: ../sales")
    made = after(world(named), "Approve `customer-360` in sales-domain-manifest.yaml")
    assert "[orders, customer-360]" in made["sales-domain-manifest.yaml"]
    listed = text.replace("approved_products: [orders]", "approved_pro$0ducts: [orders]")
    assert "[orders, customer-360]" in only(listed, "Approve `customer-360`")


# --- forms


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (
            "plugins:\n  comp$0ute: duckdb # fast\n  catalog: polaris\n",
            "plugins:\n  compute:\n    type: duckdb # fast\n  catalog: polaris\n",
        ),
        ("plugins: {comp$0ute: 'duckdb'}\n", "plugins: {compute: {type: 'duckdb'}}\n"),
        (
            "plugins:\n  observ$0ability: datadog\n",
            "plugins:\n  observability:\n    type: datadog\n",
        ),
    ],
)
def test_a_plugin_as_a_block_and_back(short: str, long: str) -> None:
    head = "scope: enterprise\n"
    assert only(head + short, "Write the plugin as a block with `type`") == head + long
    key = short[short.index("$0") - 4 : short.index("$0")]
    back = head + long.replace(key, key + "$0", 1)
    assert only(back, "Write the plugin by its name alone") == head + short.replace("$0", "")


def test_a_block_that_says_more_than_the_name_stays_one() -> None:
    text = "scope: enterprise\nplugins:\n  comp$0ute:\n    type: duckdb\n    version: 1.0.0\n"
    assert titles(text) == []


def test_a_block_with_a_comment_of_its_own_stays_one() -> None:
    text = "scope: enterprise\nplugins:\n  comp$0ute: # why\n    type: duckdb\n"
    assert titles(text) == []


def test_the_released_form_has_no_names_alone() -> None:
    text = V1.replace("$0", "").replace("compute:\n", "comp$0ute:\n")
    assert "Write the plugin by its name alone" not in titles(text)


# --- all at once


def test_safe_fixes_are_applied_together_once() -> None:
    text = """\
    #- floe.yaml
    metadata: {name: orders, version: 1.0.0}
    platform: {ref: "oci://r.example.com/m:1.0.0"}
    transforms:
      - name: a
        dependsOn: [b, b]
      - name: b
        tags: [x, $0x]
    """
    here = world(text)
    safe = [d for d in diagnostics(here.snapshot, here.document) if any(f.safe for f in d.fixes)]
    if not safe:
        pytest.fail("the text has nothing that is safe to fix")
    made = only(text, "Apply all safe fixes")
    again = read_document(here.uri, made)
    snapshot = here.snapshot.with_document(again)
    left = [d for d in diagnostics(snapshot, again) if any(f.safe for f in d.fixes)]
    assert len(left) < len(safe)


def test_all_that_would_be_inherited_goes_at_once() -> None:
    text = """\
    #- enterprise-manifest.yaml
    scope: enterprise
    governance:
      pii_encryption: required
      data_retention_days: 30
      audit_logging: enabled
    #- manifest.yaml
    sc$0ope: domain
    parent_manifest: ./enterprise-manifest.yaml
    governance:
      pii_encryption: required
      data_retention_days: 90
      audit_logging: enabled
    """
    made = only(text, "Remove all 2 values that would be inherited")
    assert made.endswith("governance:\n  data_retention_days: 90\n")


def test_all_ambiguous_values_are_quoted_at_once() -> None:
    text = """\
    scope: enterprise
    metadata:
      na$0me: off
      description: 1:30
      owner: no
    """
    made = only(text, "Quote or rewrite all 3 ambiguous values")
    assert 'name: "off"' in made
    assert 'owner: "no"' in made


@given(soup, names, offsets)
def test_whatever_the_text_nothing_fails_and_edits_do_not_overlap(
    text: str, name: str, offset: int
) -> None:
    here = world(PHASE_3)
    document = read_document("file:///w/" + name, text)
    snapshot = here.snapshot.with_document(document)
    at = min(offset, len(text))
    for action in actions(snapshot, document, Span(at, at), diagnostics(snapshot, document)):
        made = action.make()
        spans = sorted(edit.span for file, edit in made.edits if file is document)
        assert all(a.end <= b.start for a, b in pairwise(spans))
        Tree(apply_edits(text, [edit for file, edit in made.edits if file is document]))
