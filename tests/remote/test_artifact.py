"""Which file in an artifact is the manifest, and whether its bytes are right."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floe_ls.remote import artifact
from floe_ls.remote.artifact import Artifact, Descriptor
from floe_ls.remote.failure import Failed, Failure
from remote.fault_server import OCI, digest, entry, index, layer, manifest

REF = "oci://h/m:v1"
YAML = b"kind: Manifest\n"


def found(data: bytes, *blobs: bytes) -> Artifact | Failure:
    by_digest = {digest(blob): blob for blob in blobs}

    def read(blob: Descriptor, limit: int) -> bytes:
        if blob.digest not in by_digest:
            raise Failed("not-found", "It is not there.")
        return by_digest[blob.digest][:limit]

    try:
        return artifact.assemble(REF, data, read, 1.0)
    except Failed as failed:
        return failed.failure


def title(*layers: tuple[bytes, dict[str, object]]) -> str | Failure:
    """The title of the layer that was chosen."""
    data = manifest(*(layer(blob, **more) for blob, more in layers))  # type: ignore[arg-type]
    answer = found(data, *(blob for blob, _ in layers))
    return answer.title if isinstance(answer, Artifact) else answer


def test_the_layer_named_manifest_is_chosen_over_other_yaml() -> None:
    other = (b"a: 1\n", {"title": "values.yaml"})
    assert title(other, (YAML, {"title": "sales-manifest.yml"})) == "sales-manifest.yml"
    assert title(other, (YAML, {"title": "platform/manifest.yaml"})) == "platform/manifest.yaml"


def test_the_plain_name_is_chosen_over_names_that_end_with_it() -> None:
    layers = ((b"a: 1\n", {"title": "old-manifest.yaml"}), (YAML, {"title": "manifest.yaml"}))
    assert title(*layers) == "manifest.yaml"


def test_the_only_yaml_layer_is_chosen_by_its_title_or_its_type() -> None:
    json_layer = (b"{}", {"title": "quality-gates.json"})
    assert title(json_layer, (YAML, {"title": "platform.yaml"})) == "platform.yaml"
    untitled = {"title": "", "mediaType": "application/vnd.floe.manifest.v1+yaml"}
    assert title(json_layer, (YAML, untitled)) == "manifest.yaml"


def test_several_yaml_layers_without_a_manifest_are_ambiguous() -> None:
    layers = ((YAML, {"title": "a.yaml"}), (b"b: 1\n", {"title": "b.yaml"}))
    assert title(*layers) == Failure(
        "not-manifest",
        f"{REF} holds several YAML files (a.yaml, b.yaml): name the one that is the manifest"
        " manifest.yaml.",
    )


def test_a_json_manifest_is_chosen_where_no_yaml_is() -> None:
    data = json.dumps({"kind": "Manifest"}).encode()
    answer = found(manifest(layer(data, "manifest.json")), data)
    assert isinstance(answer, Artifact)
    assert not answer.partial


def test_a_platform_artifact_is_partial() -> None:
    data = json.dumps({"kind": "PlatformArtifact"}).encode()
    compiled = layer(b"{}", "compiled_artifacts.json")
    answer = found(manifest(compiled, layer(data, "manifest.json")), data)
    assert isinstance(answer, Artifact)
    assert answer.partial


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"kind": "DataProduct"}', "has the kind 'DataProduct'; a parent is a Manifest."),
        (b"{}", "has no kind; a parent has the kind Manifest."),
        (b"[]", "has no kind; a parent has the kind Manifest."),
        (b"{", "is not JSON."),
        (b"[" * 100_000, "is not JSON."),
    ],
)
def test_other_json_is_no_manifest(data: bytes, words: str) -> None:
    answer = found(manifest(layer(data, "manifest.json")), data)
    assert answer == Failure("not-manifest", f"manifest.json in {REF} {words}")


def test_compiled_artifacts_are_no_parent() -> None:
    answer = found(manifest(layer(b"{}", "compiled_artifacts.json")), b"{}")
    assert answer == Failure(
        "not-manifest",
        f"{REF} holds compiled_artifacts.json, the result of compiling a product:"
        " it is no manifest and cannot be a parent.",
    )


def test_an_artifact_of_other_files_is_no_manifest() -> None:
    answer = found(manifest(layer(b"{}", "a.json"), layer(b"x", "b.txt")), b"{}")
    assert answer == Failure(
        "not-manifest",
        f"{REF} holds no manifest.yaml, but a.json, b.txt: publish one with `floe-ls publish`.",
    )
    assert isinstance(found(manifest()), Failure)


def test_a_container_image_is_no_artifact() -> None:
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(b"{}")}
    answer = found(manifest(layer(), config={**config, "size": 2}))
    assert answer == Failure(
        "not-artifact", f"{REF} is a container image, not a platform manifest."
    )


def test_an_index_is_followed_one_step() -> None:
    inner = manifest(layer(YAML), annotations={"io.floe.manifest.name": "acme"})
    data = index(entry(inner))
    answer = found(data, inner, YAML)
    assert isinstance(answer, Artifact)
    assert answer.digest == digest(data)
    assert answer.text == YAML.decode()
    assert answer.annotations == {"io.floe.manifest.name": "acme"}
    assert isinstance(found(index(entry(data)), data, inner, YAML), Failure)


def test_the_entry_of_an_index_that_is_for_no_platform_is_meant() -> None:
    ours, amd, attested = (manifest(layer(YAML, n)) for n in ("manifest.yaml", "a.yaml", "b.yaml"))
    attestation = {"annotations": {"vnd.docker.reference.type": "attestation-manifest"}}
    platform = {"platform": {"os": "linux", "architecture": "amd64"}}
    data = index(entry(attested, **attestation), entry(amd, **platform), entry(ours))
    answer = found(data, attested, amd, ours, YAML)
    assert isinstance(answer, Artifact)
    assert answer.title == "manifest.yaml"
    only = index(entry(attested, **attestation), entry(amd, **platform))
    answer = found(only, attested, amd, YAML)
    assert isinstance(answer, Artifact)
    assert answer.title == "a.yaml"


def test_an_empty_index_is_no_artifact() -> None:
    assert found(index()) == Failure("not-artifact", f"{REF} is an index that lists nothing.")


def test_changed_bytes_are_noticed() -> None:
    stored = layer(YAML)
    answer = artifact_of(manifest(stored), YAML.replace(b"M", b"W"))
    assert isinstance(answer, Failure)
    assert answer.kind == "digest"
    assert answer.message.startswith(f"manifest.yaml in {REF} has the digest sha256:")


def test_missing_bytes_are_noticed() -> None:
    answer = artifact_of(manifest(layer(YAML)), YAML[:4])
    assert answer == Failure("partial", f"Only 4 of 15 bytes of manifest.yaml in {REF} came.")


def test_a_changed_manifest_in_an_index_is_noticed() -> None:
    answer = artifact_of(index(entry(manifest(layer(YAML)))), manifest())
    assert isinstance(answer, Failure)
    assert answer.kind == "digest"


def test_a_layer_over_the_limit_is_not_read() -> None:
    answer = found(manifest(layer(YAML, size=17 << 20)))
    assert answer == Failure(
        "too-large", f"manifest.yaml in {REF} has 17 MiB; the limit is 16 MiB."
    )


def test_text_in_another_encoding_is_refused() -> None:
    data = "name: café".encode("latin-1")
    answer = found(manifest(layer(data)), data)
    assert answer == Failure(
        "encoding", f"manifest.yaml in {REF} is not UTF-8 text (line 1): save it as UTF-8.", line=0
    )


def test_digests_by_sha512_are_checked_too() -> None:
    by_512 = artifact.digest_of(YAML, "sha512")
    data = manifest(layer(YAML, digest=by_512))
    assert isinstance(artifact_of(data, YAML), Artifact)
    assert isinstance(artifact_of(data, YAML.replace(b"M", b"W")), Failure)


def test_a_web_page_is_called_one() -> None:
    answer = found(b"\n<!doctype html><title>Log in</title>")
    assert answer == Failure(
        "server",
        f"A web page came in place of {REF}: a login page or a proxy stands before the registry.",
    )


def artifact_of(data: bytes, blob: bytes) -> Artifact | Failure:
    """With one blob for whatever is asked for."""
    try:
        return artifact.assemble(REF, data, lambda _blob, _limit: blob, 1.0)
    except Failed as failed:
        return failed.failure


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(digest(b"{}")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["layers", "manifests", "config", "digest", "size", "annotations", "mediaType"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_document_is_too_strange_for_a_failure(value: object) -> None:
    assert isinstance(artifact_of(json.dumps(value).encode(), b"{}"), Failure | Artifact)


def test_a_package_is_the_artifact_that_it_becomes() -> None:
    made = artifact.package("kind: Manifest\n# 🦆\n", {"b": "2", "a": "1"})
    assert made.digest == digest(made.manifest)
    answer = found(made.manifest, *made.blobs)
    assert answer == Artifact(
        ref=REF,
        digest=made.digest,
        text="kind: Manifest\n# 🦆\n",
        title="manifest.yaml",
        media_type="application/vnd.floe.manifest.v1+yaml",
        annotations={"a": "1", "b": "2"},
        layer_digest=digest(made.layer),
        fetched_at=1.0,
    )
    document = json.loads(made.manifest)
    assert document["mediaType"] == OCI
    assert document["artifactType"] == "application/vnd.floe.manifest.v1"
    assert document["config"] == {
        "mediaType": "application/vnd.oci.empty.v1+json",
        "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "size": 2,
    }
    assert artifact.package("kind: Manifest\n# 🦆\n", {"a": "1", "b": "2"}) == made
