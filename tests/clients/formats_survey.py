"""What becomes of every file of the real data: what the server says of it, beside what other readers count.

In: the folder with the real data and a server that serves all of it. Out: one `Found` per file. What it should be is not here:
test_formats.py holds that; scripts/formats_page.py writes it down.
"""

import csv
import gzip
import json
import shutil
import tarfile
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyogrio
from pyproj import CRS

# Files that a format keeps beside the one that names it; by the name's ending, in lower case.
PARTS = {
    ".shp": {".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx"},
    ".tab": {".dat", ".id", ".map", ".ind"},
    ".mif": {".mid"},
    ".gml": {".xsd"},
}  # fmt: skip


@dataclass
class Layer:
    """A layer that came of a file."""

    collection: str
    name: str
    format: str
    reader: str
    features: int
    without_place: int
    repaired: int
    crs: str
    encoding: str
    types: list[str]
    faults: dict[str, int]
    located: list[dict] = field(repr=False)


@dataclass
class Found:
    """A file, and what the server made of it."""

    path: str
    layers: list[Layer] = field(default_factory=list)
    refused: str = ""
    part_of: str = ""
    passed_over: bool = False


def files(data: Path) -> list[Path]:
    """All files but what other readers leave beside a GML file: whether it is there depends on who was there before."""
    return sorted(path for path in data.rglob("*") if path.is_file() and path.suffix.lower() != ".gfs")


def part_of(path: Path) -> str:
    """The file that this one belongs to, or nothing. Names are compared without their case."""
    for beside in path.parent.iterdir():
        wanted = PARTS.get(beside.suffix.lower(), set())
        if path.suffix.lower() in wanted and beside.stem.lower() == path.stem.lower():
            return beside.name
    return ""


def survey(server, data: Path) -> list[Found]:
    """Every file, in the order of its path."""
    loads = server.json("/loads")
    by_source: dict[str, list[Layer]] = {}
    for entry in loads["layers"]:
        by_source.setdefault(entry["report"]["source"], []).append(layer_of(server, entry))
    refused = {one["source"]: one["message"] for one in loads.get("sources", []) if one["state"] == "failed"}
    names = Counter(path.name for path in files(data))
    found = []
    for path in files(data):
        assert names[path.name] == 1, f"{path.name} stands twice: /loads names files without folders"
        one = Found(path.relative_to(data).as_posix())
        one.layers = sorted(by_source.get(path.name, []), key=lambda layer: layer.collection)
        one.refused = refused.get(path.name, "")
        one.part_of = part_of(path)
        one.passed_over = not (one.layers or one.refused or one.part_of)
        found.append(one)
    return found


def layer_of(server, entry: dict) -> Layer:
    report, collection = entry["report"], entry["collection"]
    kinds: Counter[str] = Counter()
    for feature in server.items(collection):
        kinds[feature["geometry"]["type"] if feature["geometry"] else ""] += 1
    assert sum(kinds.values()) == report["features"], f"{collection}: {sum(kinds.values())} items, {report['features']} in its report"
    return Layer(
        collection=collection,
        name=report["layer"],
        format=report["format"],
        reader="Terril" if report["driver"] == "native" else "GDAL",
        features=report["features"],
        without_place=report["null_geometries"],
        repaired=report["repaired"],
        crs=crs_name(report["crs"]),
        encoding=report.get("encoding") or "",
        types=sorted(kind for kind in kinds if kind),
        faults={kind: count for kind, count in sorted(report["counts"].items())},
        located=report["faults"],
    )


def crs_name(crs) -> str:
    """The system by its authority's code; `crs84` is longitude and latitude in degrees."""
    if crs == "crs84":
        return "CRS84"
    if isinstance(crs, dict) and "epsg" in crs:
        return f"EPSG:{crs['epsg']}"
    return CRS.from_user_input(next(iter(crs.values())) if isinstance(crs, dict) else crs).name


# --- What other readers count ----------------------------------------------------------------------


def own_counts(path: Path) -> dict[str, int] | None:
    """Rows by layer as another reader counts them; None for a file that is no source at all.

    GeoJSON, JSON and CSV by Python's own modules; everything else by the GDAL of the wheel.
    """
    name = path.name.lower()
    if path.stat().st_size == 0:
        return None
    if name.endswith((".geojson", ".json", ".json.gz", ".geojson.gz")):
        opener = gzip.open if name.endswith(".gz") else open
        with opener(path, "rt", encoding="utf-8") as text:
            document = json.load(text)
        return own_json(path, document)
    if name.endswith(".csv"):
        with path.open(newline="", encoding="utf-8-sig") as text:
            rows = [row for row in csv.reader(text, delimiter=delimiter(path)) if any(cell.strip() for cell in row)]
        return {path.stem: len(rows) - 1}
    if name.endswith(".tar.bz2"):
        with tempfile.TemporaryDirectory() as folder, tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
            return gdal_counts(next(p for p in Path(folder).iterdir() if p.suffix.lower() == ".thf"))
    if path.suffix.lower() in (".shp", ".tab", ".mif", ".gpkg", ".fgb", ".kml", ".gml"):
        return gdal_counts(path)
    return None


def own_json(path: Path, document) -> dict[str, int] | None:
    if document.get("type") == "FeatureCollection":
        return {path.stem: len(document["features"])}
    if document.get("type") == "Feature":
        return {path.stem: 1}
    if isinstance(document.get("communes"), dict):
        return {path.name.partition(".")[0]: len(document["communes"])}
    return None


def delimiter(path: Path) -> str:
    first = path.read_text(encoding="utf-8-sig").partition("\n")[0]
    return max(",;\t", key=first.count)


def gdal_counts(path: Path) -> dict[str, int] | None:
    # GDAL keeps what it found in a GML file beside it, and the real data is read, never written.
    with tempfile.TemporaryDirectory() as folder:
        if path.suffix.lower() == ".gml":
            path = Path(shutil.copy(path, folder))
        try:
            layers = pyogrio.list_layers(path)
        except pyogrio.errors.DataSourceError:
            return None
        return {name: pyogrio.read_info(path, layer=name, force_feature_count=True)["features"] for name, _ in layers}
