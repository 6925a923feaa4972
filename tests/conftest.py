"""What all tests share: where things are, and a home of their own for what programs write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tools import REPOSITORY, SHARED

# Tests assert facts, never times: a machine that does something else besides is no failure.
settings.register_profile("floe", deadline=None)
settings.load_profile("floe")

OUTER_ENVIRONMENT = dict(os.environ)


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def examples() -> Path:
    return REPOSITORY / "examples"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The reference material (corpus, YAML test suite): FLOE_SHARED, or beside the repository."""
    if not SHARED.is_dir():
        pytest.skip(f"no reference material at {SHARED}: set FLOE_SHARED")
    return SHARED


@pytest.fixture(scope="session")
def outer_environment() -> dict[str, str]:
    """The environment of whoever runs the tests: package installers find their settings in it."""
    return OUTER_ENVIRONMENT


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Caches, settings and credentials of whoever runs the tests are neither used nor touched."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        for name in ("DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            patch.delenv(name, raising=False)
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        yield
