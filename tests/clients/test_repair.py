"""Invalid geometries: none is lost, each repair is valid by GEOS and what PostGIS makes of it, or both are written down.

The judge is `ST_MakeValid(geom, 'method=structure')`, asked of a PostGIS that the tests start; areas are square metres on the ellipsoid.
What differs by more than `AREA_M2` is printed with both sides, and must be in `DIFFERENT`.
"""

import json

import pyproj
import pytest
import shapely
from report import record
from shapely.geometry import mapping, shape

record("PostGIS", "3", "repairs of 74 real and of planted invalid geometries, beside ST_MakeValid")
record("GEOS (shapely)", shapely.geos_version_string, "every repaired geometry is valid")

# How far a repair may be from PostGIS's; the text of the issue.
AREA_M2 = 1.0
GEOD = pyproj.Geod(ellps="GRS80")
TO_LAMBERT = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:2154", always_xy=True).transform

# Features whose repair differs from PostGIS's by more, and why that is right. Empty: none does.
DIFFERENT: dict[str, str] = {}


def area_m2(geometry) -> float:
    return abs(GEOD.geometry_area_perimeter(geometry)[0]) if not geometry.is_empty else 0.0


def made_valid(postgis, geometries: dict[str, dict]) -> dict[str, object]:
    """What PostGIS makes of GeoJSON geometries."""
    with postgis.connect() as connection:
        return {
            key: shapely.from_wkb(bytes(connection.execute(
                "SELECT ST_AsBinary(ST_MakeValid(ST_GeomFromGeoJSON(%s), 'method=structure'))", (json.dumps(geometry),)
            ).fetchone()[0]))
            for key, geometry in geometries.items()
        }  # fmt: skip


# --- The real ones ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def qpv(shared):
    document = json.loads((shared / "data" / "qpv" / "qpv_2024_59_62.geojson").read_text())
    return {feature["properties"]["code_qp"]: feature["geometry"] for feature in document["features"]}


@pytest.fixture(scope="module")
def served(shared):
    from terril_server import Terril

    with Terril(shared / "data" / "qpv") as server:
        server.wait_open()
        yield server


def test_none_of_the_quarters_is_lost(served, qpv):
    features = served.items("qpv_2024_59_62")
    assert len(features) == 158 == len(qpv)
    assert {feature["properties"]["code_qp"] for feature in features} == set(qpv)
    assert all(feature["geometry"] for feature in features)


def test_the_invalid_ones_are_repaired_as_postgis_does(served, qpv, postgis):
    invalid = {key: geometry for key, geometry in qpv.items() if not shape(geometry).is_valid}
    assert len(invalid) == 74
    ours = {f["properties"]["code_qp"]: shape(f["geometry"]) for f in served.items("qpv_2024_59_62")}
    assert all(geometry.is_valid for geometry in ours.values())
    theirs = made_valid(postgis, invalid)
    differing = {}
    for key in invalid:
        difference = area_m2(shapely.symmetric_difference(ours[key], shapely.make_valid(theirs[key])))
        if difference > AREA_M2:
            differing[key] = f"{difference:.1f} m²; Terril {area_m2(ours[key]):.1f} m² {ours[key].geom_type}, PostGIS {area_m2(theirs[key]):.1f} m² {theirs[key].geom_type}"
    print(json.dumps(differing, indent=1, ensure_ascii=False))
    assert set(differing) == set(DIFFERENT), differing


def test_the_valid_ones_are_as_they_were(served, qpv):
    for feature in served.items("qpv_2024_59_62"):
        own = qpv[feature["properties"]["code_qp"]]
        if shape(own).is_valid:
            assert feature["geometry"] == own, feature["id"]


def test_each_repair_is_told_with_its_areas(served, qpv):
    (entry,) = served.json("/loads")["layers"]
    faults = {fault["feature"]: fault for fault in entry["report"]["faults"] if fault["kind"] == "invalid-geometry"}
    ours = {f["properties"]["code_qp"]: f for f in served.items("qpv_2024_59_62")}
    assert entry["report"]["repaired"] == len(faults) == 74
    for key, fault in faults.items():
        after = area_m2(shape(ours[key]["geometry"]))
        assert fault["area_after_m2"] == pytest.approx(after, rel=1e-3, abs=1), key
        assert shapely.distance(shapely.Point(fault["place"]), shape(qpv[key]).envelope) < 1e-6, key


