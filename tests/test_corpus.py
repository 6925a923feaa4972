"""Documents that floe's own developers wrote, against the verdicts of floe's own code.

They are not part of the repository: the tests skip where they are absent. Every disagreement is listed here with its
reason; a cause is mended in general, never for one file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from fixture import ROOT, real_shapes
from floe_ls.chain.merge import Effective
from floe_ls.forms.document import At, Document, Kind, read_document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.snapshot import Snapshot
from tools import SHARED

CORPUS = SHARED / "corpus"
SHAPES = real_shapes()
Row = dict[str, Any]

NAMES = {"manifest": "manifest.yaml", "spec": "floe.yaml"}
ELSEWHERE = ("ref/", "chain/")
"""Codes of what is not in the document itself."""

U1 = (
    "U1: output ports cannot be written for the released compiler, which refuses their key `schema`"
)
R12 = "R12: a category that nobody knows is a warning in the short form"
R26 = "R26: policies that nobody knows are kept in the short form"
R29 = "R29: a transform needs its path, which floe's own code does not know"
I20 = "I20: the short form has name and version at the top level"
DISAGREEMENTS = {
    "v1/spec/36c8c11899b4.yaml": U1,
    "v1/spec/5b18a5c05f38.yaml": U1,
    "v1/spec/1a981ec70fab.yaml": U1,
    "v1/spec/61537f6f21f9.yaml": U1,
    "v1/spec/8c9ce3b8e3f4.yaml": U1,
    "v1/spec/eaad0285d47a.yaml": U1,
    "adr/manifest/720b03d65c73.yaml": R12,
    "design-fragment/manifest/94053ad5953e.yaml": R26,
    "design-fragment/manifest/c04abe72eef0.yaml": R26,
    "adr/spec/01d723b367ee.yaml": R29,
    "adr/spec/8c30b8379178.yaml": R29,
    "design-fragment/spec/fb1b78310566.yaml": I20,
}
"""Where we say otherwise, and why."""


def rows(name: str) -> list[Row]:
    path = CORPUS / name
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


INDEX, PAIRS = rows("index.jsonl"), rows("pairs.jsonl")
OURS = [row for row in INDEX if row["kind"] in NAMES]


@pytest.fixture(autouse=True, scope="module")
def _corpus() -> None:
    if not INDEX:
        pytest.skip(f"no corpus at {CORPUS}: set FLOE_SHARED")


def by(row: Row) -> str:
    return str(row.get("file") or row["dir"])


def document_of(row: Row) -> Document:
    text = (CORPUS / row["file"]).read_text(encoding="utf-8")
    return read_document(f"{ROOT}{NAMES.get(row['kind'], 'other.yaml')}", text)


def found(document: Document) -> list[Diagnostic]:
    """The findings of a document about which nothing else is known."""
    snapshot = Snapshot(SHAPES).with_document(document)
    return [d for d in diagnostics(snapshot, document) if not d.code.startswith(ELSEWHERE)]


def errors(document: Document) -> list[Diagnostic]:
    return [d for d in found(document) if d.severity == "error"]


def verdict(row: Row) -> bool:
    """What floe's code says: of the document as it is where it is of the released form, else of the same rewritten."""
    adapted = row.get("adapted")
    if row["valid"] or adapted is None or row["dialect"] == "v1":
        return bool(row["valid"])
    if row["dialect"] == "v1-fragment" and re.search(
        r"(?m)^(apiVersion|kind):", (CORPUS / row["file"]).read_text(encoding="utf-8")
    ):
        return False  # it says that it is of the released form, and lacks a part of it
    return bool(adapted["valid"])


@pytest.mark.parametrize("row", [r for r in OURS if by(r) not in DISAGREEMENTS], ids=by)
def test_a_document_is_judged_as_floe_judges_it(row: Row) -> None:
    wrong = errors(document_of(row))
    shown = [(d.code, d.message) for d in wrong]
    assert (not wrong) == verdict(row), (shown, row["errors"], row.get("adapted"))


@pytest.mark.parametrize("file", DISAGREEMENTS)
def test_a_disagreement_is_still_one(file: str) -> None:
    row = next((r for r in INDEX if r["file"] == file), None)
    if row is None:
        pytest.skip("not in this corpus")
    assert (not errors(document_of(row))) != verdict(row)


