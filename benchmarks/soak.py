"""Random edits and changing parents over a mesh, for as long as wanted: memory must stay flat, and what is found at the
end must be what a fresh start finds.

    python benchmarks/soak.py --products 1000 --edits 100000 --parents 1000
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "server")]

from floe_ls.forms.document import Document  # noqa: E402
from floe_ls.ide.diagnostics import diagnostics, shown  # noqa: E402
from floe_ls.remote.files import uri_of  # noqa: E402
from floe_ls.session import Change, Session, floe_shapes  # noqa: E402

WORDS = (
    "duckdb",
    "spark",
    "optional",
    "x",
    ": ",
    "\n",
    "  - ",
    "#",
    "é",
    "name: other\n",
    "scope: domain\n",
    "'",
    "{",
    "v9.9.9",
)
OPEN = 6
"""Files that are open at a time."""
WARM, WARM_OPEN, WARM_PARENT = 6_000, 20, 60
"""Edits before memory is measured; after how many of them another file is opened, and a parent changes."""


class Used(NamedTuple):
    kilobytes: int
    """Of memory; 0 where the system does not tell."""
    documents: int
    """Versions of files that are kept."""
    objects: int
    """All that Python's collector knows."""


@dataclass(frozen=True)
class Soaked:
    edits: int
    parents: int
    warm: Used
    """When everything that is kept up to a bound is there."""
    end: Used
    different: tuple[str, ...]
    """Files of which a fresh start says something else."""

    @property
    def growth(self) -> float:
        """Of memory."""
        return self.end.kilobytes / self.warm.kilobytes - 1 if self.warm.kilobytes else 0.0


def soak(folder: Path, products: int, edits: int, parents: int, seed: int = 1) -> Soaked:
    rng = random.Random(seed)
    made = _mesh().mesh(products, domains=max(3, products // 100))
    made.write(folder)
    names = [name for name in sorted(made.files) if name.endswith(".yaml")]
    manifests = [name for name in names if "manifest" in name]
    session = started(folder)
    texts: dict[str, str] = {}

    def edit(step: int) -> None:
        name = rng.choice(sorted(texts))
        text = texts[name]
        document = session.snapshot.documents[uri_of(folder / name)]
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 0, 1, 5)))
        new = rng.choice(("", rng.choice(WORDS)))
        if rng.random() < 0.1:  # back to what is on disk, so that files do not become all noise
            start, end, new = 0, len(text), (folder / name).read_text()
        change = Change(new, document.lines.position(start), document.lines.position(end))
        edited = session.change(document.uri, step + 2, [change])
        assert edited is not None
        texts[name] = text[:start] + new + text[end:]
        shown(session.snapshot, edited)

    # What is kept of other files, up to a bound, is there before memory is measured.
    for step in range(min(WARM, edits)):
        if step % WARM_OPEN == 0:
            _open_another(session, folder, rng, names, texts)
        edit(step)
        if step % WARM_PARENT == 0:
            _change_a_parent(session, folder, rng, manifests, texts, step)
    warm = _counted()
    every = max(edits // max(parents, 1), 1)
    for step in range(edits):
        if len(texts) < OPEN or step % 500 == 0:
            _open_another(session, folder, rng, names, texts)
        edit(step)
        if step % every == every - 1:
            _change_a_parent(session, folder, rng, manifests, texts, step)
    end = _counted()
    session.demand()
    fresh = started(folder)
    for name, text in texts.items():
        fresh.open(uri_of(folder / name), text, 1)
    fresh.demand()
    different = tuple(
        name for name in names if _said(session, folder, name) != _said(fresh, folder, name)
    )
    return Soaked(edits, parents, warm, end, different)


def _mesh() -> ModuleType:
    """`mesh.py` beside this file: tests have a folder of that name."""
    spec = importlib.util.spec_from_file_location("benchmark_mesh", HERE / "mesh.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def started(folder: Path) -> Session:
    session = Session(floe_shapes())
    session.set_roots([uri_of(folder)])
    session.scan(wait=True)
    return session


def _open_another(
    session: Session, folder: Path, rng: random.Random, names: list[str], texts: dict[str, str]
) -> None:
    if len(texts) >= OPEN:
        gone = rng.choice(sorted(texts))
        del texts[gone]
        session.close(uri_of(folder / gone))
    name = rng.choice([name for name in names if name not in texts])
    texts[name] = (folder / name).read_text()
    session.open(uri_of(folder / name), texts[name], 1)


def _change_a_parent(
    session: Session,
    folder: Path,
    rng: random.Random,
    manifests: list[str],
    texts: dict[str, str],
    step: int,
) -> None:
    name = rng.choice(manifests)
    path = folder / name
    lines = path.read_text().split("\n")
    kept = [line for line in lines if "data_retention_days" not in line]
    if "governance:" not in kept:
        kept.insert(len(kept) - 1, "governance:")
    at = kept.index("governance:") + 1
    kept.insert(at, f"  data_retention_days: {30 + step % 300}")
    path.write_text("\n".join(kept))
    session.reread([uri_of(path)])
    for other in sorted(texts):
        shown(session.snapshot, session.snapshot.documents[uri_of(folder / other)])


def _said(session: Session, folder: Path, name: str) -> list[tuple[object, ...]]:
    document = session.snapshot.documents[uri_of(folder / name)]
    session.demand([document])
    document = session.snapshot.documents[document.uri]
    return [
        (d.code, d.span, d.severity, d.message) for d in diagnostics(session.snapshot, document)
    ]


def _counted() -> Used:
    gc.collect()
    objects = gc.get_objects()
    documents = sum(type(each) is Document for each in objects)
    return Used(_resident(), documents, len(objects))


def _resident() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--products", type=int, default=1_000)
    parser.add_argument("--edits", type=int, default=100_000)
    parser.add_argument("--parents", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        done = soak(Path(folder), options.products, options.edits, options.parents, options.seed)
    print(
        f"{done.edits:,} edits, {done.parents:,} changed parents over {options.products:,} products"
    )
    print(
        f"memory {done.warm.kilobytes / 1024:.1f} MB when warm, {done.end.kilobytes / 1024:.1f} MB at the end:"
        f" {done.growth:+.1%} (less than 5 % is asked for)"
    )
    print(
        f"{done.warm.documents} and {done.end.documents} versions of files,"
        f" {done.warm.objects:,} and {done.end.objects:,} objects"
    )
    print(
        "findings as after a fresh start"
        if not done.different
        else f"DIFFERENT: {', '.join(done.different)}"
    )
    return int(bool(done.different) or done.growth > 0.05)


if __name__ == "__main__":
    sys.exit(main())
