#!/bin/sh
# Brings the project's own Node 24, then installs everything from the lock with it.
# Two steps, because npm leaves out optional native packages whose engines do not fit the Node that runs it.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cpu=
into=

usage() {
  cat <<'HELP'
npm run setup [-- --cpu x64|arm64] [--into DIR]

Brings the project's own Node 24 and installs all dependencies from the lock files.
Nothing is compiled and no package's install script runs. Needs npm and any Node from 20 on.
The first time takes 1 to 2 minutes (downloads); later, while the lock is unchanged, less than a second.

  --cpu CPU    install for another board than this one, into a scratch folder, and check
               that every native file there is for that CPU and which glibc it needs
  --into DIR   the folder to install into (default with --cpu: .cache/setup-CPU)
HELP
}

while [ $# -gt 0 ]; do
  case "$1" in
    --cpu) cpu=${2:?--cpu needs x64 or arm64}; shift 2 ;;
    --cpu=*) cpu=${1#--cpu=}; shift ;;
    --into) into=${2:?--into needs a folder}; shift 2 ;;
    --into=*) into=${1#--into=}; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; echo "setup: unknown argument $1" >&2; exit 2 ;;
  esac
done

case "$(uname -m)" in aarch64 | arm64) here=arm64 ;; x86_64 | amd64) here=x64 ;;
  *) echo "setup: Stoop runs on x64 and arm64, not on $(uname -m)" >&2; exit 1 ;;
esac
case "$cpu" in '' | x64 | arm64) ;; *) echo "setup: --cpu must be x64 or arm64" >&2; exit 2 ;; esac
# npm swallows the flag when the `--` before it is forgotten; better to say so than to install another board's files here.
[ -z "${npm_config_cpu:-}" ] || { echo "setup: write: npm run setup -- --cpu $npm_config_cpu" >&2; exit 2; }

# npm's own program file, so that it can be run by another Node than the one its first line names.
find_npm() {
  case "${npm_execpath:-}" in *npm-cli.js) echo "$npm_execpath"; return ;; esac
  npm=$(command -v npm) || { echo "setup: npm is missing (Debian: apt-get install npm)" >&2; exit 1; }
  npm=$(readlink -f "$npm")
  for file in "$npm" "$(dirname "$npm")/npm-cli.js" "$(dirname "$npm")/../lib/node_modules/npm/bin/npm-cli.js"; do
    case "$file" in *npm-cli.js) if [ -f "$file" ]; then echo "$file"; return; fi ;; esac
  done
  echo "setup: npm-cli.js was not found beside $npm" >&2
  exit 1
}
npm_cli=$(find_npm)

# What the caller's npm tells its scripts about itself must not steer the npm that runs below.
unset npm_config_local_prefix npm_config_prefix npm_config_workspace npm_config_omit npm_config_production 2>/dev/null || true
# --ignore-scripts: npm before 11.16 does not know allowScripts and would run them.
install() { # NODE FOLDER [npm's arguments]
  node=$1 folder=$2
  shift 2
  (cd "$folder" && "$node" "$npm_cli" ci --ignore-scripts --include=dev --include=optional --no-fund --no-audit --loglevel=error "$@")
}

runtime() { echo "$1/scripts/runtime/node_modules/node-linux-$2/bin/node"; }

bring_runtime() {
  if [ -x "$(runtime "$root" "$here")" ] && cmp -s "$root/scripts/runtime/package-lock.json" "$root/scripts/runtime/node_modules/.stoop-lock"; then
    return
  fi
  echo "setup: bringing the project's own Node 24 (about 10 s)"
  install "$(command -v node)" "$root/scripts/runtime"
  cp "$root/scripts/runtime/package-lock.json" "$root/scripts/runtime/node_modules/.stoop-lock"
}

# Two starts at once must not install over each other.
mkdir -p "$root/.cache"
if command -v flock >/dev/null 2>&1; then exec 9>"$root/.cache/setup.lock"; flock 9; fi

bring_runtime
node=$(runtime "$root" "$here")

if [ -z "$cpu$into" ]; then
  if "$node" "$root/scripts/is-installed.ts" "$root"; then
    echo "setup: everything is installed already"
  else
    echo "setup: installing the dependencies from the lock (1 to 2 minutes)"
    install "$node" "$root"
  fi
  # The stamp that scripts/node.sh compares: the lock as it was installed.
  cp "$root/package-lock.json" "$root/node_modules/.stoop-lock"
  exit 0
fi

cpu=${cpu:-$here}
into=${into:-$root/.cache/setup-$cpu}
mkdir -p "$into/scripts/runtime"
into=$(CDPATH= cd -- "$into" && pwd)
[ "$into" != "$root" ] || { echo "setup: --into must be another folder than this one" >&2; exit 2; }
for file in package.json package-lock.json .npmrc scripts/runtime/package.json scripts/runtime/package-lock.json; do
  cp "$root/$file" "$into/$file"
done
for folder in hub ui contracts models; do
  mkdir -p "$into/$folder"
  cp "$root/$folder/package.json" "$into/$folder/package.json"
done
echo "setup: installing for linux-$cpu into $into (1 to 2 minutes)"
install "$node" "$into/scripts/runtime" --os=linux "--cpu=$cpu" --libc=glibc
install "$node" "$into" --os=linux "--cpu=$cpu" --libc=glibc
exec "$node" "$root/scripts/check-natives.ts" --cpu "$cpu" "$into"
