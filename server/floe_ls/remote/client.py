"""oras's client, mended: it waits, reads and redirects only so far, and shows a login to its own host.

As it stands oras retries each failure for two minutes, waits for ever, reads without end, checks
no digest and sends one registry's token to others. What it knows of the protocol stays: addresses,
paging, the session. Importing this module imports oras and requests: do it inside a function.
"""

from __future__ import annotations

import http.client
import json as json_module
import logging
import os
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import SplitResult, urljoin, urlsplit

import oras.container  # type: ignore[import-untyped]
import oras.logger  # type: ignore[import-untyped]
import oras.provider  # type: ignore[import-untyped]
import requests
import urllib3

from floe_ls import __version__
from floe_ls.remote.address import is_loopback, is_private
from floe_ls.remote.credentials import Found, Login, Lookup, login_for
from floe_ls.remote.failure import Failed, printable
from floe_ls.remote.line import Adapter, Line, inward
from floe_ls.remote.stop import Stop

MAX_ANSWER = 4 << 20
MAX_ERROR = 64 << 10
REDIRECTS = 5
LONGEST_CHALLENGE = 2048
LONGEST_WAIT = 24 * 3600.0
REQUESTS = 200
"""A conversation has an end: a list of tags with endless pages, too."""

# oras writes to stderr, and urllib3 logs addresses whose queries hold signatures.
oras.logger.logger.handler = lambda _message: None
logging.getLogger("urllib3").setLevel(logging.WARNING)


