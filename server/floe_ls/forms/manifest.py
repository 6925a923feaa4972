"""The spellings of a manifest: one function for each, from the author's entries to the canonical ones."""

from __future__ import annotations

from floe_ls.forms.tree import (
    Folded,
    Note,
    find,
    key_of,
    mapping,
    moved,
    named,
    pairs,
    sequence,
    text_of,
)
from floe_ls.schema.meta import ERROR, SHIPPED, By, Severity
from floe_ls.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.scalars import yaml11
from floe_ls.text import Span

Pairs = list[tuple[int, Entry]]

OBSERVABILITY = "observability"
LINEAGE = frozenset({"marquez", "atlan", "openmetadata"})
"""Names that say lineage where the ADR's one observability plugin is meant (I34, catalogue 2.6)."""


def fold(root: Mapping, base: int) -> tuple[Mapping, list[Note]]:
    """The canonical root of a manifest, and what was noticed on the way."""
    entries: Pairs = list(pairs(root))
    notes: list[Note] = []
    for spelling in (_scope_in_metadata, _parent, _plugins, _approved, _presets, _network):
        entries = spelling(entries, base, notes)
    if len(entries) == len(root.entries) and all(
        a is b for (_, a), b in zip(entries, root.entries, strict=True)
    ):
        return root, notes
    return mapping(entries, root), notes


def _scope_in_metadata(entries: Pairs, base: int, notes: list[Note]) -> Pairs:
    """`metadata.scope` is `scope` (catalogue B10)."""
    holder = _get(entries, "metadata")
    inner = find(holder[1].value, "scope") if holder else None
    if holder is None or inner is None or not isinstance(holder[1].value, Mapping):
        return entries
    at, entry = holder
    inner_at, scope = inner
    span = _span(base + at + inner_at, scope.key)
    own = _get(entries, "scope")
    if own is not None:
        if text_of(own[1].value) != text_of(scope.value):
            notes.append(
                Note(
                    "spelling/twice",
                    ERROR,
                    span,
                    "`scope` stands at the top level too, and says something else.",
                )
            )
        return entries
    rest = [(a, e) for a, e in pairs(holder[1].value) if key_of(e) != "scope"]
    slim = Entry(entry.key, mapping(rest, entry.value), entry.colon, entry.rest, entry.errors)
    lifted = Folded(scope.key, scope.value, scope.colon, ("metadata", "scope"))
    return [(a, slim if e is entry else e) for a, e in entries] + [(at + inner_at, lifted)]


def _parent(entries: Pairs, base: int, notes: list[Note]) -> Pairs:
    """`parent.ref`, `parent` and `parent_ref` are `parent_manifest` (catalogue X5)."""
    for name in ("parent", "parent_ref"):
        found = _get(entries, name)
        if found is None:
            continue
        at, entry = found
        written: tuple[str, ...] = (name,)
        inner = find(entry.value, "ref")
        if isinstance(entry.value, Mapping):
            if inner is None:
                continue
            offset, reference = inner
            at, written = at + offset, (name, "ref")
        else:
            reference = entry
        own = _get(entries, "parent_manifest")
        if own is not None:
            if text_of(own[1].value) != text_of(reference.value):
                span = _span(base + at, reference.key)
                message = "`parent_manifest` names another parent; a manifest has one."
                notes.append(Note("spelling/twice", ERROR, span, message))
            return [(a, e) for a, e in entries if e is not entry]
        span = _span(base + at, reference.key)
        message = (
            f"The released form names the parent in `parent_manifest`, and does not read `{name}`."
        )
        mended = "parent_manifest" if reference is entry else None
        title = "Rename to `parent_manifest`"
        notes.append(Note("spelling/not-shipped", SHIPPED, span, message, mended, title))
        lifted = Folded(
            named("parent_manifest", reference.key), reference.value, reference.colon, written
        )
        return [(a, e) for a, e in entries if e is not entry] + [(at, lifted)]
    return entries