# --- Planted ones ----------------------------------------------------------------------------------

WEST, SOUTH = 2.60, 50.40
STEP = 0.001


def ring(*corners: tuple[float, float]) -> list[list[float]]:
    """Corners in steps of about 100 m from one place; not closed unless written so."""
    return [[round(WEST + x * STEP, 7), round(SOUTH + y * STEP, 7)] for x, y in corners]


SQUARE = ring((0, 0), (4, 0), (4, 4), (0, 4), (0, 0))


def polygon(*rings) -> dict:
    return {"type": "Polygon", "coordinates": list(rings)}


def parts(*polygons) -> dict:
    return {"type": "MultiPolygon", "coordinates": [list(one) for one in polygons]}


# Kind of fault → geometry. The names of faults that may be told for it are beside.
PLANTED: dict[str, tuple[dict, set[str]]] = {
    "bow-tie": (polygon(ring((0, 0), (4, 4), (4, 0), (0, 4), (0, 0))), {"invalid-geometry"}),
    "bow-tie of unequal halves": (polygon(ring((0, 0), (4, 4), (4, 1), (0, 2), (0, 0))), {"invalid-geometry"}),
    "figure of eight": (polygon(ring((0, 0), (2, 2), (4, 0), (4, 4), (2, 2), (0, 4), (0, 0))), {"invalid-geometry"}),
    "spike outside": (polygon(ring((0, 0), (4, 0), (4, 4), (2, 4), (2, 7), (2, 4), (0, 4), (0, 0))), {"invalid-geometry"}),
    "spike inside": (polygon(ring((0, 0), (4, 0), (4, 4), (2, 4), (2, 2), (2, 4), (0, 4), (0, 0))), {"invalid-geometry"}),
    "loop inside": (polygon(ring((0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (1, 3), (3, 3), (3, 1), (0, 0))), {"invalid-geometry"}),
    "overlapping parts": (parts([ring((0, 0), (3, 0), (3, 3), (0, 3), (0, 0))], [ring((2, 2), (5, 2), (5, 5), (2, 5), (2, 2))]), {"invalid-geometry"}),
    "parts with a common edge": (parts([ring((0, 0), (2, 0), (2, 2), (0, 2), (0, 0))], [ring((2, 0), (4, 0), (4, 2), (2, 2), (2, 0))]), {"invalid-geometry"}),
    "the same part twice": (parts([SQUARE], [SQUARE]), {"invalid-geometry"}),
    "part within a part": (parts([SQUARE], [ring((1, 1), (2, 1), (2, 2), (1, 2), (1, 1))]), {"invalid-geometry"}),
    "hole outside": (polygon(SQUARE, ring((6, 6), (7, 6), (7, 7), (6, 7), (6, 6))), {"invalid-geometry"}),
    "hole over the edge": (polygon(SQUARE, ring((3, 1), (6, 1), (6, 3), (3, 3), (3, 1))), {"invalid-geometry"}),
    "hole that is the shell": (polygon(SQUARE, SQUARE), {"invalid-geometry", "unrepairable-geometry"}),
    "nested holes": (polygon(SQUARE, ring((0.5, 0.5), (3.5, 0.5), (3.5, 3.5), (0.5, 3.5), (0.5, 0.5)), ring((1, 1), (2, 1), (2, 2), (1, 2), (1, 1))), {"invalid-geometry"}),
    "overlapping holes": (polygon(SQUARE, ring((1, 1), (3, 1), (3, 2), (1, 2), (1, 1)), ring((2, 1.5), (3.5, 1.5), (3.5, 3), (2, 3), (2, 1.5))), {"invalid-geometry"}),
    "hole that cuts in two": (polygon(SQUARE, ring((1, 0), (2, 2), (1, 4), (0.5, 2), (1, 0))), {"invalid-geometry"}),
    "duplicate points": (polygon(ring((0, 0), (4, 0), (4, 0), (4, 0), (4, 4), (0, 4), (0, 4), (0, 0))), {"duplicate-points"}),
    "unclosed": (polygon(ring((0, 0), (4, 0), (4, 4), (0, 4))), {"unclosed-ring"}),
    "short hole": (polygon(SQUARE, ring((1, 1), (2, 2), (1, 1))), {"too-few-points", "invalid-geometry"}),
}  # fmt: skip
# Of these nothing that encloses ground is left: they stay as features without a place.
NOTHING_LEFT: dict[str, dict] = {
    "zero area": polygon(ring((0, 0), (4, 0), (2, 0), (0, 0))),
    "one point": polygon(ring((1, 1), (1, 1), (1, 1), (1, 1))),
    "short ring": polygon(ring((0, 0), (4, 4), (0, 0))),
    "there and back": polygon(ring((0, 0), (4, 4), (2, 1), (4, 4), (0, 0))),
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    from terril_server import Terril

    everything = {kind: geometry for kind, (geometry, _) in PLANTED.items()} | NOTHING_LEFT
    features = [{"type": "Feature", "properties": {"sorte": kind}, "geometry": geometry} for kind, geometry in everything.items()]
    folder = tmp_path_factory.mktemp("planted")
    (folder / "planted.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with Terril(folder) as server:
        server.wait_open()
        features = {feature["properties"]["sorte"]: feature for feature in server.items("planted")}
        (entry,) = server.json("/loads")["layers"]
        assert set(features) == set(everything), "none is lost"
        yield features, entry["report"]


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_fault_is_repaired_as_postgis_does(planted, postgis, kind):
    features, report = planted
    feature, (geometry, names) = features[kind], PLANTED[kind]
    # PostGIS reads no ring that is not closed or too short: it gets what the words of the fault say is meant.
    meant = closed(geometry)
    theirs = made_valid(postgis, {kind: meant})[kind] if "hole that is the shell" != kind else shape(meant).buffer(0)
    ours = shape(feature["geometry"]) if feature["geometry"] else shapely.Polygon()
    assert ours.is_valid
    difference = area_m2(shapely.symmetric_difference(ours, polygons_of(theirs)))
    assert difference <= AREA_M2, f"{difference} m²: {ours.wkt} is not {theirs.wkt}"
    told = {fault["kind"] for fault in report["faults"] if fault.get("feature") == feature["id"]}
    assert told & names, f"{kind} is told as {told}"


@pytest.mark.parametrize("kind", NOTHING_LEFT)
def test_a_planted_fault_of_which_nothing_is_left(planted, kind):
    features, report = planted
    feature = features[kind]
    assert feature["geometry"] is None
    told = {fault["kind"] for fault in report["faults"] if fault.get("feature") == feature["id"]}
    assert told & {"unrepairable-geometry", "too-few-points"}, told


def closed(geometry: dict) -> dict:
    """Rings closed, and those of fewer than four points left out."""

    def rings(polygon: list) -> list:
        whole = [one if one[0] == one[-1] else [*one, one[0]] for one in polygon]
        return [one for one in whole if len(one) >= 4]

    if geometry["type"] == "Polygon":
        return {**geometry, "coordinates": rings(geometry["coordinates"])}
    return {**geometry, "coordinates": [rings(one) for one in geometry["coordinates"]]}


def polygons_of(geometry):
    """The parts that enclose ground."""
    found = [part for part in shapely.get_parts(geometry) if shapely.get_dimensions(part) == 2]
    return shapely.unary_union(found) if found else shapely.Polygon()


def test_areas_are_of_the_ground(planted):
    """A square of 4 × 4 steps as the judge measures it, so that its square metres are square metres."""
    metres = shapely.transform(shape(mapping(shapely.Polygon(SQUARE))), lambda xy: list(zip(*TO_LAMBERT(*xy.T), strict=True)))
    assert area_m2(shapely.Polygon(SQUARE)) == pytest.approx(metres.area, rel=0.01)
