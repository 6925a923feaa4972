"""The outline of a document, and names of the workspace."""

from __future__ import annotations

from collections.abc import Iterator

from fixture import World, world
from floe_ls.ide.symbols import MOST, Symbol, document_symbols, workspace_symbols
from navigation import MESH, D, E, F, P, shown


def outline(here: World, name: str) -> list[str]:
    document = here.file(name)
    root = document_symbols(here.snapshot, document)
    assert root is not None

    def lines(symbol: Symbol, depth: int) -> Iterator[str]:
        yield f"{'  ' * depth}{symbol.kind} {symbol.name} | {symbol.detail}".rstrip(" |")
        for child in symbol.children:
            yield from lines(child, depth + 1)

    return list(lines(root, 0))


def test_the_outline_of_an_enterprise_manifest() -> None:
    assert outline(world(MESH), E) == [
        "enterprise acme | enterprise 1.0.0",
        "  text scope | enterprise",
        "  block metadata",
        "    text name | acme",
        "    text version | 1.0.0",
        "  block approved_plugins",
        "    list compute | duckdb, snowflake",
        "  list approved_sinks | salesforce",
        "  block plugins",
        "    text observability | datadog",
        "    plugin compute | duckdb",
        "  block governance",
        "    text pii_encryption | required",
        "    number data_retention_days | 30",
        "    list policies",
        "      item tags",
        "        text name | tags",
        "        text type | required_tags",
        "        text action | warn",
        "        text message | Tag it",
    ]


def test_the_outline_of_a_product_names_transforms_tables_and_columns() -> None:
    here = world(
        """
        #- shop/floe.yaml
        name: shop
        version: 1.2.0
        transforms:
          - name: orders
            dependsOn: [raw]
          - type: dbt
            path: models/
        outputPorts:
          - name: customers
            schema:
              - {name: id, type: string, required: true}
        """
    )
    assert outline(here, "shop/floe.yaml") == [
        "product shop | product 1.2.0",
        "  text name | shop",
        "  text version | 1.2.0",
        "  list transforms",
        "    transform orders",
        "      text name | orders",
        "      list dependsOn | raw",
        "    transform dbt",
        "      text type | dbt",
        "      text path | models/",
        "  list outputPorts",
        "    table customers",
        "      text name | customers",
        "      list schema",
        "        column id",
        "          text name | id",
        "          text type | string",
        "          flag required | true",
    ]


def test_parts_lie_within_the_whole() -> None:
    here = world(MESH)

    def check(symbol: Symbol) -> None:
        assert symbol.span.start <= symbol.focus.start <= symbol.focus.end <= symbol.span.end
        for child in symbol.children:
            assert symbol.span.start <= child.span.start <= child.span.end <= symbol.span.end
            check(child)

    for name in (E, D, P, F):
        root = document_symbols(here.snapshot, here.file(name))
        assert root is not None
        check(root)


def test_an_alias_is_shown_where_it_stands() -> None:
    here = world("scope: enterprise\nplugins:\n  compute: &a {type: duckdb}\n  dbt: *a\n")
    assert outline(here, "manifest.yaml")[-1] == "    plugin dbt | *a"


def test_a_secret_is_not_shown() -> None:
    here = world("scope: enterprise\nplugins:\n  compute:\n    config: {password: hunter2-Xy9!}\n")
    assert outline(here, "manifest.yaml")[-1] == "        text password"


def test_other_files_have_no_outline_of_ours() -> None:
    here = world("services: {web: {image: nginx}}\n", name="compose.yaml")
    assert document_symbols(here.snapshot, here.document) is None


def test_an_outline_ends_somewhere() -> None:
    here = world("transforms:\n" + "  - {name: a, type: dbt}\n" * MOST, name="floe.yaml")
    assert len(outline(here, "floe.yaml")) == MOST + 1


def found(here: World, query: str) -> list[str]:
    return [
        f"{f.kind} {f.name} in {f.container} at {shown(f.location)}"
        for f in workspace_symbols(here.snapshot, query)
    ]


def test_symbols_of_the_workspace_are_found_by_the_letters_of_their_names() -> None:
    here = world(MESH)
    assert found(here, "acme") == [f"enterprise acme in {E} at {E}:2 acme"]
    assert found(here, "c360") == [f"product customer-360 in {P} at {P}:2 customer-360"]
    assert found(here, "STG") == [
        f"transform stg in customer-360 at {P}:6 stg",
        f"transform stg in sales-forecast at {F}:4 stg",
    ]
    assert found(here, "domain")[0].startswith("domain ")
    assert found(here, "nowhere") == []


def test_without_letters_all_are_found_and_files_come_first() -> None:
    names = [line.split(" in ")[0] for line in found(world(MESH), "")]
    assert names[:5] == [
        "enterprise acme",
        "product customer-360",
        "domain marketing-domain-manifest",
        "domain sales-domain-manifest",
        "product sales-forecast",
    ]
    assert set(names[5:]) == {"transform fct", "transform report", "transform stg"}


def test_columns_of_ports_are_found() -> None:
    here = world(
        "outputPorts:\n  - name: customers\n    schema:\n      - {name: customer_id, type: string}\n",
        name="shop/floe.yaml",
    )
    assert found(here, "customer") == [
        "table customers in shop at shop/floe.yaml:2 customers",
        "column customer_id in shop at shop/floe.yaml:4 customer_id",
    ]
