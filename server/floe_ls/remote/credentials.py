"""Logins for registries: Docker's `config.json` and its helpers, Podman's `auth.json`, then floe's variables."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from floe_ls.remote import files
from floe_ls.remote.address import hostname, is_loopback
from floe_ls.remote.failure import Failed

HELPER_SECONDS = 5.0
_DOCKER_HUB = "https://index.docker.io/v1/"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Login:
    """What is shown to one registry, and to the token server that it names."""

    source: str
    """Where it was found, in words for people."""
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    """An identity token: it is exchanged for access tokens in place of user and secret."""

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()


@dataclass(frozen=True)
class Found:
    """The login for a host, if there is one, and what went wrong on the way to it."""

    login: Login | None = None
    trouble: str = ""


Lookup = Callable[[str], Found]


def login_for(place: str) -> Found:
    """The login for `host:port/repository`. Asked only when the registry demands one."""
    host, _, repository = place.partition("/")
    host = _host(host)
    troubles = []
    for source in (_from_docker(host), _from_podman(host, repository)):
        if source.login is not None:
            return source
        troubles.append(source.trouble)
    variables = _from_variables(host, os.environ)
    troubles.append(variables.trouble)
    return Found(variables.login, " ".join(filter(None, troubles)))


def _from_variables(host: str, variables: Mapping[str, str]) -> Found:
    """floe's variables name no host, so FLOE_REGISTRY_HOST does; without it they are for this machine alone.

    A reference in somebody's repository chooses the host. Were the variables shown to any host that asks,
    that reference would choose who gets the password.
    """
    user, secret, token = (
        variables.get(f"FLOE_REGISTRY_{part}") for part in ("USERNAME", "PASSWORD", "TOKEN")
    )
    if not ((user and secret) or token):
        return Found()
    hosts = [_host(h) for h in variables.get("FLOE_REGISTRY_HOST", "").replace(",", " ").split()]
    if hosts and host not in hosts:
        return Found()
    if not hosts and not is_loopback(hostname(host)):
        return Found(
            trouble="FLOE_REGISTRY_… hold a login, but not for whom:"
            f" set FLOE_REGISTRY_HOST={host} if it is for this registry."
        )
    if user and secret:
        return Found(Login("FLOE_REGISTRY_USERNAME and FLOE_REGISTRY_PASSWORD", user, secret))
    return Found(Login("FLOE_REGISTRY_TOKEN", user or "__token__", token or ""))


def _from_podman(host: str, repository: str) -> Found:
    """Podman's, skopeo's and buildah's file; its keys may go on after the host, and the longest fits best."""
    trouble = ""
    for path in _podman_files():
        config, problem = _config(path)
        trouble = trouble or problem
        auths = {_place(key): value for key, value in _table(config, "auths").items()}
        helpers = {_place(key): value for key, value in _table(config, "credHelpers").items()}
        for place in _narrowing(host, repository):
            if isinstance(helper := helpers.get(place), str):
                return _from_helper(helper, place)
            entry = auths.get(place)
            login = _inline(entry, str(path)) if isinstance(entry, dict) else None
            if login is not None:
                return Found(login)
    return Found(trouble=trouble)


def _podman_files() -> list[Path]:
    if named := os.environ.get("REGISTRY_AUTH_FILE"):
        return [Path(named)]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    settings = os.environ.get("XDG_CONFIG_HOME")
    folders = [Path(runtime)] if runtime else []
    folders.append(Path(settings) if settings else Path.home() / ".config")
    return [folder / "containers" / "auth.json" for folder in folders]


def _narrowing(host: str, repository: str) -> list[str]:
    """`host/a/b`, `host/a`, `host`."""
    steps = [host, *filter(None, repository.split("/"))]
    return ["/".join(steps[:length]) for length in range(len(steps), 0, -1)]


def _place(key: str) -> str:
    """A key of Podman's as `host/path`; what Docker writes for its hub is a host alone."""
    host, _, path = re.sub(r"^https?://", "", key).partition("/")
    host = _host(host)
    path = "" if path.rstrip("/") in {"v1", "v2"} else path.strip("/")
    return f"{host}/{path}" if path else host


def _from_docker(host: str) -> Found:
    folder = os.environ.get("DOCKER_CONFIG")
    path = Path(folder or Path.home() / ".docker", "config.json")
    config, trouble = _config(path)
    if trouble:
        return Found(trouble=trouble)

    helpers = {_host(key): value for key, value in _table(config, "credHelpers").items()}
    if isinstance(helper := helpers.get(host), str):
        return _from_helper(helper, host)
    for key, entry in _table(config, "auths").items():
        if _host(key) == host and isinstance(entry, dict):
            login = _inline(entry, str(path))
            if login is not None:
                return Found(login)
    if isinstance(store := config.get("credsStore"), str) and store:
        return _from_helper(store, host)
    return Found()


def _config(path: Path) -> tuple[dict[str, Any], str]:
    """What the file says, nothing where there is none; and what is wrong with it."""
    try:
        config = json.loads(files.read_bytes(path, limit=1 << 20))
    except Failed as failed:
        missing = failed.failure.kind == "not-found"
        return {}, "" if missing else failed.failure.message
    except (ValueError, RecursionError):
        return {}, f"{path} is not JSON."
    return (config, "") if isinstance(config, dict) else ({}, f"{path} is not a JSON object.")


def _inline(entry: dict[str, Any], source: str) -> Login | None:
    refresh = entry.get("identitytoken")
    try:
        decoded = base64.b64decode(str(entry.get("auth") or "")).decode()
    except ValueError:
        decoded = ""
    user, _, secret = decoded.partition(":")
    if not user:
        user, secret = str(entry.get("username") or ""), str(entry.get("password") or "")
    secret = secret.rstrip("\0")
    if isinstance(refresh, str) and refresh:
        return Login(source, user, secret, refresh)
    return Login(source, user, secret) if user and secret else None


def _from_helper(suffix: str, host: str) -> Found:
    import subprocess

    program = f"docker-credential-{suffix}"
    if not re.fullmatch(r"[\w.-]+", suffix):
        return Found(trouble=f"The credential helper {suffix!r} is not the name of one.")
    asked = _DOCKER_HUB if host == "docker.io" else host
    try:
        done = subprocess.run(  # noqa: S603  Docker's own protocol, from the user's own settings
            [program, "get"],
            input=asked.encode(),
            capture_output=True,
            timeout=HELPER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Found(trouble=f"{program} did not answer within {HELPER_SECONDS:g} s.")
    except OSError as error:
        return Found(trouble=f"{program} could not be started: {files.reason_of(error)}.")
    if done.returncode != 0:
        nothing = b"credentials not found" in done.stdout.lower()
        return Found(trouble="" if nothing else f"{program} failed.")
    try:
        answer = json.loads(done.stdout)
        user, secret = str(answer["Username"]), str(answer["Secret"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return Found(trouble=f"{program} gave no login that could be read.")
    if user == "<token>":  # Docker's mark for an identity token
        return Found(Login(program, refresh=secret))
    return Found(Login(program, user, secret) if secret else None)


def _host(key: str) -> str:
    """Docker writes hosts as `host`, `https://host` or `https://host/v1/`."""
    host = re.sub(r"^https?://", "", key).partition("/")[0].lower()
    return "docker.io" if host in {"index.docker.io", "registry-1.docker.io"} else host


def _table(config: dict[str, Any], key: str) -> dict[str, Any]:
    table = config.get(key)
    return table if isinstance(table, dict) else {}
