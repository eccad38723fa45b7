"""Tiles of the real layers obey MVT 2.1 and hold valid polygons; another decoder reads the same.

Walked: every tile of z0 to z12 that the envelope of a feature touches, and 2,000 seeded ones at z13 to z16.
"""

import random

import mapbox_vector_tile
import numpy
import pytest
import shapely
from mvt import read_tile
from real_layers import LAYERS, geometries
from tile_math import tile_of, tiles_under

BUFFER_UNITS = 256  # the widest buffer that map clients expect; beyond it is waste
SEED = 20_260_219


def check_tile(data: bytes) -> int:
    """Checks one tile with both readers and GEOS; gives the number of features."""
    layers = read_tile(data, BUFFER_UNITS)
    shapes, where = [], []
    for layer in layers:
        for feature in layer.features:
            shapes.append(feature.geometry())
            where.append((layer.name, feature.id, feature.properties.get("id")))
    valid = shapely.is_valid(shapes)
    assert valid.all(), [
        (where[i], shapely.is_valid_reason(shapes[i])) for i in numpy.flatnonzero(~valid)[:5]
    ]
    theirs = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    assert {name: len(layer["features"]) for name, layer in theirs.items()} == {
        layer.name: len(layer.features) for layer in layers
    }
    for layer in layers:
        for ours, other in zip(layer.features, theirs[layer.name]["features"], strict=True):
            assert ours.id == other.get("id")
            assert ours.properties == other["properties"]
    return len(shapes)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.collection)
def test_every_tile_to_zoom_12(real, shared, layer):
    shapes = geometries(shared / "data" / layer.path)
    inside = [g.representative_point() for g in shapes if g is not None]
    features = 0
    for zoom in range(13):
        must_hold = {tile_of(point.x, point.y, zoom) for point in inside}
        for x, y in sorted(tiles_under(shapes, zoom)):
            answer = real.get(f"/{layer.collection}/{zoom}/{x}/{y}.pbf")
            where = f"{layer.collection} {zoom}/{x}/{y}"
            assert answer.status in (200, 204), f"{where}: {answer.status} {answer.raw[:200]!r}"
            if answer.status == 204:
                assert (x, y) not in must_hold, f"{where} is empty"
                assert not answer.raw
                continue
            try:
                features += check_tile(answer.raw)
            except Exception as fault:
                fault.add_note(where)
                raise
    assert features > 0


def test_2000_seeded_tiles_at_high_zooms(real, shared):
    chance = random.Random(SEED)
    pool = [(layer, geometries(shared / "data" / layer.path)) for layer in LAYERS]
    seen: set[tuple] = set()
    features = 0
    # Each draw is a tile that a random feature's envelope touches, so that few of them are empty.
    while len(seen) < 2000:
        layer, shapes = chance.choice(pool)
        shape = chance.choice(shapes)
        if shape is None:
            continue
        zoom = chance.randint(13, 16)
        west, south, east, north = shape.bounds
        x, y = tile_of(chance.uniform(west, east), chance.uniform(south, north), zoom)
        if (layer.collection, zoom, x, y) in seen:
            continue
        seen.add((layer.collection, zoom, x, y))
        answer = real.get(f"/{layer.collection}/{zoom}/{x}/{y}.pbf")
        where = f"{layer.collection} {zoom}/{x}/{y}"
        assert answer.status in (200, 204), f"{where}: {answer.status}"
        if answer.status == 200:
            try:
                features += check_tile(answer.raw)
            except Exception as fault:
                fault.add_note(where)
                raise
    assert features > 20_000, "too few features for the walk to say anything"


def test_both_routes_give_the_same_bytes(real, shared):
    chance = random.Random(SEED)
    compared = 0
    for layer in LAYERS:
        shapes = geometries(shared / "data" / layer.path)
        for zoom in (0, 7, 11, 14):
            x, y = chance.choice(sorted(tiles_under(shapes, zoom)))
            short = real.get(f"/{layer.collection}/{zoom}/{x}/{y}.pbf")
            ogc = real.get(f"/collections/{layer.collection}/tiles/WebMercatorQuad/{zoom}/{y}/{x}")
            assert (short.status, short.raw) == (ogc.status, ogc.raw), (layer.collection, zoom, x, y)
            assert short.header("etag") == ogc.header("etag")
            compared += short.status == 200
    assert compared > 50


def test_a_tile_of_several_layers_holds_each(real):
    x, y = tile_of(2.7, 50.43, 10)
    answer = real.get(f"/communes-mbm,cites-minieres/10/{x}/{y}.pbf")
    names = {layer.name for layer in read_tile(answer.raw, BUFFER_UNITS)}
    assert names == {"communes-mbm", "cites-minieres"}


def test_the_same_feature_has_the_same_id_in_neighbouring_tiles(real):
    x, y = tile_of(2.7, 50.43, 12)
    ids: dict[str, int] = {}
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            answer = real.get(f"/communes-mbm/12/{x + dx}/{y + dy}.pbf")
            for feature in read_tile(answer.raw, BUFFER_UNITS)[0].features:
                own = str(feature.properties.get("id", feature.properties.get("insee")))
                assert ids.setdefault(own, feature.id) == feature.id
    assert len(ids) > 10
