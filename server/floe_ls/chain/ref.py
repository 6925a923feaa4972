"""References: how one file names the manifest that it builds on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from floe_ls.text import Span

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?")
_DRIVE = re.compile(r"[A-Za-z]:(?=[/\\]|$)")
_HOST = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9A-Fa-f:.]+\]")
_SEGMENT = re.compile(r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]*")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_HOST_LIKE = re.compile(
    r"localhost(:\d+)?|[A-Za-z0-9-]+:\d+|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(:\d+)?"
)
"""A first part of a path that is rather the host of a registry: a port, or a dot and a domain."""

_BARE_SCHEMES = frozenset({"oci", "file", "http", "https"})
"""Schemes that are known as such without the `//`: `enterprise:v1` has none."""

_IMMUTABLE_TAG = re.compile(r"v?\d+\.\d+\.\d+(-[a-zA-Z0-9.]+)?(\+[a-zA-Z0-9.]+)?", re.ASCII)
_MUTABLE_TAG = re.compile(r"(latest|dev|snapshot)(-.*)?")
_DIGEST_LENGTHS = {"sha256": 64, "sha512": 128}
LONGEST_TAG = 128
LONGEST_REPOSITORY = 255
_PREFIX = "oci://"
_EXAMPLE = "oci://registry.example.com/enterprise-manifest:v1.0.0"


@dataclass(frozen=True, slots=True)
class OciRef:
    """An artifact in a registry."""

    registry: str
    """Host and, where given, port, in lower case."""
    repository: str
    tag: str | None = None
    digest: str | None = None

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{_PREFIX}{self.registry}/{self.repository}{tag}{digest}"

    @property
    def name(self) -> str:
        """The last part of the repository: `enterprise-manifest`."""
        return self.repository.rpartition("/")[2]

    @property
    def without_version(self) -> OciRef:
        return replace(self, tag=None, digest=None)

    @property
    def version(self) -> str | None:
        """What picks one of the repository's artifacts: the digest, else the tag."""
        return self.digest or self.tag

    @property
    def mutable(self) -> bool:
        """Whether the tag is one that is meant to move: `latest`, `dev`, `snapshot` and those with an
        ending (`latest-prod`), or none at all, which stands for `latest`."""
        if self.digest:
            return False
        return self.tag is None or _MUTABLE_TAG.fullmatch(self.tag) is not None

    @property
    def pinned(self) -> bool:
        """Whether it will always be the same artifact: a digest, or a tag that is a full version.

        Between `pinned` and `mutable` are tags such as `v1` or `stable`, which floe's push never moves
        and floe's cache fetches anew (catalogue 5.5).
        """
        return bool(self.digest or (self.tag and _IMMUTABLE_TAG.fullmatch(self.tag)))


@dataclass(frozen=True, slots=True)
class PathRef:
    """A file beside this one, or anywhere."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file by its URI."""

    uri: str

    def __str__(self) -> str:
        return self.uri


