"""What scalars mean: the text between quotes, the text of blocks, and the value of a plain word."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

ScalarValue = None | bool | int | float | str

# A line break is LF or CRLF: a lone CR has become LF before anything is parsed. White space is
# space and tab: Python's \s also has no-break spaces and the like, which are text in YAML.

_WORDS: dict[str, ScalarValue] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
# Beyond some 4,300 digits Python refuses to print an integer that it has read.
_NUMBER = re.compile(
    r"([-+]?[0-9]{1,4000})|0o([0-7]{1,4000})|0x([0-9a-fA-F]{1,3000})|([-+]?)\.(?:inf|Inf|INF)"
    r"|([-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_RESOLVED_TAGS = frozenset({"!!int", "!!float", "!!bool", "!!null"})


def resolve(text: str, style: str = "", tag: str | None = None) -> ScalarValue:
    """The value of a scalar under the core schema of YAML 1.2."""
    if tag not in _RESOLVED_TAGS if tag else style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-." or not (m := _NUMBER.fullmatch(text)):
        return text
    whole, octal, hexa, sign, real = m.groups()
    value: int | float
    if whole:
        value = int(whole)
    elif octal:
        value = int(octal, 8)
    elif hexa:
        value = int(hexa, 16)
    else:
        value = float(real or sign + "inf")
    return float(value) if tag == "!!float" else value


_ESCAPES = dict(
    zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True)
)
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\r?\n[ \t]*|(.?))", re.DOTALL
)
BREAK = re.compile(r"[ \t]*\r?\n(?:[ \t\r]*\n)*[ \t]*")
_QUOTED_BREAK = re.compile(r"(\\[^\r\n])|(\\)\r?\n(?:[ \t\r]*\n)*[ \t]*|" + BREAK.pattern)


def unfold(text: str) -> str:
    """The value of plain text over several lines."""
    return BREAK.sub(_fold, text) if "\n" in text else text


def _fold(m: re.Match[str]) -> str:
    breaks = m[0].count("\n") - 1
    return "\n" * breaks or " "


def _fold_quoted(m: re.Match[str]) -> str:
    if m[1]:  # an escape: it stays, so that its second character is not taken for the start of one
        return m[1]
    breaks = m[0].count("\n") - 1
    return "\n" * breaks or ("" if m[2] else " ")


def unquote(text: str, quote: str) -> str:
    """The value of what stands between quotes; unknown escapes stay as they are."""
    if quote == "'":
        return unfold(text).replace("''", "'")
    if "\n" in text:
        text = _QUOTED_BREAK.sub(_fold_quoted, text)
    return _ESCAPE.sub(_unescape, text) if "\\" in text else text


def _unescape(m: re.Match[str]) -> str:
    if code := m[1] or m[2] or m[3]:
        number = int(code, 16)
        return chr(number) if _is_character(number) else "\ufffd"
    return _ESCAPES.get(m[4], m[0])


def _is_character(number: int) -> bool:
    return number < 0xD800 or 0xDFFF < number <= 0x10FFFF


def bad_escapes(text: str) -> Iterator[tuple[int, int]]:
    """Where text between double quotes has escapes that do not exist."""
    for m in _ESCAPE.finditer(text):
        if code := m[1] or m[2] or m[3]:
            if not _is_character(int(code, 16)):
                yield m.span()
        elif m[4] is not None and m[4] not in _ESCAPES:
            yield m.span()


def unblock(lines: list[str], folded: bool, chomp: str) -> str:
    """The value of a block scalar's lines, given without their indentation."""
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    if chomp == "-":
        tail = ""
    elif chomp == "+":
        tail = "\n" * (len(lines) - end + bool(end))
    else:
        tail = "\n" * bool(end)
    if not folded:
        return "\n".join(lines[:end]) + tail
    out: list[str] = []
    breaks, last = 0, ""
    for line in lines[:end]:
        if line:
            plain = bool(last) and last[0] not in " \t" and line[0] not in " \t"
            out += "\n" * (breaks + (bool(last) and not plain)) or " " * plain, line
            breaks, last = 0, line
        else:
            breaks += 1
    return "".join(out) + tail
