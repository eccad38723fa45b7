"""QGIS as Debian has it opens collections from the printed address: count, field names, accents and extent as in the file."""

import numpy
import pytest
import shapely
from crs_layers import SOURCES, layers  # noqa: F401  layers is a fixture
from other_default import UNGUESSABLE, forwarded
from own_layers import DEMONSTRATION, FOLDERS, PATHS, own, path_of, rows_by_id
from qgis_client import ask, version
from report import record
from request_log import LOGGED, asked, of_items
from terril_server import Terril

record("QGIS (OGC API)", version(), "collections whole, field names, accents, extent, boxes and filters")


@pytest.fixture(scope="module")
def logged():
    with Terril(*FOLDERS, env=LOGGED) as server:
        yield server.wait_open()
        assert "panicked" not in server.log()


@pytest.fixture(scope="module")
def everything(logged):
    """Every collection, read by one QGIS."""
    names = [name for name, path in PATHS.items() if path.exists()]
    answer = ask("read.py", {"layers": [{"address": logged.address, "collection": name} for name in names]})
    return dict(zip(names, answer["layers"], strict=True))


def read(server, collection: str, **how) -> dict:
    (answer,) = ask("read.py", {"layers": [{"address": server.address, "collection": collection} | how]})["layers"]
    assert answer["valid"], answer["error"]
    return answer


def ids(answer: dict, field: str = "id") -> set[str]:
    return {str(feature["attributes"][field]) for feature in answer["features"]}


def shapes(answer: dict) -> list:
    return [shapely.from_wkb(feature["wkb"]) if feature["wkb"] else None for feature in answer["features"]]


@pytest.mark.parametrize("collection", PATHS)
def test_a_collection_is_as_its_file(everything, collection):
    path_of(collection)
    file, idents = own(collection)
    answer = everything[collection]
    assert answer["valid"] and not answer["error"], answer["error"]
    assert answer["crs"] == "EPSG:4326"
    assert answer["count"] == len(answer["features"]) == len(idents)
    assert [name for name in answer["fields"] if name != "id"] == [name for name in file.fields if name != "id"]

    placed = [shape for shape in file.shapes if shape is not None]
    if placed:
        assert answer["extent"] == pytest.approx(list(shapely.total_bounds(placed)), abs=2e-7)
        read_shapes = [shape for shape in shapes(answer) if shape is not None]
        assert len(read_shapes) == len(placed)
        assert shapely.total_bounds(read_shapes) == pytest.approx(shapely.total_bounds(placed), abs=1e-12)


@pytest.mark.parametrize("collection", PATHS)
def test_attributes_are_as_in_the_file(everything, collection):
    """Every value, accents included. QGIS keeps lists as text of its own making; those are compared elsewhere."""
    path_of(collection)
    rows = rows_by_id(collection)
    table, _ = own(collection)
    names = [
        name for name in table.fields if name != "id" and not any(str(v).startswith("[") for v in table.columns[name])
    ]
    assert names or collection == "zone-tampon"
    expected = sorted(repr([as_text(row[name]) for name in names]) for row in table.rows())
    served = sorted(
        repr([as_text(f["attributes"][name]) for name in names]) for f in everything[collection]["features"]
    )
    assert served == expected
    if "id" in everything[collection]["fields"]:
        assert set(rows) <= ids(everything[collection])


