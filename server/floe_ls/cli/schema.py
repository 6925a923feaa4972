"""`floe-ls schema`: the JSON Schemas of floe's files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from floe_ls.cli.words import Refused
from floe_ls.forms.jsonschema import json_schemas


def schema(name: str | None, *, write: bool = False) -> int:
    """Prints, or writes, one schema or both. Raises Refused."""
    for file, made in json_schemas().items():
        if name and file != f"{name}.schema.json":
            continue
        text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
        if not write:
            sys.stdout.write(text)
            continue
        place = Path("schemas") / file
        try:
            place.parent.mkdir(exist_ok=True)
            place.write_text(text, encoding="utf-8")
        except OSError as error:
            raise Refused(f"{place} cannot be written: {error.strerror}") from None
        sys.stdout.write(f"{place}\n")
    return 0