class Client(oras.provider.Registry):  # type: ignore[misc]
    """One conversation with one registry about one repository. Its functions raise Failed."""

    def __init__(
        self,
        host: str,
        repository: str,
        *,
        subject: str,
        insecure: bool = False,
        ca: str | None = None,
        total: float = 10.0,
        connect: float = 3.0,
        lookup: Lookup = login_for,
        stop: Stop | None = None,
    ) -> None:
        super().__init__(hostname=host, insecure=insecure)
        self.host = host
        self.subject = subject
        self.item = subject.removeprefix("oci://").removeprefix(f"{host}/")
        self.repository = repository
        self._ca = ca
        self._lookup = lookup
        self._found: Found | None = None
        self._authorization: str | None = None
        self._requests = REQUESTS
        self._line = Line(total, connect, stop)
        adapter = Adapter(self._line)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)
        # requests takes logins from ~/.netrc, and puts them over the header that we set.
        self.session.auth = lambda request: request
        # requests reads a redirect's body to its end before it lets go of it, also unasked.
        self.session.get_redirect_target = lambda _response: None
        self.session.headers.update(
            {
                "Accept-Encoding": "identity",
                "User-Agent": f"floe-language-server/{__version__}",
            }
        )
        if not insecure and ca is None and is_loopback(_hostname(host)):
            self._try_plain()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()
        self._line.close()

    def container(self, *, tag: str | None = None, digest: str | None = None) -> Any:
        """oras's own addresses; its parser takes a host without a dot for part of the path."""
        container = oras.container.Container("name")
        container.registry = self.host
        container.namespace, container.repository = None, self.repository
        container.tag, container.digest = tag or "latest", digest
        return container

    def url(self, path: str) -> str:
        return f"{self.prefix}://{path}"

    def do_request(
        self,
        url: str,
        method: str = "GET",
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        stream: bool = False,  # noqa: ARG002  oras's signature; nothing is left unread here
        *,
        limit: int = MAX_ANSWER,
        promised: int | None = None,
    ) -> requests.Response:
        """The whole answer, at most `limit` bytes; all of oras's functions come through here.

        More than `promised` bytes are a fault of the registry's.
        """
        if json is not None:
            data = json_module.dumps(json).encode()
        asked_for_login = False
        hops = 0
        if not self._is_home(url):
            self._allow(self.url(self.host), url)
        if promised is not None and promised < limit:
            limit = promised
        else:
            promised = None
        while True:
            try:
                response = self._send(url, method, data, headers, limit)
            except Failed as failed:
                if failed.failure.kind != "too-large" or promised is None:
                    raise
                raise Failed(
                    "digest",
                    f"{_netloc(url)} sent more of {self.item} than the {promised:,} bytes that its"
                    " manifest promises: it is damaged, or someone changed it.",
                ) from None
            status = response.status_code
            if status == 401 and self._is_home(url):
                if asked_for_login:
                    raise self._refused(response)
                asked_for_login = True
                self._log_in(response)
                continue
            if status in {301, 302, 303, 307, 308} and "Location" in response.headers:
                hops += 1
                url = self._next(url, method, response, hops)
                continue
            if status >= 400:
                raise self._fault(url, response)
            return response

    def _send(
        self,
        url: str,
        method: str,
        data: Any,
        headers: Mapping[str, str] | None,
        limit: int,
        authorization: str | None = None,
    ) -> requests.Response:
        if self._line.is_over:
            raise self._line.timeout(self.host)
        self._requests -= 1
        if self._requests < 0:
            raise Failed("server", f"{self.host} answers without end about {self.item}.")
        sent = dict(headers or {})
        if authorization is None and self._is_home(url):
            authorization = self._authorization
        if authorization is not None:
            sent["Authorization"] = authorization
        self._line.guarded = not self._is_home(url) and self._line.is_public(_hostname(self.host))
        try:
            response: requests.Response = self.session.request(
                method,
                url,
                data=data,
                headers=sent,
                stream=True,
                allow_redirects=False,
                verify=self._verify(url),
                timeout=self._line.timeouts(),
            )
            with response:
                # The body is read here, bounded, so that oras's own code finds it already there.
                body = self._body(response, url, limit)
                response._content = body  # noqa: SLF001
                response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            http.client.HTTPException,
            OSError,
            ValueError,
        ) as error:
            raise self._explain(error, url) from None
        return response

    def _body(self, response: requests.Response, url: str, limit: int) -> bytes:
        failed = response.status_code >= 300  # a redirect's body does not matter either
        limit = MAX_ERROR if failed else limit
        promised = response.headers.get("Content-Length", "")
        length = int(promised) if re.fullmatch(r"[0-9]{1,15}", promised) else None
        if response.request.method == "HEAD":
            length = None
        if length is not None and length > limit and not failed:
            raise self._too_large(limit)
        if not failed and response.headers.get("Content-Encoding", "identity") != "identity":
            raise Failed(
                "server",
                f"{_netloc(url)} sent {self.item} compressed, which was not asked for.",
            )
        out = bytearray()
        # The bytes as they come, not inflated; and what is there now, so that a slow trickle
        # meets the time limit.
        while chunk := response.raw.read1(65536, decode_content=False):
            out += chunk
            if len(out) > limit:
                if failed:
                    response.raw.close()  # or the rest of it would answer the next request
                    return bytes(out[:limit])
                raise self._too_large(limit)
        if self._line.is_over:
            raise self._line.timeout(_netloc(url))
        if length is not None and len(out) < length and not failed:
            raise self._partial(url)
        return bytes(out)

    # What `floe-ls doctor` asks

    def probe(self) -> tuple[int, tuple[str, ...]]:
        """The status with which the registry answers at all, and the ways to log in that it offers."""
        response = self._send(self.url(f"{self.host}/v2/"), "GET", None, None, MAX_ERROR)
        ways = _challenges(response.headers.get("WWW-Authenticate", ""))
        return response.status_code, tuple(ways)

    def login(self) -> Login | None:
        """The login that would be shown."""
        return self._login()

    @property
    def trouble(self) -> str:
        """What went wrong on the way to it."""
        return self._found.trouble if self._found else ""

    # Redirects

    def _next(self, url: str, method: str, response: requests.Response, hops: int) -> str:
        if hops > REDIRECTS:
            raise Failed("server", f"{self.host} sends in circles: {REDIRECTS} redirects and more.")
        if method not in {"GET", "HEAD"} and response.status_code not in {307, 308}:
            raise Failed("server", f"{self.host} answers {method} with a redirect to elsewhere.")
        try:
            target = urljoin(url, response.headers["Location"])
        except ValueError:
            target = ""
        self._allow(url, target)
        return target

    def _allow(self, url: str, target: str) -> None:
        """A registry may send us to another host, but not down to plain http or into our network."""
        before, after = _split(url), _split(target)
        host = after.hostname if after else None
        if before is None or after is None or not host or after.scheme not in {"http", "https"}:
            raise Failed("blocked", f"{self.host} sends elsewhere, to an address that is none.")
        here = is_loopback(host) or (self.prefix == "http" and after.netloc == self.host)
        if after.scheme == "http" and (before.scheme == "https" or not here):
            raise Failed(
                "blocked",
                f"{self.host} sends on to {printable(host)} by plain http, which anyone on the way could"
                " change: that was not followed.",
            )
        if is_private(host) and self._line.is_public(_hostname(self.host)):
            raise inward(self.host, host)

    # Logins

    def _log_in(self, response: requests.Response) -> None:
        challenges = _challenges(response.headers.get("WWW-Authenticate", ""))
        if "bearer" in challenges:
            self._authorization = f"Bearer {self._token(challenges['bearer'])}"
        elif "basic" in challenges:
            login = self._login()
            if login is None or not login.user:
                raise self._login_needed()
            self._authorization = login.basic
        else:
            raise Failed(
                "auth",
                f"{self.host} asks for a login to read {self.item}, but names no way to log in"
                " that is known here.",
            )

    def _login(self) -> Login | None:
        if self._found is None:
            self._found = self._lookup(f"{self.host}/{self.repository}")
        return self._found.login

    def _token(self, challenge: Mapping[str, str]) -> str:
        """A token for this repository alone; it lives as long as this conversation."""
        realm = _split(challenge.get("realm", ""))
        if realm is None or not realm.hostname or realm.scheme not in {"http", "https"}:
            raise Failed("auth", f"{self.host} asks for a token, but does not say where to get it.")
        self._allow(self.url(self.host), realm.geturl())
        asked = {
            "service": challenge.get("service", ""),
            "scope": challenge.get("scope") or f"repository:{self.repository}:pull",
        }
        asked = {key: value for key, value in asked.items() if value}
        login = self._login()
        if login is not None and login.refresh:
            form = {"grant_type": "refresh_token", "refresh_token": login.refresh}
            form |= {"client_id": "floe-language-server", **asked}
            response = self._send(realm.geturl(), "POST", form, None, MAX_ERROR, "")
        else:
            query = requests.Request("GET", realm.geturl(), params=asked).prepare().url or ""
            basic = login.basic if login is not None else ""
            response = self._send(query, "GET", None, None, MAX_ERROR, basic)
        if response.status_code in {400, 401, 403, 404}:
            raise self._login_needed() if login is None else self._login_refused(login)
        if response.status_code != 200:
            raise self._fault(realm.geturl(), response)
        try:
            answer = response.json()
            token = answer.get("token") or answer.get("access_token")
        except (ValueError, AttributeError):
            token = None
        if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]+", token):
            raise Failed("server", f"{_netloc(realm.geturl())} gave no token for {self.item}.")
        return token

    def _refused(self, response: requests.Response) -> Failed:
        login = self._login()
        if login is None:
            return self._login_needed()
        if "bearer" in _challenges(response.headers.get("WWW-Authenticate", "")):
            return self._forbidden(login)
        return self._login_refused(login)

    def _login_needed(self) -> Failed:
        trouble = self._found.trouble if self._found else ""
        return Failed(
            "auth",
            f"{self.host} asks for a login to read {self.item}:"
            f" run `docker login {self.host}`, or set FLOE_REGISTRY_USERNAME and"
            f" FLOE_REGISTRY_PASSWORD.{f' {trouble}' if trouble else ''}",
        )

    def _login_refused(self, login: Login) -> Failed:
        return Failed("auth", f"{self.host} refused the login from {login.source}: log in again.")

    def _forbidden(self, login: Login | None) -> Failed:
        if login is None:
            return Failed(
                "forbidden",
                f"{self.host} does not let everyone use {self.item}: run `docker login"
                f" {self.host}`, or ask its owner for access.",
            )
        return Failed(
            "forbidden",
            f"{self.host} does not let the login from {login.source} use {self.item}: ask its"
            " owner for access.",
        )

    # What went wrong, in words

    def _fault(self, url: str, response: requests.Response) -> Failed:
        status = response.status_code
        host = _netloc(url)
        if not self._is_home(url):
            return Failed(
                "server",
                f"{host}, where {self.host} sends for {self.item}, answered {status}.",
                retry_after=_retry_after(response),
            )
        if status == 403:
            return self._forbidden(self._found.login if self._found else None)
        if status == 404:
            if "NAME_UNKNOWN" in _codes(response):
                return Failed("not-found", f"{host} has no {self.repository}: check the name.")
            return Failed("not-found", f"{host} has no {self.item}: check the name and the tag.")
        wait = _retry_after(response)
        if status == 429:
            after = f"after {wait:.0f} s" if wait is not None else "later"
            return Failed("rate-limit", f"{host} had too many requests: try again {after}.", wait)
        name = http.client.responses.get(status, "")
        return Failed(
            "server",
            f"{host} answered {f'{status} {name}'.strip()} for {self.item}: try again later.",
            wait,
        )

    def _too_large(self, limit: int) -> Failed:
        return Failed(
            "too-large", f"{self.item} of {self.host} is larger than {_size(limit)}, the limit."
        )

    def _partial(self, url: str) -> Failed:
        return Failed("partial", f"{_netloc(url)} broke off in the middle of {self.item}.")

    def _explain(self, error: BaseException, url: str) -> Failed:
        """Never the error's own text: addresses with signatures and proxies' passwords are in it."""
        host = _netloc(url)
        if self._line.is_over:
            return self._line.timeout(host)
        causes = list(_causes(error))
        for cause in causes:
            if isinstance(cause, Failed):
                return cause
            if isinstance(cause, ssl.SSLCertVerificationError):
                return Failed(
                    "tls",
                    f"The certificate of {host} is not trusted ({cause.verify_message}): name its"
                    " authority as `ca` of this registry in floe-ls.toml.",
                )
        if any(isinstance(c, ssl.SSLError | urllib3.exceptions.SSLError) for c in causes):
            if any("WRONG_VERSION_NUMBER" in str(cause) for cause in causes):
                return Failed(
                    "tls",
                    f"{host} does not speak TLS: if plain http is meant, set `insecure = true` for"
                    " this registry in floe-ls.toml.",
                )
            return Failed("tls", f"No secure connection to {host} came about.")
        if any(isinstance(c, requests.exceptions.ProxyError) for c in causes):
            return Failed("unreachable", f"The proxy on the way to {host} refused the connection.")
        timeouts = (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError)
        if any(isinstance(cause, timeouts) for cause in causes):
            return self._line.timeout(host)
        incomplete = (urllib3.exceptions.IncompleteRead, http.client.IncompleteRead)
        if any(isinstance(cause, incomplete) for cause in causes):
            return self._partial(url)
        if any(isinstance(cause, ConnectionError) for cause in causes):
            return Failed("unreachable", f"{host} closed the connection without an answer.")
        if any(isinstance(cause, http.client.HTTPException | ValueError) for cause in causes):
            return Failed("server", f"{host} answered in a way that is not HTTP.")
        return Failed("unreachable", f"The connection to {host} broke.")

    def _verify(self, url: str) -> bool | str:
        if not url.startswith("https:"):
            return True
        ca = self._ca if self._is_home(url) else None
        if ca is not None:
            return _ca_file(ca, "the setting `ca`")
        for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
            if bundle := os.environ.get(variable):
                return _ca_file(bundle, variable)
        return True

    def _is_home(self, url: str) -> bool:
        return _origin(url) == _origin(self.url(self.host))

    def _try_plain(self) -> None:
        """Registries on loopback mostly speak plain http; one that wants TLS says so at once."""
        self.prefix = "http"
        try:
            response = self._send(self.url(f"{self.host}/v2/"), "GET", None, None, MAX_ERROR)
        except Failed as failed:
            if failed.failure.kind != "unreachable" or self._line.refused:
                self.__exit__(None, None, None)
                raise
            self.prefix = "https"  # some close the connection in place of an answer
            return
        if response.status_code == 400 and b"https" in response.content.lower():
            self.prefix = "https"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here, because a bad one raises
    except ValueError:
        return None
    return parts


