"""`floe-ls cache` and `floe-ls doctor`, and parents from a real registry on the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from remote.conftest import *  # noqa: F403  servers
from remote.fault_server import FaultServer, layer, manifest
from remote.registries import PASSWORD, USER, Registries
from tools import REPOSITORY

UP = "scope: enterprise\napproved_plugins: {compute: [duckdb]}\nplugins: {compute: duckdb}\n"


def run(cwd: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "floe_ls", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(REPOSITORY / "server"),
            "FLOE_LS_CACHE": str(cwd / "cache"),
            "NO_COLOR": "1",
            **environment,
        },
    )


@pytest.fixture
def place(tmp_path: Path, faults: FaultServer) -> Path:
    """A domain whose enterprise manifest is in a registry."""
    ref = faults.holds("up", manifest(layer(UP.encode())), UP.encode())
    (tmp_path / "manifest.yaml").write_text(
        f"scope: domain\nparent_manifest: {ref}\nplugins: {{compute: snowflake}}\n"
    )
    return tmp_path


def test_a_warm_cache_finds_offline_what_is_found_online(place: Path, faults: FaultServer) -> None:
    cold = run(place, "check", "--offline")
    assert "whitelist/not-approved" not in cold.stdout
    assert "`offline` is set" in cold.stdout
    warm = run(place, "cache", "warm")
    assert warm.returncode == 0, warm.stderr
    assert re.fullmatch(rf"oci://{faults.host}/up:v1\.0\.0 sha256:[0-9a-f]{{64}}\n", warm.stdout)
    online = run(place, "check", "--format", "json")
    faults.requests.clear()
    offline = run(place, "check", "--offline", "--format", "json")
    assert offline.stdout == online.stdout
    assert "whitelist/not-approved" in offline.stdout
    assert faults.requests == []


def test_what_cannot_be_warmed_is_said(place: Path, faults: FaultServer) -> None:
    text = (place / "manifest.yaml").read_text().replace("/up:", "/e404:")
    (place / "manifest.yaml").write_text(text)
    done = run(place, "cache", "warm", ".")
    assert done.returncode == 1
    assert (
        done.stderr == f"floe-ls: {faults.host} has no e404:v1.0.0: check the name and the tag.\n"
    )


def test_the_cache_is_listed_pruned_and_cleared(place: Path, faults: FaultServer) -> None:
    run(place, "cache", "warm")
    listed = run(place, "cache", "list").stdout
    assert f"oci://{faults.host}/up:v1.0.0" in listed
    assert re.search(r"looked up just now\n1 reference, .* of 256 MiB in ", listed)
    (entry,) = json.loads(run(place, "cache", "list", "--format", "json").stdout)["entries"]
    assert entry["ref"] == f"oci://{faults.host}/up:v1.0.0"
    assert run(place, "cache", "prune").stdout.startswith("0 files removed, 0 bytes; ")
    assert run(place, "cache", "prune", "--size", "0").stdout.endswith("; 0 bytes are left\n")
    assert "its content was removed" in run(place, "cache", "list").stdout
    run(place, "cache", "warm")
    assert run(place, "cache", "clear").returncode == 0
    assert run(place, "cache", "list").stdout.startswith("0 references, 0 bytes of ")


def test_a_change_that_is_known_is_told_no_more(place: Path, faults: FaultServer) -> None:
    run(place, "cache", "warm")
    new = UP + "# changed\n"
    ref = faults.holds("up", manifest(layer(new.encode())), new.encode())
    (record,) = (place / "cache" / "refs").iterdir()
    record.write_text(json.dumps({**json.loads(record.read_text()), "checked_at": 0}))
    run(place, "cache", "warm")
    assert "ref/digest-changed" in run(place, "check").stdout
    assert run(place, "cache", "accept", ref).stdout.startswith(f"{ref}@sha256:")
    assert "ref/digest-changed" not in run(place, "check").stdout
    assert run(place, "cache", "accept", "oci://h/m:v1").returncode == 2


def test_it_is_said_that_there_is_nothing_to_fetch(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text("plugins: {compute: duckdb}\n")
    done = run(tmp_path, "cache", "warm")
    assert (done.returncode, done.stdout) == (0, "No file needs a parent from a registry.\n")


def test_the_doctor_says_step_by_step_what_it_got(place: Path, faults: FaultServer) -> None:
    ref = f"oci://{faults.host}/up:v1.0.0"
    done = run(place, "doctor", ref)
    assert done.returncode == 0, done.stdout
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["✓", "Reference"],
        ["·", "Settings"],
        ["·", "Cache"],
        ["·", "Address"],
        ["✓", "Connection"],
        ["·", "Login"],
        ["·", "Tags"],
        ["✓", "Manifest"],
        ["✓", "File"],
    ]
    assert "looked up once a day" in done.stdout
    run(place, "cache", "warm")
    offline = run(place, "doctor", ref, "--offline").stdout
    assert "`offline` is set, so nobody is asked" in offline
    assert "✓ File" in offline


@pytest.mark.parametrize(
    ("fault", "mark"),
    [
        ("e404", "✗ Manifest    {host} has no e404:v1: check the name and the tag."),
        ("corrupt", "✗ Manifest    manifest.yaml in oci://{host}/corrupt:v1 has the digest"),
        ("page", "✗ Manifest    A web page came in place of"),
    ],
)
def test_the_doctor_names_what_is_wrong(
    tmp_path: Path, faults: FaultServer, fault: str, mark: str
) -> None:
    done = run(tmp_path, "doctor", f"oci://{faults.host}/{fault}:v1")
    assert done.returncode == 1
    assert mark.format(host=faults.host) in done.stdout


def test_the_doctor_sees_the_file_that_is_published_as_a_reference(tmp_path: Path) -> None:
    ref = "oci://registry.invalid/enterprise-manifest"
    (tmp_path / "floe-ls.toml").write_text(f'[sources]\n"{ref}" = "platform/enterprise.yaml"\n')
    missing = run(tmp_path, "doctor", f"{ref}:v1.0.0")
    assert missing.returncode == 1
    assert missing.stdout.split()[:2] == ["✗", "Sources"]
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform/enterprise.yaml").write_text("scope: enterprise\n")
    done = run(tmp_path, "doctor", f"{ref}:v1.0.0")
    assert done.returncode == 0
    assert "platform/enterprise.yaml is read in its place, and no registry is asked" in done.stdout


def test_the_doctor_knows_settings_and_logins_and_hides_the_secret(
    registries: Registries, tmp_path: Path
) -> None:
    login = {"FLOE_REGISTRY_USERNAME": USER, "FLOE_REGISTRY_PASSWORD": PASSWORD}
    (tmp_path / "m.yaml").write_text("plugins: {compute: duckdb, orchestrator: dagster}\n")
    (tmp_path / "manifest.yaml").write_text((tmp_path / "m.yaml").read_text())
    ref = f"oci://{registries.basic}/doctor/up:v1.0.0"
    published = run(tmp_path, "publish", "manifest.yaml", ref, **login)
    assert published.returncode == 0, published.stderr
    without = run(tmp_path, "doctor", ref)
    assert without.returncode == 1
    assert "the registry asks for basic; none was found." in without.stdout
    assert "· In use      the copy in the cache, sha256:" in without.stdout
    done = run(tmp_path, "doctor", ref, **login)
    assert done.returncode == 0, done.stdout
    assert "answered 401 by plain http" in done.stdout
    assert f"FLOE_REGISTRY_PASSWORD as {USER}" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    (tmp_path / "floe-ls.toml").write_text(
        f'[registries]\nallow = ["registry.example.com"]\n[registries."{registries.tls}"]\n'
        f'ca = "{registries.certificates.ca}"\n'
    )
    refused = run(tmp_path, "doctor", f"oci://{registries.tls}/doctor/up:v1.0.0")
    assert refused.returncode == 1
    assert "`registries.allow` does not name" in refused.stdout
    (tmp_path / "floe-ls.toml").write_text(
        f'[registries."{registries.tls}"]\nca = "{registries.certificates.ca}"\n'
    )
    secure = run(tmp_path, "doctor", f"oci://{registries.tls}/doctor/up:v1.0.0")
    assert secure.returncode == 0, secure.stdout
    assert "by TLS in" in secure.stdout
