"""What a container holds is what the service answers: ids, attributes, coordinates, beside GDAL's own reading of the same file.

Coordinates are compared in the layer's own system to the bit, and in degrees within a millimetre of what pyproj makes of them.
"""

import datetime
import json
import math
import re
import subprocess
from functools import cache

import numpy
import pyogrio
import pyproj
import pytest
import readback_sources
import shapely
from report import record
from terril_server import Terril

record("GDAL of the wheel (pyogrio)", f"{pyogrio.__gdal_version_string__}", "ids, attributes and coordinates of every container, as it reads them")

# One degree of latitude in metres, for distances of a millimetre.
DEGREE_M = 111_320
MILLIMETRE = 1e-3
LAYERS = [
    "gj_plain", "gj_crs_member", "gj_bom", "gj_bare_feature", "gj_bare_geometry", "gj_lines", "gj_records", "gj_ndjson", "gj_gzip",
    "gj_json_gzip", "gj_bzip2", "gj_3d", "gj_lines_of_ways",
    "shp_utf8", "shp_latin1", "shp_cp1252_no_cpg", "shp_utf8_no_cpg", "shp_no_shx", "shp_no_prj", "shp_no_prj_l93", "shp_3d", "shp_points", "SHP_CASE",
    "fgb_l93", "fgb_ways", "box_parcels", "box_ways", "box_shafts", "gml_2", "gml_3_2", "kml_parcels", "tab_parcels", "mif_parcels",
    "zip_flat", "zip_deep", "tar_shp", "tgz_shp", "targz_shp", "tarbz2_shp", "zip_geojson", "zip_second", "tarbz2_geojson", "zip_gpkg",
    "PARCELLE_id", "BORNE_id", "LIEUDIT_id",
    "gpq_snappy", "gpq_zstd", "gpq_gzip", "gpq_brotli", "gpq_lines", "gpq_covering",
    "csv_wkt", "csv_wkt_bom", "csv_wkt_1252", "csv_tab", "csv_wkt_l93", "csv_lonlat", "csv_xy_comma", "csv_epsg_rows", "xlsx_points", "ods_points",
]  # fmt: skip


@pytest.fixture(scope="module")
def cases(tmp_path_factory, shared):
    folder = tmp_path_factory.mktemp("readback")
    made = {}
    for maker in readback_sources.MAKERS:
        for case in maker(folder):
            assert case.layer not in made, case.layer
            made[case.layer] = case
    assert list(made) == LAYERS, set(made) ^ set(LAYERS)
    settings = [f"[layer.{case.layer}]\n{case.settings}\n" for case in made.values() if case.settings]
    (folder / "terril.toml").write_text("\n".join(settings))
    made["folder"] = folder
    return made


@pytest.fixture(scope="module")
def server(cases):
    with Terril(cases["folder"]) as running:
        running.wait_open()
        yield running
        assert running.healthy() and "panicked" not in running.log()


@pytest.mark.parametrize("layer", LAYERS)
def test_what_is_in_it_is_what_comes_out(server, cases, layer):
    case = cases[layer]
    collection = collection_of(server, case)
    truth = case.truth()
    storage = server.json(f"/collections/{collection}")["storageCrs"]
    features = server.items(collection, f"crs={storage}")
    lonlat = server.items(collection)
    assert len(features) == len(lonlat) == len(truth)

    pairs = list(paired(case, features, truth))
    for feature, row in pairs:
        same_attributes(case, feature, row)
        # Rows of several systems are stored in one that is none of theirs: they are held against pyproj below.
        if not case.several_systems:
            same_place(feature["geometry"], row.geometry, case.layer)
    if case.key:
        values = [str(row[case.key]) for _, row in pairs if case.key in row.index]
        assert values in ([], [str(feature["id"]) for feature, _ in pairs])

    to_lonlat = transformer(truth.crs or "OGC:CRS84")
    by_id = {feature["id"]: feature for feature in lonlat}
    for feature, row in pairs:
        ours = flat(by_id[feature["id"]]["geometry"])
        theirs = numpy.column_stack(to_lonlat.transform(*shapely.get_coordinates(row.geometry).T))
        assert numpy.abs(in_order(ours, feature["geometry"]) - in_order(theirs, shapely.geometry.mapping(row.geometry))).max() * DEGREE_M < MILLIMETRE


