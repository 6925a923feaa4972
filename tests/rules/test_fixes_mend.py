"""A fix does what its title says: the text stays YAML, and the finding is gone."""

from __future__ import annotations

import re
from collections import Counter
from textwrap import dedent

import pytest

from fixture import ROOT, real_shapes
from floe_ls.forms.document import Document, read_document
from floe_ls.ide.diagnostics import CODES, diagnostics
from floe_ls.ide.model import Diagnostic, Fix
from floe_ls.ide.rules import RULES
from floe_ls.ide.snapshot import Snapshot
from floe_ls.text import apply_edits

SHAPES = real_shapes()

MANIFESTS = [
    "kind: manifest\nmetadata: {name: A_b, version: v1.0, owner: x}\nplugins: {}\n",
    "apiVersion: floe.dev/v1\nkind: EnterpriseManifest\nmetadata:\n  name: a\n",
    "kind: DomainManifest # of sales\nscope: enterprise\n",
    "{apiVersion: floe.dev/v1, kind: DomainManifest}\n",
    "scope: Enterprise\nplugin: {compute: duckdb}\n",
    "scope: enterprise\nparent_manifest: oci://r.example.com/a:v1.0.0\n",
    "parent_manifest: oci://r.example.com/a:v1.0.0\nscope: domain\napproved_plugins:\n  compute: [duckdb]\n",
    "approved_products: [a]\n",
    "# alone\napproved_products:\n  - a\n",
    "scope: domain\nparent_manifest: oci://r.example.com/a:v1\napproved_products:\n- a\n- b # twice\n- a\n",
    "scope: domain\nparent_manifest: oci://r.example.com/a:v1\napproved_products: [a, b, a, a]\n",
    "scope: enterprise\napproved_plugins:\n  compute: duckdb # one\n  catalogue: [polaris]\n",
    "plugins:\n  computer: duckdb\n  catalog: {typ: polaris}\n  storage: [s3]\n",
    "plugins: {compute: snowflak, orchestrator: 'dagstr', quality: {provider: soad}}\n",
    "governance:\n  pii_encryption: yes\n  audit_logging: on\n  policy_enforcement_level: off\n",
    "governance: {data_retention_days: 0, default_ttl_hours: -3, snapshot_keep_last: 1.5}\n",
    "governance:\n  naming: {enforcement: of, pattern: Medallion}\n  quality_gates:\n    minimum_test_coverage: 101\n",
    "governance:\n  custom_rules:\n    - type: require_tag_for_prefix\n      prefix: gold_\n",
    "governance:\n  policy_overrides:\n  - pattern: a\n    action: skip\n    reason: b\n    expires: 2030-02-31\n",
    "governance:\n  policies:\n    - {name: a, type: costum, action: block, message: no}\n",
    "resource_presets:\n  1: {cpu_request: '1', memory_request: 1Gi, cpu_limit: '1', memory_limit: 1Gi}\n  on: {}\n",
    "environments: {dev: {}}\nprod:\n  x: 1\nplugins:\n  compute: duckdb\n",
    "metadata:\n  version: 1.0\n  description: 2030-01-01\napi_version: floe.dev/v1\napiVersion: floe.dev/v2\n",
    "apiVersion: floe.dev/v1\nkind: Manifest\nmetadata: {name: a, version: 1.0.0, owner: b}\n",
    "artifacts: {registry: {uri: 'oci://r.example.com/f', auth: {type: token}, signing: {mode: keyless}}}\n",
    "governance: {custom_rules: [{type: require_meta_field, field: a}, {prefix: b}], classification: {}}\n",
    "apiVersion: floe.dev/v1\nkind: Manifest\nmetadata:\n  version: 1.0\n  name: true\n  owner: 007\nplugins:\n",
    "artifacts:\n  registry:\n    uri: 'oci://r.example.com/floe'\n    auth: {type: non}\n    tls_verfy: true\n",
    "observability:\n  tracing: {exporter: otpl, enabled: nope}\n  logging:\n    level: debug\n",
    "parent_domain: x\nscope: domain\nparent_manifest: a\n",
    "scope: domain\r\nparent_manifest: a\r\napproved_sinks:\r\n  - a\r\nplugins:\r\n\tcompute: duckdb\r\n",
]
PRODUCTS = [
    dedent("""\
        scope: domain
        plugins: {compute: duckdb}
        platform: {ref: a}
    """),
    dedent("""\
        apiVersion: floe.dev/v1
        kind: FloeSpec
        metadata: {name: Customer 360, version: '1.0'}
        transforms:
          - name: a-b
            dependsOn: [stg]
            depends_on: [x]
            teir: gold
          - name: stg_a
            tier: platin
    """),
    dedent("""\
        kind: FloeSpec
        metadata:
          name: a
          version: 1.0.0
        platform:
          ref: oci://r.example.com/a:v1.0.0
        transforms:
          - name: a
          - name: b
            dependsOn:
              - aa
              - a
              - a
    """),
    dedent("""\
        platform:
          ref: a
          manifest: b
        transforms:
          - type: dbd
            path: models
          - path: x
    """),
    dedent("""\
        schedule: {cron: '0 5 * *', timezone: Europe/berlin}
        password: x
        transforms: [{type: dbt, path: m}]
    """),
    dedent("""\
        apiVersion: floe.dev/v1
        kind: FloeSpec
        metadata: {name: a, version: 1.0.0}
        transforms: [{name: a}]
        destinations:
          - {name: a, sink_type: b, connection_secret_ref: A_B, batch_size: 0}
        host: localhost
    """),
    dedent("""\
        apiVersion: floe.dev/v1
        kind: FloeSpec
        metadata: {name: a, version: 1.0.0}
        transforms: [{name: a}]
        ingestion:
          sources:
          - {name: a, sourceType: file, format: CSV, path: a.csv, destinationTable: t}
    """),
]
PAGES = [
    text
    for rule in RULES
    for code in rule.codes
    for text in re.findall(
        r"^```yaml\n(.*?)^```$", CODES[code.slug].text, re.MULTILINE | re.DOTALL
    )[:1]
    if text.count("manifest.yaml\n") < 2  # several files in one example
]


