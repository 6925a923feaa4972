"""The effective configuration as a text whose lines know their origin."""

from __future__ import annotations

from hypothesis import given
from ruamel.yaml import YAML

from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.effective import effective_view
from soup import names, offsets, soup

MESH = """\
#- enterprise-manifest.yaml
scope: enterprise
plugins:
  observability: datadog
  compute: duckdb
governance:
  pii_encryption: required
#- domain-manifest.yaml
scope: domain
parent_manifest: ./enterprise-manifest.yaml
plugins:
  compute: {type: snowflake, config: {note: "a # @3\\nb"}}
#- floe.yaml
platform:
  ref: ./domain-manifest.yaml
transforms:
  - {name: a, path: models/}
"""


def test_every_line_with_a_value_leads_to_where_it_was_decided() -> None:
    here = world(MESH)
    view = effective_view(here.snapshot, here.file("floe.yaml"))
    assert view is not None
    lines = view.text.split("\n")
    told = {}
    for origin in view.origins:
        document = origin.document
        start = document.lines.position(origin.span.start)[0]
        told[lines[origin.line].split("#")[0].strip()] = document.lines.line(start).strip()
    assert told["pii_encryption: required"] == "pii_encryption: required"
    assert told["type: snowflake"].startswith("compute: {type: snowflake")
    assert told["type: datadog"] == "observability: datadog"
    assert told["transforms:"] == told["- name: a"] == told["path: models/"] == "transforms:"
    assert lines[0] == "# enterprise: enterprise-manifest.yaml"


def test_the_comment_at_the_end_says_who_decided_by_which_rule() -> None:
    here = world(MESH)
    view = effective_view(here.snapshot, here.file("domain-manifest.yaml"))
    assert view is not None
    line = next(line for line in view.text.split("\n") if "pii_encryption" in line)
    assert line.endswith("# enterprise, enterprise-manifest.yaml:6 (strengthen)")


def test_it_is_yaml_that_says_what_holds() -> None:
    here = world(MESH)
    document = here.file("floe.yaml")
    view = effective_view(here.snapshot, document)
    assert view is not None
    assert YAML(typ="safe").load(view.text) == here.snapshot.effective(document).plain()


def test_what_is_not_known_is_said_at_the_top() -> None:
    here = world("scope: domain\nparent_manifest: oci://r.example.com/x:1.0.0\n")
    view = effective_view(here.snapshot, here.document)
    assert view is not None
    assert "oci://r.example.com/x:1.0.0" in view.text.split("\n")[1]


def test_a_file_of_something_else_has_none() -> None:
    here = world("a: 1\n", name="other.yaml")
    assert effective_view(here.snapshot, here.document) is None


@given(soup, names, offsets)
def test_there_is_a_view_of_every_text(text: str, name: str, offset: int) -> None:
    here = world(MESH)
    head = "scope: domain\nparent_manifest: ./enterprise-manifest.yaml\n" if offset % 2 else ""
    document = read_document("file:///w/" + name, head + text)
    view = effective_view(here.snapshot.with_document(document), document)
    assert (view is None) == (not document.is_ours)
    if view is not None:
        size = view.text.count("\n")
        assert all(0 <= origin.line < size for origin in view.origins)
        YAML(typ="safe").load(view.text)
