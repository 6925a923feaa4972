"""What a field says about itself beyond its type: who may set it, how layers combine, what its values are.

The annotations below are the only place where that is said. Validation, hover, completion, merging, the tier
rules, the strengthen-only rules, JSON Schema and the field reference read them; no rule compares a field's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Tier(StrEnum):
    """The level of a layer. A manifest without `scope` is a platform: the only manifest of two tiers."""

    ENTERPRISE = "enterprise"
    PLATFORM = "platform"
    DOMAIN = "domain"
    PRODUCT = "product"


MANIFEST_TIERS = frozenset({Tier.ENTERPRISE, Tier.PLATFORM, Tier.DOMAIN})


class Dialect(StrEnum):
    """Which of floe's ways of writing a document follows (catalogue part 1). It chooses severities and defaults."""

    ADR = "adr"
    DESIGN = "design"
    V1 = "v1"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


@dataclass(frozen=True)
class By:
    """A severity for each dialect; None where nothing is reported."""

    adr: Severity | None
    design: Severity | None
    v1: Severity | None

    def __getitem__(self, dialect: Dialect) -> Severity | None:
        found: Severity | None = getattr(self, dialect)
        return found


def always(severity: Severity | None) -> By:
    return By(severity, severity, severity)


ERROR, WARNING = always(Severity.ERROR), always(Severity.WARNING)
INFORMATION, HINT = always(Severity.INFORMATION), always(Severity.HINT)
SHIPPED = By(None, None, Severity.ERROR)
"""An error where floe's shipped code refuses it, silent in the dialects that never asked for it."""


class Merge(StrEnum):
    """How the values of several layers become one (catalogue 3.5)."""

    OVERRIDE = "override"
    """The nearest layer that sets it wins; an object is replaced whole."""
    DEEP = "deep"
    """An object whose keys are merged one by one, each by its own rule."""
    EXTEND = "extend"
    """Lists are joined, the topmost layer's items first; nothing is removed."""
    STRENGTHEN = "strengthen"
    """The strictest value of all layers wins; a weaker one below is an error."""
    IMMUTABLE = "immutable"
    """The topmost layer that sets it wins; another value below is an error."""
    LOCAL = "local"
    """Not inherited: it speaks of its own file only."""


@dataclass(frozen=True)
class Inherit:
    """How this field combines over layers. Fields without it are OVERRIDE, or DEEP where they hold an object
    that says nothing else.

    `order` lists the values of an ordered field, loosest first; empty means that a greater number is stricter.
    An OVERRIDE field may have an order as well (`ordered`): lowering it is allowed but reported.
    """

    merge: Merge
    order: tuple[Any, ...] = ()
    ordered: bool = False
    weakened: str = "security/override"
    """Code of the finding on a lower layer's weaker (or, where IMMUTABLE, other) value."""
    weakened_severity: By = ERROR
    lower_is_stricter: bool = False
    """Turns the order of numbers round: a longest allowed time is stricter when it is shorter."""
    lock: str = ""
    """Key inside the object that locks it: where a layer above has it false, the object may not change below
    (code `weakened`)."""

    @property
    def has_order(self) -> bool:
        return self.ordered or self.merge is Merge.STRENGTHEN

    def strictness(self, value: Any) -> float | None:
        """How strict a value is; None where it is not one of the ordered values."""
        if self.order:
            return float(self.order.index(value)) if value in self.order else None
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        return -float(value) if self.lower_is_stricter else float(value)


def strengthen(*loosest_first: Any) -> Inherit:
    return Inherit(Merge.STRENGTHEN, order=loosest_first)


OVERRIDE, DEEP, EXTEND, LOCAL = (
    Inherit(m) for m in (Merge.OVERRIDE, Merge.DEEP, Merge.EXTEND, Merge.LOCAL)
)
IMMUTABLE = Inherit(Merge.IMMUTABLE)


@dataclass(frozen=True)
class Only:
    """The tiers that may set this field, the code and severity of the finding elsewhere, and the reason in
    words that end a sentence (`... because <why>`)."""

    tiers: frozenset[Tier]
    code: str
    why: str
    severity: By = ERROR


@dataclass(frozen=True)
class Needed:
    """This field must be there: how severely it is missed in each dialect, and in which tiers (all when empty)."""

    severity: By = ERROR
    code: str = "schema/required"
    tiers: frozenset[Tier] = frozenset()
    at: tuple[str, ...] = ()
    """Where its absence is shown: the value of this field, from the object; the object's key when empty."""


@dataclass(frozen=True)
class Form:
    """The form of a string: a name in `schema.formats`, such as `cron` or `semver`."""

    name: str
    severity: By | None = None
    """Overrides the severity of the format."""


@dataclass(frozen=True)
class Known:
    """Values that are known though others are allowed: proposed by completion, others reported mildly."""

    values: tuple[str, ...]
    code: str = ""
    """Code of the finding on another value; empty where any is as good."""
    severity: By = WARNING


