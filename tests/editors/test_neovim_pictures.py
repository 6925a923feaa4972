"""Pictures of a real Neovim in a real terminal. They are left in .tools/pictures; the best are in docs/images."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from editors.screen import HEIGHT, WIDTH, screen

SIZE = WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def workspace(tmp_path: Path, examples: Path) -> Path:
    """Three tiers, a domain that breaks policy, and a new version of the enterprise manifest."""
    root = Path(shutil.copytree(examples / "adr" / "three-tier", tmp_path / "acme"))
    (root / ".git").mkdir()
    operations = root / "operations"
    operations.mkdir()
    shutil.copy(examples / "broken" / "operations-domain-manifest.yaml", operations)
    text = (root / "enterprise-manifest.yaml").read_text(encoding="utf-8")
    (root / "next").mkdir()
    (root / "next" / "enterprise-manifest.yaml").write_text(
        text.replace('"snowflake"', '"bigquery"').replace("_days: 30", "_days: 60"),
        encoding="utf-8",
    )
    (root / "floe-ls.toml").write_text(
        "[sources]\n"
        '"oci://registry/enterprise-manifest:v1.0.0" = "enterprise-manifest.yaml"\n'
        '"oci://registry/enterprise-manifest:v2.0.0" = "next/enterprise-manifest.yaml"\n',
        encoding="utf-8",
    )
    for file in root.rglob("*.yaml"):
        without_comments(file)
    return root


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_pictures_of_findings_and_views(home: Path, workspace: Path, theme: str) -> None:
    """One Neovim for all: starting the screen takes longer than a picture."""
    with screen(home, theme, workspace) as shown:
        editor = shown.editor
        pictures = []

        def picture(name: str, wanted: str) -> None:
            editor.until(lambda: [line for line in editor.lines if wanted in line])
            pictures.append(shown.picture(f"neovim{name}-{theme}"))

        editor.open(workspace / "operations" / "operations-domain-manifest.yaml")
        editor.until(lambda: len(editor.diagnostics()) >= 4)
        editor.until(lambda: "effective" in editor.virtual_text())
        editor.go_to("pii_encryption")
        editor.keys("K")
        editor.until(editor.float_text)
        picture("", "pii_encryption")

        editor.open(workspace / "sales" / "customer-360" / "floe.yaml")
        editor.command("FloeHints off")  # there is more to say than the line has room for
        editor.command("botright FloeEffective")
        editor.command("resize 22")
        editor.until(lambda: [line for line in editor.lines if "data_retention_days: 90" in line])
        editor.go_to("data_retention_days")
        picture("-effective", "data_retention_days: 90")
        editor.command("close")

        editor.open(workspace / "enterprise-manifest.yaml")
        editor.command(r'%s/, "snowflake"//')
        editor.command("nohlsearch | botright FloeImpact")
        editor.command("resize 17")
        picture("-impact", "would break")
        editor.command("close")
        editor.command("edit!")

        editor.open(workspace / "sales" / "sales-domain-manifest.yaml")
        editor.command("botright FloeWhatIf v2.0.0")
        editor.command("resize 18")
        picture("-whatif", "whitelist/not-approved")
        editor.command("close")

        editor.command("botright FloeGraph")
        editor.command("resize 18")
        editor.until(lambda: [line for line in editor.lines if "errors" in line])
        picture("-graph", "customer-360")
    assert len(pictures) == 5
    assert all(picture.read_bytes()[16:24] == SIZE for picture in pictures)


def without_comments(file: Path) -> None:
    """Room for what the editor says."""
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line.partition("  #")[0].rstrip() for line in lines]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
