"""Loading side by side: `ogr2ogr` into PostGIS with its index, beside `terril serve` from its start to the first tile.

    benches/loading.py [--counts 10000,100000,1000000] [--runs 3]

The same parcels as FlatGeobuf, GeoPackage and GeoJSON, both sides in one run on one machine, files read once before so that both find them in the
page cache. Terril checks, repairs and indexes; the clock runs until a z14 tile in the middle of the data comes with features. Writes
benches/results/loading-DATE.json; benches/report.py makes a section of docs/benchmarks.md of it. `make bench` calls it at its end.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timezone
from pathlib import Path

import machine
import opening
import postgis
from client import Client
from machine import ROOT, memory_of

from mvt import read_tile
from terril_server import Terril, children_of, wait_for
from tile_math import tile_of

ZOOM = 14
COUNTS = [10_000, 100_000, 1_000_000]
FORMATS = {"FlatGeobuf": ".fgb", "GeoPackage": ".gpkg", "GeoJSON": ".geojson"}
# How often memory is read while something loads; what a process has had in between, the kernel keeps (VmHWM).
LOOK_S = 0.05
LONGEST_S = 7200


# --- Sources ---------------------------------------------------------------------------------------


def sources(count: int) -> dict[str, Path]:
    """The synthetic cadastre in each format, made once and kept."""
    first, _ = opening.parcels(count)
    made = {}
    for name, suffix in FORMATS.items():
        path = made[name] = first.with_suffix(suffix)
        if not path.exists():
            aside = path.with_name(f"aside-{path.name}")
            aside.unlink(missing_ok=True)
            drivers = {"GeoPackage": "GPKG", "GeoJSON": "GeoJSON"}
            # Degrees with nine decimals are a tenth of a millimetre; the same coordinates stand in all three otherwise.
            options = ["-lco", "COORDINATE_PRECISION=9"] if name == "GeoJSON" else []
            subprocess.run(["ogr2ogr", "-f", drivers[name], aside, first, "-nln", "parcels", *options], check=True)
            aside.rename(path)
    return made


def middle_tile(path: Path) -> tuple[int, int]:
    """A tile of the zoom that the benchmark asks for, in the middle of the data."""
    west, south, east, north = opening.lonlat_extent(path)
    return tile_of((west + east) / 2, (south + north) / 2, ZOOM)


def warm(path: Path) -> None:
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


# --- Terril ----------------------------------------------------------------------------------------


class Memory:
    """Resident memory of a server and its loading children together, mapped pages counted: the highest that was seen."""

    def __init__(self, pid: int):
        self.pid = pid
        self.together_mb = 0.0
        self.child_mb = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._over.wait(LOOK_S):
            try:
                server = memory_of(self.pid)["VmRSS"]
                children = [memory_of(pid) for pid in children_of(self.pid)]
            except (OSError, KeyError):
                continue  # one of them ended while it was looked at
            self.together_mb = max(self.together_mb, server + sum(child["VmRSS"] for child in children))
            self.child_mb = max([self.child_mb, *(child["VmHWM"] for child in children)])

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()


def first_tile(source: Path, state: Path, tile: tuple[int, int]) -> tuple[Terril, dict]:
    """A server, the seconds from its start to a tile with features, and the highest memory until then."""
    started = time.monotonic()
    server = Terril(source, state=state)
    with Memory(server.process.pid) as memory:
        server.wait_listening()
        client = Client(server.port, "identity")
        address = f"/{source.stem}/{ZOOM}/{tile[0]}/{tile[1]}.pbf"

        def came():
            assert server.process.poll() is None, server.log()
            reply = client.get(address)
            return reply.body if reply.status == 200 else None

        body = wait_for(f"a tile of {source.name}", came, LONGEST_S)
        seconds = time.monotonic() - started
    client.close()
    assert sum(len(layer.features) for layer in read_tile(bytes(body), 256)) > 0
    together = max(memory.together_mb, memory_of(server.process.pid)["VmHWM"])
    return server, {"seconds": seconds, "together_mb": round(together, 1), "child_mb": round(memory.child_mb, 1)}


def terril(source: Path, tile: tuple[int, int]) -> dict:
    """From nothing to the first tile, to the last stage, and a second start."""
    warm(source)
    with tempfile.TemporaryDirectory(prefix="terril-bench-") as state:
        state = Path(state)
        started = time.monotonic()
        server, first = first_tile(source, state, tile)
        figures = {"first_s": round(first["seconds"], 3), "together_mb": first["together_mb"], "child_mb": first["child_mb"]}
        server.wait_open("audited", deadline_s=LONGEST_S)
        figures |= {"audited_s": round(time.monotonic() - started, 3), "resident_mb": memory_of(server.process.pid)["VmRSS"]}
        server.stop()
        again = []
        for _ in range(3):
            server, second = first_tile(source, state, tile)
            again.append(second["seconds"])
            figures["resident_second_mb"] = memory_of(server.process.pid)["VmRSS"]
            server.stop()
        figures["second_s"] = round(statistics.median(again), 4)
    return figures


# --- PostGIS ---------------------------------------------------------------------------------------


def into_postgis(cluster: postgis.Cluster, source: Path) -> dict:
    """A table as ogr2ogr makes it by COPY, then its GiST index; nothing is checked or repaired."""
    warm(source)
    with cluster.connect() as connection:
        connection.execute("DROP TABLE IF EXISTS loaded")
        started = time.monotonic()
        subprocess.run(
            ["ogr2ogr", "-f", "PostgreSQL", f"PG:{cluster.address}", source, "-nln", "loaded", "-lco", "GEOMETRY_NAME=geom",
             "-lco", "SPATIAL_INDEX=NONE", "-lco", "FID=ogc_fid", "--config", "PG_USE_COPY", "YES"],
            check=True,
        )  # fmt: skip
        loaded = time.monotonic()
        connection.execute("CREATE INDEX ON loaded USING gist (geom)")
        indexed = time.monotonic()
        rows = connection.execute("SELECT count(*) FROM loaded").fetchone()[0]
    return {"load_s": round(loaded - started, 3), "index_s": round(indexed - loaded, 3), "total_s": round(indexed - started, 3), "rows": rows}


# --- Together --------------------------------------------------------------------------------------


def measure(counts: list[int], runs: int, say) -> dict:
    cases = []
    with postgis.Cluster() as cluster:
        with cluster.connect() as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        for count in counts:
            for name, path in sources(count).items():
                tile = middle_tile(path)
                say(f"{count:,} parcels from {name}")
                # In turns, so that what the machine does beside strikes both.
                ours, theirs = [], []
                for _ in range(runs):
                    theirs.append(into_postgis(cluster, path))
                    ours.append(terril(path, tile))
                assert all(one["rows"] == count for one in theirs)
                cases.append({
                    "parcels": count, "format": name, "file_mb": round(path.stat().st_size / 2**20, 1), "runs": runs,
                    "terril": medians(ours), "postgis": medians(theirs),
                })  # fmt: skip
                case = cases[-1]
                say(f"  PostGIS {case['postgis']['total_s']:.2f} s, Terril {case['terril']['first_s']:.2f} s, again {case['terril']['second_s']:.3f} s")
        version = cluster.version()
    return {"kind": "loading", "machine": machine.described(), "postgis": version, "settings": postgis.SETTINGS.split("\n")[1:-1], "zoom": ZOOM, "cases": cases}


def medians(runs: list[dict]) -> dict:
    """The median of each time; of memory the highest."""
    figures = {}
    for key in runs[0]:
        values = [run[key] for run in runs]
        figures[key] = max(values) if key.endswith("_mb") else statistics.median(values)
    return figures


def write(result: dict, say) -> None:
    path = ROOT / "benches" / "results" / f"loading-{datetime.now(timezone.utc):%Y-%m-%d}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    say(f"wrote {path.relative_to(ROOT)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--counts", default=",".join(map(str, COUNTS)), help="how many parcels, comma-separated")
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured")
    parser.add_argument("--dry", action="store_true", help="write no result")
    options = parser.parse_args()

    def say(text: str) -> None:
        print(f"loading: {text}", flush=True)

    result = measure([int(count) for count in options.counts.split(",")], options.runs, say)
    if options.dry:
        print(json.dumps(result["cases"], indent=1))
    else:
        write(result, say)


if __name__ == "__main__":
    sys.exit(main())
