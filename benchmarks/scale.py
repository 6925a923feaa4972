"""A mesh of a given size, measured: the scan, cold and warm, memory, an enterprise edit, and `check`, which must find
exactly what is planted.

    python benchmarks/scale.py --products 25000
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
SERVER = HERE.parent / "server"
_SCAN = """
import json, sys, time
from pathlib import Path
started = time.perf_counter()
from floe_ls.ide.impact import Baseline, impact
from floe_ls.remote.files import uri_of
from floe_ls.session import Change, Session, floe_shapes
root = Path.cwd()
session = Session(floe_shapes())
session.processes, session.rows_folder = None, Path(sys.argv[1])
session.set_roots([uri_of(root)])
session.scan(wait=True)
out = {"scan": time.perf_counter() - started}
uri = uri_of(root / "enterprise-manifest.yaml")
text = (root / "enterprise-manifest.yaml").read_text()
session.open(uri, text, 1)
baseline = Baseline(session.snapshot)
times = []
for number, new in enumerate(("duckdb", "snowflake", "duckdb", "snowflake")):
    session.change(uri, number + 2, [Change(text.replace("duckdb, snowflake", new))])
    began = time.perf_counter()
    found = impact(baseline, session.snapshot, uri)
    names = [row.name for row in found.broken]
    times.append(time.perf_counter() - began)
out["first"], out["impact"], out["broken"] = times[0], min(times[1:]), len(names)
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
out["memory"] = next((int(l.split()[1]) // 1024 for l in lines if l.startswith("VmHWM")), 0)
print(json.dumps(out))
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--products", type=int, default=25_000)
    parser.add_argument("--dialect", default="v1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder, "mesh"), Path(folder, "cache")
        made = _mesh().mesh(options.products, options.dialect)
        made.write(root)
        print(f"{made.manifests} manifests, {made.products:,} products, {os.cpu_count()} cores")
        env = {**os.environ, "PYTHONPATH": str(SERVER), "FLOE_LS_CACHE": str(cache)}
        for name in ("cold", "warm"):
            command = [sys.executable, "-c", _SCAN, str(cache / "scan")]
            done = subprocess.run(
                command, cwd=root, env=env, check=True, capture_output=True, text=True
            )
            told = json.loads(done.stdout)
            print(f"scan, {name}: {told['scan']:.2f} s, at most {told['memory']} MB")
        first, then = round(1000 * told["first"]), round(1000 * told["impact"])
        print(
            f"an enterprise edit names {told['broken']:,} broken files: {first} ms at first, {then} ms then"
        )
        wrong = 0
        for name in ("cold", "warm"):
            began = time.perf_counter()
            command = [sys.executable, "-m", "floe_ls", "check", "--format", "json", "--offline"]
            done = subprocess.run(
                command, cwd=root, env=env, check=False, capture_output=True, text=True
            )
            took = time.perf_counter() - began
            found = {
                (file["path"], each["range"]["start"]["line"], each["code"])
                for file in json.loads(done.stdout)["files"]
                for each in file["diagnostics"]
                if each["severity"] != "hint"
            }
            planted = {(each.file, each.line, each.code) for each in made.planted}
            wrong += len(found ^ planted)
            verdict = (
                "exactly what is planted"
                if found == planted
                else f"{len(found ^ planted)} DIFFERENT"
            )
            print(f"check, {name}: {took:.1f} s, {len(found):,} findings, {verdict}")
    return int(wrong > 0)


def _mesh() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_mesh", HERE / "mesh.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
