"""GDAL as technicians run it, Debian's programs and the newest library: layers whole, fields, boxes, conditions."""

import random

import numpy
import pyogrio
import pytest
import shapely
from gdal_clients import CLIENTS, Debian, Table
from own_layers import FOLDERS, PATHS, own, path_of, rows_by_id, searched
from report import record
from request_log import LOGGED, asked, of_items
from terril_server import Terril

for each in CLIENTS:
    record(
        each.title, each.version, "every layer whole with its fields, boxes and conditions pushed down", only=each.name
    )
by_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)


@pytest.fixture(scope="module")
def logged():
    """The demonstration's layers and the real ones, with a log of what is asked."""
    with Terril(*FOLDERS, env=LOGGED) as server:
        yield server.wait_open()
        assert "panicked" not in server.log()


def read(client, server, collection: str, **how) -> Table:
    return client.read(f"OAPIF:{server.address}", collection, **how)


def asks(request, name: str, value: object) -> bool:
    """Whether a request asks for a value of a field, in the language that GDAL speaks where the server knows it."""
    said = f"'{value.replace(chr(39), chr(39) * 2)}'" if isinstance(value, str) else str(value)
    sent = request.parameters
    return sent.get("filter-lang") == "cql-text" and f"{name} = {said}" in sent.get("filter", "").replace('"', "")


@by_client
@pytest.mark.parametrize("collection", PATHS)
def test_a_layer_comes_whole_with_its_fields(logged, client, collection):
    file, ids = own(collection)
    served = read(client, logged, collection)
    assert len(served.fids) == len(file.fids)
    # The id stands as a field of its own where GDAL makes one of a text id.
    assert [name for name in served.fields if name != "id"] == [name for name in file.fields if name != "id"]

    unique = rows_by_id(collection)
    assert set(unique) <= set(served.ids()) and len(set(served.ids())) == len(ids)
    rows = dict(zip(served.ids(), served.rows(), strict=True))
    for ident, row in unique.items():
        assert rows[ident] == row, ident
    # Which of those that share an id got a suffix is not the question here.
    left = [row for ident, row in zip(ids, file.rows(), strict=True) if ident not in unique]
    assert sorted(left, key=repr) == sorted((row for ident, row in rows.items() if ident not in unique), key=repr)


@by_client
@pytest.mark.parametrize("collection", PATHS)
def test_fields_have_the_types_of_the_file(logged, client, collection):
    file = client.types(path_of(collection), pyogrio.list_layers(path_of(collection))[0][0])
    served = client.types(f"OAPIF:{logged.address}", collection)
    seen = [name for name in own(collection)[0].fields if name != "id"]
    assert {name: kind for name, kind in served.items() if name != "id"} == {name: file[name] for name in seen}


@by_client
@pytest.mark.parametrize("collection", [name for name in PATHS if name != "zone-tampon"])  # which has no text
def test_what_equals_a_value_is_asked_of_the_server(logged, client, collection):
    name, value, expected = searched(collection)
    where = f"\"{name}\" = '{value.replace(chr(39), chr(39) * 2)}'"
    with asked(logged) as requests:
        served = read(client, logged, collection, where=where)
    assert set(served.ids()) == expected
    pushed = [one for one in of_items(requests, collection) if asks(one, name, value)]
    assert pushed, [one.query for one in requests]
    assert all(one.status == 200 for one in pushed)


@by_client
def test_conditions_joined_by_and(logged, client):
    """Both equalities are the server's; a comparison stays with GDAL, and the answer is right all the same."""
    rows = list(rows_by_id("communes-mbm").items())
    epci, status = next((r["epci_nom"], r["statut"]) for _, r in rows if r["epci_nom"] and r["statut"])
    quoted = epci.replace("'", "''")
    with asked(logged) as requests:
        served = read(
            client, logged, "communes-mbm", where=f"epci_nom = '{quoted}' AND statut = '{status}' AND population > 2000"
        )
    expected = {i for i, r in rows if r["epci_nom"] == epci and r["statut"] == status and (r["population"] or 0) > 2000}
    assert expected and set(served.ids()) == expected
    assert any(
        asks(one, "epci_nom", epci) and asks(one, "statut", status)
        for one in of_items(requests, "communes-mbm")
    )


