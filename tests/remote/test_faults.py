"""A registry that misbehaves: each fault is a sentence, bounded in time and in size."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from floe_ls.chain.ref import OciRef
from floe_ls.remote import registry
from floe_ls.remote.address import is_loopback, is_private
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.client import _challenges, _origin
from floe_ls.remote.credentials import Found, Login
from floe_ls.remote.failure import Failed, Failure, printable
from floe_ls.remote.line import Line
from floe_ls.remote.registry import Access
from remote.fault_server import BLOB, TEXT, FaultServer, digest, layer, manifest
from remote.registries import Certificates, free_port

SECRET = "s3cret-login"
QUICK = Access(total=1.0, connect=0.5, lookup=lambda _: Found(Login("the test", "me", SECRET)))
ANONYMOUS = Access(total=5.0, lookup=lambda _: Found())


def pulled(faults: FaultServer, fault: str, access: Access = ANONYMOUS) -> Artifact | Failure:
    return registry.pull(OciRef(faults.host, fault, "v1"), access)


DAMAGED = "it is damaged, or someone changed it."
LONGER = "{host} sent more of {item} than the 29 bytes that its manifest promises: " + DAMAGED
BY_HTTP = "by plain http, which anyone on the way could change: that was not followed."
SENTENCES = {
    "e401": ("auth", "{asks}, but names no way to log in that is known here."),
    "e401basic": (
        "auth",
        (
            "{asks}: run `docker login {host}`, or set FLOE_REGISTRY_USERNAME and"
            " FLOE_REGISTRY_PASSWORD."
        ),
    ),
    "e401realm": ("blocked", f"{{host}} sends on to tokens.example.com {BY_HTTP}"),
    "e403": (
        "forbidden",
        (
            "{host} does not let everyone use {item}: run `docker login {host}`, or ask its owner for"
            " access."
        ),
    ),
    "e404": ("not-found", "{host} has no {item}: check the name and the tag."),
    "e404name": ("not-found", "{host} has no e404name: check the name."),
    "e429": ("rate-limit", "{host} had too many requests: try again after 7 s."),
    "e500": ("server", "{host} answered 500 Internal Server Error for {item}: try again later."),
    "e503": ("server", "{host} answered 503 Service Unavailable for {item}: try again later."),
    "closes": ("unreachable", "{host} closed the connection without an answer."),
    "garbage": ("server", "{host} answered in a way that is not HTTP."),
    "truncated": ("partial", "{host} broke off in the middle of {item}."),
    "truncatedchunks": ("partial", "{host} broke off in the middle of {item}."),
    "longer": ("digest", LONGER),
    "bomb": ("digest", LONGER),
    "bombchunked": ("digest", LONGER),
    "gzbomb": ("digest", LONGER),
    "bombmanifest": ("too-large", "{item} of {host} is larger than 4 MiB, the limit."),
    "bomberror": (
        "server",
        "{host} answered 500 Internal Server Error for {item}: try again later.",
    ),
    "gzipped": ("server", "{host} sent {item} compressed, which was not asked for."),
    "corrupt": (
        "digest",
        (
            "manifest.yaml in {ref} has the digest sha256:a4bb8142c2a7…, not sha256:6fd702462e7b… as"
            f" promised: {DAMAGED}"
        ),
    ),
    "badmanifest": (
        "digest",
        (
            "What {host} sent for {ref} has the digest sha256:070d3e640d5f…, not"
            f" sha256:059bfc9061b5… as promised: {DAMAGED}"
        ),
    ),
    "page": (
        "server",
        "A web page came in place of {ref}: a login page or a proxy stands before the registry.",
    ),
    "junk": ("not-artifact", "What came for {ref} is no OCI manifest."),
    "deep": ("not-artifact", "What came for {ref} is no OCI manifest."),
    "loop": ("server", "{host} sends in circles: 5 redirects and more."),
    "redirectout": ("blocked", f"{{host}} sends on to blobs.example.com {BY_HTTP}"),
    "redirectfile": ("blocked", "{host} sends elsewhere, to an address that is none."),
    "redirectodd": ("blocked", "{host} sends elsewhere, to an address that is none."),
    "redirecterror": ("server", "{other}, where {host} sends for {item}, answered 500."),
}


@pytest.mark.parametrize("fault", SENTENCES)
def test_each_fault_has_its_sentence(faults: FaultServer, fault: str) -> None:
    kind, sentence = SENTENCES[fault]
    found = pulled(faults, fault)
    assert isinstance(found, Failure)
    host, item = faults.host, f"{fault}:v1"
    assert (found.kind, found.message) == (
        kind,
        sentence.format(
            host=host,
            item=item,
            ref=f"oci://{host}/{item}",
            other=f"127.0.0.1:{faults.other_port}",
            asks=f"{host} asks for a login to read {item}",
        ),
    )
    assert faults.sent < 64 << 20  # what the system's own buffers hold, but not a body without end


@pytest.mark.parametrize("fault", ["hang", "drip", "dripheaders"])
def test_waiting_has_an_end(faults: FaultServer, fault: str) -> None:
    before = time.monotonic()
    found = pulled(faults, fault, QUICK)
    assert found == Failure("timeout", f"{faults.host} did not finish its answer within 1 s.")
    assert time.monotonic() - before < 30  # the bound is 1 s; a busy machine is no fault


@pytest.mark.parametrize("fault", ["ok", "nodigest", "redirect", "redirecthost", "redirectbomb"])
def test_what_is_only_unusual_works(faults: FaultServer, fault: str) -> None:
    found = pulled(faults, fault)
    assert isinstance(found, Artifact), found
    assert found.text == TEXT


def test_memory_is_bounded(faults: FaultServer) -> None:
    for fault in ("bomb", "bombchunked", "bombmanifest", "gzbomb", "redirectbomb"):
        pulled(faults, fault)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for fault in ("bomb", "bombchunked", "bombmanifest", "gzbomb", "redirectbomb"):
        pulled(faults, fault)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # KiB


def test_how_long_to_wait_is_told(faults: FaultServer) -> None:
    found = pulled(faults, "e429")
    assert isinstance(found, Failure)
    assert found.retry_after == 7
    found = pulled(faults, "e503")
    assert isinstance(found, Failure)
    assert found.retry_after == 24 * 3600  # a date in 2099 is cut to a day


def test_nothing_is_tried_twice(faults: FaultServer) -> None:
    for fault in ("e403", "e404", "e429", "e500", "e503", "closes", "junk"):
        faults.requests.clear()
        pulled(faults, fault)
        asked = [request.path for request in faults.requests if request.path != "/v2/"]
        assert asked == [f"/v2/{fault}/manifests/v1"]


def test_a_login_is_shown_to_who_asked_and_to_nobody_else(faults: FaultServer) -> None:
    for fault in ("redirect", "redirecthost"):
        assert isinstance(pulled(faults, fault, QUICK), Artifact)
    assert {request.authorization for request in faults.requests} == {""}
    found = pulled(faults, "e401basic", QUICK)
    assert found == Failure("auth", f"{faults.host} refused the login from the test: log in again.")
    assert [request.authorization for request in faults.requests[-2:]] == ["", login()]
    faults.requests.clear()
    pulled(faults, "e401redirect", QUICK)
    shown = {(request.port, request.authorization) for request in faults.requests}
    assert (faults.port, login()) in shown
    assert (faults.other_port, "") in shown
    assert (faults.other_port, login()) not in shown


def login() -> str:
    return Login("", "me", SECRET).basic


def test_a_login_is_not_sent_where_a_stranger_says(faults: FaultServer) -> None:
    found = pulled(faults, "e401realm", QUICK)
    assert isinstance(found, Failure)
    assert found.kind == "blocked"
    assert {request.authorization for request in faults.requests} == {""}


def test_a_token_that_is_not_enough_means_forbidden(faults: FaultServer) -> None:
    found = pulled(faults, "e401again", QUICK)
    assert found == Failure(
        "forbidden",
        f"{faults.host} does not let the login from the test use e401again:v1: ask its owner for"
        " access.",
    )


def test_no_secret_is_in_a_message(faults: FaultServer) -> None:
    faultnames = ("redirectout", "redirecterror", "e401basic", "e401again", "e403", "hang")
    for fault in faultnames:
        found = pulled(faults, fault, QUICK)
        assert isinstance(found, Failure)
        assert "s3cret" not in found.message


def test_tags_are_read_page_by_page_and_not_for_ever(faults: FaultServer) -> None:
    def tags(repository: str) -> tuple[str, ...] | Failure:
        return registry.tags(OciRef(faults.host, repository), ANONYMOUS)

    assert tags("paged") == ("v1.4.0", "v1.3.0", "v1.2.0", "v1.1.0", "v1.0.0")
    assert tags("endlesstags") == Failure(
        "server", f"{faults.host} answers without end about endlesstags."
    )
    assert tags("junktags") == Failure(
        "server", f"{faults.host} gave no list of tags that could be read."
    )


def test_a_digest_is_checked_against_the_bytes_whatever_the_header_says(
    faults: FaultServer,
) -> None:
    data = manifest(layer())
    faults.holds("ok", data, BLOB)
    pinned = OciRef(faults.host, "nodigest", None, digest(b"other"))
    found = registry.pull(pinned, ANONYMOUS)
    assert isinstance(found, Failure)
    assert found.kind == "digest"
    assert registry.head(OciRef(faults.host, "nodigest", "v1"), ANONYMOUS) == digest(data)


def test_titles_lead_nowhere(faults: FaultServer, tmp_path: Path) -> None:
    ref = faults.holds("traversal", manifest(layer(title="../../../../etc/manifest.yaml")), BLOB)
    found = registry.pull(OciRef(faults.host, "traversal", "v1"), ANONYMOUS)
    assert isinstance(found, Artifact), ref
    assert found.title == "../../../../etc/manifest.yaml"
    assert [*tmp_path.iterdir()] == []


def test_a_host_that_nobody_knows_is_said() -> None:
    found = registry.pull(OciRef("registry.invalid", "m", "v1"), QUICK)
    assert found == Failure(
        "unreachable",
        "There is no host registry.invalid, as far as this machine knows: check the name and the"
        " network.",
    )


def test_a_look_up_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hanging(*_: object, **__: object) -> None:
        over.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    found = registry.pull(OciRef("registry.example.com", "m", "v1"), QUICK)
    over.set()
    assert found == Failure(
        "timeout", "The look-up of the host registry.example.com took too long."
    )


def test_a_port_where_nothing_listens_is_said() -> None:
    host = f"127.0.0.1:{free_port()}"
    found = registry.pull(OciRef(host, "m", "v1"), QUICK)
    assert found == Failure("unreachable", f"{host} refused the connection: nothing listens there.")


def test_a_host_that_takes_no_connections_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        host = f"127.0.0.1:{full.getsockname()[1]}"
        found = registry.pull(OciRef(host, "m", "v1"), Access(total=5, connect=0.3))
        for each in waiting:
            each.close()
    assert found == Failure("timeout", f"{host} did not answer within 0.3 s.")


def test_every_address_of_a_host_is_tried(
    faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def both(host: str, port: int, *rest: object, **more: object) -> object:
        if host != "registry.localhost":
            return real(host, port, *rest, **more)  # type: ignore[arg-type]
        dead = ("127.0.0.2", port)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", dead),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    monkeypatch.setenv("NO_PROXY", "registry.localhost")
    found = registry.pull(OciRef(f"registry.localhost:{faults.port}", "ok", "v1"), ANONYMOUS)
    assert isinstance(found, Artifact), found


@pytest.fixture
def secure(certificates: Certificates) -> Iterator[FaultServer]:
    with FaultServer(tls=(certificates.certificate, certificates.key)) as server:
        yield server


def test_a_redirect_from_tls_to_plain_http_is_not_followed(
    secure: FaultServer, certificates: Certificates
) -> None:
    access = Access(ca=str(certificates.ca), lookup=lambda _: Found())
    assert isinstance(pulled(secure, "ok", access), Artifact)
    found = pulled(secure, "redirectdown", access)
    assert found == Failure(
        "blocked",
        f"{secure.host} sends on to 127.0.0.1 by plain http, which anyone on the way could"
        " change: that was not followed.",
    )
    assert {request.port for request in secure.requests} == {secure.port}


def test_tls_on_loopback_is_found_out(secure: FaultServer, certificates: Certificates) -> None:
    found = pulled(secure, "ok")
    assert isinstance(found, Failure)
    assert found.kind == "tls"


def test_a_public_registry_does_not_lead_into_our_network(
    faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Line, "is_public", lambda *_: True)
    for fault, target in (("redirectin", "127.0.0.1"), ("redirecthost", "localhost")):
        found = pulled(faults, fault)
        assert found == Failure(
            "blocked",
            f"{faults.host} sends on to {target}, which is inside your own network: that was not"
            " followed.",
        )
    assert faults.other_port not in {request.port for request in faults.requests}


def test_a_name_that_hides_an_inner_address_is_not_dialled(faults: FaultServer) -> None:
    line = Line(total=5, connect=1)
    with pytest.raises(Failed, match="inside your own network") as raised:
        line.dial("localhost", faults.port, guarded=True)
    line.close()
    assert raised.value.failure.kind == "blocked"


def test_where_a_login_may_be_shown() -> None:
    same = ("https://h.example.com/a", "https://H.example.com:443/b", "https://h.example.com?c")
    assert len({_origin(url) for url in same}) == 1
    for other in ("http://h.example.com/a", "https://h.example.com:444", "https://example.com"):
        assert _origin(other) != _origin(same[0])


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('Basic realm="x"', {"basic": {"realm": "x"}}),
        ("Basic", {"basic": {}}),
        (
            'Bearer realm="https://t/x?a=b,c",service="s s",scope="repository:a/b:pull,push"',
            {
                "bearer": {
                    "realm": "https://t/x?a=b,c",
                    "service": "s s",
                    "scope": "repository:a/b:pull,push",
                }
            },
        ),
        (
            'Negotiate, Basic realm="a\\"b", bearer realm=t',
            {"negotiate": {}, "basic": {"realm": 'a"b'}, "bearer": {"realm": "t"}},
        ),
        ("", {}),
        ('="', {}),
    ],
)
def test_challenges_are_read(header: str, found: dict[str, dict[str, str]]) -> None:
    assert _challenges(header) == found


@pytest.mark.parametrize("header", ["a" * 60_000 + "!", 'a="' + "b" * 60_000, "a " * 30_000])
def test_a_hostile_challenge_costs_little(header: str) -> None:
    before = time.process_time()
    _challenges(header)
    assert time.process_time() - before < 10


def test_what_a_stranger_wrote_is_made_printable() -> None:
    assert printable("a\x1b[31m\nb") == "a\ufffd[31m\ufffdb"
    assert len(printable("x" * 1000)) == 100


def test_inner_addresses_are_known() -> None:
    for host in ("127.0.0.1", "::1", "localhost", "a.localhost", "::ffff:127.0.0.1"):
        assert is_loopback(host), host
        assert is_private(host), host
    for host in (
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "fd00::1",
        "fe80::1%eth0",
        "100.64.0.1",
    ):
        assert is_private(host), host
        assert not is_loopback(host), host
    for host in ("8.8.8.8", "2606:4700::1111", "registry.example.com", "localhost.example.com"):
        assert not is_private(host), host


def test_a_proxy_is_used_where_the_environment_names_one(
    faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("HTTP_PROXY", f"http://user:s3cret@127.0.0.1:{faults.port}")
    ref = OciRef("registry.example.com", "ok", "v1")
    pulled_by_proxy = registry.pull(ref, Access(insecure=True, lookup=lambda _: Found()))
    assert isinstance(pulled_by_proxy, Artifact)
    assert faults.requests[0].path == "http://registry.example.com/v2/ok/manifests/v1"


def test_a_proxy_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:s3cret@127.0.0.1:{port}")
    found = registry.pull(OciRef("registry.example.com", "ok", "v1"), QUICK)
    assert found == Failure(
        "unreachable", f"127.0.0.1:{port} refused the connection: nothing listens there."
    )
