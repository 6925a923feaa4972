"""Every spelling becomes the one canonical tree, in which each node still stands where its author wrote it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fixture import real_shapes
from floe_ls.forms.document import At, Document, Kind, read_document
from floe_ls.forms.tree import Folded
from floe_ls.schema.meta import Dialect, Tier
from floe_ls.schema.shape import Path
from floe_ls.syntax.nodes import Scalar
from tools import SHARED


def manifest(text: str) -> Document:
    return read_document("file:///w/manifest.yaml", text)


def product(text: str) -> Document:
    return read_document("file:///w/orders/floe.yaml", text)


def written(document: Document, path: Path) -> tuple[str, str]:
    """The text of the key and of the value at a canonical path."""
    at = document.at(path)
    assert at is not None, path
    key, value = at.key_span, at.value_span
    return document.text[key.start : key.end], document.text[value.start : value.end]


def leaves(at: At, path: Path = ()) -> list[tuple[Path, At]]:
    below = [leaf for key, child in at.children() for leaf in leaves(child, (*path, key))]
    return below or [(path, at)]


def assert_stands_where_it_was_written(document: Document) -> None:
    for path, at in leaves(document.root):
        if isinstance(at.node, Scalar) and at.node.style != "*" and "\n" not in at.node.text:
            span = at.value_span
            text = document.text[span.start : span.end]
            assert at.node.text == text.strip("'\"") or at.node.style, (path, text)
        if at.entry is not None and isinstance(at.entry.key, Scalar):
            key = document.text[at.key_span.start : at.key_span.end]
            known = isinstance(at.entry, Folded) or key.strip("'\"") == at.entry.key.text
            assert known or at.entry.key.style, (path, key)


FORMS: list[tuple[str, dict[str, Any]]] = [
    ("plugins: {compute: duckdb}", {"plugins": {"compute": {"type": "duckdb"}}}),
    ("plugins: {compute: {type: duckdb}}", {"plugins": {"compute": {"type": "duckdb"}}}),
    (
        "plugins: {compute: {approved: [duckdb, spark], default: duckdb}}",
        {
            "plugins": {"compute": {"type": "duckdb"}},
            "approved_plugins": {"compute": ["duckdb", "spark"]},
        },
    ),
    (
        "plugins: {compute: {approved: [{name: duckdb, config: {threads: 8}}]}}",
        {"plugins": {"compute": None}, "approved_plugins": {"compute": ["duckdb"]}},
    ),
    ("plugins: {compute: {default: duckdb}}", {"plugins": {"compute": {"type": "duckdb"}}}),
    ("plugins: {compute: 5}", {"plugins": {"compute": 5}}),
    ("plugins: {compute: }", {"plugins": {"compute": None}}),
    (
        "plugins: {observability: datadog}",
        {"plugins": {"telemetry_backend": {"type": "datadog"}}},
    ),
    (
        "plugins: {observability: marquez}",
        {
            "plugins": {
                "telemetry_backend": {"type": "marquez"},
                "lineage_backend": {"type": "marquez"},
            }
        },
    ),
    (
        "plugins: {observability: {type: jaeger}, telemetry_backend: jaeger}",
        {"plugins": {"telemetry_backend": {"type": "jaeger"}}},
    ),
    ("approved_plugins: {compute: duckdb}", {"approved_plugins": {"compute": ["duckdb"]}}),
    (
        "approved_plugins: {compute: [duckdb]}\nplugins: {catalog: {approved: [glue]}}",
        {
            "approved_plugins": {"compute": ["duckdb"], "catalog": ["glue"]},
            "plugins": {"catalog": None},
        },
    ),
    ("metadata: {name: a, scope: domain}", {"metadata": {"name": "a"}, "scope": "domain"}),
    ("parent: {ref: up}", {"parent_manifest": "up"}),
    ("parent: up", {"parent_manifest": "up"}),
    ("parent_ref: up", {"parent_manifest": "up"}),
    (
        "resource_presets: {s: {cpu_request: 1, memory_request: 2, cpu_limit: 3, memory_limit: 4}}",
        {
            "resource_presets": {
                "s": {"requests": {"cpu": 1, "memory": 2}, "limits": {"cpu": 3, "memory": 4}}
            }
        },
    ),
]


@pytest.mark.parametrize(("text", "canonical"), FORMS)
def test_a_manifests_spellings_are_one(text: str, canonical: dict[str, Any]) -> None:
    document = manifest(text + "\n")
    assert document.root.value == canonical
    assert_stands_where_it_was_written(document)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("platform: {ref: up}", {"platform": {"manifest": "up"}}),
        ("platform: {manifest: up}", {"platform": {"manifest": "up"}}),
        ("platform: {ref: up, version: 1.x}", {"platform": {"version": "1.x", "manifest": "up"}}),
        ("domain: {ref: up}", {"platform": {"manifest": "up"}}),
        (
            "name: a\nversion: 1.0.0\nplatform: {ref: up}",
            {"platform": {"manifest": "up"}, "metadata": {"name": "a", "version": "1.0.0"}},
        ),
        ("metadata: {name: a}\nname: b", {"metadata": {"name": "a"}, "name": "b"}),
        (
            "apiVersion: floe.dev/v1\nname: a",
            {"apiVersion": "floe.dev/v1", "name": "a"},
        ),
    ],
)
def test_a_products_spellings_are_one(text: str, canonical: dict[str, Any]) -> None:
    document = product(text + "\n")
    assert document.root.value == canonical
    assert_stands_where_it_was_written(document)


def test_a_folded_value_stands_where_its_author_wrote_it() -> None:
    document = manifest(
        "plugins:\n  compute: duckdb\n  observability: 'datadog'\n"
        "  catalog:\n    approved:\n      - name: glue\n    default: glue\nparent:\n  ref: up\n"
    )
    assert written(document, ("plugins", "compute")) == ("compute", "duckdb")
    assert written(document, ("plugins", "compute", "type")) == ("duckdb", "duckdb")
    assert written(document, ("plugins", "telemetry_backend")) == ("observability", "'datadog'")
    assert written(document, ("plugins", "catalog", "type")) == ("default", "glue")
    assert written(document, ("approved_plugins", "catalog", 0)) == ("glue", "glue")
    assert written(document, ("parent_manifest",)) == ("ref", "up")


def test_the_authors_path_leads_back() -> None:
    document = manifest(
        "plugins:\n  compute: duckdb\n  catalog: {approved: [glue], default: glue}\n"
        "metadata:\n  scope: domain\nparent:\n  ref: up\n"
    )
    assert document.author_path(("plugins", "compute", "type")) == ("plugins", "compute")
    assert document.author_path(("plugins", "catalog", "type")) == ("plugins", "catalog", "default")
    assert document.author_path(("scope",)) == ("metadata", "scope")
    assert document.author_path(("parent_manifest",)) == ("parent", "ref")
    there = product("name: a\nplatform: {ref: up}\n")
    assert there.author_path(("metadata", "name")) == ("name",)
    assert there.author_path(("platform", "manifest")) == ("platform", "ref")


def test_what_is_spelled_canonically_is_the_syntax_trees_own() -> None:
    document = manifest(
        "plugins:\n  compute: {type: duckdb}\ngovernance:\n  pii_encryption: required\n"
    )
    assert document.root.node is document.tree.documents[0].root
    later = manifest("plugins:\n  compute: duckdb\ngovernance:\n  pii_encryption: required\n")
    own = later.tree.documents[0].root
    assert own is not None
    assert later.root.child("governance").entry in own.entries  # type: ignore[union-attr,attr-defined]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("open", {"enabled": False}),
        ("true", {"enabled": True}),
        ("default-deny", {"enabled": True, "default_deny": True}),
        ("strict", "strict"),
        ("1", 1),
    ],
)
def test_a_word_for_network_policies_means_a_block(word: str, meant: object) -> None:
    document = manifest(f"governance:\n  network_policies: {word}\n")
    assert document.root.value == {"governance": {"network_policies": meant}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scope: domain\nmetadata: {scope: enterprise}\n", "stands at the top level too"),
        ("parent_manifest: a\nparent: b\n", "another parent"),
        ("plugins: {observability: jaeger, telemetry_backend: datadog}\n", "means both"),
    ],
)
def test_two_spellings_that_differ_are_noticed(text: str, message: str) -> None:
    notes = [note for note in manifest(text).notes if note.code == "spelling/twice"]
    assert len(notes) == 1
    assert message in notes[0].message


def test_a_key_that_stands_twice_counts_where_it_stands_last() -> None:
    document = product("platform: {ref: a}\nplatform: {ref: b}\n")
    assert document.at(("platform", "manifest")).value == "b"  # type: ignore[union-attr]
    assert product("platform:\n  ref: a\n  ref: b\n").root.value == {"platform": {"manifest": "b"}}


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("manifest.yaml", "plugins: {}", Kind.MANIFEST),
        ("manifest.yaml", "", Kind.MANIFEST),
        ("manifest.yaml", "environments: {dev: {}}", Kind.MANIFEST),
        ("manifest.yaml", "gover:", Kind.MANIFEST),
        ("manifest.yaml", "plugns:", Kind.MANIFEST),
        ("manifest.yaml", "scope: enterprize", Kind.MANIFEST),
        ("manifest.yaml", "scope: /\nplugins: {compute: duckdb}", Kind.MANIFEST),
        ("manifest.yml", "applications:\n- name: app\n", Kind.OTHER),
        ("manifest.yml", "applications:\n- name: app\nservices:\n", Kind.OTHER),
        ("manifest.yml", "name: App\nscope: /app/\nstart_url: /\nicons:\n", Kind.OTHER),
        ("manifest.yml", "manifest_version: 3\nbackground:\n", Kind.OTHER),
        ("manifest.yaml", "apiVersion: apps/v1\nkind: Deployment\n", Kind.OTHER),
        ("manifest.yaml", "- name: a\n- name: b\n", Kind.OTHER),
        ("manifest.yaml", "plugins: [a, b]\n", Kind.OTHER),
        ("manifest.yaml", "plugins:\n- name: a\nmain: index.js\n", Kind.OTHER),
        ("app-manifest.yaml", "metadata:\n  name: a\nmain: index.js\nlicense: MIT\n", Kind.OTHER),
        ("manifest.yaml", "metadata:\n  name: a\nplugins:\n", Kind.MANIFEST),
        ("manifest.yaml", "metadata:\n  name: a\ngovernence:\n  x: 1\n", Kind.MANIFEST),
        ("manifest.yaml", "plugins:\n  compute: duckdb\nfoo: 1\n", Kind.MANIFEST),
        ("manifest.yaml", "plugins: [duckdb]\nscope: domain\n", Kind.MANIFEST),
        ("sales-domain-manifest.yaml", "scope: domain", Kind.MANIFEST),
        ("floe.yaml", "", Kind.PRODUCT),
        ("floe.yaml", "plugins: {}", Kind.PRODUCT),
        ("floe.yaml", "name: a\nversion: 1\nstorage: default\n", Kind.RUNTIME),
        ("floe.yaml", "name: a\nversion: 1\nstorage: default\nplatform: {ref: a}\n", Kind.PRODUCT),
        ("floe.yaml", "platform: {ref: a}\ncatalogs: {}\n", Kind.PRODUCT),
        ("manifest.yaml", "plugins: {compute: duckdb}\ncatalogs: {}\n", Kind.MANIFEST),
        ("platform.yaml", "catalogs: {}", Kind.RUNTIME),
        ("x.yaml", "approved_plugins: {}", Kind.MANIFEST),
        ("x.yaml", "plugins: {compute: duckdb}", Kind.MANIFEST),
        ("x.yaml", "scope: domain", Kind.MANIFEST),
        ("oauth.yaml", "scope: openid profile\nclient_id: a", Kind.OTHER),
        ("mkdocs.yml", "plugins: [search]", Kind.OTHER),
        ("x.yaml", "platform: {ref: a}", Kind.PRODUCT),
        ("x.yaml", "transforms: [{type: dbt}]", Kind.PRODUCT),
        ("vector.yaml", "transforms: {a: {type: remap}}", Kind.OTHER),
        ("x.yaml", "apiVersion: floe.dev/v1\nkind: FloeSpec", Kind.PRODUCT),
        ("x.yaml", "apiVersion: floe.dev/v1\nkind: DataContract", Kind.OTHER),
        ("datacontract.yaml", "apiVersion: v3.0.0\nkind: DataContract", Kind.OTHER),
    ],
)
def test_what_a_file_is(name: str, text: str, kind: Kind) -> None:
    assert read_document(f"file:///w/{name}", text + "\n").kind is kind


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("plugins: {compute: duckdb}", Dialect.ADR),
        ("apiVersion: floe.dev/v1\nkind: Manifest\nplugins: {compute: {type: duckdb}}", Dialect.V1),
        ("apiVersion: floe.dev/v1\nkind: Manifest\nmetadata: {scope: domain}", Dialect.DESIGN),
        ("apiVersion: floe.dev/v1\nplugins: {compute: {approved: [a]}}", Dialect.DESIGN),
        ("apiVersion: floe.dev/v1\nplugins: {compute: duckdb}", Dialect.DESIGN),
        ("kind: Manifest\nmetadata: {owner: a}\nplugins: {compute: duckdb}", Dialect.V1),
        ("kind: Manifest\nmetadata: {owner: a}\ndomain: {}\nsecurity: {}", Dialect.V1),
        ("kind: Manifest\nmetadata: {name: a}\ndomain: {}", Dialect.DESIGN),
    ],
)
def test_which_dialect_a_manifest_follows(text: str, dialect: Dialect) -> None:
    assert manifest(text + "\n").dialect is dialect


def test_the_tier_is_the_one_that_any_spelling_declares() -> None:
    assert manifest("metadata: {scope: domain}\n").tier is Tier.DOMAIN
    assert manifest("scope: enterprise\n").tier is Tier.ENTERPRISE
    assert manifest("scope: nonsense\n").tier is Tier.PLATFORM
    assert product("platform: {ref: a}\n").tier is Tier.PRODUCT


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "---\n", "- a\n", "text\n", "plugins\n", "plugins:\n", "plugins: [a]\n", ": a\n",
     "? [a]\n: b\n", "plugins: {[a]: b}\n", "metadata: x\nscope\n", "parent: [a]\n", "parent: {ref: [a]}\n",
     "approved_plugins: {a: {b: c}}\n", "resource_presets: [a]\n", "resource_presets: {a: b}\n",
     "platform: a\ndomain: b\nname: [c]\n", "metadata: [a]\nname: b\n"],
)  # fmt: skip
def test_folding_never_fails(text: str) -> None:
    for document in (manifest(text), product(text)):
        document.root.value  # noqa: B018
        for path, _ in leaves(document.root):
            document.author_path(path)
    assert real_shapes()


INDEX = SHARED / "corpus" / "index.jsonl"


@pytest.mark.skipif(not INDEX.is_file(), reason=f"no corpus at {INDEX}: set FLOE_SHARED")
def test_every_value_of_real_documents_stands_where_it_was_written() -> None:
    for line in INDEX.read_text(encoding="utf-8").splitlines():
        file = json.loads(line)["file"]
        text = (INDEX.parent / file).read_text(encoding="utf-8")
        for read in (manifest, product):
            assert_stands_where_it_was_written(read(text))
