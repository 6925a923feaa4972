"""What scalars mean: text between quotes, text of blocks, and plain words in YAML 1.2 and 1.1."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum

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
    if tag == "!!null":
        return None
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
BREAK = re.compile(r"[ \t]*\r?\n(?:[ \t\r]*\n)*+[ \t]*")
_QUOTED_BREAK = re.compile(r"(\\[^\r\n])|(\\)\r?\n(?:[ \t\r]*\n)*+[ \t]*|" + BREAK.pattern)


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


class Unreadable(Enum):
    """Stands for the value of a scalar that a loader of YAML 1.1 stops at."""

    UNREADABLE = "unreadable"


UNREADABLE = Unreadable.UNREADABLE

_WORDS_11: dict[str, ScalarValue | Unreadable] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys(("=", "<<"), UNREADABLE),  # of types that have no values: default and merge
}
_NUMBER_11 = re.compile(
    r"(?P<sign>[-+]?)(?:"
    r"(?P<minutes>[1-9][0-9_]*(?::[0-5]?[0-9])+)"
    r"|(?P<seconds>[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)"
    r"|(?P<real>[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?)"
    r"|0b(?P<binary>[01_]+)|0x(?P<hexa>[0-9a-fA-F_]+)|(?P<octal>0[0-7_]+)"
    r"|(?P<whole>0|[1-9][0-9_]*))|(?P<fraction>\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)"
)
_BASES = {"binary": 2, "octal": 8, "whole": 10, "hexa": 16}
_DATE_11 = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME_11 = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]*))?(?:[ \t]*(?:(Z)|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?"
)
_LONGEST_11 = 4000


def yaml11(text: str) -> ScalarValue | date | Unreadable:
    """The value that a loader of YAML 1.1, such as PyYAML's safe one, gives a plain scalar."""
    if text in _WORDS_11:
        return _WORDS_11[text]
    if text[0] not in "0123456789+-." or len(text) > _LONGEST_11:
        return text
    try:
        if m := _NUMBER_11.fullmatch(text):
            return _number_11(m)
        if m := _DATE_11.fullmatch(text):
            return date(int(m[1]), int(m[2]), int(m[3]))
        if m := _TIME_11.fullmatch(text):
            return _time_11(m)
    except (ValueError, OverflowError):  # 0x_ has no digits, and 2024-13-01 is no date
        return UNREADABLE
    return text


def tagged11(text: str, tag: str) -> ScalarValue | date | Unreadable:
    """The value that such a loader gives a scalar, of any style, with one of the tags of YAML 1.1."""
    value = yaml11(text)
    match tag:
        case "!!null":
            return None
        case "!!bool":
            return value if isinstance(value, bool) else UNREADABLE
        case "!!int":
            return value if type(value) is int else UNREADABLE
        case "!!float":
            try:
                return float(text.replace("_", ""))
            except ValueError:  # 1:30, or .inf
                if isinstance(value, float) or (isinstance(value, int) and ":" in text):
                    return float(value)
                return UNREADABLE
        case "!!timestamp":
            return value if isinstance(value, date) else UNREADABLE
    return text


def _number_11(m: re.Match[str]) -> int | float:
    kind = m.lastgroup or ""
    digits = m[kind].replace("_", "")
    value: int | float = 0
    if kind == "minutes":
        for part in digits.split(":"):
            value = 60 * value + int(part)
    elif kind == "seconds":
        for part in digits.split(":"):
            value = 60 * value + float(part)
    elif kind in _BASES:
        value = int(digits, _BASES[kind])
    else:
        value = float(digits)
    return -value if m["sign"] == "-" else value


def _time_11(m: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(m[k]) for k in range(1, 7))
    micro = int((m[7] or "0")[:6].ljust(6, "0"))
    zone = UTC if m[8] else None
    if m[9]:
        offset = timedelta(hours=int(m[10]), minutes=int(m[11] or 0))
        zone = timezone(-offset if m[9] == "-" else offset)
    return datetime(year, month, day, hour, minute, second, micro, zone)


def differs(text: str) -> str | None:
    """What YAML 1.1 takes a plain scalar for, in words, where YAML 1.2 reads it otherwise."""
    if (text[:1] or "~") not in "0123456789+-.yYnNtTfFoO=<":
        return None
    new, old = resolve(text), yaml11(text)
    if type(new) is type(old) and (new == old or new != new):  # noqa: PLR0124 -- not a number
        return None
    if old is UNREADABLE:
        return "a value that cannot be loaded"
    if isinstance(old, bool):
        return f"the truth value {str(old).lower()}"
    if isinstance(old, int | float):
        return f"the number {old}"
    if isinstance(old, datetime):
        return f"the time {old.isoformat(' ')}"
    if isinstance(old, date):
        return f"the date {old.isoformat()}"
    return f"the text '{old}'"