def as_text(value):
    """QGIS guesses types from ten features: a column that is null there holds text, whatever comes later."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else str(value)


def test_a_layer_in_lambert_93_comes_in_degrees(layers):
    """QGIS 3.22 knows nothing of Part 2; it gets CRS84 and lies where it belongs."""
    answer = read(layers, "lambert")
    source = SOURCES["lambert"]
    expected = dict(zip(source.ids, source.shapes_in("OGC:CRS84"), strict=True))
    assert ids(answer) == set(expected) and answer["count"] == len(expected)
    for feature, shape in zip(answer["features"], shapes(answer), strict=True):
        own_shape = expected[feature["attributes"]["id"]]
        assert (shape is None) == (own_shape is None)
        if shape is not None:
            assert numpy.allclose(shapely.bounds(shape), shapely.bounds(own_shape), rtol=0, atol=1e-8)
    placed = [shape for shape in expected.values() if shape is not None]
    assert answer["extent"] == pytest.approx(list(shapely.total_bounds(placed)), abs=2e-7)


@pytest.mark.parametrize("collection", ["parcelles-fictives", "communes-mbm", "puits-de-mines"])
def test_what_is_in_view_is_asked_for(logged, collection):
    """`Only request features overlapping the view extent`, which is on by default."""
    file, idents = own(collection)
    west, south, east, north = shapely.bounds(file.shapes[len(idents) // 3])
    box = [west - 0.004, south - 0.004, east + 0.004, north + 0.004]
    with asked(logged) as requests:
        answer = read(logged, collection, by_view=True, rectangle=box)
    envelopes = shapely.box(*shapely.bounds(file.shapes).T)
    certain = int(shapely.intersects(file.shapes, shapely.box(*box)).sum())
    possible = int(shapely.intersects(envelopes, shapely.box(*box)).sum())
    assert 0 < certain <= len(answer["features"]) <= possible < len(idents)
    boxes = [one for one in of_items(requests, collection) if "bbox" in one.parameters]
    assert boxes and all(one.status == 200 for one in boxes)
    assert [float(v) for v in boxes[0].parameters["bbox"].split(",")] == pytest.approx(box, abs=1e-12)


def test_filters(logged):
    """An expression of QGIS, on text with accents and on numbers; this QGIS judges both by itself."""
    path_of("communes-mbm")
    rows = rows_by_id("communes-mbm")
    for expression, expected in [
        ("\"nom\" = 'Liévin'", {i for i, r in rows.items() if r["nom"] == "Liévin"}),
        ('"population" > 20000', {i for i, r in rows.items() if (r["population"] or 0) > 20_000}),
        ("\"nom\" LIKE 'N%'", {i for i, r in rows.items() if r["nom"].startswith("N")}),
    ]:
        assert expected
        assert ids(read(logged, "communes-mbm", subset=expression), "insee") == expected
        assert ids(read(logged, "communes-mbm", expression=expression), "insee") == expected


@pytest.mark.parametrize(
    "subset, expected, pushed",
    [("\"jour\" >= '2021-03-01'", {1, 2}, "2021-03-01/9999-12-31T00:00:00Z"), ("\"jour\" <= '2021-03-01'", {0, 1}, "0000-01-01T00:00:00Z/2021-03-01"),
     ("\"jour\" >= '2021-01-01' AND \"jour\" <= '2021-12-31'", {1}, "2021-01-01/2021-12-31"), ("\"jour\" = '2022-03-01'", {2}, "2022-03-01")],
)  # fmt: skip
def test_time_is_asked_of_the_server(tmp_path, subset, expected, pushed):
    (tmp_path / "dated.geojson").write_text(
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","id":0,"properties":{"n":0,"jour":"2020-05-01"},"geometry":{"type":"Point","coordinates":[2.5,50.1]}},'
        '{"type":"Feature","id":1,"properties":{"n":1,"jour":"2021-03-01"},"geometry":{"type":"Point","coordinates":[2.6,50.2]}},'
        '{"type":"Feature","id":2,"properties":{"n":2,"jour":"2022-03-01"},"geometry":{"type":"Point","coordinates":[2.7,50.3]}}]}'
    )
    with Terril(tmp_path / "dated.geojson", env=LOGGED) as server:
        server.wait_open()
        with asked(server) as requests:
            answer = read(server, "dated", subset=subset)
        assert ids(answer, "n") == set(map(str, expected))
        assert pushed in {one.parameters.get("datetime") for one in of_items(requests, "dated")}
        assert all(one.status == 200 for one in requests)


def test_the_page_size_is_read_from_the_api():
    """At `components.parameters.limit`, where QGIS looks."""
    with forwarded(DEMONSTRATION["parcelles-fictives"], env=LOGGED) as (address, server):
        with asked(server) as requests:
            (answer,) = ask("read.py", {"layers": [{"address": address, "collection": "parcelles-fictives"}]})["layers"]
        assert len(answer["features"]) == len(own("parcelles-fictives")[1])
        assert str(UNGUESSABLE) in {one.parameters.get("limit") for one in of_items(requests, "parcelles-fictives")}
