"""Tables without places get theirs from a layer by keys, as pandas computes it beside (tests/oracle/joins.py).

Every pair of row and parcel is compared, with the union of the parcels by GEOS; every row that finds nothing is listed with candidates.
"""

import json
import re
import sys

import pandas
import pyproj
import pytest
import shapely
from report import record
from shapely.geometry import shape
from terril_server import ROOT, Terril

sys.path.append(str(ROOT / "tests" / "oracle"))

import joins  # noqa: E402  the path is set just above

record("pandas", pandas.__version__, "keys and joins of spreadsheets, beside an oracle of its own")

CADASTRE = ["27412-parcelles.geojson", "cadastre-91027-parcelles.json", "cadastre-91326-parcelles.json"]
TO = ["27412-parcelles", "cadastre-91027-parcelles", "cadastre-91326-parcelles", "fictifs"]
IDU = re.compile(r"\b\d[\dAB]\d{3}[\dA-Z]{3}[0A-Z][A-Z]\d{4}\b")
# A heading is the word of the lower row, where that is unique.
LOT = "Lot"
GEOD = pyproj.Geod(ellps="GRS80")

CONFIGURATION = f"""
[layer.liste.join]
to = {json.dumps(TO)}
key = "Réf. cadastrale"
kind = "parcel"

[layer.disparues.join]
to = {json.dumps(TO)}
key = "parcelle"
kind = "parcel"
filiation = "filiation"

[layer.personnes-morales.join]
to = {json.dumps(TO)}
kind = "parcel"

[layer.programmes.join]
to = "communes-62-pas-de-calais"
key = "Commune"
kind = "commune"

[layer.anct_programmes.join]
to = "communes-62-pas-de-calais"
key = "code"
kind = "commune"

[derived.cites]
from = ["cites-minieres", "zt-cites-minieres"]
key = "id_lsm"
"""


@pytest.fixture(scope="module")
def world(shared, tmp_path_factory):
    """The tables, what they must give, and a server of them with the real cadastre."""
    folder = tmp_path_factory.mktemp("joins")
    data = shared / "data"
    files = [data / "cadastre" / name for name in CADASTRE]
    parcels = joins.cadastre([*files, joins.fictive_commune(files[2], folder / "fictifs.geojson")])
    rows = joins.spoilt(parcels)
    joins.workbook(rows, folder / "liste.xlsx")
    communes = data / "communes-62" / "communes-62-pas-de-calais.geojson"
    oracle = {
        "parcels": parcels.set_index("idu")["geometry"],
        "rows": {row.lot: row for row in rows},
        "pairs": joins.expected(rows, parcels),
        "legal": joins.legal_persons(parcels, folder / "personnes-morales.csv"),
        "filiation": joins.filiation(parcels, folder / "filiation.csv"),
        "programmes": joins.programmes_by_name(communes, folder / "programmes.csv"),
    }
    gone = "\r\n".join(["lot;parcelle", *(f"G{n};{parent}" for n, parent in enumerate(oracle["filiation"]))])
    (folder / "disparues.csv").write_text(gone + "\r\n", newline="")
    (folder / "terril.toml").write_text(CONFIGURATION)
    cites = [data / "bassin-minier" / name for name in ("cites-minieres.geojson", "zt-cites-minieres.geojson")]
    with Terril(folder, *files, communes, *cites, data / "gazetteer" / "anct_programmes.json") as server:
        server.wait_open()
        yield server, oracle
        assert server.healthy() and "panicked" not in server.log()


def faults(server, collection: str, kind: str) -> list[dict]:
    (entry,) = [one for one in server.json("/loads")["layers"] if one["collection"] == collection]
    return [fault for fault in entry["report"]["faults"] if fault["kind"] == kind]


def parcels_of(feature) -> set[str]:
    found = feature["properties"].get("idu")
    return set(json.loads(found) if isinstance(found, str) else found or [])


def difference_m2(ours, theirs) -> float:
    gap = shapely.symmetric_difference(ours, theirs)
    return sum(abs(GEOD.geometry_area_perimeter(part)[0]) for part in shapely.get_parts(gap) if part.geom_type == "Polygon")


@pytest.fixture(scope="module")
def listed(world):
    server, _ = world
    return {feature["properties"][LOT]: feature for feature in server.items("liste")}


def test_every_row_is_a_feature_and_the_total_is_none(world, listed):
    server, oracle = world
    assert set(listed) == set(oracle["rows"])
    skipped = faults(server, "liste", "skipped-row")
    assert any("TOTAL" in fault["message"].upper() for fault in skipped), skipped


