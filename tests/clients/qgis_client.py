"""Debian's QGIS, started as a process of its own: it has a Python of its own."""

import json
import subprocess
from pathlib import Path

from terril_server import DEADLINE_S, ROOT

SCRIPTS = ROOT / "tests" / "qgis"
# Debian's own, whatever `python3` is first on PATH: the package python3-qgis is made for it.
PYTHON = "/usr/bin/python3"


def ask(script: str, question: dict) -> dict:
    """Runs a script of tests/qgis with a question, and gives its answer."""
    done = subprocess.run(
        [PYTHON, SCRIPTS / script],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=5 * DEADLINE_S,
        check=False,
    )
    # What counts is the answer: QGIS may stumble over its own end, after it has written everything.
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise AssertionError(
            f"QGIS gave no answer ({done.returncode}):\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        ) from None


def version() -> str:
    command = "import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'; from qgis.core import Qgis; print(Qgis.QGIS_VERSION.partition('-')[0])"
    return subprocess.run([PYTHON, "-c", command], capture_output=True, text=True, check=True).stdout.strip()


def pixels(path: Path):
    """A picture in the plain format PPM, as an array of rows of pixels of three values."""
    import numpy

    magic, size, depth, rest = path.read_bytes().split(b"\n", 3)
    assert (magic, depth) == (b"P6", b"255")
    width, height = map(int, size.split())
    return numpy.frombuffer(rest, dtype=numpy.uint8).reshape(height, width, 3)
