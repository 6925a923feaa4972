"""The founding document (ADR-0038), sentence by sentence: its inheritance table, its validation rules, its
anti-patterns, its migration path and its examples of resolution."""

from __future__ import annotations

import re

import pytest

from check import check, effective, found, world
from floe_ls.ide.diagnostics import diagnostics

ENTERPRISE = """
#- enterprise-manifest.yaml
scope: enterprise
approved_plugins:
  compute: ["duckdb", "snowflake"]  # Enterprise whitelist
plugins:
  observability: datadog            # ALL domains use Datadog
governance:
  pii_encryption: required          # CANNOT override
"""
SALES = """
#- sales-domain-manifest.yaml
scope: domain
parent_manifest: oci://registry/enterprise-manifest:v1.0.0
plugins:
  compute: snowflake                # Domain choice from enterprise whitelist
approved_products:
  - customer-360                    # Domain approves products
governance:
  data_retention_days: 90           # Domain-specific policy
"""
PRODUCT = """
#- customer-360/floe.yaml
platform:
  ref: oci://registry/sales-domain-manifest:v2.1.0
transforms:
  - type: dbt
    path: models/
"""


def severe(fixture: str) -> list[tuple[str, str]]:
    """The errors and warnings of all files of a fixture, with the file of each."""
    here = world(fixture)
    return [
        (document.label, d.code)
        for _, document, _ in here.files
        for d in diagnostics(here.snapshot, document)
        if d.severity in ("error", "warning")
    ]


def resolved(fixture: str, file: str = "customer-360/floe.yaml") -> dict[str, str]:
    """The effective configuration of a file: value and who decided, by path."""
    text = fixture.replace(f"#- {file}\n", f"#- {file}\n$0")
    lines = effective(text).split("\n")
    return dict(re.fullmatch(r"(.*?) = (.*)", line).groups() for line in lines)  # type: ignore[union-attr,misc]


# --- the inheritance table: field, enterprise, domain, product, mergeable?

MESH = ENTERPRISE + SALES + PRODUCT


def test_three_tiers_as_they_are_drawn_have_no_finding() -> None:
    assert severe(MESH) == []


@pytest.mark.parametrize(
    ("path", "value", "decided"),
    [
        (
            "approved_plugins.compute",
            "['duckdb', 'snowflake']",
            "enterprise-manifest.yaml (immutable)",
        ),
        ("plugins.telemetry_backend.type", "'datadog'", "enterprise-manifest.yaml (immutable)"),
        ("governance.pii_encryption", "'required'", "enterprise-manifest.yaml (strengthen)"),
        ("plugins.compute.type", "'snowflake'", "sales-domain-manifest.yaml (whitelist)"),
        ("governance.data_retention_days", "90", "sales-domain-manifest.yaml (override)"),
        ("approved_products", "['customer-360']", "sales-domain-manifest.yaml (override)"),
        (
            "platform.manifest",
            "'oci://registry/sales-domain-manifest:v2.1.0'",
            "customer-360/floe.yaml (local)",
        ),
    ],
)
def test_a_product_inherits_each_row(path: str, value: str, decided: str) -> None:
    assert resolved(MESH)[path] == f"{value}  <- {decided}"


def test_approved_plugins_enterprise_defines_and_a_domain_may_not() -> None:
    own = SALES.replace("plugins:\n", "approved_plugins: {compute: [snowflake, spark]}\nplugins:\n")
    assert severe(ENTERPRISE + own) == [("sales-domain-manifest.yaml", "approved/not-enterprise")]
    values = resolved(ENTERPRISE + own, "sales-domain-manifest.yaml")
    assert values["approved_plugins.compute"].startswith("['duckdb', 'snowflake']")


def test_plugins_observability_enterprise_defines_and_a_domain_may_not() -> None:
    own = SALES.replace("plugins:\n", "plugins:\n  observability: jaeger\n")
    assert severe(ENTERPRISE + own) == [("sales-domain-manifest.yaml", "observability/immutable")]
    values = resolved(ENTERPRISE + own, "sales-domain-manifest.yaml")
    assert values["plugins.telemetry_backend.type"].startswith("'datadog'")


