"""Synthetic sources, and the time from starting a server to its first whole answer."""

import subprocess
import time
from pathlib import Path

import pyogrio
import pyproj
from machine import ROOT
from workload import within  # noqa: F401  importing workload makes the test helpers importable

import terril_server
from terril_server import BINARY, Terril

# A start of some tens of milliseconds is measured by asking every two.
terril_server.POLL_S = 0.002


def parcels(count: int) -> tuple[Path, str]:
    """The synthetic cadastre, made once and kept, and the command that makes it."""
    path = ROOT / "target" / "bench" / f"parcels-{count}.fgb"
    path.parent.mkdir(parents=True, exist_ok=True)
    arguments = ["synth", "--parcels", str(count), "--seed", "1", "-o", str(path.relative_to(ROOT))]
    if not path.exists():
        subprocess.run([BINARY, *arguments], check=True, cwd=ROOT)
    return path, " ".join(["terril", *arguments])


def lonlat_extent(path: Path) -> tuple[float, float, float, float]:
    """The box in longitude and latitude that lies inside the file's extent, whatever its CRS."""
    info = pyogrio.read_info(path, force_total_bounds=True)
    west, south, east, north = info["total_bounds"]
    to_lonlat = pyproj.Transformer.from_crs(info["crs"], "OGC:CRS84", always_xy=True)
    lons, lats = to_lonlat.transform([west, east, west, east], [south, south, north, north])
    return max(lons[0], lons[2]), max(lats[0], lats[1]), min(lons[1], lons[3]), min(lats[2], lats[3])


def start(source: Path, state: Path) -> tuple[Terril, float]:
    """A server and the seconds until every layer is open: the first moment at which a user gets all features."""
    started = time.monotonic()
    server = Terril(source, state=state)
    server.wait_listening().wait_open(deadline_s=3600)
    return server, time.monotonic() - started
