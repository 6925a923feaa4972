"""Publishing to a registry and to a layout folder."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from floe_ls.chain.ref import OciRef
from floe_ls.remote import artifact, files, layout, registry
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.cache import Cache
from floe_ls.remote.failure import Failure
from floe_ls.remote.fetch import Fetcher
from floe_ls.remote.publish import LayoutTarget, Published, publish, target_of
from floe_ls.settings import Settings
from remote.fault_server import FaultServer
from remote.registries import Registries

TEXT = "# ours\nkind: Manifest\nname: acme\n"
OTHER = "kind: Manifest\nname: other\n"


@pytest.fixture(params=["registry", "layout"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where to, up to the tag; a new one for each test."""
    if request.param == "layout":
        return str(tmp_path / "mirror" / "acme")
    registries: Registries = request.getfixturevalue("registries")
    return f"oci://{registries.plain}/publish/{tmp_path.name.replace('[', '-').strip(']')}"


def there(target: str) -> Artifact:
    where = target_of(target)
    assert not isinstance(where, Failure)
    found = (
        registry.pull(where) if isinstance(where, OciRef) else layout.read(where.folder, where.tag)
    )
    assert isinstance(found, Artifact), found
    return found


def test_what_is_published_is_there_byte_for_byte(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    target = f"{place}:v1.2.0"
    done = publish(TEXT, target, name="acme", version="1.2.0", scope="enterprise")
    assert isinstance(done, Published), done
    found = there(target)
    assert done == Published(target, found.digest)
    assert found.text == TEXT
    assert (found.title, found.media_type) == (
        "manifest.yaml",
        "application/vnd.floe.manifest.v1+yaml",
    )
    assert found.annotations == {
        "io.floe.manifest.name": "acme",
        "io.floe.manifest.scope": "enterprise",
        "io.floe.manifest.version": "1.2.0",
        "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
        "org.opencontainers.image.title": "acme",
        "org.opencontainers.image.version": "1.2.0",
    }


def test_a_version_does_not_change_save_by_force(place: str) -> None:
    target = f"{place}:v1.0.0"
    first = publish(TEXT, target)
    assert isinstance(first, Published)
    refused = publish(OTHER, target)
    assert isinstance(refused, Failure)
    assert refused.kind == "blocked"
    assert refused.message == (
        f"{target} is published already, with other content ({first.digest[:19]}…). A version does"
        " not change: publish under a new one, or use --force."
    )
    assert there(target).text == TEXT
    forced = publish(OTHER, target, force=True)
    assert isinstance(forced, Published)
    assert there(target).text == OTHER


def test_the_cache_learns_of_a_version_that_was_replaced(
    registries: Registries, cache: Cache
) -> None:
    ref = OciRef(registries.plain, "publish/forced", "v1.0.0")
    with closing(Fetcher(cache)) as fetcher:
        for text, force in ((TEXT, False), (OTHER, True)):
            assert isinstance(publish(text, str(ref), force=force, cache=cache), Published)
            found = fetcher.fetch(ref, Settings(offline=True)).result(30)
            assert isinstance(found, Artifact)
            assert found.text == text
            assert found.before == ""  # whoever changed it knows


def test_text_that_cannot_be_written_is_not_published(tmp_path: Path) -> None:
    found = publish("name: \ud800", f"{tmp_path / 'lay'}:v1")
    assert found == Failure("encoding", "The manifest holds characters that UTF-8 cannot write.")


def test_the_same_content_again_is_no_change(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target = f"{place}:v1.0.0"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first = publish(TEXT, target)
    assert isinstance(first, Published)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert publish(TEXT, target) == Published(target, first.digest, unchanged=True)


def test_other_tags_may_move(place: str) -> None:
    for tag in ("latest", "dev", "v1"):
        assert isinstance(publish(TEXT, f"{place}:{tag}"), Published)
        assert isinstance(publish(OTHER, f"{place}:{tag}"), Published)
        assert there(f"{place}:{tag}").text == OTHER


def test_a_version_that_is_something_else_stays_too(registries: Registries) -> None:
    ref = OciRef(registries.plain, "publish/compiled", "v1.0.0")
    from floe_ls.remote import artifact

    made = artifact.package("{}", {})
    renamed = made.manifest.replace(b"manifest.yaml", b"compiled.json").replace(b"+yaml", b"+json")
    assert isinstance(registry.push(ref, artifact.Package(renamed, made.layer)), str)
    refused = publish(TEXT, str(ref))
    assert isinstance(refused, Failure)
    assert refused.kind == "blocked"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("oci://registry.example.com/acme", "has no tag: add the version, as in"),
        ("oci://registry.example.com/Acme:v1", "is no reference. Repositories are written in"),
        (f"oci://h.example.com/acme@sha256:{'a' * 64}", "names a digest, which follows from"),
        ("mirror/acme", "has no tag: write oci://host/name:tag for a registry, or folder:tag"),
        ("mirror:a/b", "has no tag: write"),
        (":v1", "has no tag: write"),
        ("", "has no tag: write"),
    ],
)
def test_a_target_that_makes_no_sense_is_explained(target: str, words: str) -> None:
    found = publish(TEXT, target)
    assert isinstance(found, Failure)
    assert found.kind == "invalid"
    assert words in found.message


