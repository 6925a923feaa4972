"""Which files of a folder are candidates."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from floe_ls.remote.scan import is_candidate, is_left_out, manifests_below, paths_below


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def found(root: Path, limit: int = 1000) -> list[str]:
    return [str(path.relative_to(root)) for path in manifests_below(root, limit)]


def test_candidates_have_names_of_manifests_and_products() -> None:
    for name in ("manifest.yaml", "manifest.yml", "sales-manifest.yaml", "manifest.dev.yml"):
        assert is_candidate(name), name
    assert is_candidate("floe.yaml")
    assert is_candidate("Floe.YML")
    for name in ("values.yaml", "floe.json", "manifest.yaml.bak", ".manifest.yaml", "floes.yaml"):
        assert not is_candidate(name), name


def test_paths_come_sorted_and_no_more_than_asked(tmp_path: Path) -> None:
    make(tmp_path, "b/floe.yaml", "a/x/floe.yaml", "a/manifest.yaml", "manifest.yaml", "b.yaml")
    everything = ["a/manifest.yaml", "a/x/floe.yaml", "b/floe.yaml", "manifest.yaml"]
    assert found(tmp_path) == everything
    assert [*manifests_below(tmp_path)] == sorted(manifests_below(tmp_path))
    assert found(tmp_path, limit=2) == everything[:2]


def test_hidden_folders_and_folders_of_packages_are_left_out(tmp_path: Path) -> None:
    folders = (".git", ".venv", "venv", "node_modules/p", "__pycache__", "ok", ".floe/platform")
    make(tmp_path, *(f"{folder}/manifest.yaml" for folder in folders))
    assert found(tmp_path) == ["ok/manifest.yaml"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    make(tmp_path, "a/manifest.yaml", "b/floe.yaml")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(".")
    (tmp_path / "b" / "also").symlink_to(tmp_path / "a")
    (tmp_path / "lost").symlink_to("nowhere")
    assert found(tmp_path) == ["a/manifest.yaml", "b/floe.yaml"]


def test_a_linked_folder_and_a_linked_file_count(tmp_path: Path) -> None:
    make(tmp_path / "outside", "deep/manifest.yaml", "one.yaml")
    make(tmp_path / "root", "x")
    (tmp_path / "root" / "linked").symlink_to(tmp_path / "outside")
    (tmp_path / "root" / "floe.yaml").symlink_to(tmp_path / "outside" / "one.yaml")
    (tmp_path / "root" / "manifest.yaml").symlink_to("nowhere")
    assert found(tmp_path / "root") == ["floe.yaml", "linked/deep/manifest.yaml"]


def test_a_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "manifest.yaml/floe.yaml")
    assert found(tmp_path) == ["manifest.yaml/floe.yaml"]


def test_what_gitignore_names_is_left_out(tmp_path: Path) -> None:
    names = (
        *("build/floe.yaml", "src/build/floe.yaml", "dist/floe.yaml", "src/dist/floe.yaml"),
        *("old-manifest.yaml", "kept-manifest.yaml", "a/generated/x/floe.yaml", "a/ok/floe.yaml"),
    )
    make(tmp_path, *names)
    (tmp_path / ".gitignore").write_text(
        "# comment\n\nbuild/\n/dist\n*-manifest.yaml\n!kept-manifest.yaml\n**/generated/**\n"
    )
    (tmp_path / "a" / ".gitignore").write_text("ok\n")
    assert found(tmp_path) == ["kept-manifest.yaml", "src/dist/floe.yaml"]


def test_a_hostile_gitignore_ends(tmp_path: Path) -> None:
    deep = "/".join(["a"] * 60)
    make(tmp_path, f"{deep}/floe.yaml", f"{'a' * 200}/floe.yaml")
    hostile = ("*a" * 60 + "b", "/".join(["**", "a"] * 25) + "/b")
    (tmp_path / ".gitignore").write_text("\n".join(hostile))
    assert found(tmp_path) == [f"{deep}/floe.yaml", f"{'a' * 200}/floe.yaml"]


def test_a_missing_root_holds_nothing(tmp_path: Path) -> None:
    assert found(tmp_path / "no") == []


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the judge of this test")
@pytest.mark.parametrize("seed", range(12))
def test_git_agrees_on_what_is_ignored(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    names = ["a", "b", "ab", "a.b", "c[d]", "e f"]
    paths = {
        "/".join((*chance.choices(names, k=chance.randint(0, 3)), "floe.yaml")) for _ in range(25)
    }
    make(tmp_path, *paths)
    pieces = ["a", "b", "*", "?", "**", "a*", "*b", "[ab]", "[!a]", "c\\[d\\]", "e f", "a.b", "ab"]
    for folder in (tmp_path, *sorted(p for p in tmp_path.iterdir() if p.is_dir())[:2]):
        lines = []
        for _ in range(chance.randint(1, 4)):
            body = "/".join(chance.choices(pieces, k=chance.randint(1, 3)))
            lines.append(chance.choice(["", "", "!"]) + chance.choice(["", "/"]) + body)
            lines[-1] += chance.choice(["", "/", "  "])
        (folder / ".gitignore").write_text("\n".join(lines) + "\n")
    git = ["git", "-c", "core.excludesFile=", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True, capture_output=True)
    listed = subprocess.run(
        [*git, "ls-files", "-z", "--others", "--exclude-standard", "--", "*floe.yaml"],
        check=True,
        capture_output=True,
    )
    expected = sorted(filter(None, listed.stdout.decode().split("\0")))
    assert sorted(found(tmp_path)) == expected, f"seed {seed}"


def test_settings_leave_out_what_they_name_below_their_folder(tmp_path: Path) -> None:
    make(tmp_path, "build/floe.yaml", "a/build/floe.yaml", "a/old/floe.yaml", "b/old/floe.yaml")
    (tmp_path / "floe-ls.toml").write_text('exclude = ["/build/"]\n')
    (tmp_path / "a" / "floe-ls.toml").write_text('exclude = ["old"]\n')
    assert found(tmp_path) == ["a/build/floe.yaml", "b/old/floe.yaml"]
    assert found(tmp_path / "a") == ["build/floe.yaml"]


def test_settings_above_a_root_leave_out_what_they_name(tmp_path: Path) -> None:
    make(tmp_path, "team/old/floe.yaml", "team/new/floe.yaml", "old/floe.yaml")
    (tmp_path / "floe-ls.toml").write_text('exclude = ["/team/old", 7]\n')
    assert found(tmp_path / "team") == ["new/floe.yaml"]
    elsewhere = ((tmp_path / "team").as_uri(),)
    assert len([*paths_below(tmp_path / "team", within=elsewhere)]) == 2


def test_what_was_given_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a/old/floe.yaml", "b/floe.yaml", "c/floe.yaml", "d/b/floe.yaml")
    left = [*paths_below(tmp_path, exclude=["/b", "**/old"])]
    assert [os.path.relpath(path, tmp_path) for path in left] == ["c/floe.yaml", "d/b/floe.yaml"]


def test_one_file_is_left_out_where_a_list_leaves_it_out(tmp_path: Path) -> None:
    folders = ("a", "a/b", "a/.c", "a/node_modules/d", "build", "build/keep", "x/build", "x/y/z")
    names = [f"{folder}/{name}" for folder in folders for name in ("floe.yaml", "manifest.yaml")]
    make(tmp_path, *names)
    (tmp_path / ".gitignore").write_text("/build/*\n!/build/keep\nmanifest.yaml\n")
    (tmp_path / "x" / ".gitignore").write_text("!manifest.yaml\n")
    (tmp_path / "x" / "y" / "floe-ls.toml").write_text('exclude = ["z"]\n')
    (tmp_path / "floe-ls.toml").write_text('exclude = ["a/b"]\n')
    listed = {*found(tmp_path)}
    assert listed
    for name in names:
        left_out = is_left_out(str(tmp_path), str(tmp_path / name))
        assert left_out == (name not in listed), name
