"""Two ways to the same answer, compared on generated input: the session, the command line and a fresh start."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from floe_ls.ide.diagnostics import diagnostics
from floe_ls.remote.files import uri_of
from floe_ls.session import Change, Session, floe_shapes
from floe_ls.text import apply_edits
from tools import REPOSITORY

FILES = {
    "enterprise-manifest.yaml": "scope: enterprise\napproved_plugins:\n  compute: [duckdb, snowflake]\n"
    "plugins:\n  observability: datadog\ngovernance:\n  pii_encryption: required\n",
    "sales-domain-manifest.yaml": "scope: domain\nparent_manifest: enterprise-manifest.yaml\n"
    "plugins:\n  compute: snowflake\napproved_products:\n  - customer-360\ngovernance:\n  data_retention_days: 90\n",
    "customer-360/floe.yaml": "platform:\n  ref: ../sales-domain-manifest.yaml\ntransforms:\n"
    "  - type: dbt\n    path: models/\n",
}
WORDS = ["duckdb", "spark", "optional", "required", "scope", "domain", ": ", "\n", "  ", "- ", "[", "]", "'", "#",
         "🎉", "é", "\r\n", "\t", "customer-360",
         "governance:\n  pii_encryption: optional\n",
         "enterprise-manifest.yaml", "&a ", "*a", "<<: *a", "{", "}", "|",
         "plugins:\n  compute: spark\n", "null", "---\n"]  # fmt: skip


def shown(session: Session, uri: str) -> list[tuple[object, ...]]:
    document = session.snapshot.documents[uri]
    return [
        (d.code, d.span, d.severity, d.message, tuple((r.document.uri, r.span) for r in d.related))
        for d in diagnostics(session.snapshot, document)
    ]


def started(folder: Path, texts: dict[str, str]) -> Session:
    session = Session(floe_shapes())
    session.set_roots([uri_of(folder)])
    session.scan(wait=True)
    for name, text in texts.items():
        session.open(uri_of(folder / name), text, 1)
    session.demand()
    return session


@pytest.mark.parametrize("seed", range(6))
def test_a_session_after_random_edits_is_as_a_fresh_start(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    texts = dict(FILES)
    session = started(tmp_path, texts)
    for step in range(40):
        name = rng.choice(list(texts))
        uri = uri_of(tmp_path / name)
        text = texts[name]
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice([0, 0, 0, 1, 3, 12]))
        new = rng.choice(["", rng.choice(WORDS), rng.choice(WORDS)])
        lines = session.snapshot.documents[uri].lines
        # A position in the middle of a CRLF cannot be said in the protocol.
        start, end = lines.offset(*lines.position(start)), lines.offset(*lines.position(end))
        change = Change(new, lines.position(start), lines.position(end))
        session.change(uri, step + 2, [change])
        texts[name] = text[:start] + new + text[end:]
        assert session.snapshot.documents[uri].text == texts[name], f"seed {seed}, step {step}"
        if step % 4 == 3:
            session.demand()
            fresh = started(tmp_path, texts)
            for other in texts:
                other_uri = uri_of(tmp_path / other)
                assert shown(session, other_uri) == shown(fresh, other_uri), (
                    f"seed {seed}, step {step}, {other}:\n{texts}"
                )


def test_edits_apply_like_a_naive_splice() -> None:
    from floe_ls.text import Span, TextEdit

    rng = random.Random(7)
    for _ in range(300):
        text = "".join(rng.choice("ab\n🎉") for _ in range(rng.randrange(30)))
        cuts = sorted(rng.randrange(len(text) + 1) for _ in range(4))
        edits = [TextEdit(Span(cuts[0], cuts[1]), "X"), TextEdit(Span(cuts[2], cuts[3]), "YY")]
        expected = text[: cuts[0]] + "X" + text[cuts[1] : cuts[2]] + "YY" + text[cuts[3] :]
        assert apply_edits(text, edits) == expected


def test_check_says_what_the_editor_says(examples: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "floe_ls", "check", "--format", "json", "--offline", "."],
        cwd=examples, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(REPOSITORY / "server"), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    files = json.loads(done.stdout)["files"]
    session = Session(floe_shapes())
    session.set_roots([uri_of(examples)])
    session.scan(wait=True)
    assert len(files) > 20
    for file in files:
        path = examples / file["path"]
        document = session.open(uri_of(path), path.read_text(), 1)
        said = [
            (d.code, d.severity.value, d.message, document.lines.position(d.span.start))
            for d in diagnostics(session.snapshot, session.snapshot.documents[document.uri])
        ]
        printed = [
            (d["code"], d["severity"], d["message"],
             (d["range"]["start"]["line"], d["range"]["start"]["character"]))
            for d in file["diagnostics"]
        ]  # fmt: skip
        assert said == printed, file["path"]
