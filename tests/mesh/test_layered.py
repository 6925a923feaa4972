"""The mapping that a census is made of says what a plain dict says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from floe_ls.mesh.layered import Layered

KEYS = st.integers(0, 40)


@given(
    st.dictionaries(KEYS, st.text()),
    st.lists(st.tuples(st.dictionaries(KEYS, st.text()), st.sets(KEYS))),
)
def test_it_says_what_a_dict_says(
    start: dict[int, str], changes: list[tuple[dict[int, str], set[int]]]
) -> None:
    mapping, plain = Layered(start), dict(start)
    for new, gone in changes:
        earlier, was = mapping, dict(plain)
        mapping = mapping.changed(new.items(), gone - new.keys())
        plain = {k: v for k, v in plain.items() if k not in gone or k in new} | new
        assert dict(earlier) == was
        assert len(mapping) == len(plain)
        assert all((key in mapping) == (key in plain) for key in range(41))
        assert all(mapping.get(key, "") == plain.get(key, "") for key in range(41))
    assert dict(mapping.items()) == plain
    assert sorted(mapping.values()) == sorted(plain.values())


def test_many_changes_are_one_again() -> None:
    mapping: Layered[int, int] = Layered()
    for number in range(1_000):
        mapping = mapping.changed([(number, number + 1)])
    mapping = mapping.changed(gone=range(0, 1_000, 2))
    assert list(mapping) == list(range(1, 1_000, 2))
    assert len(mapping) == 500