def _plugins(entries: Pairs, base: int, notes: list[Note]) -> Pairs:
    """A plugin by name, by `type`, or by `approved` and `default`; the ADR's `observability` (I34)."""
    found = _get(entries, "plugins")
    if found is None or not isinstance(found[1].value, Mapping):
        return entries
    at, holder = found
    block = holder.value
    assert isinstance(block, Mapping)
    folded: Pairs = []
    approved: Pairs = []
    for offset, entry in pairs(block):
        category = key_of(entry) or ""
        value = entry.value
        if isinstance(value, Scalar) and text_of(value) is not None:
            notes.append(_bare_name(category, value, base + at + offset))
            inner = Folded(named(_selector(category), value), value, 0, ("plugins", category))
            plugin: Entry = Folded(
                entry.key, mapping([(0, inner)], value), entry.colon, ("plugins", category)
            )
        elif find(value, "approved") or find(value, "default"):
            plugin, allowed = _approved_and_default(entry, category, base + at + offset, notes)
            approved += [(at + offset + a, e) for a, e in allowed]
        else:
            plugin = entry
        if category == OBSERVABILITY:
            folded += _backends(block, base + at, offset, plugin, notes)
        else:
            folded.append((offset, plugin))
    if approved:
        entries = _with_approved(entries, approved, base, notes)
    if len(folded) == len(block.entries) and all(
        a[1] is b for a, b in zip(folded, block.entries, strict=True)
    ):
        return entries
    new = Folded(holder.key, mapping(folded, block), holder.colon, ("plugins",))
    return [(a, new if e is holder else e) for a, e in entries]


def _bare_name(category: str, value: Scalar, base: int) -> Note:
    selector = _selector(category)
    quote = value.style if value.style in ('"', "'") else ""
    mended = f"{{{selector}: {quote}{value.text}{quote}}}" if value.style in ("", quote) else None
    message = (
        f"The released form names a plugin by `{selector}`, and its compiler refuses a name alone."
    )
    title = f"Write it as `{mended}`"
    return Note("spelling/not-shipped", SHIPPED, _span(base, value), message, mended, title)


def _selector(category: str) -> str:
    """The key that names the plugin of a category (catalogue 2.1: quality has a form of its own)."""
    return "provider" if category == "quality" else "type"


def _backends(block: Mapping, base: int, offset: int, entry: Entry, notes: list[Note]) -> Pairs:
    """The ADR's one observability plugin as the backends that it stands for."""
    name = _chosen(entry)
    out: Pairs = []
    right = "lineage_backend" if name in LINEAGE else "telemetry_backend"
    notes.append(_observability(right, _span(base + offset, entry.key), find(block, right) is None))
    for backend in ["telemetry_backend"] + (["lineage_backend"] if name in LINEAGE else []):
        own = find(block, backend)
        if own is None:
            key, written = named(backend, entry.key), ("plugins", OBSERVABILITY)
            out.append((offset, Folded(key, entry.value, entry.colon, written)))
        elif _chosen(own[1]) != name:
            span = _span(base + offset, entry.key)
            message = f"`{backend}` stands here too, and names another plugin: `observability` means both."
            notes.append(Note("spelling/twice", ERROR, span, message))
    return out


def _observability(right: str, span: Span, free: bool) -> Note:
    message = f"`{OBSERVABILITY}` is the ADR's word; the released form has `telemetry_backend` and `lineage_backend`."
    mended, title = (right, f"Rename to `{right}`") if free else (None, "")
    return Note("spelling/not-shipped", SHIPPED, span, message, mended, title)


def _chosen(entry: Entry) -> str:
    """The name of the plugin that an entry of `plugins` chooses."""
    if (name := text_of(entry.value)) is not None:
        return name
    found = find(entry.value, "type")
    return text_of(found[1].value) or "" if found else ""


def _approved_and_default(
    entry: Entry, category: str, base: int, notes: list[Note]
) -> tuple[Entry, Pairs]:
    """`{approved: [...], default: x}` chooses x and adds a list to approved_plugins (catalogue 2.4, C16)."""
    value = entry.value
    approved, default = find(value, "approved"), find(value, "default")
    inner: Pairs = [(a, e) for a, e in pairs(value) if key_of(e) not in ("approved", "default")]
    selector = _selector(category)
    chosen_twice = find(value, selector)
    for at, other in [found for found in (approved, default) if found is not None]:
        message = f"The released form names a plugin by `{selector}`, and its compiler refuses `{key_of(other)}`."
        notes.append(Note("spelling/not-shipped", SHIPPED, _span(base + at, other.key), message))
    if default is not None and chosen_twice is not None:
        at, chosen = default
        if text_of(chosen.value) != text_of(chosen_twice[1].value):
            message = f"`{selector}` stands here too, and chooses another plugin."
            notes.append(Note("spelling/twice", ERROR, _span(base + at, chosen.key), message))
    elif default is not None:
        at, chosen = default
        written = ("plugins", category, "default")
        inner.append(
            (
                at,
                Folded(named(selector, chosen.key), chosen.value, chosen.colon, written),
            )
        )
    block = mapping(inner, value) if inner else None
    # Who approves alone chooses nothing, and has not left out a value either: there is no colon.
    plugin = Folded(entry.key, block, entry.colon if block else -1, ("plugins", category))
    if approved is None:
        return plugin, []
    at, names = approved
    key = named(category, names.key)
    written = ("plugins", category, "approved")
    return plugin, [(at, Folded(key, _names(names.value), names.colon, written))]


