"""The models say everything about each field, and leave none out."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from floe_ls.schema.formats import FORMATS
from floe_ls.schema.kinds import KINDS
from floe_ls.schema.meta import Dialect, Merge, Role, Severity, Tier
from floe_ls.schema.shape import Shape, shape_of

KIND_NAMES = tuple(KINDS)


@cache
def root(kind: str) -> Shape:
    return shape_of(KINDS[kind])


def every_field() -> list[Shape]:
    return [shape for kind in KINDS for shape in fields_below(root(kind))]


def fields_below(shape: Shape) -> Iterator[Shape]:
    for child in shape.fields.values():
        yield child
        yield from fields_below(child)
    for inner in (shape.item, *shape.options):
        if inner is not None:
            yield from fields_below(inner)


def at(kind: str, dotted: str) -> Shape:
    found = root(kind).at(tuple(dotted.split(".")))
    assert found is not None, dotted
    return found


# --- what each field says


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_every_field_says_in_whole_sentences_what_it_means(kind: str) -> None:
    fields = list(fields_below(root(kind)))
    assert fields
    assert [f for f in fields if not re.fullmatch(r"(?s)[A-Z`].*\.", f.doc)] == []


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_every_object_says_what_it_is(kind: str) -> None:
    models = {s.model for s in root(kind).walk() if s.model is not None}
    assert models
    silent = [m for m in models if not (m.__doc__ or "").strip().endswith(".")]
    assert silent == []


def test_every_form_that_a_field_names_exists() -> None:
    unknown = {
        s.dotted: s.form.name for s in every_field() if s.form and s.form.name not in FORMATS
    }
    assert unknown == {}


def test_every_example_and_default_is_allowed() -> None:
    wrong = []
    for shape in every_field():
        values = [*shape.examples, *([shape.default] if shape.default is not None else [])]
        form = FORMATS.get(shape.form.name) if shape.form else None
        for value in values:
            if shape.choices and value not in shape.choices:
                wrong.append((shape, value))
            if form and isinstance(value, str) and form.check(value):
                wrong.append((shape, form.check(value)))
            if isinstance(value, str) and len(value) > (shape.max_length or 10_000):
                wrong.append((shape, value))
    assert wrong == []


def test_codes_are_an_area_and_what_is_wrong() -> None:
    codes: set[str] = set()
    for shape in every_field():
        notes = (
            shape.only,
            shape.needed,
            shape.known,
            shape.category,
            shape.deprecated,
            shape.mistaken,
        )
        codes |= {note.code for note in notes if note is not None}
        codes |= set(vars(shape.codes).values())
        codes.add(shape.inherit.weakened)
        codes |= {rule.code for rule in (*shape.rules.constraints, *shape.rules.forbidden)}
        codes.add(shape.rules.unknown.code)
    wrong = {code for code in codes - {""} if not re.fullmatch(r"[a-z][a-z-]*/[a-z][a-z-]*", code)}
    assert wrong == set()


def test_reasons_continue_a_sentence_and_do_not_end_it() -> None:
    reasons = [s.only.why for s in every_field() if s.only]
    reasons += [rule.why for kind in KINDS for s in root(kind).walk() for rule in s.rules.forbidden]
    assert reasons
    assert [why for why in reasons if why.endswith(".") or why[0].isupper()] == []


def test_every_role_is_taken() -> None:
    taken = {shape.role for shape in every_field()} - {None}
    assert taken == set(Role)


def test_a_role_leads_to_one_field() -> None:
    for kind in KINDS:
        holders: dict[Role, set[str]] = {}
        for shape in root(kind).walk():
            if shape.role is not None:
                holders.setdefault(shape.role, set()).add(shape.dotted)
        several = {role for role, paths in holders.items() if len(paths) > 1}
        assert several <= {Role.PLUGIN_NAME}  # one for each category


# --- the catalogue

CATALOGUE = (
    Path(os.environ.get("FLOE_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
    / "spec"
    / "catalogue.json"
)

_CATALOGUE_KINDS = {"manifest": "manifest", "spec": "product"}


@cache
def catalogue() -> list[dict[str, Any]]:
    if not CATALOGUE.is_file():
        return []
    fields = json.loads(CATALOGUE.read_text())["fields"]
    return [f for f in fields if f["dialect"] == "v1"]


def steps(path: str) -> tuple[str, ...]:
    return tuple(path.replace("[]", ".*").split("."))


def reached(shape: Shape | None, path: tuple[str, ...]) -> list[Shape]:
    """The shapes at a template path, where `*` is any item and an option of a union may hold the rest."""
    if shape is None:
        return []
    if not path:
        return [shape]
    here = [shape, *shape.options]
    return [
        end
        for option in here
        for child in ([option.item] if path[0] == "*" else [option.fields.get(path[0])])
        for end in reached(child, path[1:])
    ]


def shapes_of(row: dict[str, Any]) -> list[Shape]:
    return reached(root(_CATALOGUE_KINDS[row["kind"]]), steps(row["path"]))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    if not catalogue():
        pytest.skip(f"no catalogue at {CATALOGUE}: set FLOE_SHARED")
    return catalogue()


def test_every_shipped_path_has_a_field(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == 283 + 59
    assert [row["path"] for row in rows if not shapes_of(row)] == []


def test_every_shipped_field_belongs_to_the_shipped_dialect(rows: list[dict[str, Any]]) -> None:
    missing = [
        row["path"] for row in rows if not any(Dialect.V1 in s.dialects for s in shapes_of(row))
    ]
    assert missing == []


def test_choices_are_those_of_the_catalogue(rows: list[dict[str, Any]]) -> None:
    differ = []
    for row in rows:
        if row["enum"] and row["type"] != "map[enum,number]" and "gates" not in row["path"]:
            shapes = shapes_of(row)
            ours = {choice for shape in shapes for choice in shape.choices}
            if ours != set(row["enum"]):
                differ.append((row["path"], ours))
    # The documents' kind of product is read as well.
    assert differ == [("kind", {"FloeSpec", "DataProduct"})]


def test_limits_are_those_of_the_catalogue(rows: list[dict[str, Any]]) -> None:
    names = {
        "ge": "minimum",
        "le": "maximum",
        "min_length": "min_length",
        "max_length": "max_length",
    }
    differ = [
        (row["path"], limit, getattr(shape, ours), row["constraints"].get(limit))
        for row in rows
        for limit, ours in names.items()
        for shape in shapes_of(row)
        if row["constraints"].get(limit) not in {getattr(s, ours) for s in (shape, *shape.options)}
    ]
    assert differ == []


def test_defaults_are_those_of_the_catalogue(rows: list[dict[str, Any]]) -> None:
    differ = []
    for row in rows:
        default = row["default"]
        if isinstance(default, str) and default.startswith("<default"):
            assert all(shape.default for shape in shapes_of(row)), row["path"]
        elif any(shape.default != default for shape in shapes_of(row)):
            differ.append((row["path"], [shape.default for shape in shapes_of(row)], default))
    assert differ == []


def test_what_the_shipped_form_needs_is_missed_there(rows: list[dict[str, Any]]) -> None:
    def needed(shape: Shape) -> bool:
        return shape.required or (
            shape.needed is not None
            and shape.needed.severity[Dialect.V1] is Severity.ERROR
            and not shape.needed.tiers
        )

    differ = [
        (row["path"], row["required"])
        for row in rows
        if any(needed(shape) is not row["required"] for shape in shapes_of(row))
    ]
    assert differ == []


def test_what_the_shipped_form_lets_be_null_is_nullable(rows: list[dict[str, Any]]) -> None:
    # A needed field is nullable for pydantic alone; a null there counts as missing.
    differ = [
        (row["path"], shape.nullable)
        for row in rows
        for shape in shapes_of(row)
        if shape.needed is None and shape.nullable is not row["type"].endswith("| null")
    ]
    assert differ == []


def test_patterns_of_the_catalogue_are_forms(rows: list[dict[str, Any]]) -> None:
    plain = [
        row["path"]
        for row in rows
        if "pattern" in row["constraints"] and not all(shape.form for shape in shapes_of(row))
    ]
    assert plain == []


def test_other_spellings_of_the_catalogue_are_known(rows: list[dict[str, Any]]) -> None:
    differ = [
        (row["path"], shape.other_spellings)
        for row in rows
        for shape in shapes_of(row)
        if row.get("also_written") and row["also_written"] not in shape.other_spellings
    ]
    assert differ == []


def test_unknown_keys_are_as_severe_as_in_the_catalogue(rows: list[dict[str, Any]]) -> None:
    assert root("manifest").rules.unknown.severity[Dialect.V1] is Severity.WARNING
    lenient = [
        shape.dotted
        for row in rows
        for shape in shapes_of(row)
        if shape.kind == "object" and shape.rules.unknown.severity[Dialect.V1] is not Severity.ERROR
    ]
    assert lenient == []


# --- the other dialects

DESIGN_MANIFEST = """
    data_architecture.pattern data_architecture.naming.enforcement data_architecture.naming_enforcement
    data_architecture.layers.*.prefix data_architecture.layers.*.namespace
    domain.name domain.namespace domain.owners domains domains.*.name domains.*.extra_policies
    governance.classification.levels governance.classification.pii.requires_encryption
    governance.classification.pii.retention_max_days governance.classification.pii.requires_masking_in_non_prod
    governance.quality_gates.required_tests governance.quality_gates.gold_layer.minimum_coverage
    governance.quality_gates.gold_layer.required_documentation governance.interoperability.data_contracts.required
    governance.interoperability.data_contracts.schema_registry governance.interoperability.sla_enforcement
    governance.slas governance.schema_evolution governance.sensitive_fields governance.product_registration.mode
    registered_products data_contracts.enforcement data_contracts.standard data_contracts.plugin
    data_contracts.monitoring data_contracts.alerting identity.enforcement identity.auto_register
    security.rbac security.pod_security security.network_policies security.namespace_isolation security.api_auth
    security.audit security.service_mesh security.require_signed_artifacts security.trusted_keys services
    artifacts.signing artifacts.verification artifacts.retention artifacts.lifecycle artifacts.registry.immutability
    artifacts.registry.auth.token_ref artifacts.registry.auth.username_ref artifacts.registry.auth.password_ref
    artifacts.registry.tls artifacts.registry.cache.mirror artifacts.registry.rate_limiting
    artifacts.registry.resilience.timeouts artifacts.promotion.gates
