"""Real parcels, cités, shafts and cavaliers written in every container that is accepted, by GDAL, pandas and Python's own modules.

Each case is a source with a layer of a name of its own, and a reader that is none of ours: what it says is what the service must say.
A case whose reader is `None` is judged by the frame that was written, where no other reader knows the container whole.
"""

import bz2
import gzip
import io
import json
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas
import pandas
import pyogrio
import shapely
from conftest import SHARED

DATA = SHARED / "data"
PARCELS = 150


@dataclass
class Case:
    """One source; `layer` is the name that its collection has."""

    layer: str
    source: Path
    truth: Callable[[], geopandas.GeoDataFrame]
    # The truth's cells are texts, as in a file of texts; the service may have made numbers and dates of them.
    texts: bool = False
    # Its rows are of several systems: they are stored in one that is none of theirs, within a millimetre and not to the bit.
    several_systems: bool = False
    # What `terril.toml` says of the layer.
    settings: str = ""
    # The field that ids come from, or None where it is not said here.
    key: str | None = "id"


# --- What is written -------------------------------------------------------------------------------


@cache
def parcels() -> geopandas.GeoDataFrame:
    """Parcels with a text beyond ASCII, a number, a fraction, a truth value, a date and gaps in each."""
    frame = pyogrio.read_dataframe(DATA / "cadastre" / "cadastre-91326-parcelles.json", max_features=PARCELS)
    frame = frame[["id", "commune", "section", "contenance", "geometry"]]
    n = pandas.Series(range(len(frame)))
    frame["lieu"] = n.map(lambda i: ["Nœux-les-Mines", "L’Abbé « é »", "Évin-Malmaison", None][i % 4])
    frame["prix"] = n.map(lambda i: None if i % 7 == 0 else round(i * 1.37 + 0.01, 2))
    frame["lots"] = n % 5
    frame["relevé"] = n.map(lambda i: f"20{10 + i % 15}-{i % 12 + 1:02}-{i % 28 + 1:02}")
    return frame


@cache
def in_lambert(name: str = "parcels") -> geopandas.GeoDataFrame:
    return globals()[name]().to_crs(2154)


@cache
def shafts() -> geopandas.GeoDataFrame:
    """Points, with longitude and latitude as columns."""
    frame = pyogrio.read_dataframe(DATA / "bassin-minier" / "puits-de-mines.geojson", max_features=PARCELS)
    frame = geopandas.GeoDataFrame({"id": [f"P{n:03}" for n in range(len(frame))]}, geometry=list(frame.geometry), crs=4326)
    frame["nom"] = [f"Puits n°{n}, Liévin" for n in range(len(frame))]
    frame["profondeur"] = [n * 10.5 for n in range(len(frame))]
    return frame


@cache
def ways() -> geopandas.GeoDataFrame:
    """Lines, in one part and in several."""
    frame = pyogrio.read_dataframe(DATA / "bassin-minier" / "zt-cavaliers.geojson", max_features=PARCELS)
    frame = frame[frame.geometry.notna()].reset_index(drop=True)
    return geopandas.GeoDataFrame({"id": [f"C{n:03}" for n in range(len(frame))]}, geometry=list(frame.geometry), crs=4326)


def write(frame: geopandas.GeoDataFrame, path: Path, layer: str | None = None, **options) -> Path:
    """By GDAL. Dates are written as dates where the format has them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = frame.copy()
    if "relevé" in frame and options.pop("dates", True):
        frame["relevé"] = pandas.to_datetime(frame["relevé"]).dt.date
    pyogrio.write_dataframe(frame, path, layer=layer, **options)
    return path


def document(frame: geopandas.GeoDataFrame) -> dict:
    return json.loads(frame.to_json(drop_id=True))


def gdal(path: Path, **options) -> Callable[[], geopandas.GeoDataFrame]:
    """GDAL's own reading, from a copy: it may write beside what it reads."""

    def read() -> geopandas.GeoDataFrame:
        with tempfile.TemporaryDirectory() as folder:
            for part in path.parent.glob(f"{path.stem}.*") if path.suffix != ".THF" else path.parent.iterdir():
                shutil.copy(part, folder)
            return pyogrio.read_dataframe(Path(folder) / path.name, datetime_as_string=True, **options)

    return read


