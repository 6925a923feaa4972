from __future__ import annotations

from check import check, fixed


def test_a_floe_yaml_that_says_it_is_a_manifest_is_an_error() -> None:
    text = """
        #- customers/floe.yaml
        apiVersion: floe.dev/v1
        kind: Manifest
        #     ^^^^^^^^ error[name/kind-mismatch]: floe.yaml holds a data product, and this one says that it is a \
manifest. If it is one, call the file `manifest.yaml`.
        metadata: {name: customer-360, version: 1.0.0, owner: sales@example.com}
        plugins: {}
    """
    check(text, only="name/")
    assert "kind: FloeSpec\n" in fixed(text, "Change to `FloeSpec`")


def test_a_manifest_and_a_product_under_their_own_names_are_fine() -> None:
    check("apiVersion: floe.dev/v1\nkind: Manifest\n", only="name/")
    check("#- floe.yaml\napiVersion: floe.dev/v1\nkind: FloeSpec\n", only="name/")
