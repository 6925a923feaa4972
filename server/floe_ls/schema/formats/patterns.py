"""Regular expressions, and globs."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from floe_ls.schema.formats.format import Format, shown
from floe_ls.schema.meta import WARNING

_LITERAL = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
"""Escaped characters and sets, in which `+`, `*` and brackets stand for themselves."""

LONGEST_PATTERN = 500
"""Longest naming pattern that floe lets run (catalogue 4.4)."""


def _regex(text: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text)
    except re.error as error:
        at = "" if error.pos is None else f" at character {error.pos + 1}"
        return f"{shown(text)} is no regular expression: {error.msg}{at}."
    except (RecursionError, OverflowError):
        return f"{shown(text)} asks for too much: its groups are too deep or its counts too great."
    return None


def _doubtful_regex(text: str) -> str | None:
    if _regex(text) is not None:
        return None
    bare = _LITERAL.sub("x", text)
    nested = re.search(r"\([^()]*[+*][^()]*\)[+*]", bare)
    if nested is None:
        return None
    return (
        f"{shown(text)} may take very long on some texts: a repeated group has a repetition in it."
    )


def _safe_regex(text: str) -> str | None:
    if len(text) > LONGEST_PATTERN:
        return f"A pattern has {LONGEST_PATTERN} characters at most; this has {len(text)}."
    return _subject_regex(text)


def _subject_regex(text: str) -> str | None:
    if wrong := _regex(text):
        return wrong
    if danger := _danger(text):
        return f"floe refuses patterns that may take very long on some texts: {danger}."
    return None


def _danger(text: str) -> str | None:
    """What floe's check of patterns objects to, as a clause; it looks at characters, not at meaning.

    It refuses any `+` or `*` between a `(` and the next `)`, a `+` after a group with `|` in it, or
    an open count such as `{2,}` after a group, escaped or not.
    """
    for group, after in _groups(text):
        again = after[:1] in {"+", "*"} or (after[:1] == "{" and "," in after)
        for sign in ("+", "*"):
            if sign not in group:
                continue
            if again:
                return f"`{sign}` inside a group that is itself repeated ({shown(group + after)})"
            return f"`{sign}` inside a group ({shown(group + after)}); put it outside"
        if "|" in group and group.endswith(")") and after == "+":
            return f"`+` after a choice between alternatives ({shown(group + after)})"
        if group.endswith(")") and re.fullmatch(r"\{[0-9]+,\}", after):
            return f"a count without an end after a group ({shown(group + after)})"
    return None


def _groups(text: str) -> Iterator[tuple[str, str]]:
    """Each `(` up to the next `)` or the end, and the repetition that follows it."""
    start = text.find("(")
    while start >= 0:
        end = text.find(")", start)
        if end < 0:
            yield text[start:], ""
            return
        after = re.compile(r"[+*]|\{[0-9]*,[0-9]*\}").match(text, end + 1)
        yield text[start : end + 1], after[0] if after else ""
        start = text.find("(", end)


def _glob(text: str) -> str | None:
    if not text.strip():
        return "A glob is missing: write a pattern such as `stg_*`."
    return None


def _doubtful_glob(text: str) -> str | None:
    if text != text.strip():
        return f"{shown(text)} has spaces around it, which a name would need to have as well."
    opened = text.find("[")
    if opened >= 0 and "]" not in text[opened + 2 :]:
        return f"The `[` in {shown(text)} is never closed, so it stands for itself."
    if text.startswith("^") or text.endswith("$") or ".*" in text:
        return (
            f"{shown(text)} looks like a regular expression. This is a glob: "
            "`*` stands for any text, `?` for one character."
        )
    return None


PATTERNS = (
    Format(
        name="regex",
        title="a regular expression, as Python's `re` reads it",
        check=_regex,
        code="pattern/syntax",
        examples=(r"^(stg|fct)_[a-z_]+$",),
        doubt=_doubtful_regex,
        doubt_code="pattern/unsafe",
    ),
    Format(
        name="safe-regex",
        title=f"a regular expression of up to {LONGEST_PATTERN} characters, no repetition in a group",
        check=_safe_regex,
        code="pattern/unsafe",
        examples=(r"^raw_[a-z0-9_]+$",),
    ),
    Format(
        name="subject-regex",
        title="a regular expression with no repetition in a group",
        check=_subject_regex,
        code="pattern/unsafe",
        examples=("repo:acme/.*:ref:refs/heads/main",),
    ),
    Format(
        name="glob",
        title="a glob: `*` stands for any text, `?` for one character",
        check=_glob,
        code="pattern/glob",
        severity=WARNING,
        examples=("stg_*", "legacy_*"),
        doubt=_doubtful_glob,
    ),
)
