"""After many edits and changed parents, a session says what a fresh one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from mesh.meshes import benchmark


def test_nothing_is_kept_of_what_was_edited_away(tmp_path: Path) -> None:
    done = benchmark("soak").soak(tmp_path, products=30, edits=1_200, parents=30)
    assert done.different == ()
    assert done.end.documents <= done.warm.documents + 10
    assert done.end.objects < done.warm.objects * 1.1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_findings_after_a_soak_are_those_of_a_fresh_start(
    tmp_path: Path, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    done = benchmark("soak").soak(tmp_path, products=40, edits=250, parents=25, seed=seed)
    assert done.different == ()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
