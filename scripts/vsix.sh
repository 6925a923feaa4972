#!/bin/sh
# Builds the VS Code extension into vscode-extension/floe.vsix, with the server in it. The same source gives the same
# file; what it needs of npm and PyPI is fetched once, and after that no network is used.
set -eu
cd "$(dirname "$0")/../vscode-extension"

if ! command -v npm >/dev/null 2>&1; then
  echo "Node.js 20 or later is needed (node and npm), and npm was not found." >&2
  exit 1
fi
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error
fi
cp ../LICENSE LICENSE
rm -rf media/pictures
mkdir media/pictures
cp ../docs/images/vscode*.png media/pictures # those of the walkthrough
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}"
export SOURCE_DATE_EPOCH
../.venv/bin/python ../scripts/bundle.py
npm run --silent package
echo "Install it with: code --install-extension vscode-extension/floe.vsix"