@dataclass(frozen=True, slots=True)
class NameRef:
    """A manifest by its bare name, to be looked for in the workspace."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class BadRef:
    """What is no reference, and which part of it is wrong."""

    text: str
    start: int
    end: int
    """The wrong part, as offsets in the text; where something is missing, what stands before it."""
    message: str
    mended: str | None = None
    """The reference that was surely meant."""

    def __str__(self) -> str:
        return self.text


Ref = OciRef | PathRef | FileRef | NameRef
AnyRef = Ref | BadRef


@lru_cache(maxsize=1024)
def parse_ref(text: str) -> AnyRef:
    """What a text refers to. Every text is something, if only a `BadRef`."""
    if not text.strip():
        return _bad(text, 0, len(text), f"A reference is missing, such as `{_EXAMPLE}`.")
    if text != text.strip():
        start = 0 if text[0].isspace() else len(text.rstrip())
        end = len(text) - len(text.lstrip()) if text[0].isspace() else len(text)
        message = "There are spaces around this reference: write it without them."
        return _bad(text, start, end, message, _mended(text.strip()))
    if bad := _unfilled(text):
        return bad
    if _DRIVE.match(text):
        return PathRef(text)
    if (scheme := _SCHEME.match(text)) and (scheme[2] or scheme[1].lower() in _BARE_SCHEMES):
        return _with_scheme(text, scheme)
    return _without_scheme(text)


def _unfilled(text: str) -> BadRef | None:
    """A place for a value that something else would have to fill in."""
    found = re.search(r"\$\{[^}]*\}?|\{\{.*?(\}\}|$)|\$[A-Za-z_]\w*|<[^>]*>|\{\w+\}", text)
    if found is None:
        return None
    message = f"`{found[0]}` is not filled in: a reference is written out."
    return _bad(text, found.start(), found.end(), message)


def _with_scheme(text: str, scheme: re.Match[str]) -> AnyRef:
    name, end = scheme[1], scheme.end()
    if name == "oci" and scheme[2]:
        return _oci(text)
    if name.lower() == "file":
        return _file(text, text[end:] if scheme[2] else None, text[len(name) + 1 :])
    rest = text[end:].lstrip("/")
    if name.lower() == "oci":
        message = f"A reference begins with `{_PREFIX}`, not with `{scheme[0]}`."
    else:
        message = (
            f"Manifests are not fetched by `{scheme[0]}`: "
            f"a reference to a registry begins with `{_PREFIX}`."
        )
    replaceable = name.lower() in {"oci", "http", "https", "docker", "registry"}
    return _bad(text, 0, end, message, _mended(_PREFIX + rest) if replaceable else None)


def _file(text: str, after_slashes: str | None, after_colon: str) -> AnyRef:
    path = after_colon if after_slashes is None else after_slashes
    if not path:
        return _bad(text, 0, len(text), "The path is missing after `file:`.")
    if path.startswith(("./", "../")) or (after_slashes is None and not path.startswith("/")):
        return PathRef(unquote(path, errors="replace"))
    return FileRef(_normal_file_uri(text))


def _without_scheme(text: str) -> AnyRef:
    if text.startswith(("/", "./", "../", "~", ".\\", "..\\", "\\")) or text in {".", ".."}:
        return PathRef(text)
    if re.search(r"\.(ya?ml|json)$", text, re.IGNORECASE) and ":" not in text:
        return PathRef(text)
    if re.match(r"[\w.-]+@[\w.-]+:", text):
        message = f"Manifests are not fetched by git: name a file, or `{_PREFIX}` and a registry."
        return _bad(text, 0, len(text), message)
    first, slash, _ = text.partition("/")
    last = text.rpartition("/")[2]
    if slash:
        if _HOST_LIKE.fullmatch(first) or ":" in last or "@" in last:
            message = (
                f"`{_PREFIX}` is missing in front of this reference. "
                "If it is a path, let it begin with `./`."
            )
            return _bad(text, 0, len(first), message, _mended(_PREFIX + text))
        return PathRef(text)
    if "\\" in text:
        return PathRef(text)
    if _NAME.fullmatch(text):
        return NameRef(text)
    if (colon := re.search("[:@]", text)) and _NAME.fullmatch(text[: colon.start()]):
        message = (
            "A version without a registry finds nothing: "
            f"write `{_PREFIX}` and the registry's host in front, as in `{_EXAMPLE}`."
        )
        return _bad(text, 0, len(text), message)
    strange = re.search(r"[^A-Za-z0-9._-]", text)
    at = strange.start() if strange else 0
    what = _named(text[at])
    return _bad(text, at, at + 1, f"{what} has no place in a reference, such as `{_EXAMPLE}`.")


def _oci(text: str) -> OciRef | BadRef:
    """An `oci://` reference, read from left to right."""
    spans = parts(text)
    if space := re.search(r"\s", text):
        return _bad(text, space.start(), space.end(), "A reference has no spaces.")
    return (
        _wrong_registry(text, spans)
        or _wrong_repository(text, spans)
        or _wrong_tag(text, spans)
        or _wrong_digest(text, spans)
        or OciRef(
            registry=_cut(text, spans.registry).lower(),
            repository=_cut(text, spans.repository),
            tag=_cut(text, spans.tag) or None,
            digest=_cut(text, spans.digest) or None,
        )
    )


def _wrong_registry(text: str, spans: Parts) -> BadRef | None:
    if spans.registry is None:
        return None
    start, end = spans.registry.start, spans.registry.end
    registry = text[start:end]
    if not registry:
        message = f"The registry's host is missing after `{_PREFIX}`, as in `{_EXAMPLE}`."
        return _bad(text, 0, end, message)
    if "@" in registry and spans.repository is not None:
        message = "A user or password does not belong into a reference: log in to the registry."
        at = start + registry.rindex("@") + 1
        return _bad(text, start, at, message, _mended(_PREFIX + text[at:]))
    if spans.repository is None:
        message = (
            f"The repository is missing: `{_PREFIX}` is followed by the registry's host, "
            f"`/` and the repository, as in `{_EXAMPLE}`."
        )
        return _bad(text, start, end, message)
    host, colon, port = _host_and_port(registry)
    if colon and not (re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 65536):
        message = (
            f"`{port}` is no port: after the `:` of the host stands a number from 1 to 65535."
            if port
            else "The port is missing after the `:`."
        )
        return _bad(text, end - len(port) - (not port), end, message)
    if _HOST.fullmatch(host):
        return None
    if host.startswith("["):
        return _bad(text, start, start + len(host), f"`{host}` is no IPv6 address.")
    if strange := re.search(r"[^a-zA-Z0-9.-]", host):
        at = start + strange.start()
        message = (
            f"{_named(strange[0])} has no place in a host: "
            "letters, digits, dots and hyphens are allowed."
        )
        return _bad(text, at, at + 1, message)
    message = f"A host begins and ends with a letter or a digit: not `{host}`."
    return _bad(text, start, start + len(host), message)


def _host_and_port(registry: str) -> tuple[str, str, str]:
    if registry.startswith("["):
        bracket = registry.find("]") + 1 or len(registry)
        host, after = registry[:bracket], registry[bracket:]
        return (host, ":", after[1:]) if after.startswith(":") else (host + after, "", "")
    return registry.partition(":")


def _wrong_repository(text: str, spans: Parts) -> BadRef | None:
    if spans.repository is None:
        return None
    start, end = spans.repository.start, spans.repository.end
    repository = text[start:end]
    if not repository:
        where = "after the registry's host" if end >= len(text) else "before the version"
        return _bad(text, start - 1, end, f"The repository is missing {where}, as in `{_EXAMPLE}`.")
    if len(repository) > LONGEST_REPOSITORY:
        message = f"A repository has {LONGEST_REPOSITORY} characters at most; this has"
        return _bad(text, start, end, f"{message} {len(repository)}.")
    at = start
    for segment in repository.split("/"):
        if not _SEGMENT.fullmatch(segment):
            tidy = "/".join(part for part in repository.lower().split("/") if part)
            return _wrong_segment(text, at, segment, text[:start] + tidy + text[end:])
        at += len(segment) + 1
    return None


def _wrong_segment(text: str, at: int, segment: str, tidy: str) -> BadRef:
    """What is wrong with one part of a repository, which begins at `at`; `tidy` is the text with the
    repository in small letters and without empty parts."""
    end = at + len(segment)
    if not segment:
        slash = at if text[at : at + 1] == "/" else at - 1
        message = "A part of the repository is empty: remove this `/`."
        return _bad(text, slash, slash + 1, message, _mended(tidy))
    if strange := re.search(r"[^A-Za-z0-9._-]", segment):
        where = at + strange.start()
        if strange[0] == ":":
            message = "A `:` stands before the tag, at the end; there is no place for it here."
        elif strange[0] in "?#":
            message = (
                f"A reference ends with its tag or digest: nothing follows after `{strange[0]}`."
            )
        else:
            allowed = "small letters, digits, `.`, `_` and `-` are allowed"
            message = f"{_named(strange[0])} has no place in a repository: {allowed}."
        return _bad(text, where, where + 1, message)
    if segment != segment.lower():
        message = f"Repositories are written in small letters: `{segment.lower()}`."
        return _bad(text, at, end, message, _mended(tidy))
    odd = re.search(r"^[._-]+|[._-]+$|[._-]{2,}", segment)
    message = "Letters or digits stand on both sides of each `.`, `_` or `-` of a repository."
    if odd is None:
        return _bad(text, at, end, message)
    return _bad(text, at + odd.start(), at + odd.end(), message)


def _wrong_tag(text: str, spans: Parts) -> BadRef | None:
    if spans.tag is None:
        return None
    start, end = spans.tag.start, spans.tag.end
    tag = text[start:end]
    if not tag:
        return _bad(text, start - 1, end, "The tag is missing after the `:`, such as `v1.0.0`.")
    if "*" in tag or re.search(r"[~^><=]", tag):
        message = f"`{tag}` stands for several versions, and those are not looked for: name one."
        return _bad(text, start, end, message)
    if len(tag) > LONGEST_TAG:
        message = f"A tag has {LONGEST_TAG} characters at most; this has {len(tag)}."
        return _bad(text, start, end, message)
    if _TAG.fullmatch(tag):
        return None
    strange = re.search(r"[^a-zA-Z0-9._-]", tag)
    if strange is None:
        message = f"A tag begins with a letter, a digit or `_`, not with `{tag[0]}`."
        return _bad(text, start, start + 1, message)
    at = start + strange.start()
    message = f"{_named(strange[0])} has no place in a tag: letters, digits, `.`, `_` and `-` are allowed."
    mended = None
    if strange[0] == "+":
        message = "A tag has no `+`: registries have `_` in its place."
        mended = _mended(text[:start] + tag.replace("+", "_") + text[end:])
    return _bad(text, at, at + 1, message, mended)


def _wrong_digest(text: str, spans: Parts) -> BadRef | None:
    if spans.digest is None:
        return None
    start, end = spans.digest.start, spans.digest.end
    digest = text[start:end]
    example = "`sha256:` and 64 of 0-9 and a-f"
    if not digest:
        return _bad(text, start - 1, end, f"The digest is missing after the `@`: {example}.")
    algorithm, colon, value = digest.partition(":")
    if algorithm not in _DIGEST_LENGTHS or not colon:
        message = f"A digest is {example}: `{algorithm}` is no way of making one that is known."
        return _bad(text, start, start + len(algorithm), message)
    value_at = start + len(algorithm) + 1
    if value != value.lower() and re.fullmatch("[0-9A-Fa-f]+", value):
        message = "A digest is written in small letters."
        return _bad(text, value_at, end, message, _mended(text[:value_at] + value.lower()))
    if strange := re.search("[^0-9a-f]", value):
        at = value_at + strange.start()
        message = f"{_named(strange[0])} has no place in a digest: 0-9 and a-f are allowed."
        return _bad(text, at, at + 1, message)
    length = _DIGEST_LENGTHS[algorithm]
    if len(value) != length:
        message = f"A digest by {algorithm} has {length} characters; this has {len(value)}."
        return _bad(text, value_at, end, message)
    return None


def _named(character: str) -> str:
    if character == " ":
        return "A space"
    return f"`{character if character.isprintable() else repr(character)[1:-1]}`"


def _mended(text: str) -> str | None:
    """The text if it is a good reference, else the one that it was surely meant to be."""
    found = parse_ref(text)
    return found.mended if isinstance(found, BadRef) else text


def _bad(text: str, start: int, end: int, message: str, mended: str | None = None) -> BadRef:
    return BadRef(text, start, end, message, mended)


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of an `oci://` reference are; None for a part that has not begun."""

    registry: Span | None = None
    repository: Span | None = None
    tag: Span | None = None
    digest: Span | None = None


