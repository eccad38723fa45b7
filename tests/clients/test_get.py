"""`terril get` against a local server of the layout of the open-data services, and what it brings, served.

What should come is computed from the served data by shapely; what should be said is looked for in the words of the program.
"""

import gzip
import json
import os
import re
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest
import shapely
from open_data import APICARTO, CADASTRE, CONTOURS, GEO_API, MINING, OpenData, collection, exception, in_box
from terril_server import BINARY, DEADLINE_S, ROOT

COMMUNE = "62737"
PARCELS = f"/62/{COMMUNE}/cadastre-{COMMUNE}-parcelles.json.gz"
SELF_FILES = {"LICENCES.md", "sources.json", "terril.toml"}


@pytest.fixture
def web(shared):
    services = OpenData(shared / "data")
    yield services
    services.stop()


class Got:
    """A run of `terril get`: how it ended, what it said, what is in the folder."""

    def __init__(self, done: subprocess.CompletedProcess, folder: Path):
        self.code, self.out, self.err, self.folder = done.returncode, done.stdout, done.stderr, folder

    def state(self, layer: str) -> str | None:
        found = re.search(rf"^  (.+?) +{re.escape(layer)} ", self.out, re.MULTILINE)
        return found and found[1]

    def features(self, layer: str) -> list[dict]:
        return json.loads((self.folder / f"{layer}.geojson").read_text())["features"]

    @property
    def manifest(self) -> dict:
        return json.loads((self.folder / "sources.json").read_text())

    @property
    def toml(self) -> dict:
        return tomllib.loads((self.folder / "terril.toml").read_text())


