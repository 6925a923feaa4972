"""The picture of a mesh in a real browser: nothing is cut off, nothing lies on another thing. Pictures are left in
.tools/pictures; two of them are in docs/images."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from mesh.meshes import floe_ls, written
from tools import REPOSITORY, needs

PICTURES = REPOSITORY / ".tools" / "pictures"
LOOK = """
<script>
const wrong = [];
const within = (a, b) => a.x >= b.x && a.right <= b.right && a.y >= b.y && a.bottom <= b.bottom;
const apart = (a, b) => a.right <= b.x || b.right <= a.x || a.bottom - 3 <= b.y || b.bottom - 3 <= a.y;
let looked = 0;
for (const group of document.querySelectorAll("svg g")) {
  const box = group.querySelector("rect").getBoundingClientRect();
  const texts = [...group.querySelectorAll("text")];
  const places = texts.map((text) => text.getBoundingClientRect());
  texts.forEach((text, i) => {
    looked += 1;
    if (!within(places[i], box)) wrong.push("outside: " + text.textContent);
    for (let j = 0; j < i; j++)
      if (!apart(places[i], places[j])) wrong.push(texts[j].textContent + " | " + text.textContent);
  });
}
const edges = [...document.querySelectorAll("path.edge")];
const boxes = [...document.querySelectorAll("rect.box")].map((box) => box.getBBox());
for (const edge of edges) {
  const length = edge.getTotalLength();
  for (let at = 3; at < length - 3; at += 4) {
    const p = edge.getPointAtLength(at);
    for (const b of boxes)
      if (p.x > b.x + 1 && p.x < b.x + b.width - 1 && p.y > b.y + 1 && p.y < b.y + b.height - 1)
        wrong.push("a line crosses a box at " + Math.round(p.x) + ", " + Math.round(p.y));
  }
}
const said = document.createElement("pre");
said.id = "said";
said.textContent = JSON.stringify({looked, wrong: [...new Set(wrong)]});
document.body.append(said);
</script>
"""


def browser(*arguments: str, home: Path) -> str:
    command = [
        needs("chromium"),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
    ]
    command += [f"--user-data-dir={home}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


@pytest.mark.parametrize(("domains", "products"), [(3, 12), (50, 1_000)])
def test_everything_is_legible_in_a_browser(tmp_path: Path, domains: int, products: int) -> None:
    written(tmp_path / "mesh", products, "v1", domains)
    long = tmp_path / "mesh/domains/customers-and-all-that-belongs-to-them-in-every-country"
    long.mkdir()
    (long / "manifest.yaml").write_text(
        "scope: domain\nparent_manifest: ../../enterprise-manifest.yaml\nplugins: {compute: spark}\n"
    )
    page = floe_ls(tmp_path / "mesh", "graph", "--format", "html", "--offline").stdout
    place = tmp_path / "mesh.html"
    place.write_text(page.replace("</body>", LOOK + "</body>"))
    dumped = browser("--dump-dom", place.as_uri(), home=tmp_path / "browser")
    said = re.search(r'<pre id="said">(.*?)</pre>', dumped, re.DOTALL)
    assert said is not None
    found = json.loads(said[1])
    assert found["wrong"] == []
    assert found["looked"] > 2 * domains


@pytest.mark.parametrize(
    ("domains", "products", "size"), [(3, 12, (742, 436)), (50, 5_000, (1218, 1780))]
)
def test_pictures_of_a_mesh(
    tmp_path: Path, domains: int, products: int, size: tuple[int, int]
) -> None:
    written(tmp_path / "mesh", products, "v1", domains)
    svg = floe_ls(tmp_path / "mesh", "graph", "--format", "svg", "--offline").stdout
    place = tmp_path / "mesh.svg"
    place.write_text(svg)
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture = PICTURES / f"graph-{domains}.png"
    picture.unlink(missing_ok=True)
    window = f"--window-size={size[0]},{size[1]}"
    browser(window, f"--screenshot={picture}", place.as_uri(), home=tmp_path / "browser")
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert tuple(int.from_bytes(head[at : at + 4], "big") for at in (16, 20)) == size
    assert f'width="{size[0]}"' in svg
