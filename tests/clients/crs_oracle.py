"""What coordinates in another CRS should be, by the PROJ of the pyproj wheel, which the server does not use.

The axis order too comes from pyproj's own reading of the register. Two things make the wheel (PROJ 9.5) and Debian's
PROJ (9.1), which the server uses, differ; both are named here and asserted in test_crs_oracle.py:

- Between RGF93 and NTF the register's best operation is IGN's grid. Debian has it (package proj-data), the wheel has
  not and would fall back on three parameters, some two metres away. The wheel is told where Debian keeps the grid.
- Between RGAF09 and RRAF 1991 three operations of the same accuracy (0.1 m) hold for one part of the Antilles each, and
  their boxes overlap. PROJ 9.1 takes the first, that of Martinique, where both fit; 9.5 takes the smaller box.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy
import pyogrio
import pyproj
import shapely
from pyproj.transformer import TransformerGroup
from shapely.geometry import mapping

DEBIAN_GRIDS = Path("/usr/share/proj")
NTF_GRID = DEBIAN_GRIDS / "ntf_r93.gsb"
pyproj.datadir.append_data_dir(str(DEBIAN_GRIDS))

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
# What users in France ask for. For layers of metropolitan France, wherever in it: RGF93 v1 as Lambert-93 and in nine
# zones, NTF, degrees, and, after all else, v2 and v2b. Elsewhere and besides: Europe, UTM, overseas, by their own areas.
METROPOLITAN = [2154, *range(3942, 3951), 27572, 27561, 4171]
LOCAL = [4258, 3035, 25830, 25831, 25832, 32630, 32631, 32632, 5490, 4559, 32620, 2972, 2975, 4471, 4467]
SUCCESSORS = [9793, 9794, *range(9822, 9831), *range(9842, 9851)]
OFFERED = [4326, 3857, *METROPOLITAN, *LOCAL, *SUCCESSORS]

# Where the first of several equal operations is taken: see above.
FIRST_OF_EQUALS = {("EPSG:5490", "EPSG:4559"): "RRAF 1991 to RGAF09 (1)"}


def uri(code: str | int) -> str:
    """The OGC name of `EPSG:2154`, `2154` or `OGC:CRS84`."""
    code = str(code).removeprefix("EPSG:")
    return CRS84 if code == "OGC:CRS84" else f"http://www.opengis.net/def/crs/EPSG/0/{code}"


def label(name: str) -> str:
    """`EPSG:2154` or `OGC:CRS84` of an OGC name."""
    return "OGC:CRS84" if name == CRS84 else f"EPSG:{name.rpartition('/')[2]}"


@cache
def north_first(code: str) -> bool:
    """Whether the definition names the axis to the north, or the latitude, first."""
    if code == "OGC:CRS84":
        return False
    return pyproj.CRS(code).axis_info[0].direction.lower() == "north"


@cache
def in_degrees(code: str) -> bool:
    return pyproj.CRS(code).is_geographic


@cache
def transformer(source: str, target: str) -> pyproj.Transformer:
    wanted = FIRST_OF_EQUALS.get((source, target))
    if wanted is None:
        return pyproj.Transformer.from_crs(source, target, always_xy=True)
    group = TransformerGroup(source, target, always_xy=True)
    (found,) = [one for one in group.transformers if wanted in one.description]
    return found


def same_numbers(a: str, b: str) -> bool:
    """Whether two CRSs differ in the order of their axes at most."""
    return a == b or {a, b} == {"EPSG:4326", "OGC:CRS84"}


def turned(points: numpy.ndarray, source: str, target: str) -> numpy.ndarray:
    """Points of one CRS in another, x before y in both."""
    if same_numbers(source, target) or not len(points):
        return points
    x, y = transformer(source, target).transform(points[:, 0], points[:, 1])
    return numpy.column_stack([x, y])


def in_axis_order(points: numpy.ndarray, code: str) -> numpy.ndarray:
    """x, y as the definition of the CRS orders them; its own inverse."""
    return points[:, ::-1] if north_first(code) else points


def metres_apart(a: numpy.ndarray, b: numpy.ndarray, code: str) -> float:
    """The largest distance along an axis; degrees, x before y, counted on a sphere of the equator's radius."""
    apart = numpy.abs(a - b)
    if in_degrees(code):
        apart = apart * 111_320.0
        apart[:, 0] *= numpy.cos(numpy.radians(b[:, 1]))
    return float(apart.max(initial=0.0))


def listed(box: tuple[float, float, float, float], storage: str) -> list[str]:
    """The CRSs a layer of that extent in degrees has: CRS84, then those whose area of use it meets, and its own."""
    found = [CRS84]
    for code in OFFERED:
        national = code in METROPOLITAN or code in SUCCESSORS
        area = pyproj.CRS.from_epsg(2154 if national else code).area_of_use
        west, south, east, north = box
        if west <= area.east and area.west <= east and south <= area.north and area.south <= north:
            found.append(uri(code))
    return found if uri(storage) in found else [*found, uri(storage)]


@dataclass(frozen=True)
class Source:
    """A layer as its file has it: ids and geometries in the file's own CRS."""

    crs: str
    ids: tuple[str, ...]
    shapes: tuple

    def extent(self) -> tuple[float, float, float, float]:
        """In degrees, by its vertices."""
        points = turned(shapely.get_coordinates(list(self.shapes)), self.crs, "OGC:CRS84")
        return (*points.min(axis=0), *points.max(axis=0))

    def shapes_in(self, code: str) -> numpy.ndarray:
        """The geometries, each vertex in that CRS, x before y."""
        return shapely.transform(numpy.array(self.shapes, dtype=object), lambda c: turned(c, self.crs, code))


def read_source(path: Path, key: str) -> Source:
    """Reads a file with GDAL's own driver for it; `key` is the field of the ids."""
    meta, _, shapes, columns = pyogrio.raw.read(path)
    ids = columns[list(meta["fields"]).index(key)]
    crs = "OGC:CRS84" if meta["crs"] in ("EPSG:4326", "OGC:CRS84") else meta["crs"]
    return Source(crs, tuple(map(str, ids)), tuple(shapely.from_wkb(shapes)))


def write_source(path: Path, source: Source) -> None:
    """Writes a GeoPackage of one layer named after the file, with `id` as its field."""
    kinds = {shape.geom_type for shape in source.shapes if shape is not None}
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(numpy.array(source.shapes, dtype=object)),
        field_data=[numpy.array(source.ids, dtype=object)],
        fields=["id"],
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        crs=source.crs,
        driver="GPKG",
        layer=path.stem,
    )


def rings(coordinates) -> list[list]:
    """The lists of positions of a GeoJSON geometry, in order; a point is a list of one."""
    if not coordinates:
        return []
    if not isinstance(coordinates[0], (list, tuple)):
        return [[coordinates]]
    if not isinstance(coordinates[0][0], (list, tuple)):
        return [list(coordinates)]
    return [ring for part in coordinates for ring in rings(part)]


def rings_of(shape) -> list[list]:
    return rings(mapping(shape)["coordinates"])
