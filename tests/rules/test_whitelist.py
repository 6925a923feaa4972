from __future__ import annotations

import pytest

from check import check, fixed, found
from floe_ls.chain.layers import Unavailable

ENTERPRISE = """
    #- enterprise-manifest.yaml
    scope: enterprise
    approved_plugins:
      compute: [duckdb, snowflake]
      catalog: []
      observability: [datadog]
"""
DOMAIN = """
    #- sales-domain-manifest.yaml
    $0scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: spark
"""


def test_a_plugin_outside_the_list_is_an_error() -> None:
    check(
        ENTERPRISE
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: spark
    #          ^^^^^ error[whitelist/not-approved]: `spark` is not approved for `compute`: enterprise-manifest.yaml \
(enterprise, line 3) approves `duckdb` and `snowflake`. Choose one of them, or ask the enterprise team to approve it.
    """
    )


def test_an_approved_plugin_and_an_unlisted_category_are_fine() -> None:
    check(
        ENTERPRISE
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: snowflake
      orchestrator: dagster
    """
    )


def test_an_empty_list_allows_nothing() -> None:
    check(
        ENTERPRISE
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: duckdb
      catalog: polaris
    #          ^^^^^^^ error[whitelist/not-approved]: `polaris` is not approved for `catalog`: \
enterprise-manifest.yaml (enterprise, line 4) approves no plugin there. Remove it, or ask the enterprise team to \
approve it.
    """
    )


def test_the_adrs_observability_is_held_against_the_adrs_list_once() -> None:
    check(
        ENTERPRISE
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: duckdb
      observability: jaeger
    #                ^^^^^^ error[whitelist/not-approved]: `jaeger` is not approved for `observability`: \
enterprise-manifest.yaml (enterprise, line 5) approves `datadog`. Choose it, or ask the enterprise team to approve it.
    """
    )


def test_a_lineage_backend_may_be_approved_as_observability() -> None:
    check(
        """
    #- enterprise-manifest.yaml
    scope: enterprise
    approved_plugins:
      observability: [datadog, marquez]
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: duckdb
      observability: marquez
    """,
        only="whitelist",
    )


