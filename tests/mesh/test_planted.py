"""What is planted in a generated mesh is found, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from mesh.meshes import checked, mesh, planted, written


@pytest.mark.parametrize("dialect", ["adr", "design", "v1"])
@pytest.mark.parametrize("products", [1, 100])
def test_check_finds_exactly_what_is_planted(tmp_path: Path, dialect: str, products: int) -> None:
    made = written(tmp_path, products, dialect)
    assert checked(tmp_path) == planted(made)


def test_check_finds_exactly_what_is_planted_in_many_domains(tmp_path: Path) -> None:
    made = written(tmp_path, 400, domains=16)
    codes = {each.code for each in made.planted}
    assert {"security/override", "whitelist/not-approved", "products/unknown"} <= codes
    assert checked(tmp_path) == planted(made)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["adr", "v1"])
def test_check_finds_exactly_what_is_planted_among_5000(tmp_path: Path, dialect: str) -> None:
    made = written(tmp_path, 5_000, dialect)
    assert checked(tmp_path) == planted(made)


def test_the_same_numbers_give_the_same_mesh() -> None:
    assert mesh(60).files == mesh(60).files
    assert mesh(60).planted == mesh(60).planted