@pytest.mark.parametrize("row", [r for r in INDEX if r["kind"] == "other"], ids=by)
def test_a_document_of_another_kind_is_left_alone(row: Row) -> None:
    document = document_of(row)
    assert (document.kind is Kind.OTHER and not found(document)) or errors(document)


@pytest.mark.parametrize("row", [r for r in OURS if r["dialect"] == "v1"], ids=by)
def test_a_document_of_the_released_form_says_by_itself_what_it_is(row: Row) -> None:
    text = (CORPUS / row["file"]).read_text(encoding="utf-8")
    kind = {"spec": Kind.PRODUCT, "manifest": Kind.MANIFEST}[row["kind"]]
    assert read_document(f"{ROOT}anything.yaml", text).kind is kind


# --- places


def told(row: Row) -> Iterator[tuple[list[Any], str]]:
    for error in row["errors"]:
        if "outputPorts" not in error["msg"]:  # U1
            yield error["loc"], error["msg"]


@pytest.mark.parametrize(
    "row",
    [r for r in OURS if r["dialect"] == "v1" and not r["valid"] and by(r) not in DISAGREEMENTS],
    ids=by,
)
def test_each_error_of_floe_has_one_of_ours_at_its_place(row: Row) -> None:
    document = document_of(row)
    wrong = errors(document)
    for loc, message in told(row):
        span = place(document, loc).span
        assert any(
            (d.span.start >= span.start and d.span.end <= span.end)
            or (d.span.start <= span.start and d.span.end >= span.end)
            for d in wrong
        ), (loc, message, [(d.code, d.span) for d in wrong])


def place(document: Document, loc: list[Any]) -> At:
    """What stands at floe's path, or the nearest thing above it; its paths name options of unions too."""
    shape = SHAPES[document.kind]
    here = document.root
    for step in loc:
        names = [step]
        if shape is not None and isinstance(step, str):
            names += [other for other, name in shape.spellings.items() if name == step]
            names.append(shape.canonical(step))
        found_here = next((c for name in names if (c := here.child(name)) is not None), None)
        if found_here is None:
            continue
        here = found_here
        shape = shape.child(step) if shape is not None else None
    return here


# --- pairs


def cases(*names: str) -> list[Row]:
    return [row for row in PAIRS if row["case"] in names]


def text_of(row: Row, name: str) -> str:
    return (CORPUS / row["dir"] / name).read_text(encoding="utf-8")


def under_parent(row: Row) -> tuple[Snapshot, Document]:
    child = read_document(f"{ROOT}manifest.yaml", text_of(row, "child.yaml"))
    ref = re.search(r"(?m)^parent_manifest: (\S+)", child.text)
    assert ref
    parent = read_document(
        "floe-oci://parent/manifest.yaml", text_of(row, "parent.yaml"), ref=ref[1]
    )
    snapshot = Snapshot(SHAPES).with_document(child).with_artifact(ref[1], parent)
    assert len(snapshot.chain(child).layers) == 2
    return snapshot, child


WEAKER = ("security/override", "retention/lowered", "quality/locked-gate")


@pytest.mark.parametrize("row", cases("validate_security_policy_not_weakened"), ids=by)
def test_a_policy_is_weakened_where_floe_says_so(row: Row) -> None:
    snapshot, child = under_parent(row)
    weaker = [d for d in diagnostics(snapshot, child) if d.code in WEAKER and d.severity == "error"]
    assert bool(weaker) == (row["upstream"] == "invalid"), [(d.code, d.message) for d in weaker]
    for error in row["errors"] or ():
        named = re.search(r"policy '([\w.]+)'|weaken (\w+) from", error["msg"])
        assert named
        field = (named[1] or named[2]).rpartition(".")[2]
        assert any(field in d.message for d in weaker), (field, [d.message for d in weaker])


@pytest.mark.parametrize("row", cases("validate_domain_plugin_whitelist"), ids=by)
def test_a_plugin_is_approved_where_floe_says_so(row: Row) -> None:
    snapshot, child = under_parent(row)
    refused = [d for d in diagnostics(snapshot, child) if d.code == "whitelist/not-approved"]
    assert bool(refused) == (row["upstream"] == "invalid")


