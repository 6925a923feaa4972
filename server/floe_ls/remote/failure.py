"""What came back in place of what was asked for: a kind for programs and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "not-found",  # no such host's repository, tag, file
    "auth",  # a login is missing, or was refused
    "forbidden",  # the login, or the user, may not
    "timeout",
    "unreachable",  # no such host, refused, broken off before an answer
    "tls",
    "rate-limit",
    "server",  # the other side answered, but with a fault of its own
    "too-large",
    "digest",  # other bytes than the digest promised
    "not-artifact",  # what is there is no OCI artifact
    "not-manifest",  # an artifact, but no manifest in it
    "partial",  # the answer ended before its end
    "offline",
    "blocked",  # a rule of ours forbids it
    "untrusted",  # the workspace is not trusted with the network, or with files outside of it
    "cancelled",  # nobody needs the answer any more
    "io",  # the file system
    "encoding",
    "invalid",  # what was asked for makes no sense: a target without a tag, a broken settings file
]


@dataclass(frozen=True)
class Failure:
    """The message is a short sentence or two: what, on which reference or host, what to do.

    No secret is ever part of it.
    """

    kind: Kind
    message: str
    retry_after: float | None = None
    """Seconds that the other side asked us to wait."""
    line: int | None = None
    """The line in the file that the message is about, from 0."""
    since: float | None = field(default=None, compare=False)
    """Seconds since the epoch, when the same question first failed."""
    again: float | None = field(default=None, compare=False)
    """Seconds since the epoch, when it is worth asking again; before that nobody is asked."""

    @property
    def passing(self) -> bool:
        """It may go away by itself, so the same question is worth asking again later."""
        return self.kind in {"timeout", "unreachable", "rate-limit", "server", "partial"}


class Failed(Exception):  # noqa: N818  a failure on its way to becoming a value
    """Carries a failure up to the function that hands it out; it never leaves this package."""

    def __init__(
        self, kind: Kind, message: str, retry_after: float | None = None, line: int | None = None
    ) -> None:
        super().__init__(message)
        self.failure = Failure(kind, message, retry_after, line)


def printable(text: str, longest: int = 100) -> str:
    """What a stranger wrote, fit for one of our sentences."""
    text = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
