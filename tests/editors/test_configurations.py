"""What we give to editors that the tests cannot start: it is well formed, starts the server, and meets floe's files."""

from __future__ import annotations

import fnmatch
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tools import REPOSITORY

EDITORS = REPOSITORY / "editors"
SERVE = ["floe-ls", "serve"]
OURS = ["floe.yaml", "floe.yml", "manifest.yaml", "sales-domain-manifest.yaml"]
OTHERS = ["docker-compose.yaml", "values.yaml"]


def parsed(path: Path) -> Any:
    """JSON with comments."""
    text = path.read_text(encoding="utf-8")
    return json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))


def test_helix() -> None:
    found = tomllib.loads((EDITORS / "helix" / "languages.toml").read_text(encoding="utf-8"))
    server = found["language-server"]["floe-ls"]
    assert [server["command"], *server["args"]] == SERVE
    (language,) = found["language"]
    assert language["language-servers"] == ["floe-ls"]
    meets([each["glob"] for each in language["file-types"]])


def test_sublime() -> None:
    client = parsed(EDITORS / "sublime" / "LSP.sublime-settings")["clients"]["floe"]
    assert client["command"] == SERVE
    commands = parsed(EDITORS / "sublime" / "Floe.sublime-commands")
    known = server_commands()
    assert {each["args"]["command_name"] for each in commands} <= known
    assert all(each["args"]["session_name"] == "floe" for each in commands)


def test_kate() -> None:
    (server,) = parsed(EDITORS / "kate" / "settings.json")["servers"].values()
    assert server["command"] == SERVE
    assert re.match(server["highlightingModeRegex"], "YAML")


def test_jetbrains() -> None:
    template = parsed(EDITORS / "jetbrains" / "floe" / "template.json")
    assert template["programArgs"]["default"].split() == SERVE
    (mapping,) = template["fileTypeMappings"]
    meets(mapping["fileType"]["patterns"])


def test_zed() -> None:
    text = (EDITORS / "zed" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    schemas = json.loads(block)["lsp"]["yaml-language-server"]["settings"]["yaml"]["schemas"]
    for path in schemas:
        assert (REPOSITORY / path).is_file()


@pytest.mark.parametrize("editor", sorted(path.name for path in EDITORS.iterdir()))
def test_each_says_how_it_was_tested(editor: str) -> None:
    text = (EDITORS / editor / "README.md").read_text(encoding="utf-8")
    assert re.search(r"\bTested in\b|\*\*not tested in", text)


def meets(patterns: list[str]) -> None:
    def meant(name: str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)

    assert [name for name in [*OURS, *OTHERS] if meant(name)] == OURS


def server_commands() -> set[str]:
    from floe_ls.lsp.greeting import COMMANDS

    return set(COMMANDS)
