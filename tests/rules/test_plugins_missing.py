from __future__ import annotations

from check import check, found

HEAD = "apiVersion: floe.dev/v1\n    kind: Manifest\n    metadata: {name: a, version: 1.0.0, owner: a@b.c}\n"


def test_a_domain_without_engine_is_a_warning_unless_the_enterprise_has_one() -> None:
    check("""
        #- enterprise-manifest.yaml
        scope: enterprise
        approved_plugins: {compute: [duckdb, snowflake]}
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins:
        #^^^^^^ warning[plugins/no-compute]: `plugins.compute` is chosen nowhere, neither here nor in \
enterprise-manifest.yaml (enterprise): products on this manifest cannot be compiled. Approved: `duckdb` or \
`snowflake`.
          catalog: polaris
        #- marketing-domain-manifest.yaml
        scope: domain
        #^^^^ warning[plugins/no-compute]
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    """)
    check("""
        #- enterprise-manifest.yaml
        scope: enterprise
        plugins: {compute: duckdb}
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {catalog: polaris}
    """)


def test_a_manifest_of_two_tiers_needs_one_in_the_released_form_only() -> None:
    check("plugins: {catalog: polaris}\n", only="plugins/no-")
    codes = [d.code for d in found(f"    {HEAD}    plugins: {{catalog: {{type: polaris}}}}\n")]
    assert [code for code in codes if code.startswith("plugins")] == [
        "plugins/no-compute",
        "plugins/no-orchestrator",
    ]


def test_an_enterprise_needs_none() -> None:
    check(f"    {HEAD}    scope: enterprise\n    plugins: {{}}\n", only="plugins/no-")


def test_a_product_of_the_released_form_is_told_that_it_cannot_be_compiled() -> None:
    findings = found(f"""
    #- orders/floe.yaml
    apiVersion: floe.dev/v1
    kind: FloeSpec
    metadata: {{name: orders, version: 1.0.0}}
    platform: {{manifest: ../manifest.yaml}}
    transforms: [{{name: orders}}]
    #- manifest.yaml
    {HEAD}    plugins: {{compute: {{type: duckdb}}}}
    """)
    assert [(d.code, d.severity, d.message) for d in findings if d.severity != "hint"] == [
        (
            "plugins/no-orchestrator",
            "warning",
            (
                "manifest.yaml (platform) chooses no `orchestrator`, nor does a layer above it: the product cannot be "
                "compiled."
            ),
        )
    ]


def test_an_unknown_parent_may_have_chosen_one() -> None:
    check("""
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {catalog: polaris}
    """)