@pytest.mark.parametrize("row", cases("validate_plugin_selection"), ids=by)
def test_a_plugin_is_known_where_floe_says_so(row: Row) -> None:
    category, name = json.loads(text_of(row, "case.json"))["args"]
    document = read_document(f"{ROOT}manifest.yaml", f"plugins:\n  {category}: {name}\n")
    unknown = [d for d in found(document) if d.code.startswith("plugins/unknown")]
    assert bool(unknown) == (row["upstream"] == "invalid")


@pytest.mark.parametrize("row", cases("detect_circular_inheritance"), ids=by)
def test_a_circle_is_one_where_floe_says_so(row: Row) -> None:
    start = text_of(row, "uri.txt").strip().lower()  # no registry has a repository in capitals
    documents = {}
    for uri, manifest in json.loads(text_of(row, "manifests.json").lower()).items():
        parent = manifest["parent_manifest"]
        scope = f"domain\nparent_manifest: {parent}" if parent else "enterprise"
        text = f"metadata:\n  name: {manifest['name']}\nscope: {scope}\n"
        documents[uri] = read_document(f"floe-oci://{uri}", text, ref=uri)
    snapshot = Snapshot(SHAPES)
    for uri, document in documents.items():
        snapshot = snapshot.with_artifact(uri, document)
    codes = {trouble.code for trouble in snapshot.chain(documents[start]).troubles}
    assert ("chain/cycle" in codes) == (row["upstream"] == "invalid"), codes


@pytest.mark.parametrize("row", cases("merge_manifests"), ids=by)
def test_layers_make_what_floe_makes_of_them(row: Row) -> None:
    """Save that a choice nobody wrote overrides none (U3), and that nothing is lost (U17)."""
    snapshot, child = under_parent(row)
    merged = snapshot.inherited(child)
    result = row["result"]
    plugins = {k: v for k, v in (result["plugins"] or {}).items() if k != "dbt"}
    ours = {k: v for k, v in (merged.plain().get("plugins") or {}).items() if k != "dbt"}
    assert ours == plugins
    for name, value in (result["governance"] or {}).items():
        assert merged.plain()["governance"][name] == value
    for name in ("scope", "parent_manifest", "metadata"):
        assert merged.plain()[name] == result[name]


@pytest.mark.parametrize("row", cases("resolve_plugins"), ids=by)
def test_what_floe_cannot_do_without_is_missed(row: Row) -> None:
    document = read_document(f"{ROOT}manifest.yaml", text_of(row, "manifest.yaml"))
    snapshot = Snapshot(SHAPES).with_document(document)
    chosen = choices(snapshot.inherited(document))
    if row["upstream"] == "invalid":
        needed = re.search(r"plugin '(\w+)'", row["errors"][0]["msg"])
        assert needed
        assert needed[1] not in chosen
        assert f"plugins/no-{needed[1]}" in {d.code for d in found(document)}
    else:
        wanted = {k: v["type"] for k, v in row["result"].items() if v}
        names = {"semantic": "semantic_layer"}
        assert {names.get(k, k): v for k, v in wanted.items()}.items() <= chosen.items()


def choices(merged: Effective) -> dict[str, Any]:
    return {
        str(s.path[1]): s.value
        for s in merged.settings
        if s.path[0] == "plugins" and s.path[2:] == ("type",)
    }


@pytest.mark.parametrize("row", cases("resolve_transform_compute"), ids=by)
def test_a_transform_runs_where_floe_runs_it(row: Row) -> None:
    manifest = read_document(f"{ROOT}manifest.yaml", text_of(row, "manifest.yaml"))
    product = read_document(f"{ROOT}floe.yaml", text_of(row, "floe.yaml"))
    snapshot = Snapshot(SHAPES).with_document(manifest).with_document(product)
    default = choices(snapshot.inherited(manifest))["compute"]
    assert default == row["result"]["default_compute"]
    transforms = product.at(("transforms",))
    assert transforms
    models = [
        (t.child("name").value, t.child("compute").value if t.child("compute") else default)  # type: ignore[union-attr]
        for _, t in transforms.children()
    ]
    assert models == [(m["name"], m["compute"]) for m in row["result"]["models"]]


def test_every_kind_of_pair_is_looked_at() -> None:
    assert {row["case"] for row in PAIRS} == {
        "validate_security_policy_not_weakened",
        "validate_domain_plugin_whitelist",
        "validate_plugin_selection",
        "detect_circular_inheritance",
        "merge_manifests",
        "resolve_plugins",
        "resolve_transform_compute",
    }
