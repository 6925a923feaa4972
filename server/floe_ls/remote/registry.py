"""Registries: what is behind a reference, which tags there are, and putting something there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import quote, urljoin

from floe_ls.chain.ref import OciRef, version_key
from floe_ls.remote import artifact, credentials
from floe_ls.remote.artifact import MAX_MANIFEST, Artifact, Descriptor, Package
from floe_ls.remote.failure import Failed, Failure
from floe_ls.remote.stop import Stop

if TYPE_CHECKING:
    from floe_ls.remote.client import Client

_DIGEST = "Docker-Content-Digest"
_ACCEPT = {"Accept": ", ".join(artifact.MANIFEST_TYPES)}
_DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})


@dataclass(frozen=True)
class Access:
    """How a registry may be reached."""

    insecure: bool = False
    """Plain http. Loopback needs no leave."""
    ca: str | None = None
    """A file with the authority that signs the registry's certificate."""
    total: float = 10.0
    """Seconds for everything together."""
    connect: float = 3.0
    """Seconds for finding and reaching a host."""
    lookup: credentials.Lookup = credentials.login_for
    stop: Stop | None = None
    """Ends the conversation before its time."""


class Store(Protocol):
    """Where blobs may lie already, and are kept."""

    def blob(self, digest: str) -> bytes | None: ...

    def keep(self, data: bytes) -> None: ...


def pull(
    ref: OciRef,
    access: Access = Access(),
    store: Store | None = None,
) -> Artifact | Failure:
    """The manifest file behind a reference. All of its bytes were checked against their digests."""
    return _ask(ref, access, lambda client: _pull(client, ref, store))


def head(ref: OciRef, access: Access = Access()) -> str | Failure:
    """The digest that the reference names now, without its content where the registry allows it."""
    return _ask(ref, access, lambda client: _head(client, ref))


def tags(ref: OciRef, access: Access = Access()) -> tuple[str, ...] | Failure:
    """All tags of the reference's repository, the newest version first."""
    return _ask(ref, access, lambda client: _tags(client, ref))


def push(
    ref: OciRef,
    package: Package,
    access: Access = Access(total=60.0),
) -> str | Failure:
    """Writes the package and lets the reference's tag name it. The digest."""
    return _ask(ref, access, lambda client: _push(client, ref, package))


def place_of(ref: OciRef) -> tuple[str, str]:
    """The host that answers for a registry, and the repository's name there."""
    if ref.registry in _DOCKER_HUB:
        name = ref.repository if "/" in ref.repository else f"library/{ref.repository}"
        return "registry-1.docker.io", name
    return ref.registry, ref.repository


T = TypeVar("T")


def _ask(ref: OciRef, access: Access, question: Callable[[Client], T]) -> T | Failure:
    try:
        with connected(ref, access) as client:
            return question(client)
    except Failed as failed:
        return failed.failure


def connected(ref: OciRef, access: Access) -> Client:
    """The client for a reference's repository, to be closed by who asked for it."""
    from floe_ls.remote.client import Client

    host, repository = place_of(ref)
    return Client(
        host,
        repository,
        subject=str(ref),
        insecure=access.insecure,
        ca=access.ca,
        total=access.total,
        connect=access.connect,
        lookup=access.lookup,
        stop=access.stop,
    )


def _pull(client: Client, ref: OciRef, store: Store | None) -> Artifact:
    fresh: list[bytes] = []

    def read(blob: Descriptor, limit: int) -> bytes:
        kept = store.blob(blob.digest) if store is not None else None
        if kept is not None:
            return kept
        if blob.media_type in artifact.MANIFEST_TYPES:
            data = _manifest(client, str(ref), None, blob.digest)
        else:
            url = client.url(client.container().get_blob_url(blob.digest))
            data = client.do_request(url, limit=limit, promised=blob.size).content
        fresh.append(data)
        return data

    fresh.append(data := _manifest(client, str(ref), ref.tag, ref.digest))
    found = artifact.assemble(str(ref), data, read, time.time())
    if store is not None:
        for each in fresh:  # what was assembled was checked
            store.keep(each)
    return found


def _manifest(client: Client, subject: str, tag: str | None, digest: str | None) -> bytes:
    url = client.url(client.container(tag=tag, digest=digest).manifest_url())
    response = client.do_request(url, headers=_ACCEPT, limit=MAX_MANIFEST)
    data: bytes = response.content
    artifact.parse(subject, data)  # a login page says more about itself than a wrong digest does
    for promised in (digest, response.headers.get(_DIGEST)):
        if promised and artifact.is_digest(promised):
            artifact.verify(data, promised, f"What {client.host} sent for {subject}")
    return data


def _head(client: Client, ref: OciRef) -> str:
    url = client.url(client.container(tag=ref.tag, digest=ref.digest).manifest_url())
    promised: str = client.do_request(url, "HEAD", headers=_ACCEPT).headers.get(_DIGEST, "")
    if artifact.is_digest(promised):
        return promised
    return artifact.digest_of(_manifest(client, str(ref), ref.tag, ref.digest))


def _tags(client: Client, ref: OciRef) -> tuple[str, ...]:
    try:
        listed = client.get_tags(client.container())
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise Failed("server", f"{ref.registry} gave no list of tags that could be read.") from None
    return tuple(sorted({tag for tag in listed if isinstance(tag, str)}, key=version_key))


def _push(client: Client, ref: OciRef, package: Package) -> str:
    for blob in package.blobs:
        _upload(client, blob)
    container = client.container(tag=ref.tag)
    response = client.do_request(
        client.url(container.manifest_url()),
        "PUT",
        data=package.manifest,
        headers={"Content-Type": artifact.OCI_MANIFEST},
    )
    stored = response.headers.get(_DIGEST, "")
    if stored != package.digest and artifact.is_digest(stored):
        raise Failed(
            "digest",
            f"{client.host} stored {ref} as {artifact.short(stored)}, but it was sent as"
            f" {artifact.short(package.digest)}.",
        )
    return package.digest


def _upload(client: Client, blob: bytes) -> None:
    container, digest = client.container(), artifact.digest_of(blob)
    try:
        client.do_request(client.url(container.get_blob_url(digest)), "HEAD")
    except Failed as failed:
        if failed.failure.kind != "not-found":
            raise
    else:
        return
    start = client.url(container.upload_blob_url())
    location = client.do_request(start, "POST").headers.get("Location", "")
    if not location:
        raise Failed("server", f"{client.host} takes no uploads: it names no address for one.")
    address = urljoin(start, location)
    address += f"{'&' if '?' in address else '?'}digest={quote(digest, safe='')}"
    client.do_request(
        address, "PUT", data=blob, headers={"Content-Type": "application/octet-stream"}
    )