def test_a_default_must_be_approved_too() -> None:
    check(
        ENTERPRISE
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: duckdb
    defaults:
      compute: spark
    #          ^^^^^ error[whitelist/not-approved]: `spark` is not approved for `defaults.compute`: \
enterprise-manifest.yaml (enterprise, line 3) approves `duckdb` and `snowflake`. Choose one of them, or ask the \
enterprise team to approve it.
    """
    )


@pytest.mark.parametrize(
    "enterprise",
    [
        "approved_plugins: {compute: duckdb}",
        "approved_plugins: {compute: [{name: duckdb}]}",
        "plugins: {compute: {approved: [duckdb], default: duckdb}}",
    ],
)
@pytest.mark.parametrize("domain", ["spark", "{type: spark}", "{type: spark, version: 1.0.0}"])
def test_every_spelling_of_a_list_and_of_a_choice_is_understood(
    enterprise: str, domain: str
) -> None:
    fixture = f"""
        #- enterprise-manifest.yaml
        scope: enterprise
        {enterprise}
        #- sales-domain-manifest.yaml
        $0scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins:
          compute: {domain}
    """
    findings = [d for d in found(fixture) if d.code == "whitelist/not-approved"]
    assert [fix.title for fix in findings[0].fixes] == [
        "Change to `duckdb`",
        "Approve `spark` in enterprise-manifest.yaml",
    ]
    assert fixed(fixture, "Change to `duckdb`").endswith(
        f"  compute: {domain.replace('spark', 'duckdb')}\n"
    )


ENVELOPE = (
    "apiVersion: floe.dev/v1\n    kind: Manifest\n    metadata: {name: sales, version: 1.0.0}\n    "
)


@pytest.mark.parametrize(
    "own",
    [
        "plugins: {compute: {approved: [duckdb, spark], default: duckdb}}",
        "domain: {}\n    plugins: {compute: duckdb}\n    approved_plugins: {compute: [duckdb, spark]}",
    ],
)
def test_a_domains_own_list_adds_nothing_to_the_enterprises(own: str) -> None:
    domain = DOMAIN.replace("plugins:\n      compute: spark", own).replace(
        "$0scope", f"$0{ENVELOPE}scope"
    )
    findings = [d for d in found(ENTERPRISE + domain) if d.severity == "error"]
    assert [(d.code, d.message.partition(":")[0]) for d in findings] == [
        ("whitelist/not-approved", "`spark` is not approved for `compute`")
    ]
    narrower = domain.replace("duckdb, spark", "duckdb")
    assert not [d for d in found(ENTERPRISE + narrower) if d.severity == "error"]


def test_a_choice_that_a_later_one_replaces_is_nobodys_concern() -> None:
    text = ENTERPRISE + DOMAIN + "      compute: duckdb\n"
    assert [d.code for d in found(text)] == ["yaml/duplicate-key"]
    text = ENTERPRISE + DOMAIN.replace("compute: spark", "compute: duckdb\n      compute: spark")
    assert [d.code for d in found(text)] == ["yaml/duplicate-key", "whitelist/not-approved"]


@pytest.mark.parametrize(
    "lists",
    [
        "approved_plugins: {telemetry_backend: [datadog], observability: [datadog, jaeger]}",
        "approved_plugins: {observability: [datadog, jaeger], telemetry_backend: [datadog]}",
        "approved_plugins: {lineage_backend: [atlan], observability: [datadog, marquez]}",
        "approved_plugins: {compute: [duckdb]}\n    plugins: {compute: {approved: [spark]}}",
    ],
)
def test_a_category_has_one_list_in_whichever_spelling(lists: str) -> None:
    findings = found(
        f"#- enterprise-manifest.yaml\n    scope: enterprise\n    {lists}\n".replace("    ", "")
    )
    assert [(d.code, d.severity) for d in findings] == [("spelling/twice", "error")]


def test_the_same_list_in_two_spellings_is_one_list() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        approved_plugins: {observability: [jaeger, datadog], telemetry_backend: [datadog, jaeger], compute: duckdb}
        plugins: {compute: {approved: [duckdb]}}
        """
    )


@pytest.mark.parametrize("form", ["type: duckdb, default: spark", "default: spark, type: duckdb"])
def test_a_choice_in_two_spellings_is_an_error_when_they_differ(form: str) -> None:
    text = f"scope: enterprise\nplugins: {{compute: {{{form}}}}}\n"
    assert [(d.code, d.severity) for d in found(text)] == [("spelling/twice", "error")]
    assert not found(text.replace("spark", "duckdb"))


def test_a_quality_provider_is_a_plugin_like_another() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        approved_plugins:
          quality: [soda]
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins:
          quality:
            provider: great_expectations
        #             ^^^^^^^^^^^^^^^^^^ error[whitelist/not-approved]
        """,
        only="whitelist",
    )


def test_whoever_answers_for_the_list_is_named() -> None:
    enterprise = ENTERPRISE.replace("scope:", "metadata: {owner: cto@acme.example}\n    scope:")
    finding = next(d for d in found(enterprise + DOMAIN) if d.code == "whitelist/not-approved")
    assert finding.message.endswith("Choose one of them, or ask cto@acme.example to approve it.")


def test_the_list_of_an_open_file_can_be_added_to_and_that_is_never_preferred() -> None:
    finding = next(d for d in found(ENTERPRISE + DOMAIN) if d.code == "whitelist/not-approved")
    assert [(fix.title, fix.preferred) for fix in finding.fixes] == [
        ("Change to `duckdb`", False),
        ("Change to `snowflake`", False),
        ("Approve `spark` in enterprise-manifest.yaml", False),
    ]
    text = fixed(ENTERPRISE + DOMAIN, "Approve `spark` in enterprise-manifest.yaml")
    assert "  compute: [duckdb, snowflake, spark]\n" in text


def test_the_nearest_name_is_preferred() -> None:
    misspelled = DOMAIN.replace("spark", "snowflke")
    finding = next(d for d in found(ENTERPRISE + misspelled) if d.code == "whitelist/not-approved")
    assert (finding.fixes[0].title, finding.fixes[0].preferred) == ("Change to `snowflake`", True)


ARTIFACT = """
    #- enterprise-manifest.yaml @ oci://registry/enterprise-manifest:v1.0.0
    scope: enterprise
    approved_plugins: {compute: [duckdb]}