TRAPS = [
    "whole id", "lower case", "spaces", "non-breaking spaces", "O for 0", "62737.0", "a number", "6.2737E+13", "a lost leading zero", "0B", "B",
    "section O", "absorbed commune", "old commune", "as ADEME writes", "AB 12 et 13", "several", "AB12-AB15", "no such parcel", "one of two is not there",
    "no parcel at all", "nothing", "claimed",
]  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_every_pair(world, listed, trap):
    _, oracle = world
    pairs = oracle["pairs"]
    assert set(pairs["trap"]) == set(TRAPS)
    wrong = {}
    for lot, mine in pairs[pairs["trap"] == trap].groupby("lot"):
        wanted = set(mine[mine["found"]]["idu"])
        if parcels_of(listed[lot]) != wanted:
            row = oracle["rows"][lot]
            wrong[lot] = f"{row.commune!r} {row.reference!r}: {sorted(parcels_of(listed[lot]))} is not {sorted(wanted)}"
    assert not wrong, wrong


def test_the_place_is_the_union_of_the_parcels(world, listed):
    _, oracle = world
    pairs, compared = oracle["pairs"], 0
    for lot, mine in pairs.groupby("lot"):
        found = list(mine[mine["found"]]["idu"])
        feature = listed[lot]
        if not found:
            assert feature["geometry"] is None and feature["properties"].get("lieu") is None, lot
            continue
        union = shapely.union_all([oracle["parcels"][idu] for idu in found])
        ours = shape(feature["geometry"])
        assert ours.is_valid and difference_m2(ours, union) < 0.01, lot
        assert feature["properties"]["lieu"] == "parcelles"
        compared += 1
    assert compared > 60


def test_every_miss_is_listed_with_candidates(world, listed):
    server, oracle = world
    pairs = oracle["pairs"]
    missing = pairs[~pairs["found"] & pairs["idu"].notna()]
    told = faults(server, "liste", "unmatched-key")
    assert len(told) == len(missing)
    for lot, idu in zip(missing["lot"], missing["idu"], strict=True):
        (fault,) = [one for one in told if str(one["feature"]) == str(listed[lot]["id"]) and idu in one["message"]]
        candidates = {found for found in IDU.findall(fault["message"]) if found != idu}
        assert candidates and candidates <= set(oracle["parcels"].index), fault["message"]
        # The nearest share at least the commune with what was sought.
        assert all(found[:5] == idu[:5] for found in candidates), fault["message"]
        assert all(found in fault["message_fr"] for found in candidates)


def test_rows_without_a_key_are_counted(world, listed):
    server, oracle = world
    lots = [lot for lot, row in oracle["rows"].items() if not row.means]
    told = {str(fault["feature"]) for kind in ("unplaced", "bad-key") for fault in faults(server, "liste", kind)}
    assert {str(listed[lot]["id"]) for lot in lots} <= told


def test_mended_keys_are_told(world, listed):
    """A key that had lost characters or got wrong ones; a mere space or a capital letter is no fault."""
    server, oracle = world
    told = {str(fault["feature"]) for fault in faults(server, "liste", "mended-key")}
    for lot, row in oracle["rows"].items():
        if row.trap in ("O for 0", "6.2737E+13", "a lost leading zero") and row.reference != short_of(row):
            assert str(listed[lot]["id"]) in told, (row.trap, row.reference)


def short_of(row) -> str:
    """The reference as it is usually written: nothing of it needs mending."""
    return f"{row.means[0][9]}{row.means[0][10:].lstrip('0')}" if row.means[0].startswith("27412") else ""


def test_a_parcel_that_two_owners_claim(world, listed):
    server, oracle = world
    claimed = joins.claimed_twice(oracle["pairs"])
    told = faults(server, "liste", "claimed-twice")
    assert len(claimed) == 1 and told
    (idu,) = claimed.index
    assert any(idu in fault["message"] and all(owner in fault["message"] for owner in claimed[idu]) for fault in told), told
    rows = {str(listed[lot]["id"]) for lot, row in oracle["rows"].items() if row.trap == "claimed"}
    assert {str(fault["feature"]) for fault in told} <= rows


def test_children_of_parcels_that_are_gone(world):
    server, oracle = world
    features = server.items("disparues")
    assert len(features) == len(oracle["filiation"])
    told = faults(server, "disparues", "replaced")
    for feature in features:
        parent = feature["properties"]["parcelle"]
        children = oracle["filiation"][parent]
        assert parcels_of(feature) == set(children)
        union = shapely.union_all([oracle["parcels"][idu] for idu in children])
        assert difference_m2(shape(feature["geometry"]), union) < 0.01
        assert any(parent in fault["message"] and all(child in fault["message"] for child in children) for fault in told)
    assert not faults(server, "disparues", "unmatched-key")


