"""The ADR's own three tests ("Testing Strategy"), as they are written, and what follows from them."""

import subprocess
import sys

import pytest

from floe_ls import DataProduct, Manifest, ValidationError, merge_manifests, resolve_manifest


def test_two_tier_resolution():
    """Test 2-tier manifest resolution."""
    platform = Manifest(plugins={"compute": "duckdb"})
    product = DataProduct(platform={"ref": "platform-manifest"})

    resolved = resolve_manifest(product, load={"platform-manifest": platform}.__getitem__)
    assert resolved.plugins["compute"] == "duckdb"


def test_three_tier_resolution():
    """Test 3-tier manifest resolution with inheritance."""
    enterprise = Manifest(
        scope="enterprise",
        approved_plugins={"compute": ["duckdb", "snowflake"]},
    )
    domain = Manifest(
        scope="domain",
        parent_manifest="enterprise-manifest",
        plugins={"compute": "snowflake"},
    )
    product = DataProduct(platform={"ref": "domain-manifest"})

    load = {"enterprise-manifest": enterprise, "domain-manifest": domain}.__getitem__
    resolved = resolve_manifest(product, load=load)
    assert resolved.plugins["compute"] == "snowflake"
    assert "duckdb" in resolved.approved_plugins["compute"]


def test_data_mesh_validation():
    """Test domain cannot override enterprise security."""
    enterprise = Manifest(
        scope="enterprise",
        governance={"pii_encryption": "required"},
    )
    domain = Manifest(
        scope="domain",
        governance={"pii_encryption": "optional"},  # Attempt override
    )

    with pytest.raises(ValidationError, match="Cannot override security policy"):
        merge_manifests(base=enterprise, domain=domain)


def test_a_stricter_domain_is_merged():
    resolved = merge_manifests(
        base=Manifest(scope="enterprise", governance={"pii_encryption": "optional"}),
        domain=Manifest(scope="domain", governance={"pii_encryption": "required"}),
    )
    assert resolved.pii_encryption == "required"


def test_a_product_is_merged_under_both_tiers():
    resolved = merge_manifests(
        base=Manifest(scope="enterprise", plugins={"observability": "datadog"}),
        domain=Manifest(scope="domain", plugins={"compute": "duckdb"}),
        product=DataProduct(name="customer-360", transforms=[{"type": "dbt", "path": "models/"}]),
    )
    assert resolved.plugins["observability"] == "datadog"
    assert resolved.plugins["compute"] == "duckdb"
    assert resolved.transforms[0]["path"] == "models/"
    assert resolved.product_name == "customer-360"


def test_a_plugin_outside_the_whitelist_is_refused():
    enterprise = Manifest(scope="enterprise", approved_plugins={"compute": ["duckdb"]})
    domain = Manifest(scope="domain", plugins={"compute": "spark"})
    with pytest.raises(ValidationError, match="spark"):
        merge_manifests(base=enterprise, domain=domain)


def test_a_manifest_that_nobody_finds_is_named():
    with pytest.raises(ValidationError, match="platform-manifest"):
        resolve_manifest(DataProduct(platform={"ref": "platform-manifest"}))


def test_a_value_that_no_manifest_can_have_is_refused():
    with pytest.raises(ValidationError, match="scope"):
        Manifest(scope="galaxy")


def test_the_setting_tells_who_decided():
    resolved = merge_manifests(
        base=Manifest(scope="enterprise", governance={"pii_encryption": "required"}),
        domain=Manifest(scope="domain"),
    )
    setting = resolved.setting("governance.pii_encryption")
    assert setting is not None
    assert setting.rule == "strengthen"
    assert setting.winner is not None
    assert setting.winner.layer.tier == "enterprise"


def test_importing_needs_neither_an_editor_nor_a_network():
    code = (
        "import sys, floe_ls; floe_ls.Manifest; "
        "print([m for m in ('pygls', 'lsprotocol', 'oras', 'requests', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
