"""`floe-ls schema`: the JSON Schemas of floe's files."""

from __future__ import annotations

import sys
from pathlib import Path

from floe_ls.cli.words import Refused
from floe_ls.forms.document import Kind
from floe_ls.forms.jsonschema import rendered
from floe_ls.session import floe_shapes

NAMES = {"manifest": Kind.MANIFEST, "floe": Kind.PRODUCT}


def schema(name: str | None, *, write: bool = False) -> int:
    """Prints, or writes, one schema or both. Raises Refused."""
    shapes = floe_shapes()
    chosen = [name] if name else list(NAMES)
    for one in chosen:
        kind = NAMES[one]
        text = rendered(kind.value, shapes[kind])
        if not write:
            sys.stdout.write(text)
            continue
        place = Path("schemas") / f"{one}.schema.json"
        try:
            place.parent.mkdir(exist_ok=True)
            place.write_text(text, encoding="utf-8")
        except OSError as error:
            raise Refused(f"{place} cannot be written: {error.strerror}") from None
        sys.stdout.write(f"{place}\n")
    return 0
