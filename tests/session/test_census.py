"""The census of a workspace: rows in place of files, from other processes, from disk, and after changes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from floe_ls.ide import symbols
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.mesh.census import Row
from floe_ls.remote import seen
from floe_ls.remote.files import path_of, uri_of
from floe_ls.session import Change, Session, floe_shapes
from mesh.meshes import written


def started(folder: Path, rows: Path | None = None, processes: int = 1) -> Session:
    session = Session(floe_shapes())
    session.rows_folder = rows
    session.processes = processes
    session.set_roots([uri_of(folder)])
    session.scan(wait=True)
    return session


def told(session: Session) -> list[tuple[Row, str]]:
    parents = session.snapshot.family.parents
    rows = sorted(session.snapshot.census.rows, key=lambda row: row.uri)
    return [(row, parents.get(row.uri, "")) for row in rows]


def test_files_that_nobody_opens_are_rows(tmp_path: Path) -> None:
    written(tmp_path, 30)
    session = started(tmp_path)
    assert len(session.snapshot.census.products) == 30
    assert not session.snapshot.files.held
    domain = session.snapshot.census.manifests[1]
    assert domain.document.text == (path_of(domain.uri) or tmp_path).read_text()
    assert len(session.snapshot.family.children_of(domain.uri)) == 10


def test_other_processes_see_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 60)
    monkeypatch.setattr("floe_ls.remote.count.FEW", 0)
    assert told(started(tmp_path, processes=2)) == told(started(tmp_path))


def test_what_processes_cannot_do_is_done_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, 20)
    monkeypatch.setattr("floe_ls.remote.count.FEW", 0)
    monkeypatch.setattr("floe_ls.remote.workers._WORK", "raise SystemExit(3)")
    assert told(started(tmp_path, processes=2)) == told(started(tmp_path))


def test_rows_are_kept_between_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "w", 20)
    first = told(started(tmp_path / "w", tmp_path / "rows"))
    monkeypatch.setattr(seen, "YOUNG", 0)

    def unread(*_: object) -> None:
        pytest.fail("a file was read again")

    monkeypatch.setattr(seen, "row_of", unread)
    assert told(started(tmp_path / "w", tmp_path / "rows")) == first


def test_rows_of_another_program_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "w", 20)
    first = told(started(tmp_path / "w", tmp_path / "rows"))
    (file,) = (tmp_path / "rows").iterdir()
    data = seen.unsealed(file)
    for values in data["files"].values():
        values[-1][3] = "another-name"  # as another program may have read it
    seen.seal(file, data)
    monkeypatch.setattr(seen, "YOUNG", 0)
    assert told(started(tmp_path / "w", tmp_path / "rows")) != first
    seen.seal(file, data)
    monkeypatch.setattr(seen, "fingerprint", lambda _: "another")
    assert told(started(tmp_path / "w", tmp_path / "rows")) == first


@pytest.mark.parametrize("same_times", [True, False])
def test_a_row_never_survives_a_changed_file(tmp_path: Path, same_times: bool) -> None:
    written(tmp_path / "w", 10)
    started(tmp_path / "w", tmp_path / "rows")
    path = next(iter(sorted((tmp_path / "w").rglob("floe.yaml"))))
    status = path.stat()
    text = path.read_text()
    name = text.partition("  name: ")[2].partition("\n")[0]
    path.write_text(text.replace(name, name[::-1]))
    if same_times:
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    again = started(tmp_path / "w", tmp_path / "rows")
    assert again.snapshot.census.by_uri[uri_of(path)].name == name[::-1]
    assert told(again) == told(started(tmp_path / "w"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda _: b"",
        lambda _: b"\xff\x00[]",
        lambda _: b"[]",
        lambda data: data.replace(b'"product"', b'"nothing"'),
        lambda data: data.replace(b'"product"', b"17"),
    ],
)
def test_damaged_rows_are_none(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    written(tmp_path / "w", 5)
    first = told(started(tmp_path / "w", tmp_path / "rows"))
    (file,) = (tmp_path / "rows").iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert told(started(tmp_path / "w", tmp_path / "rows")) == first


def test_files_that_come_change_and_go_are_counted(tmp_path: Path) -> None:
    written(tmp_path, 12)
    session = started(tmp_path)
    _ = session.snapshot.family
    rng = random.Random(3)
    for _step in range(30):
        path = rng.choice(sorted(tmp_path.rglob("*.yaml")))
        what = rng.random()
        if what < 0.3:
            path.unlink()
        elif what < 0.6:
            path = path.parent / "copy" / path.name
            path.parent.mkdir(exist_ok=True)
            path.write_text(min(tmp_path.rglob("*.yaml")).read_text())
        else:
            path.write_text(
                path.read_text().replace("v2.1.0", "v2.1.1").replace("name: ", "name: a")
            )
        session.reread([uri_of(path)])
        assert told(session) == told(started(tmp_path))


def test_many_changes_on_disk_are_read_behind(tmp_path: Path) -> None:
    written(tmp_path, 90)
    session = started(tmp_path)
    paths = sorted(tmp_path.rglob("floe.yaml"))
    for path in paths[:60]:
        path.write_text(path.read_text().replace("  name: ", "  name: new-"))
    for path in paths[60:65]:
        path.unlink()
    threads: list[object] = []
    session._in_background = lambda call: (threads.append(call), call(session._stop))[0]  # type: ignore[method-assign, assignment, return-value, func-returns-value]
    session.reread(uri_of(path) for path in paths[:65])
    assert threads
    assert told(session) == told(started(tmp_path))


def test_edits_of_a_manifest_cost_no_look_at_closed_products(tmp_path: Path) -> None:
    made = written(tmp_path, 40)
    session = started(tmp_path)
    path = next(name for name in made.files if name.endswith("domain-manifest.yaml"))
    uri = uri_of(tmp_path / path)
    document = session.open(uri, made.files[path], 1)
    diagnostics(session.snapshot, document)
    session._load = lambda _: pytest.fail("a closed file was read")  # type: ignore[method-assign, assignment]
    era = session.snapshot.census.era
    for version in range(2, 6):
        edited = session.change(uri, version, [Change("#", (0, 0), (0, 0))])
        assert edited is not None
        diagnostics(session.snapshot, edited)
    assert session.snapshot.census.era is era


PORTS = """\
  - {name: "Ünknown", compute: spark}
