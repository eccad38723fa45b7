"""The demonstration territory in `data/` keeps its word: kinds apart, facts quoted, fictions marked, bytes reproducible."""

import filecmp
import json
import re
import subprocess
import sys
import tomllib
import unicodedata
from itertools import combinations
from pathlib import Path

import pyproj
import pytest
import shapely
from shapely.geometry import shape

DATA = Path(__file__).resolve().parents[2] / "data"
CONFIG = tomllib.loads((DATA / "terril.toml").read_text(encoding="utf-8"))["layer"]
LAYERS = {path.stem: json.loads(path.read_bytes())["features"] for path in sorted(DATA.glob("*.geojson"))}
SEED = [name for name, layer in CONFIG.items() if layer["nature"] == "seed"]
SYNTHETIC = [name for name, layer in CONFIG.items() if layer["nature"] == "synthetic"]
GEOD = pyproj.Geod(ellps="GRS80")
# CC50, the legal projection of the department: planar metres within 0.01 % here.
METRES = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3950", always_xy=True)

REAL_BODIES = [
    "Pas-de-Calais habitat", "Maisons & Cités", "Maisons et Cités", "Soginorpa", "CDC Habitat", "Coopartois", "SIA", "Action Logement",
    "ADCF", "Banque des Territoires", "Mission Bassin Minier", "Euralens", "Union Régionale pour l'Habitat", "Anru", "Sentinelle", "Sopra",
]
ROLES = {"land-reserve", "estate", "public-space", "parcel", "intervention", "programme", "territory", "constraint", "stock", "candidate"}
LAYER_KEYS = {"title", "role", "nature", "id", "source", "licence", "attribution", "fields", "public", "description"}


def rows(names):
    return [(name, feature) for name in names for feature in LAYERS[name]]


def folded(text):
    """Without case, accents and punctuation; words between single spaces."""
    plain = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " " + " ".join(re.findall(r"[a-z0-9&]+", plain)) + " "


def unspaced(text):
    """Without any white space: a line of a document may break inside a compound word."""
    return re.sub(r"\s+", "", text)


def metres(feature):
    geometry = shape(feature["geometry"])
    return shapely.transform(geometry, METRES.transform, interleaved=False)


def ellipsoid_area(feature):
    return abs(GEOD.geometry_area_perimeter(shape(feature["geometry"]).segmentize(0.0005))[0])


def property_of(name, field):
    return {f["properties"]["id"]: f["properties"][field] for f in LAYERS[name]}


# ---- the folder and its configuration ------------------------------------------------------------------------------


def test_every_file_is_configured_and_every_layer_has_a_file():
    assert set(CONFIG) == set(LAYERS)
    assert set(SEED) | set(SYNTHETIC) == set(CONFIG), "nothing here is real"
    assert {role["role"] for role in CONFIG.values()} <= ROLES


@pytest.mark.parametrize("name", CONFIG)
def test_the_configuration_names_fields_that_exist(name):
    layer = CONFIG[name]
    assert set(layer) <= LAYER_KEYS
    assert {"fr", "en"} == set(layer["title"]) == set(layer["description"])
    columns = set(LAYERS[name][0]["properties"])
    assert layer["id"] in columns
    assert set(layer["fields"].values()) <= columns
    assert set(layer.get("public", {}).get("fields", [])) <= columns


@pytest.mark.parametrize("name", LAYERS)
def test_all_features_of_a_layer_have_the_same_columns_and_their_own_id(name):
    features = LAYERS[name]
    assert features
    assert len({tuple(f["properties"]) for f in features}) == 1
    ids = [f["properties"]["id"] for f in features]
    assert len(set(ids)) == len(ids) and all(ids)


def test_the_readme_names_every_layer_and_counts_right():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    french, english = readme.split('<a id="english"></a>')
    public = sum(f["properties"]["confidentialite"] == "PUBLIC" for f in LAYERS["reserves-fictives"])
    counts = {
        "secteurs-fictifs": [len(LAYERS["secteurs-fictifs"])],
        "parcelles-fictives": [len(LAYERS["parcelles-fictives"]), len(LAYERS["stock-fictif"]) + 3],  # a block per sector is a park
        "reserves-fictives": [len(LAYERS["reserves-fictives"]), public],
        "operations-fictives": [len(LAYERS["operations-fictives"])],
        "espaces-publics-fictifs": [len(LAYERS["espaces-publics-fictifs"])],
    }
    for text in (french, english):
        for name in LAYERS:
            [row] = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
            assert all(re.search(rf"\b{n}\b", row) for n in counts.get(name, [])), row


def test_the_folder_is_small():
    assert sum(p.stat().st_size for p in DATA.rglob("*") if p.is_file()) <= 1_500_000


def test_the_script_writes_the_same_bytes_again(tmp_path):
    subprocess.run([sys.executable, DATA / "make.py", "--out", tmp_path], check=True)
    written = sorted(p.name for p in tmp_path.iterdir())
    assert written == sorted(p.name for p in DATA.glob("*.geojson"))
    assert filecmp.cmpfiles(DATA, tmp_path, written, shallow=False)[1:] == ([], [])


