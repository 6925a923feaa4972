"""Writes server/floe_ls/schema/timezones.py: `python scripts/timezones.py`, with `tzdata` there."""

from __future__ import annotations

import textwrap
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

TARGET = Path(__file__).parent.parent / "server" / "floe_ls" / "schema" / "timezones.py"


def module() -> str:
    """The text of the module, from the names that the installed `tzdata` has."""
    names = sorted(set(files("tzdata").joinpath("zones").read_text("utf-8").split()) - {"Factory"})
    return HEAD.format(
        release=version("tzdata"),
        names=textwrap.fill(" ".join(names), 98, break_on_hyphens=False, break_long_words=False),
    )


HEAD = '''"""The names of the IANA time zones, as scripts/timezones.py wrote them."""

from __future__ import annotations

RELEASE = "{release}"
"""The release of `tzdata` that the names are from."""

_NAMES = """
{names}
"""
ZONES = tuple(_NAMES.split())
'''

if __name__ == "__main__":
    TARGET.write_text(module(), "utf-8")
