"""No rule falls over, whatever stands in the files."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixture import real_shapes
from floe_ls.forms.document import Kind, read_document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.snapshot import Snapshot

SHAPES = real_shapes()
UP = "oci://registry/enterprise-manifest:v1.0.0"
DOMAIN = "oci://registry/sales-domain-manifest:v1.0.0"
NAMES = sorted({s.name for s in SHAPES[Kind.MANIFEST].walk() if s.name})
PRODUCT_NAMES = sorted({s.name for s in SHAPES[Kind.PRODUCT].walk() if s.name})
WORDS = st.sampled_from(
    [
        "duckdb",
        "required",
        "optional",
        "off",
        "",
        "domain",
        "enterprise",
        UP,
        DOMAIN,
        "a-b",
        "1.0.0",
    ]
)


def values(names: list[str]) -> st.SearchStrategy[Any]:
    leaves = WORDS | st.none() | st.booleans() | st.integers(-5, 500) | st.floats(allow_nan=False)
    keys = st.sampled_from(
        [*names, "compute", "observability", "approved", "default", "type", "ref"]
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
        max_leaves=25,
    )


TOP = sorted(SHAPES[Kind.MANIFEST].fields)
MANIFESTS = st.dictionaries(st.sampled_from([*TOP, "parent"]), values(NAMES), max_size=6)
PRODUCTS = st.dictionaries(
    st.sampled_from(sorted(SHAPES[Kind.PRODUCT].fields)), values(PRODUCT_NAMES), max_size=5
)


@settings(
    max_examples=150,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(MANIFESTS, MANIFESTS, PRODUCTS, st.booleans())
def test_no_rule_raises(
    caplog: pytest.LogCaptureFixture,
    up: dict[str, Any],
    domain: dict[str, Any],
    product: dict[str, Any],
    artifact: bool,
) -> None:
    caplog.clear()
    texts = {
        "enterprise-manifest.yaml": {"scope": "enterprise", **up},
        "sales-domain-manifest.yaml": {"scope": "domain", "parent_manifest": UP, **domain},
        "marketing-domain-manifest.yaml": {**domain, "scope": "domain", "parent_manifest": UP},
        "orders/floe.yaml": {"platform": {"ref": DOMAIN}, **product},
    }
    documents = {
        f"file:///w/{name}": read_document(f"file:///w/{name}", json.dumps(data), 1, label=name)
        for name, data in texts.items()
    }
    snapshot = Snapshot(SHAPES, documents, scanned=True)
    if artifact:
        above = documents["file:///w/enterprise-manifest.yaml"]
        snapshot = snapshot.without(above.uri)
        fetched = read_document("floe-oci://e/enterprise-manifest.yaml", above.text, ref=UP)
        snapshot = snapshot.with_artifact(UP, fetched)
    with caplog.at_level(logging.WARNING):
        for document in documents.values():
            for found in diagnostics(snapshot, document):
                assert 0 <= found.span.start <= found.span.end <= len(document.text)
            snapshot.effective(document).plain()
    assert caplog.records == []
