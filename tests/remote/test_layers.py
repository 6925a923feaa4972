"""Which file of an artifact is the manifest, from a real registry."""

from __future__ import annotations

import json

import pytest

from floe_ls.chain.ref import OciRef
from floe_ls.remote import artifact, registry
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.client import Client
from floe_ls.remote.failure import Failure
from remote.fault_server import digest, entry, index, layer, manifest
from remote.registries import Registries

TEXT = b"kind: Manifest\nname: acme\n"
OTHER = b"kind: Manifest\nname: other\n"
JSON = json.dumps({"kind": "Manifest", "metadata": {"name": "acme"}}).encode()
PART = json.dumps({"kind": "PlatformArtifact", "plugins": {}}).encode()

CHOSEN = {
    "the file of that name": ([(OTHER, "other.yaml"), (TEXT, "manifest.yaml")], TEXT),
    "in a folder": ([(b"# doc", "README.md"), (TEXT, "platform/manifest.yml")], TEXT),
    "a name that ends so": ([(OTHER, "values.yaml"), (TEXT, "enterprise-manifest.yaml")], TEXT),
    "the only YAML": ([(b"# doc", "README.md"), (TEXT, "acme.yaml")], TEXT),
    "YAML before JSON": ([(JSON, "manifest.json"), (TEXT, "manifest.yaml")], TEXT),
    "JSON": ([(b"{}", "policies.json"), (JSON, "manifest.json")], JSON),
    "a part": ([(PART, "manifest.json")], PART),
}
REFUSED = {
    "several": ([(TEXT, "a.yaml"), (OTHER, "b.yaml")], "holds several YAML files (a.yaml, b.yaml)"),
    "compiled": ([(b"{}", "compiled_artifacts.json")], "it is no manifest and cannot be a parent."),
    "another kind": ([(b'{"kind": "Secret"}', "manifest.json")], "has the kind 'Secret'"),
    "none": ([(b"# doc", "README.md")], "holds no manifest.yaml, but README.md"),
}
Files = list[tuple[bytes, str]]


def stored(
    registries: Registries, repository: str, files: Files, top: bytes | None = None
) -> OciRef:
    """As a foreign publisher would: any layers, and what stands above them."""
    described = [layer(data, title) for data, title in files]
    below = manifest(*described)
    with Client(
        registries.plain, repository, subject=f"oci://{registries.plain}/{repository}"
    ) as client:
        for data in (b"{}", *(data for data, _ in files)):
            registry._upload(client, data)
        for data, name in ((below, digest(below)), (top or below, "v1.0.0")):
            kind = json.loads(data)["mediaType"]
            url = client.url(client.container(tag=name).manifest_url())
            client.do_request(url, "PUT", data=data, headers={"Content-Type": kind})
    return OciRef(registries.plain, repository, "v1.0.0")


@pytest.mark.parametrize("case", CHOSEN)
def test_the_manifest_is_chosen(registries: Registries, case: str) -> None:
    files, wanted = CHOSEN[case]
    found = registry.pull(stored(registries, f"layers/{case.replace(' ', '-').lower()}", files))
    assert isinstance(found, Artifact), found
    assert found.text.encode() == wanted
    assert found.partial == (case == "a part")
    assert found.layer_digest == artifact.digest_of(wanted)


@pytest.mark.parametrize("case", REFUSED)
def test_what_holds_no_manifest_says_why(registries: Registries, case: str) -> None:
    files, words = REFUSED[case]
    found = registry.pull(stored(registries, f"refused/{case.replace(' ', '-')}", files))
    assert isinstance(found, Failure)
    assert found.kind == "not-manifest"
    assert words in found.message


def test_an_index_is_followed_one_step(registries: Registries) -> None:
    below = manifest(layer(TEXT))
    top = index(entry(below))
    ref = stored(registries, "layers/index", [(TEXT, "manifest.yaml")], top)
    found = registry.pull(ref)
    assert isinstance(found, Artifact), found
    assert (found.text.encode(), found.digest) == (TEXT, digest(top))
    twice = stored(registries, "layers/twice", [(TEXT, "manifest.yaml")], top)
    with Client(registries.plain, "layers/twice", subject=str(twice)) as client:
        above = index(entry(top, mediaType=json.loads(top)["mediaType"]))
        for data, name in ((top, digest(top)), (above, "v2.0.0")):
            url = client.url(client.container(tag=name).manifest_url())
            headers = {"Content-Type": json.loads(data)["mediaType"]}
            client.do_request(url, "PUT", data=data, headers=headers)
    refused = registry.pull(OciRef(registries.plain, "layers/twice", "v2.0.0"))
    assert isinstance(refused, Failure)
    assert refused.kind == "not-artifact"