# --- GeoJSON ---------------------------------------------------------------------------------------


def geojson(folder: Path) -> list[Case]:
    def put(name: str, content: bytes | str, suffix: str = ".geojson") -> Path:
        path = folder / f"{name}{suffix}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    plain = document(parcels())
    text = json.dumps(plain, ensure_ascii=False)
    lambert = document(in_lambert()) | {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}}
    lines = [json.dumps(feature, ensure_ascii=False) for feature in plain["features"]]
    first = {**plain["features"][0], "type": "Feature"}
    path = put("gj_plain", text)
    cases = [Case("gj_plain", path, gdal(path))]
    path = put("gj_crs_member", json.dumps(lambert))
    cases.append(Case("gj_crs_member", path, gdal(path)))
    path = put("gj_bom", b"\xef\xbb\xbf" + text.encode())
    cases.append(Case("gj_bom", path, gdal(path)))
    path = put("gj_bare_feature", json.dumps(first))
    cases.append(Case("gj_bare_feature", path, gdal(path)))
    path = put("gj_bare_geometry", json.dumps(first["geometry"]))
    cases.append(Case("gj_bare_geometry", path, gdal(path), key=None))
    path = put("gj_lines", "\n".join(lines) + "\n", ".geojsonl")
    cases.append(Case("gj_lines", path, gdal(path)))
    path = put("gj_records", "".join(f"\x1e{line}\n" for line in lines), ".geojsons")
    cases.append(Case("gj_records", path, gdal(path)))
    path = put("gj_ndjson", "\r\n".join(lines), ".ndjson")
    cases.append(Case("gj_ndjson", path, parcels))
    path = put("gj_gzip", gzip.compress(text.encode()), ".geojson.gz")
    cases.append(Case("gj_gzip", path, parcels))
    path = put("gj_json_gzip", gzip.compress(text.encode()), ".json.gz")
    cases.append(Case("gj_json_gzip", path, parcels))
    path = put("gj_bzip2", bz2.compress(text.encode()), ".geojson.bz2")
    cases.append(Case("gj_bzip2", path, parcels))
    deep = {**plain, "features": [{**f, "geometry": shapely.geometry.mapping(shapely.force_3d(shapely.geometry.shape(f["geometry"]), 41.5))} for f in plain["features"]]}
    path = put("gj_3d", json.dumps(deep))
    cases.append(Case("gj_3d", path, gdal(path)))
    path = put("gj_lines_of_ways", json.dumps(document(ways())))
    cases.append(Case("gj_lines_of_ways", path, gdal(path)))
    return cases


# --- Shapefile and what else GDAL reads ------------------------------------------------------------