output_ports:
  - name: stg_port
    schema:
      - {name: stg_column, type: string}
"""


def test_in_a_large_workspace_symbols_are_found_by_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = written(tmp_path, 12, "design")
    name = next(name for name in made.files if name.endswith("floe.yaml"))
    (tmp_path / name).write_text(made.files[name].replace("schedule:", PORTS + "schedule:"))
    snapshot = started(tmp_path).snapshot

    def found(query: str) -> list[tuple[object, ...]]:
        return [
            (f.name, f.kind, f.container, f.location.document.uri, f.location.focus)
            for f in symbols.workspace_symbols(snapshot, query)
            if f.kind is not symbols.SymbolKind.COLUMN
        ]

    for query in ("", "stg", "STG_P", "ünk", "cur", "sales", "no such name"):
        monkeypatch.setattr(symbols, "MOST_READ", 1_000)
        small = found(query)
        monkeypatch.setattr(symbols, "MOST_READ", 0)
        assert found(query) == small, query
        assert small or query.startswith("no")


def test_a_row_has_room_for_some_names_only(tmp_path: Path) -> None:
    names = [f"transform_{number}" for number in range(500)]
    listed = "".join(f"  - {{name: {name}}}\n" for name in names)
    (tmp_path / "floe.yaml").write_text(f"metadata: {{name: a}}\ntransforms:\n{listed}")
    (row,) = started(tmp_path).snapshot.census.rows
    said = row.models.split("\n")
    assert said == names[: len(said)]
    assert 50 < len(said) < 100
