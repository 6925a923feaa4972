"""What can be followed like a link."""

from __future__ import annotations

from fixture import ROOT, World, world
from floe_ls.ide.links import links
from navigation import MESH, REMOTE, D, P, at, where


def linked(here: World) -> list[tuple[str, str, str]]:
    return [
        (where(here.document, link.span).partition(":")[2], link.target, link.tooltip)
        for link in links(here.snapshot, here.document)
    ]


def test_a_reference_leads_to_its_manifest() -> None:
    assert linked(at(D, "scope")) == [
        (
            "2 ../enterprise-manifest.yaml",
            ROOT + "enterprise-manifest.yaml",
            "Open the enterprise manifest enterprise-manifest.yaml, version 1.0.0",
        )
    ]


def test_a_reference_to_a_registry_leads_to_the_artifact() -> None:
    ((_, target, tooltip),) = linked(at("sales-domain-manifest.yaml", "scope", text=REMOTE))
    assert target.startswith("floe-oci://registry.example.com/enterprise-manifest")
    assert tooltip == (
        "Open the enterprise manifest oci://registry.example.com/enterprise-manifest:v1.0.0, read-only"
    )


def test_the_folder_of_a_transform_is_a_link() -> None:
    found = linked(at(P, "metadata"))
    assert found[0][2] == "Open the domain manifest sales/sales-domain-manifest.yaml"
    assert found[1] == (
        "8 models/",
        ROOT + "sales/customer-360/models/",
        "Go to the folder models/",
    )
    assert len(found) == 4


def test_a_folder_that_is_missing_is_no_link() -> None:
    missing = frozenset({ROOT + "sales/customer-360/models/"})
    here = world(MESH, missing=missing)
    document = here.file(P)
    assert [link.tooltip for link in links(here.snapshot, document)] == [
        "Open the domain manifest sales/sales-domain-manifest.yaml"
    ]


def test_a_reference_that_leads_nowhere_is_no_link() -> None:
    text = REMOTE[: REMOTE.index("#- enterprise.yaml")]
    assert linked(at("sales-domain-manifest.yaml", "scope", text=text)) == []


def test_quotes_are_no_part_of_a_link() -> None:
    text = MESH.replace(
        "  ref: ../sales-domain-manifest.yaml", "  ref: '../sales-domain-manifest.yaml'"
    )
    assert linked(at(P, "metadata", text=text))[0][0] == "4 ../sales-domain-manifest.yaml"
