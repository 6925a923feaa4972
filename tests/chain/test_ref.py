"""References."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floe_ls.chain.ref import (
    AnyRef,
    BadRef,
    FileRef,
    NameRef,
    OciRef,
    Parts,
    PathRef,
    parse_ref,
    parts,
    resolve_path,
    version_key,
)
from floe_ls.text import Span

DIGEST = "sha256:" + "0123456789abcdef" * 4
LONG_DIGEST = "sha512:" + "0123456789abcdef" * 8


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        (
            "oci://registry.example.com/enterprise-manifest:v1.0.0",
            OciRef("registry.example.com", "enterprise-manifest", "v1.0.0"),
        ),
        ("oci://registry/enterprise:v1", OciRef("registry", "enterprise", "v1")),
        ("oci://registry/enterprise", OciRef("registry", "enterprise")),
        ("oci://r/e:1", OciRef("r", "e", "1")),
        ("oci://localhost:5000/a/b/c:dev", OciRef("localhost:5000", "a/b/c", "dev")),
        ("oci://host:5000/repo", OciRef("host:5000", "repo")),
        ("oci://[::1]:5000/a:1", OciRef("[::1]:5000", "a", "1")),
        ("oci://[fe80::1]/a", OciRef("[fe80::1]", "a")),
        ("oci://10.0.0.1:5000/a:1", OciRef("10.0.0.1:5000", "a", "1")),
        ("oci://GHCR.io/acme/platform:V1", OciRef("ghcr.io", "acme/platform", "V1")),
        (f"oci://r/e@{DIGEST}", OciRef("r", "e", None, DIGEST)),
        (f"oci://r/e:v1@{DIGEST}", OciRef("r", "e", "v1", DIGEST)),
        (f"oci://r/e@{LONG_DIGEST}", OciRef("r", "e", None, LONG_DIGEST)),
        ("oci://r/a.b_c__d-e--f/g:_x", OciRef("r", "a.b_c__d-e--f/g", "_x")),
        ("oci://r/e:" + "a" * 128, OciRef("r", "e", "a" * 128)),
        ("./manifest.yaml", PathRef("./manifest.yaml")),
        ("../manifest.yaml", PathRef("../manifest.yaml")),
        ("manifest.yaml", PathRef("manifest.yaml")),
        ("Manifest.YML", PathRef("Manifest.YML")),
        ("platform/manifest", PathRef("platform/manifest")),
        ("conf.d/manifest", PathRef("conf.d/manifest")),
        ("v1.2/manifest", PathRef("v1.2/manifest")),
        ("ref/enterprise-manifest/v1.2.3", PathRef("ref/enterprise-manifest/v1.2.3")),
        ("./a b.yaml", PathRef("./a b.yaml")),
        ("./ghcr.io/x:1", PathRef("./ghcr.io/x:1")),
        ("..", PathRef("..")),
        ("/etc/floe/manifest.yaml", PathRef("/etc/floe/manifest.yaml")),
        ("C:\\floe\\manifest.yaml", PathRef("C:\\floe\\manifest.yaml")),
        ("C:/floe/manifest.yaml", PathRef("C:/floe/manifest.yaml")),
        ("..\\manifest.yaml", PathRef("..\\manifest.yaml")),
        ("file://./manifest.yaml", PathRef("./manifest.yaml")),
        ("file:../a%20b.yaml", PathRef("../a b.yaml")),
        ("file:///w/a b.yaml", FileRef("file:///w/a%20b.yaml")),
        ("file:///w/../a.yaml", FileRef("file:///a.yaml")),
        ("file:/w/a.yaml", FileRef("file:///w/a.yaml")),
        ("file://localhost/w/a.yaml", FileRef("file:///w/a.yaml")),
        ("file:///c%3A/w/a.yaml", FileRef("file:///c:/w/a.yaml")),
        ("enterprise-manifest", NameRef("enterprise-manifest")),
        ("enterprise", NameRef("enterprise")),
        ("acme.platform_2", NameRef("acme.platform_2")),
    ],
)
def test_a_text_refers_to(text: str, ref: AnyRef) -> None:
    assert parse_ref(text) == ref


@pytest.mark.parametrize(
    ("text", "part", "words"),
    [
        ("", "", "missing"),
        ("  ", "  ", "missing"),
        ("  oci://r/e:1", "  ", "spaces around"),
        ("oci://r/e:1\n", "\n", "spaces around"),
        ("oci://r/e :1", " ", "no spaces"),
        ("my manifest", " ", "A space has no place"),
        ("übersicht", "ü", "has no place"),
        ("https://ghcr.io/a/b:1", "https://", "not fetched by `https://`"),
        ("docker://ghcr.io/a/b:1", "docker://", "not fetched by `docker://`"),
        ("s3://bucket/manifest.yaml", "s3://", "begins with `oci://`"),
        ("git@github.com:acme/x.git", "git@github.com:acme/x.git", "not fetched by git"),
        ("OCI://r/e:1", "OCI://", "begins with `oci://`, not with `OCI://`"),
        ("oci:r/e:1", "oci:", "begins with `oci://`, not with `oci:`"),
        ("ghcr.io/acme/platform:v1", "ghcr.io", "`oci://` is missing"),
        ("localhost:5000/platform", "localhost:5000", "`oci://` is missing"),
        ("registry:5000/platform", "registry:5000", "`oci://` is missing"),
        ("registry/platform:v1", "registry", "`oci://` is missing"),
        ("enterprise:v1.0.0", "enterprise:v1.0.0", "version without a registry"),
        ("oci://", "oci://", "host is missing"),
        ("oci:///enterprise:v1", "oci://", "host is missing"),
        ("oci://registry.example.com", "registry.example.com", "repository is missing"),
        ("oci://enterprise:v1", "enterprise:v1", "repository is missing"),
        ("oci://registry/", "/", "repository is missing"),
        ("oci://registry/:v1", "/", "repository is missing before the version"),
        ("oci://me:word@r/e:1", "me:word@", "log in"),
        ("oci://r:http/e", "http", "no port"),
        ("oci://r:99999/e", "99999", "from 1 to 65535"),
        ("oci://r:0/e", "0", "from 1 to 65535"),
        ("oci://r:/e", ":", "port is missing"),
        ("oci://my_registry/e", "_", "no place in a host"),
        ("oci://-r/e", "-r", "begins and ends with a letter or a digit"),
        ("oci://[::1/e", "[::1", "no IPv6 address"),
        ("oci://r/Enterprise:v1", "Enterprise", "small letters: `enterprise`"),
        ("oci://r/acme/Enterprise:v1", "Enterprise", "small letters"),
        ("oci://r//e", "/", "part of the repository is empty"),
        ("oci://r/e/", "/", "part of the repository is empty"),
        ("oci://r/e/:1", "/", "part of the repository is empty"),
        ("oci://r/-e", "-", "on both sides"),
        ("oci://r/e.", ".", "on both sides"),
        ("oci://r/a..b", "..", "on both sides"),
        ("oci://r/a___b", "___", "on both sides"),
        ("oci://r/größe", "ö", "no place in a repository"),
        ("oci://r/e:5000/f:1", ":", "before the tag"),
        ("oci://r/e?x=1", "?", "nothing follows"),
        ("oci://r/" + "a" * 256, "a" * 256, "255 characters at most; this has 256"),
        ("oci://r/e:", ":", "tag is missing"),
        (f"oci://r/e:@{DIGEST}", ":", "tag is missing"),
        ("oci://r/e:v1.2.*", "v1.2.*", "several versions"),
        ("oci://r/e:v1.*.*", "v1.*.*", "several versions"),
        ("oci://r/e:*", "*", "several versions"),
        ("oci://r/e:^1.2", "^1.2", "several versions"),
        ("oci://r/e:.1", ".", "begins with a letter"),
        ("oci://r/e:1/2", ":", "before the tag"),
        ("oci://r/e:1.0+build", "+", "no `+`"),
        ("oci://r/e:1,2", ",", "no place in a tag"),
        ("oci://r/e:" + "a" * 129, "a" * 129, "128 characters at most; this has 129"),
        ("oci://r/e@", "@", "digest is missing"),
        ("oci://r/e@sha256", "sha256", "64 of 0-9 and a-f"),
        ("oci://r/e@md5:00", "md5", "that is known"),
        ("oci://r/e@sha256:abc", "abc", "64 characters; this has 3"),
        ("oci://r/e@sha256:" + "g" * 64, "g", "no place in a digest"),
        (f"oci://r/e@{DIGEST.upper().replace('SHA', 'sha')}", DIGEST[7:].upper(), "small letters"),
        ("oci://${REGISTRY}/e:1", "${REGISTRY}", "not filled in"),
        ("{{ env_var('REF') }}", "{{ env_var('REF') }}", "not filled in"),
        ("oci://<registry>/e:1", "<registry>", "not filled in"),
        ("file:", "file:", "path is missing"),
        ("file://", "file://", "path is missing"),
    ],
)
def test_a_wrong_reference_is_told_which_part_is_wrong(text: str, part: str, words: str) -> None:
    bad = parse_ref(text)
    assert isinstance(bad, BadRef)
    assert text[bad.start : bad.end] == part
    assert words in bad.message
    assert bad.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (" oci://r/e:1 ", "oci://r/e:1"),
        ("https://ghcr.io/a/b:1", "oci://ghcr.io/a/b:1"),
        ("docker://ghcr.io/A/b:1", "oci://ghcr.io/a/b:1"),
        ("OCI://r/e:1", "oci://r/e:1"),
        ("oci:r/e:1", "oci://r/e:1"),
        ("ghcr.io/acme/platform:v1", "oci://ghcr.io/acme/platform:v1"),
        ("oci://r/Acme/Enterprise:V1", "oci://r/acme/enterprise:V1"),
        ("oci://r//e/", "oci://r/e"),
        ("oci://me:word@r/e:1", "oci://r/e:1"),
        ("oci://r/e:1.0+b", "oci://r/e:1.0_b"),
        ("oci://r/e:v1.2.*", None),
        ("oci://r", None),
        ("oci:///e:1", None),
        ("s3://bucket/x", None),
        ("enterprise:v1", None),
        ("oci://r/a b", None),
        ("https://a", None),
    ],
)
def test_the_reference_that_was_surely_meant_is_known(text: str, meant: str | None) -> None:
    bad = parse_ref(text)
    assert isinstance(bad, BadRef)
    assert bad.mended == meant


def test_a_password_in_a_reference_is_in_no_message() -> None:
    bad = parse_ref("oci://me:hunter2@registry/enterprise:v1")
    assert isinstance(bad, BadRef)
    assert "hunter2" not in bad.message


@pytest.mark.parametrize(
    "tag", ["latest", "latest-prod", "dev", "dev-2", "snapshot", "snapshot-abc", None]
)
def test_a_moving_tag_is_mutable(tag: str | None) -> None:
    ref = OciRef("r", "e", tag)
    assert ref.mutable
    assert not ref.pinned


@pytest.mark.parametrize("tag", ["1.0.0", "v1.2.3", "v1.2.3-prod", "v1.2.3-rc.1"])
def test_a_full_version_is_pinned(tag: str) -> None:
    ref = OciRef("r", "e", tag)
    assert ref.pinned
    assert not ref.mutable


@pytest.mark.parametrize("tag", ["v1", "1.0", "stable", "development", "main", "latests"])
def test_other_tags_are_neither_mutable_nor_pinned(tag: str) -> None:
    ref = OciRef("r", "e", tag)
    assert not ref.mutable
    assert not ref.pinned


def test_a_digest_pins_whatever_the_tag() -> None:
    ref = OciRef("r", "e", "latest", DIGEST)
    assert ref.pinned
    assert not ref.mutable
    assert ref.version == DIGEST


def test_a_reference_knows_its_name_and_itself_without_version() -> None:
    ref = parse_ref(f"oci://host:5000/acme/enterprise-manifest:v1@{DIGEST}")
    assert isinstance(ref, OciRef)
    assert ref.name == "enterprise-manifest"
    assert str(ref.without_version) == "oci://host:5000/acme/enterprise-manifest"
    assert str(ref) == f"oci://host:5000/acme/enterprise-manifest:v1@{DIGEST}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("manifest.yaml", {}),
        ("https://r/e:1", {}),
        ("oci://", {"registry": ""}),
        ("oci://reg", {"registry": "reg"}),
        ("oci://reg:50", {"registry": "reg:50"}),
        ("oci://reg:5000/", {"registry": "reg:5000", "repository": ""}),
        ("oci://reg/acme/e", {"registry": "reg", "repository": "acme/e"}),
        ("oci://reg/e:", {"registry": "reg", "repository": "e", "tag": ""}),
        ("oci://reg/e:v1.", {"registry": "reg", "repository": "e", "tag": "v1."}),
        ("oci://reg/e@sha", {"registry": "reg", "repository": "e", "digest": "sha"}),
        (
            "oci://[::1]:5/a/e:v1@sha256:ab",
            {"registry": "[::1]:5", "repository": "a/e", "tag": "v1", "digest": "sha256:ab"},
        ),
        ("oci://reg/:v1", {"registry": "reg", "repository": "", "tag": "v1"}),
    ],
)
def test_the_parts_of_a_reference_are_found_while_it_is_typed(
    text: str, found: dict[str, str]
) -> None:
    assert _texts(text, parts(text)) == found


def _texts(text: str, spans: Parts) -> dict[str, str]:
    named = {name: getattr(spans, name) for name in ("registry", "repository", "tag", "digest")}
    return {name: text[s.start : s.end] for name, s in named.items() if isinstance(s, Span)}


SALES = "file:///w/domains/sales/floe.yaml"


@pytest.mark.parametrize(
    ("base", "path", "uri"),
    [
        (SALES, "manifest.yaml", "file:///w/domains/sales/manifest.yaml"),
        (SALES, "./manifest.yaml", "file:///w/domains/sales/manifest.yaml"),
        (SALES, "../manifest.yaml", "file:///w/domains/manifest.yaml"),
        (SALES, "../../x/./y//z.yaml", "file:///w/x/y/z.yaml"),
        (SALES, "../../../../../x.yaml", "file:///x.yaml"),
        (SALES, "/etc/manifest.yaml", "file:///etc/manifest.yaml"),
        (SALES, "a b.yaml", "file:///w/domains/sales/a%20b.yaml"),
        (SALES, "größe.yaml", "file:///w/domains/sales/gr%C3%B6%C3%9Fe.yaml"),
        (SALES, "a#b?c.yaml", "file:///w/domains/sales/a%23b%3Fc.yaml"),
        (SALES, "a%20b.yaml", "file:///w/domains/sales/a%2520b.yaml"),
        (SALES, "..\\manifest.yaml", "file:///w/domains/manifest.yaml"),
        (SALES, "D:\\x\\y.yaml", "file:///D:/x/y.yaml"),
        (SALES, "\\\\server\\share\\m.yaml", "file://server/share/m.yaml"),
        (SALES, "..", "file:///w/domains/"),
        ("file:///a%20b/f.yaml", "m.yaml", "file:///a%20b/m.yaml"),
        ("file:///a#b/f.yaml", "m.yaml", "file:///a%23b/m.yaml"),
        ("file:///c%3A/Users/a/floe.yaml", "..\\m.yaml", "file:///c:/Users/m.yaml"),
        ("file:///C:/a/floe.yaml", "../../../x.yaml", "file:///C:/x.yaml"),
        ("file:///C:/a/floe.yaml", "/x.yaml", "file:///C:/x.yaml"),
        ("file://server/share/a/f.yaml", "../m.yaml", "file://server/share/m.yaml"),
        ("vscode-vfs://github/o/r/f.yaml", "../m.yaml", "vscode-vfs://github/o/m.yaml"),
        ("untitled:Untitled-1", "./m.yaml", "untitled:m.yaml"),
    ],
)
def test_a_path_leads_from_the_file_that_names_it(base: str, path: str, uri: str) -> None:
    assert resolve_path(base, path) == uri


names = st.text(
    st.characters(blacklist_characters="/\\\x00", blacklist_categories=("Cs",)), min_size=1
).filter(lambda name: name not in {".", ".."})


@given(st.lists(names, min_size=1, max_size=4), names)
def test_a_path_gets_the_uri_that_pathlib_gives_it(folders: list[str], name: str) -> None:
    base = Path("/", "w", *folders, "floe.yaml").as_uri()
    assert resolve_path(base, f"./{name}") == Path("/", "w", *folders, name).as_uri()


def test_tags_are_ordered_newest_first() -> None:
    newest_first = [
        "v10.0.0",
        "2.1.0",
        "v2.0.0",
        "v2.0.0-rc.10",
        "v2.0.0-rc.2",
        "v2.0.0-rc",
        "v2.0.0-beta.1",
        "v2.0.0-beta",
        "v2.0.0-2",
        "v2.0.0-1.1",
        "v2.0.0-1",
        "v2",
        "v1.10.0",
        "v1.9.0",
        "v1.2.0",
        "1.2",
        "v1.0.0",
        "dev",
        "latest",
        "stable",
    ]
    oldest_first = newest_first[::-1]
    assert sorted(oldest_first, key=version_key) == newest_first


oci_refs = st.builds(
    OciRef,
    registry=st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?(:[1-9][0-9]{1,3})?", fullmatch=True),
    repository=st.from_regex(r"[a-z0-9]{1,5}([._/-][a-z0-9]{1,5}){0,3}", fullmatch=True),
    tag=st.none() | st.from_regex(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}", fullmatch=True),
    digest=st.none() | st.from_regex("sha256:[0-9a-f]{64}", fullmatch=True),
)


@given(oci_refs)
def test_a_reference_is_read_as_it_was_written(ref: OciRef) -> None:
    assert parse_ref(str(ref)) == ref


@given(oci_refs)
def test_the_parts_are_those_of_the_reference(ref: OciRef) -> None:
    text = str(ref)
    found = {"registry": ref.registry, "repository": ref.repository}
    found |= {"tag": ref.tag} if ref.tag else {}
    found |= {"digest": ref.digest} if ref.digest else {}
    assert _texts(text, parts(text)) == found


telling = st.text(alphabet="oci:/@.*A-b_1 \\~#?%${}[]<>\n\ud800é", max_size=30)


@given(st.text(max_size=40) | telling | telling.map("oci://".__add__))
def test_any_text_refers_to_something(text: str) -> None:
    ref = parse_ref(text)
    str(ref)
    parts(text)
    if isinstance(ref, BadRef):
        assert 0 <= ref.start <= ref.end <= len(text)
        assert ref.end > ref.start or not text
        assert ref.mended is None or not isinstance(parse_ref(ref.mended), BadRef)


@given(telling.map("file:///w/".__add__) | telling, st.text(max_size=30) | telling)
def test_any_path_leads_somewhere_once(base: str, path: str) -> None:
    uri = resolve_path(base, path)
    if uri.startswith("file://"):
        assert ".." not in uri.split("/")
        assert uri.isascii()


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_tags_have_an_order(one: str, other: str) -> None:
    assert (
        (version_key(one) < version_key(other))
        or (one == other)
        or (version_key(other) < version_key(one))
    )


def test_a_very_long_text_is_answered() -> None:
    for text in ("oci://r/" + "A/" * 5000, "oci://r" + "/" * 5000, "oci:" * 5000, "a/" * 5000):
        parse_ref(text)
