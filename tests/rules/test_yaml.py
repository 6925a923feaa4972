# ruff: noqa: E501  a mark stands on one line with its message
import pytest

from check import check, fixed, found


def test_what_is_wrong_as_yaml_is_told_and_silences_what_its_line_seems_to_say() -> None:
    check(
        """
        plugins:
          compute duckdb
        # ^^^^^^^^^^^^^^ error[yaml/missing-colon]: After this key a colon is missing.
          orchestrator: dagster
        """,
        only="yaml",
    )


def test_a_second_document_is_one_too_many() -> None:
    check(
        """
        scope: enterprise
        ---
        #^^ error[yaml/several-documents]: Another document starts here, and floe refuses a file with several.
        plugins: {compute: 5}
        """
    )
    check("---\nscope: enterprise\n...\n")
    check("--- # nothing\n---\nscope: enterprise\n")


def test_a_second_anchor_of_a_name_is_one_too_many() -> None:
    check(
        """
        metadata: &a {name: x}
        governance: &a {}
        #           ^^ error[yaml/duplicate-anchor]: There is an anchor &a above, and floe's loader refuses a second one of a name.
        """
    )


@pytest.mark.parametrize(
    ("text", "title", "mended"),
    [
        ("plugins:\n\tcompute: duckdb\n", "Use spaces", "plugins:\n  compute: duckdb\n"),
        ("scope: domain\nplugins\n", "Add a colon", "scope: domain\nplugins:\n"),
        ("plugins: {a: 'b' c: d}\n", "Add a comma", "plugins: {a: 'b' , c: d}\n"),
        ('metadata: {owner: "a\\d"}\n', "Double the backslash", 'metadata: {owner: "a\\\\d"}\n'),
        (
            "metadata:\n  description: Orders: all # of them\n",
            "Quote it",
            'metadata:\n  description: "Orders: all" # of them\n',
        ),
        (
            "governance: {secret_scanning: {exclude_patterns: [*.py]}}\n",
            "Quote it",
            'governance: {secret_scanning: {exclude_patterns: ["*.py"]}}\n',
        ),
    ],
)
def test_what_is_surely_meant_is_proposed(text: str, title: str, mended: str) -> None:
    assert fixed(text, title) == mended


def test_a_file_of_the_older_project_is_named_and_left_alone() -> None:
    check(
        """
        #- floe.yaml
        name: customers
        #^^^^^^^^^^^^^^ information[runtime/older]: This file is of floe-runtime, the older project: it is not judged.
        version: 1
        storage: default
        unknown: [
        """
    )


def test_a_file_of_something_else_is_left_alone() -> None:
    assert found("#- mkdocs.yml\nplugins: [search\nname: a\n") == []


def test_what_an_anchor_holds_is_told_where_it_stands_and_once() -> None:
    check(
        """
        #- floe.yaml
        name: a
        platform: {ref: oci://r.example.com/m:v1.0.0}
        transforms:
          - &one {type: dbd, path: a}
        #               ^^^ error[schema/choice]: `type` is `dbd`, but must be `dbt`.
          - *one
        """
    )
