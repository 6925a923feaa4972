"""impact, diff and graph: what they say of a generated mesh, and that it is true."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mesh.meshes import checked, floe_ls, written

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    written(tmp_path, 40, "v1", 4)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.email=a@example.com", "-c", "user.name=A", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def told(folder: Path, *arguments: str) -> tuple[int, Any]:
    done = floe_ls(folder, *arguments, "--format", "json", "--offline")
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def test_impact_names_who_changes_and_who_breaks(repository: Path) -> None:
    before = checked(repository)
    edit(repository / "enterprise-manifest.yaml", "[duckdb, snowflake]", "[snowflake]")
    code, said = told(repository, "impact", "enterprise-manifest.yaml")
    after = checked(repository)
    new = {
        (file["path"], found["line"], found["code"])
        for file in said["affected"]
        for found in file["new"]
    }
    files = {file["path"] for file in said["affected"]}
    assert new == {found for found in after - before if found[0] != "enterprise-manifest.yaml"}
    assert code == 1
    assert said["summary"]["broken"] == len({file for file, _, _ in new})
    assert said["summary"]["changed"] == len(files)
    (change,) = said["affected"][0]["changes"]
    assert change == {
        "path": "approved_plugins.compute",
        "before": ["duckdb", "snowflake"],
        "after": ["snowflake"],
    }


def test_impact_reads_well_as_text_and_as_markdown(repository: Path) -> None:
    edit(repository / "enterprise-manifest.yaml", "[duckdb, snowflake]", "[snowflake]")
    _, said = told(repository, "impact", "enterprise-manifest.yaml")
    broken = {file["path"]: file["new"][0]["line"] + 1 for file in said["affected"] if file["new"]}
    text = floe_ls(repository, "impact", "enterprise-manifest.yaml", "--offline").stdout
    lines = text.split("\n")
    assert lines[0] == "enterprise-manifest.yaml against HEAD"
    assert lines[1].startswith("4 domains and 39 products inherit acme: ")
    assert lines[1].endswith(f" change, {len(broken)} would break.")
    assert text.count("  approved_plugins.compute: [duckdb, snowflake] → [snowflake]") == 1
    places = [line.strip() for line in lines if line.startswith("    ") and "yaml:" in line]
    assert places
    assert {tuple(place.split(":")) for place in places} <= {
        (path, str(line)) for path, line in broken.items()
    }
    done = floe_ls(
        repository, "impact", "enterprise-manifest.yaml", "--offline", "--format", "markdown"
    )
    assert done.returncode == 1
    assert "| `approved_plugins.compute` | `[duckdb, snowflake]` | `[snowflake]` |" in done.stdout
    assert f"`{places[0]}`" in done.stdout


def test_diff_takes_a_tag_alone_and_tells_what_becomes_of_those_below(repository: Path) -> None:
    domain = "domains/sales/sales-domain-manifest.yaml"
    other = (repository / "enterprise-manifest.yaml").read_text()
    (repository / "next").mkdir()
    newer = other.replace("[duckdb, snowflake]", "[snowflake]")
    (repository / "next/enterprise-manifest.yaml").write_text(newer)
    (ref,) = re.findall(r"^parent_manifest: (.*)", (repository / domain).read_text(), re.MULTILINE)
    repository_name, _, tag = ref.rpartition(":")
    new = f'"{repository_name}:v99.0.0" = "next/enterprise-manifest.yaml"'
    edit(repository / "floe-ls.toml", "[sources]", f"[sources]\n{new}")
    code, said = told(repository, "diff", domain, "--ref", "v99.0.0")
    assert code == 1
    assert said["after"] == said["before"].replace(tag, "v99.0.0")
    assert said["below"]["products"] == said["below"]["changed"] > 0
    done = floe_ls(repository, "diff", domain, "--ref", "v99.0.0", "--offline")
    assert "approved_plugins.compute: [duckdb, snowflake] → [snowflake]" in done.stdout
    assert "Below it" in done.stdout
    done = floe_ls(
        repository, "diff", domain, "--ref", "v99.0.0", "--offline", "--format", "markdown"
    )
    assert "| `approved_plugins.compute` |" in done.stdout


def test_impact_agrees_with_effective(repository: Path) -> None:
    def values(path: str) -> dict[str, Any]:
        done = floe_ls(repository, "effective", path, "--format", "json", "--offline")
        return {each["path"]: each["value"] for each in json.loads(done.stdout)["values"]}

    product = (
        next(repository.glob("domains/finance/*/floe.yaml")).relative_to(repository).as_posix()
    )
    before = values(product)
    edit(
        repository / "enterprise-manifest.yaml", "audit_logging: enabled", "audit_logging: disabled"
    )
    after = values(product)
    _, said = told(repository, "impact", "enterprise-manifest.yaml", "--against", "HEAD")
    (mine,) = [file for file in said["affected"] if file["path"] == product]
    changed = {each["path"]: (each["before"], each["after"]) for each in mine["changes"]}
    assert changed == {p: (v, after[p]) for p, v in before.items() if after[p] != v}


def test_an_edit_that_changes_nothing_has_no_impact(repository: Path) -> None:
    edit(repository / "enterprise-manifest.yaml", "scope: enterprise", "scope: enterprise # here")
    code, said = told(repository, "impact", "enterprise-manifest.yaml")
    assert (code, said["affected"]) == (0, [])
    assert said["summary"]["inheriting"] > 40
    text = floe_ls(repository, "impact", "enterprise-manifest.yaml", "--offline").stdout
    assert "nothing changes for them." in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["impact", "enterprise-manifest.yaml", "--against", "no-such-revision"],
            "no-such-revision",
        ),
        (["impact", "domains/sales/orders-00000/floe.yaml"], "no manifest"),
        (["impact", "nothing.yaml"], "no file"),
        (["diff", "enterprise-manifest.yaml", "--ref", "x.yaml"], "names no parent"),
        (["diff", "domains/sales/orders-00000/floe.yaml", "--ref", "../nothing.yaml"], "no file"),
    ],
)
def test_what_cannot_run_says_why(repository: Path, arguments: list[str], words: str) -> None:
    done = floe_ls(repository, *arguments, "--offline")
    assert done.returncode == 2
    assert words in done.stderr


def test_diff_is_what_an_edit_of_the_reference_would_do(repository: Path) -> None:
    product = repository / "domains/sales/payments-00008/floe.yaml"
    name = product.relative_to(repository).as_posix()
    other = "../../marketing/marketing-domain-manifest.yaml"
    before = checked(repository, name)
    code, said = told(repository, "diff", name, "--ref", other)
    assert code == 1
    assert {"path": "governance.data_retention_days", "before": 90, "after": 92} in said["changes"]
    product.write_text(re.sub(r"manifest: .*", f"manifest: {other}", product.read_text()))
    after = checked(repository, name)
    assert {each["code"] for each in said["new"]} == {code for _, _, code in after - before}
    assert {each["code"] for each in said["gone"]} == {code for _, _, code in before - after}


def test_pictures_hold_every_manifest(repository: Path) -> None:
    manifests = {"acme", "sales-domain", "finance-domain", "marketing-domain", "logistics-domain"}
    done = floe_ls(repository, "graph", "--format", "svg", "--offline")
    svg = ElementTree.fromstring(done.stdout)  # noqa: S314  our own picture
    assert manifests <= {text.text for text in svg.iter(f"{SVG}text")}
    for form in ("text", "html", "mermaid", "dot"):
        done = floe_ls(repository, "graph", "--format", form, "--offline")
        assert done.returncode == 0
        assert all(name in done.stdout for name in manifests)


@pytest.mark.parametrize("products", [0, 1_000])
def test_no_box_of_a_picture_lies_on_another(repository: Path, products: int) -> None:
    done = floe_ls(repository, "graph", "--format", "svg", "--products", str(products), "--offline")
    svg = ElementTree.fromstring(done.stdout)  # noqa: S314  our own picture
    width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
    boxes = [
        tuple(float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
        for rect in svg.iter(f"{SVG}rect")
        if "x" in rect.attrib
    ]
    assert len(boxes) >= (9 if not products else 45)
    for index, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert x + w <= width
        assert y + h <= height
        for a, b, c, d in boxes[index + 1 :]:
            assert x + w <= a or a + c <= x or y + h <= b or b + d <= y


LONG = "customer-lifetime-value-and-retention-{}-of-the-whole-world"


def test_a_name_that_is_too_long_shows_both_of_its_ends(tmp_path: Path) -> None:
    (tmp_path / "enterprise-manifest.yaml").write_text("scope: enterprise\n")
    for number in (2, 10, 1):
        folder = tmp_path / f"d{number}"
        folder.mkdir()
        (folder / "manifest.yaml").write_text(
            f"scope: domain\nmetadata: {{name: {LONG.format(number)}}}\n"
            "parent_manifest: ../enterprise-manifest.yaml\n"
        )
    svg = ElementTree.fromstring(floe_ls(tmp_path, "graph", "--format", "svg").stdout)  # noqa: S314
    names = [text.text or "" for text in svg.iter(f"{SVG}text") if "…" in (text.text or "")]
    assert len(names) == 3
    assert all(n.startswith("customer-lifetime") and n.endswith("-world") for n in names)
    titles = [title.text or "" for title in svg.iter(f"{SVG}title") if "domain" in title.text]  # type: ignore[operator]
    assert [f"retention-{n}-of" in t for n, t in zip((1, 2, 10), titles, strict=True)] == [True] * 3


def test_products_without_a_known_parent_are_told_apart(tmp_path: Path) -> None:
    made = written(tmp_path, 100, "v1", 4)
    lost = sum(each.code == "ref/not-found" for each in made.planted)
    assert lost
    done = floe_ls(tmp_path, "graph", "--format", "svg", "--offline")
    svg = ElementTree.fromstring(done.stdout)  # noqa: S314
    texts = [text.text for text in svg.iter(f"{SVG}text")]
    assert texts[texts.index("parent unknown") - 1] == f"{lost} product{'' if lost == 1 else 's'}"
