"""What plain words mean in YAML 1.2 and in 1.1, and how values are written so that both agree."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone
from random import Random

import pytest
import yaml
import yaml12
from hypothesis import given, settings
from hypothesis import strategies as st

from floe_ls.syntax.edits import written
from floe_ls.syntax.scalars import UNREADABLE, differs, resolve, yaml11
from floe_ls.syntax.tree import Tree
from floe_ls.syntax.values import load

PARTS = (
    *(
        "0",
        "1",
        "7",
        "8",
        "9",
        "12",
        "60",
        "_",
        "-",
        "+",
        ".",
        ":",
        "e",
        "E",
        "0x",
        "0b",
        "0o",
        "x",
        "a",
        "F",
    ),
    *(
        "yes",
        "No",
        "on",
        "OFF",
        "true",
        "null",
        "~",
        "=",
        "<<",
        ".inf",
        ".nan",
        "T",
        "Z",
        " ",
        "2024-01-31",
        "10:20:30",
    ),
)
WORDS = st.lists(st.sampled_from(PARTS), max_size=5).map("".join) | st.text(max_size=6)


def pyyaml(text: str) -> object:
    """What PyYAML's safe loader makes of a plain scalar."""
    loader = yaml.SafeLoader("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))
    try:
        return loader.construct_object(yaml.ScalarNode(tag, text))  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError, yaml.YAMLError):
        return UNREADABLE


def same(one: object, other: object) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)


@settings(deadline=None)
@given(WORDS)
def test_yaml_1_1_is_read_as_pyyaml_reads_it(text: str) -> None:
    assert same(yaml11(text), pyyaml(text))


def test_generated_numbers_and_times_are_read_as_pyyaml_reads_them() -> None:
    random = Random(3)
    tails = (
        "",
        "T1:02:03",
        " 10:20:30.5",
        "t1:2:3",
        " 01:02:03Z",
        " 1:02:03 -5",
        " 1:02:03.1234567+05:30",
        " 1:02:03 +30",
    )
    for _ in range(20_000):
        if random.random() < 0.6:
            text = "".join(random.choices("0123456789_+-.:eExXboTtZ", k=random.randint(1, 9)))
        else:
            day = f"{random.randint(0, 3000):04}-{random.randint(0, 14):02}-{random.randint(0, 33):02}"
            text = day + random.choice(tails)
        assert same(yaml11(text), pyyaml(text)), text


@pytest.mark.parametrize(
    ("text", "new", "old", "words"),
    [
        ("yes", "yes", True, "the truth value true"),
        ("No", "No", False, "the truth value false"),
        ("off", "off", False, "the truth value false"),
        ("010", 10, 8, "the number 8"),
        ("0o10", 8, "0o10", "the text '0o10'"),
        ("1:30", "1:30", 90, "the number 90"),
        ("1:30.5", "1:30.5", 90.5, "the number 90.5"),
        ("1_000", "1_000", 1000, "the number 1000"),
        ("0b11", "0b11", 3, "the number 3"),
        ("1e3", 1000.0, "1e3", "the text '1e3'"),
        ("2024-01-31", "2024-01-31", date(2024, 1, 31), "the date 2024-01-31"),
        ("2024-02-31", "2024-02-31", UNREADABLE, "a value that cannot be loaded"),
        (
            "2024-01-31T10:00:00Z",
            "2024-01-31T10:00:00Z",
            None,
            "the time 2024-01-31 10:00:00+00:00",
        ),
        ("=", "=", UNREADABLE, "a value that cannot be loaded"),
        ("0x_", "0x_", UNREADABLE, "a value that cannot be loaded"),
    ],
)
def test_words_that_the_two_versions_read_differently(
    text: str, new: object, old: object, words: str
) -> None:
    assert same(resolve(text), new)
    assert old is None or same(yaml11(text), old)
    assert differs(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "null",
        "true",
        "12",
        "-1.5",
        ".5",
        "0x1F",
        ".nan",
        "-.inf",
        "v1",
        "1.2.3",
        "y",
        "a: b",
    ],
)
def test_words_that_both_read_alike(text: str) -> None:
    assert differs(text) is None


@settings(deadline=None)
@given(WORDS)
def test_what_differs_is_what_the_two_readings_say(text: str) -> None:
    assert (differs(text) is None) == same(resolve(text), yaml11(text))


def test_times_have_their_zones() -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    assert yaml11("2024-01-31 1:02:03.5 +05:30") == datetime(2024, 1, 31, 1, 2, 3, 500_000, zone)


@pytest.mark.parametrize(
    ("text", "style", "tag", "value"),
    [
        ("5", '"', None, "5"),
        ("5", "", "!!str", "5"),
        ("5", "'", "!!int", 5),
        ("5", "", "!!float", 5.0),
        ("true", "", "!custom", "true"),
        ("x", "", "!!int", "x"),
        ("1" * 5_000, "", None, math.inf),
    ],
)
def test_styles_and_tags_decide_on_values(
    text: str, style: str, tag: str | None, value: object
) -> None:
    assert same(resolve(text, style, tag), value)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | WORDS
)


def readable(value: object) -> bool:
    """Lone surrogates are no characters of any file."""
    return (
        not isinstance(value, str)
        or value.isascii()
        or value.encode("utf-8", "ignore").decode() == value
    )


@settings(deadline=None)
@given(VALUES.filter(readable))
def test_what_is_written_is_read_as_the_same_by_all(value: bool | float | str | None) -> None:
    block, flow = f"k: {written(value)}\n", f"{{k: [{written(value, flow=True)}]}}\n"
    for text, want in ((block, {"k": value}), (flow, {"k": [value]})):
        tree = Tree(text)
        assert [*tree.errors(), *tree.references()] == []
        assert load(tree) == [want]
        assert yaml.safe_load(text) == want
        if not isinstance(value, int) or abs(value) < 2**63:
            assert yaml12.parse_yaml(text) == want


@settings(deadline=None)
@given(st.text(max_size=12).filter(readable))
def test_a_key_that_is_written_is_read_as_the_same(key: str) -> None:
    text = f"{written(key)}: 1\n"
    assert load(Tree(text)) == [{key: 1}]
    assert yaml.safe_load(text) == {key: 1}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain words", "plain words"),
        ("yes", "'yes'"),
        ("it's", "it's"),
        ("'", "''''"),
        ("a: b", "'a: b'"),
        ("", "''"),
        ("a\nb", '"a\\nb"'),
        ("a\u00a0b", '"a\\xa0b"'),
        (1e30, "1.0e+30"),
        (math.inf, ".inf"),
        (None, "null"),
        ("oci://host/a:v1", "oci://host/a:v1"),
    ],
)
def test_values_are_written_as_plainly_as_can_be(value: float | str | None, text: str) -> None:
    assert written(value) == text
