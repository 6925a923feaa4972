from __future__ import annotations

from pathlib import Path

from check import check
from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.remote.files import uri_of
from floe_ls.session import Session, floe_shapes

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


def test_a_text_that_was_never_saved_is_not_called_unused() -> None:
    here = world(ENTERPRISE + PRODUCT)
    for uri, told in (("untitled:Untitled-1", 0), ("file:///w/new-domain-manifest.yaml", 1)):
        text = "scope: domain\nparent_manifest: enterprise-manifest\n"
        document = read_document(uri, text, 1, label="new")
        snapshot = here.snapshot.with_document(document).changed(opened=frozenset({uri}))
        found = diagnostics(snapshot, document)
        assert [f.code for f in found].count("manifest/unused") == told, uri


def test_products_that_name_several_versions_are_told_in_the_manifest() -> None:
    check(
        """
    #- sales-domain-manifest.yaml
    scope: domain
    #^^^^ information[ref/several-versions]: Products name several versions of this manifest: `v2.1.0` by 2, \
`v2.0.0` by `old`.
    #- a/floe.yaml
    platform: {ref: "oci://reg/acme/sales-domain-manifest:v2.1.0"}
    #- b/floe.yaml
    platform: {ref: "oci://reg/acme/sales-domain-manifest:v2.1.0"}
    #- old/floe.yaml
    platform: {ref: "oci://reg/acme/sales-domain-manifest:v2.0.0"}
    #- path/floe.yaml
    platform: {ref: ../sales-domain-manifest.yaml}
    """,
        only="ref/several",
    )


def test_a_product_that_takes_the_version_of_the_others_ends_it(tmp_path: Path) -> None:
    (tmp_path / "sales-domain-manifest.yaml").write_text("scope: domain\n")
    for number in range(3):
        ref = f"oci://reg/acme/sales-domain-manifest:v1.{number // 2}.0"
        (tmp_path / f"p{number}").mkdir()
        (tmp_path / f"p{number}/floe.yaml").write_text(f"platform: {{ref: '{ref}'}}\n")
    session = Session(floe_shapes())
    session.set_roots([uri_of(tmp_path)])
    session.scan(wait=True)
    manifest = session.snapshot.documents[uri_of(tmp_path / "sales-domain-manifest.yaml")]

    def told() -> int:
        found = diagnostics(session.snapshot, manifest)
        return [f.code for f in found].count("ref/several-versions")

    assert told() == 1
    product = tmp_path / "p2/floe.yaml"
    product.write_text(product.read_text().replace("v1.1.0", "v1.0.0"))
    session.reread([uri_of(product)])
    assert told() == 0
