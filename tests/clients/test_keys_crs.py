"""Coordinates and keys as they are handed over: another system than declared, axes swapped, places at 0 0; codes without their zeros.

Coordinates are made by pyproj, codes by hand; what the program says of them is asked of `terril inspect` and of `/loads`.
"""

import json
import re
import subprocess

import pyproj
import pytest
from report import record
from terril_server import BINARY, Terril

record("pyproj", pyproj.__version__, "coordinates in systems other than the declared ones")

LENS = [(2.80 + 0.01 * i, 50.40 + 0.005 * (i % 4)) for i in range(12)]
GUADELOUPE = [(-61.60 + 0.01 * i, 16.20 + 0.005 * (i % 4)) for i in range(12)]
MARTINIQUE = [(-61.00 + 0.01 * i, 14.60 + 0.005 * (i % 4)) for i in range(12)]
GUYANE = [(-52.40 + 0.01 * i, 4.90 + 0.005 * (i % 4)) for i in range(12)]
REUNION = [(55.40 + 0.01 * i, -21.00 + 0.005 * (i % 4)) for i in range(12)]
MAYOTTE = [(45.10 + 0.01 * i, -12.80 + 0.005 * (i % 4)) for i in range(12)]
SAINT_PIERRE = [(-56.40 + 0.01 * i, 46.80 + 0.005 * (i % 4)) for i in range(12)]


def turned(places, code: int):
    if code == 4326:
        return places
    transformer = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    return [transformer.transform(*place) for place in places]


def swapped(places):
    return [(y, x) for x, y in places]


def collection(places, said: int | None) -> dict:
    document = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": list(place)}}
            for n, place in enumerate(places)
        ],
    }
    if said:
        document["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{said}"}}
    return document


