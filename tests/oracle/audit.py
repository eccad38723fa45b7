"""What the audit of a parcel layer has to find, by shapely (GEOS) and pyproj: nothing of ours is used.

    python tests/oracle/audit.py FILE.geojson [CONTENANCE]

prints the overlaps, gaps and fiscal areas of a file. `tests/clients/test_audit.py` compares them with `/loads`, pair by pair.

Overlaps and gaps are measured in degrees times the metres of a degree in the middle of the layer: an edge is a straight line in
degrees, and a thin sliver of Lambert-93 would be another one. The areas of parcels are those of `pyproj.Geod` on GRS80.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import Geod
from shapely import STRtree
from shapely.geometry import box, shape

GRS80 = Geod(ellps="GRS80")
# As src/store/audit/ has them: below this, coordinates are rounded; a gap is smaller, or narrower, than this.
SMALLEST_M2, GAP_BELOW_M2, GAP_BELOW_M, MOST_OFF = 0.001, 50, 1, 0.05


@dataclass
class Expected:
    """What there is to find; areas in square metres."""

    overlaps: dict[tuple[str, str], float]
    gaps: list[float]
    off: dict[str, tuple[float, float]]
    duplicates: int


def area_m2(polygon) -> float:
    """On the ellipsoid, holes taken away, whatever way the rings run."""
    parts = getattr(polygon, "geoms", [polygon])
    ring = lambda r: abs(GRS80.polygon_area_perimeter(*zip(*[c[:2] for c in r.coords], strict=True))[0])  # noqa: E731
    return sum(ring(p.exterior) - sum(map(ring, p.interiors)) for p in parts)


def expect(features: list[dict], field: str = "contenance", key: str = "id") -> Expected:
    name = [str(f["properties"].get(key, f.get("id"))) for f in features]
    degrees = np.array([shape(f["geometry"]) for f in features])
    west, south, east, north = shapely.total_bounds(degrees)
    middle = (west + east) / 2, (south + north) / 2
    per_degree = [GRS80.inv(*middle, middle[0] + dx, middle[1] + dy)[2] * 1e3 for dx, dy in ((1e-3, 0), (0, 1e-3))]
    plane = shapely.transform(degrees, lambda a: (a - middle) * per_degree)
    normal = shapely.normalize(degrees)
    groups: dict[bytes, int] = {}
    group = [groups.setdefault(shapely.to_wkb(g), len(groups)) for g in normal]

    a, b = STRtree(plane).query(plane, predicate="intersects")
    a, b = a[a < b], b[a < b]
    shared = shapely.area(shapely.intersection(plane[a], plane[b]))
    overlaps = {
        tuple(sorted((name[i], name[j]))): float(area)
        for i, j, area in zip(a, b, shared, strict=True)
        if area > 0 and group[i] != group[j]
    }

    union = shapely.union_all(plane)
    around = box(*union.bounds).buffer(10)
    holes = [part for part in getattr(around.difference(union), "geoms", []) if not part.touches(around.boundary)]
    gaps = [(hole.area, 2 * hole.area / hole.length) for hole in holes]
    small = [area for area, width in gaps if area < GAP_BELOW_M2 or width < GAP_BELOW_M]

    off = {}
    for one, feature, polygon in zip(name, features, degrees, strict=True):
        declared = feature["properties"].get(field)
        if declared and declared > 0:
            measured = area_m2(polygon)
            off[one] = (float(declared), measured)
    return Expected(overlaps, sorted(small, reverse=True), off, len(features) - len(groups))


def main() -> None:
    features = json.loads(Path(sys.argv[1]).read_text())["features"]
    found = expect(features, *sys.argv[2:3])
    print(f"{len(features)} parcels, {found.duplicates} with the geometry of another")
    print(f"{len(found.overlaps)} overlaps, {sum(a >= SMALLEST_M2 for a in found.overlaps.values())} of at least 10 cm²:")
    for (a, b), area in sorted(found.overlaps.items(), key=lambda item: -item[1])[:40]:
        print(f"  {a} {b} {area:.5f} m²")
    print(f"{len(found.gaps)} gaps:", ", ".join(f"{area:.4f}" for area in found.gaps[:40]), "m²")
    off = {n: v for n, v in found.off.items() if abs(v[1] - v[0]) / v[0] > MOST_OFF}
    print(f"{len(off)} of {len(found.off)} fiscal areas are off by more than 5 %")


if __name__ == "__main__":
    main()
