"""OWSLib finds its way from the landing page to every feature, with all it can ask. It sends no Accept, and a slash too many."""

import owslib
import pytest
from own_layers import PATHS, own, rows_by_id
from owslib.ogcapi.features import Features
from real_layers import BY_COLLECTION
from report import record
from terril_server import ROOT

record("OWSLib", owslib.__version__, "the whole service walked, with pages, boxes, time, properties and sorting")


@pytest.fixture(scope="module")
def api(real):
    return Features(f"{real.address}/")


@pytest.fixture
def demonstration(serve):
    return Features(serve(ROOT / "data").wait_open().address)


def pages(api: Features, collection: str, **parameters):
    """Every feature, by offset, as OWSLib's users do: it has no way to follow a link."""
    offset, found = 0, []
    while True:
        page = api.collection_items(collection, offset=offset, **parameters)
        found += page["features"]
        offset += len(page["features"])
        if not page["features"] or offset >= page["numberMatched"]:
            return found


def test_owslib_walks_the_api(api):
    assert any("ogcapi-features-1" in uri for uri in api.conformance()["conformsTo"])
    assert set(api.feature_collections()) == set(BY_COLLECTION)
    document = api.api()
    for listed in api.collections()["collections"]:
        name = listed["id"]
        assert f"/collections/{name}/items" in document["paths"]
        alone = api.collection(name)
        assert alone["id"] == name and alone["extent"] == listed["extent"]
        queryables, schema = api.collection_queryables(name), api.collection_schema(name)
        assert queryables["type"] == schema["type"] == "object"
        assert api.response_headers["Content-Type"].startswith("application/schema+json")
        fields = set(own(name)[0].fields) - {"id"}  # which GDAL makes of the id of a feature
        assert fields <= set(schema["properties"]) and fields <= set(queryables["properties"])
        page = api.collection_items(name)
        assert page["numberMatched"] == BY_COLLECTION[name].count
        first = page["features"][0]
        assert api.collection_item(name, first["id"])["properties"] == first["properties"]


def test_every_feature_by_offset(api):
    for name in ("communes-mbm", "zt-cavaliers"):
        features = pages(api, name, limit=97)
        assert len({feature["id"] for feature in features}) == len(features) == BY_COLLECTION[name].count


def test_boxes(api):
    page = api.collection_items("cites-minieres", limit=10, bbox=[2.0, 50.0, 4.0, 51.0])
    assert page["numberReturned"] == 10 and page["numberMatched"] == 159
    one = api.collection_item("puits-de-mines", "0")
    assert str(one["id"]) == "0"


def test_properties(api):
    rows = rows_by_id("communes-mbm")
    expected = {ident for ident, row in rows.items() if row["epci_nom"] == "CA d'Hénin-Carvin"}
    found = api.collection_items("communes-mbm", limit=1000, epci_nom="CA d'Hénin-Carvin")["features"]
    assert expected and {feature["properties"]["insee"] for feature in found} == expected
    (one,) = api.collection_items("communes-mbm", insee="62498", properties="nom,population")["features"]
    assert one["properties"] == {"nom": "Lens", "population": rows["62498"]["population"]}


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("field", ["nom", "population", "surface_km2"])
def test_sorting(api, field, order):
    features = pages(api, "communes-mbm", limit=100, sortby=(field, order))
    values = [feature["properties"][field] for feature in features]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=order == "desc"), "by code point"
    assert values[len(known) :] == [None] * (len(values) - len(known)), "unknown ones last"
    assert len({feature["id"] for feature in features}) == BY_COLLECTION["communes-mbm"].count


def test_time(demonstration):
    rows = own("operations-fictives")[0].rows()
    for interval, first, last in (
        ("2024-01-01/2025-12-31", 2024, 2025),
        ("../2023-01-01", 0, 2023),
        ("2034-06-01/..", 2034, 9999),
        ("2030-05-05", 2030, 2030),
    ):
        expected = sum(row["annee_debut"] <= last and row["annee_fin"] >= first for row in rows)
        page = demonstration.collection_items("operations-fictives", limit=1, datetime_=interval)
        assert page["numberMatched"] == expected, interval


def test_the_demonstration_is_read_too(demonstration):
    for name in demonstration.feature_collections():
        assert len(pages(demonstration, name, limit=50)) == len(own(name)[1])
    assert len(demonstration.feature_collections()) == len(
        [path for path in PATHS.values() if path.parent == ROOT / "data"]
    )


@pytest.mark.parametrize(
    "wrong",
    [{"limit": 0}, {"limit": -1}, {"bbox": [3, 50]}, {"datetime_": "soon"}, {"sortby": ("nothing", "asc")}, {"q": "x"}],
)
def test_what_is_wrong_is_an_error(api, wrong):
    with pytest.raises(RuntimeError, match='"status":400'):
        api.collection_items("communes-mbm", **wrong)


def test_writing_is_refused_in_words(api):
    """OWSLib posts CQL to the items, as one server has it; here that is a method that is not there."""
    with pytest.raises(RuntimeError, match='"status":405'):
        api.collection_items("communes-mbm", cql='{"op":"=","args":[{"property":"nom"},"Lens"]}')
    with pytest.raises(RuntimeError, match='"status":405'):
        api.collection_item_delete("communes-mbm", "62498")
