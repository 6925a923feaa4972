"""What is planted in a generated mesh is found, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from floe_ls.ide.diagnostics import CODES
from mesh.meshes import checked, mesh, planted, written


@pytest.mark.parametrize("dialect", ["adr", "design", "v1"])
@pytest.mark.parametrize("products", [1, 100])
def test_check_finds_exactly_what_is_planted(tmp_path: Path, dialect: str, products: int) -> None:
    made = written(tmp_path, products, dialect)
    assert checked(tmp_path) == planted(made)


ACROSS_FILES = {
    "products/two-domains",
    "products/unknown",
    "products/not-approved",
    "manifest/unused",
    "ref/several-versions",
    "ref/not-found",
    "ref/invalid",
}


@pytest.mark.parametrize("dialect", ["adr", "design", "v1"])
def test_each_rule_of_a_mesh_is_planted_and_found_in_many_domains(
    tmp_path: Path, dialect: str
) -> None:
    made = written(tmp_path, 200, dialect, domains=50)
    codes = {code for _, _, code in planted(made, hints=True)}
    assert codes >= ACROSS_FILES
    policies = {code for code in CODES if code.startswith(("security/", "whitelist/"))}
    assert codes >= policies
    assert ("domains/same-namespace" in codes) == (dialect == "design")
    assert checked(tmp_path, hints=("manifest/unused",)) == planted(made, hints=True)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["adr", "design", "v1"])
def test_check_finds_exactly_what_is_planted_among_5000(tmp_path: Path, dialect: str) -> None:
    made = written(tmp_path, 5_000, dialect)
    assert checked(tmp_path) == planted(made)


def test_the_same_numbers_give_the_same_mesh() -> None:
    assert mesh(60).files == mesh(60).files
    assert mesh(60).planted == mesh(60).planted
