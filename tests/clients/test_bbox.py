"""`bbox` selects by the true geometry: the same ids as GEOS finds by asking every feature of the file."""

import random

import numpy
import pytest
import shapely
from real_layers import BY_COLLECTION, INVALID, LAYERS, features, geometries, own_ids
from test_features_core import problem
from tile_math import bbox_query

SEED = 15_082_020
BOXES = 40


def boxes(shapes: numpy.ndarray, chance: random.Random) -> list[tuple[float, float, float, float]]:
    """Boxes from a speck to half the layer, around vertices and elsewhere."""
    west, south, east, north = shapely.total_bounds(shapes)
    found = []
    for n in range(BOXES):
        share = 10 ** chance.uniform(-4, -0.3)
        width, height = max(east - west, 0.01) * share, max(north - south, 0.01) * share
        if n % 2:
            x, y = chance.choice(shapely.get_coordinates(chance.choice([s for s in shapes if s is not None])))
            x, y = x - width * chance.random(), y - height * chance.random()
        else:
            x, y = chance.uniform(west - width, east), chance.uniform(south - height, north)
        found.append((float(x), float(y), float(x + width), float(y + height)))
    return found


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.collection)
def test_boxes_agree_with_geos(real, shared, layer):
    path = shared / "data" / layer.path
    shapes, ids = geometries(path), own_ids(layer, path)
    if layer.collection == INVALID[0]:
        # GEOS asks the file's geometry, the server its repaired form; that one feature is left out of both.
        (bad,) = [at for at, f in enumerate(features(path)) if f["properties"].get(INVALID[1]) == INVALID[2]]
    else:
        bad = None
    repeated = {one for one in ids if ids.count(one) > 1}
    chance = random.Random(SEED)
    selected = 0
    for box in boxes(shapes, chance):
        hit = shapely.intersects(shapes, shapely.box(*box))
        expected = {
            ids[at]
            for at, shape in enumerate(shapes)
            if (shape is None or hit[at]) and at != bad and ids[at] not in repeated
        }
        rows = real.items(layer.collection, bbox_query(box))
        served = {str(row["id"]) for row in rows} & (set(ids) - repeated)
        if bad is not None:
            served.discard(ids[bad])
        assert served == expected, box
        selected += len(expected)
    assert selected > 0


def test_a_box_that_crosses_the_antimeridian(real, serve, tmp_path):
    import json

    assert real.get("/collections/communes-mbm/items?bbox=177,65,-177,70").status == 200
    places = {"east": 178.5, "west": -178.5, "far": 0.0, "edge": 180.0}
    rows = [
        {"type": "Feature", "id": name, "properties": {}, "geometry": {"type": "Point", "coordinates": [lon, 66]}}
        for name, lon in places.items()
    ]
    (tmp_path / "arctic.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    server = serve(tmp_path / "arctic.geojson").wait_open()
    assert {f["id"] for f in server.items("arctic", "bbox=177,65,-177,70")} == {"east", "west", "edge"}
    assert {f["id"] for f in server.items("arctic", "bbox=-177,65,177,70")} == {"far"}


def test_features_without_a_place_match_every_box(real):
    rows = real.items("zt-cavaliers", "bbox=-60,-60,-59,-59")
    assert len(rows) == 1 and rows[0]["geometry"] is None


def test_a_box_of_six_numbers(real):
    flat = real.items("terrils", "bbox=2.7,50.3,2.9,50.5")
    tall = real.items("terrils", "bbox=2.7,50.3,-1000,2.9,50.5,9000")
    assert [f["id"] for f in flat] == [f["id"] for f in tall] and flat


@pytest.mark.parametrize(
    "box",
    ["1,2,3", "1,2,3,4,5", "a,b,c,d", "", "NaN,0,1,1", "0,0,inf,1", "2,60,3,50", "-181,0,1,1", "0,0,181,1",
     "0,-91,1,1", "0,0,1,91", "1e400,0,2,2", "0,0,1,1,", "%00"],
)  # fmt: skip
def test_a_box_that_is_none(real, box):
    body = problem(real.get(f"/collections/terrils/items?bbox={box}"), 400)
    assert "bbox" in body["detail"]


def test_the_world_is_everything(real):
    for collection, layer in list(BY_COLLECTION.items())[:5]:
        page = real.json(f"/collections/{collection}/items?limit=1&bbox=-180,-90,180,90")
        assert page["numberMatched"] == layer.count
