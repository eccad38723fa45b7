"""datetime, sortby, properties, skipGeometry, resultType and fields as parameters, by brute force over the source."""

import itertools
import json
import random
from datetime import UTC, datetime, timedelta

import pytest

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Works with a start and an end, either of which may be missing, in a layer of its own; and one without time."""
    seed = random.Random(7)
    features = []
    for n in range(400):
        start = datetime(2020, 1, 1, tzinfo=UTC) + DAY * seed.randrange(1500)
        end = start + DAY * seed.randrange(400)
        properties = {
            "nom": None if n % 11 == 0 else seed.choice(["Été", "zone", "Zone", "abc", "ABC", ""]) + str(n % 7),
            "surface": None if n % 13 == 0 else seed.choice([n, n / 4, -n]),
            "rang": n % 5,
            "bati": seed.choice([True, False, None]),
            "debut": None if n % 17 == 0 else start.date().isoformat(),
            "fin": None if n % 19 == 0 else end.date().isoformat(),
        }
        point = {"type": "Point", "coordinates": [2.6 + n / 10_000, 50.4]}
        features.append({"type": "Feature", "id": n + 1, "geometry": point if n % 23 else None, "properties": properties})
    folder = tmp_path_factory.mktemp("selection")
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "travaux.geojson").write_text(json.dumps(collection))
    for feature in features:
        feature["properties"].pop("debut"), feature["properties"].pop("fin")
    (folder / "sans-temps.geojson").write_text(json.dumps(collection))
    (folder / "terril.toml").write_text('[layer.travaux.fields]\nstart = "debut"\nend = "fin"\narea = "surface"\n')
    return folder


@pytest.fixture(scope="module")
def server(source):
    from terril_server import Terril

    with Terril(source) as server:
        server.wait_open()
        yield server
        assert "panicked" not in server.log()


@pytest.fixture(scope="module")
def features(server):
    return server.items("travaux")


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def spans(feature):
    """First and last instant of a feature; open where nothing is said."""
    start, end = feature["properties"]["debut"], feature["properties"]["fin"]
    return (day(start) if start else datetime.min.replace(tzinfo=UTC)), (
        day(end) + DAY - TICK if end else datetime.max.replace(tzinfo=UTC)
    )


OPEN_START, OPEN_END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("2021-06-01", day("2021-06-01"), day("2021-06-02") - TICK),
        ("2021-06-01T12:00:00Z", day("2021-06-01") + DAY / 2, day("2021-06-01") + DAY / 2),
        ("2021-06-01T00:30:00%2B02:00", day("2021-05-31") + DAY * 22.5 / 24, day("2021-05-31") + DAY * 22.5 / 24),
        ("2021-06-01/2021-06-30", day("2021-06-01"), day("2021-07-01") - TICK),
        ("2023-01-01/..", day("2023-01-01"), OPEN_END),
        ("2023-01-01/", day("2023-01-01"), OPEN_END),
        ("../2020-06-01", OPEN_START, day("2020-06-02") - TICK),
        ("/2020-06-01T00:00:00Z", OPEN_START, day("2020-06-01")),
        ("2021-03-01/P2D", day("2021-03-01"), day("2021-03-03")),
        ("0000-01-01T00:00:00Z/2020-06-01T00:00:00.000Z", OPEN_START, day("2020-06-01")),
        ("2023-01-01T00:00:00.000Z/9999-12-31T00:00:00Z", day("2023-01-01"), OPEN_END),
        ("1900-01-01", day("1900-01-01"), day("1900-01-02") - TICK),
    ],
)
def test_datetime_selects_what_meets_it(server, features, asked, start, end):
    found = {f["id"] for f in server.items("travaux", f"datetime={asked}")}
    expected = {f["id"] for f in features if spans(f)[0] <= end and start <= spans(f)[1]}
    assert found == expected
    assert 0 < len(expected) < len(features), "the case says nothing"


def test_an_odd_datetime_is_refused_with_its_remedy(server):
    for bad in ("yesterday", "2021-13-01", "2021-06-30/2021-06-01", "../..", "2021", "2021-01-01/P", "2021-01-01/2022-01-01/2023-01-01"):
        answer = server.get(f"/collections/travaux/items?datetime={bad}")
        assert answer.status == 400 and "2026-11-21" in answer.json()["detail"], bad


def test_a_layer_without_time_takes_any_datetime(server, features):
    assert server.json("/collections/sans-temps/items?datetime=1900-01-01")["numberMatched"] == len(features)
    assert server.json("/collections/sans-temps")["extent"]["temporal"]["interval"] == [[None, None]]


def test_the_extent_in_time_is_that_of_the_features(server, features):
    [[start, end]] = server.json("/collections/travaux")["extent"]["temporal"]["interval"]
    assert start == min(f["properties"]["debut"] for f in features if f["properties"]["debut"]) + "T00:00:00Z"
    assert end == max(f["properties"]["fin"] for f in features if f["properties"]["fin"]) + "T23:59:59Z"


KEYS = ["nom", "surface", "rang", "bati", "debut"]


def in_order(features, sortby):
    """Python's own sort, key by key from the last; nothing comes last in either direction; then the id."""
    ordered = sorted(features, key=lambda f: f["id"])
    for key in reversed(sortby.split(",")):
        name = key.lstrip("+-")
        there = [f for f in ordered if f["properties"][name] is not None]
        # A reversed sort would turn equals round; Python's `reverse` keeps them.
        there.sort(key=lambda f: f["properties"][name], reverse=key.startswith("-"))
        ordered = there + [f for f in ordered if f["properties"][name] is None]
    return [f["id"] for f in ordered]