@pytest.fixture
def get(web, tmp_path):
    def run(*line: str, folder: Path | None = None, mirror: str | None = None, lang: str = "en", ok: bool = True) -> Got:
        folder = folder or tmp_path / "territoire"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TERRIL_") and not k.lower().endswith("_proxy")}
        done = subprocess.run(
            [BINARY, "get", *line, "-o", folder, "--mirror", mirror or web.address, "--lang", lang],
            capture_output=True, text=True, env=environment, timeout=DEADLINE_S, cwd=tmp_path, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert "panicked" not in done.stderr
        assert not ok or done.returncode == 0, done.stdout + done.stderr
        return Got(done, folder)

    return run


def around(web, *codes: str) -> dict[str, shapely.Geometry]:
    """Communes and those that touch them, by shapely, those of the other département included."""
    shapes = {
        c["properties"]["code"]: shapely.geometry.shape(c["geometry"])
        for department in ("59", "62")
        for c in web.services.communes(department)
    }
    asked = [shapes[code] for code in codes]
    return {code: shape for code, shape in shapes.items() if any(shape.intersects(a) for a in asked)}


# --- what comes ------------------------------------------------------------------------------------


def test_a_territory_is_brought_whole(web, get):
    got = get("territoire", COMMUNE)
    communes = around(web, COMMUNE)
    assert len(communes) > 4
    told = [c["code"] for c in got.manifest["communes"]]
    assert told[0] == COMMUNE and sorted(told) == sorted(communes)
    assert sorted(f["properties"]["code"] for f in got.features("communes")) == sorted(communes)
    box = shapely.union_all(list(communes.values())).bounds
    expected = {
        "cadastre-parcelles": 16 * len(communes),
        "cadastre-batiments": 16 * len(communes),
        "cadastre-sections": 16 * len(communes),
        "plu-zones": 2 * len(communes),
        "qpv": len(in_box(web.services.read("qpv/qpv_2024_59_62.geojson"), *box)),
        "epci": len(in_box(web.services.read("bassin-minier/epci.geojson"), *box)),
        "mbm-perimetre": 1,
        "mbm-cites-erbm": len(in_box(web.services.read("bassin-minier/cites-minieres.geojson"), *box)),
        "mbm-cites-zone-tampon": len(in_box(web.services.read("bassin-minier/zt-cites-minieres.geojson"), *box)),
        "mbm-terrils-zone-tampon": len(in_box(web.services.read("bassin-minier/zt-terrils.geojson"), *box)),
    }
    assert all(expected.values()), expected
    for layer, count in expected.items():
        assert len(got.features(layer)) == count, layer
        assert got.manifest["layers"][layer]["features"] == count
        assert got.state(layer) == "new"
    layers = {path.stem for path in got.folder.glob("*.geojson")}
    assert {path.name for path in got.folder.iterdir() if path.is_file()} == {f"{n}.geojson" for n in layers} | SELF_FILES
    assert set(got.toml["layer"]) == layers
    assert got.out.splitlines()[-1] == f"{BINARY} serve {got.folder}"


def test_what_came_is_served_with_its_roles_titles_and_licences(get, serve):
    got = get("territoire", COMMUNE)
    server = serve(got.folder).wait_open()
    assert "WARN" not in server.log(), server.log()
    collections = {c["id"]: c for c in server.json("/collections")["collections"]}
    assert set(collections) == set(got.toml["layer"])
    roles = {name: c.get("role") for name, c in collections.items()}
    assert roles["cadastre-parcelles"] == "parcel"
    assert roles["communes"] == roles["qpv"] == roles["mbm-perimetre"] == "territory"
    assert roles["mbm-cites-erbm"] == roles["mbm-cites-zone-tampon"] == "estate"
    assert roles["plu-zones"] == "constraint"
    for name, found in collections.items():
        whole = server.json(f"/collections/{name}")
        assert whole["license"] == "Licence Ouverte 2.0" and whole["attribution"], name
        assert server.json(f"/collections/{name}/items?limit=1")["numberMatched"] == got.manifest["layers"][name]["features"]
        assert found["title"]
    for lang, words in {"fr": ["Parcelles cadastrales", "Quartiers prioritaires", "Licence Ouverte 2.0"],
                        "en": ["Cadastral parcels", "Priority neighbourhoods", "Licence Ouverte 2.0"]}.items():  # fmt: skip
        page = server.get(f"/collections?f=html&lang={lang}").text
        one = server.get(f"/collections/cadastre-parcelles?f=html&lang={lang}").text
        assert all(word in page + one for word in words), lang
    # The day on which it was had is part of the source.
    assert re.search(r"cadastre\.data\.gouv\.fr, \d{4}-\d\d-\d\d", server.json("/collections/cadastre-parcelles")["source"])
    # Open data with owners' names: that they may be shown is said.
    assert got.toml["layer"]["mbm-cites-zone-tampon"]["public"] == {}
    assert server.json("/collections/mbm-cites-zone-tampon/items?limit=1")["features"][0]["properties"].keys() >= {"proprietaire"}
    # An id is the cadastre's own.
    found = server.json(f"/collections/cadastre-parcelles/items/{COMMUNE}000AB0007")
    assert found["properties"]["contenance"] == 1006


def test_real_parcels_come_to_the_last_digit(web, get, serve):
    got = get("territoire", "27412", "--alone")
    source = (web.services.data / "cadastre/27412-parcelles.geojson").read_text()
    assert len(got.features("cadastre-parcelles")) == 1990
    assert got.features("cadastre-parcelles") == json.loads(source)["features"]
    assert got.manifest["communes"] == [{"code": "27412", "name": "Mesnil-Verclives"}]
    # No mining basin there: it is not even asked.
    assert not [a for a in web.services.asked if a.host == MINING]
    assert "mbm-cites-erbm" not in got.toml["layer"]
    # A field that these parcels lack is not configured.
    assert got.toml["layer"]["cadastre-parcelles"].get("fields", {}).get("area") is None
    server = serve(got.folder).wait_open()
    assert server.json("/collections/cadastre-parcelles/items?limit=1")["numberMatched"] == 1990


def test_neighbours_of_the_other_departement_come_too(web, get):
    border = next(
        code for code in sorted(c["properties"]["code"] for c in web.services.communes("62"))
        if any(other.startswith("59") for other in around(web, code))
    )  # fmt: skip
    got = get("communes", border, "--without", "epci", "--with", "territoire", "--without", "cadastre,bassin-minier")
    # An entry alone has no neighbours; a set has.
    assert [c["code"] for c in got.manifest["communes"]] == [border]
    whole = get("territoire", border, "--without", "cadastre,bassin-minier,plu-zones,epci")
    assert sorted(c["code"] for c in whole.manifest["communes"]) == sorted(around(web, border))


def test_a_single_entry_with_a_parameter(web, get):
    got = get("cadastre-lieux-dits", "--param", f"commune={COMMUNE}")
    assert [a.path for a in web.services.asked] == [
        f"/data/etalab-cadastre/latest/geojson/communes/62/{COMMUNE}/cadastre-{COMMUNE}-lieux_dits.json.gz"
    ]
    assert len(got.features("cadastre-lieux-dits")) == 16
    other = get("cadastre-lieux-dits", COMMUNE, "--param", "millesime=2020-01-01", ok=False)
    assert "/2020-01-01/" in web.services.asked[-1].path
    assert "2020-01-01" in other.out and "status 404" in other.out


def test_another_entry_adds_to_a_folder(get):
    get("cadastre-parcelles", COMMUNE)
    got = get("mbm-cites-erbm", COMMUNE)
    assert set(got.toml["layer"]) == set(got.manifest["layers"]) == {"cadastre-parcelles", "mbm-cites-erbm"}


# --- caching, resuming, politeness -----------------------------------------------------------------


def test_the_second_time_only_what_changed_comes(web, get):
    first = get("territoire", COMMUNE)
    times = {path.name: path.stat().st_mtime_ns for path in first.folder.glob("*.*")}
    asked = len(web.services.asked)
    same = get("territoire", COMMUNE)
    again = web.services.asked[asked:]
    assert len(again) == asked
    assert {a.status for a in again} == {304, 302}, "nothing is sent twice"
    assert {same.state(layer) for layer in same.toml["layer"]} == {"unchanged"}
    assert {path.name: path.stat().st_mtime_ns for path in same.folder.glob("*.*")} | {"sources.json": 0} == times | {"sources.json": 0}
    web.services.edition["62186-parcelles"] += 1
    changed = get("territoire", COMMUNE)
    states = {layer: changed.state(layer) for layer in changed.toml["layer"]}
    assert states.pop("cadastre-parcelles") == "new"
    assert set(states.values()) == {"unchanged"}


def test_a_cut_transfer_goes_on_where_it_stopped(web, get):
    web.services.faults[PARCELS] = [("cut",), ("well",)]
    got = get("cadastre-parcelles", COMMUNE)
    first, second = [a for a in web.services.asked if a.path.endswith(PARCELS)]
    assert "range" not in first.headers
    size = len(gzip.compress(collection(web.services.cadastre(COMMUNE, "parcelles")), mtime=0))
    assert second.headers["range"] == f"bytes={size // 2}-" and second.status == 206
    assert got.features("cadastre-parcelles") == json.loads(collection(web.services.cadastre(COMMUNE, "parcelles")))["features"]


def test_what_may_pass_is_tried_again(web, get):
    web.services.faults[PARCELS] = [("status", 503, "now"), ("status", 429, "now"), ("well",)]
    got = get("cadastre-parcelles", COMMUNE)
    assert [a.status for a in web.services.asked] == [503, 429, 200]
    assert got.state("cadastre-parcelles") == "new"


def test_at_most_two_at_a_time_at_each_host(web, get):
    web.services.faults["/cadastre-"] = [("slow", 0.05)]
    get("territoire", COMMUNE)
    assert web.services.most_at_once[CADASTRE] == 2
    assert max(web.services.most_at_once.values()) <= 2


# --- WFS and APIs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [7, 1000])
def test_a_wfs_is_walked_page_by_page(web, get, page):
    web.services.page = page
    got = get("mbm-cavaliers-zone-tampon", COMMUNE)
    box = shapely.geometry.shape(web.services.commune(COMMUNE)["geometry"]).bounds
    expected = in_box(web.services.read("bassin-minier/zt-cavaliers.geojson"), *box)
    assert len(expected) > 14
    assert [f["properties"]["id_troncon"] for f in got.features("mbm-cavaliers-zone-tampon")] == [
        f["properties"]["id_troncon"] for f in expected
    ]
    asked = [a.query for a in web.services.asked if a.host == MINING]
    starts = [int(query.get("STARTINDEX", ["0"])[0]) for query in asked]
    assert starts == list(range(0, len(expected), page))
    assert "STARTINDEX" not in asked[0], "some services refuse one"


def test_a_wfs_that_repeats_its_page_is_not_taken(web, get, tmp_path):
    features = web.services.read("bassin-minier/zt-terrils.geojson")[:10]
    web.services.faults["zt_terrils"] = [("body", collection(features, numberMatched=100))]
    catalogue = without_box(tmp_path, "mbm-terrils-zone-tampon", "zt_terrils")
    got = get("mbm-terrils-zone-tampon", "--catalogue", str(catalogue), ok=False)
    assert got.code == 1 and "same page again" in got.out


def test_fewer_features_than_announced_are_named(web, get, tmp_path):
    web.services.faults["zt_terrils"] = [
        ("body", collection(web.services.read("bassin-minier/zt-terrils.geojson")[:10], numberMatched=100)),
        ("body", collection([], numberMatched=100)),
    ]
    catalogue = without_box(tmp_path, "mbm-terrils-zone-tampon", "zt_terrils")
    got = get("mbm-terrils-zone-tampon", "--catalogue", str(catalogue), ok=False)
    assert got.code == 1 and "10 features came of 100" in got.out


def test_an_answer_from_elsewhere_is_not_taken(web, get):
    # Axes swapped: the place is another one.
    here = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [50.44, 2.69]}}
    web.services.faults["zt_terrils"] = [("body", collection([here], numberMatched=1))]
    got = get("mbm-terrils-zone-tampon", COMMUNE, ok=False)
    assert got.code == 1 and "no feature lies in the box" in got.out and "50.44, 2.69" in got.out


