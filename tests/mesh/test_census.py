"""Who inherits from whom, over a whole workspace."""

from __future__ import annotations

from fixture import ROOT, World, world
from floe_ls.chain.layers import Pending
from floe_ls.forms.document import read_document
from floe_ls.ide.impact import Baseline, impact
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.census import family_of
from navigation import MESH, REMOTE, D, E, F, M, P


def uri(name: str) -> str:
    return ROOT + name


def edited(here: World, snapshot: Snapshot, name: str, old: str, new: str) -> Snapshot:
    document = snapshot.documents[uri(name)]
    assert old in document.text
    text = document.text.replace(old, new)
    return snapshot.with_document(read_document(uri(name), text, 2, document, label=name))


def test_children_are_those_whose_reference_leads_here() -> None:
    family = world(MESH).snapshot.family
    assert family.children_of(uri(E)) == (uri(M), uri(D))
    assert family.children_of(uri(D)) == (uri(P), uri(F))
    assert family.children_of(uri(P)) == ()
    assert family.parents[uri(P)] == uri(D)
    assert list(family.below(uri(E))) == [uri(M), uri(D), uri(P), uri(F)]


def test_an_artifact_has_children() -> None:
    here = world(REMOTE)
    (artifact,) = here.snapshot.artifacts.values()
    assert here.snapshot.family.children_of(artifact.uri) == (here.uri,)


def test_each_reference_is_followed_once() -> None:
    here = world(MESH)
    asked: list[str] = []

    def find(text: str, document: object) -> Pending:
        asked.append(text)
        return Pending(text)

    family = family_of(here.snapshot.census, find)
    assert len(asked) == 4
    assert family.children == {}


def test_an_edit_that_changes_no_reference_keeps_the_family() -> None:
    here = world(MESH)
    before = here.snapshot.family
    after = edited(here, here.snapshot, E, "30", "31")
    assert after.family is before


def test_an_edit_of_a_reference_changes_the_family() -> None:
    here = world(MESH)
    assert uri(P) in here.snapshot.family.parents
    after = edited(here, here.snapshot, P, "../sales-domain", "../other-domain")
    assert uri(P) not in after.family.parents
    again = edited(here, after, P, "../other-domain", "../sales-domain")
    assert again.family.parents[uri(P)] == uri(D)


def test_an_edit_of_a_tier_changes_the_family() -> None:
    here = world(MESH)
    assert uri(D) in here.snapshot.family.parents
    after = edited(here, here.snapshot, D, "scope: domain", "scope: enterprise")
    assert uri(D) not in after.family.parents
    assert uri(P) in after.family.parents


def test_a_file_that_goes_is_nobody_s_parent() -> None:
    here = world(MESH)
    assert here.snapshot.family.children_of(uri(D))
    after = here.snapshot.without(uri(D))
    assert after.family.children_of(uri(D)) == ()
    assert list(after.below(here.file(E))) == [here.file(M)]


def test_a_bare_name_is_looked_up_by_stated_names_before_those_of_files() -> None:
    here = world(
        "#- a/sales.yaml\nscope: domain\nmetadata: {name: other}\n"
        "#- b/x-manifest.yaml\nscope: domain\nmetadata: {name: sales}\n"
        "#- c/sales-manifest.yaml\nscope: domain\n"
    )
    census = here.snapshot.census
    assert [row.uri for row in census.named("sales")] == [uri("b/x-manifest.yaml")]
    assert [row.uri for row in census.named("sales-manifest")] == [uri("c/sales-manifest.yaml")]
    assert census.named("nothing") == ()


def test_a_manifest_that_takes_the_name_of_anothers_file_does_not_stand_in_for_it() -> None:
    """Another enterprise, with less to ask for, somewhere in the workspace."""
    here = world(
        "#- platform/enterprise-manifest.yaml\nscope: enterprise\n"
        "#- other/manifest.yaml\nscope: enterprise\nmetadata: {name: enterprise-manifest}\n"
        "#- platform/sales/domain-manifest.yaml\n$0scope: domain\n"
        "parent_manifest: oci://r.example.com/enterprise-manifest:v1.0.0\n"
    )
    named = [row.uri for row in here.snapshot.census.named("enterprise-manifest")]
    assert named == [uri("other/manifest.yaml"), uri("platform/enterprise-manifest.yaml")]
    assert here.snapshot.chain(here.document).layers[0].document.uri == named[1]


def test_products_are_found_by_name() -> None:
    census = world(MESH).snapshot.census
    assert [row.uri for row in census.products_named("sales-forecast")] == [uri(F)]
    assert census.products_named("sales-domain-manifest") == ()


def test_an_artifact_that_is_shown_under_another_uri_has_the_same_children() -> None:
    here = world(REMOTE)
    (artifact,) = here.snapshot.artifacts.values()
    shown_as = artifact.uri.replace(":v1", "%3Av1")
    viewed = read_document(shown_as, artifact.text, 1, ref=artifact.ref, digest=artifact.digest)
    snapshot = here.snapshot.changed(viewed={shown_as: viewed})
    assert list(snapshot.children(viewed)) == [here.document]
    assert snapshot.at_uri(shown_as) is viewed
    assert snapshot.at_uri(artifact.uri) is artifact


BETWEEN = """\
#- enterprise-manifest.yaml
scope: enterprise
metadata: {name: acme, version: 1.0.0}
plugins: {compute: duckdb}
#- up.yaml @ oci://r.example.com/finance-domain:2.1.0
scope: domain
parent_manifest: oci://r.example.com/acme:1.0.0
#- ledger/floe.yaml
platform: {ref: "oci://r.example.com/finance-domain:2.1.0"}
"""


def test_a_file_is_above_what_builds_on_an_artifact_below_it() -> None:
    here = world(BETWEEN)
    (artifact,) = here.snapshot.artifacts.values()
    family = here.snapshot.family
    assert family.children_of(uri("enterprise-manifest.yaml")) == (artifact.uri,)
    below = list(family.below(uri("enterprise-manifest.yaml")))
    assert below == [artifact.uri, uri("ledger/floe.yaml")]
    renamed = edited(here, here.snapshot, "enterprise-manifest.yaml", "name: acme", "name: other")
    assert renamed.family.children_of(uri("enterprise-manifest.yaml")) == ()


def test_an_edit_reaches_products_below_an_artifact() -> None:
    here = world(BETWEEN)
    name = "enterprise-manifest.yaml"
    after = edited(here, here.snapshot, name, "duckdb", "snowflake")
    found = impact(Baseline(here.snapshot), after, uri(name))
    (affected,) = found.affected
    assert [row.name for row in affected.rows] == ["ledger"]
    assert [(change.before, change.after) for change in affected.changes] == [
        ("duckdb", "snowflake")
    ]


def test_another_parent_of_a_manifest_is_no_new_era() -> None:
    here = world(MESH)
    era = here.snapshot.census.era
    after = edited(here, here.snapshot, D, "enterprise-manifest.yaml", "nothing.yaml")
    assert after.census.era is era
    assert uri(D) not in after.family.parents
    assert list(after.family.below(uri(E))) == [uri(M)]
    assert here.snapshot.without(uri(E)).census.era is not era


def test_a_manifest_of_another_name_is_no_new_era() -> None:
    here = world(BETWEEN)
    name = "enterprise-manifest.yaml"
    era = here.snapshot.census.era
    renamed = edited(here, here.snapshot, name, "name: acme", "name: other")
    assert renamed.census.era is era
    back = edited(here, renamed, name, "name: other", "name: acme")
    assert back.census.era is era
    assert back.family.parents == here.snapshot.family.parents
