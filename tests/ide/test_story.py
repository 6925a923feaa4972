"""The story of a value, tier by tier."""

from __future__ import annotations

import pytest

from fixture import World, world
from floe_ls.chain.layers import Unavailable
from floe_ls.chain.merge import dotted
from floe_ls.ide.story import Story, merge_words, stories, story
from floe_ls.schema.meta import Tier

ENTERPRISE = """\
#- enterprise-manifest.yaml
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake]
plugins:
  observability: datadog
  compute: duckdb
governance:
  pii_encryption: required
  audit_logging: disabled
  data_retention_days: 30
  policies:
    - {name: tags, type: required_tags, action: warn, message: Tag it}
  quality_gates:
    minimum_test_coverage: 60
"""
DOMAIN = """\
#- sales/domain-manifest.yaml
scope: domain
parent_manifest: ../enterprise-manifest.yaml
plugins:
  compute: snowflake
  observability: jaeger
approved_products: [customer-360]
governance:
  pii_encryption: optional
  audit_logging: enabled
  data_retention_days: 90
  policies:
    - {name: names, type: naming_convention, action: warn, message: Name it}
  quality_gates:
    minimum_test_coverage: 90
"""
PRODUCT = """\
#- sales/a/floe.yaml
metadata: {name: customer-360}
platform: {ref: ../domain-manifest.yaml}
"""


def of_domain() -> World:
    here = world(ENTERPRISE + DOMAIN)
    here.uri = here.file("sales/domain-manifest.yaml").uri
    return here


def told(path: str, here: World | None = None) -> Story:
    here = here or of_domain()
    found = story(here.snapshot, here.document, tuple(path.split(".")))
    assert found, path
    return found


@pytest.mark.parametrize(
    ("path", "value", "rule", "why"),
    [
        (
            "governance.pii_encryption", "required", "strengthen",
            "The enterprise requires `required`; a lower tier may not weaken it.",
        ),
        (
            "governance.audit_logging", "enabled", "strengthen",
            "The domain tightens the enterprise's `disabled` to `enabled`.",
        ),
        (
            "governance.quality_gates.minimum_test_coverage", 90, "strengthen",
            "The domain tightens the enterprise's `60` to `90`.",
        ),
        (
            "governance.data_retention_days", 90, "override",
            "The domain sets `90`, in place of the enterprise's `30`.",
        ),
        (
            "plugins.compute.type", "snowflake", "whitelist",
            "The domain chooses `snowflake` among the approved plugins, in place of the enterprise's `duckdb`.",
        ),
        (
            "plugins.telemetry_backend.type", "datadog", "immutable",
            "The enterprise sets `datadog`; no lower tier may change it.",
        ),
        (
            "approved_plugins.compute", ["duckdb", "snowflake"], "immutable",
            "The enterprise sets `[duckdb, snowflake]`; no lower tier may change it.",
        ),
        (
            "scope", "domain", "local",
            "The domain says so of itself; no other file inherits it.",
        ),
        ("approved_products", ["customer-360"], "override", "The domain sets `[customer-360]`."),
        ("governance.quality_gates.block_on_failure", True, "default", "No tier sets it, so floe's default holds."),
    ],
)  # fmt: skip
def test_a_story_says_who_decided_and_why(path: str, value: object, rule: str, why: str) -> None:
    found = told(path)
    assert (found.value, found.rule, found.why) == (value, rule, why)


def test_the_weakest_value_is_not_said_to_be_required() -> None:
    here = world("#- manifest.yaml\ngovernance: {pii_encryption: optional}\n")
    here.uri = here.file("manifest.yaml").uri
    found = told("governance.pii_encryption", here)
    assert found.why == "The platform sets `optional`; a lower tier may tighten it."


def test_every_say_has_its_tier_place_and_verdict() -> None:
    found = told("governance.pii_encryption")
    assert [(s.tier, s.value, s.label, s.line, s.won, s.why) for s in found.says] == [
        (Tier.ENTERPRISE, "required", "enterprise-manifest.yaml", 7, True, "the strictest"),
        (
            Tier.DOMAIN, "optional", "sales/domain-manifest.yaml", 7, False,
            "weaker than the enterprise's value, so it has no effect",
        ),
    ]  # fmt: skip
    assert found.winner is found.says[0]
    assert [s.why for s in told("plugins.telemetry_backend.type").says] == [
        "decides for all below",
        "has no effect: the enterprise decides",
    ]
    assert [s.why for s in told("governance.audit_logging").says] == [
        "tightened by the domain",
        "the strictest",
    ]
    assert [s.why for s in told("governance.data_retention_days").says] == [
        "replaced by the domain",
        "decides",
    ]