def _with_approved(entries: Pairs, approved: Pairs, base: int, notes: list[Note]) -> Pairs:
    own = _get(entries, "approved_plugins")
    if own is None:
        first_at, first = approved[0]
        inside = [(a - first_at, e) for a, e in approved]
        holder = Folded(
            named("approved_plugins", first.key), mapping(inside, first.value), 0, ("plugins",)
        )
        return [*entries, (first_at, holder)]
    at, holder_entry = own
    both = [*pairs(holder_entry.value)]
    for a, e in approved:
        listed = find(holder_entry.value, key_of(e) or "")
        if listed is None:
            both.append((a - at, e))
        elif _set_of(_names(listed[1].value)) != _set_of(e.value):
            span = _span(base + a, e.key)
            message = (
                f"`approved_plugins.{key_of(e)}` lists other plugins: a category has one list."
            )
            notes.append(Note("spelling/twice", ERROR, span, message))
    merged = Folded(
        holder_entry.key,
        mapping(both, holder_entry.value),
        holder_entry.colon,
        ("approved_plugins",),
    )
    return [(a, merged if e is holder_entry else e) for a, e in entries]


def _approved(entries: Pairs, base: int, notes: list[Note]) -> Pairs:
    """One name in place of a list (I1), items with a name, and the ADR's `observability` category."""
    found = _get(entries, "approved_plugins")
    if found is None or not isinstance(found[1].value, Mapping):
        return entries
    at, holder = found
    out: Pairs = []
    changed = False
    for offset, entry in pairs(holder.value):
        category, value = key_of(entry) or "", entry.value
        if isinstance(value, Scalar) and isinstance(value.value, str):
            here = base + at + offset
            span = Span(here + value.start, here + value.end)
            notes.append(
                Note(
                    "approved/scalar",
                    By(Severity.HINT, Severity.HINT, Severity.ERROR),
                    span,
                    f"`approved_plugins.{category}` is a list; one name is read as a list of one.",
                    f"[{value.text}]",
                    "Write it as a list",
                )
            )
        names = _names(value)
        if names is not value:
            if isinstance(value, Sequence):
                span = _span(base + at + offset, entry.key)
                message = "The released form lists the names of plugins alone."
                notes.append(Note("spelling/not-shipped", SHIPPED, span, message))
            changed = True
            entry = Folded(entry.key, names, entry.colon, ("approved_plugins", category))
        if category == OBSERVABILITY and isinstance(names, Sequence):
            changed = True
            out += _listed_backends(holder.value, base + at, offset, entry, names, notes)
            continue
        out.append((offset, entry))
    if not changed:
        return entries
    new = Folded(holder.key, mapping(out, holder.value), holder.colon, ("approved_plugins",))
    return [(a, new if e is holder else e) for a, e in entries]


def _listed_backends(
    block: Node | None, base: int, offset: int, entry: Entry, names: Sequence, notes: list[Note]
) -> Pairs:
    """The ADR's list for `observability` as those of the backends that it stands for. A lineage name is a choice of
    both backends (I34), so the first list holds all names."""
    of_lineage: list[tuple[int, Node]] = [
        (a, e.value) for a, e in pairs(names) if e.value is not None and text_of(e.value) in LINEAGE
    ]
    lists = {"telemetry_backend": names}
    if of_lineage:
        lists["lineage_backend"] = sequence(of_lineage, names)
    out: Pairs = []
    for backend, listed in lists.items():
        own = find(block, backend)
        if own is None:
            key, written = named(backend, entry.key), ("approved_plugins", OBSERVABILITY)
            out.append((offset, Folded(key, listed, entry.colon, written)))
        elif _set_of(_names(own[1].value)) != _set_of(listed):
            span = _span(base + offset, entry.key)
            message = f"`{backend}` stands here too, with another list: `observability` means both."
            notes.append(Note("spelling/twice", ERROR, span, message))
    return out


def _set_of(names: Node | None) -> set[str | None]:
    return {text_of(entry.value) for _, entry in pairs(names)}


def _names(value: Node | None) -> Node | None:
    """A list of names, where one name stands for a list and an item may be `{name: x}`."""
    if isinstance(value, Scalar) and isinstance(value.value, str):
        return sequence([(0, value)], value)
    if not isinstance(value, Sequence) or not any(find(e.value, "name") for e in value.entries):
        return value
    items: list[tuple[int, Node]] = []
    for at, entry in pairs(value):
        name = find(entry.value, "name")
        if name is not None and name[1].value is not None:
            items.append((at, moved(name[1].value, name[0])))
        elif entry.value is not None:
            items.append((at, entry.value))
    return sequence(items, value)


