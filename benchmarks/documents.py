"""Files to measure with: deterministic, of a given number of lines, with a known number of mistakes.

A product (floe.yaml) comes with the manifests above it, so that a server which follows references has some to follow;
a manifest is an enterprise's, and stands alone. Both are right in floe's schemas save for the planted mistakes, one
in a hundred lines: each is a finding of its own, on its own line, that JSON Schema sees as well.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field

COMPUTE = ("duckdb", "snowflake", "spark")
TIERS = ("bronze", "silver", "gold")
ACTIONS = ("warn", "error", "block")
TAGS = ("daily", "hourly", "finance", "raw", "curated", "export", "audit", "slow", "critical")
DOMAINS = (
    "orders",
    "customers",
    "payments",
    "inventory",
    "shipping",
    "returns",
    "ledger",
    "prices",
)
EVERY = 100
"""Lines for each planted mistake."""

ENTERPRISE = """\
apiVersion: floe.dev/v1
kind: Manifest
metadata:
  name: acme-enterprise
  version: 1.0.0
  owner: platform@acme.example
  description: What every domain of Acme starts from.
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake, spark]
plugins:
  orchestrator:
    type: dagster
  telemetry_backend:
    type: jaeger
governance:
  pii_encryption: required
  audit_logging: enabled
  data_retention_days: 30
"""
DOMAIN = """\
apiVersion: floe.dev/v1
kind: Manifest
metadata:
  name: sales-domain
  version: 2.1.0
  owner: sales@acme.example
  description: Choices and policies of the sales domain.
scope: domain
parent_manifest: enterprise-manifest.yaml
plugins:
  compute:
    type: duckdb
approved_products: [orders]
governance:
  data_retention_days: 90
"""

Place = tuple[int, int]
"""A line and a column, both from 0."""


@dataclass(frozen=True)
class Change:
    """What stands between two places, and what comes in its place."""

    line: int
    column: int
    end_line: int
    end_column: int
    new: str

    @classmethod
    def typed(cls, place: Place, new: str) -> Change:
        return cls(*place, *place, new)


@dataclass(frozen=True)
class Typing:
    """A letter to type at a place, after a change that makes room for it."""

    setup: Change
    place: Place
    letter: str


@dataclass(frozen=True)
class Sample:
    """A file, and where in it an editor's user works."""

    name: str
    schema: str
    """The file in `schemas/` that it follows."""
    text: str
    value: Place
    """Where typing makes a value longer, and so wrong."""
    colon: Place
    """A key's colon: without it, the text is broken."""
    hover: Place
    complete: dict[str, Typing]
    planted: tuple[int, ...]
    """The lines with a mistake."""
    beside: dict[str, str] = field(default_factory=dict)
    """Other files of the workspace."""


class _Lines:
    """A file in the making."""

    def __init__(self, head: str) -> None:
        self.lines = head.splitlines()
        self.planted: list[int] = []

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def last(self) -> int:
        return len(self.lines) - 1

    def add(self, *lines: str) -> int:
        """The number of the last line added."""
        self.lines += lines
        return self.last

    def plant(self, *lines: str) -> int:
        self.add(*lines)
        self.planted.append(self.last)
        return self.last

    def mistake(self, *kinds: str) -> str:
        """The kind of mistake that is due; empty when none is."""
        number = len(self.planted)
        return kinds[number % len(kinds)] if len(self) >= 10 + EVERY * number else ""

    def text(self, size: int, tail: str) -> str:
        """The whole file: exactly `size` lines, the last of them `tail`."""
        end = tail.splitlines()
        while len(self) + len(end) < size:
            self.add(f"# line {len(self) + 1}")
        assert len(self) + len(end) == size, f"{len(self) + len(end)} lines, not {size}"
        return "\n".join((*self.lines, *end)) + "\n"

    def place(self, line: int, part: str) -> Place:
        return line, self.lines[line].index(part)

    def end(self, line: int) -> Place:
        return line, len(self.lines[line])

    def completions(self, line: int, letter: str, key: str) -> dict[str, Typing]:
        """The first letter of a value in place of that on `line`, and of a key below it."""
        text = self.lines[line]
        start, indent = text.index(": ") + 2, len(text) - len(text.lstrip())
        below = Change(line, len(text), line, len(text), "\n" + indent * " ")
        return {
            "value": Typing(Change(line, start, line, len(text), ""), (line, start), letter),
            "key": Typing(below, (line + 1, indent), key),
        }


PRODUCT_HEAD = """\
# A data product to measure with.
apiVersion: floe.dev/v1
kind: FloeSpec
metadata:
  name: orders
  version: 1.4.2
  owner: orders@acme.example
  description: Orders of all shops, cleaned and joined.
platform:
  manifest: sales-domain-manifest.yaml
transforms:
"""
PRODUCT_TAIL = """\
schedule:
  cron: 0 5 * * *
  timezone: Europe/Berlin
outputPorts:
  - name: orders
    schema:
      - name: order_id
        type: string
"""


