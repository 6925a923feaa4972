# ruff: noqa: E501  a mark stands on one line with its message
from check import check, fixed


def test_a_name_that_no_transform_has_is_told_with_the_nearest() -> None:
    check(
        """
        #- floe.yaml
        apiVersion: floe.dev/v1
        kind: FloeSpec
        metadata: {name: a, version: 1.0.0}
        platform: {manifest: oci://r.example.com/m:v1.0.0}
        transforms:
          - name: stg_customers
          - name: customers
            dependsOn:
              - stg_costumers
        #       ^^^^^^^^^^^^^ warning[product/depends-on-unknown]: No transform of this product is called `stg_costumers`. Did you mean `stg_customers`?
              - nothing
        #       ^^^^^^^ warning[product/depends-on-unknown]: No transform of this product is called `nothing`.
              - orders
          - name: orders
        """
    )


def test_a_circle_is_told_once_with_all_who_are_in_it() -> None:
    check(
        """
        #- floe.yaml
        apiVersion: floe.dev/v1
        kind: FloeSpec
        metadata: {name: a, version: 1.0.0}
        platform: {manifest: oci://r.example.com/m:v1.0.0}
        transforms:
          - {name: a, dependsOn: [b]}
        #                         ^ error[product/depends-on-cycle]: These transforms wait for each other in a circle: a → b → c → a.
          - {name: b, dependsOn: [d, c]}
          - {name: c, dependsOn: [a]}
          - {name: d}
          - {name: e, dependsOn: [e]}
        #                         ^ error[product/depends-on-cycle]: `e` depends on itself, so it can never run.
        """
    )


def test_in_the_short_form_a_circle_is_a_warning() -> None:
    check(
        """
        #- floe.yaml
        name: x
        platform: {ref: oci://r.example.com/m:v1.0.0}
        transforms:
          - {name: a, type: dbt, path: a, depends_on: [b]}
        #                                              ^ warning[product/depends-on-cycle]
          - {name: b, type: dbt, path: b, depends_on: [a]}
        """
    )


def test_transforms_that_build_on_those_below_them_are_no_circle() -> None:
    check(
        """
        #- floe.yaml
        name: x
        platform: {ref: oci://r.example.com/m:v1.0.0}
        transforms:
          - {name: a, type: dbt, path: a, dependsOn: [b, c]}
          - {name: b, type: dbt, path: b, dependsOn: [c]}
          - {name: c, type: dbt, path: c}
        """
    )


def test_the_nearest_name_is_put_in_place() -> None:
    text = "#- floe.yaml\ntransforms:\n- {name: stg_a}\n- name: b\n  dependsOn: ['stg_b']\n"
    assert "dependsOn: [stg_a]" in fixed(text, "Change to `stg_a`")