def _origin(url: str) -> tuple[str, str | None, int] | None:
    """Where a login may be shown: the same scheme, host and port, also where the port is left out."""
    parts = _split(url)
    if parts is None:
        return None
    return parts.scheme, parts.hostname, parts.port or (80 if parts.scheme == "http" else 443)


def _netloc(url: str) -> str:
    """Host and port; a user's name and password before them stay unsaid."""
    parts = _split(url)
    return printable(parts.netloc.rpartition("@")[2]) if parts else "an address that is none"


def _hostname(netloc: str) -> str:
    parts = _split(f"//{netloc}")
    return (parts.hostname if parts else None) or netloc


_CHALLENGE = re.compile(
    r"([A-Za-z][\w-]*)(?:\s+(?=[\w-]+\s*=)|\s*(?:,|$))"
    r'|([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))'
)


def _challenges(header: str) -> dict[str, dict[str, str]]:
    """The ways to log in that a WWW-Authenticate header offers, with their parameters."""
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for scheme, key, quoted, plain in _CHALLENGE.findall(header[:LONGEST_CHALLENGE]):
        if scheme:
            current = found.setdefault(scheme.lower(), {})
        else:
            current.setdefault(key.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain)
    return found


def _codes(response: requests.Response) -> set[str]:
    """The error codes of the registry's own answer."""
    try:
        errors = response.json()["errors"]
        return {str(error["code"]) for error in errors}
    except (ValueError, LookupError, TypeError, RecursionError):
        return set()


def _retry_after(response: requests.Response) -> float | None:
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(float(value), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(value).timestamp() - time.time()
        return min(max(wait, 0.0), LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps, in any of the ways that requests, urllib3 and Python have."""
    waiting: list[Any] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop(0)
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [getattr(each, "reason", None), each.__cause__, each.__context__, *each.args]


def _ca_file(path: str, source: str) -> str:
    if not Path(path).exists():
        raise Failed("tls", f"There is no certificate file {path}, which {source} names.")
    if Path(path).is_file():
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except OSError:  # an ssl.SSLError too
            raise Failed("tls", f"{path}, which {source} names, holds no certificate.") from None
    return path


def _size(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size:,} bytes"
