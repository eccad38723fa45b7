"""What the public view hides shows nowhere.

One per cent of a layer's features carry a secret word and lie alone, far outside the others. The same layer has a secret field.
Then everything is asked: every route of `/api`, every tile of z0 to z14 around both places, and what may leak (a count, an
extent, an id, an error text, a header, a log line) is looked for. Where the secret itself is part of a request, the answer must
be the one that the same request gets with a word that exists nowhere.
"""

import json
import random
import re

import pytest
from mvt import read_tile
from openapi_walk import requests_of
from tile_math import tile_of

# Numbers that stand nowhere else, so that their appearance is a leak and no coincidence.
TOTAL, HIDDEN = 7919, 79
VISIBLE = TOTAL - HIDDEN
WORD, FIELD, OTHER_FIELD = "XYLOGRAPHE", "prix_plancher", "note_interne"
# The same lengths, for requests that differ in nothing but the word.
NOWHERE_WORD, NOWHERE_FIELD = "XYLOPHAGES", "prix_planchea"
PUBLIC_BOX = (2.60, 50.30, 2.90, 50.50)
SECRET_BOX = (3.700, 50.100, 3.702, 50.102)
SECRET_IDS = [910_001 + n for n in range(HIDDEN)]
NOWHERE_ID = 920_001

CONFIGURATION = """
[layer.reserves.public]
where = "statut <> 'confidentiel'"
fields = ["id", "nom", "statut"]
"""


