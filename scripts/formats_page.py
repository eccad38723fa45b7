#!/usr/bin/env python3
"""Makes docs/formats.md: what is read and how, and what becomes of every file of the real data.

    scripts/formats_page.py           # writes the page (make formats-page)
    scripts/formats_page.py --check   # says where the page and the server differ

The rules are typed here; tests/clients/test_readback.py and test_formats.py prove them. The list of files is what a server says that
serves all of TERRIL_SHARED/data without any configuration. No times stand in it: it changes when what is read changes.
"""

import argparse
import difflib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from conftest import SHARED  # noqa: E402  the path is set just above
from formats_survey import Found, Layer, survey  # noqa: E402
from terril_server import Terril  # noqa: E402

PAGE = ROOT / "docs" / "formats.md"
# A file with more layers than this gets one row for all of them.
ROWS_PER_FILE = 6

HEAD = """\
<!-- Made by scripts/formats_page.py (make formats-page); changes here are lost. -->

# What is read, and how

Every source is read in a process of its own without network, with limits on memory, time and size ([limits](limits.md)). Nothing is dropped in
silence: what is left out, mended or assumed stands at `/loads`, with its row, its place and the remedy.

## Containers and formats

| what | read by | rules |
| --- | --- | --- |
"""

# Each row: what, who reads it, rules. Each rule has its test in tests/clients/test_readback.py.
RULES = [
    ("GeoJSON: FeatureCollection, bare Feature, bare geometry", "Terril",
     "Degrees of CRS84 unless the legacy member `crs` names another system. A byte order mark is skipped. Coordinates are kept to the bit; a third dimension is left out and counted. "
     "GeoJSON in a script (`var x = {…}`) is refused: the message says which line to take away."),
    ("GeoJSON Lines (`.geojsonl`, `.jsonl`, `.ndjson`), with RS (RFC 8142) or without", "Terril", "One feature a line; a line that can't be read is left out, with its number."),
    ("gzip, bzip2 of one file; zip, tar, tar.gz, tar.bz2", "Terril",
     "Unpacked under limits of size, count and ratio into the folder of the loading process. Names that leave the archive, links, devices and encrypted members are refused. "
     "Each source in it is a layer; its parts are found without regard to upper and lower case."),
    ("Shapefile", "GDAL",
     "Encoding: `.cpg`, else the language of the `.dbf`, else UTF-8 where all texts are valid UTF-8, else Windows-1252. A missing `.prj`: degrees where all coordinates can be degrees, else the metric "
     "system that they lie in. A missing `.shx` is made anew. Z and M are left out and counted."),
    ("GeoPackage", "Terril, GDAL", "Every vector layer and every table of attributes becomes a layer. Ids: a key field, else the feature id. GDAL reads what is not plain: views, dates, JSON, bytes, curves, heights, an unmerged log."),
    ("FlatGeobuf", "Terril, GDAL", "One layer; its name is the file's. GDAL reads what is not plain: curves, heights, dates, JSON, damage."),
    ("GeoParquet 1.x", "Terril", "Geometry as WKB; the CRS by its PROJJSON; snappy, gzip, brotli, zstd, lz4. Debian's GDAL reads none."),
    ("CSV, TSV", "Terril",
     "Delimiter `,` `;` or tab; UTF-8, with or without mark, else Windows-1252. Geometry from a column of WKT, else from x/y, lon/lat columns, decimal comma or point; the system may be a "
     "column of its own (RPLS `EPSG`): a layer of several systems is kept in degrees. Codes keep their zeros: a column is a number only where every value is one without a leading zero."),
    ("XLSX, ODS", "Terril", "Each sheet with rows is a layer. Header rows are found (of two, a heading gets its group before it only where it stands twice), total, example and empty rows left out, each named. Dates by the workbook's epoch (1900 or 1904)."),
    ("JSON tables", "Terril", "An object of objects, or a list of them, is a table: the key is a column. Joined to a layer by [configuration](../README.md)."),
    ("KML, KMZ", "GDAL", "Degrees. Each folder is a layer."),
    ("GML 2, 3.1, 3.2", "GDAL", "The `srsName` with its axis order; nothing is fetched for schemas. Of several geometries one is read and the others are named."),
    ("MapInfo TAB, MIF", "GDAL", "The encoding and the system that the header names."),
    ("EDIGEO (a `.thf`, mostly in a tar.bz2)", "GDAL", "Every object of the exchange is a layer, named with its sheet."),
    ("PostGIS table", "Terril", "`postgres://…` with the table; the session reads only."),
    ("`http://`, `https://`", "Terril", "From the command line or the configuration only; never to `file:`, never to an address of this machine or network unless it was written so."),
    ("curves", "GDAL", "Become lines; how many is counted (`curve`)."),
    ("geometry collections, mixed types", "Terril", "The parts of the highest dimension are kept as one multi-geometry; what is left out is counted (`mixed-collection`). A layer may hold several types."),
    ("systems of coordinates", "Terril", "By authority code, else by parameters: Lambert-93 in six spellings, CC42–CC50, NTF, overseas. `[layer.x] crs = \"EPSG:…\"` overrides. Coordinates that can't be in the system said are refused, with the one they probably are in."),
]  # fmt: skip