def test_a_choice_that_is_not_approved_is_said_to_be_so() -> None:
    here = world(ENTERPRISE + DOMAIN.replace("snowflake", "spark"))
    here.uri = here.file("sales/domain-manifest.yaml").uri
    assert told("plugins.compute.type", here).why == (
        "The domain chooses `spark` though it is not approved, in place of the enterprise's `duckdb`."
    )


def test_a_joined_list_is_one_story_with_a_say_for_each_tier() -> None:
    found = told("governance.policies")
    assert found.rule == "extend"
    assert [p["name"] for p in found.value] == ["tags", "names"]
    assert [(s.tier, len(s.value)) for s in found.says] == [(Tier.ENTERPRISE, 1), (Tier.DOMAIN, 1)]
    assert found.why == "Several tiers add to the list; nothing is removed."


def test_an_item_of_a_list_has_the_story_of_the_list() -> None:
    here = of_domain()
    found = story(here.snapshot, here.document, ("approved_products", 0))
    assert found
    assert found.path == ("approved_products",)


def test_a_block_has_no_story_but_its_leaves_have() -> None:
    here = of_domain()
    assert story(here.snapshot, here.document, ("plugins",)) is None
    found = stories(here.snapshot, here.document, ("plugins", "compute"))
    assert [dotted(s.path) for s in found] == ["plugins.compute.type"]


def test_nothing_is_told_of_what_nobody_knows() -> None:
    here = of_domain()
    assert story(here.snapshot, here.document, ("no", "such")) is None
    assert story(here.snapshot, here.document, ("governance", "default_ttl_hours")) is None


def test_a_product_tells_of_both_what_it_inherits_and_its_own() -> None:
    here = world(ENTERPRISE + DOMAIN + PRODUCT)
    here.uri = here.file("sales/a/floe.yaml").uri
    assert told("plugins.compute.type", here).winner
    own = told("metadata.name", here)
    assert own.winner
    assert (own.value, own.winner.tier) == ("customer-360", Tier.PRODUCT)


def test_a_say_of_an_artifact_has_its_reference_and_digest() -> None:
    here = world(
        "#- up.yaml @ oci://r.io/acme/up:1.0.0\nscope: enterprise\ngovernance: {pii_encryption: required}\n"
        "#- d-manifest.yaml\nscope: domain\nparent_manifest: oci://r.io/acme/up:1.0.0\n"
    )
    (say,) = told("governance.pii_encryption", here).says
    assert (say.label, say.ref) == ("oci://r.io/acme/up:1.0.0", "oci://r.io/acme/up:1.0.0")
    assert say.digest == "sha256:" + "a" * 64
    assert say.line == 1


@pytest.mark.parametrize(
    ("failures", "note"),
    [
        ({}, "`oci://r.io/x:1` is being fetched; what it says is not known yet."),
        (
            {"oci://r.io/x:1": Unavailable("unreachable", "`r.io` does not answer.")},
            "`r.io` does not answer.",
        ),
    ],
)
def test_what_is_not_known_is_noted(failures: dict[str, Unavailable], note: str) -> None:
    here = world(
        "scope: domain\nparent_manifest: oci://r.io/x:1\ngovernance: {pii_encryption: optional}\n",
        failures=failures,
    )
    found = told("governance.pii_encryption", here)
    assert found.notes == (note,)
    assert not found.settled


def test_stories_agree_with_the_effective_configuration() -> None:
    here = world(ENTERPRISE + DOMAIN + PRODUCT)
    for document in here.snapshot.documents.values():
        for setting in here.snapshot.effective(document).settings:
            found = story(here.snapshot, document, setting.path)
            assert found
            assert (found.path, found.value, found.rule) == (
                setting.path,
                setting.value,
                setting.rule,
            )
            winner = setting.winner
            assert [s.line for s in found.says if s.won] == ([winner.line] if winner else [])
            assert len(found.says) == len(setting.origins)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("scope", "it speaks of its own file and is not inherited"),
        ("plugins", "the tiers are merged key by key"),
        ("plugins.compute.config.threads", "the nearest tier that sets `plugins.compute` wins"),
        (
            "plugins.telemetry_backend",
            "the topmost tier that sets it decides, and no lower tier may change it",
        ),
        (
            "governance.policies",
            "the lists of all tiers are joined: a lower tier adds to them and removes nothing",
        ),
        (
            "governance.data_retention_days",
            "the nearest tier that sets it wins; a smaller value than above is pointed out",
        ),
        (
            "governance.naming.enforcement",
            "the strictest value of all tiers wins, and a lower tier may only tighten it (`off` → `warn` → `strict`)",
        ),
        ("nowhere", ""),
    ],
)
def test_rules_are_told_in_words(path: str, words: str) -> None:
    shape = world("scope: domain\n").snapshot.manifest_shape
    assert merge_words(shape, tuple(path.split("."))) == words
