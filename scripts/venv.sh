#!/bin/sh
# Makes .venv, or brings it up to date, and installs this project into it, editable: scripts/venv.sh ".[dev]"
set -eu
cd "$(dirname "$0")/.."
what=${1:-.}

fail() { printf '%s\n' "$@" >&2; exit 1; }

suitable() { command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ ! -x .venv/bin/python ]; then
  python=
  for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if suitable "$candidate"; then python=$candidate; break; fi
  done
  [ -n "$python" ] || fail "Python 3.11 or later is needed, and none was found." "Name one with: make PYTHON=/path/to/python3.12 …"
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package" >/dev/null ||
        fail "$python cannot make virtual environments; installing $package failed (is apt-get update needed?)."
    else
      fail "$python cannot make virtual environments." "On Debian and Ubuntu: sudo apt-get install $package"
    fi
  fi
  "$python" -m venv .venv
fi

echo "Setting up .venv: done once, and again when pyproject.toml changes."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable "$what"
