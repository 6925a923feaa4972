"""Fetches what a reference names, in the background: the one place that decides where it is looked for."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from floe_ls.chain.ref import BadRef, OciRef, parse_ref
from floe_ls.remote import artifact, files, layout, registry
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.cache import Cache
from floe_ls.remote.failure import Failed, Failure
from floe_ls.remote.registry import Access

if TYPE_CHECKING:
    from floe_ls.settings import Registry, Settings

Answer = Artifact | Failure
_log = logging.getLogger(__name__)


class Fetcher:
    """Answers on threads of its own, which end with the process. One question at a time is asked once."""

    def __init__(
        self, cache: Cache | None = None, access: Access | None = None, workers: int = 4
    ) -> None:
        self.cache = cache or Cache()
        self._access = access or Access()
        self._pool = _Pool(workers)
        self._lock = threading.Lock()
        self._asked: dict[tuple[object, ...], Future[Answer]] = {}

    def fetch(
        self, target: OciRef | str, settings: Settings, *, refresh: bool = False
    ) -> Future[Answer]:
        """A reference, a `file:` URI or an absolute path. The future never has an exception.

        With `refresh` the registry is asked also for what the cache counts as fresh.
        """
        places = settings.model_dump_json(include={"offline", "registries"})
        key = str(target), refresh, settings.folder, places
        with self._lock:
            if (asked := self._asked.get(key)) is not None:
                return asked
            future = self._pool.submit(lambda: self._answer(target, settings, refresh=refresh))
            self._asked[key] = future
        future.add_done_callback(lambda _: self._forget(key))
        return future

    def close(self) -> None:
        """Takes no more questions; what waits is cancelled, what runs is left to its time limit."""
        self._pool.close()

    def _forget(self, key: tuple[object, ...]) -> None:
        with self._lock:
            self._asked.pop(key, None)

    def _answer(self, target: OciRef | str, settings: Settings, *, refresh: bool) -> Answer:
        try:
            if isinstance(target, str) and not _is_oci(target):
                return _file(target, target)
            ref = parse_ref(target) if isinstance(target, str) else target
            if isinstance(ref, OciRef):
                return self._artifact(ref, settings, refresh=refresh)
            why = ref.message if isinstance(ref, BadRef) else "It is not in a registry."
            return Failure("invalid", f"{target} is no reference. {why}")
        except Failed as failed:
            return failed.failure
        except Exception as error:  # noqa: BLE001  whatever happens, someone waits for an answer
            # The error's own text may hold what nobody should read; where it arose does not.
            _log.error("Fetching %s failed: %s", target, type(error).__name__)
            import traceback

            frames = traceback.extract_tb(error.__traceback__)
            _log.debug("It arose here: %s", " > ".join(f"{f.name}:{f.lineno}" for f in frames))
            return Failure("server", f"{target} could not be fetched: {type(error).__name__}.")

    def _artifact(self, ref: OciRef, settings: Settings, *, refresh: bool) -> Answer:
        covering = settings.registry(ref.registry, ref.repository)
        if covering is None:
            return self._pulled(ref, settings, None, refresh=refresh)
        prefix, found = covering
        if not found.mirror:
            return self._pulled(ref, settings, found, refresh=refresh)
        rest = f"{ref.registry}/{ref.repository}".removeprefix(prefix.rstrip("/")).strip("/")
        if not _is_oci(found.mirror):
            return _mirrored(ref, rest, _path(found.mirror, settings))
        other = _elsewhere(ref, rest, found.mirror)
        if other is None:
            return Failure("invalid", f"The mirror {found.mirror} is no oci://host/prefix.")
        there = settings.registry(other.registry, other.repository)  # its mirror does not count
        answer = self._pulled(other, settings, there and there[1], refresh=refresh)
        if isinstance(answer, Failure):
            return answer
        return replace(answer, ref=str(ref), read_from=str(other))

    def _pulled(
        self, ref: OciRef, settings: Settings, found: Registry | None, *, refresh: bool
    ) -> Answer:
        """From the cache where that is certain to be right, else from the registry, else an old copy."""
        known = self.cache.artifact(ref)
        fresh = self.cache.is_fresh(ref)
        if known is not None and fresh and not (refresh and ref.digest is None):
            return known
        if settings.offline:
            failure = Failure(
                "offline",
                f"{ref} was not looked up: `offline` is set, and no copy is in the cache.",
            )
            if known is None:
                return failure
            late = Failure("offline", f"{ref} was not looked up again: `offline` is set.")
            return known if fresh else replace(known, stale=late)
        access = self._access
        if found is not None:
            ca = os.fspath(_path(found.ca, settings)) if found.ca else None
            access = replace(access, insecure=found.insecure, ca=ca)
        if known is not None:
            digest = registry.head(ref, access)
            if isinstance(digest, Failure):
                return replace(known, stale=digest)
            if digest == known.digest:
                self.cache.remember(ref, digest)
                return self.cache.artifact(ref) or known
        answer = registry.pull(ref, access, self.cache)
        if isinstance(answer, Artifact):
            self.cache.remember(ref, answer.digest)
            return answer
        return answer if known is None else replace(known, stale=answer)


def _mirrored(ref: OciRef, rest: str, place: Path) -> Answer:
    """From a mirror that is a folder: of layouts, one layout, or plain files; or one file.

    `rest` is what of the repository follows the prefix that is mirrored. In `mirror/`, for
    `oci://host/team/sales/manifest:v1.0.0` and the prefix `host/team`, these are looked at:
    the layout `mirror/sales/manifest`, by the tag; the layout `mirror`, by the names
    `host/team/sales/manifest:v1.0.0`, `sales/manifest:v1.0.0`, `manifest:v1.0.0`, and by the tag
    alone where no name in it says which repository it is of; then the files
    `sales/manifest/v1.0.0.yaml`, `sales/manifest/v1.0.0/manifest.yaml`, `sales/manifest.yaml`,
    `sales/manifest/manifest.yaml` and the same after `manifest` alone.
    """
    if any(part in {"", ".", ".."} for part in rest.split("/")) and rest:
        return Failure("invalid", f"{ref} names no repository that a folder could hold.")
    version = ref.digest or ref.tag or "latest"
    own = place / rest
    if rest and layout.is_layout(own):
        return _found(layout.read(own, version, str(ref)), own)
    if layout.is_layout(place):
        return _found(layout.read(place, _names(ref, rest, version, place), str(ref)), place)
    if place.is_file():
        return _file(str(ref), place)
    if not place.is_dir():
        return Failure("not-found", f"There is no folder {place}, which is to stand in for {ref}.")
    if ref.digest is not None:
        return Failure(
            "not-found",
            f"{ref} names a digest, which plain files in {place} do not have: mirror it as an OCI"
            " image layout.",
        )
    for name in dict.fromkeys((rest, ref.name)):
        for inside in (f"{version}", f"{version}/manifest", "", "manifest"):
            for ending in (".yaml", ".yml"):
                path = place / name / f"{inside}{ending}" if inside else place / f"{name}{ending}"
                if name and path.is_file():
                    return _file(str(ref), path)
    wanted = place / f"{rest or ref.repository.rpartition('/')[2]}.yaml"
    return Failure("not-found", f"{place} stands in for {ref}, but there is no file {wanted}.")


def _names(ref: OciRef, rest: str, version: str, place: Path) -> list[str]:
    if ref.digest is not None:
        return [ref.digest]
    last = ref.name
    names = [f"{ref.registry}/{ref.repository}:{version}", f"{rest}:{version}", f"{last}:{version}"]
    there = layout.tags(place)
    if not rest or not isinstance(there, tuple) or not any(":" in name for name in there):
        names.append(version)
    return [name for name in dict.fromkeys(names) if not name.startswith(":")]


def _found(answer: Answer, place: Path) -> Answer:
    if isinstance(answer, Failure):
        return answer
    return replace(answer, read_from=os.fspath(place))


def _file(ref: str, place: str | Path) -> Artifact:
    """A plain file in the place of an artifact; raises Failed."""
    data = files.read_bytes(place)
    path = files.path_of(place) if isinstance(place, str) and "://" in place else Path(place)
    digest = artifact.digest_of(data)
    return Artifact(
        ref=ref,
        digest=digest,
        text=files.text_of(data, str(path)),
        title=path.name if path is not None else "",
        media_type="application/yaml",
        annotations=MappingProxyType({}),
        layer_digest=digest,
        fetched_at=time.time(),
        read_from=str(path),
    )


def _elsewhere(ref: OciRef, rest: str, mirror: str) -> OciRef | None:
    """The reference in the other registry, by the same tag and digest."""
    tag = f":{ref.tag}" if ref.tag else ""
    digest = f"@{ref.digest}" if ref.digest else ""
    found = parse_ref("/".join(filter(None, (mirror.rstrip("/"), rest))) + tag + digest)
    return found if isinstance(found, OciRef) else None


def _path(path: str, settings: Settings) -> Path:
    """Relative paths in settings start at the settings file; its folder may be a `file:` URI."""
    folder = files.path_of(settings.folder) or Path(settings.folder)
    return folder / (files.path_of(path) or Path(path).expanduser())


def _is_oci(target: str) -> bool:
    return target.startswith("oci://")


class _Pool:
    """Like a ThreadPoolExecutor, but its threads do not keep the process from ending."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[tuple[Future[Answer], Callable[[], Answer]] | None]
        self._waiting = queue.SimpleQueue()
        self._threads = 0
        self._closed = False

    def submit(self, question: Callable[[], Answer]) -> Future[Answer]:
        future: Future[Answer] = Future()
        with self._lock:
            if self._closed:
                future.cancel()
                return future
            self._waiting.put((future, question))
            if self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._run, name="fetch", daemon=True).start()
        return future

    def close(self) -> None:
        with self._lock:
            self._closed = True
            while not self._waiting.empty():
                if (waiting := self._waiting.get()) is not None:
                    waiting[0].cancel()
            for _ in range(self._threads):
                self._waiting.put(None)

    def _run(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            future, question = waiting
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(question())
            except BaseException as error:  # noqa: BLE001  whoever waits gets to know
                future.set_exception(error)
