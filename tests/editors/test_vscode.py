"""The VS Code extension: what is in its file, and what it does in a real VS Code."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from editors.code import (
    EXTENSION,
    FAKES,
    INSTALLED,
    Code,
    add_domain_with_remote_parent,
    code,
    installed,
    python_of_this_checkout,
)
from remote.registries import plain_registry
from tools import REPOSITORY, missing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def package() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def vsix(outer_environment: dict[str, str]) -> bytes:
    """The extension, built from source, as `make vsix` does."""
    if shutil.which("npm", path=path_with_npm(outer_environment)) is None:
        missing("npm is not installed: make test-editors, or install Node.js 20 or later")
    return build(outer_environment)


def path_with_npm(environment: dict[str, str]) -> str:
    """The PATH, with the Node.js of the tests for machines that have none."""
    return f"{environment['PATH']}:{INSTALLED / 'bin'}"


def build(environment: dict[str, str]) -> bytes:
    built = subprocess.run(
        [REPOSITORY / "scripts" / "vsix.sh"],
        env={
            **environment,
            "PATH": path_with_npm(environment),
            "SOURCE_DATE_EPOCH": "1767225600",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return (EXTENSION / "floe.vsix").read_bytes()


def test_the_extension_holds_what_it_needs_and_no_more(
    vsix: bytes, package: dict[str, Any]
) -> None:
    archive = zipfile.ZipFile(EXTENSION / "floe.vsix")
    files = {name for name in archive.namelist() if name.startswith("extension/")}
    wheels = {name for name in files if name.startswith("extension/bundled/wheels/")}
    media = {name for name in files if name.startswith("extension/media/")}
    assert files - wheels - media == {
        "extension/LICENSE.txt",
        "extension/bundled/requirements.txt",
        "extension/bundled/serve.py",
        "extension/bundled/unpack.py",
        "extension/dist/extension.js",
        "extension/language-configuration.json",
        "extension/package.json",
        "extension/readme.md",
        "extension/snippets/floe.json",
        "extension/syntaxes/changes.tmLanguage.json",
        "extension/syntaxes/floe.tmLanguage.json",
    }
    assert json.loads(archive.read("extension/package.json"))["version"] == package["version"]
    (walkthrough,) = package["contributes"]["walkthroughs"]
    pictures = {f"extension/{step['media']['image']}" for step in walkthrough["steps"]}
    assert len(pictures) == len(walkthrough["steps"])
    assert pictures <= media
    own = f"extension/bundled/wheels/floe_language_server-{package['version']}-py3-none-any.whl"
    assert own in wheels


def test_the_same_source_gives_the_same_file(
    vsix: bytes, outer_environment: dict[str, str]
) -> None:
    assert build(outer_environment) == vsix


def test_the_lock_file_names_no_host() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, found in lock["packages"].items() if "resolved" in found]


def test_the_extension_has_the_version_of_the_server(package: dict[str, Any]) -> None:
    import floe_ls

    assert package["version"] == floe_ls.__version__


def test_the_settings_of_the_workspace_cannot_choose_the_program_before_it_is_trusted(
    package: dict[str, Any],
) -> None:
    restricted = package["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert "floe.server.path" in restricted


# --- in VS Code


def failures_in_host(running: Code) -> list[str]:
    """Runs mocha inside the extension host; what failed there, with where."""
    results = Path(running.environment["FLOE_TEST_RESULTS"])
    results.unlink(missing_ok=True)
    ran = running.run("host.mjs", EXTENSION, EXTENSION / "out" / "test" / "index.js")
    if not results.exists():
        return [f"no results: {ran.stdout[-2000:]}{ran.stderr[-2000:]}"]
    found = json.loads(results.read_text(encoding="utf-8"))
    assert found, "no test ran"
    return [f"{each['title']}: {each['error']}" for each in found if "error" in each]


@pytest.fixture(scope="module")
def built_tests(outer_environment: dict[str, str]) -> None:
    """The extension and its own tests, compiled."""
    installed()
    npm = [INSTALLED / "bin" / "npm", "--prefix", EXTENSION, "--silent"]
    environment = {**outer_environment, "PATH": f"{INSTALLED / 'bin'}:{outer_environment['PATH']}"}
    steps = [["run", "check"], ["run", "build"], ["run", "build-tests"]]
    if not (EXTENSION / "node_modules").is_dir():
        steps.insert(0, ["ci", "--no-audit", "--no-fund"])
    for step in steps:
        ran = subprocess.run(
            [*npm, *step], env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_extension_does_in_its_host_what_it_should(tmp_path: Path, built_tests: None) -> None:
    """Each case is in vscode-extension/src/test/extension.test.ts."""
    workspace = tmp_path / "examples"
    settings = python_of_this_checkout()
    with (
        plain_registry(tmp_path) as host,
        code(tmp_path / "home", workspace, settings=settings) as running,
    ):
        add_domain_with_remote_parent(workspace / "mirrored/x-domain-manifest.yaml", "mirror")
        add_domain_with_remote_parent(
            workspace / "remote/x-domain-manifest.yaml",
            f"oci://{host}/platform/enterprise-manifest",
        )
        assert failures_in_host(running) == []


def test_each_folder_of_a_window_has_its_own_settings(tmp_path: Path, built_tests: None) -> None:
    """Each case is in vscode-extension/src/test/several.folders.ts."""
    own = {"floe.rules": {"observability/immutable": "hint"}, "floe.hints.overrides": False}
    with code(
        tmp_path / "home",
        tmp_path / "one",
        settings=python_of_this_checkout(),
        environment={"FLOE_TEST_KIND": "folders"},
        beside={"two": own},
    ) as running:
        assert failures_in_host(running) == []


THEMES = {"light": "Default Light Modern", "dark": "Default Dark Modern"}


@pytest.mark.parametrize("theme", THEMES)
def test_a_newcomers_minute(tmp_path: Path, vsix: bytes, theme: str) -> None:
    """Squiggle, Problems, hover, fix and completion, by mouse and keyboard, from the file that `make vsix` made."""
    settings = {"workbench.colorTheme": THEMES[theme], **python_of_this_checkout()}
    with code(
        tmp_path / "home", tmp_path / "examples", settings=settings, vsix=[EXTENSION / "floe.vsix"]
    ) as running:
        ran = running.run("minute.mjs", theme)
        assert ran.returncode == 0, ran.stderr
        keep_pictures(running)


@pytest.mark.parametrize("theme", THEMES)
def test_views_of_the_mesh_are_seen(tmp_path: Path, vsix: bytes, theme: str) -> None:
    workspace = tmp_path / "acme"
    (workspace / "operations").mkdir(parents=True)
    broken = REPOSITORY / "examples" / "broken" / "operations-domain-manifest.yaml"
    shutil.copy(broken, workspace / "operations")
    add_domain_with_remote_parent(workspace / "hr" / "hr-domain-manifest.yaml", "mirror")
    settings = {
        "workbench.colorTheme": THEMES[theme],
        "editor.fontSize": 13,
        **python_of_this_checkout(),
    }
    with code(
        tmp_path / "home",
        workspace,
        example="adr/three-tier",
        settings=settings,
        vsix=[EXTENSION / "floe.vsix"],
    ) as running:
        ran = running.run("views.mjs", theme)
        assert ran.returncode == 0, ran.stderr
        keep_pictures(running)


def test_in_a_workspace_that_nobody_trusts_only_the_extensions_own_server_runs(
    tmp_path: Path, vsix: bytes
) -> None:
    """And it asks no registry: neither for a reference, nor where the settings or the file of settings lead it."""
    script(tmp_path / "floe-ls", f"touch {tmp_path}/ran")
    with socket.create_server(("127.0.0.1", 0)) as registry:
        host = f"127.0.0.1:{registry.getsockname()[1]}"
        mirror = {"mirror": f"oci://{host}/mirror"}
        folder = tmp_path / "examples" / "remote"
        folder.mkdir(parents=True)
        for name, parent in (
            ("a", f"{host}/up"),
            ("b", "b.example.com/up"),
            ("c", "c.example.com/up"),
        ):
            (folder / f"{name}-domain-manifest.yaml").write_text(
                f"scope: domain\nparent_manifest: oci://{parent}:v1\n", encoding="utf-8"
            )
        (folder / "floe-ls.toml").write_text(
            f'[registries."b.example.com"]\nmirror = "{mirror["mirror"]}"\n', encoding="utf-8"
        )
        with code(
            tmp_path / "home",
            tmp_path / "examples",
            settings={
                "floe.server.path": str(tmp_path / "floe-ls"),
                "floe.registries": {"c.example.com": mirror},
            },
            vsix=[EXTENSION / "floe.vsix"],
            trusted=False,
        ) as running:
            ran = running.run("untrusted.mjs")
            assert ran.returncode == 0, ran.stderr
            keep_pictures(running)
        registry.setblocking(False)
        with pytest.raises(BlockingIOError):
            registry.accept()
    assert not (tmp_path / "ran").exists()


def test_the_server_is_looked_for_where_people_choose_their_python(
    tmp_path: Path, built_tests: None
) -> None:
    """Each case is in vscode-extension/src/test/which.interpreter.ts; the windows differ in what else is installed."""
    programs = {name: tmp_path / name / "python3" for name in ("one", "two")}
    for program in programs.values():
        script(program, f'exec {sys.executable} "$@"')
    variables = {
        "FLOE_TEST_KIND": "interpreter",
        "FLOE_TEST_PYTHON": str(programs["one"]),
        "FLOE_TEST_ENVIRONMENT": str(programs["two"]),
    }
    with code(tmp_path / "home", tmp_path / "examples", environment=variables) as running:
        running.install("python")
        assert failures_in_host(running) == [], "one"
        running.install("vscode-python-envs")
        assert failures_in_host(running) == [], "both"


def test_it_lives_beside_an_extension_for_all_yaml_and_one_that_claims_its_names(
    tmp_path: Path, built_tests: None
) -> None:
    """Each case is in vscode-extension/src/test/beside.yaml.ts. Red Hat's extension is not in any registry that tests
    use: what runs is its server, by an extension that gives it the same files."""
    bundled = tmp_path / "vscode-yaml"
    shutil.copytree(FAKES / "vscode-yaml", bundled)
    esbuild = EXTENSION / "node_modules" / ".bin" / "esbuild"
    options = [
        "--bundle",
        "--platform=node",
        "--external:vscode",
        "--allow-overwrite",
        "--log-level=error",
    ]
    main = bundled / "main.js"
    modules = {
        "PATH": path_with_npm(dict(os.environ)),
        "NODE_PATH": str(EXTENSION / "node_modules"),
    }
    subprocess.run([esbuild, main, f"--outfile={main}", *options], env=modules, check=True)
    schema = tmp_path / "another.schema.json"
    known = {"key_of_another_schema": {"type": "string", "description": "of another schema"}}
    schema.write_text(
        json.dumps({"type": "object", "properties": known, "required": [*known]}), encoding="utf-8"
    )
    # Such patterns are in the catalogue that Red Hat's extension asks.
    names = [
        "**/dataproducts/*.yaml",
        "**/dataproducts/*.yml",
        "**/source-*/manifest.yaml",
        "*-manifest.yaml",
    ]
    settings = {
        **python_of_this_checkout(),
        "yaml.schemas": {schema.as_uri(): names},
        "yaml.schemaStore.enable": False,
        "yaml.validate": True,
        "yaml.completion": True,
        "yaml.hover": True,
    }
    package = INSTALLED / "yaml" / "node_modules" / "yaml-language-server"
    server = package / "bin" / "yaml-language-server"
    variables = {"FLOE_TEST_KIND": "yaml", "FLOE_TEST_YAML_SERVER": str(server)}
    with code(
        tmp_path / "home", tmp_path / "examples", settings=settings, environment=variables
    ) as running:
        running.install("vscode-yaml", tmp_path)
        running.install("vscode-manifest-yaml")
        assert failures_in_host(running) == []


def script(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)


def test_one_message_tells_of_a_python_that_is_too_old(tmp_path: Path, vsix: bytes) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in (
        "env",
        "sh",
        "bash",
        "uname",
        "dirname",
        "basename",
        "readlink",
        "sed",
        "cat",
        "ps",
    ):
        (programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    old = programs / "python3"
    old.write_text('#!/bin/sh\necho \'{"version": [3, 9], "server": null}\'\n', encoding="utf-8")
    old.chmod(0o755)
    with code(
        tmp_path / "home",
        tmp_path / "examples",
        environment={"PATH": f"{INSTALLED / 'bin'}:{programs}", "VSCODE_CLI": "1"},
        vsix=[EXTENSION / "floe.vsix"],
    ) as running:
        ran = running.run("old_python.mjs")
        assert ran.returncode == 0, ran.stderr
        keep_pictures(running)


def keep_pictures(running: Code) -> None:
    """Leaves the pictures where a person can look at them."""
    folder = REPOSITORY / ".tools" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for picture in (running.home / "shots").glob("*.png"):
        shutil.copy(picture, folder)