def test_governance_pii_encryption_enterprise_defines_and_a_domain_may_not() -> None:
    own = SALES.replace("governance:\n", "governance:\n  pii_encryption: optional\n")
    assert severe(ENTERPRISE + own) == [("sales-domain-manifest.yaml", "security/override")]
    values = resolved(ENTERPRISE + own, "sales-domain-manifest.yaml")
    assert values["governance.pii_encryption"].startswith("'required'")


def test_plugins_compute_enterprise_lists_and_a_domain_selects() -> None:
    assert severe(ENTERPRISE + SALES.replace("compute: snowflake", "compute: duckdb")) == []
    assert severe(ENTERPRISE + SALES.replace("compute: snowflake", "compute: spark")) == [
        ("sales-domain-manifest.yaml", "whitelist/not-approved")
    ]


def test_data_retention_days_enterprise_has_a_default_and_a_domain_overrides_it() -> None:
    default = ENTERPRISE + "  data_retention_days: 30\n"
    assert severe(default + SALES) == []
    assert resolved(default + SALES + PRODUCT)["governance.data_retention_days"].startswith("90")
    silent = SALES.replace("data_retention_days: 90", "audit_logging: enabled")
    inherited = resolved(default + silent + PRODUCT)["governance.data_retention_days"]
    assert inherited == "30  <- enterprise-manifest.yaml (override)"


def test_approved_products_only_a_domain_defines() -> None:
    own = ENTERPRISE + "approved_products: [customer-360]\n"
    assert severe(own) == [("enterprise-manifest.yaml", "products/not-domain")]


@pytest.mark.parametrize(
    "key",
    [
        "approved_plugins: {compute: [spark]}",
        "plugins: {compute: spark}",
        "governance: {pii_encryption: optional}",
        "approved_products: [customer-360]",
    ],
)
def test_a_product_defines_none_of_it(key: str) -> None:
    assert severe(MESH + key + "\n") == [("customer-360/floe.yaml", "product/platform-key")]


# --- two tiers and three tiers


def test_two_tiers() -> None:
    two = """
#- manifest.yaml
plugins:
  compute: duckdb
  observability: jaeger
#- customer-360/floe.yaml
platform:
  ref: oci://registry/manifest:v1.0.0
transforms:
  - type: dbt
    path: models/
"""
    assert severe(two) == []
    values = resolved(two)
    assert values["plugins.compute.type"] == "'duckdb'  <- manifest.yaml (override)"
    assert values["plugins.telemetry_backend.type"] == "'jaeger'  <- manifest.yaml (immutable)"


def test_three_tiers_with_the_very_same_product() -> None:
    assert severe(MESH) == []
    assert (
        resolved(MESH)["transforms"]
        == "[{'type': 'dbt', 'path': 'models/'}]  <- customer-360/floe.yaml (local)"
    )


# --- validation rules at compile time


def test_rule_1_a_domains_engine_is_in_the_enterprises_whitelist() -> None:
    check(
        ENTERPRISE
        + """
#- sales-domain-manifest.yaml
scope: domain
parent_manifest: oci://registry/enterprise-manifest:v1.0.0
plugins:
  compute: bigquery
#          ^^^^^^^^ error[whitelist/not-approved]
"""
    )


def test_rule_2_encryption_of_personal_data_cannot_be_overridden() -> None:
    check(
        ENTERPRISE
        + """
#- sales-domain-manifest.yaml
scope: domain
parent_manifest: oci://registry/enterprise-manifest:v1.0.0
plugins:
  compute: duckdb
governance:
  pii_encryption: optional
#                 ^^^^^^^^ error[security/override]
"""
    )


