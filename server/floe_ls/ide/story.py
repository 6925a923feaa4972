"""How a value came about: what each tier says, who decided, and by which rule, in words for people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from floe_ls.chain.layers import Chain, Layer
from floe_ls.chain.merge import Effective, Setting, dotted
from floe_ls.chain.say import Origin
from floe_ls.forms.document import Document, Kind
from floe_ls.ide.markdown import value
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.meta import Merge, Role, Tier
from floe_ls.schema.shape import Path, Shape
from floe_ls.text import Span

DEFAULT = "default"
TIERS = {
    Tier.ENTERPRISE: "the enterprise",
    Tier.DOMAIN: "the domain",
    Tier.PLATFORM: "the platform",
    Tier.PRODUCT: "the product",
}


@dataclass(frozen=True)
class Say:
    """What one layer says about a value."""

    tier: Tier
    value: Any
    label: str
    """The file, as people name it; the reference for an artifact."""
    ref: str
    """The reference that led to it, tag and all; empty where none did."""
    digest: str
    """Of an artifact."""
    line: int
    """From 0."""
    uri: str
    span: Span
    document: Document = field(repr=False)
    won: bool
    why: str
    """Why it decides, or why it does not."""


@dataclass(frozen=True)
class Story:
    """One value, tier by tier."""

    path: Path
    shape: Shape | None = field(repr=False)
    value: Any
    rule: str
    """override, immutable, strengthen, extend, whitelist, local or default."""
    why: str
    """Who decided, in a sentence."""
    words: str
    """How layers combine here, whatever they say."""
    says: tuple[Say, ...]
    """Topmost first."""
    default: Any = None
    """floe's own value where nobody says anything; None without one."""
    notes: tuple[str, ...] = ()
    """What is not known: a parent that is being fetched, or cannot be had."""

    @property
    def winner(self) -> Say | None:
        return next((say for say in reversed(self.says) if say.won), None)

    @property
    def settled(self) -> bool:
        """Whether every layer is known."""
        return not self.notes


def story(
    snapshot: Snapshot, document: Document, path: Path, effective: Effective | None = None
) -> Story | None:
    """The story of a leaf of a document's effective configuration, or of the list or block that decides it.

    None where nothing is known of the path: neither a value nor a default. `effective` is the configuration to
    look in, where it is not the document's own.
    """
    whole = effective if effective is not None else snapshot.effective(document)
    chain = snapshot.chain(document)
    notes = unknowns(chain)
    root = snapshot.manifest_shape if effective is not None else snapshot.shapes.get(document.kind)
    shape = _shape(root, snapshot.manifest_shape, path)
    words = merge_words(snapshot.manifest_shape, path)
    for size in range(len(path), 0, -1):
        setting = whole.at(path[:size])
        if setting is not None and (size == len(path) or not _is_block(setting)):
            says = tuple(_say(o, setting) for o in setting.origins)
            default = _default(setting.shape or shape)
            return Story(
                setting.path, setting.shape or shape, setting.value, setting.rule,
                why(setting, _approved(whole, snapshot.manifest_shape, path)), words, says, default, notes,
            )  # fmt: skip
    items = whole.below(path)
    if items and all(s.rule == Merge.EXTEND.value and len(s.path) == len(path) + 1 for s in items):
        return _joined_list(path, shape, items, words, notes)
    if items or shape is None or shape.is_container:
        return None
    if (default := _default(shape)) is not None:
        return Story(path, shape, default, DEFAULT, _DEFAULT_WHY, words, (), default, notes)
    return None


def stories(
    snapshot: Snapshot, document: Document, path: Path = (), effective: Effective | None = None
) -> tuple[Story, ...]:
    """The stories of all leaves at a path and below it."""
    whole = effective if effective is not None else snapshot.effective(document)
    found = (story(snapshot, document, s.path, effective) for s in whole.below(path))
    return tuple(s for s in found if s is not None)


_DEFAULT_WHY = "No tier sets it, so floe's default holds."


