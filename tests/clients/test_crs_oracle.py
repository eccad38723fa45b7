"""Coordinates in every listed CRS are pyproj's within a millimetre, axes in the order of the definition (OGC 18-058r1)."""

import json

import crs_oracle as oracle
import numpy
import pyproj
import pytest
from conftest import SHARED
from crs_layers import EACH, LISTED, MADE, REAL, SOURCES, escaped, layers, next_of, short  # noqa: F401  layers is a fixture
from pyproj.transformer import TransformerGroup
from report import record
from test_features_core import problem

record("pyproj", f"{pyproj.__version__} (PROJ {pyproj.proj_version_str})", "coordinates and axes in every listed CRS")


def numbers_as_text(answer) -> dict:
    """The body, each number as it was written."""
    return json.loads(answer.body, parse_float=str, parse_int=str)


def pages(server, collection: str, query: str):
    """Every page of a selection, as it came."""
    path = f"/collections/{collection}/items?limit=1000&{query}"
    while path:
        answer = server.get(path)
        assert answer.status == 200, (path, answer.raw[:300])
        yield answer
        path = next_of(answer.json())


@pytest.mark.parametrize("name", ["parcelles-fictives", *MADE, *REAL])
def test_the_list_is_what_the_layer_lies_in(layers, name):
    if name not in SOURCES:
        pytest.skip(f"no real data at TERRIL_SHARED={SHARED}")
    collection = layers.json(f"/collections/{name}")
    assert collection["crs"][0] == oracle.CRS84
    assert len(collection["crs"]) == len(set(collection["crs"]))
    assert sorted(collection["crs"]) == sorted(LISTED[name])
    assert collection["storageCrs"] == oracle.uri(SOURCES[name].crs)


@pytest.mark.parametrize("name, uri", EACH, ids=short)
def test_coordinates_are_those_of_pyproj(layers, name, uri):
    source, code = SOURCES[name], oracle.label(uri)
    own = dict(zip(source.ids, source.shapes, strict=True))
    longest, worst, seen = 0, 0.0, set()
    for answer in pages(layers, name, f"crs={escaped(uri)}"):
        assert answer.header("content-crs") == f"<{uri}>"
        for feature in numbers_as_text(answer)["features"]:
            ident, geometry = feature["id"], feature["geometry"]
            seen.add(ident)
            if own[ident] is None:
                assert geometry is None
                continue
            assert geometry["type"] == own[ident].geom_type
            expected, served = oracle.rings_of(own[ident]), oracle.rings(geometry["coordinates"])
            assert len(served) == len(expected), ident
            for ring, text in zip(expected, served, strict=True):
                longest = max(longest, *(len(v.partition(".")[2]) for position in text for v in position))
                ring = oracle.turned(numpy.array(ring), source.crs, code)
                got = oracle.in_axis_order(numpy.array(text, dtype=float), code)
                assert got.shape == ring.shape, ident
                # GeoJSON fixes the direction of rings, a source need not have it.
                worst = max(worst, min(oracle.metres_apart(got, way, code) for way in (ring, ring[::-1])))
    assert seen == set(source.ids)
    if oracle.same_numbers(code, source.crs):
        assert worst == 0, "what is not transformed is answered to the bit"
    else:
        assert worst < 0.001
        assert longest == (9 if oracle.in_degrees(code) else 4)


@pytest.mark.parametrize("name", ["lambert", "guadeloupe"])
def test_an_item_is_as_in_its_list(layers, name):
    for uri in LISTED[name]:
        page = next(pages(layers, name, f"crs={escaped(uri)}"))
        for feature in page.json()["features"][:3]:
            answer = layers.get(f"/collections/{name}/items/{feature['id']}?crs={escaped(uri)}")
            assert answer.status == 200 and answer.header("content-crs") == f"<{uri}>"
            assert answer.json()["geometry"] == feature["geometry"]


@pytest.mark.parametrize("name", ["lambert", "reunion"])
def test_without_a_word_it_is_crs84(layers, name):
    plain = layers.get(f"/collections/{name}/items?limit=7")
    named = layers.get(f"/collections/{name}/items?limit=7&crs={escaped(oracle.CRS84)}")
    assert plain.header("content-crs") == named.header("content-crs") == f"<{oracle.CRS84}>"
    assert plain.json()["features"] == named.json()["features"]
    item = layers.get(f"/collections/{name}/items/{plain.json()['features'][0]['id']}")
    assert item.header("content-crs") == f"<{oracle.CRS84}>"


