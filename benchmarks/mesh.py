"""Writes meshes of any size, in each dialect, with a known list of planted violations.

    python benchmarks/mesh.py FOLDER --products 25000 --dialect v1

The same numbers give the same files, byte for byte. Every violation is a finding of its own; without them a mesh has no
finding but hints. `MESH.json` beside the files says where they are. From 50 domains and 150 products on, each rule that
looks at several files is violated, and each of security and of whitelists.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

DIALECTS = ("adr", "design", "v1")
REGISTRY = "oci://registry.example.com/acme"
NOUNS = (
    "orders customers payments inventory shipping returns ledger prices forecasts campaigns leads invoices"
    " contracts suppliers claims visits sessions refunds budgets assets"
).split()
DOMAINS = "sales finance marketing logistics support risk people research retail wholesale".split()
PER_DOMAIN = 500
"""Products of a domain in large meshes."""
EVERY_PRODUCT, EVERY_DOMAIN = 25, 5
"""One in so many has a violation."""
OF_PRODUCTS = ("not-approved", "not-found", "compute", "duplicate", "sink", "older")
OF_DOMAINS = (
    "override",
    "plugin",
    "unknown",
    "egress",
    "twice",
    "secret",
    "namespace",
    "line",
    "key",
)
"""Kinds of violations, in turn. Some are another file's, too."""
HINTS = ("manifest/unused",)
INVALID = ("override", "plugin", "line", "key")
"""Those that make a manifest one that cannot be built on."""


@dataclass(frozen=True, order=True)
class Planted:
    file: str
    line: int
    """From 0."""
    code: str


@dataclass(frozen=True)
class Mesh:
    files: dict[str, str] = field(repr=False)
    """Texts by path."""
    folders: tuple[str, ...]
    planted: tuple[Planted, ...]
    hinted: tuple[Planted, ...]
    """Violations of rules that only hint."""
    manifests: int
    products: int

    def write(self, folder: Path) -> None:
        for name in self.folders:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        planted = [asdict(each) for each in (*self.planted, *self.hinted)]
        (folder / "MESH.json").write_text(json.dumps(planted, indent=1) + "\n")


