"""No rule falls over, whatever the text: each is asked directly, so that nothing catches it."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixture import real_shapes
from floe_ls.forms.document import Document, Kind, read_document
from floe_ls.ide.diagnostics import CODES
from floe_ls.ide.rule import Subject
from floe_ls.ide.rules import RULES
from floe_ls.ide.snapshot import Snapshot
from floe_ls.text import apply_edits

SHAPES = real_shapes()
UP = "oci://registry.example.com/enterprise-manifest:v1.0.0"
KEYS = sorted(
    {s.name for kind in (Kind.MANIFEST, Kind.PRODUCT) for s in SHAPES[kind].walk() if s.name}
)
TOKENS = st.sampled_from(
    [
        *(
            "\n",
            "\n",
            "\n",
            "\n  ",
            "\n    ",
            "\n- ",
            "\n  - ",
            " ",
            ": ",
            ":",
            "- ",
            ", ",
            "[",
            "]",
            "{",
            "}",
        ),
        *(
            '"',
            "'",
            "|",
            ">",
            "#",
            "&a ",
            "*a",
            "<<: ",
            "!!str ",
            "!env ",
            "? ",
            "---\n",
            "...\n",
            "\t",
            "\r\n",
        ),
        *(
            "domain",
            "enterprise",
            "duckdb",
            "required",
            "off",
            "1",
            "-1",
            "1.5",
            "true",
            "~",
            "2030-02-31",
        ),
        *(
            "scope: domain\n",
            f"parent_manifest: {UP}\n",
            "plugins:\n  ",
            "approved",
            "default",
            "ref",
            "é",
            "\u2028",
        ),
        *(
            "transforms:\n- ",
            "dependsOn: [a]\n",
            "name: a\n",
            "<<<<<<< HEAD\n",
            "apiVersion: floe.dev/v1\n",
        ),
    ]
)
SOUP = st.lists(TOKENS | st.sampled_from(KEYS).map(lambda key: f"{key}: "), max_size=40).map(
    "".join
)


def ask(document: Document, snapshot: Snapshot) -> None:
    subject = Subject(snapshot, document)
    size = len(document.text)
    for rule in RULES:
        if not (document.is_ours or rule.any_file):
            continue
        for found in rule.check(subject):
            assert found.code in CODES
            assert 0 <= found.span.start <= found.span.end <= size, (found.code, found.span)
            assert found.message.strip()
            for fix in found.fixes:
                assert fix.title
                edits = [edit for other, edit in fix.edits if other is document]
                apply_edits(document.text, edits)
                assert all(0 <= e.span.start <= e.span.end <= size for e in edits), fix


@settings(
    max_examples=400, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(SOUP, SOUP, st.sampled_from(["manifest.yaml", "floe.yaml", "x.yaml"]))
def test_no_rule_falls_over(text: str, above: str, name: str) -> None:
    document = read_document(f"file:///w/a/{name}", text, 1)
    parent = read_document("floe-oci://up/manifest.yaml", "scope: enterprise\n" + above, ref=UP)
    domain = read_document("file:///w/manifest.yaml", above, 1)
    snapshot = Snapshot(
        SHAPES,
        {d.uri: d for d in (document, domain)},
        scanned=True,
        missing=frozenset({"file:///w/a/a"}),
    ).with_artifact(UP, parent)
    ask(document, snapshot)
    ask(domain, snapshot)


@settings(max_examples=150, deadline=None, print_blob=True)
@given(SOUP, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 30), TOKENS), max_size=8))
def test_no_rule_falls_over_while_somebody_types(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    document = read_document("file:///w/manifest.yaml", text, 1)
    for version, (at, size, new) in enumerate(edits, 2):
        before = document.text
        at = min(at, len(before))
        after = before[:at] + new + before[at + size :]
        document = read_document(document.uri, after, version, old=document)
        ask(document, Snapshot(SHAPES, {document.uri: document}))
