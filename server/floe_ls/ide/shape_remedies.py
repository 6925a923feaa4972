"""The remedies of what breaks a shape: what to write, rename, add, quote or remove."""

from __future__ import annotations

from typing import Any

from floe_ls.forms.tree import Folded
from floe_ls.ide.remedy import Remedy
from floe_ls.schema.formats import FORMATS
from floe_ls.schema.nearest import nearest
from floe_ls.schema.shape import Shape
from floe_ls.syntax.nodes import Entry, Mapping, Scalar
from floe_ls.syntax.scalars import yaml11


def stands_alone(entry: Entry, key: Scalar) -> bool:
    """Whether the key stands in the text as it stands here."""
    return not isinstance(entry, Folded) or entry.written[-1:] == (key.text,)


def dropped(entry: Entry, key: Scalar, at: int = 0) -> tuple[Remedy, ...]:
    if not stands_alone(entry, key):
        return ()
    return (Remedy(f"Remove `{key.text}`", drop=at + key.start),)


def inserted(child: Shape, called: str, node: Mapping) -> tuple[Remedy, ...]:
    """Adding a missing key where its possible values are known."""
    if not node.entries:
        return ()
    if len(child.choices) == 1:
        text = f"{called}: {in_quotes(str(child.choices[0]))}"
        return (Remedy(f"Add `{text}`", above=(node.at[0], text), preferred=True, safe=True),)
    if child.choices:
        values = [in_quotes(str(choice)) for choice in child.choices[:8]]
    elif child.kind in ("object", "map") and not child.wanted and not child.min_length:
        values = ["{}"]
    else:
        return ()
    return tuple(
        Remedy(f"Add `{called}: {value}`", last=(node.at[0], called, value)) for value in values
    )


def renamed(node: Scalar, choices: tuple[Any, ...]) -> tuple[Remedy, ...]:
    meant = nearest(node.text, [str(choice) for choice in choices])
    if meant is None:
        return ()
    edit = node.start, node.end, as_written(node, meant)
    return (Remedy(f"Rename to `{meant}`", (edit,), preferred=True),)


def changed(a: int, b: int, meant: str | None, choices: list[str]) -> tuple[Remedy, ...]:
    """A remedy for each choice, the one that was likely meant first."""
    ordered = sorted(choices, key=lambda choice: choice != meant)[:8]
    return tuple(
        Remedy(
            f"Change to `{choice}`",
            ((a, b, in_quotes(choice)),),
            choice == meant or len(choices) == 1,
        )
        for choice in ordered
    )


def quoted(shape: Shape, node: Scalar) -> Remedy:
    """Quoting a plain scalar, and mending what it then is where that is clear."""
    text = node.text
    if shape.form is not None:
        form = FORMATS[shape.form.name]
        if form.check(text) is not None and form.suggest is not None:
            text = form.suggest(text) or text
    title = "Quote it" if text == node.text else f'Change to `"{text}"`'
    return Remedy(
        title, ((node.start, node.end, f'"{text}"'),), preferred=True, safe=text == node.text
    )


def rewritten(node: Scalar, value: Any) -> Remedy:
    text = (
        {True: "true", False: "false"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )
    return Remedy(f"Change to `{text}`", ((node.start, node.end, text),), preferred=True)


def in_quotes(word: str) -> str:
    """A word as it is written, in quotes where floe's loader would take it for something else."""
    return word if isinstance(yaml11(word), str) or word in ("true", "false") else f'"{word}"'


def as_written(node: Scalar, new: str) -> str:
    if node.style in ('"', "'"):
        return f"{node.style}{new}{node.style}"
    return in_quotes(new)


def source_of(node: Scalar) -> str:
    if node.style in ("|", ">"):
        return f'"{node.text}"'
    return f"{node.style}{node.text}{node.style}" if node.style in ('"', "'") else node.text