def test_a_table_of_postgis(postgis, serve, tmp_path):
    """What GDAL of Debian reads of the table, since the wheel's has no PostgreSQL, beside what the service says of it."""
    frame = readback_sources.in_lambert()
    with postgis.connect() as connection:
        connection.execute("DROP SCHEMA IF EXISTS lecture CASCADE; CREATE SCHEMA lecture")
        connection.execute(
            "CREATE TABLE lecture.parcelles (id text PRIMARY KEY, commune text, contenance integer, lieu text, prix double precision, "
            "lots bigint, releve date, geom geometry(Geometry, 2154))"
        )
        rows = [
            (r.id, r.commune, int(r.contenance), r.lieu if isinstance(r.lieu, str) else None, None if math.isnan(r.prix) else r.prix, r.lots, r.relevé, shapely.to_wkb(r.geometry))
            for r in frame.itertuples()
        ]
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO lecture.parcelles VALUES (%s, %s, %s, %s, %s, %s, %s, ST_GeomFromWKB(%s, 2154))", rows)
    copy = tmp_path / "lecture.gpkg"
    subprocess.run(["ogr2ogr", "-f", "GPKG", copy, f"PG:{postgis.dsn}", "lecture.parcelles", "-nln", "parcelles"], check=True)
    truth = pyogrio.read_dataframe(copy, datetime_as_string=True)
    assert len(truth) == len(frame)

    server = serve(postgis.url("table=lecture.parcelles")).wait_open()
    (entry,) = server.json("/loads")["layers"]
    collection = entry["collection"]
    case = readback_sources.Case(collection, copy, lambda: truth)
    features = server.items(collection, f"crs={server.json(f'/collections/{collection}')['storageCrs']}")
    assert len(features) == len(truth)
    for feature, row in paired(case, features, truth):
        assert str(feature["id"]) == row["id"]
        same_attributes(case, feature, row)
        same_place(feature["geometry"], row.geometry, case.layer)


@cache
def transformer(crs) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)


def collection_of(server, case) -> str:
    entries = [one for one in server.json("/loads")["layers"] if one["report"]["layer"] == case.layer]
    told = [one for one in server.json("/loads").get("sources", []) if one["source"] == case.source.name]
    assert len(entries) == 1, f"{case.source.name}: {len(entries)} layers of that name; {told}"
    return entries[0]["collection"]


def paired(case, features, truth):
    """Features beside rows: by a key that both carry, else in the order of the file."""
    key = next((name for name in ("idu", "id", "IDU_id", "OBJECT_RID") if name in truth.columns and truth[name].is_unique), None)
    if key is None or any(key not in feature["properties"] for feature in features):
        ids = [feature["id"] for feature in features]
        assert len(truth) == 1 or ids == sorted(ids), "no key, and no order of the file"
        yield from zip(features, (row for _, row in truth.iterrows()), strict=True)
        return
    rows = {str(row[key]): row for _, row in truth.iterrows()}
    for feature in features:
        yield feature, rows[str(feature["properties"][key])]


# --- Attributes ------------------------------------------------------------------------------------


def same_attributes(case, feature, row) -> None:
    for name, value in row.items():
        # LIBKML gives each placemark a name of its own making as `id`.
        if name == "geometry" or (name, case.layer) == ("id", "kml_parcels"):
            continue
        ours = feature["properties"].get(name)
        judge = same_text if case.texts else same_value
        assert judge(ours, value), f"{case.layer}, {feature['id']}, {name}: {ours!r} is not {value!r}"


def same_value(ours, theirs) -> bool:
    if theirs is None or theirs != theirs or theirs == "":
        return ours is None or ours == ""
    if isinstance(theirs, datetime.date | datetime.datetime):
        theirs = theirs.isoformat()
    if isinstance(theirs, numpy.generic):
        theirs = theirs.item()
    if isinstance(theirs, str):
        if re.fullmatch(r"\d{4}[-/]\d\d[-/]\d\d([T ].*)?", theirs):
            return str(ours)[:10].replace("/", "-") == theirs[:10].replace("/", "-")
        return ours == theirs
    return ours == theirs


def same_text(ours, theirs: str) -> bool:
    """A cell as it is written, beside the number or text that was made of it."""
    if theirs == "":
        return ours in (None, "")
    if isinstance(ours, bool):
        return False
    if isinstance(ours, int | float):
        return re.fullmatch(r"-?(0|[1-9]\d*)([.,]\d+)?", theirs) is not None and float(theirs.replace(",", ".")) == ours
    return ours == theirs


# --- Coordinates -----------------------------------------------------------------------------------


def flat(geometry) -> numpy.ndarray:
    return shapely.get_coordinates(shapely.geometry.shape(geometry))


def in_order(coordinates: numpy.ndarray, geometry) -> numpy.ndarray:
    """Coordinates with each ring wound alike: formats differ in it and GeoJSON demands one."""
    shape = shapely.geometry.shape(geometry)
    parts = shapely.get_parts(shape)
    if shapely.get_dimensions(shape) < 2:
        return coordinates
    out, at = [], 0
    for polygon in parts:
        for n, ring in enumerate([polygon.exterior, *polygon.interiors]):
            count = shapely.get_num_coordinates(ring)
            piece = coordinates[at : at + count]
            out.append(piece if ring.is_ccw == (n == 0) else piece[::-1])
            at += count
    return numpy.concatenate(out)


def same_place(ours, theirs, layer: str) -> None:
    if theirs is None or theirs.is_empty:
        assert ours is None, layer
        return
    mapping = shapely.geometry.mapping(theirs)
    assert ours["type"].removeprefix("Multi") == mapping["type"].removeprefix("Multi"), layer
    mine, own = in_order(flat(ours), ours), in_order(shapely.get_coordinates(theirs), mapping)
    assert mine.shape == own.shape, layer
    assert numpy.array_equal(mine, own), f"{layer}: {numpy.abs(mine - own).max()}"
    assert math.isfinite(float(mine.sum())) and json.dumps(ours)
