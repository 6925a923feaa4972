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


@pytest.mark.parametrize("hidden", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize(
    "before",
    ["# as agreed", "# floe-ls: ignore[security/hidden-line]", "# &x", "# *", "# a *", "enabled"],
)
def test_a_line_that_only_floes_loader_begins_is_shown(hidden: str, before: str) -> None:
    text = (
        f"scope: domain\ngovernance:\n  audit_logging: {before}{hidden}  pii_encryption: optional\n"
    )
    (one,) = [d for d in found(text) if d.code == "security/hidden-line"]
    assert one.severity == "error"
    assert text[one.span.start : one.span.end] == hidden
    assert fixed(text, "Replace it by a space") == text.replace(hidden, " ")


@pytest.mark.parametrize(
    "text", ["# a\u2028\n", "# a\u2028 # b\n", 'owner: "a\u2028b"\n', "owner: 'a\x85b'\n"]
)
def test_a_hidden_line_that_holds_nothing_is_nobodys_concern(text: str) -> None:
    assert not [d for d in found(f"metadata:\n  {text}") if d.code == "security/hidden-line"]


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("scope:\tdomain\n", "scope: domain\n"),
        ("scope: domain\t\n", "scope: domain \n"),
        ("scope: domain\t# it is\n", "scope: domain # it is\n"),
        ("approved_products:\n-\tsales\n", "approved_products:\n- sales\n"),
        ("approved_products: [a,\tb]\n", "approved_products: [a, b]\n"),
        ("metadata: {description: a\tb}\n", "metadata: {description: a b}\n"),
        ("metadata:\n  description: |\t\n    a\n", "metadata:\n  description: | \n    a\n"),
    ],
)
def test_a_tab_between_words_stops_floes_loader(text: str, spaced: str) -> None:
    assert [d.code for d in found(text) if d.code.startswith("yaml/")] == ["yaml/tab"]
    assert fixed(text, "Use spaces") == spaced


@pytest.mark.parametrize(
    "text",
    [
        "# a\tb\nscope: domain\n",
        "scope: domain # a\tb\n",
        "metadata: {description: \"a\tb\", owner: 'a\tb'}\n",
        "metadata:\n  description: |\n    a\tb\n  owner: >-\n    a\n    b\tc\n",
        'metadata:\n  description: "a\n    \tb"\n',
    ],
)
def test_a_tab_within_a_text_is_fine(text: str) -> None:
    assert not [d for d in found(text) if d.code.startswith("yaml/")]


@pytest.mark.parametrize(
    "key",
    [
        "!!merge x",
        "!!merge <<",
        "!<tag:yaml.org,2002:merge> x",
        "!!%6Derge x",
        "!!null x",
        "!x x",
        "? !!merge\n    x\n ",
    ],
)
@pytest.mark.parametrize("after", ["", "  x: 1\n", "  # floe-ls: ignore[security/hidden-key]\n"])
def test_a_tag_that_makes_another_key_is_an_error_for_good(key: str, after: str) -> None:
    text = f"scope: domain\ngovernance:\n  {key}: {{pii_encryption: optional}}\n{after}"
    assert [d.severity for d in found(text) if d.code == "security/hidden-key"] == ["error"]


@pytest.mark.parametrize("tag", ["!", "!!str"])
def test_the_tag_of_texts_is_fine_on_a_key(tag: str) -> None:
    text = f"scope: domain\n{tag} governance: {{{tag} pii_encryption: {tag} required}}\n"
    assert not [d for d in found(text) if d.code.startswith(("yaml/", "security/"))]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("metadata: {owner: a, description: b?c}\n", "metadata: {owner: a, description: 'b?c'}\n"),
        (
            "observability: {tracing: {endpoint: https://a.example.com/?q=it's}}\n",
            "observability: {tracing: {endpoint: 'https://a.example.com/?q=it''s'}}\n",
        ),
        (
            "governance: {secret_scanning: {exclude_patterns: [x, data?.csv]}}\n",
            "governance: {secret_scanning: {exclude_patterns: [x, 'data?.csv']}}\n",
        ),
    ],
)
def test_a_question_mark_within_brackets_stops_floes_loader(text: str, quoted: str) -> None:
    assert [d.code for d in found(text) if d.code.startswith("yaml/")] == ["yaml/unexpected"]
    assert fixed(text, "Quote it") == quoted


@pytest.mark.parametrize(
    "text",
    [
        "metadata:\n  description: b?c # [d?e]\n",
        "metadata: {description: 'b?c'} # d?e\n",
        "metadata:\n  description: >-\n    [b?c]\n",
        "metadata: {? description : b}\n",
    ],
)
def test_a_question_mark_elsewhere_is_text(text: str) -> None:
    assert not [d for d in found(text) if d.code.startswith("yaml/")]


@pytest.mark.parametrize(
    "block",
    ["!x {}", "!!set {a: null}", "!!omap [a: b]", "!!str {a: b}", "!!map [a]", "!!seq {a: b}"],
)
@pytest.mark.parametrize("key", ["governance", "anything"])
def test_a_tag_that_makes_something_else_of_a_block_is_an_error(key: str, block: str) -> None:
    text = f"scope: domain\n{key}: {block}\n"
    assert [d.code for d in found(text) if d.code.startswith("yaml/")] == ["yaml/unknown-tag"]


def test_the_tags_of_mappings_and_lists_are_fine() -> None:
    text = "scope: domain\ngovernance: !!map {policies: !!seq []}\n"
    assert not [d for d in found(text) if d.code.startswith("yaml/")]


def test_a_key_that_only_floes_loader_reads_is_an_error_for_good() -> None:
    text = "governance: {?pii_encryption: optional} # floe-ls: ignore[security/hidden-key]\n"
    (one,) = [d for d in found(text) if d.code.startswith(("yaml/", "security/"))]
    assert (one.code, one.severity) == ("security/hidden-key", "error")
    assert fixed(text, "Quote it").startswith("governance: {'?pii_encryption': optional}")


def test_an_anchor_has_a_name_that_floes_loader_takes() -> None:
    check(
        """
        scope: enterprise
        governance: &common.v1
        #           ^^^^^^^^^^ error[yaml/anchor-name]: floe's loader refuses the anchor &common.v1: its name may have \
a-z, digits, `-` and `_` only.
          pii_encryption: &Pii_2-x required
        """,
        only="yaml/",
    )