def inspected(path, *options) -> str:
    done = subprocess.run([BINARY, "inspect", *options, str(path)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def inspect(tmp_path, places, said) -> str:
    path = tmp_path / "lieux.geojson"
    path.write_text(json.dumps(collection(places, said)))
    return inspected(path)


# Said, really in, where.
WRONG = [
    *[(said, 4326, LENS) for said in (2154, 3950, 27572, 27561, 3857, 9793, 9794, 9830, 9850)],
    *[(said, 4326, REUNION) for said in (2975, 2154)],
    (4326, 2154, LENS),
    (None, 2154, LENS),
    (4258, 3950, LENS),
    (2154, 3950, LENS),
    (3950, 2154, LENS),
    (3949, 3950, LENS),
    (9850, 2154, LENS),
    (9794, 3950, LENS),
    (2154, 27572, LENS),
    (27572, 2154, LENS),
    (27572, 27561, LENS),
    (2154, 5490, MARTINIQUE),
    (2154, 2972, GUYANE),
    (2154, 2975, REUNION),
    (2154, 4471, MAYOTTE),
    (2154, 4467, SAINT_PIERRE),
    (5490, 2975, REUNION),
    (4326, 2972, GUYANE),
]


@pytest.mark.parametrize(("said", "really", "where"), WRONG)
def test_the_system_that_coordinates_are_in_is_named(tmp_path, said, really, where):
    words = inspect(tmp_path, turned(where, really), said)
    assert "refused" in words, words
    assert re.search(rf'\[layer\.lieux\] crs = "EPSG:{really}"', words), words


def test_where_several_systems_fit_each_is_named(tmp_path):
    # Lambert II étendu would put Guadeloupe's eastings and northings into the south of France.
    words = inspect(tmp_path, turned(GUADELOUPE, 5490), 2154)
    assert "EPSG:27572" in words and "EPSG:5490" in words, words


@pytest.mark.parametrize(("said", "really", "where"), WRONG)
def test_the_remedy_that_is_named_helps(tmp_path, said, really, where):
    path = tmp_path / "lieux.geojson"
    path.write_text(json.dumps(collection(turned(where, really), said)))
    config = tmp_path / "terril.toml"
    config.write_text(f'[layer.lieux]\ncrs = "EPSG:{really}"\n')
    words = inspected(path, "--config", str(config))
    assert "refused" not in words, words
    west, south, east, north = (float(n) for n in re.search(r"extent +(.+)", words)[1].split(","))
    xs, ys = zip(*where, strict=True)
    assert (west, south, east, north) == pytest.approx((min(xs), min(ys), max(xs), max(ys)), abs=2e-4)


RIGHT = [
    *[(code, LENS) for code in (4326, 4171, 4258, 2154, 9793, 9794, 3950, 9830, 9850, 27572, 27561, 3857, 3035, 25831, 32631)],
    *[(code, GUADELOUPE) for code in (5490, 4559, 32620)],
    (2972, GUYANE),
    (2975, REUNION),
    (4471, MAYOTTE),
    (4467, SAINT_PIERRE),
    (4326, [(-74.0, 40.7), (2.35, 48.85)]),
    (2154, [(4.35, 50.85), (-3.70, 40.42)]),
]


@pytest.mark.parametrize(("code", "where"), RIGHT)
def test_what_can_be_is_loaded(tmp_path, code, where):
    words = inspect(tmp_path, turned(where, code), code)
    assert "refused" not in words, words
    assert ("CRS84" if code == 4326 else f"EPSG:{code}") in words


@pytest.mark.parametrize(("code", "where"), [(4326, LENS), (4258, LENS), (2154, LENS), (3950, LENS), (27572, LENS), (3857, LENS), (2975, REUNION), (4326, REUNION)])
def test_swapped_axes_are_refused(tmp_path, code, where):
    words = inspect(tmp_path, swapped(turned(where, code)), code)
    assert "refused" in words, words
    assert "swap" in words.lower(), words


def test_places_that_are_right_in_the_indian_ocean_are_loaded_when_the_settings_say_so(tmp_path):
    path = tmp_path / "lieux.geojson"
    path.write_text(json.dumps(collection(swapped(LENS), None)))
    config = tmp_path / "terril.toml"
    config.write_text('[layer.lieux]\ncrs = "EPSG:4326"\n')
    assert "refused" not in inspected(path, "--config", str(config))


def test_places_at_zero_are_kept_without_a_place_and_counted(tmp_path):
    (tmp_path / "lieux.geojson").write_text(json.dumps(collection([*LENS, (0, 0), (0.0, 0.0)], None)))
    (tmp_path / "metres.geojson").write_text(json.dumps(collection([*turned(LENS, 3950), (0, 0)], 3950)))
    nowhere = collection([(0, 0), (0, 0)], None)
    with Terril(tmp_path) as server:
        server.wait_open()
        for name, lost in (("lieux", {12, 13}), ("metres", {12})):
            features = server.items(name)
            assert len(features) == 12 + len(lost)
            assert {f["properties"]["n"] for f in features if f["geometry"] is None} == lost
            (entry,) = (layer for layer in server.json("/loads")["layers"] if layer["report"]["layer"] == name)
            assert entry["report"]["counts"]["null-island"] == len(lost)
            rows = {fault["row"] for fault in entry["report"]["faults"] if fault["kind"] == "null-island"}
            assert rows == lost
    (tmp_path / "nowhere.geojson").write_text(json.dumps(nowhere))
    words = inspected(tmp_path / "nowhere.geojson")
    assert "refused" in words and "0 0" in words, words


def test_a_refusal_stands_in_loads(tmp_path):
    (tmp_path / "lieux.geojson").write_text(json.dumps(collection(turned(LENS, 3950), 2154)))
    (tmp_path / "autres.geojson").write_text(json.dumps(collection(LENS, None)))
    with Terril(tmp_path) as server:
        server.wait_open()
        assert len(server.items("autres")) == len(LENS)
        said = json.dumps(server.json("/loads"))
        assert "CC50 (EPSG:3950)" in said, said


@pytest.mark.parametrize(
    "path",
    [
        "planning/30014_PLU/30014_ZONE_URBA_20171013.shp",
        "planning/shp_latin1/PRESCRIPTION_PCT.shp",
        "planning/tab_latin1/PRESCRIPTION_PCT.TAB",
        "planning/tab_latin1/ZONE_URBA_41003.TAB",
        "planning/ZONE_URBA.gml",
        "planning/pprt_69dreal20090005.gpkg",
        "formats/tab/cites_minieres.tab",
        "formats/shp_cp1252/communes_62_l93.shp",
    ],
)
def test_lambert_93_is_recognised_in_each_wording(shared, path):
    words = inspected(shared / "data" / path)
    assert re.search(r"crs +EPSG:2154,", words), words


# --- keys ------------------------------------------------------------------------------------------


def test_codes_of_the_polluted_sites_get_their_zeros_back(shared):
    source = shared / "data" / "messy" / "donnees-ademe-sites-pollues.geojson"
    rows = {f["properties"]["_id"]: f["properties"] for f in json.loads(source.read_text())["features"]}
    short = {key for key, row in rows.items() if len(row["Code_INSEE"]) == 4}
    assert len(short) == 22
    # One has the code of a commune of the Ardennes and the number of the Drôme: which is wrong can't be known.
    proven = {key for key in short if rows[key]["Code_INSEE"].zfill(5)[:2] == rows[key]["Departement"].zfill(2)}
    assert len(short - proven) == 1
    with Terril(source) as server:
        server.wait_open()
        for feature in server.items("donnees-ademe-sites-pollues"):
            ours, theirs = feature["properties"], rows[feature["properties"]["_id"]]
            assert ours["Code_INSEE"] == (theirs["Code_INSEE"].zfill(5) if ours["_id"] in proven else theirs["Code_INSEE"])
            assert ours["Departement"] == theirs["Departement"].zfill(2)
        (entry,) = server.json("/loads")["layers"]
        numbers = {key: n for n, key in enumerate(rows)}
        told = {kind: {f["row"] for f in entry["report"]["faults"] if f["kind"] == kind and "Code_INSEE" in f["message"]} for kind in ("mended-key", "bad-key")}
        assert told == {"mended-key": {numbers[key] for key in proven}, "bad-key": {numbers[key] for key in short - proven}}


def test_keys_and_dates_of_a_table_are_put_right_and_told(tmp_path):
    table = [
        ("Réf. cadastrale", "Code INSEE", "Département", "SIREN", "Date de mise à jour", "Propriétaire"),
        ("AB 12", "1004", "1", "246 200 364", "21/11/2026", "Commune d'Ambérieu"),
        ("01004000AB0013", "01004", "01", "246200364", "22.11.2026", "Commune d'Ambérieu"),
        ("b 14", "62737.0", "62", "246200363", "2026-11-23", "Commune de Sains"),
        ("jardin", "62737", "62", "U12345678", "bientôt", "Commune de Sains"),
        ("62737OOOAB0015", "62 737", "62", "", "20261124", "Commune de Sains"),
    ]
    features = [
        {"type": "Feature", "properties": dict(zip(table[0], row, strict=True)), "geometry": {"type": "Point", "coordinates": LENS[n]}}
        for n, row in enumerate(table[1:])
    ]
    (tmp_path / "reserves.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with Terril(tmp_path) as server:
        server.wait_open()
        rows = [f["properties"] for f in server.items("reserves")]
        rows.sort(key=lambda row: row["Réf. cadastrale"])
        found = {row["Réf. cadastrale"]: row for row in rows}
        assert set(found) == {"01004000AB0012", "01004000AB0013", "627370000B0014", "jardin", "62737000AB0015"}
        assert [row["Code INSEE"] for row in rows] == ["01004", "01004", "62737", "62737", "62737"]
        assert {row["Département"] for row in rows} == {"01", "62"}
        assert found["01004000AB0012"]["SIREN"] == "246200364"
        assert found["627370000B0014"]["SIREN"] == "246200363"
        dates = {key: row["Date de mise à jour"] for key, row in found.items()}
        assert dates == {
            "01004000AB0012": "2026-11-21",
            "01004000AB0013": "2026-11-22",
            "627370000B0014": "2026-11-23",
            "jardin": None,
            "62737000AB0015": "2026-11-24",
        }
        (entry,) = server.json("/loads")["layers"]
        counts = entry["report"]["counts"]
        assert (counts["bad-key"], counts["bad-date"]) == (2, 1), entry["report"]["faults"]
        # Three parcels, three commune codes, one département, one SIREN.
        assert counts["mended-key"] == 8, entry["report"]["faults"]
        (bad,) = (fault for fault in entry["report"]["faults"] if fault["kind"] == "bad-date")
        assert (bad["row"], "bientôt" in bad["message"]) == (3, True)
