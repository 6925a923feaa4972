"""Where the cursor is, in canonical terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixture import real_shapes, world
from floe_ls.forms.document import read_document
from floe_ls.ide.cursor import Cursor, canonical_path, cursor_at, token_at
from ide.states import STATES, State

SHAPES = real_shapes()


def cursor(fixture: str, name: str = "manifest.yaml") -> Cursor | None:
    here = world(fixture, name=name)
    return cursor_at(here.document, SHAPES[here.document.kind], here.cursor)


def placed(fixture: str, name: str = "manifest.yaml") -> tuple[str, str]:
    found = cursor(fixture, name)
    return (found.place.value, _dots(found.path)) if found else ("", "")


def _dots(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))


@pytest.mark.parametrize("state", STATES, ids=[s.name for s in STATES])
def test_in_the_middle_of_typing_the_place_is_known(state: State) -> None:
    place = placed(state.text.replace("‸", "$0"), state.file)
    if state.place != "*":
        assert place == (state.place, state.path)


def test_there_are_as_many_states_as_were_measured() -> None:
    assert len(STATES) >= 49


@pytest.mark.parametrize(
    ("fixture", "place"),
    [
        ("plugins:\n  compute: du$0\n", ("value", "plugins.compute.type")),
        ("plugins:\n  compute:\n    t$0\n", ("key", "plugins.compute")),
        ("plugins:\n  compute: {t$0}\n", ("key", "plugins.compute")),
        ("plugins:\n  observability: dat$0\n", ("value", "plugins.telemetry_backend.type")),
        ("approved_plugins:\n  observability: [dat$0]\n", ("value", "approved_plugins.telemetry_backend.0")),
        ("approved_plugins:\n  compute: du$0\n", ("value", "approved_plugins.compute.0")),
        ("plugins:\n  compute:\n    approved: [du$0]\n", ("value", "approved_plugins.compute.0")),
        ("plugins:\n  compute:\n    approved: [a]\n    default: du$0\n", ("value", "plugins.compute.type")),
        ("metadata:\n  scope: do$0\n", ("value", "scope")),
        ("parent:\n  ref: oci$0\n", ("value", "parent_manifest")),
        ("resource_presets:\n  small:\n    cpu_request: 1$0\n", ("value", "resource_presets.small.requests.cpu")),
        ("&p plugins:\n  compute: du$0\n", ("value", "plugins.compute.type")),
        ("x: &x {compute: duckdb}\nplugins:\n  <<: *x\n  $0\n", ("key", "plugins")),
        ("? plugins\n: compute: du$0\n", ("value", "plugins.compute.type")),
        ("---\nplugins:\n  compute: du$0\n", ("value", "plugins.compute.type")),
    ],
)  # fmt: skip
def test_other_spellings_lead_to_canonical_paths(fixture: str, place: tuple[str, str]) -> None:
    assert placed(fixture) == place


@pytest.mark.parametrize(
    ("fixture", "place"),
    [
        ("platform:\n  ref: oci$0\n", ("value", "platform.manifest")),
        ("domain:\n  ref: oci$0\n", ("value", "platform.manifest")),
        ("platform: $0\n", ("key", "platform")),
        ("name: x$0\n", ("value", "metadata.name")),
        ("transforms:\n  - depends_on: [a$0]\n", ("value", "transforms.0.dependsOn.0")),
        ("output_ports:\n  - na$0\n", ("key", "outputPorts.0")),
        ("transforms: $0\n", ("key", "transforms.0")),
    ],
)
def test_products_are_told_in_canonical_paths_too(fixture: str, place: tuple[str, str]) -> None:
    assert placed(fixture, "floe.yaml") == place


@pytest.mark.parametrize(
    "fixture",
    [
        "scope: domain # a comm$0ent\n",
        "# $0\nscope: domain\n",
        "scope: domain $0\n",
        "scope: domain\n---\nplugins:\n  comp$0\n",
        "plugins: {compute: duckdb} $0\n",
        "plugins: {$0 compute: duckdb}\n",
        "? [a, b]\n: {c$0}\n",
    ],
)
def test_nothing_can_be_added(fixture: str) -> None:
    assert cursor(fixture) is None


def test_keys_that_are_there_are_known_in_every_spelling() -> None:
    found = cursor("plugins:\n  observability: datadog\n  compute: duckdb\n  $0\n")
    assert found
    assert found.present == {"telemetry_backend", "compute"}
    found = cursor("transforms:\n  - name: a\n    depends_on: []\n    $0\n", "floe.yaml")
    assert found
    assert found.present == {"name", "dependsOn"}


def test_the_key_at_the_cursor_is_not_among_those_that_are_there() -> None:
    found = cursor("plugins:\n  comp$0ute: duckdb\n  catalog: polaris\n")
    assert found
    assert found.present == {"catalog"}
    assert found.colon


def test_merged_keys_are_there_too() -> None:
    found = cursor("x: &x {catalog: polaris}\nplugins:\n  <<: *x\n  $0\n")
    assert found
    assert "catalog" in found.present


@pytest.mark.parametrize(
    ("fixture", "word", "lead", "quote"),
    [
        ("plugins:\n  compute: duck$0db\n", "duckdb", "", ""),
        ("plugins:\n  compute: 'duck$0db'\n", "duckdb", "", "'"),
        ('plugins:\n  compute: "$0\n', "", "", '"'),
        ("plugins:\n  compute:$0\n", "", " ", ""),
        ("plugins:\n  compute: $0 # why\n", "", "", ""),
        ("plugins:\n  compute: $0duckdb\n", "duckdb", "", ""),
        ("plugins:\n  compute: &a duck$0\n", "duck", "", ""),
        ("approved_sinks:\n  -$0\n", "", " ", ""),
        ("approved_sinks:\n  $0\n", "", "- ", ""),
        ("approved_sinks:\n  sal$0\n", "sal", "- ", ""),
    ],
)
def test_the_word_and_what_must_stand_before_it(
    fixture: str, word: str, lead: str, quote: str
) -> None:
    found = cursor(fixture)
    assert found
    text = found.document.text[found.word.start : found.word.end]
    assert (text, found.lead, found.quote) == (word, lead, quote)


def test_a_blank_line_at_another_column_is_moved_to_that_of_the_block() -> None:
    found = cursor("plugins:\n    compute: duckdb\n   $0\n")
    assert found
    assert (found.path, found.column, found.lead) == (("plugins",), 4, "    ")
    assert found.word.end - found.word.start == 3


@pytest.mark.parametrize(
    ("fixture", "path", "on_key"),
    [
        ("plugins:\n  comp$0ute: duckdb\n", "plugins.compute", True),
        ("plugins:\n  compute: duck$0db\n", "plugins.compute.type", False),
        ("plu$0gins: {}\n", "plugins", True),
        ("approved_plugins:\n  compute:\n    - duck$0db\n", "approved_plugins.compute.0", False),
        (
            "resource_presets:\n  small:\n    cpu_req$0uest: 1\n",
            "resource_presets.small.requests.cpu",
            True,
        ),
    ],
)
def test_a_token_has_the_path_of_its_entry(fixture: str, path: str, on_key: bool) -> None:
    here = world(fixture)
    found = token_at(here.document, SHAPES[here.document.kind], here.cursor)
    assert found
    assert (_dots(found.path), found.on_key) == (path, on_key)


def test_a_rule_of_several_forms_is_the_one_that_its_type_says() -> None:
    found = cursor("governance:\n  custom_rules:\n    - type: require_meta_field\n      $0\n")
    assert found
    assert {c.name for s in found.shapes for c in s.children()} >= {"field", "required"}
    assert all("prefix" not in s.fields for s in found.shapes)


@pytest.mark.parametrize("path", [("plugins", "compute"), ("scope",), ("nowhere", 3, "x")])
def test_a_canonical_path_is_its_own(path: tuple[str | int, ...]) -> None:
    document = world("plugins:\n  compute: {type: duckdb}\nscope: domain\n").document
    assert canonical_path(document, SHAPES[document.kind], path) == path


PIECES = (
    "scope plugins compute approved_products transforms name platform ref : - [ ] { } , ' \" * & | > # << ? ! % @ "
    "duckdb domain null 1 --- ... <<<<<<< é 😀 \t \\ \r"
).split(" ")
SOUP = st.lists(
    st.sampled_from([*PIECES, ": ", "\n", "\n  ", "\n    ", "\n- ", "  - ", ":\n", "\r\n", " "]),
    max_size=40,
).map("".join)


@given(SOUP, st.data())
def test_no_text_makes_it_fail(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(-1, len(text) + 1))
    for name in ("manifest.yaml", "floe.yaml"):
        document = read_document("file:///w/" + name, text)
        shape = SHAPES.get(document.kind)
        if shape is None:
            continue
        found = cursor_at(document, shape, offset)
        if found is not None:
            assert 0 <= found.word.start <= found.word.end <= len(text)
            assert found.word.start <= max(0, min(offset, len(text))) <= found.word.end
        token = token_at(document, shape, offset)
        if token is not None:
            assert token.span.start <= max(0, min(offset, len(text))) <= token.span.end