def source() -> dict:
    chance = random.Random(7)
    rows = []
    for n in range(TOTAL):
        hidden = n % 100 == 50 and n // 100 < HIDDEN
        west, south, east, north = SECRET_BOX if hidden else PUBLIC_BOX
        x, y, side = chance.uniform(west, east), chance.uniform(south, north), 0.0002
        ring = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
        if n in (50, 51):  # one bow-tie on each side: the fault list must show one of them
            ring[1], ring[2] = ring[2], ring[1]
        rows.append(
            {
                "type": "Feature",
                "properties": {
                    "id": SECRET_IDS[n // 100] if hidden else n,
                    "nom": f"{WORD} {n}" if hidden else f"Réserve {n}",
                    "statut": "confidentiel" if hidden else chance.choice(["libre", "réservée"]),
                    FIELD: 77_000_000 + n,
                    OTHER_FIELD: f"interne-{n}",
                },
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": rows}


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    from terril_server import Terril

    folder = tmp_path_factory.mktemp("view")
    (folder / "reserves.geojson").write_text(json.dumps(source()))
    configuration = folder / "terril.toml"
    configuration.write_text(CONFIGURATION)
    with Terril(folder / "reserves.geojson", args=("--config", str(configuration))) as server:
        server.wait_open()
        yield server


def test_the_source_is_what_this_file_says():
    rows = source()["features"]
    secret = [row for row in rows if WORD in row["properties"]["nom"]]
    assert len(rows) == TOTAL and len(secret) == HIDDEN
    assert [row["properties"]["id"] for row in secret] == SECRET_IDS


def leaks(text: str) -> list[str]:
    """What in an answer, a header or a log would tell of the secret."""
    patterns = {
        "the word": WORD,
        "the field": FIELD,
        "the other field": OTHER_FIELD,
        "a value of the field": r"(?<![\d.])7700\d{4}\b",
        "a value of the other field": r"interne-\d",
        "the status": r"confidentiel",
        "an id": r"(?<![\d.])9100\d\d\b",
        "the total": r"\b7[\s.,\u202f\u00a0_]?919\b",
        # In coordinates, extents and bounds: nothing public lies east of 2.91 or south of 50.29.
        "a longitude": r"\b3\.70\d",
        "a latitude": r"\b50\.10\d",
    }
    return [what for what, pattern in patterns.items() if re.search(pattern, text, re.IGNORECASE)]


def check_answer(answer) -> None:
    headers = "\n".join(f"{key}: {value}" for key, value in answer.headers)
    found = leaks(answer.body.decode("utf-8", errors="replace")) + leaks(headers)
    assert not found, (answer.url, answer.status, found)
    # No answer's size or count says it either: any JSON number is checked for the hidden count.
    if "json" in answer.media_type() and answer.body:
        assert HIDDEN not in counts_in(answer.json()), answer.url


def counts_in(node, key: str = "") -> list[int]:
    """Numbers that stand under a key that counts something."""
    if isinstance(node, dict):
        return [n for name, value in node.items() for n in counts_in(value, name)]
    if isinstance(node, list):
        return [n for value in node for n in counts_in(value, key)]
    counting = re.search("count|number|feature|total|hidden|fault|row", key, re.IGNORECASE)
    return [node] if counting and isinstance(node, int) and not isinstance(node, bool) else []


def test_the_public_part_is_there(hidden):
    page = hidden.json("/collections/reserves/items?limit=10000")
    assert page["numberMatched"] == VISIBLE == page["numberReturned"]
    assert set(page["features"][0]["properties"]) == {"id", "nom", "statut"}
    west, south, east, north = hidden.json("/collections/reserves")["extent"]["spatial"]["bbox"][0]
    assert 2.59 < west and east < 2.91 and 50.29 < south and north < 50.51


def test_no_route_of_the_api_shows_it(hidden):
    api = hidden.json("/api")
    check_answer(hidden.get("/api"))
    x, y = tile_of(*PUBLIC_BOX[:2], 12)
    path_values = {
        "collectionId": ["reserves"],
        "collection": ["reserves"],
        "layers": ["reserves"],
        "featureId": ["0", "7000"],
        "fid": ["0", "7000"],
        "id": ["0", "7000"],
        "tileMatrixSetId": ["WebMercatorQuad"],
        "tileMatrixSet": ["WebMercatorQuad"],
        "tileMatrix": ["12"],
        "tileRow": [str(y), str(y - 1)],
        "tileCol": [str(x), str(x + 1)],
        "z": ["12"],
        "x": [str(x), str(x + 1)],
        "y": [str(y), str(y - 1)],
        "file": ["index.html", "page.css"],
        "asset": ["none.js"],
        "template": ["reserves"],
        "version": ["1", "2"],
    }
    query_values = {
        "bbox": [",".join(map(str, PUBLIC_BOX)), "-180,-90,180,90"],
        "limit": ["1", "10000"],
        "offset": ["0", "7800", "7839", "7840", "8000"],
        "q": ["reserve", "a", "7"],
        # Every resource as a page too, in both languages.
        "f": ["json", "html", "geojson", "csv"],
        "sortby": ["nom", "-id", "-statut,nom"],
        "properties": ["nom", "id,statut"],
        "crs": ["http://www.opengis.net/def/crs/EPSG/0/2154"],
        "datetime": ["2024-01-01/.."],
        "statut": ["libre"],
        "nom": ["Réserve 0"],
    }
    asked = 0
    for request in requests_of(api, path_values, query_values):
        answer = hidden.get(request.path)
        assert answer.status < 500, (request.path, answer.status)
        check_answer(answer)
        asked += 1
    assert asked > 40, "the document lists too few routes for this to say anything"


def test_the_whole_list_of_items_page_by_page(hidden):
    seen = set()
    path = "/collections/reserves/items?limit=500"
    while path:
        answer = hidden.get(path)
        check_answer(answer)
        page = answer.json()
        assert page["numberMatched"] == VISIBLE
        seen |= {feature["id"] for feature in page["features"]}
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(seen) == VISIBLE and not seen & set(SECRET_IDS)


def test_boxes_around_the_secret_place_are_as_empty_as_any(hidden):
    # The box itself stands in the links of the answer, so only the features are looked at.
    box = ",".join(map(str, (SECRET_BOX[0] - 0.01, SECRET_BOX[1] - 0.01, SECRET_BOX[2] + 0.01, SECRET_BOX[3] + 0.01)))
    page = hidden.json(f"/collections/reserves/items?bbox={box}")
    assert page["numberMatched"] == 0 and page["features"] == []


def indistinguishable(server, template: str, secret: object, nowhere: object, headers: dict | None = None) -> None:
    """A request with the secret in it gets what the same request gets with something that exists nowhere."""
    ours = server.get(template.format(secret), headers)
    control = server.get(template.format(nowhere), headers)

    def shape(answer, word):
        text = answer.body.decode("utf-8", errors="replace").replace(str(word), "*")
        text = re.sub(r'"timeStamp":\s*"[^"]*"', "", text)
        kept = [(k.lower(), v.replace(str(word), "*")) for k, v in answer.headers if k.lower() not in ("date", "etag", "last-modified")]
        return answer.status, kept, text

    assert shape(ours, secret) == shape(control, nowhere), template


def test_asking_for_the_secret_is_like_asking_for_nothing(hidden):
    for secret in (SECRET_IDS[0], SECRET_IDS[-1]):
        indistinguishable(hidden, "/collections/reserves/items/{}", secret, NOWHERE_ID)
        assert hidden.get(f"/collections/reserves/items/{secret}").status == 404
        indistinguishable(hidden, "/collections/reserves/items?id={}", secret, NOWHERE_ID)
    indistinguishable(hidden, "/search?q={}", WORD, NOWHERE_WORD)
    indistinguishable(hidden, "/search?q={}", WORD[:6].lower(), "xyzzyq")
    indistinguishable(hidden, "/collections/reserves/items?nom={}%2050", WORD, NOWHERE_WORD)
    indistinguishable(hidden, "/collections/reserves/items?statut={}", "confidentiel", "confidentiem")


def test_a_filter_tells_no_more(hidden):
    """A hidden field in a filter is one that is not there; hidden values, ids and places select nothing."""
    path, (x, y) = "/collections/reserves/items?filter=", tile_of(*PUBLIC_BOX[:2], 8)
    tile = f"/reserves/8/{x}/{y}.pbf"
    for template in (f"{path}{{}}=77000000", f"{path}nom%20LIKE%20'%25'%20AND%20{{}}%20IS%20NULL", f"{path}T_AFTER({{}},DATE('2020-01-01'))",
                     f"{path}%7B%22op%22:%22isNull%22,%22args%22:[%7B%22property%22:%22{{}}%22%7D]%7D&filter-lang=cql2-json",
                     f"{tile}?filter={{}}=1", "/reserves.json?filter={}=1"):  # fmt: skip
        indistinguishable(hidden, template, FIELD, NOWHERE_FIELD)
        assert hidden.get(template.format(FIELD)).status == 400, template
    indistinguishable(hidden, f"{path}nom%20LIKE%20'{{}}%25'", WORD, NOWHERE_WORD)
    indistinguishable(hidden, f"{path}id%20%3D%20{{}}", SECRET_IDS[0], NOWHERE_ID)
    place = ",".join(map(str, SECRET_BOX))
    for text in ("TRUE", "NOT (1 = 2)", "geometry IS NOT NULL", "statut = 'confidentiel' OR TRUE"):
        answer = hidden.json(path + text.replace(" ", "%20") + "&resultType=hits")
        assert answer["numberMatched"] == VISIBLE, text
    for text in (f"S_INTERSECTS(geometry,BBOX({place}))", f"NOT%20S_DISJOINT(geometry,BBOX({place}))", "statut='confidentiel'"):
        assert hidden.json(path + text)["features"] == [], text


def test_the_hidden_field_is_like_an_unknown_one(hidden):
    indistinguishable(hidden, "/collections/reserves/items?{}=77000000", FIELD, NOWHERE_FIELD)
    assert hidden.get(f"/collections/reserves/items?{FIELD}=77000000").status == 400
    for parameter in ("properties", "sortby"):
        for path in ("items", "items/7") if parameter == "properties" else ("items",):
            template = f"/collections/reserves/{path}?{parameter}={{}}"
            indistinguishable(hidden, template, FIELD, NOWHERE_FIELD)
            assert hidden.get(template.format(FIELD)).status == 400


def test_schemas_name_what_is_shown_alone(hidden):
    for name in ("schema", "queryables", "sortables", "schema?f=geojson"):
        answer = hidden.get(f"/collections/reserves/{name}")
        check_answer(answer)
        properties = answer.json()["properties"]
        named = set(properties.get("properties", {}).get("properties", {}) or properties)
        assert named <= {"id", "nom", "statut", "fid", "geometry"} and "nom" in named


def test_pages_show_the_public_part_alone(hidden):
    for lang in ("fr", "en"):
        for path in ("", "/items", "/items?limit=10000", "/items?sortby=-nom&limit=1000", "/items/7", "/schema", "/tiles"):
            separator = "&" if "?" in path else "?"
            answer = hidden.get(f"/collections/reserves{path}{separator}f=html&lang={lang}")
            assert answer.status == 200 and answer.media_type() == "text/html"
            check_answer(answer)


def test_no_tile_shows_it(hidden):
    """Every tile of z0 to z14 over both places and between them at low zooms."""
    asked = full = 0
    for zoom in range(15):
        tiles = set()
        for west, south, east, north in (PUBLIC_BOX, SECRET_BOX):
            x0, y0 = tile_of(west, north, zoom)
            x1, y1 = tile_of(east, south, zoom)
            around = 1 if zoom >= 5 else 0
            tiles |= {
                (x, y) for x in range(x0 - around, x1 + 1 + around) for y in range(y0 - around, y1 + 1 + around)
            }
        for x, y in sorted(tiles):
            answer = hidden.get(f"/reserves/{zoom}/{x}/{y}.pbf")
            asked += 1
            assert answer.status in (200, 204, 404), answer.url
            assert not leaks("\n".join(f"{k}: {v}" for k, v in answer.headers)), answer.url
            if answer.status != 200:
                check_answer(answer)
                continue
            full += 1
            # A tile is bytes: strings are looked for as they are, numbers after decoding.
            assert not leaks(answer.body.decode("latin-1")), answer.url
            for layer in read_tile(answer.body, 256):
                assert len(layer.features) <= VISIBLE
                for feature in layer.features:
                    assert set(feature.properties) <= {"id", "nom", "statut", "count", "area"}, answer.url
                    assert feature.properties.get("id") not in SECRET_IDS
                    assert feature.properties.get("statut") != "confidentiel"
    assert full > 100 and asked > full


def test_tiles_at_the_secret_place_are_like_any_outside(hidden):
    for zoom in (10, 12, 14):
        at = tile_of(*SECRET_BOX[:2], zoom)
        elsewhere = tile_of(5.5, 47.0, zoom)
        answers = [hidden.get(f"/reserves/{zoom}/{x}/{y}.pbf") for x, y in (at, elsewhere)]
        assert answers[0].status == answers[1].status != 200


def test_tilejson_stops_at_the_public_extent(hidden):
    answer = hidden.get("/reserves.json")
    check_answer(answer)
    tilejson = answer.json()
    assert set(tilejson["vector_layers"][0]["fields"]) <= {"id", "nom", "statut"}
    west, south, east, north = tilejson["bounds"]
    assert 2.59 < west and east < 2.91 and 50.29 < south and north < 50.51


def test_the_fault_list_shows_the_public_fault_only(hidden):
    answer = hidden.get("/loads")
    check_answer(answer)
    (entry,) = [one for one in answer.json()["layers"] if one["collection"] == "reserves"]
    invalid = [fault for fault in entry["report"]["faults"] if fault["kind"].startswith("invalid")]
    assert [str(fault["feature"]) for fault in invalid] == ["51"]
    assert entry["report"]["features"] == VISIBLE
    assert entry["report"]["repaired"] == 1
    assert entry["report"]["counts"]["invalid-geometry"] == 1


def test_the_report_of_the_layer_shows_the_public_fault_only(hidden):
    for path in ("/loads/reserves?f=json&limit=10000", "/loads/reserves?f=html", "/loads/reserves?f=csv", "/loads/reserves/faults"):
        answer = hidden.get(path)
        assert answer.status == 200 and len(answer.body) > 100
        check_answer(answer)
    report = hidden.json("/loads/reserves")
    assert [fault["feature"] for fault in report["faults"]] == [51]
    assert [(kind["kind"], kind["count"]) for kind in report["kinds"]] == [("invalid-geometry", 1)]
    assert report["numberOfFaults"] == 1 and report["report"]["features"] == VISIBLE
    points = hidden.json("/loads/reserves/faults")
    assert [point["properties"]["feature"] for point in points["features"]] == [51]


def test_faults_between_features_are_for_readers_of_all_rows(serve, tmp_path):
    """Each of them tells of one feature what another is. An area that a hidden field declares is none of theirs either."""
    squares = [(0, 0), (8, 0), (8, 0)]
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"P{n}", "section": "AB", "numero": str(n), "contenance": 4321, "secret": "no" if n else "yes"},
            "geometry": {"type": "Polygon", "coordinates": [[[2.5 + (x + dx) * 1e-5, 50.5 + (y + dy) * 1e-5] for dx, dy in ((0, 0), (9, 0), (9, 9), (0, 9), (0, 0))]]},
        }
        for n, (x, y) in enumerate(squares)
    ]
    (tmp_path / "parcels.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    def kinds(public: str) -> dict[str, int]:
        (tmp_path / "terril.toml").write_text('[layer.parcels]\nrole = "parcel"\n' + public)
        server = serve(tmp_path).wait_open("audited")
        report = server.json("/loads/parcels")
        text = "".join(server.get(f"/loads/parcels{more}").text for more in ("?f=csv", "?f=html", "/faults"))
        server.stop()
        for kind in report["kinds"]:
            assert kind["kind"] in text
        if "area-differs" not in report["report"]["counts"]:
            assert "4321" not in text
        return report["report"]["counts"]

    everything = {"duplicate-geometry": 1, "overlap": 2, "area-differs": 3}
    assert kinds("") == everything
    assert kinds("[layer.parcels.public]\n") == everything
    assert kinds('[layer.parcels.public]\nfields = ["id"]\n') == {"duplicate-geometry": 1, "overlap": 2}
    assert kinds("[layer.parcels.public]\nwhere = \"secret = 'no'\"\n") == {}


def test_the_second_start_hides_it_too(hidden, tmp_path, serve):
    """What a base file holds must not come out by the quick way in."""
    (tmp_path / "reserves.geojson").write_text(json.dumps(source()))
    configuration = tmp_path / "terril.toml"
    configuration.write_text(CONFIGURATION)
    for _ in range(2):
        server = serve(
            tmp_path / "reserves.geojson", args=("--config", str(configuration)), state=tmp_path / "state"
        )
        server.wait_open()
        assert server.json("/collections/reserves/items?limit=1")["numberMatched"] == VISIBLE
        for path in ("/", "/collections", "/loads", "/health", "/viewer.json"):
            check_answer(server.get(path))
        server.stop()
        assert not leaks(own_words(server.log())), server.log()


def test_the_log_does_not_tell(hidden):
    """After everything above was asked. Requests stand in no log at info, so a secret word there is the server's own."""
    hidden.get("/collections/reserves/items/424242")
    assert not leaks(own_words(hidden.log())), hidden.log()


def own_words(log: str) -> str:
    """The log without time stamps, whose digits say nothing."""
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z?", "", log)


def test_faults_do_not_tell_of_hidden_features(serve, tmp_path):
    """An id that a hidden feature has too is a fault of both, and its words would tell of the hidden one."""
    feature = '{"type": "Feature", "id": 7, "properties": {"secret": "%s"}, "geometry": {"type": "Point", "coordinates": [2.5, 50.5]}}'
    features = ",".join(feature % word for word in ("hidden", "shown"))
    (tmp_path / "twins.geojson").write_text('{"type": "FeatureCollection", "features": [%s]}' % features)
    toml = "[layer.twins.public]\nwhere = \"secret = 'shown'\"\nfields = []\n"
    open_server = serve(tmp_path).wait_open()
    assert "duplicate-id" in open_server.get("/loads").body.decode(), "the fault is there where nothing is hidden"
    open_server.stop()
    (tmp_path / "terril.toml").write_text(toml)
    server = serve(tmp_path).wait_open()
    assert server.json("/collections/twins/items")["numberMatched"] == 1
    report = server.get("/loads").body.decode()
    assert "duplicate" not in report and "twice" not in report and "secret" not in report
