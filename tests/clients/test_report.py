"""Load reports as programs, spreadsheets and people get them: `/loads`, `/loads/{collection}` and `terril load`."""

import csv
import io
import json
import re
import subprocess

import pytest
from terril_server import BINARY, ROOT, Terril

FORMULA = '=HYPERLINK("http://example.org";"here")'
# Bow-ties enough for several pages, and more than stand in the list of all layers.
TIES = 230


def square(n: int) -> list[list[float]]:
    x, y, side = 2.5 + n % 50 * 0.001, 50.4 + n // 50 * 0.001, 0.0005
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def feature(id_: object, ring: list | None) -> dict:
    geometry = ring and {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"id": id_, "nom": f"n° {id_}"}, "geometry": geometry}


def source() -> dict:
    features = []
    for n in range(TIES):
        ring = square(n)
        ring[1], ring[2] = ring[2], ring[1]
        features.append(feature(f"tie-{n:03}", ring))
    features += [feature("whole", square(900)), feature("nowhere", None), feature(FORMULA, None), feature("-7", None)]
    return {"type": "FeatureCollection", "features": features}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("report")
    (path / "sites.geojson").write_text(json.dumps(source()))
    return path


@pytest.fixture(scope="module")
def server(folder):
    with Terril(folder) as running:
        yield running.wait_open("audited")


def test_the_list_has_the_first_faults_and_leads_to_the_others(server):
    (layer,) = server.json("/loads")["layers"]
    assert layer["numberOfFaults"] == TIES + 3
    assert len(layer["report"]["faults"]) == layer["faultsListed"] == 200
    link = next(one["href"] for one in layer["links"] if one["type"] == "application/json")
    assert server.json(link)["numberMatched"] == TIES + 3


def test_pages_joined_are_the_whole_report(server):
    seen, path = [], "/loads/sites?limit=40"
    while path:
        page = server.json(path)
        assert page["numberMatched"] == TIES + 3 and page["numberReturned"] == len(page["faults"]) <= 40
        seen += page["faults"]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    whole = server.json("/loads/sites?limit=10000")
    assert seen == whole["faults"] and len(seen) == TIES + 3
    assert "faults" not in whole["report"], "they stand beside it"
    last = server.json("/loads/sites?limit=40&offset=240")
    assert last["faults"] == []
    back = next(link["href"] for link in last["links"] if link["rel"] == "prev")
    assert server.json(back)["numberReturned"] == 33 or server.json(back)["numberReturned"] == 40


def test_kinds_have_words_and_can_be_asked_for(server):
    kinds = {kind["kind"]: kind for kind in server.json("/loads/sites")["kinds"]}
    assert {name: kind["count"] for name, kind in kinds.items()} == {"invalid-geometry": TIES, "null-geometry": 3}
    for kind in kinds.values():
        assert all(kind[part][lang] for part in ("label", "meaning", "remedy") for lang in ("fr", "en"))
    asked = server.json("/loads/sites?kind=null-geometry")
    assert asked["numberMatched"] == 3 and {f["kind"] for f in asked["faults"]} == {"null-geometry"}
    wrong = server.get("/loads/sites?kind=bow-tie")
    assert wrong.status == 400 and "invalid-geometry" in wrong.json()["detail"]
    for query in ("limit=0", "offset=-1", "kinds=x", "f=xlsx"):
        assert server.get(f"/loads/sites?{query}").status == 400, query
    assert server.get("/loads/none").status == 404 == server.get("/loads/none/faults").status


def rows_of(answer) -> list[dict]:
    assert answer.media_type() == "text/csv"
    text = answer.body.decode()
    assert text.startswith("\ufeff") and "\r\n" in text
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_the_table_is_one_for_spreadsheets(server):
    rows = rows_of(server.get("/loads/sites?f=csv&lang=en"))
    faults = server.json("/loads/sites?limit=10000")["faults"]
    assert len(rows) == len(faults)
    for row, fault in zip(rows, faults, strict=True):
        assert row["fault"] == fault["kind"] and row["message"] == fault["message"]
        assert row["row"] == str(fault["row"] + 1), "people count from one"
        if place := fault.get("place"):
            assert [float(row[name].replace(",", ".")) for name in ("longitude", "latitude")] == pytest.approx(place, abs=1e-6)
            assert "." not in row["longitude"]
        if "area_before_m2" in fault:
            assert float(row["area before m²"].replace(",", ".")) == pytest.approx(fault["area_before_m2"], abs=1e-6)
    ids = [row["feature"] for row in rows]
    assert "'" + FORMULA in ids and FORMULA not in ids, "a formula is a text with an apostrophe"
    assert "'-7" in ids and "-7" not in ids
    french = rows_of(server.get("/loads/sites?f=csv", {"Accept-Language": "fr"}))
    assert french[0]["libellé"] == "géométrie invalide, réparée"
    by_accept = server.get("/loads/sites", {"Accept": "text/csv"})
    assert by_accept.media_type() == "text/csv"
    assert len(rows_of(server.get("/loads/sites?f=csv&kind=null-geometry"))) == 3


def test_the_points_are_geojson(server):
    answer = server.get("/loads/sites/faults")
    assert answer.media_type() == "application/geo+json"
    points = answer.json()
    assert points["type"] == "FeatureCollection" and len(points["features"]) == TIES == points["numberReturned"]
    for point in points["features"]:
        lon, lat = point["geometry"]["coordinates"]
        assert 2.5 <= lon <= 2.6 and 50.4 <= lat <= 50.5
        assert point["properties"]["message_fr"] and point["properties"]["kind"] == "invalid-geometry"
        before, after = (point["properties"][f"area_{when}_m2"] for when in ("before", "after"))
        assert before >= 0 and after > 0