def parts(text: str) -> Parts:
    """The parts of a reference that may be wrong or half written; none where it is not `oci://`.

    A part that has just begun is an empty span: the tag of `oci://host/name:`.
    """
    if not text.startswith(_PREFIX):
        return Parts()
    start = len(_PREFIX)
    slash = text.find("/", start)
    if slash < 0:
        return Parts(registry=Span(start, len(text)))
    at = text.find("@", slash)
    end = at if at >= 0 else len(text)
    colon = text.find(":", max(text.rfind("/", slash, end), slash), end)
    return Parts(
        registry=Span(start, slash),
        repository=Span(slash + 1, colon if colon >= 0 else end),
        tag=Span(colon + 1, end) if colon >= 0 else None,
        digest=Span(at + 1, len(text)) if at >= 0 else None,
    )


def _cut(text: str, span: Span | None) -> str:
    return text[span.start : span.end] if span else ""


@lru_cache(maxsize=1024)
def resolve_path(base_uri: str, path: str) -> str:
    """The URI of the file that `path`, written in the file at `base_uri`, leads to.

    Pure: links are not followed and nothing is looked up. `..` at the root stays there, `~` is a name
    like any other, and a drive letter or a server of Windows is understood on every system.
    """
    path = path.replace("\\", "/")
    if path.startswith("//"):  # \\server\share
        server, _, rest = path[2:].partition("/")
        return _file_uri(server, "/" + rest)
    if _DRIVE.match(path):
        return _file_uri("", "/" + path)
    scheme, host, base = _split_uri(base_uri)
    folder = base[: base.rfind("/") + 1]
    if path.startswith("/"):
        drive = re.match(r"/[A-Za-z]:(?=/)", base)
        joined = (drive[0] if drive else "") + path
    else:
        joined = folder + path
    if scheme == "file":
        return _file_uri(host, joined)
    return f"{scheme}:" + (f"//{host}" if host else "") + _quoted(_normal(joined))


