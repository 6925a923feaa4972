"""`check` of many files: other processes, kept findings and plain reading say the same, in the same order."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from floe_ls.cli import check as command
from floe_ls.cli import checked
from floe_ls.remote import seen
from mesh.meshes import written


def printed(
    folder: Path, form: str, monkeypatch: pytest.MonkeyPatch, few: int, cores: int = 2
) -> str:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(checked, "FEW", few)
    monkeypatch.setattr(checked, "cores", lambda: cores)
    monkeypatch.setenv("FLOE_LS_CACHE", str(folder / ".cache"))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        command.check(["."], form, offline=True)
    return out.getvalue()


@pytest.mark.parametrize("seed", range(3))
def test_what_files_have_in_common_does_not_change_what_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dialect = ("adr", "design", "v1")[seed]
    made, random = written(tmp_path, 60, dialect, 6), Random(seed)
    for name, text in made.files.items():
        if not name.endswith(".yaml"):
            continue
        lines = text.splitlines(keepends=True)
        for _ in range(
            random.choice((0, 0, 1, 2))
        ):  # a line that is gone, is there twice, or moved
            at = random.randrange(len(lines))
            line = lines[at]
            lines[at : at + 1] = [line] * random.choice((0, 2))
            if random.random() < 0.4:
                lines.insert(random.randrange(len(lines) + 1), line)
        (tmp_path / name).write_text("".join(lines))
    plain = printed(tmp_path, "json", monkeypatch, few=1_000)
    assert printed(tmp_path, "json", monkeypatch, few=0) == plain


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_other_processes_print_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    written(tmp_path, 70, "adr", 7)
    plain = printed(tmp_path, form, monkeypatch, few=1_000)
    assert printed(tmp_path, form, monkeypatch, few=0) == plain
    assert printed(tmp_path, form, monkeypatch, few=0) == plain


def test_kept_findings_do_not_outlive_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = written(tmp_path, 40, "adr", 4)

    def agrees() -> str:
        many = printed(tmp_path, "json", monkeypatch, few=0, cores=1)
        assert many == printed(tmp_path, "json", monkeypatch, few=1_000)
        return many

    before = agrees()
    product = next(name for name in sorted(made.files) if name.endswith("floe.yaml"))
    (tmp_path / product).write_text(made.files[product] + "nonsense: 1\n")
    assert "nonsense" in agrees()
    enterprise = tmp_path / "enterprise-manifest.yaml"
    enterprise.write_text(made.files["enterprise-manifest.yaml"].replace("duckdb, ", ""))
    assert agrees() != before
    (tmp_path / "domains/sales/models").rmdir()
    assert "product/path" in agrees()
    (tmp_path / "floe-ls.toml").write_text(
        made.files["floe-ls.toml"] + '[rules]\n"product/path" = "off"\n'
    )
    assert "product/path" not in agrees()


def test_damaged_findings_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 12)
    plain = printed(tmp_path, "json", monkeypatch, few=0, cores=1)
    (file,) = (tmp_path / ".cache" / "checked").iterdir()
    data = file.read_bytes()
    for damage in (data[:-20], b"", data.replace(b'"product"', b"[]"), b"{}"):
        file.write_bytes(damage)
        assert printed(tmp_path, "json", monkeypatch, few=0, cores=1) == plain


def test_a_file_is_told_before_the_next_one_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, 30)
    monkeypatch.chdir(tmp_path)
    done: list[str] = []

    def files(self: checked.Checking, paths: object) -> Iterator[checked.Checked]:
        for each in whole(self, ["."]):
            done.append(each.label)
            yield each

    whole = checked.Checking.files
    monkeypatch.setattr(checked.Checking, "files", files)
    told: list[int] = []
    out = io.StringIO()
    monkeypatch.setattr(out, "write", lambda _: told.append(len(done)))
    for form in ("json", "sarif", "text", "github"):
        done.clear()
        told.clear()
        with contextlib.redirect_stdout(out):
            command.check(["."], form, offline=True)
        assert told[0] < len(done), form
        assert told == sorted(told), form


def test_each_form_is_whole_without_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = json.loads(printed(tmp_path, "json", monkeypatch, few=1))
    assert nothing == {"files": [], "summary": {"files": 0, "errors": 0, "warnings": 0}}
    (run,) = json.loads(printed(tmp_path, "sarif", monkeypatch, few=1))["runs"]
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []


def test_findings_of_another_program_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, 12)
    plain = printed(tmp_path, "json", monkeypatch, few=0, cores=1)
    (file,) = (tmp_path / ".cache" / "checked").iterdir()
    data = seen.unsealed(file)
    for values in data["files"].values():
        values[2][3].clear()  # what another program may have found
    seen.seal(file, data)
    assert printed(tmp_path, "json", monkeypatch, few=0, cores=1) != plain
    monkeypatch.setattr(checked, "fingerprint", lambda _: "another")
    assert printed(tmp_path, "json", monkeypatch, few=0, cores=1) == plain
