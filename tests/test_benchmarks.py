"""The files that `make bench` measures with."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from floe_ls.ide.diagnostics import diagnostics
from floe_ls.remote.files import uri_of
from floe_ls.schema.meta import Severity
from floe_ls.session import Session, floe_shapes
from tools import REPOSITORY


def _documents() -> ModuleType:
    path = REPOSITORY / "benchmarks" / "documents.py"
    spec = importlib.util.spec_from_file_location("benchmark_documents", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


documents = _documents()
SIZES = (50, 137, 500, 2_000)


@pytest.mark.parametrize(
    ("kind", "size"),
    [(k, n) for k in documents.KINDS for n in SIZES if n >= documents.SMALLEST.get(k, 0)],
)
def test_it_is_the_same_each_time_and_of_the_size_asked_for(kind: str, size: int) -> None:
    sample = documents.KINDS[kind](size)
    assert sample == documents.KINDS[kind](size)
    assert len(sample.text.splitlines()) == size


@pytest.mark.parametrize(
    ("kind", "size"),
    [(k, n) for k in documents.KINDS for n in SIZES if n >= documents.SMALLEST.get(k, 0)],
)
def test_its_findings_are_the_planted_mistakes(kind: str, size: int, tmp_path: Path) -> None:
    sample = documents.KINDS[kind](size)
    session = Session(floe_shapes())
    session.set_roots([uri_of(tmp_path)])
    for name, text in sample.beside.items():
        (tmp_path / name).write_text(text)
    document = session.open(uri_of(tmp_path / sample.name), sample.text)
    for name in sample.beside:
        session.add(uri_of(tmp_path / name), (tmp_path / name).read_text())
    session.snapshot = session.snapshot.changed(scanned=True)
    found = diagnostics(session.snapshot, document)
    lines = tuple(document.lines.position(finding.span.start)[0] for finding in found)
    assert lines == sample.planted
    assert {finding.severity for finding in found} == {Severity.ERROR}
    if kind != "json":
        assert len(sample.planted) == (size - 12) // 100 + 1
    assert len(sample.planted) >= size // 250 + 1


@pytest.mark.parametrize("kind", documents.KINDS)
def test_the_places_where_it_is_edited_are_what_they_are_called(kind: str) -> None:
    sample = documents.KINDS[kind](500)
    lines = sample.text.splitlines()
    line, column = sample.value
    assert lines[line][column:] in ("", '",')
    line, column = sample.colon
    assert lines[line][column] == ":"
    assert set(sample.complete) == {"key", "value"}


def test_the_tables_are_those_of_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make bench ARGS=--again` writes them anew."""
    folder = REPOSITORY / "benchmarks"
    monkeypatch.syspath_prepend(str(folder))
    run, results = (importlib.import_module(name) for name in ("run", "results"))
    measured = results.load()
    assert (folder / "README.md").read_text() == run.page(measured)
    assert {lines for _, _, lines in measured.runs} == {50, 500, 5_000, 50_000}
