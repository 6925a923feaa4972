"""Step by step, what stands between a reference and its manifest: what was tried, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from floe_ls.chain.ref import OciRef
from floe_ls.remote import artifact, registry
from floe_ls.remote.address import hostname, is_private
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.cache import Cache
from floe_ls.remote.credentials import Login
from floe_ls.remote.failure import Failed, Failure
from floe_ls.remote.fetch import Fetcher, access_to
from floe_ls.remote.registry import Access

if TYPE_CHECKING:
    from floe_ls.settings import Registry, Settings


@dataclass(frozen=True)
class Step:
    title: str
    words: str
    ok: bool | None = True
    """None where it is neither good nor bad."""


def examine(
    ref: OciRef, settings: Settings, cache: Cache | None = None, access: Access | None = None
) -> Iterator[Step]:
    """Every step until one fails; the last one says what would be used."""
    cache, access = cache or Cache(), access or Access()
    yield _reference(ref)
    covering = settings.registry(ref.registry, ref.repository)
    yield _settings(covering)
    mirror = covering[1].mirror if covering is not None else None
    there, entry = ref, covering[1] if covering is not None else None
    if mirror:
        yield Step("Mirror", f"{mirror} stands in for {covering[0] if covering else ''}", None)
        if not mirror.startswith("oci://"):
            yield from _outcome(ref, settings, cache, access)
            return
        answer = Fetcher(cache, access).elsewhere(ref, settings)
        if answer is None:
            yield Step("Mirror", f"{mirror} is no oci://host/prefix.", ok=False)
            return
        there, entry = answer
    yield _cached(there, cache)
    if settings.offline:
        yield Step("Network", "`offline` is set, so nobody is asked", None)
        yield from _outcome(ref, settings, cache, access)
        return
    if not settings.allows(there.registry, there.repository):
        yield Step("Network", f"`registries.allow` does not name {there.registry}", ok=False)
        return
    reached = access_to(settings, entry, access)
    if (yield from _network(there, reached)):
        yield from _asked(there, reached, cache)


def _reference(ref: OciRef) -> Step:
    what = "a digest" if ref.digest else f"the tag {ref.tag or 'latest'}"
    kept = (
        "always the same"
        if ref.digest
        else "a version: looked up once a day"
        if ref.pinned
        else "may move"
    )
    return Step("Reference", f"{ref.registry}, repository {ref.repository}, {what} ({kept})")


def _settings(covering: tuple[str, Registry] | None) -> Step:
    if covering is None:
        return Step("Settings", "nothing is said of this registry", None)
    key, found = covering
    said = [f"mirror {found.mirror}"] if found.mirror else []
    said += ["plain http"] if found.insecure else []
    said += [f"ca {found.ca}"] if found.ca else []
    return Step("Settings", f'[registries."{key}"]: {", ".join(said) or "nothing special"}', None)


def _cached(ref: OciRef, cache: Cache) -> Step:
    found = cache.artifact(ref)
    if found is None:
        return Step("Cache", f"no copy in {cache.folder}", None)
    age = max(time.time() - found.fetched_at, 0)
    fresh = "is used without asking" if cache.is_fresh(ref) else "is looked up again"
    return Step("Cache", f"{found.digest}, looked up {age / 60:,.0f} minutes ago; it {fresh}", None)


def _network(ref: OciRef, access: Access) -> Generator[Step, None, bool]:
    """Returns whether the registry answers at all."""
    host, _ = registry.place_of(ref)
    if proxy := _proxy(host):
        yield Step("Proxy", f"{proxy}, from the environment", None)
    elif is_private(hostname(host)):
        yield Step("Address", f"{host} is this machine or in a network of its own", None)
    started = time.monotonic()
    try:
        with registry.connected(ref, access) as client:
            status, ways = client.probe()
            took = (time.monotonic() - started) * 1000
            secure = "TLS" if client.prefix == "https" else "plain http"
            yield Step("Connection", f"{host} answered {status} by {secure} in {took:.0f} ms")
            yield _login(client.login(), client.trouble, ways)
    except Failed as failed:
        yield Step("Connection", failed.failure.message, ok=False)
        return False
    return True


def _login(login: Login | None, trouble: str, ways: tuple[str, ...]) -> Step:
    asked = f"asks for {' or '.join(ways)}" if ways else "asks for none"
    if login is None:
        words = f"the registry {asked}; none was found. {trouble}".strip()
        return Step("Login", words, None if not trouble else False)
    user = f" as {login.user}" if login.user else " by an identity token"
    return Step("Login", f"the registry {asked}; there is one from {login.source}{user}")


def _asked(ref: OciRef, access: Access, cache: Cache) -> Iterator[Step]:
    """What the registry itself says, whatever the cache has."""
    names = registry.tags(ref, access)
    if isinstance(names, Failure):
        yield Step("Tags", names.message, None)
    else:
        yield Step("Tags", f"{len(names)}, the newest first: {', '.join(names[:5])}", None)
    answer = registry.pull(ref, access)
    if isinstance(answer, Artifact):
        yield from _artifact(answer)
        return
    known = cache.artifact(ref)
    if known is not None:
        yield Step("In use", f"the copy in the cache, {known.digest}", None)
    yield Step("Manifest", answer.message, ok=False)


def _outcome(ref: OciRef, settings: Settings, cache: Cache, access: Access) -> Iterator[Step]:
    """What a mirror or the cache gives."""
    fetcher = Fetcher(cache, access)
    answer = fetcher.fetch(ref, settings).result()
    fetcher.close()
    if isinstance(answer, Failure):
        yield Step("Manifest", answer.message, ok=False)
    else:
        yield from _artifact(answer)


def _artifact(found: Artifact) -> Iterator[Step]:
    where = f", read from {found.read_from}" if found.read_from else ""
    yield Step("Manifest", f"{found.digest}{where}")
    size = f"{len(found.text.encode()):,} bytes"
    partial = "; a PlatformArtifact, which is a part of a manifest only" if found.partial else ""
    what = found.media_type or "without a type"
    yield Step(
        "File", f"{found.title}, {size}, {what}, {artifact.short(found.layer_digest)}{partial}"
    )
    if found.before:
        changed = f"the tag named {artifact.short(found.before)} before"
        yield Step("Changed", changed, None)


def _proxy(host: str) -> str:
    """The proxy on the way, without the login that may stand in its address."""
    import requests

    proxies = requests.utils.get_environ_proxies(f"https://{host}/")
    found = proxies.get("https") or proxies.get("http") or proxies.get("all") or ""
    parts = urlsplit(found if "://" in found else f"//{found}")
    return parts.netloc.rpartition("@")[2] if found else ""
