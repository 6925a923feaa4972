"""New names everywhere, and why there are none."""

from __future__ import annotations

import pytest

from fixture import World, world
from floe_ls.ide.rename import Refused, Renamable, prepared, renamed
from floe_ls.text import apply_edits
from navigation import MESH, REMOTE, D, E, F, P, at


def after(here: World, new: str) -> dict[str, str]:
    """The lines that a new name changes, by file."""
    found = renamed(here.snapshot, here.document, here.cursor, new)
    assert not isinstance(found, Refused), found.message
    out = {}
    for document in {d.uri: d for d, _ in found.edits}.values():
        edits = [e for d, e in found.edits if d is document]
        old, new_lines = document.text.split("\n"), apply_edits(document.text, edits).split("\n")
        assert len(old) == len(new_lines)
        changed = [b.strip() for a, b in zip(old, new_lines, strict=True) if a != b]
        out[document.label] = "; ".join(changed)
    return out


def refused(here: World, new: str = "") -> str:
    """Why a name cannot be changed, or not into this one."""
    if new:
        found = renamed(here.snapshot, here.document, here.cursor, new)
        assert isinstance(prepared(here.snapshot, here.document, here.cursor), Renamable)
    else:
        found = prepared(here.snapshot, here.document, here.cursor)
        answer = renamed(here.snapshot, here.document, here.cursor, "other")
        assert answer == found
    assert isinstance(found, Refused)
    return found.message


def name_at(here: World) -> str:
    found = prepared(here.snapshot, here.document, here.cursor)
    assert isinstance(found, Renamable)
    assert here.document.text[found.span.start : found.span.end] == found.name
    return found.name


@pytest.mark.parametrize("file", [P, D])
def test_a_product_is_renamed_in_its_file_and_where_it_is_approved(file: str) -> None:
    here = at(file, "customer-360")
    assert name_at(here) == "customer-360"
    assert after(here, "customer-720") == {P: "name: customer-720", D: "- customer-720"}


def test_a_product_of_the_same_name_in_another_domain_keeps_it() -> None:
    other = (
        "#- other/other-domain-manifest.yaml\nscope: domain\nparent_manifest: ../enterprise-manifest.yaml\n"
        "approved_products: [customer-360]\n"
        "#- other/customer-360/floe.yaml\nname: customer-360\nplatform: {ref: ../other-domain-manifest.yaml}\n"
    )
    assert set(after(at(P, "customer-360", text=MESH + other), "other")) == {P, D}


@pytest.mark.parametrize("word", ["stg", "stg]", "stg, f"])
def test_a_transform_is_renamed_in_what_depends_on_it(word: str) -> None:
    here = at(P, word)
    assert name_at(here) == "stg"
    assert after(here, "staged") == {
        P: "- name: staged; dependsOn: [staged]; dependsOn: [staged, fct]"
    }


def test_a_name_stays_in_its_quotes() -> None:
    text = MESH.replace(
        "- name: stg\n    type: dbt\n    path: models/\n  - name: fct",
        "- name: 'stg'\n    type: dbt\n    path: models/\n  - name: fct",
    )
    text = text.replace("dependsOn: [stg]", 'dependsOn: ["stg"]')
    here = at(P, 'stg"', text=text)
    assert name_at(here) == "stg"
    assert after(here, "staged") == {
        P: "- name: 'staged'; dependsOn: [\"staged\"]; dependsOn: [staged, fct]"
    }


def test_a_name_that_yaml_would_read_otherwise_gets_quotes() -> None:
    assert after(at(P, "fct"), "on") == {P: "- name: 'on'; dependsOn: [stg, 'on']"}


@pytest.mark.parametrize("cursor", ["&ba$0se", "*bas$0e"])
def test_an_anchor_is_renamed_with_its_aliases(cursor: str) -> None:
    text = "scope: enterprise\nplugins:\n  compute: &base {type: duckdb}\n  dbt: *base\n  catalog: *base\n"
    here = world(text.replace(cursor.replace("$0", ""), cursor, 1))
    assert name_at(here) == "base"
    assert after(here, "core") == {
        "manifest.yaml": "compute: &core {type: duckdb}; dbt: *core; catalog: *core"
    }