def test_rule_3_the_domains_list_includes_the_product() -> None:
    product = PRODUCT.replace("customer-360", "customer-churn")
    assert severe(ENTERPRISE + SALES + product) == [
        ("customer-churn/floe.yaml", "products/not-approved")
    ]


def test_rule_4_the_reference_resolves_to_a_valid_manifest() -> None:
    nowhere = PRODUCT.replace("oci://registry/sales-domain-manifest:v2.1.0", "nowhere")
    assert severe(nowhere) == [("customer-360/floe.yaml", "ref/not-found")]
    malformed = PRODUCT.replace("oci://registry/sales-domain-manifest:v2.1.0", "oci://registry")
    assert severe(malformed) == [("customer-360/floe.yaml", "ref/syntax")]
    invalid = ENTERPRISE + SALES.replace("compute: snowflake", "compute: spark") + PRODUCT
    assert ("customer-360/floe.yaml", "ref/invalid") in severe(invalid)
    other = PRODUCT + "#- sales-domain-manifest.yaml\nkind: FloeSpec\nplatform: {}\n"
    path = other.replace(
        "oci://registry/sales-domain-manifest:v2.1.0", "../sales-domain-manifest.yaml"
    )
    assert ("customer-360/floe.yaml", "ref/not-manifest") in severe(path)


# --- anti-patterns


@pytest.mark.parametrize("kind", ["EnterpriseManifest", "DomainManifest"])
def test_there_are_no_separate_types_of_manifest(kind: str) -> None:
    metadata = "metadata: {name: a, version: 1.0.0, owner: a@b.c}"
    head = f"apiVersion: floe.dev/v1\nkind: {kind}\n{metadata}\nplugins: {{}}\n"
    codes = [d.code for d in found(head) if d.severity == "error"]
    assert codes == ["kind/separate-type"]


def test_a_domain_does_not_override_security() -> None:
    check("""
#- enterprise-manifest.yaml
scope: enterprise
governance:
  pii_encryption: required

#- domain-manifest.yaml
scope: domain
parent_manifest: oci://registry/enterprise-manifest:v1.0.0
plugins: {compute: duckdb}
governance:
  pii_encryption: optional  # FORBIDDEN!
#                 ^^^^^^^^ error[security/override]
""")


def test_one_model_serves_all_tiers() -> None:
    for scope in ("enterprise", "domain"):
        here = world(f"scope: {scope}\n")
        assert here.document.kind == "manifest"
    assert world("plugins: {compute: duckdb}\n").document.kind == "manifest"


# --- the migration path

PHASE_1 = """
#- manifest.yaml
metadata: {name: platform-manifest}
plugins:
  compute: duckdb
#- customer-360/floe.yaml
platform:
  ref: oci://registry/platform-manifest:v1.0.0
"""
PHASE_2 = """
#- enterprise-manifest.yaml
scope: enterprise
approved_plugins:
  compute: ["duckdb", "snowflake"]
plugins:
  observability: datadog
#- manifest.yaml
metadata: {name: platform-manifest}
scope: domain  # Added scope field
parent_manifest: oci://registry/enterprise-manifest:v1.0.0
plugins:
  compute: duckdb  # Must be in enterprise whitelist
#- customer-360/floe.yaml
platform:
  ref: oci://registry/platform-manifest:v1.0.0
"""
PHASE_3 = """
#- enterprise-manifest.yaml
scope: enterprise
approved_plugins:
  compute: ["duckdb", "snowflake"]
#- sales-domain-manifest.yaml
scope: domain
parent_manifest: oci://registry/enterprise-manifest:v1.0.0
plugins:
  compute: snowflake
approved_products: ["customer-360"]
#- marketing-domain-manifest.yaml
scope: domain
parent_manifest: oci://registry/enterprise-manifest:v1.0.0
plugins:
  compute: duckdb
approved_products: ["campaign-analytics"]
#- customer-360/floe.yaml
platform:
  ref: oci://registry/sales-domain-manifest:v2.0.0  # Changed ref
transforms:
  - type: dbt
    path: models/
"""


