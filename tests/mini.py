"""A small format with a field of every sort, so that tests of the engine survive changes to the real one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from floe_ls.chain.layers import Shapes
from floe_ls.forms.document import Kind
from floe_ls.schema.meta import (
    DEEP,
    EXTEND,
    IMMUTABLE,
    LOCAL,
    OVERRIDE,
    Inherit,
    Is,
    Merge,
    Role,
    Spelled,
    strengthen,
)
from floe_ls.schema.section import Section
from floe_ls.schema.shape import shape_of


class Choice(Section):
    """What one layer chooses as a whole."""

    type: str | None = None
    size: int = 1
    config: dict[str, Any] | None = None


class Gate(Section):
    """What a layer above may lock."""

    score: int = 0
    open: bool = True


class Inner(Section):
    """A block in a block."""

    switch: Annotated[bool, strengthen(False, True)] = True
    shortest: Annotated[int | None, Inherit(Merge.STRENGTHEN, lower_is_stricter=True)] = None


class Policies(Section):
    """A block whose keys are merged one by one."""

    level: Annotated[
        Literal["off", "warn", "strict"] | None, strengthen("off", "warn", "strict")
    ] = None
    coverage: Annotated[int, strengthen()] = 80
    days: Annotated[int | None, Inherit(Merge.OVERRIDE, ordered=True)] = None
    pattern: str = "medallion"
    texts: Annotated[list[str], EXTEND] = []  # noqa: RUF012  pydantic copies it
    inner: Inner = Inner()
    absent: Inner | None = None


class Mini(Section):
    """The format."""

    scope: Annotated[Literal["enterprise", "domain"] | None, Is(Role.SCOPE), LOCAL] = None
    parent_manifest: Annotated[str | None, Is(Role.PARENT), LOCAL] = None
    title: Annotated[str | None, LOCAL, Spelled(("heading",))] = None
    choice: Annotated[Choice | None, OVERRIDE] = None
    fixed: Annotated[Choice | None, IMMUTABLE] = None
    gate: Annotated[Gate | None, Inherit(Merge.OVERRIDE, lock="open")] = None
    policies: Annotated[Policies | None, DEEP] = None
    presets: Annotated[dict[str, Annotated[Choice, OVERRIDE]] | None, DEEP] = None
    names: list[str] | None = None


class Platform(Section):
    """Where a product names its manifest."""

    manifest: Annotated[str | None, Is(Role.PLATFORM)] = None


class MiniProduct(Section):
    """A product of the format."""

    platform: Platform | None = None
    transforms: Annotated[list[Any] | None, Field(default=None)] = None


SHAPES: Shapes = {Kind.MANIFEST: shape_of(Mini), Kind.PRODUCT: shape_of(MiniProduct)}
