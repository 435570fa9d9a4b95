#!/bin/sh
# Runs a script with the project's own Node 24; brings it first when it is missing.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
case "$(uname -m)" in aarch64 | arm64) arch=arm64 ;; *) arch=x64 ;; esac
bin="$root/scripts/runtime/node_modules/node-linux-$arch/bin"
[ -x "$bin/node" ] || sh "$root/scripts/setup.sh"
PATH="$bin:$root/node_modules/.bin:$PATH"
export PATH
exec "$bin/node" "$@"
