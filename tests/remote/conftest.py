"""Servers, and a way to write references to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.remote.cache import Cache
from remote.fault_server import FaultServer
from remote.registries import Certificates, Registries, make_certificates, running

Oci = Callable[[str], OciRef]


@pytest.fixture(scope="session")
def registries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registries]:
    with running(tmp_path_factory.mktemp("registries")) as found:
        yield found


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def faults() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def oci() -> Oci:
    def ref(text: str) -> OciRef:
        found = parse_ref(text)
        assert isinstance(found, OciRef), found
        return found

    return ref