def test_a_layout_may_be_named_as_one() -> None:
    assert target_of("oci-layout:a/b:v1") == LayoutTarget(Path("a/b"), "v1")
    assert target_of("a/b:v1") == LayoutTarget(Path("a/b"), "v1")
    assert target_of("C:/a/b:v1") == LayoutTarget(Path("C:/a/b"), "v1")
    assert str(target_of("oci-layout:a/b:v1")) == "a/b:v1"


def test_a_registry_that_cannot_be_asked_is_not_written_to(faults: FaultServer) -> None:
    for fault in ("e401", "e403", "e500", "closes"):
        faults.requests.clear()
        found = publish(TEXT, f"oci://{faults.host}/{fault}:v1.0.0")
        assert isinstance(found, Failure)
        assert {request.method for request in faults.requests} == {"GET"}


def test_a_manifest_over_the_limit_is_not_published(tmp_path: Path) -> None:
    found = publish("#" * ((16 << 20) + 1), f"{tmp_path / 'lay'}:v1")
    assert found == Failure("too-large", "The manifest is larger than 16 MiB.")
    assert not (tmp_path / "lay").exists()


# To mirrors


def settings_at(folder: Path, **registries: dict[str, object]) -> Settings:
    table = {key.replace("__", "/"): value for key, value in registries.items()}
    return Settings(folder=files.uri_of(folder), registries=table)  # type: ignore[arg-type]


def read_back(ref: str, settings: Settings, cache: Cache) -> Artifact | Failure:
    with closing(Fetcher(cache)) as fetcher:
        return fetcher.fetch(ref, settings).result(30)


@pytest.mark.parametrize("there", ["nothing", "own", "layout", "other layouts", "files", "file"])
def test_what_is_published_to_a_mirror_is_what_the_mirror_gives(
    tmp_path: Path, cache: Cache, there: str
) -> None:
    mirror = tmp_path / ("m.yaml" if there == "file" else "mirror")
    package = artifact.package(OTHER, {})
    match there:
        case "own":
            layout.write(mirror / "sales" / "up", "v0.1.0", package)
        case "layout":
            layout.write(mirror, "sales/up:v0.1.0", package)
        case "other layouts":
            layout.write(mirror / "hr" / "up", "v0.1.0", package)
        case "files":
            mirror.mkdir()
            (mirror / "other.yaml").write_text(OTHER)
        case "file":
            mirror.write_text(TEXT)
    settings = settings_at(tmp_path, h__team={"mirror": mirror.name})
    ref = "oci://h/team/sales/up:v1.0.0"
    done = publish(TEXT, ref, settings=settings, cache=cache)
    assert isinstance(done, Published), done
    found = read_back(ref, settings, cache)
    assert isinstance(found, Artifact), found
    assert (found.text, found.digest) == (TEXT, done.digest)
    again = publish(TEXT, ref, settings=settings, cache=cache)
    assert isinstance(again, Published)
    assert again.unchanged
    refused = publish(OTHER, ref, settings=settings, cache=cache)
    assert isinstance(refused, Failure)
    assert refused.kind == "blocked"
    forced = publish(OTHER, ref, settings=settings, cache=cache, force=True)
    assert isinstance(forced, Published), forced
    found = read_back(ref, settings, cache)
    assert isinstance(found, Artifact)
    assert found.text == OTHER


def test_another_registry_gets_what_is_published_to_the_first(
    registries: Registries, tmp_path: Path, cache: Cache
) -> None:
    settings = settings_at(tmp_path, h__team={"mirror": f"oci://{registries.plain}/mirrored"})
    done = publish(TEXT, "oci://h/team/up:v1.0.0", settings=settings, cache=cache)
    assert isinstance(done, Published), done
    assert done.ref == f"oci://{registries.plain}/mirrored/up:v1.0.0"
    assert there(done.ref).text == TEXT


def test_nothing_is_published_where_nothing_may_be_asked(tmp_path: Path) -> None:
    ref = "oci://registry.example.com/up:v1.0.0"
    assert publish(TEXT, ref, settings=Settings(offline=True)) == Failure(
        "offline", f"{ref} was not published: `offline` is set."
    )
    refused = publish(TEXT, ref, settings=Settings(allow=("other.example.com",)))
    assert isinstance(refused, Failure)
    assert refused.kind == "blocked"
    into_layout = publish(TEXT, f"{tmp_path / 'lay'}:v1", settings=Settings(offline=True))
    assert isinstance(into_layout, Published)
