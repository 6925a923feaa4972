"""What another version of a parent would do to a file."""

from __future__ import annotations

from typing import Any

import pytest

from fixture import World, world
from floe_ls.chain.layers import Unavailable
from floe_ls.ide.facts import RepositoryTags
from floe_ls.ide.what_if import WhatIf, summary, versions, view, what_if
from floe_ls.settings import Settings

MESH = """\
#- one.yaml @ oci://r.example.com/acme:v1.0.0
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake]
plugins: {compute: duckdb}
governance: {data_retention_days: 30}
#- two.yaml @ oci://r.example.com/acme:v2.0.0
scope: enterprise
approved_plugins:
  compute: [snowflake]
plugins: {compute: snowflake}
governance: {data_retention_days: 30}
#- deep.yaml @ oci://r.example.com/deep:v1.0.0
scope: domain
parent_manifest: oci://r.example.com/acme:v3.0.0
#- sales-domain-manifest.yaml
# the sales domain
scope: domain
parent_manifest: oci://r.example.com/acme:v1.0.0
plugins:
  compute: duckdb
#- orders/floe.yaml
platform: {ref: ../sales-domain-manifest.yaml}
#- finance-manifest.yaml
scope: domain
parent_manifest: "oci://r.example.com/acme:v1.0.0"
#- alone/floe.yaml
name: alone
"""
DOMAIN = "sales-domain-manifest.yaml"


def tried(name: str, ref: str, **options: Any) -> tuple[World, WhatIf]:
    here = world(MESH, **options)
    found = what_if(here.snapshot, here.file(name), ref)
    assert found is not None
    return here, found


def test_values_before_and_after_are_told_and_nothing_is_edited() -> None:
    here, found = tried("finance-manifest.yaml", "v2.0.0")
    assert (found.before, found.after) == (
        "oci://r.example.com/acme:v1.0.0",
        "oci://r.example.com/acme:v2.0.0",
    )
    told = {".".join(map(str, c.path)): (c.before, c.after) for c in found.changes}
    assert told["plugins.compute.type"] == ("duckdb", "snowflake")
    assert told["approved_plugins.compute"] == (["duckdb", "snowflake"], ["snowflake"])
    assert "parent_manifest" not in told
    assert [each.code for each in found.new] == ["ref/several-versions"]
    assert found.gone == ()
    assert (
        'parent_manifest: "oci://r.example.com/acme:v1.0.0"'
        in here.file("finance-manifest.yaml").text
    )


def test_findings_that_would_come_are_told_with_their_line() -> None:
    _, found = tried(DOMAIN, "v2.0.0")
    (new,) = [each for each in found.new if each.severity == "error"]
    assert (new.code, new.line) == ("whitelist/not-approved", 4)
    assert found.gone == ()
    back = what_if(*_moved("v2.0.0"), "v1.0.0")
    assert back is not None
    assert [each.code for each in back.gone if each.severity == "error"] == [
        "whitelist/not-approved"
    ]
    assert back.new == ()


def _moved(tag: str) -> tuple[Any, Any]:
    head, sales, rest = MESH.partition("# the sales domain\n")
    here = world(head + sales + rest.replace("acme:v1.0.0", f"acme:{tag}", 1))
    return here.snapshot, here.file(DOMAIN)


def test_its_own_inheritors_are_judged_too() -> None:
    _, found = tried(DOMAIN, "oci://r.example.com/acme:v2.0.0")
    assert found.below is not None
    assert [row.name for row in found.below.inheriting] == ["orders"]
    assert [row.name for row in found.below.touched] == ["orders"]


@pytest.mark.parametrize(
    ("ref", "target"),
    [
        ("v9.0.0", "oci://r.example.com/acme:v9.0.0"),
        ("oci://r.example.com/deep:v1.0.0", "oci://r.example.com/acme:v3.0.0"),
    ],
)
def test_what_nobody_has_looked_for_is_pending(ref: str, target: str) -> None:
    _, found = tried(DOMAIN, ref)
    assert (found.pending, found.trouble, found.changes, summary(found)) == (target, "", (), "")
    assert f"{target} is being fetched" in view(found).text


def test_what_cannot_be_had_is_said_and_nothing_else() -> None:
    target = "oci://r.example.com/acme:v9.0.0"
    gone = Unavailable("not-found", "There is no such tag.", target)
    _, found = tried(DOMAIN, "v9.0.0", failures={target: gone})
    assert (found.pending, found.trouble, found.changes) == ("", "There is no such tag.", ())
    assert "# There is no such tag." in view(found).text


def test_a_file_of_the_workspace_may_be_the_other_version() -> None:
    sources = {"oci://r.example.com/acme:v3.0.0": "orders.yaml", "oci://x.example.com/a:v1": DOMAIN}
    settings = Settings(folder="file:///w/", sources=sources)
    _, found = tried("orders/floe.yaml", "oci://x.example.com/a:v1", settings=settings)
    assert (found.changes, found.trouble) == ((), "")
    _, found = tried("orders/floe.yaml", "../finance-manifest.yaml")
    assert found.known
    _, found = tried("orders/floe.yaml", "finance-manifest")
    assert found.known


def test_a_file_without_a_reference_has_no_other_version() -> None:
    here = world(MESH)
    assert what_if(here.snapshot, here.file("alone/floe.yaml"), "v2.0.0") is None


def test_what_is_published_takes_no_other_version() -> None:
    here = world(MESH)
    deep = here.snapshot.artifacts["oci://r.example.com/deep:v1.0.0"]
    assert what_if(here.snapshot, deep, "v1.0.0") is None
    assert versions(here.snapshot, deep) == ()


def test_the_summary_counts() -> None:
    assert summary(tried("finance-manifest.yaml", "v1.0.0")[1]) == "nothing changes"
    _, found = tried(DOMAIN, "v2.0.0")
    values = len(found.changes)
    assert summary(found).startswith(f"{values} value{'s' if values > 1 else ''} change")
    assert "finding" in summary(found)


def test_the_newest_three_versions_are_offered() -> None:
    here = world(MESH)
    tags = RepositoryTags(("v4.0.0", "v3.0.0", "v2.1.0", "v2.0.0", "v1.0.0"), 0.0)
    known = here.snapshot.changed(tags={"oci://r.example.com/acme": tags})
    assert versions(known, here.file(DOMAIN)) == ("v4.0.0", "v3.0.0", "v2.1.0")
    assert versions(here.snapshot, here.file(DOMAIN)) == ()
    assert versions(known, here.file("orders/floe.yaml")) == ()


def test_each_line_of_the_view_leads_to_where_it_would_be_decided() -> None:
    _, found = tried(DOMAIN, "v2.0.0")
    made = view(found)
    lines = made.text.split("\n")
    assert lines[0] == "# sales-domain-manifest.yaml: acme v1.0.0 → v2.0.0"
    led = {lines[o.line].split("#")[0].strip(): o.document.name for o in made.origins}
    assert led["approved_plugins.compute: [duckdb, snowflake] → [snowflake]"] == (
        "oci://r.example.com/acme:v2.0.0"
    )
    assert any(said.startswith("- error: ") for said in led)
    assert "Of 1 file below, 1 would change" in made.text