@pytest.mark.parametrize(
    ("phase", "engine", "backend"),
    [(PHASE_1, "duckdb", None), (PHASE_2, "duckdb", "datadog"), (PHASE_3, "snowflake", None)],
    ids=["phase 1", "phase 2", "phase 3"],
)
def test_no_phase_has_an_error_and_each_resolves(
    phase: str, engine: str, backend: str | None
) -> None:
    missing = [("customer-360/floe.yaml", "product/no-transforms")]
    assert severe(phase) == (missing if "transforms" not in phase else [])
    values = resolved(phase)
    assert values["plugins.compute.type"].startswith(f"'{engine}'")
    found_backend = values.get("plugins.telemetry_backend.type", "None").split("  ")[0].strip("'")
    assert found_backend == str(backend)


def test_phase_2_refuses_an_engine_that_the_new_list_does_not_have() -> None:
    assert ("manifest.yaml", "whitelist/not-approved") in severe(
        PHASE_2.replace("compute: duckdb", "compute: spark")
    )


# --- security considerations


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("pii_encryption: required", "pii_encryption: optional"),
        ("audit_logging: enabled", "audit_logging: disabled"),
        ("network_policies: {enabled: true}", "network_policies: {enabled: false}"),
        ("network_policies: {default_deny: true}", "network_policies: {default_deny: false}"),
        ("network_policies: default-deny", "network_policies: open"),
    ],
)
def test_policies_of_the_enterprise_are_not_weakened(above: str, below: str) -> None:
    pair = f"""
#- enterprise-manifest.yaml
scope: enterprise
governance:
  {above}
#- domain-manifest.yaml
$0scope: domain
parent_manifest: oci://registry/enterprise-manifest:v1.0.0
plugins: {{compute: duckdb}}
governance:
  {below}
"""
    messages = [d.message for d in found(pair) if d.severity == "error"]
    assert len(messages) == 1
    assert messages[0].startswith("Cannot override security policy")


def test_a_domain_adds_policies_and_removes_none() -> None:
    policy = "{{name: {}, type: custom, action: warn, message: m}}"
    above = f"#- enterprise-manifest.yaml\nscope: enterprise\ngovernance:\n  policies: [{policy.format('a')}]\n"
    domain = "#- domain-manifest.yaml\nscope: domain\nparent_manifest: oci://registry/enterprise-manifest:v1.0.0\n"
    domain += "plugins: {compute: duckdb}\ngovernance:\n  policies: "
    assert severe(f"{above}{domain}[{policy.format('b')}]\n") == []
    joined = resolved(f"{above}{domain}[{policy.format('b')}]\n", "domain-manifest.yaml")
    assert [k for k in joined if "policies" in k] == [
        "governance.policies[0]",
        "governance.policies[1]",
    ]
    assert severe(f"{above}{domain}[]\n") == [("domain-manifest.yaml", "policy/removed")]


# --- open questions


def test_a_product_belongs_to_one_domain() -> None:
    both = PHASE_3.replace('["campaign-analytics"]', '["campaign-analytics", "customer-360"]')
    assert severe(both) == [
        ("sales-domain-manifest.yaml", "products/two-domains"),
        ("marketing-domain-manifest.yaml", "products/two-domains"),
    ]


def test_domains_may_share_plugins() -> None:
    assert severe(PHASE_3.replace("compute: duckdb\n", "compute: snowflake\n")) == []


def test_a_plugin_outside_the_whitelist_is_asked_of_the_enterprise() -> None:
    fixture = ENTERPRISE + SALES.replace("compute: snowflake", "compute: spark").replace(
        "yaml\nscope", "yaml\n$0scope"
    )
    finding = next(d for d in found(fixture) if d.code == "whitelist/not-approved")
    assert finding.message.endswith("or ask the enterprise team to approve it.")
    assert finding.fixes[-1].title == "Approve `spark` in enterprise-manifest.yaml"
    assert not finding.fixes[-1].preferred
