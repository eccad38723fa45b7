"""OGC API – Features Part 1 as clients meet it: pages, parameters, links."""

from urllib.parse import parse_qs, urlsplit

import pytest
from real_layers import BY_COLLECTION, geometries


def problem(answer, status: int) -> dict:
    """The answer is a problem document of that status."""
    assert answer.status == status, (answer.url, answer.status, answer.raw[:300])
    assert answer.media_type() == "application/problem+json", answer.url
    body = answer.json()
    assert body["status"] == status and body["title"] and body["type"]
    return body


@pytest.mark.parametrize("page", [1, 7, 100, 1000, 10000])
def test_walking_next_gives_every_feature_once(real, page):
    collection = "zt-terrils" if page == 1 else "communes-mbm"
    features = real.items(collection, page=page)
    ids = [feature["id"] for feature in features]
    assert len(ids) == len(set(ids)) == BY_COLLECTION[collection].count


def test_a_page_says_what_it_is(real):
    page = real.json("/collections/puits-de-mines/items?limit=100&offset=600")
    assert page["type"] == "FeatureCollection"
    assert page["numberMatched"] == 636 and page["numberReturned"] == len(page["features"]) == 36
    assert page["timeStamp"].endswith("Z")
    assert all(link["href"].startswith(real.address) and link["type"] for link in page["links"])
    relations = {link["rel"] for link in page["links"]}
    assert "self" in relations and "next" not in relations


def test_next_keeps_every_other_parameter(real):
    page = real.json("/collections/puits-de-mines/items?limit=5&bbox=2.5,50,3.5,51&compagnie=Compagnie%20de%20Lens")
    following = [link["href"] for link in page["links"] if link["rel"] == "next"]
    if page["numberMatched"] > 5:
        query = parse_qs(urlsplit(following[0]).query)
        assert query["bbox"] == ["2.5,50,3.5,51"] and query["limit"] == ["5"]
        assert query["compagnie"] == ["Compagnie de Lens"]
        assert int(query["offset"][0]) == 5 and query["after"]
    page = real.json("/collections/puits-de-mines/items?limit=5&bbox=2.5,50,3.5,51")
    assert parse_qs(urlsplit(next(k["href"] for k in page["links"] if k["rel"] == "next")).query)["limit"] == ["5"]


def test_the_default_page_and_the_largest(real):
    declared = real.json("/api")["components"]["parameters"]["limit"]["schema"]["default"]
    assert real.json("/collections/cadastre-91027-parcelles/items")["numberReturned"] == declared
    for beyond in (10**9, 10**20):
        whole = real.json(f"/collections/cadastre-91027-parcelles/items?limit={beyond}")
        assert whole["numberReturned"] == 6759


def test_startindex_is_offset(real):
    a = real.json("/collections/puits-de-mines/items?limit=5&offset=20")["features"]
    b = real.json("/collections/puits-de-mines/items?limit=5&startindex=20")["features"]
    assert a == b and len(a) == 5


def test_the_position_counts_where_only_offset_stands(real):
    whole = [f["id"] for f in real.items("puits-de-mines")]
    page = real.json("/collections/puits-de-mines/items?limit=10&offset=300")
    assert [f["id"] for f in page["features"]] == whole[300:310]


@pytest.mark.parametrize("limit", ["0", "-1", "ten", "", "1.5", "1e9", "NaN", "%00"])
def test_a_limit_that_is_none(real, limit):
    body = problem(real.get(f"/collections/terrils/items?limit={limit}"), 400)
    assert "limit" in body["detail"]


def test_unknown_parameters_are_refused_everywhere(real):
    for path in ("/", "/conformance", "/collections", "/collections/terrils", "/collections/terrils/items",
                 "/collections/terrils/items/0", "/collections/terrils/tiles", "/terrils.json", "/health", "/loads",
                 "/tileMatrixSets", "/api"):  # fmt: skip
        body = problem(real.get(f"{path}?unheard-of=1"), 400)
        assert "unheard-of" in body["detail"], path


def test_query_is_told_apart(real):
    body = problem(real.get("/collections/terrils/items?query=x"), 400)
    assert "filter=" in body["detail"]


@pytest.mark.parametrize(
    "key, value, count",
    [("insee", "62498", 1), ("nom", "Lens", 1), ("nom", "lens", 0), ("statut", "Commune simple", None)],
)
def test_property_equals_value(real, shared, key, value, count):
    from real_layers import features

    rows = features(shared / "data" / BY_COLLECTION["communes-mbm"].path)
    expected = [row["properties"]["insee"] for row in rows if row["properties"].get(key) == value]
    if count is not None:
        assert len(expected) == count
    served = real.items("communes-mbm", f"{key}={value.replace(' ', '%20')}")
    assert sorted(f["properties"]["insee"] for f in served) == sorted(expected)


