"""`/actors`: owners by every spelling, counted from what everyone may see."""

import json
import re
from collections import Counter

import pytest
from terril_server import Terril

SECRET = "ZYGOMATIQUE"
POINT = {"type": "Point", "coordinates": [2.68, 50.44]}

# Owner's text → the bodies it names: written by hand, each by its id or, where unknown, as it stands.
TEXTS = {
    "Maisons & Cités": ["maisons-et-cites"],
    "Maisons et Cités": ["maisons-et-cites"],
    "MAISONS ET CITES SOGINORPA": ["maisons-et-cites"],
    "SA d'HLM Maisons et Cités": ["maisons-et-cites"],
    "Maisons et Cités / SIA": ["maisons-et-cites", "sia"],
    "Pas de Calais Habitat": ["pas-de-calais-habitat"],
    "Coopartois; Maisons & Cités Accession": ["coopartois", "maisons-et-cites-accession"],
    "Notre bailleur": ["bailleur-x"],
    "BAILLEUR X": ["bailleur-x"],
    "Bailleur Y (fictif)": ["?Bailleur Y (fictif)"],
    "Pas de Calias habitat": ["?Pas de Calias habitat"],
    "Dupont et fils": ["?Dupont et fils"],
}

CONFIGURATION = """
[actor.bailleur-x]
name = "Bailleur X"
sigle = "BX"
siren = "246200364"
type = "SEM"
group = "cdc-habitat"
aliases = ["Notre bailleur"]

[layer.secret.public]
where = "statut = 'public'"

[layer.owners-hidden.public]
fields = ["nom"]

[layer.hidden.fields]
owner = "gestionnaire"
"""


def features(rows: list[dict]) -> str:
    listed = [{"type": "Feature", "id": n, "properties": row, "geometry": POINT} for n, row in enumerate(rows, 1)]
    return json.dumps({"type": "FeatureCollection", "features": listed})


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("actors")
    # The text at place n stands n times.
    rows = [{"nom": f"r{n}", "proprietaire": text} for n, text in enumerate(TEXTS, 1) for _ in range(n)]
    (folder / "reserves.geojson").write_text(features([*rows, {"nom": "sans", "proprietaire": None}]))
    lists = [{"bailleurs": ["SIA", "Maisons & Cités"]}, {"bailleurs": ["SIA"]}, {"bailleurs": []}]
    (folder / "listes.geojson").write_text(features(lists))
    hidden = [{"nom": "a", "statut": "public", "proprietaire": "SIA"}, *[{"nom": "b", "statut": "interne", "proprietaire": SECRET}] * 197]
    (folder / "secret.geojson").write_text(features(hidden))
    (folder / "owners-hidden.geojson").write_text(features([{"nom": "a", "proprietaire": SECRET}]))
    (folder / "hidden.geojson").write_text(features([{"nom": "a", "proprietaire": "SIA", "gestionnaire": "Partenord"}]))
    (folder / "terril.toml").write_text(CONFIGURATION + '[layer.listes.fields]\nowner = "bailleurs"\n')
    with Terril(folder) as server:
        yield server.wait_open()


def test_owners_are_counted_by_body(server):
    expected, unknown = Counter(), Counter()
    for n, bodies in enumerate(TEXTS.values(), 1):
        for body in bodies:
            (unknown if body.startswith("?") else expected)[body.lstrip("?")] += n
    document = server.json("/actors")
    found = Counter()
    for actor in document["actors"]:
        for layer in actor["layers"]:
            if layer["collection"] == "reserves":
                found[actor["id"]] += layer["features"]
    assert found == expected and len(found) == 6
    listed = {one["name"]: one["features"] for one in document["unknown"]}
    assert listed == dict(unknown)
    (entry,) = [one for one in document["layers"] if one["collection"] == "reserves"]
    total = sum(range(1, len(TEXTS) + 1))
    assert (entry["field"], entry["guessed"], entry["features"], entry["owned"]) == ("proprietaire", True, total + 1, total)


def test_the_unknown_are_offered_the_nearest(server):
    nearest = {one["name"]: (one["nearest"] or {}).get("id") for one in server.json("/actors")["unknown"]}
    assert nearest["Pas de Calias habitat"] == "pas-de-calais-habitat"
    assert nearest["Bailleur Y (fictif)"] in (None, "bailleur-x")
    assert nearest["Dupont et fils"] is None


