"""The nearest word."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floe_ls.schema.nearest import nearest

PLUGINS = [
    "duckdb",
    "snowflake",
    "spark",
    "bigquery",
    "databricks",
    "great_expectations",
    "dbt_expectations",
    "soda",
    "k8s-secrets",
    "core",
]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("duckdb", "duckdb"),
        ("DuckDB", "duckdb"),
        ("duckdbb", "duckdb"),
        ("duckd", "duckdb"),
        ("dcukdb", "duckdb"),
        ("snowflak", "snowflake"),
        ("snofwlake", "snowflake"),
        ("sprak", "spark"),
        ("bigqury", "bigquery"),
        ("bigquerry", "bigquery"),
        ("great-expectations", "great_expectations"),
        ("Great-Expectation", "great_expectations"),
        ("k8s_secrets", "k8s-secrets"),
        ("cor", "core"),
        ("sode", "soda"),
        ("snow", "snowflake"),
        ("data", "databricks"),
        (" spark ", "spark"),
    ],
)
def test_the_word_that_was_meant_is_found(word: str, meant: str) -> None:
    assert nearest(word, PLUGINS) == meant


@pytest.mark.parametrize("word", ["", " ", "x", "oracle", "postgres", "sp", "-", "corelation"])
def test_a_word_that_is_near_to_none_finds_none(word: str) -> None:
    assert nearest(word, PLUGINS) is None


def test_swapped_neighbours_are_one_slip() -> None:
    assert nearest("adn", ["and", "adding"]) == "and"


def test_fewer_slips_win_over_a_longer_common_start() -> None:
    assert nearest("stage", ["stages_", "stage1x", "wtage"]) == "wtage"


def test_of_equally_near_words_the_one_with_the_longer_common_start_wins() -> None:
    assert nearest("prod-eu", ["prod-us", "trod-en", "prod-en"]) == "prod-en"


def test_a_beginning_that_fits_two_words_finds_none() -> None:
    assert nearest("custo", ["customer_orders", "custody_accounts"]) is None


def test_no_candidates_find_none() -> None:
    assert nearest("anything", []) is None


def test_the_order_of_the_candidates_does_not_count() -> None:
    words = ["aaab", "aaac", "aaad", "aaae", "baaa"]
    answers = set()
    for seed in range(20):
        random.Random(seed).shuffle(words)
        answers.add(nearest("aaax", words))
    assert answers == {"aaab"}


def test_two_thousand_names_that_differ_little_are_told_apart() -> None:
    names = [f"customer-analytics-{number:04}" for number in range(2000)]
    assert nearest("customer-anlytics-1234", names) == "customer-analytics-1234"


words = st.text(alphabet="abc-_Z", max_size=7)


def distance(one: str, other: str) -> int:
    """Slips between two words, counted the plain way: the whole table, no limits."""
    one, other = (w.strip().casefold().replace("_", "-") for w in (one, other))
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if i == 0 or j == 0:
                table[i][j] = i + j
                continue
            costs = [
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (one[i - 1] != other[j - 1]),
            ]
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                costs.append(table[i - 2][j - 2] + 1)
            table[i][j] = min(costs)
    return table[-1][-1]


@given(words, st.lists(words, max_size=8))
def test_the_shortcuts_change_no_answer(word: str, candidates: list[str]) -> None:
    found = nearest(word, candidates)
    length = len(word.strip())
    limit = 0 if length <= 1 else 1 if length <= 4 else 2 if length <= 8 else 3
    within = [c for c in candidates if length and distance(word, c) <= limit]
    if within:
        assert found is not None
        assert distance(word, found) == min(distance(word, c) for c in within)
    elif found is not None:
        assert found.casefold().replace("_", "-").startswith(word.casefold().replace("_", "-"))


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=10))
def test_any_text_gets_an_answer(word: str, candidates: list[str]) -> None:
    found = nearest(word, candidates)
    assert found is None or found in candidates


@given(st.text(min_size=1, max_size=20).filter(str.strip))
def test_a_word_that_is_there_is_found(word: str) -> None:
    assert nearest(word, ["something-else", word]) == word
