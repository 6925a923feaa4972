"""What is proposed at the cursor, and what the text is after a proposal was taken."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixture import World, real_shapes, world
from floe_ls.chain.layers import Unavailable
from floe_ls.forms.document import Document, read_document
from floe_ls.ide.completion import completions, documentation
from floe_ls.ide.cursor import at_path, cursor_at
from floe_ls.ide.model import Completion, ItemKind
from floe_ls.ide.snapshot import Snapshot
from floe_ls.settings import Settings
from floe_ls.text import Span
from ide.states import STATES, State
from ide.test_cursor import SOUP

SHAPES = real_shapes()

ENTERPRISE = """\
#- enterprise-manifest.yaml
metadata:
  name: acme
  version: 1.2.0
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake]
approved_sinks: [crm]
plugins:
  observability: datadog
governance:
  pii_encryption: required
  policy_enforcement_level: warn
"""
DOMAIN = """\
#- sales/domain-manifest.yaml
scope: domain
parent_manifest: ../enterprise-manifest.yaml
"""


def proposed(fixture: str, *, snippets: bool = True, **options: object) -> list[Completion]:
    here = world(fixture, **options)  # type: ignore[arg-type]
    return completions(here.snapshot, here.document, here.cursor, snippets=snippets)


def labels(fixture: str, **options: object) -> list[str]:
    return [item.label for item in proposed(fixture, **options)]  # type: ignore[arg-type]


def item(fixture: str, label: str, **options: object) -> Completion:
    return next(i for i in proposed(fixture, **options) if i.label == label)  # type: ignore[arg-type]


def taken(document: Document, chosen: Completion) -> str:
    """The text after a proposal was taken, as an editor does it."""
    text = document.text
    line = text.rfind("\n", 0, chosen.span.start) + 1
    before = text[line : chosen.span.start]
    indent = before[: len(before) - len(before.lstrip(" "))]
    insert = chosen.insert.replace("\n", "\n" + indent)
    if chosen.snippet:
        insert = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", insert)
        insert = re.sub(r"(?<!\\)\$(\{\d+\}|\d)", "", insert)
        insert = re.sub(r"\\([$}\\])", r"\1", insert)
    return text[: chosen.span.start] + insert + text[chosen.span.end :]


def after(fixture: str, label: str, **options: object) -> str:
    here = world(fixture, **options)  # type: ignore[arg-type]
    chosen = item(fixture, label, **options)
    return taken(here.document, chosen)


# --- keys


def test_keys_of_a_new_manifest_begin_with_the_usual_ones() -> None:
    found = labels("$0")
    assert found[:2] == ["scope", "plugins"]
    assert found[-3:] == ["apiVersion", "kind", "metadata"]


def test_required_keys_come_first() -> None:
    v1 = "apiVersion: floe.dev/v1\nkind: Manifest\n"
    found = proposed(v1 + "$0")
    assert [i.label for i in found[:2]] == ["metadata", "plugins"]
    assert found[0].detail == "required"
    assert labels("transforms:\n  - $0\n", name="floe.yaml")[:2] == ["type", "path"]


@pytest.mark.parametrize(
    ("scope", "there", "missing"),
    [
        ("scope: enterprise\n", {"approved_plugins", "approved_sinks"}, {"approved_products", "parent_manifest"}),
        ("scope: domain\n", {"approved_products", "parent_manifest"}, {"approved_plugins", "approved_sinks"}),
        ("", {"plugins", "governance"}, {"approved_plugins", "approved_products", "parent_manifest"}),
    ],
)  # fmt: skip
def test_only_keys_of_the_tier_are_proposed(scope: str, there: set[str], missing: set[str]) -> None:
    found = set(labels(scope + "$0"))
    assert there <= found
    assert not missing & found


def test_a_product_gets_no_manifests_keys() -> None:
    found = labels("$0", name="floe.yaml")
    assert found[:3] == ["platform", "transforms", "schedule"]
    assert not {"scope", "plugins", "governance"} & set(found)


def test_keys_of_the_design_documents_are_left_to_them() -> None:
    v1 = "apiVersion: floe.dev/v1\nkind: Manifest\nmetadata: {owner: a}\n"
    design = "apiVersion: floe.dev/v1\nkind: Manifest\nmetadata: {scope: domain}\n"
    assert "data_architecture" not in labels(v1 + "$0")
    assert "data_architecture" in labels(design + "$0")


def test_keys_that_are_there_are_not_proposed_again_in_any_spelling() -> None:
    assert "observability" not in labels("plugins:\n  telemetry_backend: jaeger\n  $0\n")
    assert "dependsOn" not in labels("transforms:\n  - depends_on: []\n    $0\n", name="floe.yaml")
    assert "compute" not in labels("plugins: {compute: duckdb, $0}\n")
    assert "name" not in labels("name: x\nmetadata:\n  version: 1.0.0\n  $0\n", name="floe.yaml")


def test_of_no_use_is_what_comes_last() -> None:
    found = proposed("scope: domain\n$0")
    assert found[-1].label == "parent_domain"
    assert found[-1].deprecated


@pytest.mark.parametrize(
    ("fixture", "label", "insert"),
    [
        ("$0", "plugins", "plugins:\n  ${1:compute}: $0"),
        ("scope: enterprise\n$0", "approved_plugins", "approved_plugins:\n  ${1:compute}: [$0]"),
        ("scope: domain\n$0", "approved_products", "approved_products:\n  - $0"),
        ("$0", "scope", "scope: $0"),
        ("$0", "kind", "kind: Manifest$0"),
        ("plugins:\n  $0", "compute", "compute: $0"),
        ("plugins: {$0}", "compute", "compute: $0"),
        ("plugins:\n  $0", "quality", "quality:\n  provider: $0"),
        ("governance: {$0}", "naming", "naming: {$0}"),
        ("governance: {$0}", "policies", "policies: [$0]"),
        (
            "apiVersion: floe.dev/v1\nkind: Manifest\nplugins:\n  $0",
            "compute",
            "compute:\n  type: $0",
        ),
        (
            "apiVersion: floe.dev/v1\nkind: Manifest\nplugins: {$0}",
            "compute",
            "compute: {type: $0}",
        ),
        ("governance:\n  custom_rules:\n    - $0", "type", "type: $0"),
        ("governance:\n  $0", "custom_rules", "custom_rules:\n  - type: $0"),
    ],
)
def test_a_key_brings_what_belongs_below_it(fixture: str, label: str, insert: str) -> None:
    assert item(fixture, label).insert == insert


@pytest.mark.parametrize(
    ("fixture", "label", "insert"),
    [
        ("$0", "platform", "platform:\n  ref: $0"),
        ("apiVersion: floe.dev/v1\nkind: FloeSpec\n$0", "platform", "platform:\n  manifest: $0"),
        ("$0", "transforms", "transforms:\n  - type: dbt\n    path: $0"),
        ("transforms:\n  - $0", "dependsOn", "dependsOn:\n    - $0"),
        ("transforms:\n  - name: a\n    $0", "dependsOn", "dependsOn:\n  - $0"),
        ("platform: $0", "ref", "\n  ref: $0"),
        ("transforms: $0", "path", "\n  - path: $0"),
    ],
)
def test_a_key_of_a_product_brings_what_belongs_below_it(
    fixture: str, label: str, insert: str
) -> None:
    assert item(fixture, label, name="floe.yaml").insert == insert


def test_without_snippets_a_key_is_a_line() -> None:
    assert item("$0", "plugins", snippets=False).insert == "plugins:"
    assert item("$0", "scope", snippets=False).insert == "scope: "
    assert not item("$0", "scope", snippets=False).snippet


def test_a_key_that_has_its_colon_is_only_renamed() -> None:
    assert after("plugins:\n  cata$0: polaris\n", "catalog") == "plugins:\n  catalog: polaris\n"


def test_a_key_in_quotes_stays_in_them() -> None:
    assert after('plugins:\n  "cat$0\n', "catalog") == 'plugins:\n  "catalog": \n'


def test_proposals_follow_where_there_are_any() -> None:
    assert item("$0", "scope").retrigger
    assert item("$0", "plugins").retrigger
    assert not item("$0", "kind").retrigger
    assert not item("metadata:\n  $0", "description").retrigger


def test_a_whole_entry_of_a_list_is_proposed() -> None:
    fixture = "transforms:\n  - type: dbt\n    path: a\n  $0\n"
    found = item(fixture, "new: type, path", name="floe.yaml")
    assert found.kind is ItemKind.SNIPPET
    assert after(fixture, found.label, name="floe.yaml").endswith("  - type: dbt\n    path: \n")


# --- values


def test_choices_begin_with_the_default() -> None:
    found = proposed("observability:\n  tracing:\n    exporter: $0\n")
    assert [i.label for i in found] == ["otlp", "console", "none"]
    assert found[0].detail == "default"
    assert found[0].doc == "The default.\n\n`otlp` sends them to `endpoint`."


def test_a_word_that_yaml_takes_for_another_is_quoted() -> None:
    assert after("governance:\n  policy_enforcement_level: $0\n", "off").endswith(": 'off'\n")
    assert after("schedule:\n  cron: $0\n", "*/10 * * * *", name="floe.yaml").endswith(
        ": '*/10 * * * *'\n"
    )
    assert after('governance:\n  policy_enforcement_level: "o$0"\n', "off").endswith(': "off"\n')


def test_truth_values_are_proposed() -> None:
    assert labels("governance:\n  rbac:\n    enabled: $0\n") == ["false", "true"]


def test_scope_says_what_each_choice_does() -> None:
    found = proposed("scope: $0\n")
    assert [(i.label, i.detail) for i in found] == [
        ("enterprise", "the top of three tiers: decides for all domains"),
        ("domain", "the middle of three tiers: decides for its products"),
    ]


def test_approved_plugins_come_first_and_the_others_say_why_not() -> None:
    found = proposed(ENTERPRISE + DOMAIN + "plugins:\n  compute: $0\n")
    assert [i.label for i in found[:2]] == ["duckdb", "snowflake"]
    assert found[0].detail == "approved"
    spark = next(i for i in found if i.label == "spark")
    assert spark.detail == "not approved by enterprise-manifest.yaml line 6: duckdb, snowflake"
    assert "[enterprise-manifest.yaml:6](file:///w/enterprise-manifest.yaml#L6)" in spark.doc


def test_a_category_that_is_not_listed_is_open() -> None:
    found = proposed(ENTERPRISE + DOMAIN + "plugins:\n  storage: $0\n")
    assert found
    assert all(not i.detail for i in found)


def test_an_approved_name_that_nobody_knows_is_proposed_too() -> None:
    fixture = "scope: enterprise\napproved_plugins: {compute: [quokka]}\nplugins:\n  compute: $0\n"
    assert labels(fixture)[0] == "quokka"


@pytest.mark.parametrize(
    "failures", [{}, {"oci://r.io/x:1": Unavailable("unreachable", "no answer")}]
)
def test_while_the_list_is_not_known_nothing_is_said_to_be_approved(
    failures: dict[str, Unavailable],
) -> None:
    fixture = "scope: domain\nparent_manifest: oci://r.io/x:1\nplugins:\n  compute: $0\n"
    found = proposed(fixture, failures=failures)
    assert {i.detail for i in found} == {"not known whether it is approved"}


def test_what_the_enterprise_decides_comes_first() -> None:
    found = proposed(ENTERPRISE + DOMAIN + "plugins:\n  observability: $0\n")
    assert (found[0].label, found[0].detail) == ("datadog", "the enterprise decides")
    assert found[1].detail == "the enterprise decides: datadog"


def test_a_weaker_policy_is_marked_and_comes_last() -> None:
    found = proposed(ENTERPRISE + DOMAIN + "governance:\n  pii_encryption: $0\n")
    assert [(i.label, i.detail) for i in found] == [
        ("required", ""),
        ("optional", "weaker than the enterprise requires"),
    ]


def test_names_of_a_whitelist_are_those_of_its_category() -> None:
    found = labels("scope: enterprise\napproved_plugins:\n  storage: [s3, $0]\n")
    assert "gcs" in found
    assert "s3" not in found
    assert "duckdb" not in found
    assert after("approved_plugins:\n  storage: $0\n", "gcs").endswith("storage: [gcs]\n")


def test_sinks_and_the_engine_of_a_transform_are_held_against_the_lists() -> None:
    product = "#- sales/a/floe.yaml\nplatform: {ref: ../domain-manifest.yaml}\n"
    found = proposed(ENTERPRISE + DOMAIN + product + "transforms:\n  - compute: $0\n")
    assert [i.label for i in found if i.detail == "approved"] == ["duckdb", "snowflake"]
    found = proposed(ENTERPRISE + DOMAIN + product + "destinations:\n  - sink_type: $0\n")
    assert found[0].label == "crm"


def test_products_of_the_workspace_are_proposed_to_their_domain() -> None:
    fixture = (
        ENTERPRISE + DOMAIN + "approved_products:\n  - orders\n  - $0\n"
        "#- sales/orders/floe.yaml\nplatform: {ref: ../domain-manifest.yaml}\n"
        "#- sales/returns/floe.yaml\nplatform: {ref: ../domain-manifest.yaml}\n"
        "#- ops/stock/floe.yaml\nplatform: {ref: x}\n"
        "#- ops/domain-manifest.yaml\nscope: domain\napproved_products: [stock]\n"
    )
    assert [(i.label, i.detail) for i in proposed(fixture)] == [
        ("returns", "builds on this domain"),
        ("stock", "approved by ops/domain-manifest.yaml; a product has one domain"),
    ]


def test_dependencies_are_the_other_transforms() -> None:
    fixture = "transforms:\n  - name: a\n  - name: b\n  - name: c\n    dependsOn: [a, $0]\n"
    assert [(i.label, i.detail) for i in proposed(fixture, name="floe.yaml")] == [
        ("b", "transform in line 3")
    ]


def test_the_parent_of_a_domain_is_an_enterprise_manifest() -> None:
    settings = Settings(
        folder="file:///w/", sources={"oci://r.io/acme/enterprise": "enterprise-manifest.yaml"}
    )
    found = proposed(
        ENTERPRISE + "#- sales/domain-manifest.yaml\nscope: domain\nparent_manifest: $0\n"
        "#- ops/domain-manifest.yaml\nscope: domain\nparent_manifest: oci://r.io/other:v1\n",
        settings=settings,
    )
    assert [(i.label, i.detail) for i in found] == [
        (
            "oci://r.io/acme/enterprise:v1.2.0",
            "enterprise manifest, published from enterprise-manifest.yaml",
        ),
        ("../enterprise-manifest.yaml", "enterprise manifest"),
        ("oci://r.io/other:v1", "as in ops/domain-manifest.yaml"),
    ]


def test_the_manifest_of_a_product_is_rather_a_domains() -> None:
    found = labels(ENTERPRISE + DOMAIN + "#- sales/a/floe.yaml\nplatform:\n  ref: $0\n")
    assert found == ["../domain-manifest.yaml", "../../enterprise-manifest.yaml"]


def test_folders_beside_the_product_are_proposed_for_paths() -> None:
    here = world("transforms:\n  - type: dbt\n    path: $0\n", name="a/floe.yaml")
    snapshot = here.snapshot.changed(folders=frozenset({"file:///w/a/models/", "file:///w/b/"}))
    found = completions(snapshot, here.document, here.cursor)
    assert found[0].label == "models/"


def test_time_zones_and_schedules_are_proposed() -> None:
    zones = labels("schedule:\n  timezone: Eu$0\n", name="floe.yaml")
    assert zones[0] == "UTC"
    assert "Europe/Lisbon" in zones
    found = proposed("schedule:\n  cron: $0\n", name="floe.yaml")
    assert ("0 6 * * *", "every day at 06:00") in [(i.label, i.detail) for i in found]


def test_the_folder_gives_a_product_its_name() -> None:
    assert labels("metadata:\n  name: $0\n", name="customer-360/floe.yaml")[0] == "customer-360"


@pytest.mark.parametrize(
    ("fixture", "label", "text"),
    [
        ("plugins:\n  compute:$0\n", "duckdb", "plugins:\n  compute: duckdb\n"),
        ("plugins:\n  compute:du$0\n", "duckdb", "plugins:\n  compute: duckdb\n"),
        ("plugins:\n  compute: du$0\n", "duckdb", "plugins:\n  compute: duckdb\n"),
        ("plugins:\n  compute: 'du$0\n", "duckdb", "plugins:\n  compute: 'duckdb'\n"),
        ("plugins:\n  compute: $0snowflake\n", "duckdb", "plugins:\n  compute: duckdb\n"),
        ("plugins:\n  compute: $0 # why\n", "duckdb", "plugins:\n  compute: duckdb # why\n"),
        (
            "approved_plugins:\n  compute:\n    -$0\n",
            "duckdb",
            "approved_plugins:\n  compute:\n    - duckdb\n",
        ),
        (
            "approved_plugins:\n  compute:\n    $0\n",
            "duckdb",
            "approved_plugins:\n  compute:\n    - duckdb\n",
        ),
        (
            "approved_plugins:\n  compute: [$0\n",
            "duckdb",
            "approved_plugins:\n  compute: [duckdb\n",
        ),
        (
            "approved_plugins:\n  compute: [a,$0]\n",
            "duckdb",
            "approved_plugins:\n  compute: [a,duckdb]\n",
        ),
        (
            "plugins:\n    catalog: a\n   $0\n",
            "compute",
            "plugins:\n    catalog: a\n    compute: \n",
        ),
        ("plugins:\n  comp$0: duckdb\n", "compute", "plugins:\n  compute: duckdb\n"),
    ],
)
def test_the_right_text_is_replaced(fixture: str, label: str, text: str) -> None:
    assert after(fixture, label) == text


@pytest.mark.parametrize(
    "fixture",
    [
        "scope: domain $0\n",
        "scope: domain # $0\n",
        "# $0\n",
        "metadata:\n  description: anything $0\n",
        "plugins:\n  compute: $0\n    type: duckdb\n",
        "plugins:\n  compute: duckdb\n    $0\n",
        "unknown:\n  $0\n",
        "scope: domain\n---\n$0scope: x\n",
    ],
)
def test_nothing_is_proposed_where_nothing_fits(fixture: str) -> None:
    assert proposed(fixture) == []


def test_other_files_get_no_proposals() -> None:
    assert proposed("spec:\n  $0\n", name="deployment.yaml") == []


def test_documentation_is_made_when_it_is_asked_for() -> None:
    here = world(ENTERPRISE + DOMAIN + "governance:\n  $0\n")
    chosen = next(
        i
        for i in completions(here.snapshot, here.document, here.cursor)
        if i.label == "pii_encryption"
    )
    assert chosen.doc == ""
    text = documentation(here.snapshot, here.document, chosen)
    assert "Whether personal data must be encrypted." in text
    assert "**In effect:** `required`" in text


def test_every_proposal_is_documented() -> None:
    for fixture in (
        "$0",
        "plugins:\n  $0",
        "governance:\n  $0",
        "scope: $0",
        "plugins:\n  compute: $0",
    ):
        here = world(fixture)
        for chosen in completions(here.snapshot, here.document, here.cursor):
            assert documentation(here.snapshot, here.document, chosen), chosen.label


# --- in the middle of typing


@pytest.mark.parametrize("state", STATES, ids=[s.name for s in STATES])
def test_in_the_middle_of_typing_the_right_words_are_proposed(state: State) -> None:
    fixture = state.text.replace("‸", "$0")
    found = labels(fixture, name=state.file)
    if state.place == "":
        assert found == []
    if state.proposed:
        assert state.proposed in found
        here = world(fixture, name=state.file)
        chosen = item(fixture, state.proposed, name=state.file)
        if "<<<<" not in state.text:  # there the other side's key stands below and counts
            assert_lands(here, chosen)


# --- what is taken lands where it should


MANIFEST = """\
scope: enterprise
approved_plugins:
  compute: [duckdb]
  storage:
    - s3
