"""What a form of string is: how it is told right from wrong, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from floe_ls.schema.meta import ERROR, WARNING, By

_USER = re.compile(r"://[^/@]*@")


@dataclass(frozen=True)
class Format:
    """A form that fields name with `Form("…")`. Every function takes the text and never raises.

    `check` is what floe itself refuses, or would fail on later: see `severity`. `doubt` is asked of
    texts that pass `check`: what floe lets through and yet is hardly meant. Both answer None where
    nothing is wrong, else whole sentences that say what is wrong and what would be right, without
    the name of the field.
    """

    name: str
    title: str
    """What such a text is, for hover: `a cron expression of five fields`."""
    check: Callable[[str], str | None]
    code: str
    severity: By = ERROR
    examples: tuple[str, ...] = ()
    doubt: Callable[[str], str | None] | None = None
    doubt_code: str = ""
    """Code of what `doubt` says; `code` where empty."""
    doubt_severity: By = WARNING
    meaning: Callable[[str], str | None] | None = None
    """A right text read out in words, for hover; None where there is nothing to add."""
    suggest: Callable[[str], str | None] | None = None
    """The right text that a wrong or doubtful one was surely meant to be."""


def shown(text: str, longest: int = 60) -> str:
    """A text as messages quote it: on one line, not too long, control characters made visible, what
    stands before the `@` of an address left out."""
    if not text:
        return '`""`'
    text = _USER.sub("://…@", text)
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return "`" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in cut) + "`"


def character(text: str) -> str:
    """One character as messages name it."""
    return "a space" if text == " " else shown(text)


def listed(words: list[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