def _normal_file_uri(uri: str) -> str:
    """A `file:` URI spelled the one way that `resolve_path` spells it."""
    _, host, path = _split_uri(uri)
    return _file_uri("" if host == "localhost" else host, path)


def _split_uri(uri: str) -> tuple[str, str, str]:
    """Scheme, host and path without percent signs."""
    try:
        found = urlsplit(uri, allow_fragments=False)
    except ValueError:
        return "file", "", uri
    path = found.path + (f"?{found.query}" if found.query else "")
    return found.scheme or "file", found.netloc, unquote(path, errors="replace")


def _file_uri(host: str, path: str) -> str:
    rooted = path if path.startswith("/") else f"/{path}"
    return f"file://{quote(host, safe='', errors='replace')}{_quoted(_normal(rooted))}"


def _quoted(path: str) -> str:
    drive = re.match(r"/[A-Za-z]:(?=/|$)", path)
    start = drive.end() if drive else 0
    return path[:start] + quote(path[start:], safe="/", errors="replace")


def _normal(path: str) -> str:
    """A path without `.`, `..` and empty parts."""
    rooted = path.startswith("/")
    fixed = 1 if re.match(r"/[A-Za-z]:(/|$)", path) else 0  # a drive is not left by `..`
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            if len(steps) > fixed:
                steps.pop()
        elif step not in {"", "."}:
            steps.append(step)
    slash = "/" if steps and path.endswith(("/", "/.", "/..")) else ""
    return ("/" if rooted else "") + "/".join(steps) + slash


