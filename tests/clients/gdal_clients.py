"""Two GDALs as users have them: Debian's programs `ogrinfo` and `ogr2ogr`, and the library in the pyogrio wheel."""

import json
import math
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
import pyogrio
import shapely

# The programs read no setting of the user's and go past no proxy of the machine's to a server on the same machine.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k.lower() not in ("http_proxy", "https_proxy", "all_proxy")} | {
    "GDAL_HTTP_PROXY": "",
    "OGR_SQLITE_SYNCHRONOUS": "OFF",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True)
class Table:
    """A layer as a client has read it."""

    fields: tuple[str, ...]
    columns: dict[str, list]
    fids: list[int]
    shapes: numpy.ndarray
    crs: str | None

    def ids(self) -> list[str]:
        """The field `id` where there is one, as GDAL makes it of ids that are text; else GDAL's own."""
        return [str(one) for one in (self.columns["id"] if "id" in self.fields else self.fids)]

    def rows(self) -> list[dict]:
        """Attributes of each feature, without the id."""
        names = [name for name in self.fields if name != "id"]
        return [{name: self.columns[name][at] for name in names} for at in range(len(self.fids))]


def plain(value):
    """A value as JSON would have it, whatever numpy made of it; lists as the text of a list."""
    match value:
        case None:
            return None
        case numpy.datetime64():
            return None if numpy.isnat(value) else str(value)[:19].removesuffix("T00:00:00")
        case numpy.ndarray() | list() | tuple():
            return json.dumps([plain(one) for one in value], ensure_ascii=False)
        case bool() | numpy.bool_():
            return bool(value)
        case int() | numpy.integer():
            return int(value)
        case float() | numpy.floating():
            return None if math.isnan(value) else float(value)
    text = str(value)
    if text.startswith("[ ") and text.endswith(" ]"):  # a list of GDAL's in a column of text
        return json.dumps(json.loads(text), ensure_ascii=False)
    return text


def read_with_pyogrio(source: str | Path, layer: str | None = None, **options) -> Table:
    meta, fids, shapes, columns = pyogrio.raw.read(source, layer=layer, return_fids=True, **options)
    fields = tuple(meta["fields"])
    values = {name: [plain(v) for v in column] for name, column in zip(fields, columns, strict=True)}
    return Table(fields, values, [int(one) for one in fids], shapely.from_wkb(shapes), meta["crs"])


class Wheel:
    """pyogrio's GDAL."""

    name = "wheel"
    title = "GDAL in the pyogrio wheel"
    version = pyogrio.__gdal_version_string__

    def types(self, source: str | Path, layer: str) -> dict[str, str]:
        info = pyogrio.read_info(source, layer=layer)
        kinds = zip(info["fields"], info["ogr_types"], info["ogr_subtypes"], strict=True)
        return {str(name): family(kind.removeprefix("OFT"), sub.removeprefix("OFST")) for name, kind, sub in kinds}

    def read(
        self,
        source: str | Path,
        layer: str | None = None,
        where: str | None = None,
        spat: Sequence[float] | None = None,
    ) -> Table:
        return read_with_pyogrio(source, layer, where=where, bbox=tuple(spat) if spat else None)


class Debian:
    """Debian's GDAL. What it reads is written to a GeoPackage, which is read again with the other one."""

    name = "debian"
    title = "GDAL of Debian 12 (ogrinfo, ogr2ogr)"

    @property
    def version(self) -> str:
        return self.run("ogrinfo", "--version").removeprefix("GDAL ").partition(",")[0]

    def run(self, program: str, *arguments: object) -> str:
        done = subprocess.run(
            [program, *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT, check=False
        )
        assert done.returncode == 0 and "ERROR" not in done.stderr, (
            program,
            arguments,
            done.stdout[-500:],
            done.stderr[-2000:],
        )
        return done.stdout

    def summary(self, source: str | Path, layer: str, where: str | None = None) -> str:
        return self.run("ogrinfo", "-ro", "-so", *(["-where", where] if where else []), source, layer)

    def count(self, source: str | Path, layer: str, where: str | None = None) -> int:
        return int(re.search(r"^Feature Count: (\d+)$", self.summary(source, layer, where), re.M)[1])

    def types(self, source: str | Path, layer: str) -> dict[str, str]:
        after = self.summary(source, layer).partition("\nData axis to CRS axis mapping")[2]
        found = re.findall(r"^(.+): (\w+)(?:\((\w+)\))? \(\d+\.\d+\)", after, re.M)
        return {name: family(kind, sub) for name, kind, sub in found}

    def read(
        self,
        source: str | Path,
        layer: str | None = None,
        where: str | None = None,
        spat: Sequence[float] | None = None,
        arguments: Sequence[str] = (),
    ) -> Table:
        more = [*(["-where", where] if where else []), *(["-spat", *map(repr, spat)] if spat else []), *arguments]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "read.gpkg"
            self.run(
                "ogr2ogr", "-f", "GPKG", "-preserve_fid", "-nln", "read", "-lco", "FID=_fid", "-lco", "GEOMETRY_NAME=_geometry",
                *more, path, source, *([layer] if layer else []),
            )  # fmt: skip
            return read_with_pyogrio(path, "read")


def family(kind: str, subtype: str | None) -> str:
    """Types apart from their width: a file of many digits and a schema that says `integer` mean the same."""
    if subtype == "Boolean":
        return "boolean"
    return {"Integer": "integer", "Integer64": "integer", "Real": "real", "String": "text"}.get(kind, kind)


CLIENTS = [Debian(), Wheel()]