def product(size: int) -> Sample:
    """A floe.yaml of `size` lines, most of them transforms."""
    chance, file = random.Random(7), _Lines(PRODUCT_HEAD)
    number, room = 0, size - len(PRODUCT_TAIL.splitlines()) - 8
    tier_line = compute_line = 0
    while len(file) <= room:
        mistake = file.mistake("choice", "list", "type")
        middle = not tier_line and not mistake and len(file) >= size // 2 - 8
        file.add(f"  - name: {_transform(number)}")
        engine = chance.choice(COMPUTE)
        add = file.plant if mistake == "list" else file.add
        compute = add(f"    compute: {f'[{engine}]' if mistake == 'list' else engine}")
        if mistake == "choice":
            file.plant("    tier: platinum")
        else:
            tier = file.add(f"    tier: {chance.choice(TIERS)}")
            if middle:
                tier_line, compute_line = tier, compute
        tags = f"[{', '.join(chance.sample(TAGS, 2))}]"
        if mistake == "type":
            file.plant("    tags: 12")
        else:
            file.add(f"    tags: {tags}")
        above = sorted(chance.sample(range(max(0, number - 20), number), min(number, 2)))
        if above:
            file.add("    dependsOn:", *(f"      - {_transform(n)}" for n in above))
        number += 1
    return Sample(
        name="floe.yaml",
        schema="floe.schema.json",
        text=file.text(size, PRODUCT_TAIL),
        value=file.end(tier_line),
        colon=file.place(compute_line, ":"),
        hover=file.place(compute_line, "mpute"),
        complete=file.completions(tier_line, "g", "d"),
        planted=tuple(file.planted),
        beside={"sales-domain-manifest.yaml": DOMAIN, "enterprise-manifest.yaml": ENTERPRISE},
    )


def _transform(number: int) -> str:
    return f"{DOMAINS[number % len(DOMAINS)]}_{number:05d}"


MANIFEST_HEAD = """\
# An enterprise manifest to measure with.
apiVersion: floe.dev/v1
kind: Manifest
metadata:
  name: acme-enterprise
  version: 1.0.0
  owner: platform@acme.example
  description: What every domain of Acme starts from.
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake, spark]
plugins:
  orchestrator:
    type: dagster
governance:
  pii_encryption: required
  audit_logging: enabled
  data_retention_days: 30
  policies:
"""
MANIFEST_TAIL = """\
approved_sinks: [salesforce, hubspot]
"""


def manifest(size: int) -> Sample:
    """A manifest.yaml of `size` lines, most of them policies."""
    chance, file = random.Random(7), _Lines(MANIFEST_HEAD)
    number, room = 0, size - len(MANIFEST_TAIL.splitlines()) - 7
    action_line = message_line = 0
    while len(file) <= room:
        mistake = file.mistake("choice", "key", "type")
        middle = not action_line and not mistake and len(file) >= size // 2 - 5
        file.add(f"    - name: tags-of-{DOMAINS[number % len(DOMAINS)]}-{number:05d}")
        file.add("      type: required_tags")
        if mistake == "choice":
            file.plant("      action: shout")
        else:
            action = file.add(f"      action: {chance.choice(ACTIONS)}")
            if middle:
                action_line = action
        if mistake == "type":
            file.plant("      message: 12")
        else:
            message = file.add(f"      message: Some models lack tags ({number}).")
            if middle:
                message_line = message
        if mistake == "key":
            file.plant("      colour: blue")
        tags = ", ".join(chance.sample(TAGS, 2))
        if not middle:  # there, the key is what is typed
            file.add("      config:", f"        required_tags: [{tags}]")
        number += 1
    return Sample(
        name="manifest.yaml",
        schema="manifest.schema.json",
        text=file.text(size, MANIFEST_TAIL),
        value=file.end(action_line),
        colon=file.place(message_line, ":"),
        hover=file.place(message_line, "ssage"),
        complete=file.completions(action_line, "w", "c"),
        planted=tuple(file.planted),
    )


def json_product(size: int) -> Sample:
    """The same product as JSON, which is YAML too: `size` lines of braces, brackets and quotes."""
    lines = size
    while True:  # a line of YAML is more than one of JSON
        text = _as_json(product(lines).text)
        if len(text) <= size:
            break
        lines -= max(1, (len(text) - size) * 2 // 5)
    text += [""] * (size - len(text))
    tiers = [n for n, line in enumerate(text) if _is_right_tier(line)]
    middle = min(tiers, key=lambda n: abs(n - size // 2))
    compute = max(n for n, line in enumerate(text[:middle]) if '"compute": "' in line)
    column = text[middle].index('"', text[middle].index(":")) + 1
    value_end = text[middle].rindex('"')
    indent = len(text[middle]) - len(text[middle].lstrip())
    above = Change(middle, 0, middle, 0, " " * indent + '"": "",\n')
    planted = tuple(
        number
        for number, line in enumerate(text)
        if '"platinum"' in line or '"tags": 12' in line or '"compute": [' in line
    )
    return Sample(
        name="floe.yaml",
        schema="floe.schema.json",
        text="\n".join(text) + "\n",
        value=(middle, value_end),
        colon=(compute, text[compute].index(":")),
        hover=(compute, text[compute].index("mpute")),
        complete={
            "value": Typing(Change(middle, column, middle, value_end, ""), (middle, column), "g"),
            "key": Typing(above, (middle, indent + 1), "d"),
        },
        planted=planted,
        beside={"sales-domain-manifest.yaml": DOMAIN, "enterprise-manifest.yaml": ENTERPRISE},
    )


def _as_json(text: str) -> list[str]:
    import yaml

    return json.dumps(yaml.safe_load(text), indent=2).splitlines()


def _is_right_tier(line: str) -> bool:
    return line.lstrip().startswith('"tier": ') and "platinum" not in line


KINDS: dict[str, Callable[[int], Sample]] = {
    "product": product,
    "manifest": manifest,
    "json": json_product,
}
SMALLEST = {"json": 100}
"""Lines below which a kind of file cannot be made."""
