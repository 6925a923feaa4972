#!/bin/sh
# Installs the programs that some tests use, where this is Debian and we are root; says what is missing elsewhere.
# Tests that need a missing program skip and say so. With CI set nothing may be missing.
# `tools.sh editors` installs the browser too that is VS Code's window.
set -eu

# program:Debian package
wanted="docker-registry:docker-registry htpasswd:apache2-utils skopeo:skopeo openssl:openssl emacs:emacs-nox
Xvfb:xvfb xterm:xterm import:imagemagick valgrind:valgrind"
# packages without a program of their own
also="elpa-eglot xfonts-base fonts-dejavu-core"
[ "${1:-}" != editors ] || wanted="$wanted chromium:chromium"

missing=
for pair in $wanted; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
if command -v dpkg-query >/dev/null 2>&1; then
  for package in $also; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
  done
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing:$missing"
  # shellcheck disable=SC2086
  if DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=600 $missing >/dev/null; then
    exit 0
  fi
  echo "apt-get could not install them; after an 'apt-get update' it may."
fi
echo "Not installed, so some tests will skip:$missing"
echo "On Debian and Ubuntu: sudo apt-get install --no-install-recommends$missing"
[ -z "${CI:-}" ]
