"""Whether the layers above a file are those that floe knows."""

from __future__ import annotations

from check import check, found


def test_every_member_of_a_circle_is_told_of_the_whole_circle() -> None:
    here = check(
        """
        #- a-manifest.yaml
        scope: domain
        parent_manifest: ./b-manifest.yaml
        #                ^^^^^^^^^^^^^^^^^ error[chain/cycle]: These manifests inherit from each other in a circle: \
a-manifest.yaml → b-manifest.yaml → c-manifest.yaml → a-manifest.yaml.
        #- b-manifest.yaml
        scope: domain
        parent_manifest: ./c-manifest.yaml
        #                ^^^^^^^^^^^^^^^^^ error[chain/cycle]: These manifests inherit from each other in a circle: \
b-manifest.yaml → c-manifest.yaml → a-manifest.yaml → b-manifest.yaml.
        #- c-manifest.yaml
        scope: domain
        parent_manifest: ./a-manifest.yaml
        #                ^^^^^^^^^^^^^^^^^ error[chain/cycle]
        #- orders/floe.yaml
        metadata: {name: orders}
        platform: {ref: ../a-manifest.yaml}
        transforms: [{type: dbt, path: models/}]
        """,
        only="chain",
    )
    finding = next(d for d in found(here.text) if d.code == "chain/cycle")
    assert [(r.document.label, r.message) for r in finding.related] == [
        ("a-manifest.yaml", "a-manifest.yaml names b-manifest.yaml as its parent"),
        ("b-manifest.yaml", "b-manifest.yaml names c-manifest.yaml as its parent"),
        ("c-manifest.yaml", "c-manifest.yaml names a-manifest.yaml as its parent"),
    ]


def test_a_manifest_may_name_itself_by_mistake() -> None:
    check(
        """
        scope: domain
        parent_manifest: ./manifest.yaml
        #                ^^^^^^^^^^^^^^^ error[chain/cycle]: manifest.yaml names itself as its parent.
        """,
        only="chain",
    )


def test_nothing_depends_on_layers_of_a_circle() -> None:
    check(
        """
        #- a-manifest.yaml
        scope: domain
        parent_manifest: ./b-manifest.yaml
        plugins: {compute: spark}
        #- b-manifest.yaml
        scope: domain
        parent_manifest: ./a-manifest.yaml
        approved_plugins: {compute: [duckdb]}
        """,
        only="whitelist",
    )


def test_the_parent_of_a_domain_is_an_enterprise() -> None:
    check(
        """
        #- platform/manifest.yaml
        plugins: {compute: duckdb}
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: platform/manifest.yaml
        #                ^^^^^^^^^^^^^^^^^^^^^^ error[chain/parent-not-enterprise]: The parent of a domain manifest \
is an enterprise manifest, but platform/manifest.yaml has no scope. Name a manifest with `scope: enterprise`.
        #- marketing-domain-manifest.yaml
        scope: domain
        parent_manifest: ./sales-domain-manifest.yaml
        #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[chain/parent-not-enterprise]: The parent of a domain \
manifest is an enterprise manifest, but sales-domain-manifest.yaml has scope `domain`. Name a manifest with `scope: \
enterprise`.
        """,
        only="chain",
    )


def test_a_chain_ends_after_five_manifests() -> None:
    files = "".join(
        f"#- d{i}-manifest.yaml\nscope: domain\nparent_manifest: ./d{i + 1}-manifest.yaml\n"
        for i in range(1, 6)
    )
    chain = files + "#- d6-manifest.yaml\nscope: enterprise\n"
    long = [d for d in found(chain) if d.code == "chain/too-long"]
    assert [(d.severity, d.message) for d in long] == [
        (
            "error",
            (
                "There are more than 5 manifests above each other here; d6-manifest.yaml and what is above it are "
                "left out."
            ),
        )
    ]
    shorter = found(chain.replace("#- d2-manifest.yaml\n", "#- d2-manifest.yaml\n$0"))
    assert "chain/too-long" not in [d.code for d in shorter]


def test_a_product_right_below_the_enterprise_is_pointed_out() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        plugins: {compute: duckdb}
        #- orders/floe.yaml
        metadata: {name: orders}
        platform: {ref: "oci://registry/enterprise-manifest:v1.0.0"}
        #               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[product/enterprise-direct]: \
enterprise-manifest.yaml (enterprise, line 1) is an enterprise manifest: no domain approves a product that builds \
right on it. Name the manifest of the product's domain.
        transforms: [{type: dbt, path: models/}]
        """
    )


def test_two_tiers_and_three_tiers_are_fine() -> None:
    check(
        """
        #- manifest.yaml
        plugins: {compute: duckdb}
        #- orders/floe.yaml
        metadata: {name: orders}
        platform: {ref: "oci://registry/manifest:v1.0.0"}
        transforms: [{type: dbt, path: models/}]
        #- enterprise-manifest.yaml
        scope: enterprise
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {compute: duckdb}
        #- customer-360/floe.yaml
        metadata: {name: customer-360}
        platform: {ref: "oci://registry/sales-domain-manifest:v1.0.0"}
        transforms: [{type: dbt, path: models/}]
        """
    )
