"""What layers are taken for: over all the real data, each recognised or left alone as a person would."""

import json
import shutil
import subprocess
import tomllib

import pytest
from terril_server import BINARY, ROOT

# Layer → schema and role. Layers that are not named here must not be recognised.
EXPECTED = {
    "cadastre-91027-parcelles": ("etalab-parcelles", "parcel"),
    "cadastre-91326-parcelles": ("etalab-parcelles", "parcel"),
    "27412-parcelles": ("etalab-parcelles", "parcel"),
    "cadastre27parcelles_3": ("etalab-parcelles", "parcel"),
    "27412-sections": ("etalab-sections", None),
    "cites-minieres": ("mbm-cites", "estate"),
    "zt-cites-minieres": ("mbm-cites", "estate"),
    "puits-de-mines": ("mbm-puits", "constraint"),
    "terrils": ("mbm-terrils", None),
    "zt-terrils": ("mbm-terrils", None),
    "cavaliers": ("mbm-cavaliers", None),
    "zt-cavaliers": ("mbm-cavaliers", None),
    "batis": ("mbm-batis", None),
    "bien-inscrit": ("mbm-bien-inscrit", "territory"),
    "zone-tampon": ("mbm-zone-tampon", "territory"),
    "bassin-minier": ("mbm-bassin-minier", "territory"),
    "espace-neonaturel": ("mbm-espaces-neonaturels", None),
    "zt-espaces-neonaturels": ("mbm-espaces-neonaturels", None),
    "zt-parvis-agricoles": ("mbm-parvis-agricoles", None),
    "communes-mbm": ("mbm-communes", "territory"),
    "epci": ("epci", "territory"),
    "departements": ("departements", "territory"),
    "departement-62-pas-de-calais": ("departements", "territory"),
    "communes-62-pas-de-calais": ("communes", "territory"),
    "cantons-62-pas-de-calais": ("outlines", "territory"),
    "arrondissements-62-pas-de-calais": ("outlines", "territory"),
    "qpv_2024_59_62": ("qpv-2024", "territory"),
    "30014_ZONE_URBA_20171013": ("cnig-plu-zone-urba", "constraint"),
    "ZONE_URBA": ("cnig-plu-zone-urba", "constraint"),
    "ZONE_URBA_41003": ("cnig-plu-zone-urba", "constraint"),
    "PRESCRIPTION_PCT": ("cnig-plu-prescription", "constraint"),
    "SECTEUR_CC": ("cnig-plu-prescription", "constraint"),
    "pprt_69dreal20090005_zonereglementairefoncier_s": ("covadis-ppr-zone", "constraint"),
    "pprt_69dreal20090005_zonereglementaireurba_s": ("covadis-ppr-zone", "constraint"),
    "pprt_69dreal20090005_perimetre_s": ("covadis-ppr-perimetre", "constraint"),
    "fichier-valide": ("cnig-friches", None),
    # The same data in other containers.
    "cites_minieres": ("mbm-cites", "estate"),
    "cites_minieres_l93_crs_member": ("mbm-cites", "estate"),
    "cites_minieres_l93_wkt": ("mbm-cites", "estate"),
    "cites_minieres_cc50": ("mbm-cites", "estate"),
    "communes_62_l93": ("communes", "territory"),
    "parcelles_27412_l93": ("etalab-parcelles", "parcel"),
    "parcelles_27412_wgs84": ("etalab-parcelles", "parcel"),
}
# By the end of their names: containers name these in several ways.
ENDS = {
    "parcelle": [("edigeo-parcelle", "parcel"), ("etalab-parcelles", "parcel")],
    "batiment": [("edigeo-batiment", None)],
    "PARCELLE_id": [("edigeo-parcelle", "parcel")],
    "BATIMENT_id": [("edigeo-batiment", None)],
    "SECTION_id": [("edigeo-section", None)],
    "SUBDSECT_id": [("edigeo-section", None)],
    "COMMUNE_id": [("edigeo-commune", "territory")],
    "LIEUDIT_id": [("edigeo-lieu-dit", None)],
}


def inspect(*paths) -> list[dict]:
    done = subprocess.run([BINARY, "inspect", "--json", *map(str, paths)], capture_output=True, text=True)
    return json.loads(done.stdout)["layers"]


@pytest.fixture(scope="module")
def layers(shared):
    folders = [one for one in sorted((shared / "data").iterdir()) if one.is_dir()]
    return [layer for folder in folders for layer in inspect(folder)]


def test_every_layer_of_the_real_data_is_taken_for_what_it_is(layers):
    wrong = []
    seen = set()
    for layer in layers:
        found = (layer["schema"], layer["role"])
        name = layer["report"]["layer"] if layer["id"] not in EXPECTED else layer["id"]
        ends = next((kinds for end, kinds in ENDS.items() if layer["id"].endswith(end) or name.endswith(end)), None)
        allowed = [EXPECTED[name]] if name in EXPECTED else ends or [(None, None)]
        seen.add(name)
        if found not in allowed:
            wrong.append((layer["id"], name, found, allowed))
    assert not wrong
    assert len(layers) > 45
    mining = {name for name in EXPECTED if name.startswith(("zt-", "cites-m", "terrils"))}
    assert mining <= seen, "the layers of the mining basin are among them"


