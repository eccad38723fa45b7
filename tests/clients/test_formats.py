"""Every file of the real data: loaded whole, part of another, or refused with words. docs/formats.md says which.

Counts are held against what SOURCES.md states, and against what Python's own readers and the GDAL of the wheel count.
"""

import codecs
import json
import sys
from pathlib import Path

import pyogrio
import pytest
from formats_survey import own_counts, survey
from report import record
from terril_server import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import formats_page  # noqa: E402  the path is set just above

record("GDAL of the wheel (pyogrio)", f"{pyogrio.__gdal_version_string__}", "every file of the real data counted beside it, layer by layer", "counts")

# What may be refused, and a word of its message that names the fault.
REFUSED = {"messy/empty.csv": "empty", "planning/INVALID.gml": "INVALID.gml"}
# Descriptions and schemas: companions of data, read by people and validators.
COMPANIONS = {"SOURCES.md", "friches/schema.json"}

# Numbers that SOURCES.md states, and the number of rows that its tables have by their own description.
STATED = {
    "bassin-minier/cites-minieres.geojson": 159, "bassin-minier/zt-cites-minieres.geojson": 162,
    "bassin-minier/terrils.geojson": 51, "bassin-minier/zt-terrils.geojson": 111, "bassin-minier/puits-de-mines.geojson": 636,
    "bassin-minier/communes-mbm.geojson": 330, "bassin-minier/epci.geojson": 9, "bassin-minier/departements.geojson": 2,
    "communes-62/communes-62-pas-de-calais.geojson": 891, "cadastre/cadastre-91027-parcelles.json": 6759,
    "cadastre/cadastre-91326-parcelles.json": 2859, "cadastre/27412-parcelles.geojson": 1990, "cadastre/27412-sections.geojson": 19,
    "qpv/qpv_2024_59_62.geojson": 158, "messy/donnees-ademe-sites-pollues.geojson": 419,
}  # fmt: skip
SYSTEMS = {
    "formats/cites_minieres_l93_wkt.csv": "EPSG:2154", "formats/cites_minieres_l93_crs_member.geojson": "EPSG:2154",
    "formats/parcelles_27412_l93.gpkg": "EPSG:2154", "formats/parcelles_27412_wgs84.fgb": "CRS84",
    "formats/shp_cc50/cites_minieres_cc50.shp": "EPSG:3950", "formats/shp_cp1252/communes_62_l93.shp": "EPSG:2154",
    "formats/tab/cites_minieres.tab": "EPSG:2154", "planning/30014_PLU/30014_ZONE_URBA_20171013.shp": "EPSG:2154",
    "planning/shp_latin1/PRESCRIPTION_PCT.shp": "EPSG:2154", "planning/tab_latin1/ZONE_URBA_41003.TAB": "EPSG:2154",
    "planning/ZONE_URBA.gml": "EPSG:2154", "edigeo/25354/edigeo-25354000AK01.tar.bz2": "EPSG:2154",
    "qpv/qpv_2024_59_62.geojson": "CRS84", "formats/cites_minieres.kml": "CRS84",
}  # fmt: skip


@pytest.fixture(scope="module")
def everything(shared):
    server = formats_page.all_served()
    yield server
    server.stop()
    assert "panicked" not in server.log()


@pytest.fixture(scope="module")
def found(everything, shared):
    return {one.path: one for one in survey(everything, shared / "data")}


def test_only_these_are_refused(found):
    assert {path for path, one in found.items() if one.refused} == set(REFUSED)
    for path, word in REFUSED.items():
        message = found[path].refused
        assert Path(path).name in message and word in message and not found[path].layers, message


def test_only_these_are_passed_over(found):
    assert {path for path, one in found.items() if one.passed_over} == COMPANIONS


def test_sidecars_are_no_sources(found):
    parts = [path for path, one in found.items() if one.part_of]
    assert parts and not [path for path in parts if found[path].layers]


def test_counts_that_the_description_states(found):
    assert {path: sum(layer.features for layer in found[path].layers) for path in STATED} == STATED
    edigeo = [one for path, one in found.items() if path.startswith("edigeo/")]
    parcels = sum(layer.features for one in edigeo for layer in one.layers if layer.name.endswith("PARCELLE_id"))
    assert len(edigeo) == 8 and parcels == 511
    assert sum(layer.repaired for layer in found["qpv/qpv_2024_59_62.geojson"].layers) == 74
    assert sum(layer.without_place for layer in found["messy/donnees-ademe-sites-pollues.geojson"].layers) == 29