def without_box(folder: Path, entry: str, layer: str) -> Path:
    """A catalogue whose WFS entry is asked for everything."""
    path = folder / "whole.toml"
    path.write_text(
        f'[entry.{entry}]\ntitle = {{ fr = "T", en = "T" }}\nurl = "https://{MINING}/geoserver/mission_bassin_minier/ows"\nkind = "wfs"\n'
        f'typename = "mission_bassin_minier:{layer}"\nbbox = false\nproducer = "p"\nlicence = "l"\nattribution = "a"\n'
    )
    return path


def test_a_plan_under_another_code_is_found_page_by_page(web, get):
    """The communes of an intercommunal plan have nothing under their own code."""
    web.services.faults["DU_62443"] = [("body", collection([], numberMatched=0))]
    got = get("plu-zones", COMMUNE, "62443")
    assert got.state("plu-zones-wfs") == "new" and got.state("plu-zones") is None
    assert not (got.folder / "plu-zones.geojson").exists()
    assert len(got.features("plu-zones-wfs")) == 2


def test_a_cap_is_noticed_and_said(web, get, tmp_path):
    zone = web.services.zones(COMMUNE)[0]
    many = [zone | {"id": f"z{n}"} for n in range(5000)]
    web.services.faults["DU_"] = [("body", collection(many, numberMatched=6000))]
    # The other service is asked instead.
    assert get("plu-zones", COMMUNE).state("plu-zones-wfs") == "new"
    # Where it has nothing either, what came is kept, and it is said that it is not all.
    web.services.faults["wfs_du"] = [("body", collection([], numberMatched=0))]
    got = get("plu-zones", COMMUNE, folder=tmp_path / "capped")
    assert got.state("plu-zones") == "new" and len(got.features("plu-zones")) == 5000
    assert "5000 features came, as many as the service gives at most" in got.out
    assert get("plu-zones", COMMUNE, "--strict", folder=tmp_path / "capped", ok=False).code == 1


