"""A plugin that nobody knows: mostly a slip, sometimes one of your own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from floe_ls.forms.document import At
from floe_ls.forms.tree import Folded, text_of
from floe_ls.ide.model import Fix
from floe_ls.ide.page import page
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.ide.words import every
from floe_ls.schema.meta import By, Category, Role, Severity
from floe_ls.schema.nearest import nearest
from floe_ls.schema.shape import Shape
from floe_ls.syntax.edits import written
from floe_ls.syntax.nodes import Scalar
from floe_ls.text import TextEdit

CODE = Code(
    "plugins/unknown-plugin",
    By(Severity.WARNING, Severity.WARNING, Severity.WARNING),
    "A plugin that is not among the known ones of its category.",
    page(
        """
        Plugins are open: anybody can write one, so an unknown name is a warning and no more. Only the quality plugin
        must be one that floe's compiler knows. The names that are known come from floe's registry, its plugin packages
        and its documents.
        """,
        """
        plugins:
          compute: snowflak
        """,
        """
        plugins:
          compute: snowflake
        """,
        "If the plugin is your own, silence the finding with `# floe-ls: ignore[plugins/unknown-plugin]` behind it.",
    ),
    "R27; C05, C10",
)


def check(subject: Subject) -> Iterator[Finding]:
    plugins = subject.shape.role_shape(Role.PLUGINS)
    block = subject.at(Role.PLUGINS)
    if plugins is None:
        return
    choices = dict(block.children()) if block is not None else {}
    for key, choice in choices.items():
        shape = plugins.child(str(key))
        if shape is not None and shape.category is not None:
            name = choice.entry.written[-1] if isinstance(choice.entry, Folded) else str(key)
            known = shape.category.known if name == key else _of_all(plugins, choices, name)
            yield from _chosen(subject, shape, replace(shape.category, known=known), name, choice)
    yield from _listed(subject, plugins)


def _of_all(plugins: Shape, choices: dict[str | int, At], name: str) -> tuple[str, ...]:
    """The names known of all the categories that one written one stands for."""
    shapes = [
        plugins.child(str(key))
        for key, choice in choices.items()
        if isinstance(choice.entry, Folded) and choice.entry.written[-1] == name
    ]
    return tuple(n for s in shapes if s is not None and s.category for n in s.category.known)


def _chosen(
    subject: Subject, shape: Shape, category: Category, name: str, choice: At
) -> Iterator[Finding]:
    field = next((f.name for f in shape.fields.values() if f.role is Role.PLUGIN_NAME), None)
    chosen = choice.child(field) if field is not None else None
    severity = category.severity[subject.dialect]
    if chosen is not None and severity is not None:
        yield from _unknown(subject, name, category, chosen, severity, guess=True)


def _listed(subject: Subject, plugins: Shape) -> Iterator[Finding]:
    """Names in the lists of approved plugins, and defaults: only where another one is surely meant."""
    lists, defaults = subject.at(Role.WHITELIST), subject.at(Role.DEFAULTS)
    for holder in (lists, defaults):
        for key, value in holder.children() if holder is not None else ():
            shape = plugins.child(str(key))
            if shape is None or shape.category is None:
                continue
            items = [item for _, item in value.children()] if holder is lists else [value]
            for item in items:
                yield from _unknown(
                    subject, shape.name, shape.category, item, Severity.WARNING, guess=False
                )


def _unknown(
    subject: Subject, name: str, category: Category, at: At, severity: Severity, guess: bool
) -> Iterator[Finding]:
    text = text_of(at.node)
    if not text or not text.strip() or text.strip() in category.known:
        return
    meant = nearest(text, category.known)
    if meant is None and not guess:
        return
    message = f"`{text}` is no known plugin of `{name}`."
    if meant is not None:
        message += f" Did you mean `{meant}`?"
    else:
        message += f" Known: {every(category.known)}."
    fixes: tuple[Fix, ...] = ()
    if meant is not None and isinstance(at.node, Scalar) and "\n" not in text:
        edit = TextEdit(at.value_span, written(meant))
        fixes = (subject.edit(f"Change to `{meant}`", edit, preferred=True),)
    yield Finding(category.code, at.value_span, message, fixes=fixes, severity=severity)


RULE = Rule((CODE,), check, kinds=MANIFESTS)
