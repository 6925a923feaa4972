"""A small mesh with a cursor in it, and places in it as text."""

from __future__ import annotations

from fixture import World, world
from floe_ls.forms.document import Document
from floe_ls.ide.locations import Location
from floe_ls.text import Span

ENTERPRISE = """\
#- enterprise-manifest.yaml
scope: enterprise
metadata: {name: acme, version: 1.0.0}
approved_plugins:
  compute: [duckdb, snowflake]
approved_sinks: [salesforce]
plugins:
  observability: datadog
  compute: duckdb
governance:
  pii_encryption: required
  data_retention_days: 30
  policies:
    - {name: tags, type: required_tags, action: warn, message: Tag it}
"""
DOMAIN = """\
#- sales/sales-domain-manifest.yaml
scope: domain
parent_manifest: ../enterprise-manifest.yaml
plugins:
  compute: snowflake
approved_products:
  - customer-360
  - sales-forecast
governance:
  pii_encryption: required
  data_retention_days: 90
"""
PRODUCT = """\
#- sales/customer-360/floe.yaml
metadata:
  name: customer-360
platform:
  ref: ../sales-domain-manifest.yaml
transforms:
  - name: stg
    type: dbt
    path: models/
  - name: fct
    type: dbt
    path: models/
    compute: duckdb
    dependsOn: [stg]
  - name: report
    type: dbt
    path: models/
    dependsOn: [stg, fct]
destinations:
  - name: crm
    sink_type: salesforce
    connection_secret_ref: crm
"""
FORECAST = """\
#- sales/sales-forecast/floe.yaml
platform:
  ref: ../sales-domain-manifest.yaml
transforms:
  - name: stg
    type: dbt
    path: models/
"""
MARKETING = """\
#- marketing/marketing-domain-manifest.yaml
scope: domain
parent_manifest: ../enterprise-manifest.yaml
governance:
  data_retention_days: 60
"""
MESH = ENTERPRISE + DOMAIN + PRODUCT + FORECAST + MARKETING
REMOTE = """\
#- sales-domain-manifest.yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
plugins:
  compute: snowflake
#- enterprise.yaml @ oci://registry.example.com/enterprise-manifest:v1.0.0
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake]
governance:
  pii_encryption: required
"""


def at(file: str, word: str, number: int = 1, text: str = MESH) -> World:
    """The mesh with the cursor in the `number`th occurrence of a word in a file, behind its first letter."""
    start = text.index(f"#- {file}\n") + len(file) + 4
    for _ in range(number):
        start = text.index(word, start) + 1
    assert text.rfind("\n#- ", 0, start) <= text.rfind(f"#- {file}\n", 0, start)
    return world(text[:start] + "$0" + text[start:])


def shown(location: Location) -> str:
    return where(location.document, location.focus)


def where(document: Document, span: Span) -> str:
    """A place as `file:line text`, lines from 1."""
    line = document.lines.position(span.start)[0] + 1
    text = document.text[span.start : span.end]
    return f"{document.label or document.ref}:{line} {text}".rstrip()


E = "enterprise-manifest.yaml"
D = "sales/sales-domain-manifest.yaml"
P = "sales/customer-360/floe.yaml"
F = "sales/sales-forecast/floe.yaml"
M = "marketing/marketing-domain-manifest.yaml"
