from __future__ import annotations

from dataclasses import replace

import pytest

from fixture import world
from floe_ls.chain.layers import Chain, Unavailable
from floe_ls.forms.document import Kind, read_document
from floe_ls.schema.meta import Tier
from mini import SHAPES


def chain(fixture: str, **options: object) -> Chain:
    here = world(fixture, shapes=SHAPES, **options)  # type: ignore[arg-type]
    return here.snapshot.chain(here.document)


THREE = """
    #- orders/floe.yaml
    $0platform: {manifest: ../sales-manifest.yaml}
    #- sales-manifest.yaml
    scope: domain
    parent_manifest: ./top-manifest.yaml
    #- top-manifest.yaml
    scope: enterprise
"""


def test_three_tiers_are_found_topmost_first() -> None:
    found = chain(THREE)
    assert [(layer.tier, layer.name, layer.ref) for layer in found.layers] == [
        (Tier.ENTERPRISE, "top-manifest.yaml", "./top-manifest.yaml"),
        (Tier.DOMAIN, "sales-manifest.yaml", "../sales-manifest.yaml"),
        (Tier.PRODUCT, "orders/floe.yaml", ""),
    ]
    assert found.complete
    assert [layer.tier for layer in found.manifests] == [Tier.ENTERPRISE, Tier.DOMAIN]


def test_two_tiers_end_at_a_manifest_without_scope_whatever_it_names() -> None:
    found = chain("""
        #- orders/floe.yaml
        platform: {manifest: ../manifest.yaml}
        #- manifest.yaml
        title: t
        parent_manifest: ./top-manifest.yaml
    """)
    assert [layer.tier for layer in found.layers] == [Tier.PLATFORM, Tier.PRODUCT]
    assert found.complete


@pytest.mark.parametrize(
    "fixture",
    ["scope: domain", "scope: domain\nparent_manifest: ''", "scope: domain\nparent_manifest: [a]"],
)
def test_a_domain_that_names_no_parent_is_not_complete(fixture: str) -> None:
    found = chain(fixture)
    assert len(found.layers) == 1
    assert not found.complete
    assert found.troubles == ()


def test_a_product_that_names_no_manifest_is_not_complete() -> None:
    assert not chain("#- floe.yaml\ntransforms: []\nplatform: {}\n").complete


def test_a_parent_that_nobody_fetched_is_pending() -> None:
    found = chain("scope: domain\nparent_manifest: oci://registry/up:v1\n")
    assert found.pending == "oci://registry/up:v1"
    assert not found.complete
    assert found.troubles == ()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("not-found", "ref/not-found"),
        ("not-manifest", "ref/not-manifest"),
        ("not-artifact", "ref/not-manifest"),
        ("timeout", "ref/unreachable"),
        ("offline", "ref/unreachable"),
        ("auth", "ref/unreachable"),
    ],
)
def test_a_parent_that_cannot_be_had_ends_the_chain(kind: str, code: str) -> None:
    target = "oci://registry/up:v1"
    found = chain(
        f"scope: domain\nparent_manifest: {target}\n",
        failures={target: Unavailable(kind, "Why.", target)},
    )
    assert [(t.code, t.message, t.hides) for t in found.troubles] == [(code, "Why.", True)]
    assert not found.complete


def test_a_reference_in_spaces_is_read_without_them() -> None:
    found = chain('scope: domain\nparent_manifest: " oci://registry/up:v1 "\n')
    assert found.pending == "oci://registry/up:v1"


def test_a_circle_ends_and_hides_what_may_be_above() -> None:
    found = chain("""
        #- a-manifest.yaml
        scope: domain
        parent_manifest: ./b-manifest.yaml
        #- b-manifest.yaml
        scope: domain
        parent_manifest: ./a-manifest.yaml
    """)
    assert [layer.name for layer in found.layers] == ["b-manifest.yaml", "a-manifest.yaml"]
    assert [(t.code, t.document.label) for t in found.troubles] == [
        ("chain/cycle", "a-manifest.yaml")
    ]
    assert not found.complete


def test_a_circle_above_a_file_is_the_trouble_of_its_members() -> None:
    found = chain("""
        #- c-manifest.yaml
        scope: domain
        parent_manifest: ./a-manifest.yaml
        #- a-manifest.yaml
        scope: domain
        parent_manifest: ./b-manifest.yaml
        #- b-manifest.yaml
        scope: domain
        parent_manifest: ./a-manifest.yaml
    """)
    assert [(t.code, t.document.label) for t in found.troubles] == [
        ("chain/cycle", "b-manifest.yaml")
    ]
    assert [document.label for document, _, _ in found.troubles[0].related] == [
        "a-manifest.yaml",
        "b-manifest.yaml",
    ]


def test_a_domain_over_a_domain_is_wrong_and_known_all_the_same() -> None:
    found = chain("""
        #- c-manifest.yaml
        scope: domain
        parent_manifest: ./b-manifest.yaml
        #- b-manifest.yaml
        scope: domain
        parent_manifest: ./a-manifest.yaml
        #- a-manifest.yaml
        scope: enterprise
    """)
    assert [t.code for t in found.troubles] == ["chain/parent-not-enterprise"]
    assert found.complete
    assert len(found.layers) == 3


def test_a_chain_has_five_manifests_at_most() -> None:
    files = "".join(
        f"#- m{i}-manifest.yaml\nscope: domain\nparent_manifest: ./m{i + 1}-manifest.yaml\n"
        for i in range(8)
    )
    found = chain(files)
    assert len(found.layers) == 5
    assert found.troubles[-1].code == "chain/too-long"
    assert found.troubles[-1].document.label == "m0-manifest.yaml"
    assert not found.complete


def test_a_product_is_no_parent() -> None:
    found = chain("""
        #- orders/floe.yaml
        platform: {manifest: ../other/floe.yaml}
        #- other/floe.yaml
        platform: {}
    """)
    assert [(t.code, t.kind) for t in found.troubles] == [("ref/not-manifest", "not-manifest")]


def test_what_an_artifact_of_a_few_fields_lacks_is_not_known() -> None:
    here = world("scope: domain\nparent_manifest: oci://registry/up:v1\n", shapes=SHAPES)
    text = "scope: enterprise\nchoice: {type: a}\n"
    artifact = read_document("floe-oci://m.yaml", text, ref="oci://registry/up:v1", partial=True)
    artifact = replace(artifact, kind=Kind.MANIFEST, tier=Tier.ENTERPRISE)
    snapshot = here.snapshot.with_artifact("oci://registry/up:v1", artifact)
    found = snapshot.chain(here.document)
    assert len(found.layers) == 2
    assert not found.complete
