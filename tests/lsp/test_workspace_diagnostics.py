"""Findings of files that nobody has open: found, told in parts, and kept right while others are edited."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from floe_ls.remote.files import uri_of
from lsp.closed_files import PULLS, Asking, Place
from mesh.meshes import checked, planted, written
from wire import Wire, stdio

ENTERPRISE = "enterprise-manifest.yaml"
CREATED, CHANGED, DELETED = 1, 2, 3


@pytest.fixture
def server() -> Iterator[Wire]:
    with stdio("--stdio") as (wire, _):
        yield wire


@pytest.fixture
def asking(server: Wire, tmp_path: Path) -> Asking:
    return Asking(server, uri_of(tmp_path))


def after_saving(folder: Path, other: Path, name: str, text: str) -> set[Place]:
    """What `check` would find if a file held another text."""
    shutil.copytree(folder, other)
    (other / name).write_text(text)
    return checked(other)


def told(asking: Asking, *names: str, kind: int = CHANGED) -> None:
    """The client says that files changed."""
    changes = [{"uri": asking.folder + name, "type": kind} for name in names]
    asking.wire.notify("workspace/didChangeWatchedFiles", {"changes": changes})


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("products", [1, 100])
def test_exactly_what_is_planted_is_found(
    server: Wire, tmp_path: Path, products: int, streams: bool
) -> None:
    made = written(tmp_path, products)
    result = server.start(PULLS, uri_of(tmp_path))
    assert result["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"] is True
    found = Asking(server, uri_of(tmp_path), streams).whole()
    assert found == planted(made) == checked(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["adr", "v1"])
def test_exactly_what_is_planted_is_found_among_5000(
    server: Wire, asking: Asking, tmp_path: Path, dialect: str
) -> None:
    made = written(tmp_path, 5_000, dialect)
    server.start(PULLS, uri_of(tmp_path))
    assert asking.whole() == planted(made)
    assert asking.chunks > 10


def test_an_unsaved_edit_breaks_closed_files_by_name_and_undoing_it_mends_them(
    server: Wire, asking: Asking, tmp_path: Path
) -> None:
    folder = tmp_path / "mesh"
    made = written(folder, 120)
    asking.folder = uri_of(folder) + "/"
    server.start(PULLS, uri_of(folder))
    before = asking.whole()
    text = made.files[ENTERPRISE]
    edited = text.replace("duckdb, snowflake", "snowflake")
    expected = after_saving(folder, tmp_path / "other", ENTERPRISE, edited)
    broken = {name for name, _, code in expected - before if code == "ref/invalid"}
    lost = {name for name, _, code in before if code == "ref/not-found"}
    of_duckdb = ("domains/sales/", "domains/marketing/")
    named = {name for name in made.files if name.startswith(of_duckdb) and "floe.yaml" in name}
    assert broken == named - lost
    server.open(uri_of(folder / ENTERPRISE), text)
    server.change(uri_of(folder / ENTERPRISE), 2, edited)
    asking.until(lambda found: {f for f in found if f[0] != ENTERPRISE} == expected)
    server.change(uri_of(folder / ENTERPRISE), 3, text)
    asking.until(lambda found: found == before)


def test_a_product_that_is_no_longer_approved_is_told_though_others_never_were(
    server: Wire, asking: Asking, tmp_path: Path
) -> None:
    folder = tmp_path / "mesh"
    made = written(folder, 60)
    asking.folder = uri_of(folder) + "/"
    server.start(PULLS, uri_of(folder))
    before = asking.whole()
    assert any(code == "products/not-approved" for _, _, code in before)
    name = "domains/sales/sales-domain-manifest.yaml"
    text = made.files[name]
    product = next(line for line in text.splitlines() if line.startswith("  - "))
    edited = text.replace(f"{product}\n", "", 1)
    expected = after_saving(folder, tmp_path / "other", name, edited)
    server.open(uri_of(folder / name), text)
    server.change(uri_of(folder / name), 2, edited)
    asking.until(lambda found: {f for f in found if f[0] != name} == expected)
    assert (expected - before).pop()[2] == "products/not-approved"


def test_large_answers_come_in_parts_and_the_last_one_is_empty(
    server: Wire, asking: Asking, tmp_path: Path
) -> None:
    written(tmp_path, 400, domains=16)
    server.start(PULLS, uri_of(tmp_path))
    asking.ask()
    assert asking.answer()["result"] == {"items": []}
    assert asking.chunks > 1


def test_what_the_client_knows_is_not_told_again(
    server: Wire, asking: Asking, tmp_path: Path
) -> None:
    made = written(tmp_path, 100)
    server.start(PULLS, uri_of(tmp_path))
    asking.whole()
    with stdio("--stdio") as (again, _):
        again.start(PULLS, uri_of(tmp_path))
        asking.wire = again
        asking.reports.clear()
        assert asking.whole() == planted(made)
    assert {report["kind"] for report in asking.reports} == {"unchanged"}
    assert len(asking.reports) == len({each.file for each in made.planted})


@pytest.mark.parametrize("streams", [True, False])
def test_a_request_is_held_until_something_changes(
    server: Wire, tmp_path: Path, streams: bool
) -> None:
    asking = Asking(server, uri_of(tmp_path), streams)
    written(tmp_path, 30)
    server.start(PULLS, uri_of(tmp_path))
    asking.whole()
    asking.reports.clear()
    asking.ask()
    name = "domains/sales/orders-00000/floe.yaml"
    (tmp_path / name).write_text("metadata: {name: orders-00000}\ntransforms: 7\n")
    told(asking, name)
    asking.answer()
    changed = [report for report in asking.reports if report["kind"] == "full"]
    assert [report["uri"] for report in changed] == [asking.folder + name]
    assert changed[0]["items"]


def test_a_request_can_be_cancelled(server: Wire, asking: Asking, tmp_path: Path) -> None:
    written(tmp_path, 10)
    server.start(PULLS, uri_of(tmp_path))
    asking.whole()
    number = asking.ask()
    server.notify("$/cancelRequest", {"id": number})
    assert asking.answer()["error"]["code"] == -32800
    name = ENTERPRISE
    (tmp_path / name).write_text("scope: galaxy\n")
    told(asking, name)
    asking.until(lambda found: any(where == name for where, _, _ in found))


def test_a_deleted_file_has_findings_no_more(server: Wire, asking: Asking, tmp_path: Path) -> None:
    made = written(tmp_path, 30)
    server.start(PULLS, uri_of(tmp_path))
    asking.whole()
    name = next(each.file for each in made.planted if each.code == "ref/not-found")
    (tmp_path / name).unlink()
    told(asking, name, kind=DELETED)
    asking.reports.clear()
    asking.until(lambda found: name not in {where for where, _, _ in found})
    changed = [report for report in asking.reports if report["kind"] == "full"]
    assert [r["items"] for r in changed if r["uri"] == asking.folder + name] == [[]]
    assert asking.folder + name not in asking.ids


def test_ignored_files_are_silent(server: Wire, asking: Asking, tmp_path: Path) -> None:
    made = written(tmp_path, 30)
    (tmp_path / "build" / "inner").mkdir(parents=True)
    (tmp_path / "build" / "inner" / "manifest.yaml").write_text("scope: galaxy\n")
    (tmp_path / ".gitignore").write_text("build/\n")
    server.start(PULLS, uri_of(tmp_path))
    assert asking.whole() == planted(made)


def test_what_an_editor_showed_counts_no_more_when_it_is_closed(
    server: Wire, asking: Asking, tmp_path: Path
) -> None:
    made = written(tmp_path, 30)
    server.start(PULLS, uri_of(tmp_path))
    before = asking.whole()
    name = "domains/sales/sales-domain-manifest.yaml"
    uri = uri_of(tmp_path / name)
    server.open(uri, made.files[name])
    server.change(uri, 2, made.files[name].replace("scope: domain", "scope: galaxy"))
    asking.until(lambda found: found != before)
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    asking.items[uri] = [{"severity": 1, "code": "scope/value", "range": {"start": {"line": 0}}}]
    asking.until(lambda found: found == before)
    assert [r["items"] for r in asking.reports if r["uri"] == uri][-1] == []


def test_a_parent_of_a_registry_is_fetched_for_files_that_nobody_has_open(
    server: Wire, asking: Asking, tmp_path: Path
) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "acme-manifest.yaml").write_text(
        "scope: enterprise\napproved_plugins: {compute: [duckdb]}\nplugins: {compute: duckdb}\n"
    )
    (tmp_path / "floe-ls.toml").write_text(
        'exclude = ["mirror"]\n[registries."registry.example.com/team"]\nmirror = "mirror/"\n'
    )
    (tmp_path / "sales-domain-manifest.yaml").write_text(
        "scope: domain\nparent_manifest: oci://registry.example.com/team/acme-manifest:v1.0.0\n"
        "plugins: {compute: spark}\napproved_products: []\n"
    )
    server.start(PULLS, uri_of(tmp_path))
    where = ("sales-domain-manifest.yaml", 2, "whitelist/not-approved")
    asking.until(lambda found: where in found)


# --- clients that do not ask, and settings

PUSHED: dict[str, Any] = {"textDocument": {"publishDiagnostics": {}}}


def published(wire: Wire, folder: Path, wanted: set[Place]) -> dict[str, int]:
    """Reads until what is published is as wanted; how often each file was told."""
    shown: dict[str, set[Place]] = {}
    times: dict[str, int] = {}
    while set().union(*shown.values()) != wanted:
        params = wire.until("textDocument/publishDiagnostics")
        name = params["uri"].removeprefix(uri_of(folder) + "/")
        times[name] = times.get(name, 0) + 1
        shown[name] = {
            (name, each["range"]["start"]["line"], each["code"])
            for each in params["diagnostics"]
            if each["severity"] < 4
        }
    return times


def test_all_files_are_published_where_settings_say_so(server: Wire, tmp_path: Path) -> None:
    made = written(tmp_path, 100)
    settings = {"workspace_diagnostics": "all"}
    server.start(PUSHED, uri_of(tmp_path), initializationOptions=settings)
    times = published(server, tmp_path, planted(made))
    assert set(times.values()) == {1}
    name = next(each.file for each in made.planted if each.code == "products/not-approved")
    (tmp_path / name).unlink()
    changes = [{"uri": uri_of(tmp_path / name), "type": DELETED}]
    server.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    while True:
        params = server.until("textDocument/publishDiagnostics")
        if params["uri"] == uri_of(tmp_path / name):
            break
    assert params["diagnostics"] == []


def test_only_open_files_are_published_else(server: Wire, tmp_path: Path) -> None:
    made = written(tmp_path, 30)
    server.start(PUSHED, uri_of(tmp_path))
    uri = uri_of(tmp_path / ENTERPRISE)
    server.open(uri, made.files[ENTERPRISE])
    server.until("textDocument/publishDiagnostics")
    text = made.files[ENTERPRISE].replace("duckdb, snowflake", "snowflake")
    server.change(uri, 2, text)
    while not any(
        each["code"] == "impact/breaks"
        for each in server.until("textDocument/publishDiagnostics")["diagnostics"]
    ):
        pass
    told = [m for m in server.notified if m["method"] == "textDocument/publishDiagnostics"]
    assert {each["params"]["uri"] for each in told} == {uri}


def test_closed_files_are_silent_where_settings_say_so(
    server: Wire, asking: Asking, tmp_path: Path
) -> None:
    made = written(tmp_path, 100)
    path = tmp_path / "floe-ls.toml"
    text = path.read_text()
    path.write_text('workspace_diagnostics = "open"\n' + text)
    server.start(PULLS, uri_of(tmp_path))
    assert asking.whole() == set()
    path.write_text(text)
    told(asking, "floe-ls.toml")
    asking.until(lambda found: found == planted(made))
    path.write_text('workspace_diagnostics = "open"\n' + text)
    told(asking, "floe-ls.toml")
    asking.until(lambda found: found == set())


def test_the_graph_counts_what_was_found_in_files_that_nobody_has_open(
    server: Wire, asking: Asking, tmp_path: Path
) -> None:
    made = written(tmp_path, 60)
    server.start(PULLS, uri_of(tmp_path))
    found = asking.whole()
    graph = server.request("floe/graph", {})
    counted = {node["uri"]: node["errors"] + node["warnings"] for node in graph["nodes"]}
    assert len(counted) == made.products + made.manifests
    names = {asking.folder + name for name, _, _ in found}
    assert {uri for uri, number in counted.items() if number} == names
    assert sum(counted.values()) == len(found)
