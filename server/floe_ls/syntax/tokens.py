"""The words of YAML as regular expressions. None takes time that grows faster than the text.

Repeated groups are possessive (`*+`): nothing after them could use what they give back, and keeping
it at hand would cost a hundred bytes for each round.
"""

from __future__ import annotations

import re
from functools import lru_cache

# White space is space, tab and line breaks, and nothing else: a no-break space is text.
_W = r" \t\r\n"
_IN_FLOW = r",\[\]{}"
_GAP = rf"(?=[{_W}]|\Z)"  # what makes a word of '-', '?' and ':'
_TEXT = rf"(?=[^{_W}])"  # and what makes text of them
_TEXT_FLOW = rf"(?=[^{_W}{_IN_FLOW}])"

_HASH = rf"(?:(?<=[{_W}])|(?<![\s\S]))#[^\n]*"  # a comment; elsewhere, # is text
SPACE = re.compile(rf"(?:[ \t\r]*(?:{_HASH})?\n)*+[ \t\r]*(?:{_HASH}\Z)?")
PROPERTIES = re.compile(
    rf"(?:(!<[^>{_W}]*>|![^{_W}{_IN_FLOW}]*)|&([^{_W}{_IN_FLOW}]*))(?=[{_W}{_IN_FLOW}]|\Z)"
)
_START = rf"[^{_W}\-?:{_IN_FLOW}#&*!|>'\"%@`]"
_FIRST = rf"(?:{_START}|[-?:]{_TEXT})"
_MORE = rf"[^{_W}:#]*(?:(?::{_TEXT}|(?<=[^{_W}])#|[ \t]+(?=[^{_W}:#]|:[^{_W}]))[^{_W}:#]*)*+"
PLAIN = re.compile(_FIRST + _MORE)
PLAIN_MORE = re.compile(_MORE)
FLOW_PLAIN = re.compile(
    rf"(?:{_START}|[-?:]{_TEXT_FLOW})[^{_W}:#{_IN_FLOW}]*"
    rf"(?:(?::{_TEXT_FLOW}|(?<=[^{_W}])#|[{_W}]+(?=[^{_W}:#{_IN_FLOW}]|:[^{_W}{_IN_FLOW}]))"
    rf"[^{_W}:#{_IN_FLOW}]*)*+"
)
ALIAS = re.compile(rf"\*([^{_W}{_IN_FLOW}]+)")
QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*+"|\'[^\']*(?:\'\'[^\']*)*+\'', re.DOTALL)
COLON = re.compile(rf"[ \t]*:{_GAP}")
# A key on one line: properties, then plain text, quoted text, an alias, or nothing.
KEY = re.compile(
    rf"((?:(?:![^{_W}]*|&[^{_W}{_IN_FLOW}]+)[ \t]+)*+)"
    rf"(?:({_FIRST}[^\n:#]*(?:(?::{_TEXT}|(?<=[^{_W}])#)[^\n:#]*)*+)"
    r'|(?:("[^"\\\n]*(?:\\.[^"\\\n]*)*+"|\'[^\'\n]*(?:\'\'[^\'\n]*)*+\')'
    rf"|\*([^{_W}{_IN_FLOW}]+)(?=[ \t])|(?<=[ \t])|(?<![\s\S]))[ \t]*):{_GAP}"
)
DASHES = re.compile(r"(?:-[ \t]+)*+")
FLOW_KEY = re.compile(rf"[]}}][ \t]*:{_GAP}")
MARK = re.compile(rf"[-?:]{_GAP}")
HEADER = re.compile(
    r"([|>])(?:([-+])?([1-9])?|([1-9])([-+]))[ \t\r]*(?:(?<=[ \t])#[^\n]*)?(?:\n|\Z)"
)
BLANK = re.compile(r"(?: *\r?\n)*+( *)")
MARKER = re.compile(rf"(?:^|(?<=\ufeff)(?<![\s\S]{{2}}))(?:---|\.\.\.){_GAP}", re.MULTILINE)
DIRECTIVE = re.compile(
    r"%(?:YAML[ \t]+[0-9]+\.[0-9]+|TAG[ \t]+(!\w*!?)[ \t]+[^ \t\r\n]+"
    r"|(?!(?:YAML|TAG)\b)[^ \t\r\n]+.*?)"
    r"[ \t\r]*(?:(?<=[ \t])#.*)?$",
    re.MULTILINE,
)
CONFLICT = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?= |\r?$)[^\n]*", re.MULTILINE)
TAG_HANDLE = re.compile(r"!\w+!")

# The most common entries whole, `key: value  # comment` and `- item`, up to the next text.
_TAIL = (
    rf"(?<![{_W}])|(\"[^\"\\\n]*\"|'[^'\n]*'))[ \t\r]*(?:(?<=[ \t])#[^\n]*)?"
    rf"(?:\n(?:[ \t\r]*(?:#[^\n]*)?\n)*+|\Z)( *)(?=[^{_W}#\]}}-]|-[{_W}]|\Z)"
)
PAIR = re.compile(rf"({_START}[^{_W}:#]*):[ ]+(?:({_START}[^\n:#]*(?::{_TEXT}[^\n:#]*)*){_TAIL}")
ITEM = re.compile(rf"(-)[ ]+(?:({_START}[^\n:#]*){_TAIL}")


@lru_cache(256)
def next_entry(column: int, mapping: bool) -> re.Pattern[str]:
    """Where, in a block collection at a column, the next entry starts."""
    dash = r"[^ \t\r\n])" if mapping else ")"
    return re.compile(rf"\n( {{0,{column}}})(?=[^{_W}#\]}}-]|-{dash}")


@lru_cache(256)
def answer(column: int) -> re.Pattern[str]:
    """The colon that goes with a question mark at a column."""
    return re.compile(rf"\n {{0,{column}}}:{_GAP}")


@lru_cache(256)
def outdented(column: int, closers: bool) -> re.Pattern[str]:
    """A line with text at a column or before it, but for closing brackets if `closers`."""
    but = r"\]}" if closers else ""
    return re.compile(rf"\n {{0,{column}}}(?:\t[ \t]*)?(?=[^{_W}{but}])")


def tag_of(text: str | None) -> str | None:
    """A tag as it is kept: the short form of YAML's own."""
    if text and text.startswith("!<tag:yaml.org,2002:"):
        return "!!" + text[20:-1]
    return text


def properties_of(text: str) -> tuple[str | None, str | None]:
    """The tag and the anchor that stand before a key."""
    tag = anchor = None
    for word in text.replace("\t", " ").split(" "):
        if word.startswith("&"):
            anchor = word[1:]
        elif word:
            tag = tag_of(word)
    return tag, anchor
