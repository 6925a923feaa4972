from check import check


def test_a_folder_that_is_known_to_be_missing_is_told() -> None:
    check(
        """
        #- orders/floe.yaml
        name: a
        platform: {ref: oci://r.example.com/m:v1.0.0}
        transforms:
          - {type: dbt, path: modles/}
        #                     ^^^^^^^ warning[product/path]: There is no folder `modles/` beside orders/floe.yaml.
          - {type: dbt, path: models/}
          - {type: dbt, path: ../elsewhere}
        """,
        missing=frozenset({"file:///w/orders/modles/", "file:///w/modles/"}),
    )


def test_of_a_folder_that_nobody_looked_for_nothing_is_said() -> None:
    check(
        """
        #- floe.yaml
        name: a
        platform: {ref: oci://r.example.com/m:v1.0.0}
        transforms:
          - {type: dbt, path: modles}
        """
    )
