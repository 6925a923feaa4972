from __future__ import annotations

import pytest

from check import check, fixed, found

REF = "oci://registry/sales-domain-manifest:v1.0.0"
DOMAIN = """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins: {compute: duckdb}
    approved_products: [customer-360, sales-forecast]
"""
PRODUCT = f"""
    #- churn/floe.yaml
    $0metadata: {{name: customer-churn}}
    platform: {{ref: "{REF}"}}
    transforms: [{{type: dbt, path: models/}}]
"""


def test_a_product_that_its_domain_does_not_list_is_an_error() -> None:
    check(
        DOMAIN
        + f"""
    #- churn/floe.yaml
    metadata:
      name: customer-churn
    #       ^^^^^^^^^^^^^^ error[products/not-approved]: The product `customer-churn` is not approved by its domain: \
sales-domain-manifest.yaml (domain, line 4) approves `customer-360` and `sales-forecast`.
    platform: {{ref: "{REF}"}}
    transforms: [{{type: dbt, path: models/}}]
    """,
        only="products/not",
    )


def test_a_listed_product_is_fine() -> None:
    check(DOMAIN + PRODUCT.replace("customer-churn", "customer-360"), only="products/not")


def test_a_product_without_name_goes_by_its_folder() -> None:
    check(
        DOMAIN
        + f"""
    #- sales-forecast/floe.yaml
    platform:
      ref: {REF}
    transforms: [{{type: dbt, path: models/}}]
    #- churn/floe.yaml
    platform:
      ref: {REF}
    #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[products/not-approved]: The product `churn` (its \
folder's name, since it states no other) is not approved by its domain: sales-domain-manifest.yaml (domain, line 4) \
approves `customer-360` and `sales-forecast`.
    transforms: [{{type: dbt, path: models/}}]
    """,
        only="products/not",
    )


def test_an_empty_list_approves_none_and_without_a_list_all_are_approved() -> None:
    empty = DOMAIN.replace("[customer-360, sales-forecast]", "[]")
    finding = next(d for d in found(PRODUCT + empty) if d.code == "products/not-approved")
    assert finding.message.endswith(
        "sales-domain-manifest.yaml (domain, line 4) approves no product."
    )
    check(PRODUCT + empty.replace("approved_products: []", "governance: {}"), only="products")
    check(PRODUCT + empty.replace("[]", ""), only="products")


def test_the_domains_file_can_be_added_to() -> None:
    title = "Approve `customer-churn` in sales-domain-manifest.yaml"
    assert "approved_products: [customer-360, sales-forecast, customer-churn]\n" in fixed(
        PRODUCT + DOMAIN, title
    )
    block = DOMAIN.replace("[customer-360, sales-forecast]", "\n      - customer-360")
    assert "approved_products: \n  - customer-360\n  - customer-churn\n" in fixed(
        PRODUCT + block, title
    )


def test_a_misspelled_name_is_mended_in_the_product() -> None:
    misspelled = PRODUCT.replace("customer-churn", "customer-36O")
    assert "name: customer-360}" in fixed(misspelled + DOMAIN, "Change to `customer-360`")


def test_an_artifact_decides_and_cannot_be_edited() -> None:
    artifact = DOMAIN.replace(".yaml", f".yaml @ {REF}", 1)
    finding = next(d for d in found(PRODUCT + artifact) if d.code == "products/not-approved")
    assert f"{REF} (domain, line 4) approves" in finding.message
    assert finding.fixes == ()


@pytest.mark.parametrize("scanned", [True, False])
def test_an_unknown_manifest_makes_nothing_red(scanned: bool) -> None:
    check(PRODUCT, scanned=scanned)


def test_a_list_of_five_hundred_is_not_read_out() -> None:
    many = ", ".join(f"product-{i}" for i in range(500))
    finding = next(
        d
        for d in found(PRODUCT + DOMAIN.replace("customer-360, sales-forecast", many))
        if d.code == "products/not-approved"
    )
    assert finding.message.endswith("`product-7` and 492 others.")


def test_an_approved_product_that_the_workspace_does_not_have_is_an_information() -> None:
    check(
        f"""
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins: {{compute: duckdb}}
    approved_products:
      - customer-churn
      - customer-chrun
    #   ^^^^^^^^^^^^^^ information[products/unknown]: No product of this workspace is called `customer-chrun`. Did \
you mean `customer-churn`?
      - sales-forecast
    #   ^^^^^^^^^^^^^^ information[products/unknown]: No product of this workspace is called `sales-forecast`.
    {PRODUCT}
    """,
        only="products",
    )


def test_nothing_is_unknown_before_the_scan_ends_or_where_there_are_no_products() -> None:
    check(DOMAIN + PRODUCT, only="products/unknown", scanned=False)
    check(DOMAIN, only="products")


def test_a_product_of_two_domains_is_a_warning_on_both() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        approved_products: [customer-360, sales-forecast]
        #                   ^^^^^^^^^^^^ warning[products/two-domains]: `customer-360` is approved by \
marketing-domain-manifest.yaml (domain, line 4), too, but a product belongs to one domain. Other domains read its \
data under a contract.
        #- marketing-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        approved_products:
          - customer-360
        #   ^^^^^^^^^^^^ warning[products/two-domains]
        """,
        only="products",
    )


def test_a_domain_can_let_go_of_a_product() -> None:
    fixture = """
        #- sales-domain-manifest.yaml
        $0scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        approved_products: [customer-360, sales-forecast]
        #- marketing-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        approved_products: [customer-360]
    """
    text = fixed(fixture, "Remove `customer-360` here")
    assert text.endswith("approved_products: [sales-forecast]\n")


def test_not_more_than_a_reader_can_take_in_is_told_of_a_long_list() -> None:
    transforms = "".join("\n      - {type: dbt, path: m/, compute: spark}" for _ in range(500))
    fixture = f"""
    #- orders/floe.yaml
    metadata: {{name: orders}}
    platform: {{ref: "{REF}"}}
    transforms:{transforms}
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    #- enterprise-manifest.yaml
    scope: enterprise
    approved_plugins: {{compute: [duckdb]}}
    """
    told = [d for d in found(fixture) if d.code == "whitelist/transform-compute"]
    assert len(told) == 200


def test_two_files_of_one_domain_and_domains_of_two_enterprises_may_approve_the_same() -> None:
    check(
        """
        #- a/enterprise-manifest.yaml
        scope: enterprise
        #- a/sales-domain-manifest.yaml
        scope: domain
        parent_manifest: ./enterprise-manifest.yaml
        approved_products: [customer-360]
        #- a/next/sales-domain-manifest.yaml
        scope: domain
        parent_manifest: ../enterprise-manifest.yaml
        approved_products: [customer-360]
        #- b/enterprise-manifest.yaml
        scope: enterprise
        #- b/marketing-domain-manifest.yaml
        scope: domain
        parent_manifest: ./enterprise-manifest.yaml
        approved_products: [customer-360]
        """,
        only="products",
    )