plugins:
  compute:
    type: duckdb
  catalog: polaris
  storage: {type: s3, version: 1.0.0}
governance:
  pii_encryption: required
  naming:
    enforcement: warn
  custom_rules:
    - type: require_meta_field
      field: owner
  policies:
  - name: a
    type: custom
resource_presets:
  small:
    requests: {cpu: "1"}
"""
FLOE = """\
metadata:
  name: orders
platform:
  ref: ../manifest.yaml
transforms:
  - name: a
    type: dbt
    path: models/
  - name: b
    dependsOn: [a]
schedule:
  cron: "0 6 * * *"
outputPorts:
  - name: orders
    schema:
      - {name: id, type: string}
"""
V1 = "apiVersion: floe.dev/v1\nkind: {kind}\n"


def assert_lands(here: World, chosen: Completion) -> None:
    """A key that was taken is a key of the mapping that it was proposed for; a value is the value at its path."""
    document = here.document
    root = SHAPES[document.kind]
    cursor = cursor_at(document, root, here.cursor)
    assert cursor
    text = taken(document, chosen)
    new = read_document(document.uri, text)
    shown = f"{chosen}\n{document.text[: here.cursor]}‸{document.text[here.cursor :]}\n---\n{text}"
    if chosen.kind is ItemKind.SNIPPET:
        found = at_path(new, cursor.path)
        assert found is not None, shown
        return
    if chosen.kind is ItemKind.KEY:
        found = at_path(new, chosen.path, root.at(chosen.path))
        assert found is not None, shown
        key = text[found.key_span.start : found.key_span.end].strip("'\"")
        assert key == chosen.label, shown
        assert found.key_span.start >= chosen.span.start - 1, shown
    else:
        path = cursor.path
        if path and isinstance(path[-1], int):
            holder = at_path(new, path[:-1], root.at(path[:-1]))
            values = [child.value for _, child in holder.children()] if holder else []
            assert chosen.label in [str(v) for v in values], shown
        else:
            found = at_path(new, path, cursor.shape)
            assert found is not None, shown
            value = {True: "true", False: "false"}.get(found.value, found.value)
            assert str(value) == chosen.label, shown


def places() -> list[tuple[str, str, int]]:
    """Texts with a cursor: a new line below each line at each likely column, and each word cut short."""
    found = []
    texts = [("manifest.yaml", MANIFEST), ("floe.yaml", FLOE)]
    texts += [
        ("manifest.yaml", V1.format(kind="Manifest") + MANIFEST),
        ("floe.yaml", V1.format(kind="FloeSpec") + FLOE),
    ]
    for name, text in texts:
        lines = text.split("\n")
        for number in range(len(lines)):
            above = "\n".join(lines[:number])
            above += "\n" if above else ""
            rest = "\n".join(lines[number:])
            found += [
                (name, f"{above}{' ' * column}\n{rest}", len(above) + column)
                for column in (0, 2, 4, 6)
            ]
            below = "\n".join(lines[number + 1 :])
            for match in re.finditer(r"[\w/]{3,}", lines[number]):
                cut = lines[number][: match.start() + 2]
                found.append((name, f"{above}{cut}\n{below}", len(above) + len(cut)))
                cut = lines[number][: match.start()].rstrip(" ")
                found.append((name, f"{above}{cut}\n{below}", len(above) + len(cut)))
    return found


@pytest.mark.parametrize(("snippets", "end"), [(True, "\n"), (False, "\n"), (True, "\r\n")])
def test_whatever_is_taken_lands_where_it_was_proposed_for(snippets: bool, end: str) -> None:
    start = Snapshot(SHAPES, scanned=True)
    count = 0
    for name, written, place in places():
        text = written.replace("\n", end)
        offset = len(written[:place].replace("\n", end))
        document = read_document("file:///w/a/" + name, text, 1, label=name)
        snapshot = start.with_document(document)
        here = World(text, snapshot, uri=document.uri, cursor=offset)
        found = completions(snapshot, document, offset, snippets=snippets)
        for chosen in [*found[:4], *found[-2:]]:
            count += 1
            assert_lands(here, chosen)
    assert count > 1000


def test_a_key_without_a_colon_ends_with_its_line() -> None:
    document = read_document("file:///w/floe.yaml", ":\nscope\n  scope", 1, label="floe.yaml")
    snapshot = Snapshot(SHAPES, scanned=True).with_document(document)
    spans = {chosen.span for chosen in completions(snapshot, document, 7, snippets=True)}
    assert spans == {Span(2, 7)}


@given(SOUP, st.data())
def test_no_text_makes_it_fail(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    for name in ("manifest.yaml", "floe.yaml"):
        document = read_document("file:///w/" + name, text, 1, label=name)
        snapshot = Snapshot(SHAPES, scanned=True).with_document(document)
        for chosen in completions(snapshot, document, offset, snippets=True):
            assert chosen.span.start <= offset <= chosen.span.end
            assert "\n" not in text[chosen.span.start : chosen.span.end]
            documentation(snapshot, document, chosen)
