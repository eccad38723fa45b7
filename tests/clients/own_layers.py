"""The demonstration's layers and the real ones as their files have them, read by GDAL's own GeoJSON driver."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path

import numpy
import pytest
from conftest import SHARED
from gdal_clients import Table, read_with_pyogrio
from real_layers import LAYERS, own_ids
from terril_server import ROOT

DEMONSTRATION = {path.stem: path for path in sorted((ROOT / "data").glob("*.geojson"))}
REAL = {layer.collection: SHARED / "data" / layer.path for layer in LAYERS}
PATHS = DEMONSTRATION | REAL
FOLDERS = [ROOT / "data", *sorted({path.parent for path in REAL.values() if path.exists()})]
# Layers of which the public sees a part.
PUBLIC = {
    name: layer["public"]
    for name, layer in tomllib.loads((ROOT / "data" / "terril.toml").read_text())["layer"].items()
    if "public" in layer
}


def path_of(collection: str) -> Path:
    """Its file; where the real data is not there, its test is not run."""
    path = PATHS[collection]
    return path if path.exists() else pytest.skip(f"no real data at TERRIL_SHARED={SHARED}")


@cache
def own(collection: str) -> tuple[Table, list[str]]:
    """What everybody may see of a layer, and the id of each feature as the server is to give it."""
    path = path_of(collection)
    table = read_with_pyogrio(path)
    if collection in REAL:
        (layer,) = [layer for layer in LAYERS if layer.collection == collection]
        ids = own_ids(layer, path)
    else:
        ids = [feature["properties"]["id"] for feature in json.loads(path.read_text())["features"]]
    return seen_by_all(collection, table, ids)


def seen_by_all(collection: str, table: Table, ids: list[str]) -> tuple[Table, list[str]]:
    if collection not in PUBLIC:
        return table, ids
    field, value = re.fullmatch(r"(\w+) = '(\w+)'", PUBLIC[collection]["where"]).groups()
    rows = [at for at, one in enumerate(table.columns[field]) if one == value]
    fields = tuple(name for name in table.fields if name in PUBLIC[collection]["fields"])
    columns = {name: [table.columns[name][at] for at in rows] for name in fields}
    shown = Table(fields, columns, [table.fids[at] for at in rows], table.shapes[numpy.array(rows)], table.crs)
    return shown, [ids[at] for at in rows]


def rows_by_id(collection: str) -> dict[str, dict]:
    """The attributes of each feature whose id no other has."""
    table, ids = own(collection)
    return {one: row for one, row in zip(ids, table.rows(), strict=True) if ids.count(one) == 1}


def searched(collection: str) -> tuple[str, str, set[str]]:
    """A field of text, a value that some features have, and their ids; accents and blanks by preference."""
    table, ids = own(collection)
    found = []
    for name in table.fields:
        values = table.columns[name]
        for value in {v for v in values if isinstance(v, str) and v and not v.startswith("[") and name != "id"}:
            found.append((values.count(value) < len(ids), not value.isascii(), " " in value, -len(value), name, value))
    *_, name, value = max(found)
    return name, value, {one for one, v in zip(ids, table.columns[name], strict=True) if v == value}