@pytest.mark.parametrize(
    "sortby", [*KEYS, *(f"-{k}" for k in KEYS), "rang,-surface", "-bati,nom,-rang", "+rang,+nom"], ids=str
)
@pytest.mark.parametrize("page", [7, 150, 1000])
def test_sorted_pages_joined_are_the_sorted_whole(server, features, sortby, page):
    # Texts by code point, as Python compares them.
    found = [f["id"] for f in server.items("travaux", f"sortby={sortby.replace('+', '%2B')}", page=page)]
    assert found == in_order(features, sortby)


@pytest.mark.parametrize("box", ["0,0,1e16,1e16", "-1e300,-1e300,1e300,1e300", "0,-4e95,5e16,6e16", "0,0,100000001,1"])
@pytest.mark.parametrize("code", [3857, 2154, 3035])
def test_a_box_beyond_the_earth_held_a_thread_for_ever(server, code, box):
    """PROJ turned longitudes back into range one turn at a time."""
    answer = server.get(f"/collections/travaux/items?limit=1&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/{code}&bbox={box}")
    assert answer.status == 400 and "100,000,000" in answer.json()["detail"]
    far = server.get(f"/collections/travaux/items?limit=1&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/{code}&bbox=-1e8,-1e8,1e8,1e8")
    assert far.status == 200


def test_a_plus_that_became_a_space_still_sorts(server, features):
    found = [f["id"] for f in server.json("/collections/travaux/items?limit=1000&sortby=+rang,-nom")["features"]]
    assert found == in_order(features, "rang,-nom")


def test_positions_count_in_the_order_asked_for(server, features):
    expected = in_order(features, "-surface")
    for offset in (0, 1, 123, 399, 400, 10_000):
        body = server.json(f"/collections/travaux/items?limit=50&sortby=-surface&offset={offset}")
        assert [f["id"] for f in body["features"]] == expected[offset : offset + 50]


def test_conditions_hold_together(server, features):
    query = "rang=3&bati=true&datetime=2021-01-01/..&bbox=2.6,50,2.62,51&sortby=-surface"
    expected = in_order(
        [
            f
            for f in features
            if f["properties"]["rang"] == 3
            and f["properties"]["bati"] is True
            and spans(f)[1] >= day("2021-01-01")
            and (f["geometry"] is None or f["geometry"]["coordinates"][0] <= 2.62)
        ],
        "-surface",
    )
    assert [f["id"] for f in server.items("travaux", query, page=3)] == expected
    assert len(expected) > 5
    hits = server.json(f"/collections/travaux/items?{query}&resultType=hits")
    assert (hits["numberMatched"], hits["numberReturned"], hits["features"]) == (len(expected), 0, [])
    assert not [link for link in hits["links"] if link["rel"] == "next"]


def test_a_whole_number_beyond_64_bits_was_refused_as_none(server):
    for number in ("144063407904451977648604708864", "-" + "9" * 400):
        assert server.json(f"/collections/travaux/items?rang={number}")["numberMatched"] == 0


