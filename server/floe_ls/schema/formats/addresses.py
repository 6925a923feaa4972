"""Where things are: registries, endpoints, URLs, and the files that a product loads."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from floe_ls.schema.formats.format import Format, character, listed, shown
from floe_ls.schema.meta import WARNING

if TYPE_CHECKING:
    from pydantic import HttpUrl, TypeAdapter

_REGISTRY = re.compile(r"oci://[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9](:[0-9]+)?(/[a-zA-Z0-9._-]+)*")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_PRIVATE = {
    "127.": "stands for this machine",
    "localhost": "stands for this machine",
    "::1": "stands for this machine",
    "169.254.": "stands for a link-local address",
    "10.": "lies in a private network",
    "192.168.": "lies in a private network",
    **{f"172.{second}.": "lies in a private network" for second in range(16, 32)},
}
"""What a host may not begin with (catalogue H02, as floe's code has it), and what such a host is."""

_REACHABLE = "An endpoint names a host that other machines reach."
_CREDENTIAL_TERMS = (
    *("credential", "accesskey", "secretkey", "token", "apikey"),
    *("password", "signature", "awsaccesskeyid", "awssecretaccesskey"),
)
_STORES = ("s3", "gs", "az")


def _registry_uri(text: str) -> str | None:
    if _REGISTRY.fullmatch(text):
        return None
    example = "such as `oci://registry.example.com/floe`"
    if not text.strip():
        return f"A registry is missing: an address {example}."
    if text != text.strip():
        return "There are spaces around this address: write it without them."
    scheme = _SCHEME.match(text)
    if scheme is None:
        return f"A registry's address begins with `oci://`, {example}: not {shown(text)}."
    if scheme[1] != "oci":
        return f"A registry's address begins with `oci://`, not with `{scheme[0]}`."
    host, slash, path = text[6:].partition("/")
    if not host:
        return f"The host is missing after `oci://`: write an address {example}."
    last = path.rpartition("/")[2]
    if "@" in last or "@" in host:
        return "A registry's address has neither user nor digest: remove the `@` and what belongs to it."
    if ":" in last:
        tag = shown(":" + last.partition(":")[2])
        return f"A registry's address has no tag: remove {tag}. Each artifact gets its own."
    name, colon, port = host.partition(":")
    if colon and not (port.isascii() and port.isdigit()):
        return f"{shown(port)} is no port: a number follows the `:` after the host."
    if len(name) < 2:
        return f"The host {shown(name)} is too short: floe takes hosts of two characters or more."
    if strange := re.search(r"[^a-zA-Z0-9.-]", name):
        return (
            f"A host has letters, digits, dots and hyphens: {character(strange[0])} is not allowed."
        )
    if not name[0].isalnum() or not name[-1].isalnum():
        return f"A host begins and ends with a letter or a digit: not {shown(name)}."
    if slash and (not path or path.endswith("/")):
        return "A registry's address ends without a `/`: remove it."
    if "//" in path or path.startswith("/"):
        return "A part of the path is empty: remove one `/`."
    if strange := re.search(r"[^a-zA-Z0-9._/-]", path):
        return (
            f"A path has letters, digits, `.`, `_` and `-`: {character(strange[0])} is not allowed."
        )
    return f"{shown(text)} is no address of a registry: write one {example}."


def _mended_registry_uri(text: str) -> str | None:
    """The address without what is never part of one: spaces, another scheme, a tag, a last slash."""
    bare = text.strip()
    scheme = _SCHEME.match(bare)
    bare = bare[scheme.end() :] if scheme else bare
    if scheme and scheme[1].lower() not in {"oci", "http", "https", "docker"}:
        return None
    if not scheme and "." not in bare.partition("/")[0]:
        return None
    bare = bare.rstrip("/")
    start, slash, last = bare.rpartition("/")
    mended = "oci://" + (f"{start}/{re.split('[:@]', last, maxsplit=1)[0]}" if slash else bare)
    return mended if mended != text and _REGISTRY.fullmatch(mended) else None


def _public_endpoint(text: str) -> str | None:
    """What floe itself refuses: it looks for the beginnings of certain hosts after any `://`."""
    if not text.startswith(("http://", "https://")):
        return _no_http(text, "An endpoint")
    at = text.find("://")
    while at >= 0:
        named = re.split(r"[/?#]", text[at + 3 :], maxsplit=1)[0]
        for start, what in _PRIVATE.items():
            if named.startswith(start):
                if not (_local_host(named) or _local_host(re.sub(r":[0-9]*$", "", named))):
                    what = f"begins with `{start}` and so counts as private"
                if "@" in named:
                    named = f"{start}…"
                return f"{shown(named)} {what}. {_REACHABLE}"
        at = text.find("://", at + 3)
    return None


def _no_http(text: str, what: str) -> str:
    right = "`http://` or `https://`"
    scheme = _SCHEME.match(text)
    if not text.strip():
        return f"{what} is missing: an address that begins with {right}."
    if text != text.lstrip():
        return f"{what} begins with {right}: remove the spaces in front."
    if scheme is None:
        return f"{what} begins with {right}: {shown(text)} has neither."
    return f"{what} begins with {right}, not with {shown(scheme[0])}."


def _doubtful_endpoint(text: str) -> str | None:
    """What floe overlooks: other ways to write addresses that it means to refuse."""
    if _public_endpoint(text) is not None:
        return None
    if doubt := _doubtful_url(text):
        return doubt
    host = (_split(text) or SplitResult("", "", "", "", "")).hostname or ""
    what = _local_host(host)
    if what is None:
        return None
    return f"{shown(host)} {what}, which floe does not notice. {_REACHABLE}"


def _local_host(host: str) -> str | None:
    """What makes a host one that others do not reach; None where nothing does."""
    if host == "localhost" or host.endswith(".localhost"):
        return "stands for this machine"
    address = _address(host)
    if address is None:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    address = mapped or address
    if address.is_unspecified:
        return "stands for every address of this machine"
    if address.is_loopback:
        return "stands for this machine"
    if address.is_link_local:
        return "stands for a link-local address"
    if address.is_multicast:
        return "stands for many hosts at once"
    return "lies in a private network" if address.is_private else None


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is, numbers in place of dots included."""
    if re.fullmatch(r"[0-9]{8,10}", host) and int(host) < 2**32:
        return IPv4Address(int(host))
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


@cache
def _urls() -> TypeAdapter[HttpUrl]:
    from pydantic import HttpUrl, TypeAdapter

    return TypeAdapter(HttpUrl)


def _http_url(text: str) -> str | None:
    """What pydantic refuses, which reads these addresses for floe."""
    from pydantic import ValidationError

    try:
        _urls().validate_python(text)
    except ValidationError as error:
        kind = error.errors()[0]["type"]
        if kind == "url_too_long":
            return "An address has 2083 characters at most."
        if kind == "url_scheme" or not text.strip() or not _SCHEME.match(text):
            return _no_http(text, "This address")
        return f"{shown(text)} is no address: {_why_no_url(text)}."
    return None


def _why_no_url(text: str) -> str:
    parts = _split(text)
    if parts is None:
        return "what stands in `[…]` is no IPv6 address"
    if not parts.hostname:
        return "it names no host"
    try:
        _ = parts.port
    except ValueError:
        return "a port is a number from 0 to 65535"
    return "its host is written wrongly"


def _url(text: str) -> str | None:
    if any(sign in text for sign in ("${", "{{", "env_var(")):
        return None  # filled in later
    if not text.startswith(("http://", "https://")):
        return _no_http(text, "This address")
    return _doubtful_url(text)


def _doubtful_url(text: str) -> str | None:
    """What no scheme check sees: no host, a wrong port, spaces, a user in the address."""
    if strange := re.search(r"\s", text):
        return f"An address has no spaces, and {shown(text)} has {character(strange[0])}."
    parts = _split(text)
    if parts is None or not parts.hostname:
        return f"{shown(text)} is no address: {_why_no_url(text)}."
    try:
        _ = parts.port
    except ValueError:
        return f"{shown(text)} is no address: {_why_no_url(text)}."
    if parts.username is not None:
        return "A user or a password stands before the `@` of this address: keep it in a Secret."
    return None


def _mended_endpoint(text: str) -> str | None:
    mended = _mended_url(text)
    return mended if mended and _public_endpoint(mended) is None else None


def _mended_http_url(text: str) -> str | None:
    mended = _mended_url(text)
    return mended if mended and _http_url(mended) is None else None


def _mended_url(text: str) -> str | None:
    """The address with its scheme in lower case and nothing around it, or with the one it lacks."""
    bare = text.strip()
    if scheme := _SCHEME.match(bare):
        lower = scheme[0].lower()
        mended = lower + bare[scheme.end() :] if lower in {"http://", "https://"} else None
    else:
        hostlike = re.match(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+([:/]|$)", bare)
        mended = f"https://{bare}" if hostlike else None
    return mended if mended and mended != text and _url(mended) is None else None


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.hostname
    except ValueError:
        return None
    return parts


def _source_path(text: str) -> str | None:
    """What floe refuses of the path of a source (catalogue I14)."""
    if not text.strip():
        return "A path is missing: a relative one such as `data/orders.csv`, or one in a store."
    if text != text.strip():
        return "There are spaces around this path: write it without them."
    parts = _split(text)
    if parts is None:
        return f"{shown(text)} is no path: brackets after `://` are for IPv6 addresses only."
    for what, part in (("query", parts.query), ("fragment", parts.fragment)):
        if _names_credentials(part):
            return f"The {what} of this path names credentials: they belong into a Secret."
    if parts.scheme:
        if parts.scheme not in _STORES:
            return _wrong_store(text, parts.scheme)
        if "@" in parts.netloc:
            return "Credentials stand before the `@` of this path: they belong into a Secret."
        if not parts.netloc:
            return f"The bucket is missing: write `{parts.scheme}://bucket/path`."
        return None
    if text.startswith("/"):
        return f"A local path is relative to the product's folder: {shown(text)} begins with `/`."
    return _wrong_store(text, "") if "://" in text else None


def _wrong_store(text: str, scheme: str) -> str:
    stores = listed([f"`{store}://`" for store in _STORES], "or")
    if len(scheme) == 1:
        return f"A local path is relative to the product's folder: {shown(text)} names a drive."
    if scheme == "file":
        return "A local path is written without `file:`, relative to the product's folder."
    near = {"s3a": "s3", "s3n": "s3", "gcs": "gs", "abfs": "az", "abfss": "az", "azure": "az"}
    hint = f": write `{near[scheme]}://`" if scheme in near else ""
    return f"A path is relative, or begins with {stores}, not as {shown(text)} does{hint}."


def _names_credentials(part: str) -> bool:
    plain = re.sub(r"[^a-z0-9]+", "", part.lower())
    return any(term in plain for term in _CREDENTIAL_TERMS)


def _doubtful_source_path(text: str) -> str | None:
    if _source_path(text) is not None or _SCHEME.match(text):
        return None
    if "\\" in text:
        return "Folders are divided by `/`: a `\\` is part of a name where the product runs."
    depth = 0
    for step in text.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(step, 1)
        if depth < 0:
            return f"{shown(text)} leads out of the product's folder: keep the files below it."
    return None


def _mended_source_path(text: str) -> str | None:
    mended = text.strip()
    if "://" not in mended and not re.match("[A-Za-z]:", mended):
        mended = mended.replace("\\", "/")
    return mended if mended != text and _source_path(mended) is None else None


ADDRESSES = (
    Format(
        name="registry-uri",
        title="the address of an OCI registry, without a tag",
        check=_registry_uri,
        code="registry/uri",
        examples=("oci://registry.example.com/floe",),
        suggest=_mended_registry_uri,
    ),
    Format(
        name="public-endpoint",
        title="an address over http or https, no local or private one",
        check=_public_endpoint,
        code="endpoint/address",
        examples=("https://otel.example.com:4317",),
        doubt=_doubtful_endpoint,
        suggest=_mended_endpoint,
    ),
    Format(
        name="http-url",
        title="an address over http or https",
        check=_http_url,
        code="url/form",
        examples=("https://token.actions.githubusercontent.com",),
        doubt=_doubtful_url,
        suggest=_mended_http_url,
    ),
    Format(
        name="url",
        title="an address over http or https",
        check=_url,
        code="url/form",
        severity=WARNING,
        examples=("https://hooks.example.com/floe",),
        suggest=_mended_url,
    ),
    Format(
        name="source-path",
        title="a path relative to the product's folder, or one in a store (s3, gs, az)",
        check=_source_path,
        code="path/form",
        examples=("data/orders.csv", "s3://raw/orders/*.parquet"),
        doubt=_doubtful_source_path,
        suggest=_mended_source_path,
    ),
)
