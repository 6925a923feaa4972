"""The cache of pulled manifests."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from floe_ls.chain.ref import OciRef
from floe_ls.remote import artifact, files
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.cache import FRESH, LIMIT, USED, Cache, default_folder

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


# Size


def manifest_of(number: int) -> str:
    return f"kind: Manifest\nname: m{number}\n" + "#" * 1000


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    now = [1_000_000.0]
    cache = Cache(tmp_path, lambda: now[0], limit=1 << 30)
    refs = [OciRef("h", "m", f"v{number}.0.0") for number in range(4)]
    for number, ref in enumerate(refs):
        filled(cache, ref, manifest_of(number))
        for path in blobs(cache):
            if path.stat().st_mtime > 2 * now[0]:  # just written, by the real clock
                os.utime(path, (now[0] + number, now[0] + number))
    now[0] += 10 * USED
    assert cache.artifact(refs[0]) is not None  # the oldest is used again
    one = (cache.size() - 2) // 4
    pruned = cache.prune(2 * one + 100)
    assert pruned.left <= 2 * one + 100
    assert pruned.size == 4 * one + 2 - pruned.left
    there = [cache.artifact(ref) is not None for ref in refs]
    assert there == [True, False, False, True]


def test_the_cache_keeps_below_its_limit_by_itself(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=40_000)
    for number in range(100):
        filled(cache, OciRef("h", "m", f"v{number}.0.0"), manifest_of(number))
    assert cache.size() <= 40_000 + 40_000 // 16
    assert cache.artifact(OciRef("h", "m", "v99.0.0")) is not None
    assert cache.artifact(OciRef("h", "m", "v0.0.0")) is None


def test_ten_thousand_entries_are_pruned(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=1 << 40)
    folder = tmp_path / "blobs" / "sha256"
    folder.mkdir(parents=True)
    for number in range(10_000):
        path = folder / f"{number:064x}"
        path.write_bytes(b"x" * 100)
        os.utime(path, (number, number))
    pruned = cache.prune(100_000)
    assert (pruned.files, pruned.size, pruned.left) == (9_000, 900_000, 100_000)
    assert next(path.name for path in blobs(cache)) == f"{9_000:064x}"


def test_what_a_process_left_half_written_is_removed(cache: Cache) -> None:
    filled(cache)
    old, new = (cache.folder / "blobs" / "sha256" / f".new-{name}" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert cache.prune().files == 1
    assert new.exists()
    assert not old.exists()
    assert cache.artifact(REF) is not None


def test_files_from_the_future_are_used_and_can_go(cache: Cache) -> None:
    filled(cache)
    for path in blobs(cache):
        os.utime(path, (2**33, 2**33))
    assert cache.artifact(REF) is not None
    assert all(path.stat().st_mtime < 2**33 for path in blobs(cache)[:1] if path.stat().st_size > 2)
    assert cache.prune(0).left == 0
    assert cache.artifact(REF) is None


def test_a_record_from_the_future_is_looked_at_again(tmp_path: Path) -> None:
    now = [2_000_000.0]
    cache = Cache(tmp_path, lambda: now[0])
    filled(cache)
    now[0] = 1_000_000.0
    assert cache.artifact(REF) is not None
    assert not cache.is_fresh(REF)


def test_what_is_there_is_listed_and_cleared(cache: Cache) -> None:
    digest = filled(cache)
    filled(cache, LATEST, "kind: Manifest\n")
    cache.remember(OciRef("h", "gone", "v1.0.0"), artifact.digest_of(b"gone"))
    cache.remember_tags(REF, ("v1.0.0",))
    (cache.folder / "refs" / "junk.json").write_text("{")
    listed = cache.entries()
    assert [(entry.record.ref, entry.size > 0) for entry in listed] == [
        ("oci://h/gone:v1.0.0", False),
        (str(LATEST), True),
        (str(REF), True),
    ]
    assert listed[2].record.digest == digest
    cleared = cache.clear()
    assert cleared.left == 0
    assert cache.entries() == []
    assert cache.artifact(REF) is None
    assert cache.tags(REF) is None


def test_the_environment_says_the_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLOE_LS_CACHE_MB", "3")
    assert Cache(tmp_path).limit == 3 << 20
    monkeypatch.setenv("FLOE_LS_CACHE_MB", "much")
    assert Cache(tmp_path).limit == LIMIT


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)]
    if (
        not shutil.which("mount")
        or subprocess.run(command, check=False, capture_output=True).returncode
    ):
        pytest.skip("a small disk can be mounted by root alone")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_really_full_costs_the_cache_alone(full_disk: Path) -> None:
    cache = Cache(full_disk)
    filled(cache)
    for number in range(100):
        filled(cache, OciRef("h", "m", f"v{number}.0.0"), manifest_of(number) * 4)
    assert not list(full_disk.rglob(".new-*"))
    assert cache.artifact(REF) is not None
    found = [cache.artifact(OciRef("h", "m", f"v{number}.0.0")) for number in range(100)]
    assert None in found
    for number, each in enumerate(found):
        assert each is None or each.text == manifest_of(number) * 4


def test_a_folder_that_may_not_be_written_costs_the_cache_alone(tmp_path: Path) -> None:
    tmp_path.joinpath("cache").mkdir(mode=0o555)
    if os.access(tmp_path / "cache", os.W_OK):
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "ro", "none", str(tmp_path / "cache")],
            check=False,
            capture_output=True,
        )
        if done.returncode:
            pytest.skip("whoever runs the tests may write everywhere")
    try:
        cache = Cache(tmp_path / "cache")
        filled(cache)
        assert cache.artifact(REF) is None
        assert cache.prune().files == cache.clear().files == 0
    finally:
        subprocess.run(["umount", "-l", str(tmp_path / "cache")], check=False, capture_output=True)


@pytest.mark.slow
def test_eight_processes_share_a_cache_while_some_are_killed(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    amid = [spawn.Event() for _ in range(8)]
    workers = [
        spawn.Process(target=_honest_work, args=(tmp_path, seed, amid[seed])) for seed in range(8)
    ]
    for worker in workers:
        worker.start()
    for victim in (0, 1, 2):
        amid[victim].wait()
        workers[victim].kill()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers[3:]] == [0] * 5
    cache = Cache(tmp_path)
    for number in range(20):  # nothing is corrupt, and what an honest worker kept is not lost
        found = cache.artifact(OciRef("h", "m", f"v{number}.0.0"))
        assert found is not None
        assert found.text == manifest_of(number)
    for path in blobs(cache):
        if not path.name.startswith(".new-"):
            assert artifact.digest_of(path.read_bytes()) == f"sha256:{path.name}"


def _honest_work(folder: Path, seed: int, amid: Event) -> None:
    chance, cache = random.Random(seed), Cache(folder)
    for number in chance.sample(range(20), 20) if seed > 2 else ():
        filled(cache, OciRef("h", "m", f"v{number}.0.0"), manifest_of(number))
    for turn in range(80 if seed > 2 else 10_000):
        if turn == 10:
            amid.set()
        number = chance.randrange(20)
        ref = OciRef("h", "m", f"v{number}.0.0")
        match chance.randrange(4):
            case 0 | 1:
                filled(cache, ref, manifest_of(number))
            case 2:
                found = cache.artifact(ref)
                assert found is None or found.text == manifest_of(number)
            case _:
                cache.prune()
                cache.entries()
