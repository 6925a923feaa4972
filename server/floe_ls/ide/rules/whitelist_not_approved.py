"""A plugin is chosen that the enterprise has not approved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from floe_ls.forms.document import At
from floe_ls.forms.tree import text_of
from floe_ls.ide.allowed import allowed
from floe_ls.ide.decided import related
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, Role, Severity, Tier
from floe_ls.schema.shape import Path

CODE = Code(
    "whitelist/not-approved",
    ERROR,
    "A plugin is chosen that the enterprise has not approved.",
    """\
The enterprise lists in `approved_plugins`, by category, the plugins that its domains may choose. In a category that
is listed nothing else may be chosen, neither under `plugins` nor under `defaults`; an empty list allows nothing. A
category that is not listed is open. A domain whose form lets it have a list of its own, such as
`plugins.compute.approved`, can only narrow the enterprise's down.

Wrong, below an enterprise manifest with `approved_plugins: {compute: [duckdb, snowflake]}`:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
plugins:
  compute: spark
```

Right:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
plugins:
  compute: snowflake
```

Choose an approved plugin. A domain that needs another one asks the enterprise, which weighs security, cost and
support, and adds it to its list.
""",
    "R38, R39, R71; J01",
)


def check(subject: Subject) -> Iterator[Finding]:
    chain = subject.chain
    whitelist = subject.path(Role.WHITELIST)
    if subject.tier is Tier.PRODUCT or len(chain.layers) < 2 or whitelist is None:
        return
    for choice in _choices(subject):
        name = text_of(choice.at.node)
        listed = allowed(chain, chain.layers[:-1], whitelist, choice.category)
        if name is None or listed is None or name in listed.names:
            continue
        yield Finding(
            CODE.slug,
            choice.at.value_span,
            listed.says(subject, f"`{choice.called}`", name, "plugin"),
            (related(listed.layer, listed.at, "these plugins are approved"),),
            tuple(listed.fixes(subject, choice.path, name)),
        )
    yield from _added(subject, whitelist)


def _added(subject: Subject, whitelist: Path) -> Iterator[Finding]:
    """What a domain's own list, where its form lets it have one, adds to the enterprise's."""
    document, shape = subject.document, subject.shape.at(whitelist)
    own = document.at(whitelist)
    only = shape.only if shape is not None else None
    for category, at in own.children() if own is not None else ():
        path = (*whitelist, category)
        elsewhere = document.author_path(path)[: len(whitelist)] != whitelist
        if not elsewhere and (only is None or only.severity[subject.dialect] is Severity.ERROR):
            continue  # the list itself is one too many
        listed = allowed(subject.chain, subject.chain.layers[:-1], whitelist, str(category))
        for index, item in at.children() if listed is not None else ():
            name = text_of(item.node)
            if listed is None or name is None or name in listed.names:
                continue
            where = (related(listed.layer, listed.at, "these plugins are approved"),)
            message = listed.says(subject, f"`{category}`", name, "plugin")
            fixes = tuple(listed.fixes(subject, (*path, index), name))
            yield Finding(CODE.slug, item.value_span, message, where, fixes)


class _Choice(NamedTuple):
    category: str
    called: str
    """What the author calls the category."""
    path: Path
    at: At


def _choices(subject: Subject) -> Iterator[_Choice]:
    """The plugins that a manifest chooses, and those that it falls back to."""
    document = subject.document
    for role in (Role.PLUGINS, Role.DEFAULTS):
        path = subject.path(role)
        block = document.at(path) if path is not None else None
        shape = subject.shape.at(path) if path is not None else None
        if block is None or path is None or shape is None:
            continue
        # Of a category that stands there twice the last one counts.
        for category, at in dict(block.children()).items():
            here = (*path, category)
            called = str(document.author_path(here)[-1])
            below = shape.child(category)
            if role is Role.DEFAULTS:
                yield _Choice(str(category), f"{path[-1]}.{called}", here, at)
                continue
            for name, field in below.fields.items() if below is not None else ():
                found = at.child(name)
                if field.role is Role.PLUGIN_NAME and found is not None:
                    yield _Choice(str(category), called, (*here, name), found)


RULE = Rule((CODE,), check, kinds=MANIFESTS)
