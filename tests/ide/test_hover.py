"""What hover says of keys and values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixture import world
from floe_ls.chain.layers import Unavailable
from floe_ls.forms.document import read_document
from floe_ls.ide.hover import hover
from floe_ls.ide.markdown import code, flow, label_text, link, value
from floe_ls.settings import Settings

NOW = 1_800_000_000.0

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
  data_retention_days: 30
  policies:
    - {name: tags, type: required_tags, action: warn, message: Tag it}
#- sales/domain-manifest.yaml
"""
DOMAIN = """\
scope: domain
parent_manifest: ../enterprise-manifest.yaml
plugins:
  compute: snowflake
approved_products:
  - customer-360
governance:
  pii_encryption: optional
"""
PRODUCT = """\
#- sales/customer-360/floe.yaml
metadata:
  name: customer-360
platform:
  ref: ../domain-manifest.yaml
transforms:
  - name: stg
    type: dbt
    path: models/
  - name: fct
    type: dbt
    path: models/
    dependsOn: [stg]
schedule:
  cron: "0 6 * * *"
"""


def told(fixture: str, **options: object) -> str:
    """The hover at the cursor; empty without one."""
    here = world(fixture, **options)  # type: ignore[arg-type]
    found = hover(here.snapshot, here.document, here.cursor, NOW)
    return found.markdown if found else ""


def in_domain(old: str, new: str, **options: object) -> str:
    assert old in DOMAIN
    return told(ENTERPRISE + DOMAIN.replace(old, new, 1), **options)


def in_product(old: str, new: str) -> str:
    assert old in PRODUCT
    return told(ENTERPRISE + DOMAIN + PRODUCT.replace(old, new, 1))


# --- every key and value


def test_a_key_says_its_meaning_its_choices_who_sets_it_and_how_tiers_combine() -> None:
    assert told("governance:\n  pii$0_encryption: required\n") == (
        "**`governance.pii_encryption`** · one of `required` (here) or `optional`\n\n"
        "Whether personal data must be encrypted. Once `required` above, no layer below can make it `optional`.\n\n"
        "- Set by any manifest; the strictest value of all tiers wins, and a lower tier may only tighten it "
        "(`optional` → `required`)"
    )


def test_the_span_is_the_key_or_the_value() -> None:
    for at, text in (
        ("comp$0ute: duckdb", "compute"),
        ("compute: $0duckdb", "duckdb"),
        ("compute: 'duck$0db'", "'duckdb'"),
    ):
        here = world(f"plugins:\n  {at}\n")
        found = hover(here.snapshot, here.document, here.cursor)
        assert found
        assert here.document.text[found.span.start : found.span.end] == text


def test_a_domain_sees_what_the_enterprise_requires() -> None:
    text = in_domain("pii_encryption", "pii_$0encryption")
    assert (
        "**In effect:** `required`. The enterprise requires `required`; a lower tier may not weaken it."
        in text
    )
    assert (
        "- **enterprise**: `required` · [enterprise-manifest.yaml:8](file:///w/enterprise-manifest.yaml#L8)"
        in text
    )
    assert (
        "- domain: `optional` · this file, line 8 · weaker than the enterprise's value, so it has no effect"
        in text
    )


def test_a_plugin_is_approved_by_a_list_at_a_place() -> None:
    for old, new in (("compute: snow", "comp$0ute: snow"), ("snowflake", "snow$0flake")):
        text = in_domain(old, new)
        assert "Engine that runs the transforms." in text
        assert (
            "`snowflake` is approved ([enterprise-manifest.yaml:3](file:///w/enterprise-manifest.yaml#L3))."
            in text
        )
        assert (
            "The domain chooses `snowflake` among the approved plugins, in place of the enterprise's `duckdb`."
            in text
        )


def test_a_plugin_that_is_not_approved_is_told_which_are() -> None:
    text = in_domain("snowflake", "spark$0")
    assert (
        "`spark` is not approved. Approved: `duckdb` and `snowflake` ([enterprise-manifest.yaml:3]("
        in text
    )
    assert "The domain chooses `spark` though it is not approved" in text