def test_parcels_of_legal_persons(world):
    """Latin-1, split columns, a blank prefix, several lines for one parcel: each line finds its parcel."""
    server, oracle = world
    features = server.items("personnes-morales")
    assert len(features) == len(oracle["legal"])
    names = {feature["properties"]["Dénomination (Propriétaire(s) parcelle)"] for feature in features}
    assert names <= {"SOCIÉTÉ FICTIVE D'HABITAT", "COMMUNE FICTIVE"}
    ours = sorted(idu for feature in features for idu in parcels_of(feature))
    assert ours == sorted(oracle["legal"]["idu"])
    assert all(len(parcels_of(feature)) == 1 and feature["geometry"] for feature in features)


def test_communes_by_name(world):
    server, oracle = world
    table = oracle["programmes"]
    features = {feature["properties"]["Dossier"]: feature for feature in server.items("programmes")}
    assert len(features) == len(table)
    shapes = {f["properties"]["code"]: shape(f["geometry"]) for f in server.items("communes-62-pas-de-calais")}
    for row, code, name in table.itertuples(index=False):
        feature = features[f"D{row:03}"]
        if not isinstance(code, str):
            assert feature["geometry"] is None, name
            continue
        assert feature["geometry"], f"{name!r} found nothing"
        assert shapely.equals(shape(feature["geometry"]), shapes[code]), f"{name!r} is not at {code}"
        assert feature["properties"]["lieu"] == "commune"
    told = faults(server, "programmes", "unmatched-key")
    missing = [name for _, code, name in table.itertuples(index=False) if not isinstance(code, str)]
    assert all(any(name in fault["message"] for fault in told) for name in missing), told
    assert any("Béthune" in fault["message"] for fault in told), "the nearest name is offered"


def test_programmes_of_every_commune(world, shared):
    """2,390 communes of the country beside the 891 of one département: 34 find their place, the rest is counted."""
    server, _ = world
    codes = set(json.loads((shared / "data" / "gazetteer" / "anct_programmes.json").read_text())["communes"])
    local = {f["properties"]["code"] for f in server.items("communes-62-pas-de-calais")}
    features = server.items("anct_programmes")
    assert len(features) == len(codes) == 2390
    assert sum(feature["geometry"] is not None for feature in features) == len(codes & local) == 34
    (entry,) = [one for one in server.json("/loads")["layers"] if one["collection"] == "anct_programmes"]
    assert entry["report"]["counts"]["unmatched-key"] == len(codes - local)


# --- Cités that lie in two files -------------------------------------------------------------------


def test_cites_of_two_files_become_one(world, shared):
    server, _ = world
    sources = {}
    for name in ("cites-minieres", "zt-cites-minieres"):
        for feature in json.loads((shared / "data" / "bassin-minier" / f"{name}.geojson").read_text())["features"]:
            key = feature["properties"].get("id_lsm")
            sources.setdefault(None if key in (None, "") else str(int(key)), []).append((name, feature))
    alone = sources.pop(None, [])
    both = [key for key, parts in sources.items() if len({name for name, _ in parts}) == 2]
    assert len(both) == 20
    features = server.items("cites")
    assert len(features) == len(sources) + len(alone)
    by_key = {str(int(f["properties"]["id_lsm"])): f for f in features if f["properties"].get("id_lsm") not in (None, "")}
    assert set(by_key) == set(sources)
    for key in both:
        feature, parts = by_key[key], sources[key]
        union = shapely.union_all([shapely.make_valid(shape(part["geometry"])) for _, part in parts])
        assert difference_m2(shapely.make_valid(shape(feature["geometry"])), union) < 1
        area = abs(GEOD.geometry_area_perimeter(union)[0])
        assert feature["properties"]["area_m2"] == pytest.approx(area, rel=1e-4), key
        told = feature["properties"]["parts"]
        told = json.loads(told) if isinstance(told, str) else told
        assert sorted(one["layer"] for one in told) == sorted(name for name, _ in parts)
        assert sum(one["area_m2"] for one in told) >= area * (1 - 1e-4)
    # The sources stay as they are.
    assert server.json("/collections/cites-minieres/items?limit=1")["numberMatched"] == 159
    assert server.json("/collections/zt-cites-minieres/items?limit=1")["numberMatched"] == 162
