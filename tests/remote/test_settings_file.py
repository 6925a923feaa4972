"""Finding and reading `floe-ls.toml`."""

from __future__ import annotations

from pathlib import Path

from floe_ls.remote import settings_file
from floe_ls.remote.failure import Failure

EXAMPLE = """\
offline = false
[sources]
"oci://registry.example.com/enterprise-manifest" = "platform/enterprise-manifest.yaml"
[registries."registry.example.com/team"]
mirror = "mirror/"
[rules]
"inherit/redundant" = "off"
"""


def test_the_nearest_file_above_counts(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert settings_file.nearest(deep) != tmp_path / "floe-ls.toml"
    (tmp_path / "floe-ls.toml").touch()
    assert settings_file.nearest(deep) == tmp_path / "floe-ls.toml"
    (tmp_path / "a" / "floe-ls.toml").touch()
    assert settings_file.nearest(deep) == tmp_path / "a" / "floe-ls.toml"
    (deep / "floe-ls.toml").mkdir()
    assert settings_file.nearest(deep) == tmp_path / "a" / "floe-ls.toml"


def test_tables_come_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "floe-ls.toml"
    path.write_text(EXAMPLE)
    assert settings_file.read(path) == {
        "offline": False,
        "sources": {
            "oci://registry.example.com/enterprise-manifest": "platform/enterprise-manifest.yaml"
        },
        "registries": {"registry.example.com/team": {"mirror": "mirror/"}},
        "rules": {"inherit/redundant": "off"},
    }


def test_a_broken_file_is_a_failure_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "floe-ls.toml"
    path.write_text("offline = false\n[rules\n")
    found = settings_file.read(path)
    assert isinstance(found, Failure)
    assert (found.kind, found.line) == ("invalid", 1)
    assert found.message.startswith(f"{path} is not TOML, line 2: ")


def test_a_fault_at_the_end_has_the_last_line(tmp_path: Path) -> None:
    path = tmp_path / "floe-ls.toml"
    path.write_text("offline = false\nx = [1,\n")
    found = settings_file.read(path)
    assert isinstance(found, Failure)
    assert found.line == 1
    assert "(at" not in found.message


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    found = settings_file.read(tmp_path / "no.toml")
    assert isinstance(found, Failure)
    assert found.kind == "not-found"
