"""Markdown that reads well in VS Code and in Neovim: short lists and code spans, no tables, no HTML.

Whatever comes from a file goes through here, so that no text of a user's can become markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 80
"""Characters of a value that are shown."""

_PLAIN_LABEL = re.compile(r"(?!.*(?:\b_|_\b))[\w ./:@+-]+", re.ASCII)
_UNSAFE_IN_URI = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'*+,;=%]")
_HARMLESS_WORD = re.compile(r"[A-Za-z_][\w./@-]*", re.ASCII)
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def code(text: str, longest: int = LONGEST) -> str:
    """A text as a code span: on one line, not too long, control characters made visible."""
    shown = visible(text, longest)
    if not shown:
        return '`""`'
    runs = [len(run) for run in re.findall("`+", shown)]
    fence = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
    edge = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def visible(text: str, longest: int = LONGEST) -> str:
    """A text on one line: what cannot be seen, or turns the direction of reading, is written as an escape."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in cut)


def value(of: Any, longest: int = LONGEST) -> str:
    """A value as a code span, in YAML on one line."""
    return code(flow(of), longest)


def flow(of: Any) -> str:
    """A value as YAML on one line. It is for reading: it stops where it would not be shown any more."""
    return "".join(_flow(of, 0))


def _flow(of: Any, depth: int) -> Iterable[str]:
    if of is None:
        yield "null"
    elif isinstance(of, bool):
        yield "true" if of else "false"
    elif isinstance(of, Mapping):
        yield (
            "{…}"
            if depth > 3 and of
            else "{" + _joined((f"{_word(str(k))}: ", v) for k, v in of.items()) + "}"
        )
    elif isinstance(of, list | tuple):
        yield "[…]" if depth > 3 and of else "[" + _joined(("", item) for item in of) + "]"
    elif isinstance(of, str):
        yield _word(of) if depth else of
    else:
        yield str(of)


def _joined(parts: Iterable[tuple[str, Any]]) -> str:
    out: list[str] = []
    size = 0
    for before, item in parts:
        if size > 2 * LONGEST:
            out.append("…")
            break
        text = before + "".join(_flow(item, 1 if not isinstance(item, Mapping | list) else 2))
        size += len(text)
        out.append(text)
    return ", ".join(out)


def _word(text: str) -> str:
    if _HARMLESS_WORD.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    return json.dumps(text[: 2 * LONGEST], ensure_ascii=False)


def link(label: str, uri: str, line: int | None = None) -> str:
    """A link to a file, `line` counted from 0."""
    target = _UNSAFE_IN_URI.sub(
        lambda m: "".join(f"%{b:02X}" for b in m[0].encode("utf-8", "replace")), uri
    )
    anchor = "" if line is None else f"#L{line + 1}"
    return f"[{label_text(label)}]({target}{anchor})"


def label_text(label: str) -> str:
    """The text of a link, or a name in the middle of a sentence."""
    return label if _PLAIN_LABEL.fullmatch(label) and len(label) <= LONGEST else code(label)


def prose(doc: str) -> str:
    """A docstring of our own, which is Markdown: lines joined, paragraphs kept."""
    return "\n\n".join(" ".join(part.split()) for part in doc.split("\n\n") if part.strip())


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    words = list(words)
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def document(*parts: str) -> str:
    """Paragraphs, those that are empty left out."""
    return "\n\n".join(part for part in parts if part)