def test_only_the_fields_asked_for_are_sent(server, features):
    for names in itertools.combinations(KEYS, 2):
        body = server.json(f"/collections/travaux/items?limit=5&properties={','.join(names)}")
        assert all(list(f["properties"]) == [k for k in features[0]["properties"] if k in names] for f in body["features"])
        one = server.json(f"/collections/travaux/items/1?properties={names[0]}")
        assert list(one["properties"]) == [names[0]]
    bare = server.json("/collections/travaux/items?limit=5&skipGeometry=true")
    assert all(f["geometry"] is None and len(f["properties"]) == 6 for f in bare["features"])
    assert server.json("/collections/travaux/items/2?skipGeometry=false")["geometry"] is not None


@pytest.mark.parametrize(
    "query",
    ["sortby=geometry", "sortby=unknown", "sortby=", "sortby=rang;nom", "properties=unknown", "properties=rang,,nom",
     "skipGeometry=1", "resultType=all", "rang=x", "rang=1.5", "bati=2", "crs=http://www.opengis.net/def/crs/0/unsupported",
     "bbox-crs=EPSG:2056", "offset=1&startindex=2", "after=k", "after=n1&sortby=rang", "after=k[1,2,3]&sortby=rang",
     "lang=de", "f=xml", "query=rang%3D1", "limit=0", "limit=-1"],
)  # fmt: skip
def test_wrong_words_are_refused_by_name(server, query):
    answer = server.get(f"/collections/travaux/items?{query}")
    assert answer.status == 400 and answer.media_type() == "application/problem+json"
    name = [part.partition("=")[0] for part in query.split("&")]
    assert any(f'"{n}"' in answer.json()["detail"] for n in name), answer.json()


def test_counts_and_links_stand_in_the_headers_too(server):
    answer = server.get("/collections/travaux/items?limit=10&offset=20&rang=3")
    body = answer.json()
    assert answer.header("ogc-numbermatched") == str(body["numberMatched"])
    assert answer.header("ogc-numberreturned") == str(body["numberReturned"]) == "10"
    for link in body["links"]:
        written = f'<{link["href"]}>; rel="{link["rel"]}"; type="{link["type"]}"'
        assert written in [value for name, value in answer.headers if name.lower() == "link"]
    assert {"self", "alternate", "next", "prev", "collection"} == {link["rel"] for link in body["links"]}
    back = next(link["href"] for link in body["links"] if link["rel"] == "prev")
    assert "offset=10" in back and "rang=3" in back and "limit=10" in back


def test_a_long_question_does_not_make_headers_that_a_proxy_refuses(server):
    """nginx answers 502 where the headers of an answer pass its first buffer of 4 kB."""
    answer = server.get(f"/collections/travaux/items?limit=1&nom={'a' * 900}")
    assert answer.status == 200 and len(answer.json()["links"]) == 4
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers) < 4096
    walk = server.get(f"/collections/travaux/items?limit=1&sortby={','.join(KEYS * 20)}")
    assert '; rel="next"' in walk.header("link")


def test_schemas_say_what_there_is(server, features):
    queryables = server.json("/collections/travaux/queryables")
    assert set(queryables["properties"]) == {*features[0]["properties"], "geometry"}
    assert queryables["properties"]["geometry"] == {"title": "Geometry", "format": "geometry-point-or-multipoint"}
    assert queryables["properties"]["debut"] == {"title": "debut", "type": "string", "format": "date"}
    schema = server.json("/collections/travaux/schema")["properties"]
    roles = {name: p.get("x-ogc-role") for name, p in schema.items() if "x-ogc-role" in p}
    assert roles == {
        "id": "id", "geometry": "primary-geometry", "debut": "primary-interval-start", "fin": "primary-interval-end",
    }  # fmt: skip
    sortables = server.json("/collections/travaux/sortables")["properties"]
    assert set(sortables) == set(features[0]["properties"])
    for name, accept, expected in [
        ("schema", "*/*", "application/schema+json"),
        ("queryables", "application/geo+json, application/json", "application/json"),
        ("sortables", "application/schema+json", "application/schema+json"),
        ("queryables", "text/html", "text/html"),
    ]:
        assert server.get(f"/collections/travaux/{name}", {"Accept": accept}).media_type() == expected
