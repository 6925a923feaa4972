"""Folders that settings, or the editor's own `files.exclude`, leave out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from floe_ls.lsp.left_out import left_out
from floe_ls.remote.files import uri_of
from lsp.closed_files import PULLS, Asking
from wire import Wire, stdio

ASKS = {**PULLS, "workspace": {**PULLS["workspace"], "configuration": True}}
BAD = "scope: galaxy\n"
FOLDERS = ("here", "build", "deep/build")


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "manifest.yaml").write_text(BAD)
    with stdio() as (wire, _):
        yield Asking(wire, uri_of(tmp_path))


def answering(wire: Wire, exclude: Any, floe: Any = None) -> None:
    def answer(params: Any) -> list[Any]:
        return [exclude if item["section"] == "files.exclude" else floe for item in params["items"]]

    wire.answers["workspace/configuration"] = answer


def folders(asking: Asking) -> set[str]:
    return {where.rpartition("/")[0] for where, _, _ in asking.found}


def test_without_settings_all_folders_are_read(asking: Asking, tmp_path: Path) -> None:
    asking.wire.start(PULLS, uri_of(tmp_path))
    asking.whole()
    assert folders(asking) == {*FOLDERS}


def test_what_the_editor_does_not_show_is_left_out(asking: Asking, tmp_path: Path) -> None:
    answering(asking.wire, {"build": True, "**/none": False, "here": {"when": "$(basename)"}})
    asking.wire.start(ASKS, uri_of(tmp_path))
    asking.whole()
    assert folders(asking) == {"here", "deep/build"}
    answering(asking.wire, {"**/{build,out}": True})
    asking.wire.notify("workspace/didChangeConfiguration", {"settings": None})
    asking.until(lambda _: folders(asking) == {"here"})
    answering(asking.wire, None)
    asking.wire.notify("workspace/didChangeConfiguration", {"settings": None})
    asking.until(lambda _: folders(asking) == {*FOLDERS})


def test_what_settings_name_is_left_out(asking: Asking, tmp_path: Path) -> None:
    answering(asking.wire, None, {"exclude": ["deep"]})
    asking.wire.start(ASKS, uri_of(tmp_path))
    asking.whole()
    assert folders(asking) == {"here", "build"}
    (tmp_path / "floe-ls.toml").write_text('exclude = ["/build"]\n')
    changes = [{"uri": uri_of(tmp_path / "floe-ls.toml"), "type": 1}]
    asking.wire.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    asking.until(lambda _: folders(asking) == {"here"})


def test_a_client_that_never_answers_has_its_files_read(asking: Asking, tmp_path: Path) -> None:
    asking.wire.answers["workspace/configuration"] = lambda _: "no list"
    asking.wire.start(ASKS, uri_of(tmp_path))
    asking.whole()
    assert folders(asking) == {*FOLDERS}


def test_a_file_that_is_open_counts_wherever_it_is(asking: Asking, tmp_path: Path) -> None:
    answering(asking.wire, {"build": True})
    asking.wire.start(ASKS, uri_of(tmp_path))
    asking.whole()
    uri = uri_of(tmp_path / "build" / "manifest.yaml")
    asking.wire.open(uri, BAD)
    report = asking.wire.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    assert report["items"]


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("build", ["/build"]),
        ("a/b", ["/a/b"]),
        ("**/build", ["**/build"]),
        ("**/{a,b}/{c,d}", ["**/a/c", "**/a/d", "**/b/c", "**/b/d"]),
        ("/x", ["/x"]),
        ("{a", ["/{a"]),
    ],
)
def test_globs_become_patterns(glob: str, expected: list[str]) -> None:
    assert [*left_out({glob: True})] == expected


def test_braces_without_end_end() -> None:
    assert len(left_out({"{a,b}" * 40: True})) < 1_000
    assert left_out(["no object"]) == ()
