"""What an edit does to files below is what a look at each of them, before and after, says."""

from __future__ import annotations

from pathlib import Path

import pytest

from floe_ls.ide.changes import came, judged
from floe_ls.ide.impact import Baseline, impact, looked_at, prepared
from floe_ls.ide.impact_view import headline, impact_view
from floe_ls.ide.rules import RULES
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.impact import Impact, differences
from floe_ls.remote.files import uri_of
from floe_ls.session import Change, Session, floe_shapes
from mesh.meshes import written

ENTERPRISE = "enterprise-manifest.yaml"
EDITS = [
    ("[duckdb, snowflake]", "[snowflake]"),
    ("[duckdb, snowflake]", "[duckdb]"),
    ("audit_logging: enabled", "audit_logging: disabled"),
    ("pii_encryption: required", "pii_encryption: optional"),
    ("data_retention_days: 30", "data_retention_days: 300"),
    ("scope: enterprise", "scope: enterprise # here"),
    ("  name: acme", "  name: other"),
    ("approved_sinks: [salesforce]", "approved_sinks: []"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("mesh")
    written(made, 40, "v1", 4)
    return made


def edited(
    folder: Path, old: str, new: str, name: str = ENTERPRISE
) -> tuple[Snapshot, Snapshot, str]:
    """The workspace before and after an edit of a manifest."""
    session = Session(floe_shapes())
    session.set_roots([uri_of(folder)])
    session.scan(wait=True)
    uri, text = uri_of(folder / name), (folder / name).read_text()
    assert old in text
    session.open(uri, text, 1)
    before = session.snapshot
    session.change(uri, 2, [Change(text.replace(old, new))])
    return before, session.snapshot, uri


def told(found: Impact) -> dict[str, tuple[str, list[str]]]:
    """By file: its values, and the codes that are new and gone."""
    return {
        row.uri: (
            repr(each.changes),
            [*(f"+{b.code}" for b in each.new), *(f"-{b.code}" for b in each.gone)],
        )
        for each in found.affected
        for row in each.rows
    }


def test_a_product_that_is_approved_no_more_is_not_like_those_that_never_were(
    tmp_path: Path,
) -> None:
    made = written(tmp_path, 60)
    name = "domains/sales/sales-domain-manifest.yaml"
    product = next(line for line in made.files[name].splitlines() if line.startswith("  - "))
    before, after, uri = edited(tmp_path, f"{product}\n", "", name)
    assert any(each.code == "products/not-approved" for each in made.planted)
    (affected,) = (each for each in impact(Baseline(before), after, uri).affected if each.new)
    assert [row.name for row in affected.rows] == [product.removeprefix("  - ")]
    assert [found.code for found in affected.new] == ["products/not-approved"]


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_it_is_what_a_look_at_each_file_says(folder: Path, old: str, new: str) -> None:
    before, after, uri = edited(folder, old, new)
    found = impact(Baseline(before), after, uri)
    rules = [rule for rule in RULES if not rule.alone]
    naive: dict[str, tuple[str, list[str]]] = {}
    below = {*before.family.below(uri), *after.family.below(uri)}
    for each in below:
        then, now = before.documents[each], after.documents[each]
        was = judged(then, before, before.inherited(then), rules)
        is_now = judged(now, after, after.inherited(now), rules)
        changes = differences(was.effective, is_now.effective)
        new_, gone = came(was, is_now), came(is_now, was)
        if changes or new_ or gone:
            codes = [*(f"+{b.code}" for b in new_), *(f"-{b.code}" for b in gone)]
            naive[each] = repr(changes), codes
    assert told(found) == naive
    assert {row.uri for row in found.inheriting} == below
    assert len(found.touched) == len({row.uri for row in found.touched})


def test_what_was_made_ready_before_gives_the_same_and_is_not_judged_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after, uri = edited(folder, *EDITS[0])
    plain = impact(Baseline(before), after, uri)
    ready = Baseline(before)
    for _ in prepared(ready, uri):
        pass
    asked: list[Snapshot] = []

    def noted(document: object, snapshot: Snapshot, *more: object) -> object:
        asked.append(snapshot)
        return judged(document, snapshot, *more)  # type: ignore[arg-type]

    monkeypatch.setattr("floe_ls.ide.impact.judged", noted)
    assert told(impact(ready, after, uri)) == told(plain)
    assert asked
    assert all(snapshot is after for snapshot in asked)


def test_files_that_break_may_be_looked_at_themselves(folder: Path) -> None:
    before, after, uri = edited(folder, *EDITS[0])
    baseline = Baseline(before)
    found = impact(baseline, after, uri)
    exact = looked_at(baseline, after, found, 100)
    for each in exact.affected:
        if each.breaks:
            assert {row.uri for row, _ in each.seen} == {row.uri for row in each.rows}
        for row in each.rows:
            assert [(b.code, b.message) for b in each.new_of(row)] == [
                (b.code, each.said_of(row, b).message) for b in each.new
            ]
    some = looked_at(baseline, after, found, 1)
    assert sum(len(e.seen) for e in some.affected) == sum(len(e.seen) for e in found.affected) + 1


def test_the_view_names_some_and_counts_the_rest(folder: Path) -> None:
    before, after, uri = edited(folder, *EDITS[0])
    found = impact(Baseline(before), after, uri)
    view = impact_view(
        found, "acme", "it on disk", lambda each: each.rpartition("mesh0/")[2], names=2
    )
    lines = view.text.split("\n")
    assert lines[0] == f"# {headline(found, 'acme')}"
    assert lines[0].startswith("# 4 domains and 39 products inherit acme: ")
    most = max(found.affected, key=lambda each: len(each.rows))
    assert f"  # and {len(most.rows) - 2} more" in lines
    assert view.text.count("approved_plugins.compute: [duckdb, snowflake] → [snowflake]") == 1
    for lead in view.leads:
        assert lines[lead.line].startswith("  - ")
    files = {lines[lead.line].split("#")[0].strip(" -"): lead.uri for lead in view.leads}
    assert files["sales-domain"].endswith("domains/sales/sales-domain-manifest.yaml")
    headings = [line for line in lines if line.endswith((" would break", " other values"))]
    assert headings == sorted(headings, key=lambda line: not line.endswith("would break"))