def test_an_open_category_says_nothing_of_approval() -> None:
    assert "approved" not in told("plugins:\n  storage: s$03\n")


def test_a_block_shows_its_leaves_and_where_they_are_from() -> None:
    text = in_domain("governance:", "gov$0ernance:")
    assert "- `pii_encryption`: `required` ← enterprise, [enterprise-manifest.yaml:8]" in text
    assert "- `data_retention_days`: `30` ← enterprise, [enterprise-manifest.yaml:9]" in text


def test_a_value_set_here_alone_is_said_to_be_so() -> None:
    text = in_domain("approved_products", "approved$0_products")
    assert text.endswith("**In effect:** `[customer-360]`, set here and by no other tier.")
    assert (
        "Set by a domain manifest alone, because a domain decides which products are built under it"
        in text
    )


def test_a_form_is_read_out() -> None:
    text = in_product("cron:", "cr$0on:")
    assert text.startswith("**`schedule.cron`** · a cron expression of five fields")
    assert "Here: every day at 06:00." in text


def test_defaults_and_limits_are_named() -> None:
    text = told("plugins:\n  quality:\n    provider: soda\n    check_timeout_$0seconds: 5\n")
    assert "whole number from 1 to 3600" in text
    assert "- Default: `300`" in text


def test_another_spelling_is_told_the_canonical_one() -> None:
    text = told("scope: enterprise\nplugins:\n  observ$0ability: datadog\n")
    assert text.startswith("**`plugins.observability`** · plugin")
    assert "- Read as `plugins.telemetry_backend`" in text


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("scope: enter$0prise", "Three tiers, of which this is the top"),
        ("sco$0pe: domain", "Three tiers, of which this is the middle"),
    ],
)
def test_scope_says_how_many_tiers_it_means(scope: str, words: str) -> None:
    assert words in told(f"{scope}\n")


def test_an_unknown_key_is_told_the_nearest() -> None:
    assert told("plugins:\n  catalo$0gue: polaris\n") == (
        "`catalogue` is not a key that floe knows here. Did you mean `catalog`?"
    )


def test_a_key_that_may_not_stand_here_is_told_why() -> None:
    why = "`env_overrides` does not belong here: a manifest is the same in every environment"
    assert told("env_over$0rides:\n  dev:\n    plugins: {}\n").startswith(why)
    assert told("env_overrides:\n  dev:\n    plu$0gins: {}\n").startswith(why)


def test_an_item_has_the_meaning_of_its_list() -> None:
    text = told("scope: enterprise\napproved_plugins:\n  compute: [duck$0db]\n")
    assert "Plugins that domains may choose, by category." in text


def test_settings_of_a_plugin_have_a_story_though_no_field_knows_them() -> None:
    text = in_domain(
        "compute: snowflake", "compute:\n    type: duckdb\n    config:\n      thr$0eads: 4"
    )
    assert "`plugins.compute.config.threads`" in text
    assert "**In effect:** `4`, set here and by no other tier." in text


def test_what_looks_like_a_secret_is_not_shown() -> None:
    text = told(
        "#- up.yaml @ oci://r.io/acme/up:1.0.0\nscope: enterprise\nplugins:\n  catalog:\n    type: polaris\n"
        "    config:\n      password: Zx9-kk31-QQ7-pl\n#- d-manifest.yaml\nscope: domain\n"
        "parent_manifest: oci://r.io/acme/up:1.0.0\nplugi$0ns:\n  catalog:\n    type: polaris\n    config:\n"
        "      password: Zx9-kk31-QQ7-pl\n"
    )
    assert "Zx9" not in text
    assert "hidden" in text


# --- references


def reference(settings: Settings | None = None, **options: object) -> str:
    return told(
        "#- d-manifest.yaml\nscope: domain\nparent_manifest: oci://r.io/acme/up:v1.0.0$0\n"
        "#- files/up-manifest.yaml\nmetadata: {name: other}\nscope: enterprise\n",
        settings=settings,
        **options,
    )