# ---- what every feature says ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("names, kind", [(SEED, "schematique"), (SYNTHETIC, "synthetique")])
def test_every_feature_says_its_kind_and_source_and_kinds_are_not_mixed(names, kind):
    for name, feature in rows(names):
        assert feature["properties"]["geometrie"] == kind, name
        assert feature["properties"]["source"], name


def test_every_geometry_is_valid_and_winds_as_rfc_7946_asks():
    for name, feature in rows(LAYERS):
        if feature["geometry"] is None:
            continue
        geometry = shape(feature["geometry"])
        assert geometry.is_valid and not geometry.is_empty, (name, feature["properties"]["id"])
        for part in shapely.get_parts(geometry):
            assert part.geom_type != "Polygon" or part.exterior.is_ccw, (name, feature["properties"]["id"])


# ---- seed ----------------------------------------------------------------------------------------------------------


def test_every_seed_feature_is_quoted_or_names_its_public_source():
    for name, feature in rows(SEED):
        known = feature["properties"]
        assert known["certitude"] in {"haute", "moyenne", "nom seul"}, (name, known["id"])
        assert bool(known["citation"]) == bool(known["document"]), (name, known["id"])
        assert known["remarque"], "what is not known is said"


def test_every_seed_feature_that_is_drawn_says_how_imprecise_it_is():
    for name, feature in rows(SEED):
        known = feature["properties"]
        if feature["geometry"] is None:
            assert known["precision_m"] is None and "sans géométrie" in known["remarque"], (name, known["id"])
        else:
            assert known["precision_m"] >= 300, (name, known["id"])


def test_every_citation_stands_in_its_document_word_for_word(shared):
    documents = {f"S{n}": unspaced(p.read_text(encoding="utf-8")) for n, p in enumerate(sorted((shared / "founding").glob("*.txt")))}
    quoted = [f["properties"] for _, f in rows(SEED) if f["properties"]["citation"]]
    assert len(quoted) >= 15
    for known in quoted:
        number = known["document"].split(":")[0]
        assert unspaced(known["citation"]) in documents[number], (known["id"], number)
        assert re.search(r"\w[.)]?\.$", known["citation"]) and known["citation"][0].isupper(), "a whole sentence"


@pytest.mark.parametrize(
    "name, identity, area",
    [
        ("cites-nommees", "cite-10", 457_400),
        ("cites-nommees", "cite-de-belgique", 123_000),
        ("operations-nommees", "cite-de-belgique-rehabilitation", 123_000),
        ("reserves-nommees", "bois-aux-oiseaux", 60_000),
        ("espaces-publics-nommes", "bois-aux-oiseaux", 60_000),
        ("communes-nommees", "62737", 5_730_000),
    ],
)
def test_a_schematic_outline_has_the_known_area_on_the_ellipsoid(name, identity, area):
    [feature] = [f for f in LAYERS[name] if f["properties"]["id"] == identity]
    assert ellipsoid_area(feature) == pytest.approx(area, rel=0.001)


def test_no_seed_outline_is_drawn_without_a_known_area():
    drawn = [(n, f["properties"]["id"]) for n, f in rows(SEED) if f["geometry"] and f["geometry"]["type"] != "Point"]
    assert len(drawn) == 6, "each is in the test above"


def test_the_bois_aux_oiseaux_is_one_site_in_two_roles():
    [reserve] = LAYERS["reserves-nommees"]
    [project] = [f for f in LAYERS["espaces-publics-nommes"] if f["properties"]["id"] == "bois-aux-oiseaux"]
    assert reserve["geometry"] == project["geometry"]
    assert reserve["properties"]["acteur"] == "Pas-de-Calais habitat"
    assert (project["properties"]["statut"], project["properties"]["annee"]) == ("en devenir", 2020)
    estate = next(f for f in LAYERS["cites-nommees"] if f["properties"]["id"] == "cite-10")
    assert 10 < metres(reserve).distance(metres(estate)) < 30, "in immediate proximity, not inside"


def test_real_communes_lie_where_they_are_drawn(shared):
    real = json.loads((shared / "data/communes-62/communes-62-pas-de-calais.geojson").read_bytes())["features"]
    outlines = {f["properties"]["code"]: f for f in real}
    for feature in LAYERS["communes-nommees"]:
        outline = outlines[feature["properties"]["code_insee"]]
        assert outline["properties"]["nom"] == feature["properties"]["nom"]
        assert metres(outline).hausdorff_distance(metres(feature)) <= feature["properties"]["precision_m"]


# ---- synthetic -----------------------------------------------------------------------------------------------------


def test_no_synthetic_text_bears_a_real_name():
    for name, feature in [*rows(SYNTHETIC), *((n, {"properties": CONFIG[n]["title"]}) for n in SYNTHETIC)]:
        text = folded(" | ".join(str(v) for v in feature["properties"].values()))
        for body in REAL_BODIES:
            assert folded(body) not in text, (name, body)