_FLAT = {
    "cpu_request": ("requests", "cpu"),
    "memory_request": ("requests", "memory"),
    "cpu_limit": ("limits", "cpu"),
    "memory_limit": ("limits", "memory"),
}


def _presets(entries: Pairs, base: int, notes: list[Note]) -> Pairs:
    """Four flat keys of a resource preset are the nested form (catalogue H04)."""
    found = _get(entries, "resource_presets")
    if found is None or not isinstance(found[1].value, Mapping):
        return entries
    holder = found[1]
    out: Pairs = []
    changed = False
    for offset, entry in pairs(holder.value):
        flat = [(a, e) for a, e in pairs(entry.value) if key_of(e) in _FLAT]
        if isinstance(entry.value, Mapping) and flat:
            changed = True
            entry = _nested_preset(entry, flat)
        out.append((offset, entry))
    if not changed:
        return entries
    new = Folded(holder.key, mapping(out, holder.value), holder.colon, ("resource_presets",))
    return [(a, new if e is holder else e) for a, e in entries]


def _nested_preset(entry: Entry, flat: Pairs) -> Entry:
    name = key_of(entry) or ""
    rest: Pairs = [(a, e) for a, e in pairs(entry.value) if key_of(e) not in _FLAT]
    for group in ("requests", "limits"):
        inside = [(a, e) for a, e in flat if _FLAT[key_of(e) or ""][0] == group]
        if not inside:
            continue
        first_at, first = inside[0]
        leaves: Pairs = []
        for a, e in inside:
            key = key_of(e) or ""
            written = ("resource_presets", name, key)
            leaves.append(
                (a - first_at, Folded(named(_FLAT[key][1], e.key), e.value, e.colon, written))
            )
        block = mapping(leaves, first.key)
        rest.append(
            (first_at, Folded(named(group, first.key), block, 0, ("resource_presets", name)))
        )
    return Folded(entry.key, mapping(rest, entry.value), entry.colon, ("resource_presets", name))


_NETWORK: dict[object, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(
        (False, "open", "disabled", "off", "no", "false", "none", "allow-all", "default-allow"),
        (("enabled", "false"),),
    ),
    **dict.fromkeys((True, "enabled", "on", "yes", "true"), (("enabled", "true"),)),
    **dict.fromkeys(("default-deny", "deny-all"), (("enabled", "true"), ("default_deny", "true"))),
}
"""What a word for all network policies says; the ADR names the field and no keys of it (R25)."""


def _network(entries: Pairs, base: int, notes: list[Note]) -> Pairs:
    """`network_policies: enabled` is `network_policies: {enabled: true}`."""
    found = _get(entries, "governance")
    inner = find(found[1].value, "network_policies") if found is not None else None
    word = inner[1].value if inner is not None else None
    if found is None or inner is None or type(word) is not Scalar or word.style == "*":
        return entries
    # As floe's loader reads it: an unquoted `off` is false.
    said = word.value if word.style or word.tag else yaml11(word.text)
    if isinstance(said, str):
        said = said.lower()
    meant = _NETWORK.get(said) if isinstance(said, bool | str) else None
    if meant is None:
        return entries
    at, holder = found
    offset, entry = inner
    span = _span(base + at + offset, word)
    shown = ", ".join(f"{key}: {value}" for key, value in meant)
    message = f"The released form has a block here, and its compiler refuses `{word.text}`."
    notes.append(
        Note(
            "spelling/not-shipped",
            SHIPPED,
            span,
            message,
            f"{{{shown}}}",
            f"Write it as `{{{shown}}}`",
        )
    )
    written = ("governance", "network_policies")
    leaves: Pairs = [
        (0, Folded(named(key, word), named(value, word), 0, written)) for key, value in meant
    ]
    new = Folded(entry.key, mapping(leaves, word), entry.colon, written)
    block = mapping([(a, new if e is entry else e) for a, e in pairs(holder.value)], holder.value)
    slim = Folded(holder.key, block, holder.colon, ("governance",))
    return [(a, slim if e is holder else e) for a, e in entries]


def _get(entries: Pairs, key: str) -> tuple[int, Entry] | None:
    return next(((at, e) for at, e in reversed(entries) if key_of(e) == key), None)


def _span(base: int, node: Node | None) -> Span:
    return Span(base + node.start, base + node.end) if node is not None else Span(base, base)