def test_a_reference_that_is_being_fetched_says_so() -> None:
    assert "Being fetched: `oci://r.io/acme/up:v1.0.0`." in reference()


def test_a_reference_that_cannot_be_had_says_why() -> None:
    failures = {"oci://r.io/acme/up:v1.0.0": Unavailable("unreachable", "`r.io` does not answer.")}
    assert "Not available: `r.io` does not answer." in reference(failures=failures)


def test_a_reference_to_an_artifact_has_tag_digest_and_age() -> None:
    here = world(
        "#- d-manifest.yaml\nscope: domain\nparent_manifest: oci://r.io/acme/up:v1.0.0$0\n"
    )
    artifact = read_document(
        "floe-oci://x/up.yaml", "metadata: {name: acme}\nscope: enterprise\n", ref="oci://r.io/acme/up:v1.0.0",
        digest="sha256:" + "0123456789abcdef" * 4, fetched_at=NOW - 3 * 3600,
    )  # fmt: skip
    snapshot = here.snapshot.with_artifact("oci://r.io/acme/up:v1.0.0", artifact)
    found = hover(snapshot, here.document, here.cursor, NOW)
    assert found
    assert (
        "Leads to the enterprise manifest `acme` from the registry: tag `v1.0.0`, digest `sha256:0123456789ab`, "
        "fetched 3 hours ago."
    ) in found.markdown


def test_a_file_of_the_workspace_may_stand_for_a_reference() -> None:
    settings = Settings(
        folder="file:///w/", sources={"oci://r.io/acme/up": "files/up-manifest.yaml"}
    )
    assert (
        "Leads to the enterprise manifest `other` in [files/up-manifest.yaml](file:///w/files/up-manifest.yaml), which "
        "`sources` names as its source. What is published under the reference may differ."
    ) in reference(settings)


def test_a_product_sees_the_chain_and_all_that_it_inherits() -> None:
    for old, new in (("platform:", "plat$0form:"), ("ref: ../", "ref: ..$0/"), ("ref:", "re$0f:")):
        text = in_product(old, new)
        assert "**Inherited:**" in text
        assert "- `plugins.compute`: `snowflake` ← domain, [sales/domain-manifest.yaml:4]" in text
        assert (
            "- `governance.pii_encryption`: `required` ← enterprise, [enterprise-manifest.yaml:8]"
            in text
        )
    assert "Tiers: [enterprise-manifest.yaml](" in text
    assert "→ this file" in text


def test_while_a_parent_is_fetched_nothing_is_said_to_be_certain() -> None:
    text = in_domain("../enterprise-manifest.yaml", "oci://r.io/x:1\n#$0", missing=frozenset())
    assert text == ""  # a comment
    text = told(
        "#- d-manifest.yaml\nscope: domain\nparent_manifest: oci://r.io/acme/x:1\nplugins:\n  compu$0te: duckdb\n"
    )
    assert "Whether it is approved is not known yet" in text
    assert "**In effect:** `duckdb`, as far as is known." in text
    assert "`oci://r.io/acme/x:1` is being fetched; what it says is not known yet." in text


# --- products


def test_an_approved_product_leads_to_its_file() -> None:
    product = PRODUCT.replace("$0", "")
    text = told(ENTERPRISE + DOMAIN.replace("customer-360", "customer$0-360") + product)
    assert "Product `customer-360`: [sales/customer-360/floe.yaml](" in text
    assert (
        in_domain("customer-360", "x$0y").count("No product of the workspace is called `xy`.") == 1
    )


def test_a_dependency_leads_to_its_transform() -> None:
    assert "Runs after the transform `stg` of [line 6](" in in_product("[stg]", "[s$0tg]")
    assert "No transform of this product is called `st`." in in_product("[stg]", "[s$0t]")


def test_a_manifests_key_in_a_product_shows_the_inherited_value() -> None:
    text = in_product("schedule:", "governance:\n  pii_encryp$0tion: optional\nschedule:")
    assert (
        "`governance` does not belong in a product: a product inherits it from its manifest."
        in text
    )
    assert "**In effect:** `required`." in text
    assert "[enterprise-manifest.yaml:8]" in text