def test_synthetic_titles_names_and_owners_end_in_fictif():
    for name in SYNTHETIC:
        assert all(title.endswith("(fictif)") for title in CONFIG[name]["title"].values())
    for name, feature in rows(SYNTHETIC):
        for field in ("nom", "acteur", "proprietaire", "maitre_ouvrage", "secteur"):
            assert feature["properties"].get(field, "(fictif)").endswith("(fictif)"), (name, field)
        assert feature["properties"]["source"] == "Terril, données fictives"
    for name in SEED:
        assert "fictif" not in json.dumps([CONFIG[name]["title"], LAYERS[name]])


def test_parcel_ids_can_equal_no_cadastral_one():
    listed = [i for f in LAYERS["reserves-fictives"] for i in f["properties"]["parcelles"].split(",")]
    ids = [f["properties"]["id"] for f in LAYERS["parcelles-fictives"]]
    assert len(ids) > 300
    for identity in ids + listed:
        assert re.fullmatch(r"62\d{3}999[A-Z]{2}\d{4}", identity), identity
    for known in (f["properties"] for f in LAYERS["parcelles-fictives"]):
        assert known["id"] == known["commune"] + known["prefixe"] + known["section"] + known["numero"].zfill(4)


def test_parcels_neither_overlap_nor_cover_a_seed_outline():
    parcels = [metres(f) for f in LAYERS["parcelles-fictives"]]
    tree = shapely.STRtree(parcels)
    touching = 0
    for a, b in tree.query(parcels, predicate="intersects").T:
        if a < b:
            assert parcels[a].intersection(parcels[b]).area < 1e-6
            touching += parcels[a].intersection(parcels[b]).length > 1
    assert touching > 600, "neighbours share whole edges"
    for name in ("cites-nommees", "reserves-nommees"):
        for feature in LAYERS[name]:
            assert not len(tree.query(metres(feature), predicate="intersects"))


def test_a_reserve_is_the_union_of_its_parcels_but_for_the_faults_it_tells_of():
    parcels = {f["properties"]["id"]: f for f in LAYERS["parcelles-fictives"]}
    owner = property_of("parcelles-fictives", "proprietaire")
    faults = []
    for feature in LAYERS["reserves-fictives"]:
        known = feature["properties"]
        held = [i for i in known["parcelles"].split(",") if i in parcels]
        union = shapely.union_all([metres(parcels[i]) for i in held])
        assert union.symmetric_difference(metres(feature)).area < 0.01, known["id"]
        declared = abs(known["surface_declaree_m2"] / ellipsoid_area(feature) - 1) <= 0.02
        whole = len(held) == len(known["parcelles"].split(","))
        own = {owner[i] for i in held} == {known["acteur"]}
        assert (known["commentaire"] is None) == (declared and whole and own), known["id"]
        faults += [known["id"]] if known["commentaire"] else []
    assert faults == ["RF-004", "RF-009", "RF-014"]


# ---- the questions that the territory is there for -----------------------------------------------------------------


def test_the_usual_questions_have_answers():
    reserves = [(f["properties"], metres(f)) for f in LAYERS["reserves-fictives"] if f["properties"]["confidentialite"] == "PUBLIC"]
    spaces = [(f["properties"], metres(f)) for f in LAYERS["espaces-publics-fictifs"]]
    estates = [metres(f) for f in LAYERS["cites-nommees"]]
    planned = [g for p, g in spaces if p["etat"] == "en devenir"]
    for landlord in ("Bailleur A (fictif)", "Bailleur B (fictif)"):
        large = [g for p, g in reserves if p["acteur"] == landlord and p["surface_declaree_m2"] >= 5000]
        assert any(g.distance(s) <= 300 for g in large for s in planned), "large reserves near a planned public space"
    assert any(g.distance(e) <= 300 for _, g in reserves for e in estates), "reserves near an estate"

    operations = [(f["properties"], metres(f)) for f in LAYERS["operations-fictives"]]
    assert any(
        a["acteur"] != b["acteur"] and a["annee_debut"] <= b["annee_fin"] and b["annee_debut"] <= a["annee_fin"] and g.distance(h) <= 200
        for (a, g), (b, h) in combinations(operations, 2)
    ), "plans of two landlords cross in place and time"

    owned = [metres(f) for f in LAYERS["parcelles-fictives"] if f["properties"]["proprietaire"].startswith("Bailleur A")]
    assert max(part.area for part in shapely.get_parts(shapely.union_all(owned))) >= 10_000, "a land unit of a hectare"

    gaps = [
        abs(f["properties"]["contenance"] / ellipsoid_area(f) - 1) > 0.05 for f in LAYERS["parcelles-fictives"] if f["properties"]["contenance"]
    ]
    assert 0.05 < sum(gaps) / len(gaps) < 0.13 and len(gaps) == len(LAYERS["parcelles-fictives"]) - 2
    assert {p["etat"] for p, _ in spaces} == {"aménagé", "en devenir"} and len({p["statut"] for p, _ in spaces}) >= 7