VersionKey = tuple[int, tuple[int, ...], tuple[tuple[int, tuple[int, ...]], ...], str]

_VERSION = re.compile(
    r"[vV]?(\d{1,18}(?:\.\d{1,18}){0,3})(?:-([0-9A-Za-z.-]+))?(?:[+_].*)?", re.ASCII
)


def version_key(tag: str) -> VersionKey:
    """Orders tags newest first: `sorted(tags, key=version_key)`.

    A pre-release comes after its release, tags that are no versions come last, by the alphabet.
    """
    found = _VERSION.fullmatch(tag)
    if found is None:
        return (1, (), (), tag)
    numbers = tuple(-int(number) for number in found[1].split("."))
    missing = (1,) * (4 - len(numbers))  # `v1.2` stands behind `v1.2.0`
    return (0, numbers + missing, _newest_first(found[2]), tag)


def _newest_first(prerelease: str | None) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The order of semantic versions turned round: words before numbers, longer before shorter."""
    if prerelease is None:
        return ((-2, ()),)
    key: list[tuple[int, tuple[int, ...]]] = []
    for part in prerelease.split("."):
        if part.isdigit():
            key.append((0, (-int(part[:18]),)))
        else:
            key.append((-1, (*(-ord(letter) for letter in part), 1)))
    return (*key, (1, ()))
