"""What is wrong is named by a code, in words that need no grammar, at the place where it is."""

from __future__ import annotations

import re

import pytest

from floe_ls.syntax.problems import CODES, Problem
from floe_ls.syntax.tree import Tree
from syntax.states import STATES

# A text in which « and » enclose what the problem is about.
FOUND = [
    ("a: «*x»\n", "yaml/unknown-anchor", "No anchor &x stands above this."),
    ("a: «*»\n", "yaml/alias", "An alias needs the name of an anchor, as in *name."),
    (
        "a: &x 1\nb: &y «*x»\n",
        "yaml/alias",
        "An alias (*name) cannot have a tag or an anchor of its own.",
    ),
    (
        "a: «|x»\n",
        "yaml/block-scalar",
        "After | only + or - and a digit may stand; the text starts on the next line.",
    ),
    (
        "a: «|»\n    \n  x\n",
        "yaml/block-scalar",
        "An empty line at the start of this text is indented further than the text itself.",
    ),
    ("a: b«\0»c\n", "yaml/character", "The character U+0000 is not allowed in YAML."),
    ("«%YAML»\n---\n", "yaml/directive", "This line starts with % but is not a directive."),
    (
        "«%YAML 1.2\n»a: 1\n",
        "yaml/directive",
        "Directives need a line --- after them, where their document starts.",
    ),
    (
        "a: 1\nb: 2\n«a»: 3\n",
        "yaml/duplicate-key",
        "The key 'a' is there already; only the last one counts.",
    ),
    (
        "x: {a: 1, «a»: 3}\n",
        "yaml/duplicate-key",
        "The key 'a' is there already; only the last one counts.",
    ),
    (
        'a: "b«\\q»c"\n',
        "yaml/escape",
        "\\q is no escape; double the backslash, or use single quotes.",
    ),
    (
        'a: "«\\ud800»"\n',
        "yaml/escape",
        "\\ud800 is no escape; double the backslash, or use single quotes.",
    ),
    (
        'a: "b\n  c «\\q» d"\n',
        "yaml/escape",
        "\\q is no escape; double the backslash, or use single quotes.",
    ),
    (
        "a:\n   b: 1\n  «c: 1»\n",
        "yaml/indentation",
        "This line is indented by 2 spaces; the lines that it belongs with, by 3.",
    ),
    (
        "a:\n  b: 1\n    «c: 1»\n",
        "yaml/indentation",
        "This line is indented too far: what stands above it has a value already.",
    ),
    (
        "«<<<<<<< HEAD»\na: 1\n«=======»\nb: 1\n«>>>>>>> x»\n",
        "yaml/merge-conflict",
        "This merge conflict is not resolved.",
    ),
    (
        "a:\n  <<: «3»\n",
        "yaml/merge-value",
        "Only a mapping, or a list of mappings, can be taken over by <<.",
    ),
    (
        "a:\n  <<: [{b: 1}, «x»]\n",
        "yaml/merge-value",
        "Only a mapping, or a list of mappings, can be taken over by <<.",
    ),
    ("a:\n  b: 1\n  «cc»\n", "yaml/missing-colon", "After this key a colon is missing."),
    (
        "«replicas:3»\nb: 1\n",
        "yaml/missing-colon",
        "After the colon a space is missing: 'replicas: 3'.",
    ),
    ("a: [b «[»c]]\n", "yaml/missing-comma", "A comma is missing before this."),
    (
        "a:\n  - b\n  «cc»\n",
        "yaml/missing-dash",
        "This line stands in a list, so it must start with '- '.",
    ),
    ("'a\n  b'«: 1»\n", "yaml/multiline-key", "A key must stand on one line."),
    ("a: [? b,\n  «c\n »: d]\n", "yaml/multiline-key", "A key must stand on one line."),
    ("«{a: 1}»\nb: 2\n", "yaml/missing-colon", "After this key a colon is missing."),
    (
        "a: 1\n«- b»\n",
        "yaml/indentation",
        "This item is in no list: what stands above it has a value already.",
    ),
    ("a:\n  b: 1\n\t«c: 2»\n", "yaml/tab", "A tab cannot indent a line; use spaces."),
    ("a: [b]«]»\n", "yaml/unexpected", "This ] closes nothing."),
    ("a: [b] «c»\n", "yaml/unexpected", "Nothing can follow the closing ] but a comment."),
    ("a: *b «c»\n", "yaml/unexpected", "This cannot stand here: the value ends before it."),
    ("a: &x «&»y 1\n", "yaml/property", None),
    ("a: «&» 1\n", "yaml/property", "An anchor needs a name, as in &name."),
    ("a:\n«\t»b: 1\n", "yaml/tab", "A tab cannot indent a line; use spaces."),
    ("a: «[»b\nc: 1\n", "yaml/unclosed-bracket", "This [ is never closed."),
    ("a: [b«}»\n", "yaml/unclosed-bracket", "Here ] is expected, not }."),
    ("a: «'b»\nc: 1\n", "yaml/unclosed-quote", "The text that starts with ' is never closed."),
    ("a: «@b»\n", "yaml/unexpected", "A value cannot start with @; put it in quotes."),
    ("a: «- b»\n", "yaml/unexpected", "A list must start on a line of its own."),
    ("a: «]»\n", "yaml/unexpected", "This ] closes nothing."),
    ("a: [b,«,» c]\n", "yaml/unexpected", "There is nothing before this comma."),
    ('a: "b" «c»\n', "yaml/unexpected", "Nothing can follow the closing quote but a comment."),
    (
        "a: !e!x «b»\n",
        "yaml/unknown-tag-handle",
        "The handle !e! of this tag is not declared by a %TAG line.",
    ),
    (
        "url: http«: //x»\n",
        "yaml/unquoted-colon",
        "A value with a colon and a space in it must be in quotes.",
    ),
]


