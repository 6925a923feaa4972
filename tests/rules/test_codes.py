"""Every code has a page, its page tells the truth, and nothing is reported under a code that nobody knows."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

from fixture import ROOT, real_shapes
from floe_ls.forms.document import read_document
from floe_ls.ide import rules
from floe_ls.ide.diagnostics import CODES, diagnostics
from floe_ls.ide.rule import Rule
from floe_ls.ide.rules import RULES
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.formats import FORMATS
from floe_ls.schema.kinds import KINDS
from floe_ls.schema.shape import Shape, shape_of
from floe_ls.syntax.problems import CODES as PROBLEMS

SHAPES = [shape for model in KINDS.values() for shape in shape_of(model).walk()]


def named(shape: Shape) -> Iterator[str]:
    """Every code that a field's annotations name."""
    notes = (shape.only, shape.needed, shape.known, shape.category, shape.deprecated)
    yield from (note.code for note in (*notes, shape.mistaken, shape.single) if note is not None)
    yield from vars(shape.codes).values()
    yield from (note.code for note in shape.unique)
    yield from (note.code for note in (*shape.rules.constraints, *shape.rules.forbidden))
    yield shape.rules.unknown.code
    yield shape.inherit.weakened
    if shape.form is not None:
        form = FORMATS[shape.form.name]
        yield from (form.code, form.doubt_code)


def test_every_code_that_a_field_names_is_known() -> None:
    unknown = {code for shape in SHAPES for code in named(shape) if code} - set(CODES)
    assert unknown == set()


def test_every_yaml_problem_is_a_code() -> None:
    assert set(PROBLEMS) <= set(CODES)


def test_the_list_of_rules_is_complete_and_names_none_twice() -> None:
    found = [
        module.RULE
        for info in pkgutil.iter_modules(rules.__path__)
        if isinstance(
            (module := importlib.import_module(f"{rules.__name__}.{info.name}")).RULE, Rule
        )
    ]
    assert {id(rule) for rule in found} == {id(rule) for rule in RULES}
    assert len(RULES) == len(found)


def test_a_code_belongs_to_one_rule() -> None:
    slugs = [code.slug for rule in RULES for code in rule.codes]
    assert sorted(slugs) == sorted(set(slugs))


def test_yaml_comes_first_since_broken_lines_silence_what_follows() -> None:
    areas = [{code.slug.split("/")[0] for code in rule.codes} for rule in RULES if rule.codes]
    assert areas[0] == {"yaml"}


@pytest.mark.parametrize("slug", sorted(CODES))
def test_a_code_is_explained(slug: str) -> None:
    code = CODES[slug]
    assert re.fullmatch(r"[a-z][a-z-]*/[a-z][a-z-]*", slug)
    assert code.summary.endswith(".")
    assert code.text.strip()
    assert code.text.count("```") % 2 == 0


ALONE = sorted(
    code.slug
    for rule in RULES
    if rule.check.__module__.rpartition(".")[2]
    in {
        "yaml_syntax", "yaml_documents", "yaml_aliases", "runtime_older", "schema", "spelling",
        "plugins_unknown", "depends_on",
    }
    for code in rule.codes
)  # fmt: skip
"""The codes whose pages have examples of one file, from which alone the finding follows."""


def examples(slug: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", CODES[slug].text, re.MULTILINE | re.DOTALL)


def found(text: str) -> dict[str, str]:
    """The codes that a text has, with the severity of each."""
    name = "floe.yaml" if text.startswith("# floe.yaml") else "manifest.yaml"
    document = read_document(f"{ROOT}{name}", text)
    snapshot = Snapshot(real_shapes()).with_document(document)
    return {d.code: d.severity.value for d in diagnostics(snapshot, document)}


@pytest.mark.parametrize("slug", ALONE)
def test_the_wrong_example_of_a_page_has_its_finding_and_the_right_one_has_not(slug: str) -> None:
    wrong, right = examples(slug)
    assert slug in found(wrong)
    after = found(right)
    assert slug not in after
    assert [code for code, severity in after.items() if severity == "error"] == []