def test_counts_of_other_readers(found, shared):
    """Layer by layer, where the names allow it; where a file has one layer its name is the file's."""
    differing, compared = {}, 0
    for path, one in found.items():
        if one.part_of or one.refused or path in COMPANIONS:
            continue
        theirs = own_counts(shared / "data" / path)
        assert theirs is not None, f"{path}: no other reader counts it"
        ours = {layer.name: layer.features for layer in one.layers}
        if len(ours) == len(theirs) == 1:
            ours, theirs = list(ours.values()), list(theirs.values())
        compared += 1
        if ours != theirs:
            differing[path] = (ours, theirs)
    assert not differing and compared > 50, differing


@pytest.mark.parametrize("path, crs", SYSTEMS.items(), ids=lambda value: Path(value).name)
def test_system(found, path, crs):
    assert {layer.crs for layer in found[path].layers if layer.types} == {crs}


def test_a_name_intact_from_windows_1252(everything, found):
    """The .dbf has 0x9C for "œ", names no language, and there is no .cpg."""
    (layer,) = found["formats/shp_cp1252/communes_62_l93.shp"].layers
    assert codecs.lookup(layer.encoding).name == "cp1252", layer.encoding
    names = {f["properties"]["code"]: f["properties"]["nom"] for f in everything.items(layer.collection)}
    assert names["62617"] == "Nœux-les-Mines"
    source = everything.items("communes-62-pas-de-calais")
    assert names == {f["properties"]["code"]: f["properties"]["nom"] for f in source}, "every name, beside the UTF-8 source"


def test_accents_of_latin_1(everything, found):
    for path in ("planning/shp_latin1/PRESCRIPTION_PCT.shp", "planning/tab_latin1/PRESCRIPTION_PCT.TAB"):
        (layer,) = found[path].layers
        text = json.dumps(everything.items(layer.collection), ensure_ascii=False)
        assert "Bâtiment agricole" in text and "Ã" not in text and "\ufffd" not in text, path
    assert codecs.lookup(found["planning/shp_latin1/PRESCRIPTION_PCT.shp"].layers[0].encoding).name in ("iso8859-1", "cp1252")


def test_rows_that_are_broken_are_located(everything, found):
    """Row 1 has a ring that is not closed or crosses itself, row 2 no WKT: both are kept, each says why and where."""
    (layer,) = found["planning/broken_geometries.csv"].layers
    assert layer.features == 2
    rows = {fault.get("row"): fault for fault in layer.located if fault.get("row") is not None}
    assert set(rows) == {0, 1}, layer.located
    assert rows[1]["kind"] != "null-geometry", "a text that is no WKT is not the same as none"
    features = {f["properties"]["id"]: f["geometry"] for f in everything.items(layer.collection)}
    assert features[2] is None and features[1] is not None


def test_what_is_audited_is_what_other_programs_count(found, shared):
    """Overlaps as SOURCES.md states them; fiscal areas against those of pyproj's ellipsoid."""
    import pyproj
    import shapely

    geod = pyproj.Geod(ellps="GRS80")
    (parcels,) = found["cadastre/cadastre-91326-parcelles.json"].layers
    assert parcels.faults["overlap"] == 3
    for name in ("cadastre-91326-parcelles", "cadastre-91027-parcelles"):
        (layer,) = found[f"cadastre/{name}.json"].layers
        document = json.loads((shared / "data" / "cadastre" / f"{name}.json").read_text())
        differ = 0
        for feature in document["features"]:
            fiscal = feature["properties"].get("contenance")
            area = abs(geod.geometry_area_perimeter(shapely.geometry.shape(feature["geometry"]))[0])
            differ += bool(fiscal) and abs(area - fiscal) > 0.05 * fiscal
        assert layer.faults["area-differs"] == differ, name


@pytest.mark.parametrize("head", ["var communes = ", "const x=", "callback("])
def test_geojson_in_a_script_is_refused_with_words(serve, tmp_path, head):
    (tmp_path / "good.geojson").write_text(POINT)
    (tmp_path / "script.geojson").write_text(head + POINT + (");" if "(" in head else ";"))
    server = serve(tmp_path).wait_open()
    (told,) = [one for one in server.json("/loads")["sources"] if one["source"] == "script.geojson"]
    assert told["state"] == "failed"
    assert "JavaScript" in told["message"] and "1" in told["message"], told["message"]
    assert server.get("/collections/script").status == 404


def test_the_page_says_what_is_read(found):
    lines = formats_page.difference(formats_page.page(list(found.values())))
    assert not lines, "run `make formats-page` and read the difference:\n" + "\n".join(lines)


POINT = json.dumps({
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "id": 1, "properties": {"nom": "a"}, "geometry": {"type": "Point", "coordinates": [2.5, 50.4]}}],
})  # fmt: skip
