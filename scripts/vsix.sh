#!/bin/sh
# Builds the VS Code extension into vscode-extension/floe.vsix. The same source gives the same file.
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
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)
export SOURCE_DATE_EPOCH
npm run --silent package
echo "Install it with: code --install-extension vscode-extension/floe.vsix"
