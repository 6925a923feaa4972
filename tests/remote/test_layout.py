"""OCI image layout folders, our own and those of others."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
from pathlib import Path

from floe_ls.remote import artifact, layout
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.failure import Failure
from remote.registries import Registries
from tools import needs

TEXT = "kind: Manifest\nname: acme\n"


def written(folder: Path, tag: str = "v1.0.0", text: str = TEXT) -> str:
    digest = layout.write(folder, tag, artifact.package(text, {"x": tag}))
    assert isinstance(digest, str), digest
    return digest


def test_what_is_written_is_read_by_tag_and_by_digest(tmp_path: Path) -> None:
    first = written(tmp_path / "lay")
    second = written(tmp_path / "lay", "v1.1.0", TEXT + "# more\n")
    for name, digest, text in (("v1.0.0", first, TEXT), ("v1.1.0", second, TEXT + "# more\n")):
        for key in (name, digest):
            found = layout.read(tmp_path / "lay", key, "oci://h/m:v1")
            assert isinstance(found, Artifact)
            assert (found.digest, found.text, found.ref) == (digest, text, "oci://h/m:v1")
    assert layout.tags(tmp_path / "lay") == ("v1.0.0", "v1.1.0")
    assert layout.is_layout(tmp_path / "lay")
    assert not layout.is_layout(tmp_path)


def test_a_tag_that_is_written_again_moves(tmp_path: Path) -> None:
    first = written(tmp_path, "latest")
    second = written(tmp_path, "latest", "kind: Manifest\n")
    assert layout.tags(tmp_path) == ("latest",)
    for key, text in (("latest", "kind: Manifest\n"), (first, TEXT), (second, "kind: Manifest\n")):
        found = layout.read(tmp_path, key)
        assert isinstance(found, Artifact)
        assert found.text == text


def test_the_first_name_that_is_there_counts(tmp_path: Path) -> None:
    written(tmp_path, "sales:v1")
    found = layout.read(tmp_path, ["h/sales:v1", "sales:v1", "v1"])
    assert isinstance(found, Artifact)


def test_a_missing_tag_says_which_there_are(tmp_path: Path) -> None:
    written(tmp_path)
    assert layout.read(tmp_path, "v2") == Failure(
        "not-found", f"The layout {tmp_path} has no v2; it has v1.0.0."
    )


def test_the_only_artifact_needs_no_name(tmp_path: Path) -> None:
    written(tmp_path)
    assert isinstance(layout.read(tmp_path, []), Artifact)
    written(tmp_path, "v2")
    assert isinstance(layout.read(tmp_path, []), Failure)


def test_a_folder_without_an_index_is_no_layout(tmp_path: Path) -> None:
    assert layout.read(tmp_path, "v1") == Failure(
        "not-found", f"{tmp_path} is no OCI image layout: no index.json."
    )
    assert isinstance(layout.tags(tmp_path), Failure)


def test_a_broken_index_is_a_failure(tmp_path: Path) -> None:
    for text in ("", "[]", "{}", '{"manifests": [1]}', "[" * 100_000):
        (tmp_path / "index.json").write_text(text)
        found = layout.read(tmp_path, "v1")
        assert found == Failure(
            "not-artifact", f"{tmp_path / 'index.json'} is no index of an OCI image layout."
        )


def test_an_entry_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    digest = written(tmp_path / "lay")
    (tmp_path / "secret").write_text("s3cret")
    index = tmp_path / "lay" / "index.json"
    index.write_text(index.read_text().replace(digest, "../../secret:"))
    found = layout.read(tmp_path / "lay", "v1.0.0")
    assert isinstance(found, Failure)
    assert found.kind == "not-artifact"
    assert isinstance(layout.read(tmp_path / "lay", "sha256:../../../secret"), Failure)


def test_changed_and_missing_blobs_are_noticed(tmp_path: Path) -> None:
    digest = written(tmp_path)
    blobs = tmp_path / "blobs" / "sha256"
    layer = blobs / artifact.digest_of(TEXT.encode()).partition(":")[2]
    layer.write_text(TEXT.replace("acme", "evil"))
    found = layout.read(tmp_path, "v1.0.0")
    assert isinstance(found, Failure)
    assert found.kind == "digest"
    layer.unlink()
    assert layout.read(tmp_path, "v1.0.0") == Failure(
        "not-found",
        f"The layout {tmp_path} lacks manifest.yaml"
        f" ({artifact.short(artifact.digest_of(TEXT.encode()))}), which its index names: it was"
        " not copied whole.",
    )
    manifest = blobs / digest.partition(":")[2]
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    found = layout.read(tmp_path, "v1.0.0")
    assert isinstance(found, Failure)
    assert found.kind == "digest"


def test_a_pipe_in_the_place_of_a_blob_is_not_waited_for(tmp_path: Path) -> None:
    digest = written(tmp_path)
    blob = tmp_path / "blobs" / "sha256" / digest.partition(":")[2]
    blob.unlink()
    os.mkfifo(blob)
    found = layout.read(tmp_path, "v1.0.0")
    assert isinstance(found, Failure)
    assert found.kind == "io"


def test_a_folder_of_other_things_is_not_made_a_layout(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    found = layout.write(tmp_path, "v1", artifact.package(TEXT, {}))
    assert found == Failure("invalid", f"{tmp_path} is not empty, and no OCI image layout.")
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_place_of_the_folder_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "lay").touch()
    found = layout.write(tmp_path / "lay", "v1", artifact.package(TEXT, {}))
    assert isinstance(found, Failure)
    assert found.kind == "io"


def test_all_who_write_at_once_are_in_the_index(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [
        spawn.Process(target=_write_tags, args=(tmp_path / "lay", number)) for number in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    expected = {f"v{number}.{minor}.0" for number in range(4) for minor in range(5)}
    assert {*(layout.tags(tmp_path / "lay") or ())} == expected
    assert not [*tmp_path.rglob(".new-*")]


def _write_tags(folder: Path, number: int) -> None:
    for minor in range(5):
        tag = f"v{number}.{minor}.0"
        assert isinstance(layout.write(folder, tag, artifact.package(tag, {})), str)


def test_skopeo_reads_our_layout_and_we_read_its(tmp_path: Path, registries: Registries) -> None:
    skopeo = needs("skopeo")
    digest = written(tmp_path / "ours")
    there = f"docker://{registries.plain}/layouts/manifest:v1.0.0"
    copy = [skopeo, "--insecure-policy", "copy", "-q"]
    subprocess.run(
        [*copy, "--dest-tls-verify=false", f"oci:{tmp_path / 'ours'}:v1.0.0", there],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [*copy, "--src-tls-verify=false", there, f"oci:{tmp_path / 'theirs'}:v1.0.0"],
        check=True,
        capture_output=True,
    )
    found = layout.read(tmp_path / "theirs", "v1.0.0")
    assert isinstance(found, Artifact)
    assert (found.digest, found.text) == (digest, TEXT)
    assert layout.tags(tmp_path / "theirs") == ("v1.0.0",)


def test_oras_accepts_our_layout_and_we_read_its(tmp_path: Path, registries: Registries) -> None:
    from oras.layout import NewLayout, NewLayoutFromRegistry
    from oras.provider import Registry

    digest = written(tmp_path / "ours")
    ours = NewLayout(str(tmp_path / "ours"))
    ours.validate()
    client = Registry(insecure=True)
    there = f"{registries.plain}/layouts/by-oras:v1.0.0"
    ours.push_to_registry(client, there, tag="v1.0.0")
    NewLayoutFromRegistry(str(tmp_path / "theirs"), client, there, tag="v1.0.0")
    client.session.close()
    found = layout.read(tmp_path / "theirs", "v1.0.0")
    assert isinstance(found, Artifact)
    assert found.text == TEXT
    assert json.loads((tmp_path / "ours" / "oci-layout").read_text()) == {
        "imageLayoutVersion": "1.0.0"
    }
    assert digest
