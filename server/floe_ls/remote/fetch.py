"""Fetches what a reference names, in the background: the one place that decides where it is looked for."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from floe_ls.chain.ref import BadRef, OciRef, parse_ref, version_key
from floe_ls.remote import artifact, files, layout, registry
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.cache import Cache, Tags
from floe_ls.remote.failure import Failed, Failure
from floe_ls.remote.registry import Access
from floe_ls.remote.rests import Rests
from floe_ls.remote.stop import Stop

if TYPE_CHECKING:
    from floe_ls.settings import Registry, Settings

Answer = Artifact | Failure
_log = logging.getLogger(__name__)


@dataclass
class _Question:
    future: Future[Any]
    stop: Stop
    askers: int = 1


class Fetcher:
    """Answers on threads of its own, which end with the process. One question at a time is asked once."""

    def __init__(
        self,
        cache: Cache | None = None,
        access: Access | None = None,
        workers: int = 4,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.cache = cache or Cache()
        self._access = access or Access()
        self._pool = _Pool(workers)
        self._rests = Rests(now)
        self._lock = threading.Lock()
        self._asked: dict[tuple[object, ...], _Question] = {}

    def fetch(
        self, target: OciRef | str, settings: Settings, *, refresh: bool = False
    ) -> Future[Answer]:
        """A reference, a `file:` URI or an absolute path. The future never has an exception.

        With `refresh` the registry is asked also for what the cache counts as fresh, and one that is in trouble.
        """
        question = self._ask(
            (str(target), refresh),
            settings,
            lambda stop: self._answer(
                target, lambda: self._found(target, settings, stop, refresh=refresh)
            ),
        )
        return question.future

    def tags(
        self, repository: OciRef, settings: Settings, *, refresh: bool = False
    ) -> Future[Tags | Failure]:
        """The tags of a repository, the newest version first."""
        question = self._ask(
            ("tags", str(repository.without_version), refresh),
            settings,
            lambda stop: self._answer(
                repository, lambda: self._tags(repository, settings, stop, refresh=refresh)
            ),
        )
        return question.future

    def known(self, ref: OciRef, settings: Settings) -> tuple[Artifact, bool] | None:
        """What can be said at once, from the cache, and whether it needs no second look."""
        try:
            covering = settings.registry(ref.registry, ref.repository)
            mirror = covering[1].mirror if covering is not None else None
            if mirror is not None and not _is_oci(mirror):
                return None  # a folder is quick to read, and always right
            there = ref
            if covering is not None and mirror is not None:
                other = _elsewhere(ref, _rest(ref, covering[0]), mirror)
                if other is None:
                    return None
                there = other
            if settings.within is None and not settings.allows(there.registry, there.repository):
                return None
            found = self.cache.artifact(there)
            if found is None:
                return None
            fresh = self.cache.is_fresh(there)
        except Failed:
            return None
        if there is not ref:
            found = replace(found, ref=str(ref), read_from=str(there))
        return found, fresh

    def known_tags(self, repository: OciRef) -> Tags | None:
        """From the cache, however old."""
        return self.cache.tags(repository)

    def elsewhere(self, ref: OciRef, settings: Settings) -> tuple[OciRef, Registry | None] | None:
        """Where another registry stands in for a reference, with what the settings say of that one."""
        covering = settings.registry(ref.registry, ref.repository)
        if covering is None or not covering[1].mirror:
            return None
        other = _elsewhere(ref, _rest(ref, covering[0]), covering[1].mirror)
        if other is None:
            return None
        there = settings.registry(other.registry, other.repository)
        return other, there[1] if there is not None else None

    def content(self, registry: str, repository: str, digest: str) -> Artifact | None:
        """An artifact of the cache by its digest."""
        return self.cache.artifact(OciRef(registry, repository, None, digest))

    def cancel(self, future: Future[Any]) -> None:
        """One who asked needs the answer no more; the last one to say so ends the asking."""
        with self._lock:
            key = next((k for k, q in self._asked.items() if q.future is future), None)
            if key is None:
                return
            question = self._asked[key]
            question.askers -= 1
            if question.askers > 0:
                return
            del self._asked[key]  # who asks now does not share what is being ended
        if not future.cancel():
            question.stop.set()

    def close(self) -> None:
        """Takes no more questions; what waits is cancelled, what runs is left to its time limit."""
        self._pool.close()

    def _ask(
        self, about: tuple[object, ...], settings: Settings, answer: Callable[[Stop], Any]
    ) -> _Question:
        places = repr((settings.offline, settings.registries))
        key = *about, settings.folder, settings.allow, settings.within, places
        with self._lock:
            if (asked := self._asked.get(key)) is not None:
                asked.askers += 1
                return asked
            stop = Stop()
            question = self._asked[key] = _Question(self._pool.submit(lambda: answer(stop)), stop)
        question.future.add_done_callback(lambda _: self._forget(key, question))
        return question

    def _forget(self, key: tuple[object, ...], question: _Question) -> None:
        with self._lock:
            if self._asked.get(key) is question:
                del self._asked[key]

    def _answer(self, target: OciRef | str, look: Callable[[], Any]) -> Any:
        try:
            return look()
        except Failed as failed:
            return failed.failure
        except Exception as error:  # noqa: BLE001  whatever happens, someone waits for an answer
            # The error's own text may hold what nobody should read; where it arose does not.
            _log.error("Fetching %s failed: %s", target, type(error).__name__)
            import traceback

            frames = traceback.extract_tb(error.__traceback__)
            _log.debug("It arose here: %s", " > ".join(f"{f.name}:{f.lineno}" for f in frames))
            return Failure("server", f"{target} could not be fetched: {type(error).__name__}.")

    def _found(
        self, target: OciRef | str, settings: Settings, stop: Stop, *, refresh: bool
    ) -> Answer:
        if isinstance(target, str) and not _is_oci(target):
            return _file(target, target, settings)
        ref = parse_ref(target) if isinstance(target, str) else target
        if isinstance(ref, OciRef):
            return self._artifact(ref, settings, stop, refresh=refresh)
        why = ref.message if isinstance(ref, BadRef) else "It is not in a registry."
        return Failure("invalid", f"{target} is no reference. {why}")

    def _artifact(self, ref: OciRef, settings: Settings, stop: Stop, *, refresh: bool) -> Answer:
        covering = settings.registry(ref.registry, ref.repository)
        if covering is None:
            return self._pulled(ref, settings, None, stop, refresh=refresh)
        prefix, found = covering
        if not found.mirror:
            return self._pulled(ref, settings, found, stop, refresh=refresh)
        rest = _rest(ref, prefix)
        if not _is_oci(found.mirror):
            return _mirrored(ref, rest, _path(found.mirror, settings), settings)
        other = _elsewhere(ref, rest, found.mirror)
        if other is None:
            return Failure("invalid", f"The mirror {found.mirror} is no oci://host/prefix.")
        there = settings.registry(other.registry, other.repository)  # its mirror does not count
        answer = self._pulled(other, settings, there and there[1], stop, refresh=refresh)
        if isinstance(answer, Failure):
            return answer
        return replace(answer, ref=str(ref), read_from=str(other))

    def _pulled(
        self,
        ref: OciRef,
        settings: Settings,
        found: Registry | None,
        stop: Stop,
        *,
        refresh: bool,
    ) -> Answer:
        """From the cache where that is certain to be right, else from the registry, else an old copy."""
        if settings.within is None and not settings.allows(ref.registry, ref.repository):
            return _not_allowed(ref)
        known = self.cache.artifact(ref)
        fresh = self.cache.is_fresh(ref)
        if known is not None and fresh and not (refresh and ref.digest is None):
            return known
        barred = _no_network(settings)
        if barred is not None:
            if known is None:
                return Failure(
                    barred.kind,
                    f"{ref} was not looked up: {barred.message}, and no copy is in the cache.",
                )
            if fresh or ref.pinned:
                return known
            late = f"{ref} was not looked up again: {barred.message}."
            return replace(known, stale=Failure(barred.kind, late))
        if not refresh and (failure := self._rests.resting(ref)) is not None:
            return _else_older(known, failure, ref)
        access = replace(access_to(settings, found, self._access), stop=stop)
        if known is not None:
            digest = registry.head(ref, access)
            if isinstance(digest, Failure):
                return self._failed(ref, digest, known, stop)
            if digest == known.digest:
                self._rests.answered(ref)
                self.cache.remember(ref, digest)
                return self.cache.artifact(ref) or known
        answer = registry.pull(ref, access, self.cache)
        if isinstance(answer, Failure):
            return self._failed(ref, answer, known, stop)
        self._rests.answered(ref)
        self.cache.remember(ref, answer.digest)
        record = self.cache.record(ref)
        if record is None or not record.before:
            return answer
        return replace(answer, before=record.before, changed_at=record.changed_at)

    def _failed(self, ref: OciRef, failure: Failure, known: Artifact | None, stop: Stop) -> Answer:
        if stop.is_set:
            return Failure("cancelled", f"Nobody needs {ref} any more.")
        return _else_older(known, self._rests.failed(ref, failure), ref)

    def _tags(
        self, repository: OciRef, settings: Settings, stop: Stop, *, refresh: bool
    ) -> Tags | Failure:
        covering = settings.registry(repository.registry, repository.repository)
        found = covering[1] if covering is not None else None
        there = repository.without_version
        if covering is not None and found is not None and found.mirror:
            rest = _rest(repository, covering[0])
            if not _is_oci(found.mirror):
                return _mirrored_tags(repository, rest, _path(found.mirror, settings), settings)
            other = _elsewhere(there, rest, found.mirror)
            if other is None:
                return Failure("invalid", f"The mirror {found.mirror} is no oci://host/prefix.")
            beyond = settings.registry(other.registry, other.repository)
            there, found = other, beyond and beyond[1]
        if settings.within is None and not settings.allows(there.registry, there.repository):
            return _not_allowed(there)
        known = self.cache.tags(there)
        if known is not None and self.cache.has_fresh_tags(there) and not refresh:
            return known
        barred = _no_network(settings)
        if barred is not None:
            message = f"The tags of {there} were not looked up: {barred.message}."
            return known or Failure(barred.kind, message)
        if not refresh and (failure := self._rests.resting(there)) is not None:
            return known or failure
        names = registry.tags(there, replace(access_to(settings, found, self._access), stop=stop))
        if isinstance(names, Failure):
            if stop.is_set:
                return Failure("cancelled", f"Nobody needs the tags of {there} any more.")
            failure = self._rests.failed(there, names)
            return known or failure
        self._rests.answered(there)
        return self.cache.remember_tags(there, names)


def access_to(settings: Settings, found: Registry | None, access: Access) -> Access:
    """How the settings say that a registry is reached."""
    if found is None:
        return access
    ca = os.fspath(_path(found.ca, settings)) if found.ca else None
    return replace(access, insecure=found.insecure, ca=ca)


def _else_older(known: Artifact | None, failure: Failure, ref: OciRef) -> Answer:
    if known is None:
        return failure
    # A whole version does not move: that it could not be looked at once more is no news.
    return known if ref.pinned else replace(known, stale=failure)


def _no_network(settings: Settings) -> Failure | None:
    if settings.within is not None:
        return Failure("untrusted", "this workspace is not trusted")
    if settings.offline:
        return Failure("offline", "`offline` is set")
    return None


def _not_allowed(ref: OciRef) -> Failure:
    return Failure(
        "blocked",
        f"{ref} was not looked up: `registries.allow` in the settings does not name {ref.registry}.",
    )


def folder_of(ref: OciRef, settings: Settings) -> tuple[Path, str] | None:
    """The folder or file that stands in for a reference, and what of the repository follows the mirrored prefix."""
    covering = settings.registry(ref.registry, ref.repository)
    mirror = covering[1].mirror if covering is not None else None
    if covering is None or not mirror or _is_oci(mirror):
        return None
    return _path(mirror, settings), _rest(ref, covering[0])


def _rest(ref: OciRef, prefix: str) -> str:
    """What of the repository follows the prefix that an entry of the settings is for."""
    return f"{ref.registry}/{ref.repository}".removeprefix(prefix.rstrip("/")).strip("/")


def _mirrored(ref: OciRef, rest: str, place: Path, settings: Settings) -> Answer:
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
    if not files.is_within(place, settings.within):
        return Failure(
            "untrusted",
            f"{place} stands in for {ref}, but is outside of this workspace, which is not trusted.",
        )
    version = ref.digest or ref.tag or "latest"
    own = place / rest
    if rest and layout.is_layout(own):
        return _found(layout.read(own, version, str(ref)), own)
    if layout.is_layout(place):
        return _found(layout.read(place, _names(ref, rest, version, place), str(ref)), place)
    if place.is_file():
        return _file(str(ref), place, settings)
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
                    return _file(str(ref), path, settings)
    wanted = place / f"{rest or ref.repository.rpartition('/')[2]}.yaml"
    return Failure("not-found", f"{place} stands in for {ref}, but there is no file {wanted}.")


def _mirrored_tags(ref: OciRef, rest: str, place: Path, settings: Settings) -> Tags | Failure:
    own = place / rest
    if not files.is_within(place, settings.within) or ".." in rest.split("/"):
        return Failure("untrusted", f"{place} is outside of this workspace.")
    layouts = [each for each in (own, place) if layout.is_layout(each)]
    if not layouts:
        return Failure("not-found", f"{place} is no OCI image layout, so it has no tags.")
    names = layout.tags(layouts[0])
    if isinstance(names, Failure):
        return names
    whole = f"{ref.registry}/{ref.repository}"
    prefixes = {f"{name}:" for name in (whole, rest, ref.name) if name}
    tags = {name.rpartition(":")[2] for name in names if name[: name.rfind(":") + 1] in prefixes}
    if layouts[0] is own or not tags:
        tags |= {name for name in names if ":" not in name}
    return Tags(tuple(sorted(tags, key=version_key)), time.time())


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


def _file(ref: str, place: str | Path, settings: Settings) -> Artifact:
    """A plain file in the place of an artifact; raises Failed."""
    data = files.read_bytes(place, within=settings.within)
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
        self._waiting: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None]
        self._waiting = queue.SimpleQueue()
        self._threads = 0
        self._closed = False

    def submit(self, question: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
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
