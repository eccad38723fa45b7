"""Every tile of the real layers from z0 to z14, checked."""

import time

import numpy
import shapely
from conftest import SHARED
from mvt import read_tile
from real_layers import LAYERS, geometries
from terril_server import Terril
from tile_math import tile_of, tiles_under

TITLE = "Every tile of the real layers, z0 to z14"
WHAT = (
    "Each tile that the envelope of a feature touches is read by the strict reader of MVT 2.1; its polygons are valid by GEOS; the tile that holds a "
    "feature's representative point is not empty."
)


def run(report, options) -> None:
    folders = [SHARED / "data" / name for name in ("bassin-minier", "communes-62", "cadastre")]
    tiles = features = largest = 0
    started = time.monotonic()
    with Terril(*folders) as server:
        server.wait_open()
        for layer in LAYERS:
            shapes = geometries(SHARED / "data" / layer.path)
            inside = [g.representative_point() for g in shapes if g is not None]
            for zoom in range(15):
                must_hold = {tile_of(point.x, point.y, zoom) for point in inside}
                for x, y in sorted(tiles_under(shapes, zoom)):
                    answer = server.get(f"/{layer.collection}/{zoom}/{x}/{y}.pbf")
                    where = f"{layer.collection} {zoom}/{x}/{y}"
                    if answer.status == 204:
                        report.check((x, y) not in must_hold, f"{where} is empty")
                        continue
                    fault = fault_of(answer)
                    report.check(fault is None, f"{where}: {fault}")
                    tiles += 1
                    features += 0 if fault else sum(len(found.features) for found in read_tile(answer.raw, 256))
                    largest = max(largest, len(answer.raw))
        report.check(server.healthy(), "the server is no longer healthy")
    report.figure("full tiles", f"{tiles:,}")
    report.figure("features in them", f"{features:,}")
    report.figure("largest tile, bytes before compression", f"{largest:,}")
    report.figure("tiles a second, asked and checked", round(tiles / (time.monotonic() - started), 1))


def fault_of(answer) -> str | None:
    if answer.status != 200:
        return f"status {answer.status}"
    try:
        shapes = [feature.geometry() for layer in read_tile(answer.raw, 256) for feature in layer.features]
    except Exception as fault:
        return str(fault)
    invalid = numpy.flatnonzero(~shapely.is_valid(shapes))
    return shapely.is_valid_reason(shapes[invalid[0]]) if len(invalid) else None