def test_the_name_may_stand_unescaped(layers):
    """Browsers and curl send `:` and `/` in a query as they are."""
    uri = oracle.uri(2154)
    written, packed = (
        layers.get(f"/collections/reunion/items?limit=3&crs={one}")
        for one in (oracle.uri(2975), escaped(oracle.uri(2975)))
    )
    assert written.status == packed.status == 200
    assert written.json()["features"] == packed.json()["features"]
    assert layers.get(f"/collections/lambert/items?limit=1&crs={uri}").header("content-crs") == f"<{uri}>"


def test_the_next_page_is_in_the_same_crs(layers):
    uri = oracle.uri(2154)
    page = layers.json(f"/collections/lambert/items?limit=10&crs={escaped(uri)}")
    answer = layers.get(next_of(page))
    assert answer.header("content-crs") == f"<{uri}>"
    eastings = [
        position[0]
        for f in answer.json()["features"]
        for ring in oracle.rings(f["geometry"]["coordinates"])
        for position in ring
    ]
    assert min(eastings) > 100_000


@pytest.mark.parametrize("parameter", ["crs", "bbox-crs"])
@pytest.mark.parametrize(
    "value",
    ["http://www.opengis.net/def/crs/EPSG/0/2975", "http://www.opengis.net/def/crs/0/unsupported", "EPSG:2975", "2154", "",
     "http://www.opengis.net/def/crs/EPSG/0/2154%00", "http://www.opengis.net/def/crs/EPSG/0/99999999999",
     "http://www.opengis.net/def/crs/EPSG/0/2154&{}=http://www.opengis.net/def/crs/EPSG/0/3857"],
)  # fmt: skip
def test_a_crs_that_is_not_listed(layers, parameter, value):
    value = value.format(parameter)
    box = "&bbox=0,0,1,1" if parameter == "bbox-crs" else ""
    body = problem(layers.get(f"/collections/lambert/items?{parameter}={value}{box}"), 400)
    assert parameter in body["detail"]
    if parameter == "crs":
        assert "crs" in problem(layers.get(f"/collections/lambert/items/nowhere?crs={value}"), 400)["detail"]


# --- what parts two versions of PROJ, and nothing else does ----------------------------------------


def test_the_grid_parts_them_between_rgf93_and_ntf():
    """The operation with IGN's grid is the one that is used, and its answer is not that of three parameters."""
    assert oracle.NTF_GRID.is_file(), "Debian's package proj-data brings it"
    at = (676_000.0, 7_039_000.0)
    gridded = oracle.transformer("EPSG:2154", "EPSG:27572")
    there = gridded.transform(*at)
    assert "ntf_r93" in gridded.get_last_used_operation().definition
    lon, lat = oracle.transformer("EPSG:2154", "EPSG:4171").transform(*at)
    three = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 +step +proj=cart +ellps=GRS80 "
        "+step +proj=helmert +x=168 +y=60 +z=-320 +step +inv +proj=cart +ellps=clrk80ign +step +proj=pop +v_3 "
        "+step +proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=0 +k_0=0.99987742 +x_0=600000 +y_0=2200000 +ellps=clrk80ign +pm=paris"
    ).transform(lon, lat)
    assert 0.5 < numpy.abs(numpy.subtract(there, three)).max() < 4


def test_equal_operations_part_them_in_the_antilles():
    """Both that hold at the place have the register's same accuracy; the one named in the oracle is one of them."""
    (source, target), name = next(iter(oracle.FIRST_OF_EQUALS.items()))
    lon, lat = -61.5, 16.15
    fitting = [
        one
        for one in TransformerGroup(source, target, always_xy=True).transformers
        if one.accuracy > 0
        and one.area_of_use.west <= lon <= one.area_of_use.east
        and one.area_of_use.south <= lat <= one.area_of_use.north
    ]
    assert len(fitting) == 2 and {one.accuracy for one in fitting} == {0.1}
    assert sum(name in one.description for one in fitting) == 1
    at = oracle.transformer("OGC:CRS84", source).transform(lon, lat)
    apart = numpy.abs(numpy.subtract(*(one.transform(*at) for one in fitting))).max()
    assert 0.01 < apart < 0.2
