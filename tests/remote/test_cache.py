"""The cache of pulled manifests."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from floe_ls.chain.ref import OciRef
from floe_ls.remote import artifact, files
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.cache import FRESH, Cache, default_folder

TEXT = "kind: Manifest\nname: acme\n"
REF = OciRef("registry.example.com", "team/manifest", "v1.0.0")
LATEST = OciRef("registry.example.com", "team/manifest", "latest")


def filled(cache: Cache, ref: OciRef = REF, text: str = TEXT) -> str:
    package = artifact.package(text, {})
    for data in (package.manifest, *package.blobs):
        cache.keep(data)
    cache.remember(ref, package.digest)
    return package.digest


def test_what_was_kept_is_found_by_tag_and_by_digest(cache: Cache) -> None:
    digest = filled(cache)
    by_digest = OciRef(REF.registry, REF.repository, digest=digest)
    for ref in (REF, by_digest):
        found = cache.artifact(ref)
        assert isinstance(found, Artifact)
        assert (found.ref, found.digest, found.text) == (str(ref), digest, TEXT)
    assert cache.artifact(LATEST) is None


def test_an_empty_cache_has_nothing(cache: Cache) -> None:
    assert cache.artifact(REF) is None
    assert cache.blob(artifact.digest_of(b"x")) is None
    assert cache.blob("sha256:../../etc/passwd") is None
    assert not cache.folder.exists()


def test_full_versions_and_digests_stay_fresh_and_other_tags_for_a_minute(tmp_path: Path) -> None:
    now = [1000.0]
    cache = Cache(tmp_path, lambda: now[0])
    for ref in (REF, LATEST):
        filled(cache, ref)
    now[0] += FRESH - 1
    assert cache.is_fresh(REF)
    assert cache.is_fresh(LATEST)
    now[0] += 2
    assert cache.is_fresh(REF)
    assert not cache.is_fresh(LATEST)
    assert cache.is_fresh(OciRef("h", "m", digest=artifact.digest_of(b"x")))
    now[0] = 0.0  # a clock that was set back
    assert not cache.is_fresh(LATEST)


def test_a_second_look_keeps_when_it_came_and_moves_when_it_was_current(tmp_path: Path) -> None:
    now = [1000.0]
    cache = Cache(tmp_path, lambda: now[0])
    digest = filled(cache, LATEST)
    now[0] = 2000.0
    cache.remember(LATEST, digest)
    record = cache.record(LATEST)
    assert record is not None
    assert (record.fetched_at, record.checked_at) == (1000.0, 2000.0)
    found = cache.artifact(LATEST)
    assert found is not None
    assert found.fetched_at == 2000.0
    now[0] = 3000.0
    filled(cache, LATEST, "kind: Manifest\n")
    record = cache.record(LATEST)
    assert record is not None
    assert (record.fetched_at, record.checked_at) == (3000.0, 3000.0)


def blobs(cache: Cache) -> list[Path]:
    return sorted(path for path in (cache.folder / "blobs").rglob("*") if path.is_file())


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_a_damaged_blob_is_dropped_and_not_used(cache: Cache, damage: bytes | None) -> None:
    filled(cache)
    for path in blobs(cache):
        if damage is None:
            path.unlink()
            path.mkdir()
        else:
            path.write_bytes(damage)
    assert cache.artifact(REF) is None
    filled(cache)
    if damage is not None:
        assert cache.artifact(REF) is not None


def test_a_blob_of_the_wrong_bytes_is_replaced(cache: Cache) -> None:
    filled(cache)
    layer = cache.folder / "blobs" / "sha256" / artifact.digest_of(TEXT.encode())[7:]
    layer.write_text(TEXT.replace("acme", "evil"))
    assert cache.artifact(REF) is None
    assert not layer.exists()
    cache.keep(TEXT.encode())
    assert cache.artifact(REF) is not None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"ref": 1}', "[" * 100_000, '{"digest": "sha256:x", "ref": "x"}'],
)
def test_a_damaged_record_is_as_good_as_none(cache: Cache, text: str) -> None:
    filled(cache)
    (record,) = (cache.folder / "refs").iterdir()
    record.write_text(text)
    assert cache.record(REF) is None
    filled(cache)
    assert cache.artifact(REF) is not None


def test_a_record_is_good_for_its_own_reference_only(cache: Cache) -> None:
    filled(cache)
    (record,) = (cache.folder / "refs").iterdir()
    record.write_text(json.dumps({**json.loads(record.read_text()), "ref": "oci://h/evil:v1.0.0"}))
    assert cache.record(REF) is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "cache")
    filled(cache)
    assert cache.artifact(REF) is None


def test_a_full_disk_leaves_no_half_files(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "replace", full)
        filled(cache)
    assert [path for path in cache.folder.rglob("*") if path.is_file()] == []
    filled(cache)
    assert cache.artifact(REF) is not None


def test_a_pipe_in_the_cache_is_not_waited_for(cache: Cache) -> None:
    filled(cache)
    for path in blobs(cache):
        path.unlink()
        os.mkfifo(path)
    assert cache.artifact(REF) is None


def test_many_processes_share_one_cache(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    amid = spawn.Event()
    workers = [spawn.Process(target=_mixed_work, args=(tmp_path, seed, amid)) for seed in range(4)]
    for worker in workers:
        worker.start()
    amid.wait()
    workers[0].kill()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers[1:]] == [0, 0, 0]
    cache = Cache(tmp_path)
    for number in range(5):
        ref = OciRef("h", "m", f"v{number}.0.0")
        found = cache.artifact(ref)
        assert found is None or found.text == f"name: m{number}\n"
        filled(cache, ref, f"name: m{number}\n")
        found = cache.artifact(ref)
        assert found is not None
        assert found.text == f"name: m{number}\n"


def _mixed_work(folder: Path, seed: int, amid: Event) -> None:
    chance, cache = random.Random(seed), Cache(folder)
    for turn in range(60):
        if seed == 0 and turn == 10:
            amid.set()
        number = chance.randrange(5)
        ref = OciRef("h", "m", f"v{number}.0.0")
        match chance.randrange(4):
            case 0 | 1:
                filled(cache, ref, f"name: m{number}\n")
            case 2:
                found = cache.artifact(ref)
                assert found is None or found.text == f"name: m{number}\n"
            case _ if there := blobs(cache):
                with suppress(FileNotFoundError):  # another one dropped it meanwhile
                    chance.choice(there).write_bytes(b"damage")


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLOE_LS_CACHE", str(tmp_path / "elsewhere"))
    assert default_folder() == tmp_path / "elsewhere"
    assert Cache().folder == tmp_path / "elsewhere"
    monkeypatch.delenv("FLOE_LS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "floe-ls"