def test_another_anchor_of_the_name_keeps_it() -> None:
    here = world("scope: enterprise\na: &x 1\nb: *x\nc: &x 2\nd: *$0x\n")
    assert after(here, "y") == {"manifest.yaml": "c: &y 2; d: *y"}


def test_the_same_name_again_changes_nothing() -> None:
    assert after(at(P, "stg"), "stg") == {}


@pytest.mark.parametrize(
    ("file", "word", "new", "message"),
    [
        (P, "customer-360", "Customer 360", "A product's name has only lower-case letters, digits and hyphens"),
        (P, "customer-360", "sales-forecast", f"A product is called `sales-forecast` already: {F}."),
        (P, "customer-360", "a" * 64, "A name has 63 characters at most; this has 64."),
        (P, "customer-360", " ", "A name is missing."),
        (P, "stg", "fct", "A transform is called `fct` already, in line 9."),
        (P, "stg", "a-b", "A name has only letters, digits and underscores"),
        (P, "dependsOn", "", "`dependsOn` is a key, whose name floe gives."),
        (P, "models", "", "Products, transforms and anchors can be renamed; there is none here."),
        (D, "snowflake", "", "`snowflake` is the name of a plugin, which floe gives."),
        (E, "acme", "", "A manifest is known to others by its file and by the reference that it is published under"),
        (D, "../enterprise", "", "A manifest is known to others"),
        (D, "sales-forecast", "", f"{F} states no name, so that it is called `sales-forecast` after its folder"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(file: str, word: str, new: str, message: str) -> None:
    said = refused(at(file, word), new)
    assert said.startswith(message)
    assert said.endswith(".")


def test_a_product_that_is_not_in_the_workspace_has_no_other_name() -> None:
    text = MESH[: MESH.index("#- sales/customer-360")]
    assert refused(at(D, "customer-360", text=text)) == (
        "No product of the workspace is called `customer-360`."
    )


def test_a_transform_that_does_not_exist_has_no_other_name() -> None:
    text = MESH.replace("[stg, fct]", "[stg, nothing]")
    assert refused(at(P, "nothing", text=text)) == (
        "No transform of this product is called `nothing`."
    )


def test_two_transforms_of_one_name_are_told_apart_by_hand() -> None:
    text = MESH.replace("- name: report", "- name: stg")
    assert refused(at(P, "stg", text=text)) == (
        "2 transforms are called `stg` (lines 6, 14): give one of them another name by hand."
    )


def test_a_name_in_an_artifact_cannot_be_changed() -> None:
    text = (
        "#- floe.yaml\nname: shop\nplatform: {ref: 'oci://reg.example.com/sales:1.0.0'}\n"
        "#- sales.yaml @ oci://reg.example.com/sales:1.0.0\nscope: domain\napproved_products: [shop]\n"
    )
    assert refused(at("floe.yaml", "shop", text=text)) == (
        "`shop` stands in oci://reg.example.com/sales:1.0.0, which is published and cannot be changed here."
    )
    here = at("sales-domain-manifest.yaml", "oci://", text=REMOTE)
    assert refused(here).startswith("A manifest is known to others")


@pytest.mark.parametrize("new", ["a b", "a,b", "", "[a]", "*a"])
def test_an_anchor_is_one_word(new: str) -> None:
    here = world("scope: enterprise\na: &x$0 1\nb: *x\n")
    found = renamed(here.snapshot, here.document, here.cursor, new)
    assert found == Refused(
        "An anchor's name is one word, without spaces, commas, brackets, `&` and `*`."
    )


def test_an_anchor_does_not_take_another_one_s_name() -> None:
    here = world("scope: enterprise\na: &x$0 1\nb: &y 2\n")
    assert refused(here, "y") == "An anchor is called `y` already, in line 3."
