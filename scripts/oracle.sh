#!/bin/sh
# Installs floe's own compiler into .tools/oracle, apart from our packages: some tests compare its verdicts with ours.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^oracle = \["\(.*\)"\]$/\1/p' pyproject.toml)
[ -x .tools/oracle/bin/python ] || .venv/bin/python -m venv .tools/oracle
.tools/oracle/bin/python -m pip install --quiet --disable-pip-version-check "$version"