def test_members_of_lists_own_too(server):
    owners = {
        actor["id"]: layer["features"]
        for actor in server.json("/actors")["actors"]
        for layer in actor["layers"]
        if layer["collection"] == "listes"
    }
    assert owners == {"sia": 2, "maisons-et-cites": 1}


def test_the_configuration_adds_and_overrules(server):
    actors = {actor["id"]: actor for actor in server.json("/actors")["actors"]}
    own = actors["bailleur-x"]
    assert (own["name"], own["sigle"], own["siren"], own["type"]) == ("Bailleur X", "BX", "246200364", "SEM")
    assert own["group"] == {"id": "cdc-habitat", "name": "CDC Habitat"}
    # The field that the configuration names is the owner's, not the one that would be guessed.
    (entry,) = [one for one in server.json("/actors")["layers"] if one["collection"] == "hidden"]
    assert (entry["field"], entry["guessed"]) == ("gestionnaire", False)
    assert [layer["collection"] for layer in actors["partenord"]["layers"]] == ["hidden"]


def test_hidden_rows_and_fields_own_nothing(server):
    for path in ("/actors", "/actors?f=html&lang=fr", "/actors?f=html&lang=en"):
        answer = server.get(path)
        assert answer.status == 200
        assert SECRET.lower() not in answer.text.lower(), path
        assert not re.search(r"\b(197|198)\b", re.sub(r"\s", " ", answer.text)), path
    document = server.json("/actors")
    named = {one["collection"]: one for one in document["layers"]}
    assert "owners-hidden" not in named
    assert (named["secret"]["features"], named["secret"]["owned"]) == (1, 1)


def test_every_built_in_body_has_a_source_and_no_invented_number(server):
    actors = [actor for actor in server.json("/actors")["actors"] if actor["id"] != "bailleur-x"]
    assert len(actors) == 13
    assert all(actor["source"] for actor in actors)
    # The one SIREN that the real data give (epci.geojson).
    assert {actor["id"]: actor["siren"] for actor in actors if actor["siren"]} == {"metropole-europeenne-de-lille": "200093201"}


def test_the_page_is_in_both_languages(server):
    words = {"fr": ["Acteurs", "Autres écritures", "Office public de l’habitat", "Propriétaires non reconnus"],
             "en": ["Bodies and owners", "Other spellings", "Public housing office", "Owners that are not known"]}  # fmt: skip
    for lang, expected in words.items():
        text = server.get(f"/actors?f=html&lang={lang}").text
        for word in expected:
            assert word in text, (lang, word)
        assert 'href="' in text and "/collections/reserves" in text


def test_real_cites_belong_to_whom_the_mission_says(real, shared):
    """SIA owns what stands as SIA, alone or beside Maisons et Cités: counted here by the text, there by the registry."""
    found = {
        (actor["id"], layer["collection"]): layer["features"]
        for actor in real.json("/actors")["actors"]
        for layer in actor["layers"]
    }
    for layer in ("cites-minieres", "zt-cites-minieres"):
        rows = json.loads((shared / "data" / "bassin-minier" / f"{layer}.geojson").read_text())["features"]
        owners = [row["properties"].get("proprietaire") or "" for row in rows]
        for body, word in (("sia", "SIA"), ("maisons-et-cites", "Maisons et Cités"), ("partenord", "Partenord")):
            assert found.get((body, layer), 0) == sum(word in text for text in owners), (body, layer)


def test_wrong_bodies_are_refused_by_name(tmp_path):
    from subprocess import run

    from terril_server import BINARY

    (tmp_path / "a.geojson").write_text(features([{"nom": "a"}]))
    for text, word in (
        ('[actor.x]\nnom = "X"', "actor.x.nom"),
        ('[actor.x]\nname = "X"\nsiren = "123456789"', "SIREN"),
        ('[actor.x]\nname = "X"\ngroup = "y"', "group"),
        ('[actor.x]\nname = "SIA"', "sia"),
    ):
        (tmp_path / "terril.toml").write_text(text)
        done = run([BINARY, "inspect", tmp_path], capture_output=True, text=True)
        assert done.returncode != 0 and word in done.stderr, (text, done.stderr)