# --- what does not come ----------------------------------------------------------------------------

PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>Maintenance</h1></body></html>"
FAULTS = {
    "a web page": ([("body", PAGE)], "web page", "page web"),
    "a web page in gzip": ([("body", gzip.compress(PAGE))], "web page", "page web"),
    "404": ([("status", 404)], "status 404", "statut 404"),
    "403": ([("status", 403)], "status 403", "statut 403"),
    "500": ([("status", 500)], "status 500", "statut 500"),
    "an exception": ([("body", exception("Unknown layer"))], "Unknown layer", "Unknown layer"),
    "nothing": ([("body", b"")], "empty", "vide"),
    "an empty gzip": ([("body", gzip.compress(b""))], "empty", "vide"),
    "a cut gzip": ([("body", gzip.compress(collection([]) + b" " * 100_000)[:-20])], "compressed file is broken", "compressé est abîmé"),
    "a cut connection": ([("cut",), ("cut",), ("cut",), ("cut",)], "ends in the middle", "s'arrête au milieu"),
    "half of the JSON": ([("body", collection([])[:-5])], "no GeoJSON", "n'est pas du GeoJSON"),
    "other JSON": ([("body", b'{"code":400,"message":"bad partition"}')], "bad partition", "bad partition"),
    "a picture": ([("body", b"\x89PNG\r\n\x1a\n" + bytes(100))], "no GeoJSON", "n'est pas du GeoJSON"),
    "a redirect inwards": ([("redirect", "file:///etc/passwd")], "redirect", "renvoie ailleurs"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_come_is_named_and_the_rest_comes(web, get, fault):
    kinds, english, french = FAULTS[fault]
    web.services.faults[PARCELS] = list(kinds)
    got = get("cadastre", COMMUNE, "--alone")
    assert got.state("cadastre-parcelles") == "MISSING" and got.state("cadastre-batiments") == "new"
    said = got.out.partition("cadastre-parcelles")[2]
    assert english in said and PARCELS in said and "→" in said, got.out
    assert not (got.folder / "cadastre-parcelles.geojson").exists()
    assert "cadastre-parcelles" not in got.toml["layer"]
    web.services.faults[PARCELS] = list(kinds)
    told = get("cadastre", COMMUNE, "--alone", "--strict", lang="fr", ok=False)
    assert told.code == 1 and told.state("cadastre-parcelles") == "MANQUE"
    assert french in told.out.partition("cadastre-parcelles")[2], told.out
    # And then it does come.
    del web.services.faults[PARCELS]
    assert get("cadastre", COMMUNE, "--alone", "--strict").state("cadastre-parcelles") == "new"


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_bad_takes_the_place_of_something_good(web, get, fault):
    first = get("cadastre-parcelles", COMMUNE)
    good = (first.folder / "cadastre-parcelles.geojson").read_bytes()
    web.services.edition[f"{COMMUNE}-parcelles"] += 1
    web.services.faults[PARCELS] = list(FAULTS[fault][0])
    got = get("cadastre-parcelles", COMMUNE)
    assert (got.folder / "cadastre-parcelles.geojson").read_bytes() == good
    assert FAULTS[fault][1] in got.out and " stays" in got.out, got.out
    assert get("cadastre-parcelles", COMMUNE, "--strict", ok=False).code == 1
    assert "cadastre-parcelles" in got.toml["layer"]


def test_one_commune_of_several_that_fails_leaves_the_others(web, get):
    web.services.faults["cadastre-62186-parcelles"] = [("status", 404)]
    got = get("territoire", COMMUNE)
    communes = {f["properties"]["commune"] for f in got.features("cadastre-parcelles")}
    assert communes == set(around(web, COMMUNE)) - {"62186"}
    assert got.state("cadastre-parcelles") == "new" and "cadastre-62186-parcelles" in got.out
    [gap] = got.manifest["layers"]["cadastre-parcelles"]["missing"]
    assert "62186" in gap["url"] and gap["reason"]["fr"] and gap["remedy"]["en"]


def test_without_network_nothing_is_lost(web, get, serve):
    first = get("territoire", COMMUNE)
    before = {path.name: path.read_bytes() for path in first.folder.glob("*.geojson")}
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    got = get("territoire", COMMUNE, mirror=nobody)
    assert {path.name: path.read_bytes() for path in got.folder.glob("*.geojson")} == before
    assert "can't be reached" in got.out
    serve(got.folder).wait_open()


def test_where_nothing_comes_the_command_fails(web, get, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    got = get("cadastre", COMMUNE, "--alone", mirror=nobody, lang="fr", ok=False)
    assert got.code == 1
    assert "Rien n'est venu" in got.out and "n'est pas joignable" in got.out and "vérifier le réseau" in got.out
    assert " serve " not in got.out


def test_without_outlines_what_needs_none_comes(web, get):
    web.services.faults["/departements/62/communes"] = [("status", 500)]
    got = get("territoire", COMMUNE)
    assert {f["properties"]["commune"] for f in got.features("cadastre-parcelles")} == {COMMUNE}
    assert got.state("qpv") == "MISSING" and "outlines of communes did not come" in got.out


def test_an_unknown_commune_is_said(web, get):
    got = get("territoire", "62999", ok=False)
    assert got.code == 1 and "there is no commune 62999" in got.out
    assert not [a for a in web.services.asked if a.host in (CADASTRE, APICARTO)]
    for wrong in ("Lens", "6273"):
        refused = get("territoire", wrong, ok=False)
        assert refused.code == 1 and "no INSEE code" in refused.err
    assert "did you mean" in get("territory", COMMUNE, ok=False).err


def test_a_redirect_stays_at_the_mirror(web, get):
    got = get("qpv", COMMUNE)
    assert [a.host for a in web.services.asked if "data.gouv.fr" in a.host and a.host not in (GEO_API, CONTOURS)] == [
        "www.data.gouv.fr",
        "static.data.gouv.fr",
    ]
    assert got.features("qpv") and got.toml["layer"]["qpv"]["id"] == "code_qp"


# --- the folder ------------------------------------------------------------------------------------


def test_the_manifest_says_where_all_comes_from(web, get):
    import hashlib

    got = get("territoire", COMMUNE)
    for name, layer in got.manifest["layers"].items():
        body = (got.folder / layer["file"]).read_bytes()
        assert layer["bytes"] == len(body), name
        assert layer["licence"] == "Licence Ouverte 2.0" and layer["attribution"] and layer["producer"]
        for piece in layer["pieces"]:
            kept = (got.folder / piece["file"]).read_bytes()
            assert piece["bytes"] == len(kept) and len(piece["blake3"]) == 64
            assert piece["url"].startswith("https://") and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", piece["fetched"])
            assert piece["etag"] == f'"{hashlib.sha256(kept).hexdigest()[:16]}"'
    licences = (got.folder / "LICENCES.md").read_text()
    assert all(layer["file"] in licences for layer in got.manifest["layers"].values())
    assert "Licence Ouverte 2.0" in licences and "Mission Bassin Minier" in licences


def test_a_terril_toml_of_ones_own_stays(get):
    got = get("cadastre-parcelles", COMMUNE)
    own = got.folder / "terril.toml"
    own.write_text(own.read_text().replace("Cadastral parcels", "My parcels"))
    again = get("cadastre-sections", COMMUNE)
    assert "My parcels" in own.read_text() and "cadastre-sections" not in again.toml["layer"]
    assert "[layer.cadastre-sections]" in (got.folder / "terril.toml.new").read_text()
    assert "changed by hand" in again.out


def test_a_broken_layer_is_made_again(get):
    got = get("cadastre-parcelles", COMMUNE)
    path = got.folder / "cadastre-parcelles.geojson"
    good = path.read_bytes()
    path.write_bytes(good[:100])
    again = get("cadastre-parcelles", COMMUNE)
    assert again.state("cadastre-parcelles") == "new" and path.read_bytes() == good
    # It may be somebody's work: it is not lost, and not served.
    assert (got.folder / "cadastre-parcelles.geojson.old").read_bytes() == good[:100]
    assert "is kept as cadastre-parcelles.geojson.old" in again.out


def test_a_file_of_ones_own_is_not_lost(get, tmp_path):
    mine = tmp_path / "territoire" / "cadastre-parcelles.geojson"
    mine.parent.mkdir()
    mine.write_text("mine")
    get("cadastre-parcelles", COMMUNE)
    assert mine.read_text() != "mine" and mine.with_suffix(".geojson.old").read_text() == "mine"


def test_entries_of_ones_own(web, get, tmp_path, serve):
    points = [{"type": "Feature", "properties": {"ref": n, "nom": "Jardin é"}, "geometry": {"type": "Point", "coordinates": [2.7, 50.4]}} for n in range(3)]
    web.services.extra["carto.exemple.fr/jardins/62.geojson"] = collection(points)
    catalogue = tmp_path / "mine.toml"
    catalogue.write_text(
        '[entry.jardins]\ntitle = { fr = "Jardins", en = "Gardens" }\nurl = "https://carto.exemple.fr/jardins/{departement}.geojson"\n'
        'kind = "file"\nrole = "public-space"\nid = "ref"\nfields = { name = "nom" }\nproducer = "Ville"\nlicence = "ODbL 1.0"\n'
        'attribution = "© la ville"\nsets = ["territoire"]\n'
    )
    got = get("territoire", COMMUNE, "--without", "cadastre,bassin-minier,plu-zones,epci,qpv", "--catalogue", str(catalogue))
    assert len(got.features("jardins")) == 3, "a département once, however many communes"
    server = serve(got.folder).wait_open()
    assert server.json("/collections/jardins")["role"] == "public-space"
    assert server.json("/collections/jardins")["license"] == "ODbL 1.0"
    assert server.json("/collections/jardins/items/1")["properties"]["nom"] == "Jardin é"
    catalogue.write_text('[entry.x]\nurl = "https://a"\n')
    refused = get("x", "--catalogue", str(catalogue), ok=False)
    assert refused.code == 1 and "mine.toml is no catalogue" in refused.err


def test_the_catalogue_is_listed():
    for lang, words in (("fr", ["Parcelles cadastrales", "communes voisines"]), ("en", ["Cadastral parcels", "communes around"])):
        done = subprocess.run([BINARY, "get", "list", "--lang", lang], capture_output=True, text=True, timeout=DEADLINE_S, check=True)
        assert all(word in done.stdout for word in words)
        entries = tomllib.loads((ROOT / "data" / "catalogue.toml").read_text())["entry"]
        assert all(re.search(rf"^{id} ", done.stdout, re.MULTILINE) for id in entries)
        assert all(entry["url"] in done.stdout for entry in entries.values())
