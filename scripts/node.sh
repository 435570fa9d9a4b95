#!/bin/sh
# Runs a script with the project's own Node 24; sets up first when something is missing or the lock has changed.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
case "$(uname -m)" in aarch64 | arm64) arch=arm64 ;; *) arch=x64 ;; esac
bin="$root/scripts/runtime/node_modules/node-linux-$arch/bin"
# The stamp is a copy of the lock: comparing costs nothing and needs no Node.
if [ ! -x "$bin/node" ] ||
  ! cmp -s "$root/package-lock.json" "$root/node_modules/.stoop-lock" ||
  ! cmp -s "$root/scripts/runtime/package-lock.json" "$root/scripts/runtime/node_modules/.stoop-lock"; then
  sh "$root/scripts/setup.sh"
fi
PATH="$bin:$root/node_modules/.bin:$PATH"
# What was compiled once starts faster from then on.
NODE_COMPILE_CACHE="$root/.cache/compile"
export PATH NODE_COMPILE_CACHE
exec "$bin/node" "$@"
