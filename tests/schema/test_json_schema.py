"""The JSON Schemas accept what any dialect accepts, in every spelling, and refuse what all refuse."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from floe_ls.forms.document import Document, plain, read_document
from floe_ls.forms.jsonschema import FILES, PATTERNS, json_schemas, rendered, title
from floe_ls.schema.formats import FORMATS
from floe_ls.schema.kinds import KINDS
from floe_ls.schema.shape import shape_of

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("FLOE_SHARED", REPOSITORY.parent / "shared"))
NAMES = {"manifest": "manifest.yaml", "product": "floe.yaml"}
ENVELOPE: dict[str, Any] = {
    "apiVersion": "floe.dev/v1",
    "kind": "Manifest",
    "metadata": {"name": "acme", "version": "1.0.0", "owner": "platform@example.com"},
    "plugins": {},
}
SPEC: dict[str, Any] = {
    "apiVersion": "floe.dev/v1",
    "kind": "FloeSpec",
    "metadata": {"name": "sales", "version": "1.0.0"},
    "transforms": [{"name": "stg_orders"}],
}


@cache
def validator(kind: str) -> Draft202012Validator:
    schema = json_schemas()[FILES[kind]]
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def refusals(kind: str, data: Any) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message}" for e in validator(kind).iter_errors(data)]


def as_written(document: Document) -> Any:
    return plain(document.written.node)


def read(kind: str, text: str) -> Any:
    return as_written(read_document(f"file:///w/{NAMES[kind]}", text))


# --- the files


@pytest.mark.parametrize("kind", FILES)
def test_the_committed_file_is_what_the_models_say(kind: str) -> None:
    file = REPOSITORY / "schemas" / FILES[kind]
    fresh = rendered(kind, shape_of(KINDS[kind]))
    assert file.read_text(encoding="utf-8") == fresh, f"{file.name} is stale: run `make generate`"


@pytest.mark.parametrize("name", FILES.values())
def test_every_reference_leads_somewhere(name: str) -> None:
    schema = json_schemas()[name]
    references = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema)))
    assert references <= set(schema["$defs"])
    assert references == set(schema["$defs"]), "a definition that nothing uses"


@pytest.mark.parametrize("name", FILES.values())
def test_every_property_of_a_model_is_titled_and_described(name: str) -> None:
    schema = json_schemas()[name]
    bare = [
        key
        for holder in (
            schema["properties"],
            *(d.get("properties", {}) for d in schema["$defs"].values()),
        )
        for key, said in holder.items()
        if not (said.get("title") and said.get("description"))
    ]
    assert bare == []


def test_the_schema_says_what_has_no_word_in_json_schema() -> None:
    schema = json_schemas()["manifest.schema.json"]
    governance = schema["$defs"]["Governance"]["properties"]
    assert governance["pii_encryption"]["x-floe-merge"] == "strengthen"
    assert governance["pii_encryption"]["x-floe-order"] == ["optional", "required"]
    assert governance["data_retention_days"]["x-floe-order"] == "higher"
    assert governance["classification"]["x-floe-dialects"] == ["design"]
    assert schema["properties"]["approved_plugins"]["x-floe-tiers"] == ["enterprise"]
    assert schema["properties"]["parent_manifest"]["x-floe-form"] == "manifest-ref"
    assert schema["properties"]["parent_domain"]["deprecated"] is True
    naming = schema["$defs"]["Naming"]["properties"]
    assert naming["pattern"]["default"] == "medallion"
    assert naming["pattern"]["enum"] == ["medallion", "kimball", "custom"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("api_version", "API version"),
        ("apiVersion", "API version"),
        ("quality_checks", "Quality checks"),
        ("pii_encryption", "PII encryption"),
        ("min_score", "Min score"),
        ("dbt", "dbt"),
        ("azure-blob", "Azure blob"),
    ],
)
def test_a_title_is_the_key_in_words(key: str, words: str) -> None:
    assert title(key) == words


# --- what is accepted


def adr_documents() -> list[tuple[str, str]]:
    path = SHARED / "spec" / "adr-0038-data-mesh.md"
    if not path.is_file():
        return []
    blocks = re.findall(
        r"^```yaml\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    parts = [p for block in blocks for p in re.split(r"(?m)^(?=# [\w-]+\.yaml)", block)]
    return [
        ("product" if part.startswith("# floe.yaml") else "manifest", part)
        for part in parts
        if part.strip() and "❌" not in part
    ]


def test_the_founding_documents_examples_are_accepted() -> None:
    documents = adr_documents()
    if not documents:
        pytest.skip(f"no reference material at {SHARED}: set FLOE_SHARED")
    assert len(documents) >= 14
    assert {
        text: found for kind, text in documents if (found := refusals(kind, read(kind, text)))
    } == {}


def test_every_valid_document_of_the_corpus_is_accepted() -> None:
    index = SHARED / "corpus" / "index.jsonl"
    if not index.is_file():
        pytest.skip(f"no corpus at {index}: set FLOE_SHARED")
    rows = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines()]
    refused, tried = {}, 0
    for row in rows:
        kind = {"manifest": "manifest", "spec": "product"}.get(row["kind"])
        verdict = row if row["dialect"].startswith("v1") else row.get("adapted")
        if kind is None or not verdict or not verdict["valid"]:
            continue
        tried += 1
        text = (index.parent / row["file"]).read_text(encoding="utf-8")
        if found := refusals(kind, read(kind, text)):
            refused[row["file"]] = found
    assert tried > 400
    assert refused == {}


@pytest.mark.parametrize("kind", NAMES)
def test_examples_of_the_repository_are_accepted(kind: str) -> None:
    wanted = "floe.yaml" if kind == "product" else "*manifest.yaml"
    files = [f for form in ("adr", "v1") for f in (REPOSITORY / "examples" / form).rglob(wanted)]
    assert files
    refused = {
        str(file): found
        for file in files
        if (found := refusals(kind, read(kind, file.read_text(encoding="utf-8"))))
    }
    assert refused == {}


@pytest.mark.parametrize(
    "text",
    [
        "plugins: {compute: duckdb}",
        "plugins: {compute: {type: duckdb, config: {threads: 4}}}",
        "plugins: {compute: {approved: [duckdb, {name: spark, config: {}}], default: duckdb}}",
        "plugins: {compute: my-own-engine, observability: datadog}",
        "plugins: {observability: {type: marquez}}",
        "approved_plugins: {compute: duckdb}",
        "approved_plugins: {observability: [datadog], compute: [{name: spark}]}",
        "metadata: {scope: enterprise}",
        "scope:",
        "{scope: domain, parent: {ref: 'oci://reg.example.com/up:1'}}",
        "{scope: domain, parent: 'oci://reg.example.com/up:1'}",
        "{scope: domain, parent_ref: 'oci://reg.example.com/up:1'}",
        "{scope: domain, parent_manifest: up}",
        "resource_presets: {small: {cpu_request: '1', cpu_limit: '1', memory_request: 1Gi, memory_limit: 1Gi}}",
        "governance: {slos: {freshness: 1h}, network_policies: enabled}",
        "parent_domain: sales",
        "anything: at all",
        "data_architecture: {pattern: medallion, layers: {bronze: {catalog_namespace: sales.bronze}}}",
    ],
)
def test_a_spelling_of_a_manifest_is_accepted(text: str) -> None:
    assert refusals("manifest", read("manifest", text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "platform: {ref: 'oci://reg.example.com/up:1'}",
        "platform: {manifest: 'oci://reg.example.com/up:1'}",
        "domain: {ref: 'oci://reg.example.com/up:1'}",
        "{name: sales, version: 1.0.0, description: All sales}",
        "transforms: [{type: dbt, path: models/}]",
        "transforms: [{name: a}, {name: b, depends_on: [a]}, {name: c, dependsOn: [b], quality_checks: []}]",
        "{schedules: [{cron: 0 6 * * *}], dependencies: anything}",
        "output_ports: [{name: customers, table: gold.customers, schema: {ref: customers.json}}]",
        "outputPorts: [{name: customers, schema: [{name: id, type: string, primaryKey: true}]}]",
        "ingestion: [{name: a, type: dlt, dlt: {source: x}}]",
        "ingestion: {sources: [{name: a, source_type: filesystem, format: csv, path: x, destination_table: a.b}]}",
        "transforms: []",
    ],
)
def test_a_spelling_of_a_product_is_accepted(text: str) -> None:
    assert refusals("product", read("product", text)) == []


# --- what is refused


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "team"},
        {"plugins": ["duckdb"]},
        {"plugins": {"compute": 3}},
        {"plugins": {"compute": {"type": "duckdb", "colour": "red"}}},
        {"plugins": {"compute": {"type": "duckdb", "version": "1.0"}}},
        {"approved_plugins": ["duckdb"]},
        {"approved_products": "sales"},
        {"governance": {"pii_encryption": "maybe"}},
        {"governance": {"data_retention_days": 0}},
        {"governance": {"data_retention_days": 1.5}},
        {"governance": {"quality_gates": {"minimum_test_coverage": 101}}},
        {"governance": {"custom_rules": [{"prefix": "gold_", "required_tags": ["tested"]}]}},
        {"governance": {"custom_rules": [{"type": "require_meta_field"}]}},
        {"governance": {"policies": [{"name": "a", "type": "custom", "action": "warn"}]}},
        {"artifacts": {}},
        {"artifacts": {"registry": {"uri": "oci://reg.example.com"}}},
        {"resource_presets": {"small": {"cpu_request": "1"}}},
        {"environments": {"dev": {}}},
        {"kind": "EnterpriseManifest"},
        {"metadata": {"name": "acme", "colour": "red"}},
        {"metadata": {"name": "acme"}},
        {"metadata": {"name": "x" * 64, "version": "1.0.0", "owner": "a"}},
        {"scope": "domain"},
        {"metadata": {"name": "a", "version": "1.0.0", "owner": "a", "scope": "domain"}},
    ],
)
def test_what_every_dialect_refuses_in_a_manifest_is_refused(wrong: dict[str, Any]) -> None:
    assert refusals("manifest", ENVELOPE) == []
    assert refusals("manifest", {**ENVELOPE, **wrong}) != []


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "domain"},
        {"plugins": {"compute": "duckdb"}},
        {"governance": {}},
        {"platform": {}},
        {"platform": ["oci://reg.example.com/up:1"]},
        {"transforms": "models/"},
        {"transforms": [{"name": "a-b"}]},
        {"transforms": [{"name": "a", "tier": "platinum"}]},
        {"destinations": [{"name": "a", "sink_type": "crm"}]},
        {"destinations": [{"name": "a", "sink_type": "crm", "connection_secret_ref": "A_B"}]},
        {"schedule": {"enabled": "sometimes"}},
        {"ingestion": {"sources": []}},
        {"ingestion": {"sources": [{"name": "a", "format": "csv", "path": "x"}]}},
        {"metadata": None},
        {"metadata": {"name": "sales"}},
        {"transforms": None},
    ],
)
def test_what_every_dialect_refuses_in_a_product_is_refused(wrong: dict[str, Any]) -> None:
    assert refusals("product", SPEC) == []
    changed = {key: value for key, value in {**SPEC, **wrong}.items() if value is not None}
    assert refusals("product", changed) != []


# --- patterns

NEAR_NAMES = st.text("aZ_-.09 ~é", max_size=6)


@pytest.mark.parametrize("name", PATTERNS)
def test_examples_of_a_form_match_its_pattern(name: str) -> None:
    assert FORMATS[name].examples
    assert all(re.search(PATTERNS[name], example) for example in FORMATS[name].examples)


@given(NEAR_NAMES, st.sampled_from(sorted(PATTERNS)))
def test_a_pattern_and_its_form_agree(text: str, name: str) -> None:
    assert (FORMATS[name].check(text) is None) == (re.search(PATTERNS[name], text) is not None)
