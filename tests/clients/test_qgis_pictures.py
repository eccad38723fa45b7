"""QGIS draws features and vector tiles of the server where they belong. The pictures are those of the documentation.

To keep them: TERRIL_IMAGES=docs/images, as for the pictures of the browser tests.
"""

import json
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import crs_oracle as oracle
import numpy
import pytest
import shapely
from crs_layers import MADE
from qgis_client import ask, pixels, version
from report import record
from terril_server import ROOT, Terril

record("QGIS (drawing)", version(), "features and vector tiles drawn in their place")

SIZE = (960, 640)
# In degrees: parcels, reserves and public spaces of the demonstration lie together here.
MIDDLE = (2.77455, 50.42525)
METRES_A_PIXEL = 0.75
COLOURS = {"lambert": "#b9d7a8", "reserves-fictives": "#e07b39", "espaces-publics-fictifs": "#3c8d5a"}
TOP_FIRST = ["espaces-publics-fictifs", "reserves-fictives", "lambert"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One layer stored in Lambert-93, two in degrees."""
    folder = tmp_path_factory.mktemp("pictures")
    oracle.write_source(folder / "lambert.gpkg", MADE["lambert"])
    with Terril(folder, ROOT / "data") as running:
        yield running.wait_open()
        assert "panicked" not in running.log()


def placed(name: str, code: str) -> numpy.ndarray:
    """The geometries of a layer in the CRS of a picture, from its file."""
    if name in MADE:
        found = MADE[name].shapes_in(code)
        return found[[shape is not None for shape in found]]
    features = json.loads((ROOT / "data" / f"{name}.geojson").read_text())["features"]
    seen = [f for f in features if f["geometry"] and f["properties"].get("confidentialite", "PUBLIC") == "PUBLIC"]
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in seen]
    return shapely.transform(numpy.array(shapes), lambda c: oracle.turned(c, "OGC:CRS84", code))


def frame(code: str, metres_a_pixel: float) -> tuple[float, float, float, float]:
    x, y = oracle.turned(numpy.array([MIDDLE]), "OGC:CRS84", code)[0]
    width, height = SIZE[0] * metres_a_pixel / 2, SIZE[1] * metres_a_pixel / 2
    return float(x - width), float(y - height), float(x + width), float(y + height)


def in_pixels(shapes: numpy.ndarray, extent: tuple[float, ...]) -> numpy.ndarray:
    """The geometries in pixels from the upper left corner."""
    x0, y0, x1, y1 = extent
    scale = SIZE[0] / (x1 - x0)
    return shapely.transform(shapes, lambda c: numpy.column_stack([(c[:, 0] - x0) * scale, (y1 - c[:, 1]) * scale]))


def inside(shapes: numpy.ndarray, margin: float) -> numpy.ndarray:
    """Which pixels have their middle in the geometries, widened by so many pixels, or narrowed."""
    x, y = numpy.meshgrid(numpy.arange(SIZE[0]) + 0.5, numpy.arange(SIZE[1]) + 0.5)
    area = shapely.union_all(shapely.buffer(shapes, margin))
    shapely.prepare(area)
    return shapely.contains_xy(area, x, y)


def drawn(name: str, folder: Path, question: dict) -> numpy.ndarray:
    picture, raw = folder / f"{name}.png", folder / f"{name}.ppm"
    answer = ask("draw.py", question | {"size": SIZE, "picture": str(picture), "raw": str(raw)})
    assert all(answer["valid"]) and not answer["errors"], answer
    if images := os.environ.get("TERRIL_IMAGES"):
        shutil.copy(picture, ROOT / images) if name.startswith("qgis-") else None
    return pixels(raw)


def in_their_place(image: numpy.ndarray, shapes: dict[str, numpy.ndarray], extent: tuple[float, ...]) -> None:
    """Each layer has its colour where it lies on top, and nothing is drawn where nothing lies."""
    blank = (image == 255).all(axis=2)
    above = numpy.zeros(blank.shape, bool)
    for name in TOP_FIRST:
        if name not in shapes:
            continue
        turned = in_pixels(shapes[name], extent)
        core = inside(turned, -3) & ~above
        assert core.sum() > 500, f"{name} lies in the picture"
        colour = [int(COLOURS[name][at : at + 2], 16) for at in (1, 3, 5)]
        right = (abs(image.astype(int) - colour).max(axis=2) <= 8)[core].mean()
        # Within a layer features may overlap, so an outline may run through.
        assert right > 0.95, (name, right)
        above |= inside(turned, 4)
    assert (~above).sum() > 10_000
    assert blank[~above].mean() > 0.999
    assert 0.05 < (~blank).mean() < 0.95


def test_features(server, tmp_path):
    extent = frame("EPSG:2154", METRES_A_PIXEL)
    asked = [
        {"kind": "features", "address": server.address, "collection": name, "colour": COLOURS[name]}
        for name in TOP_FIRST
    ]
    image = drawn("qgis-features", tmp_path, {"crs": "EPSG:2154", "extent": extent, "layers": asked})
    in_their_place(image, {name: placed(name, "EPSG:2154") for name in TOP_FIRST}, extent)


def tile_layer(server, collection: str) -> dict:
    """What QGIS is given: the address of the tiles, as the TileJSON and the address panel print it."""
    tilejson = server.json(f"/{collection}.json")
    (url,) = tilejson["tiles"]
    assert urlsplit(url).netloc == urlsplit(server.address).netloc
    return {
        "kind": "tiles",
        "url": url,
        "zmin": tilejson["minzoom"],
        "zmax": tilejson["maxzoom"],
        "colour": COLOURS[collection],
    }


def test_tiles(server, tmp_path):
    # Web Mercator stretches metres by 1.57 here.
    extent = frame("EPSG:3857", METRES_A_PIXEL * 1.57)
    asked = [tile_layer(server, name) for name in TOP_FIRST]
    image = drawn("qgis-tiles", tmp_path, {"crs": "EPSG:3857", "extent": extent, "layers": asked})
    in_their_place(image, {name: placed(name, "EPSG:3857") for name in TOP_FIRST}, extent)


@pytest.mark.parametrize("collection", ["lambert", "reserves-fictives"])
def test_tiles_of_lower_zooms(server, tmp_path, collection):
    """The whole territory in one picture: small features may be marks, but nothing lies elsewhere."""
    shapes = placed(collection, "EPSG:3857")
    x0, y0, x1, y1 = shapely.total_bounds(shapes)
    width = max(x1 - x0, (y1 - y0) * SIZE[0] / SIZE[1]) * 0.55
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    extent = (x - width, y - width * SIZE[1] / SIZE[0], x + width, y + width * SIZE[1] / SIZE[0])
    image = drawn(
        f"whole-{collection}",
        tmp_path,
        {"crs": "EPSG:3857", "extent": extent, "layers": [tile_layer(server, collection)]},
    )
    turned = in_pixels(shapes, extent)
    blank = (image == 255).all(axis=2)
    assert blank[~inside(turned, 4)].mean() > 0.9999
    middles = shapely.get_coordinates(shapely.point_on_surface(turned)).astype(int)
    shown = [not blank[max(y - 2, 0) : y + 3, max(x - 2, 0) : x + 3].all() for x, y in middles]
    assert all(shown), f"{shown.count(False)} of {len(shown)} features can't be seen"
