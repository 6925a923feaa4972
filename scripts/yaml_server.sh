#!/bin/sh
# Installs a server for all YAML into .tools/yaml: tests look at how ours gets on beside it. Needs what scripts/vscode.sh installs.
set -eu
cd "$(dirname "$0")/.."
version=2.0.0

into="$PWD/.tools/yaml"
stamp="$into/.stamp-$version"
[ ! -e "$stamp" ] || exit 0
rm -rf "$into"
mkdir -p "$into"
export PATH="$PWD/.tools/vscode/bin:$PATH" npm_config_audit=false npm_config_fund=false npm_config_loglevel=error

cd "$into"
echo '{"private": true}' >package.json
npm install --ignore-scripts "yaml-language-server@$version"
touch "$stamp"