def mesh(products: int, dialect: str = "v1", domains: int | None = None) -> Mesh:
    """A mesh of so many products, under as many domains as such a mesh would have."""
    if domains is None:
        domains = max(min(3, products), products // PER_DOMAIN)
    made = _Mesh(dialect, domains)
    for number in range(products):
        made.product(number)
    made.manifests()
    return Mesh(
        made.files,
        tuple(sorted(made.folders)),
        tuple(sorted(each for each in made.planted if each.code not in HINTS)),
        tuple(sorted(each for each in made.planted if each.code in HINTS)),
        1 + made.domains + made.is_large,
        products,
    )


class _Mesh:
    def __init__(self, dialect: str, domains: int) -> None:
        self.dialect = dialect
        self.domains = domains
        self.files: dict[str, str] = {}
        self.folders: set[str] = set()
        self.planted: list[Planted] = []
        self.approved: dict[int, list[str]] = {number: [] for number in range(domains)}
        self.versions: dict[int, set[str]] = {number: set() for number in range(domains)}
        """Those that products name their domain's manifest by."""
        self.faults = 0
        self.is_large = domains > EVERY_DOMAIN

    def add(self, name: str, lines: list[str]) -> None:
        """A line that ends with `#!CODE` is a violation."""
        text: list[str] = []
        for number, line in enumerate(lines):
            line, _, codes = line.partition("  #!")
            self.planted += (Planted(name, number, code) for code in codes.split())
            text.append(line + "\n")
        self.files[name] = "".join(text)

    def domain(self, number: int) -> str:
        name = DOMAINS[number % len(DOMAINS)]
        return name if number < len(DOMAINS) else f"{name}-{number // len(DOMAINS) + 1}"

    def fault_of(self, domain: int) -> str:
        faulty = domain % EVERY_DOMAIN == 1
        return OF_DOMAINS[domain // EVERY_DOMAIN % len(OF_DOMAINS)] if faulty else ""

    # --- products

    def product(self, number: int) -> None:
        domain = number % self.domains
        name = f"{NOUNS[number // self.domains % len(NOUNS)]}-{number:05}"
        fault = ""
        if (number + number // self.domains) % EVERY_PRODUCT == 0:  # in every domain, in time
            fault = OF_PRODUCTS[self.faults % len(OF_PRODUCTS)]
            self.faults += 1
        if fault != "not-approved":
            self.approved[domain].append(name)
        manifest = f"{self.domain(domain)}-domain-manifest"
        by_path = self.dialect == "v1" and number % 3 and fault != "older"
        version = "v2.0.0" if fault == "older" else "v2.1.0"
        ref = f"../{manifest}.yaml" if by_path else f"{REGISTRY}/{manifest}:{version}"
        if not by_path and fault != "not-found":
            self.versions[domain].add(version)
        if fault == "not-found":
            ref = f"../no-such-{manifest}.yaml  #!ref/not-found"
            ref += "" if self.dialect == "v1" else " ref/not-oci"
        elif self.fault_of(domain) in INVALID:
            ref += "  #!ref/invalid"
        path = f"domains/{self.domain(domain)}/{name}/floe.yaml"
        self.folders.add(f"domains/{self.domain(domain)}/models")
        make = {"adr": self.adr, "design": self.design, "v1": self.v1}[self.dialect]
        self.add(path, list(make(number, name, ref, fault)))

    def adr(self, _: int, name: str, ref: str, fault: str) -> Iterator[str]:
        yield f"# {name}"
        yield "metadata:"
        yield f"  name: {name}" + _marked(fault == "not-approved", "products/not-approved")
        yield "  version: 1.0.0"
        yield "  description: One row for each."
        yield "platform:"
        yield f"  ref: {ref}"
        yield from self.sink(fault)
        yield "transforms:"
        yield "  - type: dbt"
        yield "    path: ../models/"
        if fault == "duplicate":
            yield "    path: ../models/  #!yaml/duplicate-key"
        if fault == "compute":
            yield "    compute: spark  #!whitelist/transform-compute"

    def design(self, number: int, name: str, ref: str, fault: str) -> Iterator[str]:
        yield "apiVersion: floe.dev/v1"
        yield "kind: DataProduct"
        yield from self.body(number, name, ref, fault, "ref")

    def v1(self, number: int, name: str, ref: str, fault: str) -> Iterator[str]:
        yield "apiVersion: floe.dev/v1"
        yield "kind: FloeSpec"
        yield from self.body(number, name, ref, fault, "manifest")

    def body(self, number: int, name: str, ref: str, fault: str, key: str) -> Iterator[str]:
        yield "metadata:"
        yield f"  name: {name}" + _marked(fault == "not-approved", "products/not-approved")
        yield f"  version: 1.{number % 7}.0"
        yield f"  owner: {name.partition('-')[0]}@acme.example"
        yield "  description: One row for each, from all sources."
        yield "platform:"
        yield f"  {key}: {ref}"
        yield from self.sink(fault)
        yield "transforms:"
        yield "  - name: stg_events"
        yield from self.engine()
        yield "    tier: silver"
        if fault == "duplicate":
            yield "    tier: silver  #!yaml/duplicate-key"
        if fault == "compute":
            yield "    compute: spark  #!whitelist/transform-compute"
        yield "  - name: stg_entities"
        yield from self.engine()
        yield "    tier: silver"
        yield "    tags: [daily, raw]"
        yield "  - name: curated"
        yield from self.engine()
        yield "    tier: gold"
        yield "    dependsOn: [stg_events, stg_entities]"
        yield "    qualityChecks:"
        yield "      - name: id_not_null"
        yield "        type: not_null"
        yield "        column: id"
        yield "        dimension: completeness"
        yield "schedule:"
        yield f"  cron: {number % 60} 4 * * *"
        yield "  timezone: Europe/Berlin"

    def sink(self, fault: str) -> Iterator[str]:
        if fault == "sink":
            yield "destinations:"
            yield "  - name: crm"
            yield "    sink_type: hubspot  #!whitelist/not-approved-sink"
            yield "    connection_secret_ref: crm-credentials"

    def engine(self) -> Iterator[str]:
        if self.dialect == "design":
            yield "    type: dbt"
            yield "    path: ../models/"

    # --- manifests

    def manifests(self) -> None:
        self.add("enterprise-manifest.yaml", list(self.enterprise()))
        sources = {f"{REGISTRY}/enterprise-manifest": "enterprise-manifest.yaml"}
        for number in range(self.domains):
            name = self.domain(number)
            path = f"domains/{name}/{name}-domain-manifest.yaml"
            self.add(path, list(self.domain_manifest(number)))
            sources[f"{REGISTRY}/{name}-domain-manifest"] = path
        if self.is_large:
            self.add("domains/archive/archive-domain-manifest.yaml", list(self.unused()))
        lines = [f'"{ref}" = "{path}"\n' for ref, path in sources.items()]
        self.files["floe-ls.toml"] = "[sources]\n" + "".join(lines)

    def envelope(self, name: str, version: str, several: bool = False) -> Iterator[str]:
        mark = _marked(several, "ref/several-versions")
        if self.dialect != "adr":
            yield "apiVersion: floe.dev/v1"
            yield "kind: Manifest"
            yield "metadata:"
            yield f"  name: {name}"
            yield f"  version: {version}{mark}"
            yield f"  owner: {name}@acme.example"
            if self.dialect == "design":
                yield f"  scope: {'enterprise' if name == 'acme' else 'domain'}"
            yield f"  description: What {name} decides."
        else:
            yield f"scope: {'enterprise' if name == 'acme' else 'domain'}{mark}"
        if self.dialect == "v1":
            yield f"scope: {'enterprise' if name == 'acme' else 'domain'}"

    def plugin(self, category: str, name: str, mark: str = "") -> Iterator[str]:
        if self.dialect == "adr":
            yield f"  {category}: {name}" + _marked(bool(mark), mark)
            return
        yield f"  {category}:"
        yield f"    type: {name}" + _marked(bool(mark), mark)

    def enterprise(self) -> Iterator[str]:
        yield from self.envelope("acme", "1.0.0")
        yield "approved_plugins:"
        yield "  compute: [duckdb, snowflake]"
        yield "approved_sinks: [salesforce]"
        yield "plugins:"
        yield from self.plugin("orchestrator", "dagster")
        yield from self.plugin(
            "observability" if self.dialect == "adr" else "telemetry_backend", "datadog"
        )
        yield "governance:"
        yield "  pii_encryption: required"
        yield "  audit_logging: enabled"
        yield "  data_retention_days: 30"
        yield "  network_policies:"
        yield "    enabled: true"

    def domain_manifest(self, number: int) -> Iterator[str]:
        fault = self.fault_of(number)
        several = len(self.versions[number]) > 1
        yield from self.envelope(f"{self.domain(number)}-domain", "2.1.0", several)
        yield f"parent_manifest: {REGISTRY}/enterprise-manifest:v1.0.0"
        yield from self.namespace(number)
        yield "plugins:"
        if fault == "plugin":
            yield from self.plugin("compute", "spark", "whitelist/not-approved")
        else:
            yield from self.plugin("compute", "snowflake" if number % 2 else "duckdb")
        if fault == "secret":
            yield "  catalog:"
            yield "    type: polaris"
            yield "    config:"
            yield "      oauth2: {client_id: floe, client_secret: s3cr3t-Wq7x}  #!security/plain-secret"
        yield from self.products(number)
        yield "governance:"
        yield f"  data_retention_days: {90 + number}"
        if fault == "override":
            yield "  pii_encryption: optional  #!security/override"
        if fault == "line":
            yield "  audit_logging: enabled # agreed\u2028  pii_encryption: optional  #!security/hidden-line"
        if fault == "key":
            yield "  !!merge notes:  #!security/hidden-key governance/unknown"
            yield "    audit_logging: enabled"
        if fault == "egress":
            yield "  network_policies:"
            yield "    enabled: true"
            yield "    custom_egress_rules:"
            yield "      - to:  #!security/egress"
            yield "          - ipBlock: {cidr: 203.0.113.0/24}"

    def products(self, number: int) -> Iterator[str]:
        """The approved ones. A domain may approve one of the domain before it, which is then said of both."""
        fault = self.fault_of(number)
        names = [(name, "") for name in self.approved[number]]
        if fault == "twice":
            names += [(name, "products/two-domains") for name in self.approved[number - 1][:1]]
        if names and self.fault_of(number + 1) == "twice" and number + 1 < self.domains:
            names[0] = names[0][0], "products/two-domains"
        if fault == "unknown":
            names.append((f"{self.domain(number)}-that-nobody-has", "products/unknown"))
        yield "approved_products:" + ("" if names else " []")
        yield from (f"  - {name}" + _marked(bool(mark), mark) for name, mark in names)

    def namespace(self, number: int) -> Iterator[str]:
        """Of the domain's tables, that of the domain before it; only one form of the files knows it."""
        shared = self.fault_of(number) == "namespace"
        taken = self.fault_of(number + 1) == "namespace" and number + 1 < self.domains
        if self.dialect == "design" and (shared or taken):
            yield "domain:  #!schema/not-shipped"
            yield f"  name: {self.domain(number)}"
            yield f"  namespace: {self.domain(number - shared)}  #!domains/same-namespace"

    def unused(self) -> Iterator[str]:
        """A domain without products."""
        for line in self.envelope("archive-domain", "1.0.0"):
            yield line + _marked(line.strip().startswith("scope:"), "manifest/unused")
        yield f"parent_manifest: {REGISTRY}/enterprise-manifest:v1.0.0"
        yield "plugins:"
        yield from self.plugin("compute", "duckdb")


def _marked(marked: bool, code: str) -> str:
    return f"  #!{code}" if marked else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--domains", type=int)
    parser.add_argument("--dialect", choices=DIALECTS, default="v1")
    options = parser.parse_args()
    made = mesh(options.products, options.dialect, options.domains)
    made.write(options.folder)
    print(f"{made.manifests} manifests, {made.products} products, {len(made.planted)} violations")


if __name__ == "__main__":
    main()
