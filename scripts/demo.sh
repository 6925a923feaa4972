#!/bin/sh
# A walk through examples/ on the command line.
set -u
cd "$(dirname "$0")/../examples" || exit

bold=; plain=
if [ -t 1 ]; then bold=$(printf '\033[1m'); plain=$(printf '\033[0m'); fi
failed=0

say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

# show WANTED-EXIT-CODE COMMAND...
show() {
  wanted=$1; shift
  printf '\n%s$ %s%s\n' "$bold" "$*" "$plain"
  "$@"; got=$?
  if [ "$got" != "$wanted" ]; then
    printf 'This should have ended with exit code %s, not %s.\n' "$wanted" "$got" >&2
    failed=1
  fi
}

product=adr/three-tier/sales/customer-360/floe.yaml

say "Two tiers, three tiers, and the way from one to the other: no errors."
show 0 floe-ls check adr v1

say "A domain that breaks the enterprise's policies, on purpose: each message names the line that decided."
show 1 floe-ls check broken

say "What the product customer-360 of the sales domain gets, though its file says almost nothing."
show 0 floe-ls effective $product

say "Why its data is kept for 90 days."
show 0 floe-ls explain $product governance.data_retention_days

exit $failed
