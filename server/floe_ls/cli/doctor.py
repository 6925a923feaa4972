"""`floe-ls doctor`: why a reference can be had or not, step by step."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from floe_ls.chain.ref import BadRef, OciRef, parse_ref
from floe_ls.cli.words import DIM, GREEN, RED, Refused, Style
from floe_ls.ide.snapshot import source_uri
from floe_ls.remote import files
from floe_ls.remote.doctor import Step, examine
from floe_ls.session import Session, floe_shapes

if TYPE_CHECKING:
    from floe_ls.settings import Settings


def doctor(text: str, *, offline: bool = False) -> int:
    """Prints each step; 1 where the manifest could not be had."""
    ref = parse_ref(text)
    if isinstance(ref, BadRef):
        raise Refused(f"{text} is no reference: {ref.message.rstrip('.')}")
    if not isinstance(ref, OciRef):
        raise Refused(f"{text} does not lead to a registry; a reference begins with oci://")
    session = Session(floe_shapes())
    session.set_roots([files.uri_of(Path.cwd())])
    session.configure({"offline": True} if offline else {})
    for problems in session.settings_problems.values():
        for problem in problems:
            sys.stderr.write(f"floe-ls: settings: {problem.message}\n")
    settings = session.snapshot.settings_for(files.uri_of(Path.cwd()) + "/floe.yaml")
    style, failed = Style(), False
    for step in _steps(ref, settings):
        failed = step.ok is False
        mark, colour = {True: ("✓", GREEN), False: ("✗", RED), None: ("·", DIM)}[step.ok]
        sys.stdout.write(f"{style(mark, colour)} {step.title:<11} {step.words}\n")
        sys.stdout.flush()
    return 1 if failed else 0


def _steps(ref: OciRef, settings: Settings) -> Iterator[Step]:
    """A file that is published as the reference stands in for it here, so that no registry matters."""
    uri = source_uri(ref, settings)
    if uri is None:
        yield from examine(ref, settings)
        return
    path = files.path_of(uri)
    there = path is not None and path.is_file()
    end = "is read in its place, and no registry is asked" if there else "does not exist"
    name = os.path.relpath(path) if path is not None else uri
    yield Step("Sources", f"`sources` names a file for it: {name} {end}", there)
