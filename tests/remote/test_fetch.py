"""Where a reference is looked for: mirrors, cache, registry; in the background."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from floe_ls.chain.ref import OciRef
from floe_ls.remote import artifact, files, layout, registry
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.cache import FRESH, LONG, TAGS_FRESH, Cache, Tags
from floe_ls.remote.credentials import Found
from floe_ls.remote.failure import Failure
from floe_ls.remote.fetch import Fetcher
from floe_ls.remote.registry import Access
from floe_ls.settings import Settings
from remote.fault_server import BLOB, TEXT, FaultServer, layer, manifest
from remote.registries import Certificates

OTHER = "kind: Manifest\nname: other\n"
Ask = Callable[..., Artifact | Failure]


@pytest.fixture
def clock() -> list[float]:
    return [1_000_000.0]


@pytest.fixture
def fetcher(tmp_path: Path, clock: list[float]) -> Iterator[Fetcher]:
    cache = Cache(tmp_path / "cache", lambda: clock[0])
    access = Access(total=5, lookup=lambda _: Found())
    made = Fetcher(cache, access, now=lambda: clock[0])
    yield made
    made.close()


@pytest.fixture
def ask(fetcher: Fetcher) -> Ask:
    """The answer, with settings as keywords."""

    def asked(
        target: OciRef | str, *, refresh: bool = False, **settings: object
    ) -> Artifact | Failure:
        return fetcher.fetch(target, Settings(**settings), refresh=refresh).result(30)

    return asked


def text(answer: Artifact | Failure) -> str:
    assert isinstance(answer, Artifact), answer
    return answer.text


def methods(faults: FaultServer) -> list[str]:
    asked = [r.method for r in faults.requests if "/manifests/" in r.path]
    faults.requests.clear()
    return asked


# Registry and cache


def test_a_version_is_fetched_once_and_looked_at_again_once_a_day(
    ask: Ask, faults: FaultServer, clock: list[float]
) -> None:
    ref = faults.holds("acme", manifest(layer()), BLOB)
    assert text(ask(ref)) == TEXT
    assert methods(faults) == ["GET"]
    clock[0] += LONG - 1
    assert text(ask(ref)) == TEXT
    assert methods(faults) == []
    clock[0] += 2
    assert text(ask(ref)) == text(ask(ref)) == TEXT
    assert methods(faults) == ["HEAD"]


def test_that_a_version_could_not_be_looked_at_again_is_no_news(
    ask: Ask, faults: FaultServer, clock: list[float]
) -> None:
    ref = faults.holds("acme", manifest(layer()), BLOB)
    assert text(ask(ref)) == TEXT
    clock[0] += LONG + 1
    for settings in ({"offline": True}, {}):
        if not settings:
            faults.__exit__(None, None, None)
        again = ask(ref, **settings)
        assert isinstance(again, Artifact)
        assert again.stale is None


def test_a_tag_that_names_another_digest_than_before_says_so(
    ask: Ask, faults: FaultServer, clock: list[float], fetcher: Fetcher
) -> None:
    ref = faults.holds("acme", manifest(layer()), BLOB)
    first = ask(ref)
    assert isinstance(first, Artifact)
    new = OTHER.encode()
    faults.holds("acme", manifest(layer(new)), new)
    clock[0] += LONG + 1
    for asked in (ref, ref, f"{ref}@{first.digest}"):
        found = ask(asked)
        assert isinstance(found, Artifact)
        if "@" in asked:
            assert (found.digest, found.before) == (first.digest, "")
        else:
            assert (found.before, found.changed_at) == (first.digest, clock[0])
            assert found.digest != first.digest
    fetcher.cache.accept(OciRef(faults.host, "acme", "v1.0.0"))
    found = ask(ref)
    assert isinstance(found, Artifact)
    assert found.before == ""


def test_a_digest_is_fetched_once(ask: Ask, faults: FaultServer) -> None:
    data = manifest(layer())
    faults.holds("acme", data, BLOB)
    ref = OciRef(faults.host, "acme", None, artifact.digest_of(data))
    assert text(ask(ref)) == text(ask(ref)) == TEXT
    assert methods(faults) == ["GET"]


def test_a_tag_that_moves_is_looked_up_again_after_a_minute(
    ask: Ask, faults: FaultServer, clock: list[float]
) -> None:
    faults.holds("acme", manifest(layer()), BLOB)
    ref = OciRef(faults.host, "acme", "latest")
    assert text(ask(ref)) == text(ask(ref)) == TEXT
    assert methods(faults) == ["GET"]
    clock[0] += FRESH + 1
    found = ask(ref)
    assert isinstance(found, Artifact)
    assert found.fetched_at == clock[0]
    assert methods(faults) == ["HEAD"]
    new = OTHER.encode()
    faults.holds("acme", manifest(layer(new)), new)
    assert text(ask(ref)) == TEXT
    clock[0] += FRESH + 1
    assert text(ask(ref)) == OTHER
    assert methods(faults) == ["HEAD", "GET"]


def test_refresh_asks_at_once(ask: Ask, faults: FaultServer) -> None:
    faults.holds("acme", manifest(layer()), BLOB)
    for tag in ("latest", "v1.0.0"):
        ref = OciRef(faults.host, "acme", tag)
        assert text(ask(ref)) == text(ask(ref, refresh=True)) == TEXT
        assert methods(faults) == ["GET", "HEAD"]


def test_an_old_copy_serves_while_the_registry_does_not(
    ask: Ask, faults: FaultServer, clock: list[float]
) -> None:
    faults.holds("acme", manifest(layer()), BLOB)
    ref = OciRef(faults.host, "acme", "latest")
    first = ask(ref)
    assert isinstance(first, Artifact)
    del faults.artifacts["acme"]
    faults.artifacts["acme"] = (b"gone",)
    clock[0] += FRESH + 1
    found = ask(ref)
    assert isinstance(found, Artifact)
    assert found.text == TEXT
    assert found.stale is not None
    assert found.stale.kind == "not-artifact"


def test_offline_nothing_is_asked(ask: Ask, faults: FaultServer, clock: list[float]) -> None:
    faults.holds("acme", manifest(layer()), BLOB)
    latest, version = (OciRef(faults.host, "acme", tag) for tag in ("latest", "v1.0.0"))
    assert ask(latest, offline=True) == Failure(
        "offline",
        f"{latest} was not looked up: `offline` is set, and no copy is in the cache.",
    )
    ask(latest)
    ask(version)
    methods(faults)
    clock[0] += FRESH + 1
    for ref, late in ((latest, True), (version, False)):
        found = ask(ref, offline=True)
        assert isinstance(found, Artifact)
        assert found.text == TEXT
        assert (found.stale is not None) == late
    assert faults.requests == []


def test_a_damaged_cache_is_filled_again(ask: Ask, faults: FaultServer, fetcher: Fetcher) -> None:
    ref = faults.holds("acme", manifest(layer()), BLOB)
    ask(ref)
    for path in [path for path in fetcher.cache.folder.rglob("*") if path.is_file()]:
        path.write_bytes(b"damage")
    assert text(ask(ref)) == TEXT
    methods(faults)
    assert text(ask(ref)) == TEXT
    assert methods(faults) == []


def test_a_cache_that_cannot_be_written_costs_only_time(
    tmp_path: Path, faults: FaultServer
) -> None:
    (tmp_path / "file").touch()
    fetcher = Fetcher(Cache(tmp_path / "file"), Access(total=5))
    ref = faults.holds("acme", manifest(layer()), BLOB)
    for _ in range(2):
        assert text(fetcher.fetch(ref, Settings()).result(30)) == TEXT
    fetcher.close()


def test_a_failure_is_not_kept(ask: Ask, faults: FaultServer) -> None:
    ref = faults.holds("acme", b"junk")
    assert isinstance(ask(ref), Failure)
    faults.holds("acme", manifest(layer()), BLOB)
    assert text(ask(ref)) == TEXT


def test_settings_name_the_authority_of_a_registry(
    ask: Ask, certificates: Certificates, tmp_path: Path
) -> None:
    with FaultServer(tls=(certificates.certificate, certificates.key)) as secure:
        ref = secure.holds("acme", manifest(layer()), BLOB)
        answer = ask(ref)
        assert isinstance(answer, Failure)
        assert answer.kind == "tls"
        (tmp_path / "certs").mkdir()
        (tmp_path / "certs" / "ca.pem").write_bytes(certificates.ca.read_bytes())
        registries = {secure.host: {"ca": "certs/ca.pem"}}
        folder = files.uri_of(tmp_path) + "/"
        assert text(ask(ref, registries=registries, folder=folder)) == TEXT


# Mirrors


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "w" / "mirror"
    folder.mkdir(parents=True)
    return folder


def at(
    tmp_path: Path, mirror: str = "mirror/", prefix: str = "registry.example.com/team"
) -> dict[str, object]:
    return {
        "registries": {prefix: {"mirror": mirror}},
        "folder": files.uri_of(tmp_path / "w") + "/",
        "offline": True,
    }  # fmt: skip


REF = "oci://registry.example.com/team/sales/manifest:v1.0.0"


def write(folder: Path, tag: str, content: str = TEXT) -> str:
    digest = layout.write(folder, tag, artifact.package(content, {}))
    assert isinstance(digest, str), digest
    return digest


def test_a_layout_of_the_repositorys_own_stands_in(ask: Ask, tmp_path: Path, mirror: Path) -> None:
    digest = write(mirror / "sales" / "manifest", "v1.0.0")
    found = ask(REF, **at(tmp_path))
    assert isinstance(found, Artifact), found
    assert (found.ref, found.digest, found.text) == (REF, digest, TEXT)
    assert found.read_from == str(mirror / "sales" / "manifest")
    assert text(ask(f"{REF.rpartition(':')[0]}@{digest}", **at(tmp_path))) == TEXT


@pytest.mark.parametrize(
    "name",
    [
        "registry.example.com/team/sales/manifest:v1.0.0",
        "sales/manifest:v1.0.0",
        "manifest:v1.0.0",
        "v1.0.0",
    ],
)
def test_one_layout_for_many_is_read_by_names(
    ask: Ask, tmp_path: Path, mirror: Path, name: str
) -> None:
    write(mirror, name)
    assert text(ask(REF, **at(tmp_path))) == TEXT


def test_a_bare_tag_among_full_names_is_of_another_repository(
    ask: Ask, tmp_path: Path, mirror: Path
) -> None:
    write(mirror, "v1.0.0")
    write(mirror, "other/manifest:v2.0.0")
    found = ask(REF, **at(tmp_path))
    assert isinstance(found, Failure)
    assert found.kind == "not-found"
    assert found.message.endswith("; it has other/manifest:v2.0.0, v1.0.0.")
    whole = at(tmp_path, prefix="registry.example.com/team/sales/manifest")
    assert text(ask(REF, **whole)) == TEXT


@pytest.mark.parametrize(
    "name",
    [
        "sales/manifest/v1.0.0.yaml",
        "sales/manifest/v1.0.0/manifest.yaml",
        "sales/manifest.yml",
        "sales/manifest/manifest.yaml",
        "manifest/v1.0.0.yaml",
        "manifest.yaml",
    ],
)
def test_a_plain_file_stands_in(ask: Ask, tmp_path: Path, mirror: Path, name: str) -> None:
    (mirror / name).parent.mkdir(parents=True, exist_ok=True)
    (mirror / name).write_text(TEXT)
    found = ask(REF, **at(tmp_path))
    assert isinstance(found, Artifact), found
    assert (found.ref, found.text) == (REF, TEXT)
    assert found.read_from == str(mirror / name)


def test_the_file_of_the_very_version_comes_first(ask: Ask, tmp_path: Path, mirror: Path) -> None:
    (mirror / "sales").mkdir()
    (mirror / "sales" / "manifest.yaml").write_text(OTHER)
    (mirror / "sales" / "manifest").mkdir()
    (mirror / "sales" / "manifest" / "v1.0.0.yaml").write_text(TEXT)
    assert text(ask(REF, **at(tmp_path))) == TEXT
    assert text(ask(REF.replace("v1", "v2"), **at(tmp_path))) == OTHER


def test_one_file_may_stand_in_for_all(ask: Ask, tmp_path: Path, mirror: Path) -> None:
    (mirror / "any.yaml").write_text(TEXT)
    assert text(ask(REF, **at(tmp_path, "mirror/any.yaml"))) == TEXT
    assert text(ask(REF, **at(tmp_path, str(mirror / "any.yaml")))) == TEXT


def test_plain_files_have_no_digests(ask: Ask, tmp_path: Path, mirror: Path) -> None:
    (mirror / "manifest.yaml").write_text(TEXT)
    found = ask(f"{REF}@{artifact.digest_of(b'x')}", **at(tmp_path))
    assert isinstance(found, Failure)
    assert found.kind == "not-found"
    assert "names a digest, which plain files in" in found.message


def test_a_mirror_without_the_file_says_where_it_was_looked_for(
    ask: Ask, tmp_path: Path, mirror: Path
) -> None:
    assert ask(REF, **at(tmp_path)) == Failure(
        "not-found",
        f"{mirror} stands in for {REF}, but there is no file {mirror / 'sales/manifest.yaml'}.",
    )
    assert ask(REF, **at(tmp_path, "elsewhere")) == Failure(
        "not-found",
        f"There is no folder {tmp_path / 'w/elsewhere'}, which is to stand in for {REF}.",
    )


def test_another_registry_stands_in_under_the_first_ones_name(
    ask: Ask, faults: FaultServer, tmp_path: Path
) -> None:
    faults.holds("acme", manifest(layer()), BLOB)
    settings = {
        "registries": {
            "registry.example.com": {"mirror": f"oci://{faults.host}/"},
            "registry.example.com/team": {"mirror": "nowhere"},
        }
    }
    found = ask("oci://registry.example.com/acme:v1.0.0", **settings)
    assert isinstance(found, Artifact), found
    assert found.ref == "oci://registry.example.com/acme:v1.0.0"
    assert found.read_from == f"oci://{faults.host}/acme:v1.0.0"


def test_mirrors_do_not_lead_in_circles(ask: Ask) -> None:
    circle = {
        "a.invalid": {"mirror": "oci://b.invalid"},
        "b.invalid": {"mirror": "oci://a.invalid"},
    }
    found = ask("oci://a.invalid/acme:v1", registries=circle)
    assert isinstance(found, Failure)
    assert found.kind == "unreachable"
    assert "b.invalid" in found.message


# Files


def test_files_are_fetched_by_uri_and_by_path(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "a b.yaml"
    path.write_text(TEXT)
    for target in (files.uri_of(path), str(path)):
        found = ask(target)
        assert isinstance(found, Artifact)
        assert (found.ref, found.text, found.title) == (target, TEXT, "a b.yaml")
        assert found.digest == artifact.digest_of(TEXT.encode())
    found = ask(str(tmp_path / "no.yaml"))
    assert isinstance(found, Failure)
    assert found.kind == "not-found"


def test_what_is_no_reference_is_a_failure(ask: Ask) -> None:
    found = ask("oci://registry.example.com/Acme:v1")
    assert isinstance(found, Failure)
    assert found.kind == "invalid"


# In the background


def test_a_question_that_is_being_asked_is_not_asked_again(
    fetcher: Fetcher, faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = threading.Event(), threading.Event()
    real = registry.pull

    def waiting(*arguments: object) -> Artifact | Failure:
        begun.set()
        go.wait()
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(registry, "pull", waiting)
    ref = faults.holds("acme", manifest(layer()), BLOB)
    first = fetcher.fetch(ref, Settings())
    begun.wait()
    assert fetcher.fetch(ref, Settings()) is first
    assert fetcher.fetch(OciRef(faults.host, "acme", "v1.0.0"), Settings()) is first
    assert fetcher.fetch(ref, Settings(offline=True)) is not first
    go.set()
    assert text(first.result(30)) == TEXT
    later = fetcher.fetch(ref, Settings())
    assert later is not first
    assert text(later.result(30)) == TEXT


def test_one_that_hangs_does_not_stop_the_others(fetcher: Fetcher, faults: FaultServer) -> None:
    hanging = fetcher.fetch(f"oci://{faults.host}/hang:v1", Settings())
    ref = faults.holds("acme", manifest(layer()), BLOB)
    assert text(fetcher.fetch(ref, Settings()).result(30)) == TEXT
    assert not hanging.done()
    faults.over.set()
    assert isinstance(hanging.result(30), Failure)


def test_whatever_happens_is_an_answer_without_secrets(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("s3cret")

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(registry, "pull", broken)
    answer = fetcher.fetch("oci://registry.example.com/acme:v1", Settings()).result(30)
    assert answer == Failure(
        "server", "oci://registry.example.com/acme:v1 could not be fetched: LookupError."
    )
    assert "LookupError" in caplog.text
    assert "s3cret" not in caplog.text


def test_after_closing_nothing_is_asked(fetcher: Fetcher) -> None:
    fetcher.close()
    assert fetcher.fetch("oci://registry.example.com/acme:v1", Settings()).cancelled()


def test_what_waits_is_cancelled_by_closing(
    tmp_path: Path, faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = threading.Event(), threading.Event()

    def waiting(*_: object) -> Failure:
        begun.set()
        go.wait()
        return Failure("timeout", "It took its time.")

    monkeypatch.setattr(registry, "pull", waiting)
    fetcher = Fetcher(Cache(tmp_path), workers=1)
    running = fetcher.fetch(f"oci://{faults.host}/first:v1", Settings())
    begun.wait()
    queued = fetcher.fetch(f"oci://{faults.host}/second:v1", Settings())
    fetcher.close()
    assert queued.cancelled()
    go.set()
    assert running.result(30) == Failure("timeout", "It took its time.")


def test_a_process_ends_while_a_fetch_hangs(tmp_path: Path, faults: FaultServer) -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from floe_ls.remote.cache import Cache\nfrom floe_ls.remote.fetch import Fetcher\n"
        "from floe_ls.remote.registry import Access\nfrom floe_ls.settings import Settings\n"
        "fetcher = Fetcher(Cache(Path(sys.argv[1])), Access(total=600))\n"
        "fetcher.fetch(sys.argv[2], Settings())\nprint('asked')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path, f"oci://{faults.host}/hang:v1"],
        cwd=Path(files.__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "asked\n"
    assert done.stderr == ""


# What can be said at once


def test_what_is_in_the_cache_is_known_without_asking(
    ask: Ask, fetcher: Fetcher, faults: FaultServer, clock: list[float]
) -> None:
    ref = OciRef(faults.host, "acme", "latest")
    faults.holds("acme", manifest(layer()), BLOB)
    assert fetcher.known(ref, Settings()) is None
    ask(ref)
    faults.requests.clear()
    known = fetcher.known(ref, Settings())
    assert known is not None
    assert (known[0].text, known[1]) == (TEXT, True)
    clock[0] += FRESH + 1
    known = fetcher.known(ref, Settings())
    assert known is not None
    assert (known[0].text, known[1]) == (TEXT, False)
    assert fetcher.known(ref, Settings(allow=())) is None
    content = fetcher.content(ref.registry, ref.repository, known[0].digest)
    assert content is not None
    assert content.text == TEXT
    assert faults.requests == []


def test_another_registrys_copy_is_known_under_the_first_ones_name(
    ask: Ask, fetcher: Fetcher, faults: FaultServer
) -> None:
    faults.holds("acme", manifest(layer()), BLOB)
    settings = {"registries": {"registry.example.com": {"mirror": f"oci://{faults.host}"}}}
    ref = OciRef("registry.example.com", "acme", "v1.0.0")
    ask(ref, **settings)
    known = fetcher.known(ref, Settings(**settings))
    assert known is not None
    assert (known[0].ref, known[0].read_from) == (str(ref), f"oci://{faults.host}/acme:v1.0.0")


# Tags


def test_tags_come_newest_first_and_are_asked_for_once_in_ten_minutes(
    fetcher: Fetcher, faults: FaultServer, clock: list[float]
) -> None:
    ref = OciRef(faults.host, "paged", "v1.0.0")
    names = ("v1.4.0", "v1.3.0", "v1.2.0", "v1.1.0", "v1.0.0")
    first = clock[0]
    assert fetcher.known_tags(ref) is None
    assert fetcher.tags(ref, Settings()).result(30) == Tags(names, first)
    faults.requests.clear()
    clock[0] += TAGS_FRESH - 1
    assert fetcher.tags(ref, Settings()).result(30) == Tags(names, first)
    assert fetcher.known_tags(ref) == Tags(names, first)
    assert faults.requests == []
    clock[0] += 2
    assert fetcher.tags(ref, Settings(offline=True)).result(30) == Tags(names, first)
    assert fetcher.tags(ref, Settings()).result(30) == Tags(names, clock[0])
    assert faults.requests != []


def test_tags_that_cannot_be_had_are_the_old_ones_or_a_sentence(
    fetcher: Fetcher, faults: FaultServer
) -> None:
    ref = OciRef(faults.host, "e500", "v1.0.0")
    found = fetcher.tags(ref, Settings()).result(30)
    assert isinstance(found, Failure)
    assert found.kind == "server"
    old = fetcher.cache.remember_tags(ref, ("v1.0.0",))
    assert fetcher.tags(ref, Settings(), refresh=True).result(30) == Tags(
        ("v1.0.0",), old.looked_at
    )
    found = fetcher.tags(OciRef(faults.host, "m"), Settings(offline=True)).result(30)
    assert found == Failure(
        "offline", f"The tags of oci://{faults.host}/m were not looked up: `offline` is set."
    )


def test_layouts_have_the_tags_of_their_repositories(fetcher: Fetcher, tmp_path: Path) -> None:
    package = artifact.package(TEXT, {})
    layout.write(tmp_path / "own" / "sales" / "manifest", "v1.0.0", package)
    for name in ("sales/manifest:v1.0.0", "manifest:v2.0.0", "other/manifest:v3.0.0"):
        layout.write(tmp_path / "all", name, package)
    found = {}
    for mirror in ("own", "all", "none"):
        settings = Settings(
            folder=files.uri_of(tmp_path), registries={"h/team": {"mirror": mirror}}
        )
        answer = fetcher.tags(OciRef("h", "team/sales/manifest"), settings).result(30)
        found[mirror] = answer.names if isinstance(answer, Tags) else answer.kind
    assert found == {"own": ("v1.0.0",), "all": ("v2.0.0", "v1.0.0"), "none": "not-found"}


# Who is asked


def test_only_allowed_registries_are_asked(ask: Ask, faults: FaultServer) -> None:
    ref = faults.holds("team/acme", manifest(layer()), BLOB)
    refused = Failure(
        "blocked",
        f"{ref} was not looked up: `registries.allow` in the settings does not name {faults.host}.",
    )
    for allow in ((), ("registry.example.com",), (f"{faults.host}/te",), ("*.0.0.1",)):
        expected: object = refused if allow != ("*.0.0.1",) else TEXT
        found = ask(ref, allow=allow)
        assert (found.text if isinstance(found, Artifact) else found) == expected
        faults.requests.clear()
    for allow in ((faults.host,), ("127.0.0.1",), (f"{faults.host}/team",)):
        assert text(ask(ref, allow=allow)) == TEXT
    mirrored = {"registry.example.com": {"mirror": f"oci://{faults.host}"}}
    found = ask(
        "oci://registry.example.com/m:v1", registries=mirrored, allow=("registry.example.com",)
    )
    assert isinstance(found, Failure)
    assert found.kind == "blocked"
    assert faults.requests == []


def test_an_untrusted_workspace_uses_no_network_and_no_file_outside(
    ask: Ask, faults: FaultServer, tmp_path: Path
) -> None:
    ref = faults.holds("acme", manifest(layer()), BLOB)
    inside, outside = tmp_path / "w", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "m.yaml").write_text(TEXT)
    (inside / "link.yaml").symlink_to(outside / "m.yaml")
    within = {"within": (files.uri_of(inside) + "/",), "folder": files.uri_of(inside)}
    found = ask(ref, **within)
    assert found == Failure(
        "untrusted",
        f"{ref} was not looked up: this workspace is not trusted, and no copy is in the cache.",
    )
    assert faults.requests == []
    assert text(ask(str(inside / "m.yaml"), **within)) == TEXT
    for path in (outside / "m.yaml", inside / "link.yaml", inside / ".." / "outside" / "m.yaml"):
        assert ask(str(path), **within) == Failure(
            "untrusted",
            f"{path} is outside of this workspace, which is not trusted: it was not read.",
        )
    for mirror in ("../outside", str(outside / "m.yaml"), "link.yaml"):
        found = ask("oci://h/m:v1", registries={"h": {"mirror": mirror}}, **within)
        assert isinstance(found, Failure)
        assert found.kind == "untrusted", mirror
    assert text(ask("oci://h/m:v1", registries={"h": {"mirror": "m.yaml"}}, **within)) == TEXT


# Rest


def test_a_reference_that_failed_is_left_alone_for_a_while(
    ask: Ask, faults: FaultServer, clock: list[float]
) -> None:
    ref = f"oci://{faults.host}/e500:v1"
    waits = []
    for _ in range(7):
        found = ask(ref)
        assert isinstance(found, Failure)
        assert methods(faults) == ["GET"]
        assert found.since == 1_000_000.0
        assert found.again is not None
        waits.append(found.again - clock[0])
        again = ask(ref)
        assert again == found
        assert methods(faults) == []
        clock[0] = found.again
    assert waits == [5, 15, 45, 135, 300, 300, 300]
    assert isinstance(ask(ref, refresh=True), Failure)
    assert methods(faults) == ["GET"]


def test_how_long_a_registry_wants_to_rest_is_its_own_to_say(
    ask: Ask, faults: FaultServer, clock: list[float]
) -> None:
    found = ask(f"oci://{faults.host}/e429:v1")
    assert isinstance(found, Failure)
    assert found.again == clock[0] + 7
    methods(faults)
    other = ask(f"oci://{faults.host}/ok:v1")  # the limit is the host's
    assert other == Failure(
        "rate-limit",
        f"oci://{faults.host}/ok:v1 was not asked for, since its registry is in trouble: {found.message}",
        7,
    )
    assert methods(faults) == []
    clock[0] += 7
    assert text(ask(f"oci://{faults.host}/ok:v1")) == TEXT


def test_what_cannot_pass_by_itself_is_asked_for_again_at_once(
    ask: Ask, faults: FaultServer
) -> None:
    for fault in ("e404", "e403", "junk"):
        for _ in range(2):
            found = ask(f"oci://{faults.host}/{fault}:v1")
            assert isinstance(found, Failure)
            assert found.again is None
        assert methods(faults) == ["GET", "GET"]


def test_a_host_that_hangs_again_and_again_is_left_alone(
    tmp_path: Path, faults: FaultServer
) -> None:
    access = Access(total=0.2, connect=0.2, lookup=lambda _: Found())
    with closing(Fetcher(Cache(tmp_path), access)) as fetcher:
        for number in range(3):
            # Before the third a host is asked for other things; after it, for nothing.
            found = fetcher.fetch(f"oci://{faults.host}/hang:v{number}", Settings()).result(30)
            assert isinstance(found, Failure)
            assert found.kind == "timeout"
        asked = len(faults.requests)
        found = fetcher.fetch(f"oci://{faults.host}/ok:v1", Settings()).result(30)
        assert isinstance(found, Failure)
        assert found.message.startswith(f"oci://{faults.host}/ok:v1 was not asked for, since")
        assert len(faults.requests) == asked


# Nobody waits any more


def test_what_nobody_needs_is_ended(tmp_path: Path, faults: FaultServer) -> None:
    access = Access(total=600, lookup=lambda _: Found())
    with closing(Fetcher(Cache(tmp_path), access, workers=1)) as fetcher:
        target = f"oci://{faults.host}/hang:v1"
        first, second = fetcher.fetch(target, Settings()), fetcher.fetch(target, Settings())
        queued = fetcher.fetch(f"oci://{faults.host}/ok:v1", Settings())
        fetcher.cancel(first)
        assert not first.done()  # somebody else waits for it
        fetcher.cancel(queued)
        assert queued.cancelled()
        while not any("hang" in request.path for request in faults.requests):
            faults.over.wait(0.01)
        fetcher.cancel(second)
        assert second.result(30) == Failure("cancelled", f"Nobody needs {target} any more.")
        answer = fetcher.fetch(f"oci://{faults.host}/ok:v1", Settings()).result(30)
        assert text(answer) == TEXT
