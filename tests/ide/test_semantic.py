"""What words mean, for colours."""

from __future__ import annotations

from hypothesis import given

from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.semantic import semantic_tokens
from floe_ls.text import Span
from soup import names, soup

ABOVE = """\
#- enterprise-manifest.yaml
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake]
plugins:
  compute: duckdb
governance:
  pii_encryption: required
#- domain-manifest.yaml
"""


def told(fixture: str, name: str) -> list[str]:
    here = world(fixture)
    document = here.file(name)
    out = []
    for token in semantic_tokens(here.snapshot, document):
        text = document.text[token.span.start : token.span.end]
        out.append(" ".join((f"{text}: {token.word}", *sorted(token.notes))))
    return out


def test_keys_tell_whether_a_tier_above_sets_them_and_whether_it_decides() -> None:
    text = """\
    scope: domain
    parent_manifest: ./enterprise-manifest.yaml
    plugins:
      compute: snowflake
    governance:
      pii_encryption: optional
      data_retention_days: 3
    """
    found = told(
        ABOVE + text.replace("    ", "", 0).replace("\n    ", "\n").lstrip(), "domain-manifest.yaml"
    )
    assert found == [
        "scope: property own",
        "parent_manifest: property own",
        "./enterprise-manifest.yaml: namespace",
        "plugins: property inherited",
        "compute: property inherited",
        "snowflake: class",
        "governance: property inherited",
        "pii_encryption: property immutable inherited readonly",
        "data_retention_days: property own",
    ]


def test_plugins_in_every_form_have_their_colour() -> None:
    found = told(
        'plugins:\n  compute: {type: "duckdb"}\n  observability: datadog\napproved_plugins:\n  compute: [duckdb]\n',
        "manifest.yaml",
    )
    assert [f for f in found if f.endswith("class")] == [
        "duckdb: class",
        "datadog: class",
        "duckdb: class",
    ]


def test_transforms_and_what_they_depend_on() -> None:
    text = """\
    #- floe.yaml
    platform: {ref: oci://registry.example.com/m:1.0.0}
    transforms:
      - name: stg
        compute: duckdb
      - name: fct
        dependsOn: [stg]
    """
    found = told(text, "floe.yaml")
    assert [f for f in found if "property" not in f] == [
        "oci://registry.example.com/m:1.0.0: namespace",
        "stg: function",
        "duckdb: class",
        "fct: function",
        "stg: function",
    ]


def test_a_key_that_floe_does_not_know_has_none() -> None:
    assert told("scope: enterprise\nnonsense: 1\n", "manifest.yaml") == ["scope: property own"]


def test_of_a_range_only_what_is_in_it() -> None:
    here = world("scope: enterprise\nplugins:\n  compute: duckdb\ngovernance: {}\n")
    text = here.document.text
    start = text.index("  compute")
    found = semantic_tokens(here.snapshot, here.document, Span(start, start + 5))
    assert [text[t.span.start : t.span.end] for t in found][-2:] == ["compute", "duckdb"]
    assert "governance" not in [text[t.span.start : t.span.end] for t in found]


@given(soup, names)
def test_tokens_never_touch_each_other_whatever_the_text(text: str, name: str) -> None:
    here = world(ABOVE + "a\n")
    document = read_document("file:///w/" + name, text)
    found = semantic_tokens(here.snapshot.with_document(document), document)
    ends = [0, *(t.span.end for t in found)]
    assert all(end <= t.span.start < t.span.end for end, t in zip(ends, found, strict=False))
    assert all("\n" not in text[t.span.start : t.span.end] for t in found)
