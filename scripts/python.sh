#!/usr/bin/env bash
# Prints the Python that makes virtual environments: the one on PATH where it can, else Debian's.
set -euo pipefail
for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    command -v "$candidate"
    exit 0
  fi
done
echo "no Python 3.11 or later with venv: run 'scripts/install.sh test'" >&2
exit 1
