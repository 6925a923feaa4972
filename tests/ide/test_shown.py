"""What an editor is shown after every key is what all rules find, however much of it is kept from the last time."""

from __future__ import annotations

import json
import random

import pytest

from floe_ls.forms.document import Document, read_document
from floe_ls.ide.diagnostics import Shown, diagnostics, shown
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.snapshot import Snapshot
from floe_ls.lsp.convert import Converter
from floe_ls.session import floe_shapes
from floe_ls.settings import parse_settings
from floe_ls.text import Encoding

SHAPES = floe_shapes()
HEAD = "apiVersion: floe.dev/v1\nkind: FloeSpec\nmetadata: {name: orders, version: 1.0.0}\ntransforms:\n"
MISTAKES = (
    "tier: platinum",
    "tags: 12",
    "compute: [spark]",
    "dependsOn: [nobody]",
    "colour: blue",
    "tier: gold",
)
WORDS = ("x", "é", "🎉", "\n", ": ", "'", "{", "# floe-ls: ignore[schema/choice]\n", "  - name: t1\n", "\t", "&a ",
         "*a", "!no ", "\r\n", "- ", "name: n", "[", "yes")  # fmt: skip
RULES = {"schema/choice": "hint", "schema/type": "off"}


def product(rng: random.Random) -> str:
    items = (
        f"  - name: t{n}\n    {rng.choice(MISTAKES)}\n    {rng.choice(MISTAKES)}\n"
        for n in range(20)
    )
    return HEAD + "".join(items)


def as_json(rng: random.Random) -> str:
    def item(number: int) -> dict[str, object]:
        key, value = rng.choice(
            (("tier", "platinum"), ("tags", "12"), ("compute", "spark"), ("a", "b"))
        )
        return {"name": f"t{number}", key: value, "path": [[1, {"x": "é"}]]}

    whole = {
        "apiVersion": "floe.dev/v1",
        "kind": "FloeSpec",
        "transforms": [item(n) for n in range(20)],
    }
    return json.dumps(whole, indent=rng.choice((None, 2)), ensure_ascii=False)


def snapshot_of(document: Document, rules: dict[str, str]) -> Snapshot:
    settings, problems = parse_settings({"rules": rules}, "")
    assert not problems
    snapshot = Snapshot(SHAPES, settings=settings).with_document(document)
    return snapshot.changed(opened=frozenset({document.uri}))


def said(converter: Converter, document: Document, found: Shown) -> list[dict[str, object]]:
    items: list[dict[str, object]] = json.loads(converter.diagnostics(document, found))
    return items


def told(found: Diagnostic) -> tuple[object, ...]:
    return (
        found.span,
        found.code,
        found.severity,
        found.message,
        found.tags,
        [r.span for r in found.related],
    )


@pytest.mark.parametrize("encoding", [Encoding.UTF16, Encoding.UTF8])
@pytest.mark.parametrize("made", [product, as_json])
@pytest.mark.parametrize("seed", range(5))
def test_kept_findings_are_those_of_all_rules(seed: int, made, encoding: Encoding) -> None:  # type: ignore[no-untyped-def]
    rng = random.Random(seed)
    text = made(rng)
    rules = RULES if seed % 3 == 2 else {}
    capabilities = {"textDocument": {"publishDiagnostics": {"relatedInformation": True}}}
    kept = Converter(encoding, capabilities)
    document = read_document("file:///w/floe.yaml", text, 1)
    bundles = 0
    for step in range(30):
        snapshot = snapshot_of(document, rules)
        found = shown(snapshot, document)
        all_found = diagnostics(snapshot, document, mends=False)
        fresh = read_document(document.uri, text, 1)
        anew = diagnostics(snapshot_of(fresh, rules), fresh, mends=False)
        where = f"seed {seed}, step {step}"
        assert found.flat() == all_found, where
        assert list(map(told, all_found)) == list(map(told, anew)), where
        assert said(kept, document, found) == said(
            Converter(encoding, capabilities), document, Shown(all_found, [])
        ), where
        bundles += len(found.bundles)
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 0, 1, 2, 9)))
        new = rng.choice(("", *WORDS))
        if rng.random() < 0.2:
            text = made(rng)
            document = read_document(document.uri, text, step, document)
            continue
        text = text[:start] + new + text[end:]
        edit = (start, end, len(new)) if rng.random() < 0.7 else None
        document = read_document(document.uri, text, step, document, edit=edit)
    assert bundles > 100


def test_a_key_leaves_the_other_entries_findings_the_same_objects() -> None:
    text = product(random.Random(1))
    before = read_document("file:///w/floe.yaml", text, 1)
    old = shown(snapshot_of(before, {}), before)
    at = text.index("name: t10") + len("name: t10")
    after = read_document(before.uri, text[:at] + "x" + text[at:], 2, before, edit=(at, at, 1))
    new = shown(snapshot_of(after, {}), after)
    assert len(old.bundles) > 10
    changed = [a for (_, a), (_, b) in zip(old.bundles, new.bundles, strict=True) if a is not b]
    assert len(changed) <= 1