def test_what_is_guessed_is_there_and_no_text_is_a_time(layers):
    for layer in layers:
        types = {field["name"]: field["type"] for field in layer["fields"]}
        for domain, field in layer["roleFields"].items():
            assert field in types, (layer["id"], domain)
            if domain in ("start", "end", "time"):
                assert types[field] in ("int", "date", "datetime"), (layer["id"], field)
        assert set(layer["roleFieldsGuessed"]) == set(layer["roleFields"]), "nothing is configured here"
        assert layer["roleGuessed"] == (layer["role"] is not None)


def test_owners_names_and_areas_of_the_real_data(layers):
    """Looked at by hand: what the guesses of some layers say."""
    by = {layer["id"]: layer["roleFields"] for layer in layers}
    assert by["cites-minieres"]["owner"] == "proprietaire"
    assert by["qpv_2024_59_62"] == {"name": "lib_qp", "code": "code_qp"}
    cut = next(fields for name, fields in by.items() if name.startswith("cites_minieres_cc50"))
    assert cut["owner"] == "proprietai", "a shapefile cut the name"
    units = {layer["id"]: layer["roleUnits"] for layer in layers}
    assert units["bien-inscrit"] == {"area": "ha"} and units["bassin-minier"] == {"area": "km²"}


def test_the_demonstration_is_recognised_without_its_configuration(tmp_path):
    """The roles that data/terril.toml gives are those that the fields alone say."""
    configured = tomllib.loads((ROOT / "data" / "terril.toml").read_text())["layer"]
    for path in (ROOT / "data").glob("*.geojson"):
        shutil.copy(path, tmp_path)
    found = {layer["id"]: layer for layer in inspect(tmp_path)}
    assert set(found) == set(configured)
    # Sectors have a name and a type, as anything may.
    generic = {"secteurs-fictifs"}
    for name, table in configured.items():
        expected = None if name in generic else table["role"]
        assert found[name]["role"] == expected, name
        if name in generic:
            continue
        for domain, field in table["fields"].items():
            assert found[name]["roleFields"].get(domain, field) == field, (name, domain)


HEADINGS = {
    "Réf. cadastrale": "parcels", "Propriétaire": "owner", "Surf. (m2)": "area", "Commune": "commune_name",
    "Code INSEE": "commune", "Observations": "comment", "Adresse": "address", "Année début": "start", "Année de fin": "end",
    "Nb logts": "dwellings", "Montant (k€)": "cost", "Cité": "estate_name", "Statut": "status", "Zonage PLU": "zone",
}  # fmt: skip


def test_headings_of_a_landlord_are_understood_and_shown(tmp_path, serve):
    row = ["62737999ZZ0001", "Bailleur fictif", "1250", "Grenay", "62386", "à revoir", "rue fictive", "2026", "2028", "12", "350",
           "Cité fictive", "en cours", "UB"]  # fmt: skip
    (tmp_path / "psp-2026.csv").write_text(";".join(HEADINGS) + "\n" + ";".join(row) + "\n")
    server = serve(tmp_path).wait_open()
    collection = server.json("/collections/psp-2026")
    assert collection["roleFields"] == {domain: heading for heading, domain in HEADINGS.items()}
    assert sorted(collection["roleFieldsGuessed"]) == sorted(HEADINGS.values())
    assert collection["roleUnits"] == {"area": "m²", "cost": "k€"}
    assert (collection["role"], collection["roleGuessed"]) == ("intervention", True)
    page = server.get("/collections/psp-2026?f=html&lang=fr").text
    assert page.count("(deviné d’après le nom)") == len(HEADINGS)
    text = subprocess.run([BINARY, "inspect", tmp_path], capture_output=True, text=True).stdout
    assert "parcels = Réf. cadastrale (guessed)" in text and "area = Surf. (m2) in m² (guessed)" in text


def test_the_configuration_overrules_a_guess(tmp_path, serve):
    (tmp_path / "t.csv").write_text("Propriétaire;Gestionnaire;Parcelles\nA;B;62737999ZZ0001\n")
    (tmp_path / "terril.toml").write_text('[layer.t]\nrole = "candidate"\n[layer.t.fields]\nowner = "Gestionnaire"\n')
    collection = serve(tmp_path).wait_open().json("/collections/t")
    assert collection["roleFields"] == {"owner": "Gestionnaire", "parcels": "Parcelles"}
    assert collection["roleFieldsGuessed"] == ["parcels"]
    assert (collection["role"], collection["roleGuessed"]) == ("candidate", False)