@dataclass(frozen=True)
class Category:
    """Marks a plugin category: a field whose value selects a plugin."""

    known: tuple[str, ...]
    """Plugin names known for the category."""
    code: str = "plugins/unknown-plugin"
    """Code of the finding on another name: plugins are open, so it is mild."""
    severity: By = WARNING
    missing: str = ""
    """Code of the finding where no layer chooses a plugin; empty where none is needed."""
    missing_severity: By = WARNING


@dataclass(frozen=True)
class Mistaken:
    """Values that people write though they mean another: the finding on them has a code and words of its own, in
    place of `Codes.choice`. `instead` maps each to the value that was meant."""

    instead: Mapping[Any, Any]
    code: str
    why: str
    """A sentence that says why it is wrong."""
    beside: Mapping[Any, Mapping[str, Any]] = field(default_factory=dict)
    """Other fields of the object that say the rest of what was meant, and their values."""


@dataclass(frozen=True)
class Unique:
    """Marks a list whose objects differ in a field, and gives the finding on those that do not."""

    name: str
    """The field; empty where the items themselves differ."""
    code: str
    severity: By = ERROR
    source: str = ""


@dataclass(frozen=True)
class Single:
    """Marks a field of which there is one, and gives the finding on a list in its place."""

    code: str
    why: str
    """A sentence that says why there is one."""


@dataclass(frozen=True)
class Codes:
    """Codes of findings in place of the general ones (`schema/type`, `schema/choice`, `schema/range`,
    `schema/form`, `schema/unknown-key`, `schema/empty`)."""

    type: str = ""
    choice: str = ""
    range: str = ""
    form: str = ""
    unknown: str = ""
    empty: str = ""
    duplicate: str = ""
    """Items of a list that may not repeat; no code, no check."""
    added: str = ""
    """An EXTEND list whose additions by a lower layer deserve a look (warning)."""


@dataclass(frozen=True)
class Spelled:
    """Other spellings of the key that mean the same, such as `depends_on` for `dependsOn`."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Examples:
    """Example values, for hover, completion and JSON Schema."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Deprecated:
    """Accepted and of no use, and why."""

    why: str
    code: str
    severity: By = INFORMATION


@dataclass(frozen=True)
class DialectOnly:
    """A field that some dialects have and floe's shipped code does not read."""

    dialects: frozenset[Dialect]


class Role(StrEnum):
    """What a field is for, where the engine itself must know: each role is on one field of a model."""

    SCOPE = "scope"
    PARENT = "parent"
    """A manifest's reference to the manifest above."""
    PLATFORM = "platform"
    """A product's reference to its manifest."""
    NAME = "name"
    VERSION = "version"
    OWNER = "owner"
    API_VERSION = "api-version"
    KIND = "kind"
    PLUGINS = "plugins"
    """The mapping of plugin categories."""
    PLUGIN_NAME = "plugin-name"
    WHITELIST = "whitelist"
    """approved_plugins: lists of plugin names by category."""
    SINKS = "sinks"
    """approved_sinks."""
    PRODUCTS = "products"
    """approved_products."""
    DEFAULTS = "defaults"
    GOVERNANCE = "governance"
    TRANSFORMS = "transforms"
    TRANSFORM_NAME = "transform-name"
    TRANSFORM_COMPUTE = "transform-compute"
    TRANSFORM_PATH = "transform-path"
    DEPENDS_ON = "depends-on"
    SINK_TYPE = "sink-type"
    DATABASE_NAMESPACE = "namespace"
    INGESTION = "ingestion"


@dataclass(frozen=True)
class Is:
    """Gives a field its role."""

    role: Role


@dataclass(frozen=True)
class Breach:
    """What a constraint found: `path` is relative to the object it was asked about; an empty one is the object."""

    path: tuple[str | int, ...]
    message: str
    severity: Severity | None = None
    on_key: bool = False
    """Put the finding on the key at `path`, not on its value."""
    right: str = ""
    """What would surely be right in place of the value, as YAML."""
    drop: bool = False
    """Taking the entry away mends it."""


@dataclass(frozen=True)
class Constraint:
    """A rule between the fields of one object, such as `pattern: custom` asking for `custom_patterns`.

    `check` gets the object as plain data (canonical keys; whatever is written, so of any type) and yields what
    is wrong; it never raises. `source` is the rule's id in the catalogue."""

    code: str
    check: Callable[[Mapping[Any, Any]], Iterator[Breach]]
    severity: By = ERROR
    source: str = ""


@dataclass(frozen=True)
class Unknown:
    """What an unknown key of an object is: a code and a severity."""

    code: str = "schema/unknown-key"
    severity: By = ERROR


@dataclass(frozen=True)
class ForbiddenKeys:
    """Keys that may not stand in an object (or, `deep`, anywhere below it), with the reason."""

    names: frozenset[str]
    code: str
    why: str
    deep: bool = False
    ignore_case: bool = False
    severity: By = ERROR


@dataclass(frozen=True)
class Rules:
    """What an object says about itself as a whole."""

    unknown: Unknown = field(default_factory=Unknown)
    constraints: tuple[Constraint, ...] = ()
    forbidden: tuple[ForbiddenKeys, ...] = ()