""".split()
DESIGN_PRODUCT = """
    metadata.domain metadata.repository platform.version platform.cache transforms.*.type transforms.*.path
    transforms.*.profiles_dir transforms.*.target environments environments.*.name environments.*.schedule
    quality.minimum_coverage quality.required_tests outputPorts.*.table outputPorts.*.sla outputPorts.*.access
    input_ports input_ports.*.name input_ports.*.source input_ports.*.contract
    input_ports.*.freshness_requirement ownership.team ownership.email ownership.slack depends_on
""".split()


@pytest.mark.parametrize(
    ("kind", "path"),
    [("manifest", p) for p in DESIGN_MANIFEST] + [("product", p) for p in DESIGN_PRODUCT],
)
def test_a_field_of_the_documents_is_known_and_not_shipped(kind: str, path: str) -> None:
    here = root(kind)
    dialects = set(Dialect)
    for step in steps(path):
        (here,) = reached(here, (step,))
        dialects &= here.dialects
    assert Dialect.DESIGN in dialects
    assert Dialect.V1 not in dialects


def test_a_load_of_the_documents_is_an_option_of_their_dialect_only() -> None:
    lists = [o for o in at("product", "ingestion").options if o.kind == "list"]
    assert [o.dialects for o in lists] == [frozenset({Dialect.DESIGN})]
    load = lists[0].item
    assert load is not None
    assert set(load.fields) == {"name", "type", "destination", "dlt", "airbyte", "secret_refs"}


def test_a_schema_in_a_file_is_an_option_of_the_documents_only() -> None:
    port = at("product", "outputPorts").item
    assert port is not None
    (file,) = [o for o in port.fields["schema"].options if o.kind == "object"]
    assert file.dialects == frozenset({Dialect.DESIGN})
    assert set(file.fields) == {"ref"}


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("manifest", "parent_domain"),
        ("product", "schedules"),
        ("product", "dependencies"),
        ("product", "transforms.*.type"),
        ("product", "transforms.*.path"),
    ],
)
def test_a_field_of_the_adr_is_known_there_and_not_shipped(kind: str, path: str) -> None:
    (shape,) = reached(root(kind), steps(path))
    assert shape.dialects == frozenset({Dialect.ADR, Dialect.DESIGN})


def test_nothing_but_type_and_path_is_needed_in_the_adr() -> None:
    """Its own examples leave out everything else (I2, I21, R73)."""
    needed = {
        shape.dotted
        for kind in KINDS
        for shape in root(kind).walk()
        if shape.needed
        and not shape.needed.tiers
        and shape.needed.severity[Dialect.ADR] is Severity.ERROR
    }
    categories = {p for p in needed if p.startswith("plugins.")}
    assert needed - categories == {"transforms.*.type", "transforms.*.path", "platform.manifest"}


# --- who may set what


@pytest.mark.parametrize(
    ("path", "tiers", "code"),
    [
        ("approved_plugins", {Tier.ENTERPRISE}, "approved/not-enterprise"),
        ("approved_sinks", {Tier.ENTERPRISE}, "sinks/not-enterprise"),
        ("approved_products", {Tier.DOMAIN}, "products/not-domain"),
        ("parent_manifest", {Tier.DOMAIN}, "scope/parent-forbidden"),
        ("parent_domain", {Tier.DOMAIN}, "parent-domain/not-domain"),
    ],
)
def test_some_fields_belong_to_one_tier(path: str, tiers: set[Tier], code: str) -> None:
    only = at("manifest", path).only
    assert only is not None
    assert (only.tiers, only.code) == (tiers, code)
    assert only.severity[Dialect.ADR] is Severity.ERROR
    assert only.severity[Dialect.V1] is Severity.ERROR


def test_all_other_fields_belong_to_every_tier() -> None:
    limited = {s.dotted for s in every_field() if s.only}
    assert limited == {
        "approved_plugins",
        "approved_sinks",
        "approved_products",
        "parent_manifest",
        "parent_domain",
    }


def test_a_domain_misses_its_parent_at_its_scope() -> None:
    needed = at("manifest", "parent_manifest").needed
    assert needed is not None
    assert (needed.code, needed.tiers, needed.at) == (
        "scope/parent-required",
        {Tier.DOMAIN},
        ("scope",),
    )


@pytest.mark.parametrize(
    ("code", "some"),
    [
        ("product/scope", {"scope"}),
        (
            "product/platform-key",
            {"plugins", "governance", "approved_plugins", "approved_products"},
        ),
        ("product/environment-key", {"password", "schema", "api_key"}),
    ],
)
def test_a_product_may_not_hold_what_its_platform_decides(code: str, some: set[str]) -> None:
    (rule,) = [r for r in root("product").rules.forbidden if r.code == code]
    assert some <= rule.names
    assert rule.deep is (code == "product/environment-key")


def test_forbidden_names_are_those_of_the_catalogue(rows: list[dict[str, Any]]) -> None:
    forbidden = json.loads(CATALOGUE.read_text())["forbidden_keys"]
    (manifest,) = root("manifest").rules.forbidden
    assert manifest.names == set(forbidden["manifest_top_level"])
    (deep,) = [r for r in root("product").rules.forbidden if r.deep]
    assert deep.names == set(forbidden["spec_any_depth"])
    assert deep.ignore_case


def test_no_known_key_of_a_manifest_is_forbidden() -> None:
    for kind in KINDS:
        for shape in root(kind).walk():
            names = {name for rule in shape.rules.forbidden if not rule.deep for name in rule.names}
            assert not names & set(shape.fields)


# --- how layers combine

HIGHER: tuple[Any, ...] = ()
STRENGTHENED = {
    "governance.pii_encryption": ("optional", "required"),
    "governance.audit_logging": ("disabled", "enabled"),
    "governance.policy_enforcement_level": ("off", "warn", "strict"),
    "governance.naming.enforcement": ("off", "warn", "strict"),
    "governance.quality_gates.minimum_test_coverage": HIGHER,
    "governance.quality_gates.require_descriptions": (False, True),
    "governance.quality_gates.require_column_descriptions": (False, True),
    "governance.quality_gates.block_on_failure": (False, True),
    "governance.quality_gates.layer_thresholds.bronze": HIGHER,
    "governance.quality_gates.layer_thresholds.silver": HIGHER,
    "governance.quality_gates.layer_thresholds.gold": HIGHER,
    "governance.data_contracts.enforcement": ("off", "warn", "strict"),
    "governance.data_contracts.auto_generation.enabled": (False, True),
    "governance.data_contracts.drift_detection.enabled": (False, True),
    "governance.network_policies.enabled": (False, True),
    "governance.network_policies.default_deny": (False, True),
}


@pytest.mark.parametrize(("path", "order"), STRENGTHENED.items())
def test_a_policy_is_only_ever_tightened(path: str, order: tuple[Any, ...]) -> None:
    inherit = at("manifest", path).inherit
    assert inherit.merge is Merge.STRENGTHEN
    assert inherit.order == order
    assert inherit.weakened == "security/override"


def test_no_other_shipped_field_is_strengthened() -> None:
    found = {
        s.dotted
        for s in root("manifest").walk()
        if s.inherit.merge is Merge.STRENGTHEN
        and Dialect.V1 in s.dialects
        and not s.dotted.startswith(("security.", "data_contracts."))
        and ".classification." not in s.dotted
        and ".interoperability." not in s.dotted
        and ".gold_layer." not in s.dotted
    }
    assert found == set(STRENGTHENED)


@pytest.mark.parametrize(
    ("path", "merge"),
    [
        ("apiVersion", Merge.LOCAL),
        ("kind", Merge.LOCAL),
        ("metadata", Merge.LOCAL),
        ("scope", Merge.LOCAL),
        ("parent_manifest", Merge.LOCAL),
        ("approved_plugins", Merge.IMMUTABLE),
        ("approved_sinks", Merge.IMMUTABLE),
        ("approved_products", Merge.OVERRIDE),
        ("plugins", Merge.DEEP),
        ("plugins.compute", Merge.OVERRIDE),
        ("plugins.dbt", Merge.OVERRIDE),
        ("plugins.telemetry_backend", Merge.IMMUTABLE),
        ("plugins.lineage_backend", Merge.IMMUTABLE),
        ("plugins.quality.quality_gates", Merge.DEEP),
        ("plugins.quality.quality_gates.gold", Merge.OVERRIDE),
        ("governance", Merge.DEEP),
        ("governance.naming", Merge.DEEP),
        ("governance.naming.pattern", Merge.OVERRIDE),
        ("governance.data_retention_days", Merge.OVERRIDE),
        ("governance.default_ttl_hours", Merge.OVERRIDE),
        ("governance.custom_rules", Merge.EXTEND),
        ("governance.policies", Merge.EXTEND),
        ("governance.policy_overrides", Merge.OVERRIDE),
        ("governance.network_policies.custom_egress_rules", Merge.EXTEND),
        ("defaults", Merge.DEEP),
        ("artifacts", Merge.DEEP),
        ("observability", Merge.DEEP),
        ("resource_presets", Merge.DEEP),
        ("resource_presets.*", Merge.OVERRIDE),
    ],
)
def test_layers_combine_field_by_field(path: str, merge: Merge) -> None:
    (shape,) = reached(root("manifest"), steps(path))
    assert shape.inherit.merge is merge


def test_another_backend_below_is_an_error_of_its_own() -> None:
    for backend in ("telemetry_backend", "lineage_backend"):
        assert at("manifest", f"plugins.{backend}").inherit.weakened == "observability/immutable"


def test_retention_may_be_lowered_and_is_pointed_out() -> None:
    inherit = at("manifest", "governance.data_retention_days").inherit
    assert inherit.has_order
    assert inherit.weakened == "retention/lowered"
    severities = {dialect: inherit.weakened_severity[dialect] for dialect in Dialect}
    assert severities == {
        Dialect.ADR: Severity.WARNING,
        Dialect.DESIGN: Severity.WARNING,
        Dialect.V1: Severity.ERROR,
    }


def test_a_gate_is_locked_by_its_own_word() -> None:
    for tier in ("bronze", "silver", "gold"):
        gate = at("manifest", f"plugins.quality.quality_gates.{tier}")
        assert gate.inherit.lock in gate.fields
        assert gate.inherit.weakened == "quality/locked-gate"


def test_a_shorter_retention_of_personal_data_is_stricter() -> None:
    inherit = at("manifest", "governance.classification.pii.retention_max_days").inherit
    shorter, longer = inherit.strictness(30), inherit.strictness(90)
    assert shorter is not None
    assert longer is not None
    assert shorter > longer


# --- plugins


def test_every_category_knows_its_plugins(rows: list[dict[str, Any]]) -> None:
    categories = json.loads(CATALOGUE.read_text())["plugin_categories"]
    plugins = at("manifest", "plugins")
    assert set(plugins.fields) == set(categories)
    for name, sources in categories.items():
        known = plugins.fields[name].category
        assert known is not None
        listed = {p for source in sources.values() if isinstance(source, list) for p in source}
        assert set(known.known) == listed, name


def test_an_unknown_plugin_is_mild_since_plugins_are_open() -> None:
    for shape in at("manifest", "plugins").fields.values():
        category = shape.category
        assert category is not None
        assert category.code == "plugins/unknown-plugin"
        assert category.severity[Dialect.ADR] is Severity.WARNING


def test_an_unknown_category_is_milder_in_the_adr() -> None:
    unknown = at("manifest", "plugins").rules.unknown
    assert unknown.code == "plugins/unknown-category"
    assert unknown.severity[Dialect.ADR] is Severity.WARNING
    assert unknown.severity[Dialect.V1] is Severity.ERROR


def test_a_manifest_of_one_tier_is_no_kind_of_its_own() -> None:
    mistaken = at("manifest", "kind").mistaken
    assert mistaken is not None
    assert mistaken.code == "kind/separate-type"
    assert (
        mistaken.instead["EnterpriseManifest"] == mistaken.instead["DomainManifest"] == "Manifest"
    )


# --- lists


def test_lists_whose_items_have_names_of_their_own() -> None:
    unique = {
        (shape.dotted, rule.name): rule.code
        for shape in every_field()
        for rule in shape.unique
        if rule.name
    }
    assert unique == {
        ("artifacts.promotion.environments", "name"): "promotion/duplicate-environment",
        ("transforms", "name"): "product/duplicate-transform",
        ("destinations", "name"): "destination/duplicate",
        ("ingestion.sources", "name"): "ingestion/duplicate-source",
        ("ingestion.sources", "destinationTable"): "ingestion/duplicate-table",
    }


def test_a_name_twice_in_a_list_of_names_is_a_warning() -> None:
    for path in ("approved_sinks", "approved_products"):
        (rule,) = at("manifest", path).unique
        assert (rule.name, rule.code) == ("", "approved/duplicate")
        assert rule.severity[Dialect.ADR] is Severity.WARNING