def test_the_page_is_for_people(server):
    for lang, words in (("fr", ("géométrie invalide, réparée", "Que faire", "Page suivante")), ("en", ("invalid geometry, repaired", "What to do", "Next page"))):
        page = server.get(f"/loads/sites?f=html&lang={lang}")
        assert page.status == 200 and page.media_type() == "text/html"
        for word in words:
            assert word in page.text, (lang, word)
        assert 'href="' + server.address + f"/collections/sites/items/tie-000?f=html&amp;lang={lang}" in page.text
        assert re.search(r"/#map=18/50\.4\d*/2\.5\d*&amp;faults=sites&amp;lang=" + lang, page.text)
    assert "HYPERLINK(&quot;" in server.get("/loads/sites?f=html&kind=null-geometry").text


def test_reports_are_kept_and_asked_again(server):
    for path in ("/loads", "/loads/sites", "/loads/sites?f=csv", "/loads/sites?f=html", "/loads/sites/faults"):
        answer = server.get(path)
        tag = answer.header("etag")
        assert tag and answer.header("cache-control") == "no-cache"
        assert server.get(path, {"If-None-Match": tag}).status == 304
        head = server.get(path, method="HEAD")
        assert head.status == 200 and head.raw == b"" and head.header("content-type") == answer.header("content-type")


def test_documents_lead_there(server):
    for path in ("/", "/collections/sites"):
        links = server.json(path + "?f=json")["links"]
        assert any("/loads" in link["href"] for link in links), path


# --- terril load ------------------------------------------------------------------------------------------------------


def load(*args: object) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "load", *map(str, args)], capture_output=True, text=True, check=False)


def test_a_check_tells_by_its_status(folder, tmp_path):
    good = load("--check", folder, "--lang", "en")
    assert good.returncode == 0, good.stderr
    assert "230  invalid geometry, repaired" in good.stdout and "sites.geojson:1 [tie-000]" in good.stdout
    assert "géométrie invalide, réparée" in load("--check", folder, "--lang", "fr").stdout
    assert load("--check", folder, "--max-faults", "0").returncode == 1
    assert load("--check", folder, "--max-faults", TIES + 3).returncode == 0
    assert load("--check", folder, "--max", f"invalid-geometry={TIES - 1}").returncode == 1
    assert load("--check", folder, "--max", f"invalid-geometry={TIES}").returncode == 0
    unknown = load("--check", folder, "--max", "bow-tie=1")
    assert unknown.returncode == 1 and "invalid-geometry" in unknown.stderr
    (tmp_path / "flat.geojson").write_text(json.dumps(feature("flat", [[2.5, 50.5], [2.6, 50.5], [2.7, 50.5], [2.5, 50.5]])))
    lost = load("--check", tmp_path)
    assert lost.returncode == 1 and "unrepairable-geometry" in lost.stderr
    assert load("--check", tmp_path, "--max", "unrepairable-geometry=1").returncode == 0
    (tmp_path / "no.geojson").write_text("{")
    refused = load("--check", tmp_path, "--max", "unrepairable-geometry=1")
    assert refused.returncode == 1 and "no.geojson" in refused.stdout


def test_a_check_audits(folder, tmp_path):
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature(1, square(1)), feature(2, square(1))]}))
    report = json.loads(load("--check", tmp_path, "--format", "json").stdout)
    (layer,) = report["layers"]
    assert layer["report"]["counts"] == {"duplicate-geometry": 1}
    assert [(f["feature"], f["other"]) for f in layer["faults"]] == [(2, 1)]


def test_a_check_says_what_the_server_says(folder, server, tmp_path):
    files = {name: tmp_path / f"report.{name}" for name in ("json", "csv", "html")}
    for path in files.values():
        done = load("--check", folder, "-o", path, "--lang", "en")
        assert done.returncode == 0 and "invalid geometry" in done.stdout
    (layer,) = json.loads(files["json"].read_text())["layers"]
    served = server.json("/loads/sites?limit=10000")
    assert layer["faults"] == served["faults"] and layer["kinds"] == served["kinds"]
    assert files["csv"].read_bytes() == server.get("/loads/sites?f=csv&lang=en").body
    page = files["html"].read_text()
    assert "invalid geometry, repaired" in page and "<script" not in page and FORMULA not in page


def test_what_is_loaded_ahead_is_served_at_once(folder, tmp_path):
    state = tmp_path / "state"
    done = load(folder, "--state", state)
    assert done.returncode == 0 and "ready" in done.stderr
    bases = sorted((state / "bases").rglob("*.base"))
    assert len(bases) == 1
    written = bases[0].stat().st_mtime_ns
    with Terril(folder, state=state) as running:
        running.wait_open()
        assert running.json("/collections/sites")["itemCount"] == TIES + 4
    assert sorted((state / "bases").rglob("*.base")) == bases and bases[0].stat().st_mtime_ns == written


def test_the_page_on_reports_has_the_words_of_the_program():
    """docs/reports.md is made of the same table: `cargo test --lib docs_reports` writes and checks it."""
    text = (ROOT / "docs" / "reports.md").read_text()
    assert "invalid-geometry" in text and "géométrie invalide, réparée" in text