def test_a_numeric_property(real, shared):
    from real_layers import features

    rows = features(shared / "data" / BY_COLLECTION["cadastre-91027-parcelles"].path)
    value = rows[0]["properties"]["contenance"]
    expected = sorted(r["properties"]["id"] for r in rows if r["properties"].get("contenance") == value)
    served = real.items("cadastre-91027-parcelles", f"contenance={value}")
    assert sorted(f["id"] for f in served) == expected
    problem(real.get("/collections/cadastre-91027-parcelles/items?contenance=large"), 400)


def test_filters_are_conjunctive(real):
    everywhere = {f["id"] for f in real.items("zt-cites-minieres", "compagnie=Compagnie%20de%20Lens")}
    boxed = {f["id"] for f in real.items("zt-cites-minieres", "bbox=2.7,50.3,2.9,50.5")}
    both = {f["id"] for f in real.items("zt-cites-minieres", "compagnie=Compagnie%20de%20Lens&bbox=2.7,50.3,2.9,50.5")}
    assert both == everywhere & boxed


def test_landing_page_and_collections(real):
    landing = real.json("/")
    relations = {(link["rel"], link.get("type")) for link in landing["links"]}
    assert ("service-desc", "application/vnd.oai.openapi+json;version=3.0") in relations
    assert {"conformance", "data", "self"} <= {rel for rel, _ in relations}
    assert all(link["href"].startswith(real.address) for link in landing["links"])
    conformance = real.json("/conformance")["conformsTo"]
    for name in ("core", "geojson", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" in conformance
    listed = {one["id"]: one for one in real.json("/collections")["collections"]}
    for collection in BY_COLLECTION:
        alone = real.json(f"/collections/{collection}")
        for key in ("id", "title", "description", "extent"):
            assert alone.get(key) == listed[collection].get(key), (collection, key)
        assert alone["itemType"] == "feature"
        assert alone["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
        assert {"self", "items"} <= {link["rel"] for link in alone["links"]}


def test_the_extent_is_the_data(real, shared):
    import shapely

    for collection, layer in BY_COLLECTION.items():
        own = shapely.total_bounds(geometries(shared / "data" / layer.path))
        served = real.json(f"/collections/{collection}")["extent"]["spatial"]["bbox"][0]
        # It may be wider by the step of the index (centimetres), never narrower.
        assert served == pytest.approx(list(own), abs=2e-7), collection
        assert shapely.box(*served).covers(shapely.box(*own)), collection


def test_every_link_of_the_api_answers(real):
    seen, left = set(), [f"{real.address}/"]
    while left:
        url = left.pop()
        seen.add(url)
        answer = real.get(url)
        assert answer.status in (200, 204), url
        if "json" not in answer.media_type():
            continue
        body = answer.json()
        nodes = [body, *body.get("collections", []), *body.get("tilesets", []), *body.get("tileMatrixSets", [])]
        for node in nodes:
            for link in node.get("links", []):
                if link.get("templated") or link["rel"] == "next" or not link["href"].startswith(real.address):
                    continue
                if link["href"] not in seen and link["href"] not in left:
                    left.append(link["href"])
    assert len(seen) > 50


def test_item_by_id(real):
    feature = real.json("/collections/communes-mbm/items/62498")
    assert feature["type"] == "Feature" and feature["properties"]["nom"] == "Lens"
    assert {"self", "collection"} <= {link["rel"] for link in feature["links"]}
    same = real.json("/collections/communes-mbm/items/%362498")
    assert same["properties"] == feature["properties"]


@pytest.mark.parametrize("path", ["/collections/nowhere", "/collections/nowhere/items", "/collections/terrils/items/nobody",
                                  "/nowhere.json", "/nowhere/0/0/0.pbf", "/collections/terrils/tiles/Nowhere/0/0/0",
                                  "/tileMatrixSets/Nowhere", "/no/such/route"])  # fmt: skip
def test_unknown_things_are_404(real, path):
    problem(real.get(path), 404)


def test_ids_that_need_encoding(serve, tmp_path):
    import json

    ids = ["a/b", "a b", "é", "100%", "?x=1", "#h", "..", "a+b", "œuf & œil"]
    rows = [
        {"type": "Feature", "id": one, "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": [2 + n, 50]}}
        for n, one in enumerate(ids)
    ]
    (tmp_path / "odd.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    server = serve(tmp_path / "odd.geojson").wait_open()
    for feature in server.items("odd"):
        assert feature["id"] == ids[feature["properties"]["n"]]
    from urllib.parse import quote

    for n, one in enumerate(ids):
        if one == "..":
            continue  # no client can send it as a path segment; the list above shows it
        feature = server.json(f"/collections/odd/items/{quote(one, safe='')}")
        assert feature["id"] == one and feature["properties"]["n"] == n
        (own,) = [link["href"] for link in feature["links"] if link["rel"] == "self"]
        assert server.get(own).json()["id"] == one