def why(setting: Setting, approved: Collection[str] | None = None) -> str:
    """Who decided a setting and why, in a sentence. `approved` are the plugins that may be chosen, for settings
    that a whitelist decides."""
    winner = setting.winner
    if winner is None:
        return _DEFAULT_WHY
    who = _who(winner.layer)
    if winner.implied:
        return f"{who} writes the block but not this key, so floe's default holds."
    above = [o for o in setting.origins if o is not winner and _above(setting, o, winner)]
    below = [o for o in setting.origins if o is not winner and not _above(setting, o, winner)]
    own = value(setting.value)
    match setting.rule:
        case "immutable":
            return f"{who} sets {own}; no lower tier may change it."
        case "strengthen":
            if above:
                return f"{who} tightens {_whose(above[-1])} {value(above[-1].value)} to {own}."
            if _is_weakest(setting):
                return f"{who} sets {own}; a lower tier may tighten it."
            return f"{who} requires {own}; a lower tier may not weaken it."
        case "extend":
            return f"{who} adds it; the lists of all tiers are joined."
        case "whitelist" if setting.shape is not None and setting.shape.role is Role.PLUGIN_NAME:
            chosen = "among the approved plugins"
            if approved is not None and setting.value not in approved:
                chosen = "though it is not approved"
            instead = f", in place of {_whose(above[-1])} {value(above[-1].value)}" if above else ""
            return f"{who} chooses {own} {chosen}{instead}."
        case "local":
            return f"{who} says so of itself; no other file inherits it."
    if above:
        return f"{who} sets {own}, in place of {_whose(above[-1])} {value(above[-1].value)}."
    return f"{who} sets {own}." if not below else f"{who} sets {own}; that decides."


def _is_weakest(setting: Setting) -> bool:
    order = setting.shape.inherit.order if setting.shape is not None else ()
    return bool(order) and setting.value == order[0]


def merge_words(root: Shape, path: Path) -> str:
    """How the values of several layers become one at a path of a manifest, as words that begin a sentence."""
    shape, decides = deciding_shape(root, path)
    if shape is None:
        return ""
    it = "it" if len(decides) == len(path) else value(dotted(decides))
    inherit = shape.inherit
    match inherit.merge:
        case Merge.IMMUTABLE:
            text = f"the topmost tier that sets {it} decides, and no lower tier may change it"
        case Merge.STRENGTHEN:
            text = "the strictest value of all tiers wins, and a lower tier may only tighten it"
            if inherit.order:
                text += f" ({' → '.join(value(v) for v in inherit.order)})"
            elif shape.kind in ("int", "float"):
                text += f" (a {'smaller' if inherit.lower_is_stricter else 'greater'} number is stricter)"
        case Merge.EXTEND:
            text = (
                "the lists of all tiers are joined: a lower tier adds to them and removes nothing"
            )
        case Merge.LOCAL:
            text = "it speaks of its own file and is not inherited"
        case Merge.DEEP:
            text = "the tiers are merged key by key"
        case _:
            text = f"the nearest tier that sets {it} wins"
            if inherit.ordered:
                text += f"; a {'greater' if inherit.lower_is_stricter else 'smaller'} value than above is pointed out"
    if inherit.lock:
        text += f"; a tier above can lock it with {value(inherit.lock + ': false')}"
    return text


def deciding_shape(root: Shape, path: Path) -> tuple[Shape | None, Path]:
    """The field whose rule decides at a path: the first on the way that is not merged key by key."""
    shape: Shape | None = root
    for size, step in enumerate(path, 1):
        below = shape.child(step) if shape is not None else None
        if below is None:
            # Below free-form settings nothing has a rule of its own.
            return (shape, path[: size - 1]) if size > 1 else (None, ())
        shape = below
        if shape.inherit.merge is not Merge.DEEP:
            return shape, path[:size]
    return shape, path


def unknowns(chain: Chain) -> tuple[str, ...]:
    """Why some of the layers above are not known, in whole sentences."""
    out: list[str] = []
    if chain.pending:
        out.append(f"{value(chain.pending)} is being fetched; what it says is not known yet.")
    out += (trouble.message for trouble in chain.troubles if trouble.hides)
    return tuple(out)


def missing(chain: Chain) -> str:
    """Which layer is not known, as in: as far as known: … ; empty where all are."""
    if chain.pending:
        return f"{chain.pending.removeprefix('name:')} is being fetched"
    trouble = next((trouble for trouble in chain.troubles if trouble.hides), None)
    if trouble is None:
        return ""
    named = trouble.document.text[trouble.span.start : trouble.span.end].strip().strip("'\"")
    return f"{' '.join(named.split())} is not available"