def shapefiles(folder: Path) -> list[Case]:
    def shape(name: str, frame: geopandas.GeoDataFrame, without: tuple[str, ...] = (), **options) -> Path:
        path = write(frame, folder / f"{name}.shp", **options)
        for suffix in without:
            path.with_suffix(suffix).unlink()
        return path

    path = shape("shp_utf8", in_lambert(), encoding="UTF-8")
    cases = [Case("shp_utf8", path, gdal(path))]
    path = shape("shp_latin1", latin(in_lambert()), encoding="ISO-8859-1")
    cases.append(Case("shp_latin1", path, gdal(path)))
    path = shape("shp_cp1252_no_cpg", in_lambert(), (".cpg",), encoding="CP1252")
    neutral_language(path.with_suffix(".dbf"))
    cases.append(Case("shp_cp1252_no_cpg", path, gdal(path, encoding="CP1252")))
    path = shape("shp_utf8_no_cpg", in_lambert(), (".cpg",), encoding="UTF-8")
    neutral_language(path.with_suffix(".dbf"))
    cases.append(Case("shp_utf8_no_cpg", path, gdal(path, encoding="UTF-8")))
    path = shape("shp_no_shx", in_lambert(), encoding="UTF-8")
    kept = path.with_suffix(".shx").read_bytes()
    path.with_suffix(".shx").unlink()

    def with_index() -> geopandas.GeoDataFrame:
        with tempfile.TemporaryDirectory() as aside:
            for part in path_no_shx.parent.glob("shp_no_shx.*"):
                shutil.copy(part, aside)
            (Path(aside) / "shp_no_shx.shx").write_bytes(kept)
            return pyogrio.read_dataframe(Path(aside) / "shp_no_shx.shp", datetime_as_string=True)

    path_no_shx = path
    cases.append(Case("shp_no_shx", path, with_index))
    path = shape("shp_no_prj", parcels(), (".prj",), encoding="UTF-8")
    cases.append(Case("shp_no_prj", path, gdal(path)))
    path = shape("shp_no_prj_l93", in_lambert(), (".prj",), encoding="UTF-8")
    read_bare = gdal(path)
    cases.append(Case("shp_no_prj_l93", path, lambda: read_bare().set_crs(2154), settings='crs = "EPSG:2154"'))
    high = in_lambert().copy()
    high["geometry"] = shapely.force_3d(high.geometry.values, 41.5)
    path = shape("shp_3d", high, encoding="UTF-8")
    cases.append(Case("shp_3d", path, gdal(path)))
    path = shape("shp_points", in_lambert("shafts"), encoding="UTF-8")
    cases.append(Case("shp_points", path, gdal(path)))
    path = shape("SHP_CASE", in_lambert(), encoding="UTF-8")
    read = gdal(path)()
    for part in folder.glob("SHP_CASE.*"):
        part.rename(folder / ("SHP_CASE" + part.suffix.upper() if part.suffix in (".shp", ".dbf") else "shp_case" + part.suffix))
    cases.append(Case("SHP_CASE", folder / "SHP_CASE.SHP", lambda: read))
    return cases


