"""What tells one program from another."""

from __future__ import annotations

from pathlib import Path

import pytest

import floe_ls
from floe_ls.remote import program


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "forms").mkdir()
    for name in ("__init__.py", "text.py", "forms/product.py", "lsp.py"):
        (tmp_path / name).write_text("a = 1\n")
    monkeypatch.setattr(floe_ls, "__file__", str(tmp_path / "__init__.py"))
    return tmp_path


def told() -> tuple[str, str]:
    program.fingerprint.cache_clear()
    found = program.fingerprint(program.ROWS), program.fingerprint(program.ALL)
    program.fingerprint.cache_clear()
    return found


def test_a_changed_module_of_rows_is_another_program(modules: Path) -> None:
    rows, whole = told()
    (modules / "forms" / "product.py").write_text("a = 2\n")
    now = told()
    assert now[0] != rows
    assert now[1] != whole


def test_another_changed_module_makes_no_other_rows(modules: Path) -> None:
    rows, whole = told()
    (modules / "lsp.py").write_text("a = 2\n")
    now = told()
    assert now[0] == rows
    assert now[1] != whole


def test_another_release_is_another_program(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = told()
    monkeypatch.setattr(floe_ls, "__version__", "999")
    assert not {*before} & {*told()}


def test_where_the_program_is_does_not_matter(modules: Path) -> None:
    before = told()
    (modules / "text.pyc").write_text("b")
    assert told() == before
