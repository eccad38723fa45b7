#!/usr/bin/env bash
# Installs the Debian packages that a goal needs and are missing.
#
#   scripts/install.sh serve|test|bench|cite
#
# Does nothing, in well under a second, where all of them are there. Without root it stops and
# prints the one line that installs them.
set -euo pipefail

# Build: a C compiler and linker for the crates that carry C, GDAL with its headers.
# gdal-bin brings ogr2ogr (benchmarks) and the PROJ data that GDAL reads.
build="build-essential pkg-config libgdal-dev libsqlite3-dev gdal-bin ca-certificates"
# Python makes the test environment, and Node where the machine's own is too old. Another Python than
# Debian's does as well, so Debian's is asked for only where no usable one is found.
if python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  python=""
else
  python="python3 python3-venv"
fi

suite=""
if [ "${1:-}" = cite ]; then
  # The official OGC suite: a Java that runs it and a Maven that fetches it. Others than Debian's do as well.
  java=$(java -version 2>&1 | sed -nE 's/.*version "([0-9]+).*/\1/p' | head -n 1 || true)
  [ "${java:-0}" -ge 17 ] || suite="openjdk-17-jre-headless"
  command -v mvn >/dev/null || suite="$suite maven"
fi
# Programs that people use, which the tests start: QGIS without its window, a proxy. gdal-bin is there already.
# qgis-common carries QGIS's own French words, which the guides quote.
programs="python3-qgis qgis-providers qgis-common nginx-light"
# The judge of repairs, and a source of its own.
postgis="postgresql-15 postgresql-15-postgis-3"

case "${1:-}" in
  serve) wanted="$build $python" ;;
  # A browser without a font draws empty boxes for accents.
  test) wanted="$build $python chromium fonts-dejavu-core $programs $postgis" ;;
  cite) wanted="$build $python $suite" ;;
  bench) wanted="$build $python $postgis" ;;
  *) echo "usage: scripts/install.sh serve|test|bench|cite" >&2; exit 2 ;;
esac

missing=""
for package in $wanted; do
  state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [ "${state:0:2}" = "ii" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "Some packages are missing. Install them, then run make again:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
  exit 1
fi

echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # a list of words on purpose
apt-get install -y -qq --no-install-recommends $missing