def latin(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Without the letters that only Windows-1252 has."""
    frame = frame.copy()
    frame["lieu"] = frame["lieu"].map(lambda text: text and text.replace("œ", "oe").replace("’", "'"), na_action="ignore")
    return frame


def neutral_language(dbf: Path) -> None:
    """A table that says nothing of its encoding."""
    content = bytearray(dbf.read_bytes())
    content[29] = 0
    dbf.write_bytes(content)


def by_gdal(folder: Path) -> list[Case]:
    cases = []
    path = write(in_lambert(), folder / "fgb_l93.fgb", layer="fgb_l93")
    cases.append(Case("fgb_l93", path, gdal(path)))
    path = write(ways(), folder / "fgb_ways.fgb", layer="fgb_ways")
    cases.append(Case("fgb_ways", path, gdal(path)))
    path = folder / "several.gpkg"
    for name, frame in (("box_parcels", in_lambert()), ("box_ways", ways()), ("box_shafts", in_lambert("shafts"))):
        write(frame, path, layer=name, append=path.exists())
        cases.append(Case(name, path, gdal(path, layer=name)))
    for version in ("GML2", "GML3.2"):
        name = f"gml_{version[3:].replace('.', '_')}"
        path = write(in_lambert(), folder / f"{name}.gml", layer=name, FORMAT=version)
        cases.append(Case(name, path, gdal(path), key="id"))
    # LIBKML takes a field `id` for the attribute of the placemark.
    path = write(parcels().rename(columns={"id": "idu"}), folder / "kml_parcels.kml", layer="kml_parcels", driver="LIBKML")
    cases.append(Case("kml_parcels", path, gdal(path), key=None))
    # Names of fields are ASCII in MapInfo's files, texts are not.
    mapinfo = in_lambert().rename(columns={"relevé": "releve"}).astype({"lots": "int32"})
    path = write(mapinfo, folder / "tab_parcels.tab", driver="MapInfo File", layer_options={"ENCODING": "CP1252"})
    cases.append(Case("tab_parcels", path, gdal(path)))
    path = write(mapinfo, folder / "mif_parcels.mif", driver="MapInfo File", layer_options={"ENCODING": "CP1252"})
    cases.append(Case("mif_parcels", path, gdal(path)))
    return cases


# --- Archives --------------------------------------------------------------------------------------


def archives(folder: Path) -> list[Case]:
    cases = []

    def members(name: str) -> tuple[list[Path], Callable[[], geopandas.GeoDataFrame]]:
        """A Shapefile with its parts, in a folder aside, and GDAL's reading of it."""
        aside = Path(tempfile.mkdtemp())
        path = write(in_lambert(), aside / f"{name}.shp", encoding="UTF-8")
        read = gdal(path)()
        return sorted(aside.iterdir()), lambda: read

    def tarred(path: Path, mode: str, content: dict[str, bytes]) -> Path:
        with tarfile.open(path, mode) as archive:
            for name, data in content.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        return path

    for name, inside in (("zip_flat", ""), ("zip_deep", "livraison/été 2025/")):
        parts, truth = members(name)
        path = folder / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                archive.write(part, inside + part.name)
            archive.writestr(inside + "LISEZMOI.txt", "Livraison du 1er juin")
            archive.writestr("__MACOSX/._" + parts[0].name, b"\0\5\x16\7")
        cases.append(Case(name, path, truth))
    for name, suffix, mode in (("tar_shp", "tar", "w"), ("tgz_shp", "tgz", "w:gz"), ("targz_shp", "tar.gz", "w:gz"), ("tarbz2_shp", "tar.bz2", "w:bz2")):
        parts, truth = members(name)
        cases.append(Case(name, tarred(folder / f"{name}.{suffix}", mode, {part.name: part.read_bytes() for part in parts}), truth))
    text = json.dumps(document(parcels()), ensure_ascii=False).encode()
    path = folder / "zip_both.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zip_geojson.geojson", text)
        archive.writestr("zip_second.geojson", json.dumps(document(ways())))
    cases += [Case("zip_geojson", path, parcels), Case("zip_second", path, ways)]
    cases.append(Case("tarbz2_geojson", tarred(folder / "tarbz2_geojson.tar.bz2", "w:bz2", {"tarbz2_geojson.json": text}), parcels))
    aside = write(in_lambert(), Path(tempfile.mkdtemp()) / "zip_gpkg.gpkg", layer="zip_gpkg")
    with zipfile.ZipFile(folder / "zip_gpkg.zip", "w") as archive:
        archive.write(aside, "zip_gpkg.gpkg")
    cases.append(Case("zip_gpkg", folder / "zip_gpkg.zip", gdal(aside)))
    return cases


def edigeo(folder: Path) -> list[Case]:
    """A sheet of the real cadastre, as it is handed out."""
    name = "edigeo-25354000AB01.tar.bz2"
    shutil.copy(DATA / "edigeo" / "25354" / name, folder / name)
    aside = Path(tempfile.mkdtemp())
    with tarfile.open(folder / name) as archive:
        archive.extractall(aside, filter="data")
    (exchange,) = aside.glob("*.THF")
    return [Case(layer, folder / name, gdal(exchange, layer=layer), key=None) for layer in ("PARCELLE_id", "BORNE_id", "LIEUDIT_id")]


# --- Parquet ---------------------------------------------------------------------------------------


def parquet(folder: Path) -> list[Case]:
    """Judged by pyarrow and geopandas: Debian's GDAL reads no Parquet."""
    cases = []
    for name, frame, options in (
        ("gpq_snappy", in_lambert(), {"compression": "snappy"}), ("gpq_zstd", in_lambert(), {"compression": "zstd"}),
        ("gpq_gzip", parcels(), {"compression": "gzip"}), ("gpq_brotli", parcels(), {"compression": "brotli", "row_group_size": 40}),
        ("gpq_lines", ways(), {"compression": None}), ("gpq_covering", in_lambert("shafts"), {"write_covering_bbox": True}),
    ):  # fmt: skip
        frame = frame.copy()
        if "relevé" in frame:
            frame["relevé"] = pandas.to_datetime(frame["relevé"]).dt.date
        path = folder / f"{name}.parquet"
        frame.to_parquet(path, index=False, **options)
        columns = [column for column in frame.columns]
        cases.append(Case(name, path, lambda path=path, columns=columns: geopandas.read_parquet(path)[columns]))
    return cases


