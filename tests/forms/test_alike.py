"""Documents that are read with what is alike say what they say when they are read alone."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixture import real_shapes
from floe_ls.forms.document import Alike, Document, read_document
from floe_ls.ide.validate import findings
from floe_ls.mesh.census import row_of
from floe_ls.remote.seen import values_of
from mesh.meshes import mesh
from soup import soup

SHAPES = real_shapes()


def said(document: Document) -> object:
    shape = SHAPES.get(document.kind)
    found = [
        (f.code, f.span, f.message, f.severity, [fix.title for fix in f.fixes], len(f.related))
        for f in (findings(document, shape) if shape is not None else ())
    ]
    row = row_of(document, SHAPES)
    return found, document.root.value, document.notes, values_of(row) if row is not None else None


@settings(max_examples=60, deadline=None)
@given(st.lists(soup, min_size=1, max_size=12))
def test_whatever_was_read_before_nothing_else_is_said(texts: list[str]) -> None:
    alike = Alike()
    for name in ("floe.yaml", "domain-manifest.yaml"):
        for text in (*texts, *reversed(texts)):
            uri = f"file:///w/{len(text)}/{name}"
            assert said(read_document(uri, text, alike=alike)) == said(read_document(uri, text))


@pytest.mark.parametrize("dialect", ["adr", "design", "v1"])
def test_a_mesh_read_with_what_is_alike_says_the_same(dialect: str) -> None:
    files = [*mesh(60, dialect).files.items()]
    random = Random(5)
    alike = Alike()
    for name, text in files * 3:
        if not name.endswith(".yaml"):
            continue
        lines = text.splitlines(keepends=True)
        for _ in range(random.randint(0, 2)):  # a line that is gone, or there twice
            at = random.randrange(len(lines))
            lines[at : at + 1] = [lines[at]] * random.choice((0, 2))
        uri, written = f"file:///w/{name}", "".join(lines)
        assert said(read_document(uri, written, alike=alike)) == said(read_document(uri, written))