@pytest.mark.parametrize(
    ("marked", "code", "message"), FOUND, ids=[f"{c} {m!r}" for m, c, _ in FOUND]
)
def test_a_problem_is_named_where_it_is(marked: str, code: str, message: str | None) -> None:
    text = marked.replace("«", "").replace("»", "")
    found = [p for p in every(text) if p.code == code]
    if message is not None:
        assert {p.message for p in found} == {message}
        assert [(p.start, p.end) for p in found] == spans(marked)
    else:
        assert found


def test_every_code_can_be_found_and_is_explained() -> None:
    found = {
        p.code for marked, *_ in FOUND for p in every(marked.replace("«", "").replace("»", ""))
    }
    found |= {p.code for p in every("[" * 200)}
    assert found == set(CODES)
    assert all(re.fullmatch(r"[A-Z`].*\.", words) for words in CODES.values())


def test_messages_are_sentences() -> None:
    for state in STATES:
        for problem in every(state.text.replace("‸", "")):
            assert re.fullmatch(r"[A-Z\\].*[.]", problem.message), problem


def test_a_second_key_tells_where_the_first_one_is() -> None:
    text = "x:\n  - name: 1\n    value: 2\n    name: 3\n"
    (problem,) = every(text)
    assert problem.related is not None
    start, end, words = problem.related
    assert (text[start:end], text.index("name"), words) == (
        "name",
        start,
        "It is given here first.",
    )


def test_keys_are_the_same_if_their_values_are() -> None:
    assert [p.code for p in every("1: a\n0x1: b\n'a': c\na: d\n")] == ["yaml/duplicate-key"] * 2
    assert every("1: a\n'1': b\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "a: b\u00a0c\u2003\n",  # spaces that are text
        "a\u00a0b: [c\u00a0d, \u2028]\n",
        "a: b#c\n",
        "a: 'it''s' # why\n",
        "- - a\n  - b\n- c: d\n  e:\n  - f\n",
        "a: {b: [c,\n  d]\n}\n",
        "a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\ne: {<<: [*x, {f: 1}]}\n",
        "%TAG !e! tag:e.com,2000:\n---\na: !e!x b\n",
        "\ufeff---\na: 1\n...\n",
        "a:\n\tb\n",
        "a: |2-\n   b\n\n  c\n",
        "? a\n: b\n? [c]\n: d\n",
        'a: "\\x41\\u00e9\\U0001F389\\\n  \\tb"\n',
        "",
        "# only a comment",
        "\r\n\r\n",
    ],
)
def test_what_is_yaml_has_no_problems(text: str) -> None:
    assert every(text) == []


def test_a_problem_in_one_entry_is_no_problem_of_the_others() -> None:
    text = "a: [\nb: 'x\nc: {\nd: \"\ne:\n  - f: }\ng: 1\n"
    lines = {text.count("\n", 0, p.start) for p in every(text)}
    assert lines == {0, 1, 2, 3, 5}


def every(text: str) -> list[Problem]:
    tree = Tree(text)
    return [*tree.errors(), *tree.references()]


def spans(marked: str) -> list[tuple[int, int]]:
    found, at = [], 0
    for n, part in enumerate(re.split("[«»]", marked)):
        if n % 2:
            found.append((at, at + len(part)))
        at += len(part)
    return found
