#!/bin/sh
# `stoop`, also through a link in a folder of the PATH.
set -eu
here=$(dirname -- "$(readlink -f -- "$0")")
exec sh "$here/../../../scripts/node.sh" "$here/main.ts" "$@"
