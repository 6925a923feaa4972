"""What can be wrong with a text as YAML: the form of a problem, and what every code means."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """Something wrong at `start` to `end`. `related` is another place that explains it, with words.

    Offsets are relative to the entry that holds the problem; in those that a tree hands out, to the
    text.
    """

    start: int
    end: int
    code: str
    message: str
    related: tuple[int, int, str] | None = None

    def shifted(self, by: int) -> Problem:
        related = self.related
        return Problem(
            self.start + by,
            self.end + by,
            self.code,
            self.message,
            related and (related[0] + by, related[1] + by, related[2]),
        )


CODES: dict[str, str] = {
    "yaml/alias": "An alias such as `*name` lacks its name, or has a tag or an anchor of its own.",
    "yaml/block-scalar": "What follows `|` or `>`, or the indentation of the text below, is wrong.",
    "yaml/character": "The text has a character that YAML does not allow.",
    "yaml/directive": "A line that starts with `%` is not a directive, or no `---` follows it.",
    "yaml/duplicate-key": "A key stands twice at the same level; the loader keeps only the last.",
    "yaml/escape": "Text in double quotes has a backslash that does not start a known escape.",
    "yaml/indentation": "A line is indented by a number of spaces that fits nothing above it.",
    "yaml/merge-conflict": "The markers of an unresolved merge conflict are in the text.",
    "yaml/merge-value": "`<<` takes over a mapping or a list of mappings, and has something else.",
    "yaml/missing-colon": "A key has no `:` after it, or no space after the `:`.",
    "yaml/missing-comma": "Between two elements in brackets there is no comma.",
    "yaml/missing-dash": "An item of a list does not start with `- `.",
    "yaml/multiline-key": "A key goes on over several lines.",
    "yaml/property": "A value has two tags or two anchors, or an anchor without a name.",
    "yaml/tab": "A line is indented with a tab; YAML takes spaces only.",
    "yaml/too-deep": "The text is nested more deeply than is supported.",
    "yaml/unclosed-bracket": "A `[` or `{` has no closing partner.",
    "yaml/unclosed-quote": "A text starts with a quote and has no closing quote.",
    "yaml/unexpected": "Something stands where nothing of the kind can stand.",
    "yaml/unknown-anchor": "An alias such as `*name` names an anchor that is not above it.",
    "yaml/unknown-tag-handle": "A tag such as `!e!name` needs a `%TAG` line for its handle.",
    "yaml/unquoted-colon": "An unquoted value contains `: `, which YAML reads as the end of a key.",
}
"""Each code with a line for its reader."""
