"""OWSLib finds its way from the landing page to the features."""

from owslib.ogcapi.features import Features


def test_owslib_walks_the_api(real):
    api = Features(f"{real.address}/")
    assert any("ogcapi-features-1" in uri for uri in api.conformance()["conformsTo"])
    assert "cites-minieres" in api.feature_collections()
    assert "paths" in api.api()
    collection = api.collection("cites-minieres")
    assert collection["id"] == "cites-minieres"
    page = api.collection_items("cites-minieres", limit=10, bbox=[2.0, 50.0, 4.0, 51.0])
    assert page["numberReturned"] == 10 and page["numberMatched"] == 159
    one = api.collection_item("puits-de-mines", "0")
    assert str(one["id"]) == "0"
