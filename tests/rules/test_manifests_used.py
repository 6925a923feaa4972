from __future__ import annotations

from check import check

ENTERPRISE = """
    #- enterprise-manifest.yaml
    scope: enterprise
    approved_plugins: {compute: [duckdb]}
"""
PRODUCT = """
    #- orders/floe.yaml
    platform: {ref: sales-domain-manifest}
    transforms: [{type: dbt, path: models/}]
"""


def test_a_manifest_that_nobody_names_is_a_hint() -> None:
    check(
        ENTERPRISE
        + PRODUCT
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: enterprise-manifest
    #- finance-domain-manifest.yaml
    scope: domain
    #^^^^ hint[manifest/unused]: No file of this workspace inherits from `finance-domain-manifest`.
    parent_manifest: enterprise-manifest
    """,
        only="manifest/unused",
    )


def test_without_products_nobody_can_use_a_manifest() -> None:
    check(ENTERPRISE, only="manifest/unused", hints=True)


def test_versions_side_by_side_are_told() -> None:
    check(
        """
    #- up.yaml @ oci://reg/acme/enterprise-manifest:v1.0.0
    scope: enterprise
    #- up.yaml @ oci://reg/acme/enterprise-manifest:v2.0.0
    scope: enterprise
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://reg/acme/enterprise-manifest:v1.0.0
    #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[ref/several-versions]: Other versions of \
enterprise-manifest are in use beside `v1.0.0`: `v2.0.0` by `finance-domain-manifest`.
    #- finance-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://reg/acme/enterprise-manifest:v2.0.0
    #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[ref/several-versions]
    """,
        only="ref/several",
    )


def test_one_version_in_all_files_is_fine() -> None:
    check(
        """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://reg/acme/enterprise-manifest:v1.0.0
    #- finance-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://reg/acme/enterprise-manifest:v1.0.0
    #- other-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://reg/other/enterprise-manifest:v2.0.0
    """,
        only="ref/several",
    )
