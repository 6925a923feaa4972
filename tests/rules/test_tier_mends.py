"""Fixes of keys in the wrong tier that look at other files."""

from __future__ import annotations

from check import fixed, found
from floe_ls.settings import Settings

DOMAIN = """
    #- sales-domain-manifest.yaml
    $0scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins: {compute: duckdb}
    approved_plugins:
      compute: [duckdb, spark]
"""


def titles(fixture: str, code: str, **options: object) -> list[str]:
    return [fix.title for d in found(fixture, **options) if d.code == code for fix in d.fixes]


def test_a_whitelist_in_a_domain_moves_into_the_enterprises_file() -> None:
    fixture = DOMAIN + "    #- enterprise-manifest.yaml\n    scope: enterprise\n"
    assert fixed(fixture, "Move `approved_plugins` into enterprise-manifest.yaml") == (
        "scope: domain\n"
        "parent_manifest: oci://registry/enterprise-manifest:v1.0.0\n"
        "plugins: {compute: duckdb}\n"
        "#- enterprise-manifest.yaml\n"
        "scope: enterprise\n"
        "approved_plugins: {compute: [duckdb, spark]}\n"
    )


def test_a_moved_list_is_joined_with_the_one_that_is_there() -> None:
    enterprise = """
    #- enterprise-manifest.yaml
    scope: enterprise
    approved_plugins:
      compute:
        - duckdb
    governance: {}
    """
    title = "Move `approved_plugins` into enterprise-manifest.yaml"
    assert fixed(DOMAIN + enterprise, title).endswith(
        "approved_plugins:\n  compute:\n    - duckdb\n    - spark\ngovernance: {}\n"
    )
    two = DOMAIN.replace("spark]", "spark]\n      catalog: [polaris]")
    assert "approved_plugins: {compute: [duckdb, spark], catalog: [polaris]}\n" in fixed(
        two + enterprise, title
    )
    other = DOMAIN.replace("compute: [duckdb, spark]", "catalog: [polaris]")
    assert "    - duckdb\n  catalog: [polaris]\ngovernance" in fixed(other + enterprise, title)


def test_an_artifact_is_not_edited() -> None:
    artifact = "    #- m.yaml @ oci://registry/enterprise-manifest:v1.0.0\n    scope: enterprise\n"
    assert not [t for t in titles(DOMAIN + artifact, "approved/not-enterprise") if "Move" in t]


def test_a_manifest_that_names_a_parent_may_become_a_domains() -> None:
    fixture = "plugins: {}\nparent_manifest: oci://registry/enterprise-manifest:v1.0.0\n"
    assert fixed(fixture, "Set `scope: domain`") == (
        "plugins: {}\nscope: domain\nparent_manifest: oci://registry/enterprise-manifest:v1.0.0\n"
    )
    assert fixed("scope: enterprise\n" + fixture, "Set `scope: domain`").startswith(
        "scope: domain\n"
    )


def test_the_enterprises_of_the_workspace_are_proposed_to_a_domain_without_parent() -> None:
    fixture = """
    #- sales/domain-manifest.yaml
    $0scope: domain  # the domain
    plugins: {compute: duckdb}
    #- enterprise-manifest.yaml
    scope: enterprise
    metadata: {version: 1.2.0}
    """
    assert titles(fixture, "scope/parent-required") == [
        "Inherit from enterprise-manifest.yaml, as `../enterprise-manifest.yaml`"
    ]
    title = "Inherit from enterprise-manifest.yaml, as `oci://registry/enterprise-manifest:v1.2.0`"
    settings = Settings(
        folder="file:///w/",
        sources={"oci://registry/enterprise-manifest": "enterprise-manifest.yaml"},
    )
    assert fixed(fixture, title, settings=settings) == (
        "scope: domain  # the domain\n"
        "parent_manifest: oci://registry/enterprise-manifest:v1.2.0\n"
        "plugins: {compute: duckdb}\n"
    )


def test_an_empty_parent_is_filled_in() -> None:
    fixture = """
    #- domain-manifest.yaml
    $0scope: domain
    parent_manifest:
    #- enterprise-manifest.yaml
    scope: enterprise
    """
    title = "Inherit from enterprise-manifest.yaml, as `./enterprise-manifest.yaml`"
    assert fixed(fixture, title).endswith("parent_manifest: ./enterprise-manifest.yaml\n")