def read(text: str, product: bool) -> tuple[Snapshot, Document]:
    document = read_document(f"{ROOT}{'floe' if product else 'manifest'}.yaml", text)
    return Snapshot(SHAPES).with_document(document), document


def mended(document: Document, fix: Fix) -> str | None:
    if any(other is not document for other, _ in fix.edits):
        return None
    return apply_edits(document.text, [edit for _, edit in fix.edits])


def broken(document: Document) -> Counter[str]:
    return Counter(problem.code for problem in document.tree.errors())


def remains(fixed: Diagnostic, before: list[Diagnostic], after: list[Diagnostic]) -> bool:
    """Whether there are as many findings of this code and these words as before."""
    same = [d for d in before if (d.code, d.message) == (fixed.code, fixed.message)]
    still = [d for d in after if (d.code, d.message) == (fixed.code, fixed.message)]
    return len(still) >= len(same)


@pytest.mark.parametrize("text", [*MANIFESTS, *PRODUCTS, *PAGES])
def test_a_fix_mends_its_finding(text: str) -> None:
    product = text in PRODUCTS or text.startswith("# floe.yaml")
    snapshot, document = read(text, product)
    before = diagnostics(snapshot, document)
    for diagnostic in before:
        for fix in diagnostic.fixes:
            new = mended(document, fix)
            if new is None:
                continue
            later, changed = read(new, product)
            after = diagnostics(later, changed)
            shown = f"{diagnostic.code}: {fix.title}\n{new}"
            assert not broken(changed) - broken(document), shown
            assert not remains(diagnostic, before, after), shown


@pytest.mark.parametrize("text", [*MANIFESTS, *PRODUCTS])
def test_what_one_key_press_mends_brings_no_new_error(text: str) -> None:
    product = text in PRODUCTS
    snapshot, document = read(text, product)
    before = Counter(d.code for d in diagnostics(snapshot, document) if d.severity == "error")
    for diagnostic in diagnostics(snapshot, document):
        for fix in diagnostic.fixes:
            new = mended(document, fix) if fix.safe else None
            if new is not None:
                later, changed = read(new, product)
                after = Counter(
                    d.code for d in diagnostics(later, changed) if d.severity == "error"
                )
                assert not after - before, f"{diagnostic.code}: {fix.title}\n{new}"


def test_most_findings_that_have_a_fix_are_tried_here() -> None:
    tried = set()
    for text in (*MANIFESTS, *PRODUCTS, *PAGES):
        snapshot, document = read(text, text in PRODUCTS or text.startswith("# floe.yaml"))
        tried |= {d.code for d in diagnostics(snapshot, document) if d.fixes}
    assert len(tried) > 35, sorted(tried)
