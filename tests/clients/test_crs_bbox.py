"""`bbox` in every listed CRS selects what GEOS finds on the geometries that pyproj has transformed, feature by feature."""

import crs_oracle as oracle
import numpy
import pytest
import shapely
from crs_layers import EACH, LISTED, SOURCES, escaped, layers, short  # noqa: F401  layers is a fixture
from test_features_core import problem

BOXES = 14
SEED = 20_201_020


def boxes(shapes: numpy.ndarray, chance: numpy.random.Generator, hair: float) -> list[tuple[float, ...]]:
    """Boxes of all sizes around vertices, x before y; none has an edge within a hair of deciding a feature."""
    bounds = shapely.total_bounds(shapes)
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    vertices = shapely.get_coordinates(shapes)
    found = [(bounds[0] - width, bounds[1] - height, bounds[2] + width, bounds[3] + height)]
    while len(found) < BOXES:
        share = 10 ** chance.uniform(-3, 0)
        x, y = vertices[chance.integers(len(vertices))] - chance.uniform(0, share, 2) * (width, height)
        box = (x, y, x + width * share, y + height * share)
        grown, shrunk = (
            shapely.box(box[0] - hair, box[1] - hair, box[2] + hair, box[3] + hair),
            shapely.box(box[0] + hair, box[1] + hair, box[2] - hair, box[3] - hair),
        )
        if (shapely.intersects(shapes, grown) == shapely.intersects(shapes, shrunk)).all():
            found.append(tuple(map(float, box)))
    return found


def query(box: tuple[float, ...], code: str) -> str:
    """`bbox` as the definition of its CRS orders the axes, with every digit."""
    x0, y0, x1, y1 = box
    numbers = (y0, x0, y1, x1) if oracle.north_first(code) else box
    return f"bbox={','.join(repr(float(v)) for v in numbers)}&bbox-crs={escaped(oracle.uri(code))}"


def served(server, name: str, parameters: str) -> set[str]:
    return {str(feature["id"]) for feature in server.items(name, parameters)}


@pytest.mark.parametrize("name, uri", EACH, ids=short)
def test_boxes_agree_with_geos(layers, name, uri):
    source, code = SOURCES[name], oracle.label(uri)
    shapes = source.shapes_in(code)
    ids = numpy.array(source.ids)
    nowhere = numpy.array([shape is None for shape in source.shapes])
    chance = numpy.random.default_rng(SEED)
    hair = 1e-8 if oracle.in_degrees(code) else 1e-3
    sizes = set()
    for box in boxes(shapes, chance, hair):
        expected = set(ids[shapely.intersects(shapes, shapely.box(*box)) | nowhere])
        assert served(layers, name, query(box, code)) == expected, box
        sizes.add(len(expected))
    assert max(sizes) == len(ids) and len(sizes) > 4, "boxes of all sizes were asked"


@pytest.mark.parametrize("name", ["lambert", "parcelles-fictives"])
@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:4258", "EPSG:4171", "EPSG:3035", "EPSG:2154", "EPSG:3857"])
def test_axes_in_the_other_order_are_another_place(layers, name, code):
    """Whoever sends x, y where the definition says y, x must not be answered as if nothing were wrong."""
    x0, y0, x1, y1 = map(float, shapely.total_bounds(SOURCES[name].shapes_in(code)))
    numbers = (x0, y0, x1, y1) if oracle.north_first(code) else (y0, x0, y1, x1)
    box = ",".join(map(repr, numbers))
    answer = layers.get(f"/collections/{name}/items?limit=1000&bbox={box}&bbox-crs={escaped(oracle.uri(code))}")
    if answer.status == 200:
        assert all(feature["geometry"] is None for feature in answer.json()["features"])
    else:
        assert "bbox" in problem(answer, 400)["detail"]


@pytest.mark.parametrize("code", ["OGC:CRS84", "EPSG:4326", "EPSG:3035", "EPSG:2154"])
def test_a_box_of_six_numbers(layers, code):
    """Heights stand third and sixth, whatever the order of the other two; no layer here has any."""
    shapes = SOURCES["lambert"].shapes_in(code)
    chance = numpy.random.default_rng(SEED)
    selected = 0
    for box in boxes(shapes, chance, 1e-8 if oracle.in_degrees(code) else 1e-3)[1:]:
        flat = query(box, code)
        a, b, c, d = flat.removeprefix("bbox=").partition("&")[0].split(",")
        tall = f"bbox={a},{b},-100,{c},{d},9000&bbox-crs={escaped(oracle.uri(code))}"
        found = served(layers, "lambert", flat)
        assert served(layers, "lambert", tall) == found
        selected += len(found)
    assert selected > 0


def test_the_box_and_the_answer_have_a_crs_each(layers):
    """`crs` says in what the answer comes, `bbox-crs` in what the box is; neither speaks for the other."""
    shapes = SOURCES["lambert"].shapes_in("OGC:CRS84")
    box = boxes(shapes, numpy.random.default_rng(SEED), 1e-8)[3]
    plain = "bbox=" + ",".join(repr(float(v)) for v in box)
    expected = served(layers, "lambert", plain)
    assert expected
    for uri in LISTED["lambert"]:
        assert served(layers, "lambert", f"{plain}&crs={escaped(uri)}") == expected, uri


def test_a_box_beyond_what_the_crs_can_hold(layers):
    """Such a box is answered or refused, never a failure of the server; a box of everything holds everything."""
    count = len(SOURCES["lambert"].ids)
    world = {
        "EPSG:4326": "-90,-180,90,180",
        "EPSG:3857": "-20037508,-20037508,20037508,20037508",
        "EPSG:2154": "-9e6,-9e6,9e6,9e7",
    }
    for code, box in world.items():
        page = layers.json(f"/collections/lambert/items?limit=1&bbox={box}&bbox-crs={escaped(oracle.uri(code))}")
        assert page["numberMatched"] == count, code
    for box in ("1e300,0,2e300,1", "0,1e308,1,1.7e308", "NaN,0,1,1", "5,0,1,9", "0,5,9,1"):
        answer = layers.get(f"/collections/lambert/items?bbox={box}&bbox-crs={escaped(oracle.uri(2154))}")
        assert answer.status in (200, 400), (box, answer.status)
    for box in ("5,0,1,9", "0,5,9,1", "NaN,0,1,1"):
        assert (
            "bbox"
            in problem(layers.get(f"/collections/lambert/items?bbox={box}&bbox-crs={escaped(oracle.uri(2154))}"), 400)[
                "detail"
            ]
        )