# --- Tables ----------------------------------------------------------------------------------------


def tables(folder: Path) -> list[Case]:
    """Texts as a person's program writes them; the truth is the frame of the texts."""
    cases = []

    def texts(frame: geopandas.GeoDataFrame, comma: bool = False) -> pandas.DataFrame:
        out = pandas.DataFrame(frame.drop(columns="geometry"))
        for column in out:
            out[column] = [shown(value, comma) for value in out[column]]
        return out

    def put(name: str, table: pandas.DataFrame, truth: geopandas.GeoDataFrame, encoding: str = "utf-8", sep: str = ",", suffix: str = ".csv", **further) -> None:
        path = folder / f"{name}{suffix}"
        path.write_bytes(table.to_csv(index=False, sep=sep, lineterminator="\r\n").encode(encoding))
        columns = [column for column in table if column in truth.columns]
        frame = geopandas.GeoDataFrame(table[columns], geometry=list(truth.geometry), crs=truth.crs)
        cases.append(Case(name, path, lambda: frame, texts=True, **further))

    wkt = texts(parcels()).assign(WKT=list(shapely.to_wkt(parcels().geometry.values, rounding_precision=-1)))
    put("csv_wkt", wkt, parcels())
    put("csv_wkt_bom", wkt, parcels(), encoding="utf-8-sig", sep=";")
    put("csv_wkt_1252", wkt.rename(columns={"WKT": "geom"}), parcels(), encoding="cp1252", sep=";")
    put("csv_tab", wkt.rename(columns={"WKT": "geometry"}), parcels(), sep="\t", suffix=".tsv")
    comma = texts(in_lambert(), comma=True).assign(WKT=list(shapely.to_wkt(in_lambert().geometry.values, rounding_precision=-1)))
    put("csv_wkt_l93", comma, in_lambert(), sep=";", settings='crs = "EPSG:2154"')
    points = shafts()
    lonlat = texts(points).assign(longitude=[repr(p.x) for p in points.geometry], latitude=[repr(p.y) for p in points.geometry])
    put("csv_lonlat", lonlat, points)
    metric = in_lambert("shafts")
    xy = texts(metric, comma=True).assign(
        X=[repr(p.x).replace(".", ",") for p in metric.geometry], Y=[repr(p.y).replace(".", ",") for p in metric.geometry]
    )
    put("csv_xy_comma", xy, metric, sep=";", settings='crs = "EPSG:2154"')
    rows = xy.assign(EPSG="2154")
    conic = metric.to_crs(3950)
    for n in range(0, len(rows), 3):
        rows.loc[n, ["X", "Y", "EPSG"]] = [repr(conic.geometry[n].x).replace(".", ","), repr(conic.geometry[n].y).replace(".", ","), "3950"]
    put("csv_epsg_rows", rows, metric, sep=";", several_systems=True)
    for name, suffix, driver in (("xlsx_points", ".xlsx", "XLSX"), ("ods_points", ".ods", "ODS")):
        path = folder / f"{name}{suffix}"
        if driver == "XLSX":
            typed = pandas.DataFrame(points.drop(columns="geometry")).assign(longitude=points.geometry.x, latitude=points.geometry.y)
            typed.to_excel(path, index=False, sheet_name=name)
        else:
            typed = pandas.DataFrame(points.drop(columns="geometry")).assign(longitude=points.geometry.x, latitude=points.geometry.y)
            pyogrio.write_dataframe(typed, path, layer=name, driver="ODS")
        cases.append(Case(name, path, lambda: points))
    return cases


def shown(value, comma: bool) -> str:
    """A value as a spreadsheet would export it."""
    if value is None or value != value:
        return ""
    text = str(value)
    return text.replace(".", ",") if comma and isinstance(value, float) else text


MAKERS = [geojson, shapefiles, by_gdal, archives, edigeo, parquet, tables]
