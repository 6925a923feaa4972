"""What changes on disk: told file by file or all at once, the answers are those of a fresh start."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from floe_ls.remote import seen
from floe_ls.remote.files import uri_of
from floe_ls.session import Session, floe_shapes
from lsp.closed_files import PULLS, Asking, Place
from mesh.meshes import checked, written
from wire import Wire, stdio

KINDS = {"A": 1, "M": 2, "D": 3}
CREATED, CHANGED, DELETED = 1, 2, 3


@pytest.fixture
def server() -> Iterator[Wire]:
    with stdio("--stdio") as (wire, _):
        yield wire


def git(folder: Path, *arguments: str) -> str:
    names = ("user.name=floe", "user.email=floe@example.com", "gc.auto=0", "core.autocrlf=false")
    given = [part for name in names for part in ("-c", name)]
    done = subprocess.run(
        ["git", *given, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


def branches(folder: Path, products: int) -> list[dict[str, Any]]:
    """A mesh on `main`, and a branch on which much is otherwise. What a checkout of it changes, as events."""
    made = written(folder, products, domains=4)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "As it was")
    git(folder, "checkout", "-q", "-b", "other")
    names = sorted(name for name in made.files if name.endswith("/floe.yaml"))
    for number, name in enumerate(names):
        path = folder / name
        if number % 10 == 0:
            shutil.rmtree(path.parent)
        elif number % 10 == 1:
            path.parent.rename(path.parent.with_name(f"{path.parent.name}-renamed"))
        elif number % 10 == 2:
            new = folder / "domains" / "research" / f"new-{number}" / "floe.yaml"
            new.parent.mkdir(parents=True)
            new.write_text(made.files[name].replace("../", "../../sales/", 1))
        else:
            old, new = ("silver", "brass") if number % 2 else ("version: 1.", "version: 2.")
            path.write_text(made.files[name].replace(old, new))
    enterprise = folder / "enterprise-manifest.yaml"
    enterprise.write_text(enterprise.read_text().replace("duckdb, snowflake", "snowflake"))
    (folder / ".gitignore").write_text("/domains/finance/\n")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "As it will be")
    git(folder, "checkout", "-q", "main")
    told = git(folder, "diff", "--no-renames", "--name-status", "main", "other").splitlines()
    return [
        {"uri": uri_of(folder / name), "type": KINDS[kind]}
        for kind, name in (line.split("\t") for line in told)
    ]


def tell(wire: Wire, events: Iterable[dict[str, Any]]) -> None:
    wire.notify("workspace/didChangeWatchedFiles", {"changes": [*events]})


def fresh(folder: Path) -> set[Place]:
    """What a server finds that has just begun."""
    with stdio("--stdio") as (wire, _):
        wire.start(PULLS, uri_of(folder))
        return Asking(wire, uri_of(folder)).whole()


def reread(session: Session, uris: Iterable[str]) -> None:
    """Waits until all is read, which happens on another thread."""
    done = threading.Event()
    session.changed = lambda: None if session.is_reading else done.set()
    session.reread(uris)
    assert done.wait(20)
    assert not session.is_reading


@pytest.mark.parametrize("at_once", [True, False])
def test_after_a_checkout_of_a_thousand_files_all_is_as_after_a_fresh_start(
    server: Wire, tmp_path: Path, at_once: bool
) -> None:
    events = branches(tmp_path, 1_000)
    assert len(events) > 1_000
    asking = Asking(server, uri_of(tmp_path))
    server.start(PULLS, uri_of(tmp_path))
    before = asking.whole()
    git(tmp_path, "checkout", "-q", "other")
    expected = checked(tmp_path)
    assert len(expected ^ before) > 100
    if at_once:
        tell(server, events)
    else:
        for event in events:
            tell(server, [event])
    asking.until(lambda found: found == expected)
    assert fresh(tmp_path) == expected
    git(tmp_path, "checkout", "-q", "main")
    back = [{**event, "type": 4 - event["type"]} for event in events]
    tell(server, back)
    asking.until(lambda found: found == before)


def test_a_file_that_changes_while_the_scan_goes_on_is_known_as_it_is(
    server: Wire, tmp_path: Path
) -> None:
    written(tmp_path, 600)
    asking = Asking(server, uri_of(tmp_path))
    server.start(PULLS, uri_of(tmp_path))
    products = sorted(tmp_path.glob("domains/*/*/floe.yaml"))
    for path in products[::50]:
        path.write_text("metadata: {name: 7}\ntransforms: no list\n")
        tell(server, [{"uri": uri_of(path), "type": CHANGED}])
    expected = checked(tmp_path)
    asking.until(lambda found: found == expected)


def test_of_a_deleted_folder_all_files_are_gone(server: Wire, tmp_path: Path) -> None:
    written(tmp_path, 60)
    asking = Asking(server, uri_of(tmp_path))
    server.start(PULLS, uri_of(tmp_path))
    asking.whole()
    shutil.rmtree(tmp_path / "domains" / "sales")
    expected = checked(tmp_path)
    tell(server, [{"uri": uri_of(tmp_path / "domains" / "sales"), "type": DELETED}])
    asking.until(lambda found: found == expected)


def test_a_new_file_that_is_ignored_is_silent(server: Wire, tmp_path: Path) -> None:
    made = written(tmp_path, 30)
    (tmp_path / ".gitignore").write_text("build/\n")
    asking = Asking(server, uri_of(tmp_path))
    server.start(PULLS, uri_of(tmp_path))
    before = asking.whole()
    ignored = tmp_path / "deep" / "build" / "floe.yaml"
    ignored.parent.mkdir(parents=True)
    ignored.write_text("metadata: 7\n")
    name = next(each.file for each in made.planted if each.code == "ref/not-found")
    (tmp_path / name).unlink()
    gone = {"uri": uri_of(tmp_path / name), "type": DELETED}
    tell(server, [{"uri": uri_of(ignored), "type": CREATED}, gone])
    asking.until(lambda found: found != before)
    asking.answer() if asking.is_held else None
    assert not any("build" in where for where, _, _ in asking.found)
    (tmp_path / ".gitignore").unlink()
    tell(server, [{"uri": uri_of(tmp_path / ".gitignore"), "type": DELETED}])
    asking.until(lambda found: any("build" in where for where, _, _ in found))


def test_a_parent_of_any_name_is_followed(server: Wire, tmp_path: Path) -> None:
    base = "scope: enterprise\napproved_plugins: {compute: [duckdb]}\nplugins: {compute: duckdb}\n"
    (tmp_path / "base.yaml").write_text(base)
    (tmp_path / "sales-domain-manifest.yaml").write_text(
        "scope: domain\nparent_manifest: ./base.yaml\nplugins: {compute: spark}\n"
        "approved_products: []\n"
    )
    asking = Asking(server, uri_of(tmp_path))
    server.start(PULLS, uri_of(tmp_path))
    where = ("sales-domain-manifest.yaml", 2, "whitelist/not-approved")
    asking.until(lambda found: where in found)
    (tmp_path / "base.yaml").write_text(base.replace("[duckdb]", "[duckdb, spark]"))
    tell(server, [{"uri": uri_of(tmp_path / "base.yaml"), "type": CHANGED}])
    asking.until(lambda found: where not in found)


def test_a_parent_that_was_read_before_the_scan_changes_among_many(tmp_path: Path) -> None:
    made = written(tmp_path, 30)
    session = Session(floe_shapes())
    session.set_roots([uri_of(tmp_path)])
    name = "domains/sales/sales-domain-manifest.yaml"
    session.open(uri_of(tmp_path / name), made.files[name])
    enterprise = uri_of(tmp_path / "enterprise-manifest.yaml")
    assert "duckdb" in session.snapshot.documents[enterprise].text
    session.scan(wait=True)
    (tmp_path / "enterprise-manifest.yaml").write_text("scope: enterprise\n")
    reread(session, [enterprise, *(uri_of(tmp_path / name) for name in made.files)])
    assert session.snapshot.documents[enterprise].text == "scope: enterprise\n"


def test_each_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 40)
    session = Session(floe_shapes())
    session.set_roots([uri_of(tmp_path)])
    session.scan(wait=True)
    looked: list[str] = []
    look = seen.look

    def counted(path: str, *arguments: Any, **named: Any) -> Any:
        looked.append(path)
        return look(path, *arguments, **named)

    monkeypatch.setattr(seen, "look", counted)
    paths = sorted(map(os.fspath, tmp_path.glob("domains/*/*/floe.yaml")))
    reread(session, [uri_of(path) for path in paths for _ in range(3)])
    assert sorted(looked) == paths
