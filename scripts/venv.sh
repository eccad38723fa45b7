#!/usr/bin/env bash
# Makes target/venv from the pinned requirements, once, and prints its Python.
#
# The environment is made anew when the requirements or the Python that made it change, so that a
# test never runs on what an earlier commit asked for.
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=tests/clients/requirements.txt
venv=target/venv
python=$(scripts/python.sh)
stamp="$("$python" -VV) $(sha256sum "$requirements")"
if [ "$(cat "$venv/stamp" 2>/dev/null || true)" != "$stamp" ]; then
  echo "making $venv from $requirements" >&2
  rm -rf "$venv"
  "$python" -m venv "$venv" >&2
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    -r "$requirements" >&2
  echo "$stamp" >"$venv/stamp"
fi
echo "$PWD/$venv/bin/python"