@by_client
def test_a_whole_number_is_asked_of_the_server(logged, client):
    areas = own("cadastre-91027-parcelles")[0].columns["contenance"]
    area = int(next(one for one in areas if one and areas.count(one) > 2))
    with asked(logged) as requests:
        served = read(client, logged, "cadastre-91027-parcelles", where=f"contenance = {area}")
    assert len(served.fids) == areas.count(area)
    assert any(asks(one, "contenance", area) for one in of_items(requests, "cadastre-91027-parcelles"))


@by_client
def test_an_id_is_fetched_alone(logged, client):
    ident = own("parcelles-fictives")[1][7]
    with asked(logged) as requests:
        served = read(client, logged, "parcelles-fictives", where=f"id = '{ident}'")
    assert served.ids() == [ident]
    assert any(one.path.endswith(f"/items/{ident}") and one.status == 200 for one in requests)


def test_a_count_is_asked_for_not_read(logged):
    """Debian's ogrinfo counts a selection by `resultType=hits`: one page for the fields, no feature more."""
    for collection in ("parcelles-fictives", "reserves-fictives"):
        name, value, expected = searched(collection)
        with asked(logged) as requests:
            count = Debian().count(f"OAPIF:{logged.address}", collection, f"\"{name}\" = '{value}'")
        assert count == len(expected)
        hits = [one for one in of_items(requests, collection) if one.parameters.get("resultType") == "hits"]
        assert hits and hits[0].status == 200 and asks(hits[0], name, value)
        whole = [one for one in of_items(requests, collection) if "resultType" not in one.parameters]
        assert len(whole) == 1, "the page from which the fields are guessed"


def clear_boxes(shapes: numpy.ndarray, count: int) -> list[tuple[float, ...]]:
    """Boxes around features, none with an edge within a hair of deciding one."""
    chance, found = random.Random(2_016), []
    west, south, east, north = shapely.total_bounds(shapes)
    while len(found) < count:
        share = 10 ** chance.uniform(-2.5, -0.2)
        x, y = shapely.get_coordinates(chance.choice([s for s in shapes if s is not None]))[0]
        x, y = x - (east - west) * share * chance.random(), y - (north - south) * share * chance.random()
        box = shapely.box(x, y, x + (east - west) * share, y + (north - south) * share)
        if (shapely.intersects(shapes, box.buffer(1e-8)) == shapely.intersects(shapes, box.buffer(-1e-8))).all():
            found.append(box.bounds)
    return found


@by_client
@pytest.mark.parametrize(
    "collection", ["parcelles-fictives", "communes-mbm", "puits-de-mines", "zt-cavaliers", "cadastre-91326-parcelles"]
)
def test_a_box(logged, client, collection):
    """GDAL drops features without a place from a box, which the standard keeps; the rest is what GEOS finds."""
    file, ids = own(collection)
    selected = 0
    for box in clear_boxes(file.shapes, 6):
        with asked(logged) as requests:
            served = read(client, logged, collection, spat=box)
        hit = shapely.intersects(file.shapes, shapely.box(*box))
        assert len(served.fids) == int(hit.sum()), box
        if len(set(ids)) == len(ids):
            assert set(served.ids()) == set(numpy.array(ids)[hit])
        asked_boxes = [
            [float(v) for v in one.parameters["bbox"].split(",")]
            for one in of_items(requests, collection)
            if "bbox" in one.parameters
        ]
        assert asked_boxes and all(one == pytest.approx(box, abs=1e-12) for one in asked_boxes)
        selected += len(served.fids)
    assert selected > 0