FILES = """
## Every file of the real data

Served without configuration, from the folder `data` that `../shared/data/SOURCES.md` describes. *Mended* counts what `/loads` tells.

| file | layer | format, read by | features | without place | repaired | types | CRS | encoding | mended or said |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


def cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def row(*cells: object) -> str:
    return "| " + " | ".join(map(cell, cells)) + " |"


def layer_row(path: str, layer: Layer) -> str:
    faults = ", ".join(f"{kind} {count:,}" for kind, count in layer.faults.items() if kind != "derived-ids")
    return row(
        f"`{path}`", f"`{layer.collection}`", f"{layer.format}, {layer.reader}", f"{layer.features:,}", layer.without_place or "",
        layer.repaired or "", ", ".join(layer.types), layer.crs, layer.encoding, faults,
    )  # fmt: skip


def file_rows(found: Found) -> list[str]:
    if found.part_of or found.passed_over:
        return []
    if found.refused:
        return [row(f"`{found.path}`", "**refused**", "", "", "", "", "", "", "", found.refused)]
    if len(found.layers) <= ROWS_PER_FILE:
        return [layer_row(found.path, layer) for layer in found.layers]
    first = found.layers[0]
    listed = ", ".join(f"{layer.name} {layer.features:,}" for layer in found.layers)
    types = sorted({kind for layer in found.layers for kind in layer.types})
    return [row(
        f"`{found.path}`", f"{len(found.layers)} layers", f"{first.format}, {first.reader}", f"{sum(layer.features for layer in found.layers):,}",
        sum(layer.without_place for layer in found.layers) or "", sum(layer.repaired for layer in found.layers) or "", ", ".join(types),
        ", ".join(sorted({layer.crs for layer in found.layers if layer.types})), first.encoding, listed,
    )]  # fmt: skip


def page(found: list[Found]) -> str:
    lines = [HEAD.rstrip("\n"), *(row(*rule) for rule in RULES), FILES.rstrip("\n")]
    for one in found:
        lines += file_rows(one)
    lines += ["", "Read with the file that names them: " + ", ".join(f"`{one.path}`" for one in found if one.part_of) + ".", ""]
    lines += ["No data, passed over: " + ", ".join(f"`{one.path}`" for one in found if one.passed_over) + ".", ""]
    return "\n".join(lines)


def all_served() -> Terril:
    """A server of all the real data; the caller stops it."""
    server = Terril(SHARED / "data", args=("--load-timeout", "600"))
    try:
        return server.wait_listening().wait_open("audited", deadline_s=600)
    except BaseException:
        server.stop()
        raise


def difference(wanted: str) -> list[str]:
    there = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    return list(difflib.unified_diff(there.splitlines(), wanted.splitlines(), "docs/formats.md", "what is read", lineterm=""))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the page is not what the server says")
    options = parser.parse_args()
    server = all_served()
    try:
        wanted = page(survey(server, SHARED / "data"))
    finally:
        server.stop()
    if not options.check:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    lines = difference(wanted)
    print("\n".join(lines) or "docs/formats.md says what is read")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