def doubtful(snapshot: Snapshot, document: Document) -> frozenset[Path]:
    """The values that a layer that is not known may decide otherwise: all but those that a file sets for itself."""
    if not missing(snapshot.chain(document)):
        return frozenset()
    own: set[Path] = set()
    if document.kind is Kind.PRODUCT:
        own = {setting.path for setting in snapshot.own(document).settings}
    return frozenset(
        setting.path
        for setting in snapshot.effective(document).settings
        if setting.rule != Merge.LOCAL.value and setting.path not in own
    )


# --- one layer's say


def _say(origin: Origin, setting: Setting) -> Say:
    layer = origin.layer
    document = layer.document
    won = origin is setting.winner
    return Say(
        layer.tier, origin.value, document.name, document.ref or layer.ref, document.digest, origin.line,
        document.uri, origin.span, document, won, _say_why(origin, setting),
    )  # fmt: skip


def _say_why(origin: Origin, setting: Setting) -> str:
    winner = setting.winner
    if winner is None:
        return ""
    said = "floe's default, since the block leaves it out; " if origin.implied else ""
    return said + _verdict(origin, winner, setting)


def _verdict(origin: Origin, winner: Origin, setting: Setting) -> str:
    if origin is winner:
        match setting.rule:
            case "immutable":
                return "decides for all below"
            case "strengthen":
                return "the strictest"
            case "extend":
                return "joined"
            case "whitelist":
                return "chosen"
            case "local":
                return ""
        return "decides"
    decider = _who(winner.layer, start=False)
    if origin.value == winner.value:
        return (
            f"repeats {_possessive(decider)} value"
            if not _above(setting, origin, winner)
            else "the same"
        )
    if setting.rule == "strengthen":
        if _above(setting, origin, winner):
            return f"tightened by {decider}"
        return f"weaker than {_possessive(decider)} value, so it has no effect"
    if setting.rule == "immutable":
        return f"has no effect: {decider} decides"
    return f"replaced by {decider}"


def _joined_list(
    path: Path,
    shape: Shape | None,
    items: tuple[Setting, ...],
    words: str,
    notes: tuple[str, ...],
) -> Story:
    """A list that layers add to, as one story: a say for each layer, with its own items."""
    by_layer: dict[int, list[Origin]] = {}
    for item in items:
        for origin in item.origins:
            by_layer.setdefault(id(origin.layer), []).append(origin)
    says = []
    for origins in by_layer.values():
        first = origins[0]
        document = first.layer.document
        says.append(
            Say(
                first.layer.tier, [o.value for o in origins], document.name,
                document.ref or first.layer.ref, document.digest, first.line, document.uri, first.span,
                document, True, "joined",
            )
        )  # fmt: skip
    tiers = list(dict.fromkeys(TIERS[s.tier] for s in says))
    who = tiers[0][0].upper() + tiers[0][1:] if len(tiers) == 1 else "Several tiers"
    told = (
        f"{who} sets the list."
        if len(tiers) == 1
        else f"{who} add to the list; nothing is removed."
    )
    values = [s.value for s in items]
    return Story(path, shape, values, "extend", told, words, tuple(says), _default(shape), notes)


def _above(setting: Setting, one: Origin, other: Origin) -> bool:
    order = [id(o) for o in setting.origins]
    return order.index(id(one)) < order.index(id(other))


def _who(layer: Layer, *, start: bool = True) -> str:
    words = TIERS[layer.tier]
    return words[0].upper() + words[1:] if start else words


def _whose(origin: Origin) -> str:
    return _possessive(_who(origin.layer, start=False))


def _possessive(who: str) -> str:
    return f"{who}'s"


def _shape(root: Shape | None, other: Shape, path: Path) -> Shape | None:
    return (root.at(path) if root is not None else None) or other.at(path)


def _approved(effective: Effective, root: Shape, path: Path) -> Collection[str] | None:
    """The approved plugins of the category that a path belongs to."""
    plugins, whitelist = root.role_path(Role.PLUGINS), root.role_path(Role.WHITELIST)
    if (
        plugins is None
        or whitelist is None
        or path[: len(plugins)] != plugins
        or len(path) == len(plugins)
    ):
        return None
    listed = effective.value((*whitelist, path[len(plugins)]))
    return listed if isinstance(listed, list) else None


def _is_block(setting: Setting) -> bool:
    """Whether below a setting's path there are others: a list or a mere value has none."""
    return isinstance(setting.value, dict)


def _default(shape: Shape | None) -> Any:
    return shape.default if shape is not None and shape.has_default else None