def test_scope_in_a_product_is_told_why_not() -> None:
    text = in_product("schedule:", "sco$0pe: domain\nschedule:")
    assert "`scope` does not belong in a product: only manifests have a tier" in text


def test_other_files_have_no_hover() -> None:
    assert told("spec:\n  scope$0: x\n", name="deployment.yaml") == ""


# --- no markup out of values


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "`plain`"),
        ("a`b", "``a`b``"),
        ("`x`", "`` `x` ``"),
        ("``", "` `` `"),
        ("", '`""`'),
        ("line\nbreak", "`line\\nbreak`"),
        ("\u202eright to left", "`\\u202eright to left`"),
        ("\x1b[31m", "`\\x1b[31m`"),
        ("x" * 200, "`" + "x" * 79 + "…`"),
    ],
)
def test_a_text_is_a_code_span(text: str, shown: str) -> None:
    assert code(text) == shown


def test_values_are_yaml_on_one_line() -> None:
    assert (
        flow({"a": [1, "two", True, None], "b c": "off"})
        == '{a: [1, two, true, null], "b c": "off"}'
    )
    assert value([["x"]] * 100).endswith("…`")


def test_a_link_survives_any_name() -> None:
    assert link("a.yaml:3", "file:///w/a.yaml", 2) == "[a.yaml:3](file:///w/a.yaml#L3)"
    assert (
        link("a](x).yaml", "file:///w/a](x) <b>.yaml")
        == "[`a](x).yaml`](file:///w/a]%28x%29%20%3Cb%3E.yaml)"
    )
    assert label_text("_a_") == "`_a_`"
    assert label_text("my_manifest.yaml") == "my_manifest.yaml"


NASTY = [
    "</code><img src=x onerror=alert(1)>",
    "[click](command:evil)",
    "``` **bold** ```",
    "# heading\n- list\n\n| a | b |",
    "![x](http://evil/x.png)",
    "$(alert) &lt; <!-- -->",
]


@pytest.mark.parametrize("text", NASTY)
def test_no_value_becomes_markup(text: str) -> None:
    import json

    quoted = json.dumps(text)
    here = world(
        ENTERPRISE
        + DOMAIN.replace("compute: snowflake", f"compute: {quoted}").replace("customer-360", quoted)
        + f"  {quoted}: {quoted}\n"
    )
    document = here.file("sales/domain-manifest.yaml")
    for offset in range(0, len(document.text), 3):
        found = hover(here.snapshot, document, offset, NOW)
        if found:
            outside = "".join(_outside_code(found.markdown))
            for sign in ("<", "![", "evil", "heading"):
                assert sign not in outside, found.markdown


def _outside_code(markdown: str) -> list[str]:
    """What stands outside code spans, as CommonMark finds them."""
    import re

    out, at = [], 0
    while at < len(markdown):
        run = re.compile("`+").search(markdown, at)
        if run is None:
            out.append(markdown[at:])
            break
        out.append(markdown[at : run.start()])
        close = next(
            (m for m in re.finditer("`+", markdown[run.end() :]) if len(m[0]) == len(run[0])), None
        )
        assert close is not None, f"a code span is not closed: {markdown}"
        at = run.end() + close.end()
    return out


@given(st.lists(st.sampled_from(
    ["scope", "plugins", "compute", ":", ": ", "\n", "\n  ", "\n    ", "- ", "-", "[", "]", "{", "}", ",", '"', "'",
     "duckdb", "*a", "&a ", "|", ">", "#", "<<", "governance", "\t", "é", "😀", "---\n", "domain", "? ", "platform",
     "transforms", "type", "null"]
), max_size=30), st.integers(0, 200))  # fmt: skip
def test_hover_never_fails(tokens: list[str], offset: int) -> None:
    text = "".join(tokens)
    for name in ("manifest.yaml", "floe.yaml"):
        here = world("a", name=name)
        document = read_document(here.document.uri, text, 1, label=name)
        hover(here.snapshot.with_document(document), document, min(offset, len(text)), NOW)