"""


def test_an_artifacts_list_counts_and_cannot_be_edited() -> None:
    finding = next(d for d in found(DOMAIN + ARTIFACT) if d.code == "whitelist/not-approved")
    assert "oci://registry/enterprise-manifest:v1.0.0 (enterprise, line 2)" in finding.message
    assert finding.related[0].document.ref == "oci://registry/enterprise-manifest:v1.0.0"
    assert [fix.title for fix in finding.fixes] == ["Change to `duckdb`"]


def test_an_unknown_parent_makes_nothing_red() -> None:
    check(DOMAIN)
    target = "oci://registry/enterprise-manifest:v1.0.0"
    gone = Unavailable("tls", f"{target} could not be had: its certificate is not trusted.", target)
    assert [d.code for d in found(DOMAIN, failures={target: gone})] == ["ref/unreachable"]


def test_a_list_is_not_trusted_while_a_layer_above_it_is_unknown() -> None:
    check(
        """
        #- middle/domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        approved_plugins: {compute: [duckdb]}
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: middle/domain-manifest.yaml
        plugins:
          compute: spark
        """,
        only="whitelist",
    )


def test_an_enterprises_own_choice_is_not_the_matter_of_this_rule() -> None:
    check(ENTERPRISE + "    plugins: {compute: spark}\n", only="whitelist")


PRODUCT = """
    #- enterprise-manifest.yaml
    scope: enterprise
    approved_plugins: {compute: [duckdb]}
    approved_sinks: [salesforce]
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins: {compute: duckdb}
    #- sales/floe.yaml
    $0metadata:
      name: customer-360
    platform:
      ref: oci://registry/sales-domain-manifest:v1.0.0
    transforms:
      - type: dbt
        path: models/
        compute: spark
      - type: dbt
        path: marts/
        compute: duckdb
    destinations:
      - name: crm
        sink_type: hubspot
        connection_secret_ref: crm
      - name: other
        sink_type: salesforce
        connection_secret_ref: crm
"""


def test_a_transforms_engine_and_a_destinations_sink_must_be_approved() -> None:
    findings = [d for d in found(PRODUCT) if d.code.startswith("whitelist")]
    assert [(d.code, d.severity, d.message) for d in findings] == [
        (
            "whitelist/transform-compute",
            "error",
            (
                "`spark` is not approved for transforms: enterprise-manifest.yaml (enterprise, line 2) approves "
                "`duckdb`. Choose it, or ask the enterprise team to approve it."
            ),
        ),
        (
            "whitelist/not-approved-sink",
            "error",
            (
                "`hubspot` is not approved for destinations: enterprise-manifest.yaml (enterprise, line 3) approves "
                "`salesforce`. Choose it, or ask the enterprise team to approve it."
            ),
        ),
    ]
    assert "compute: duckdb\n  - type: dbt\n    path: marts/" in fixed(
        PRODUCT, "Change to `duckdb`"
    )
    assert "sink_type: salesforce\n    connection_secret_ref: crm\n  - name: other" in fixed(
        PRODUCT, "Change to `salesforce`"
    )


def test_without_lists_every_engine_and_sink_may_be_named() -> None:
    opened = PRODUCT.replace("approved_plugins: {compute: [duckdb]}", "governance: {}")
    opened = opened.replace("approved_sinks: [salesforce]", "observability: {}")
    assert not [d for d in found(opened) if d.code.startswith("whitelist")]


def test_no_engine_may_be_named_where_the_list_is_empty() -> None:
    findings = found(PRODUCT.replace("{compute: [duckdb]}", "{compute: []}"))
    assert [d.severity for d in findings if d.code == "whitelist/transform-compute"] == [
        "error",
        "error",
    ]
