"""The layers that the official suite is run against, made anew for each run and always the same.

Four of them, as the suite's own habits ask (README.md says why):

- `equipements`: features without geometry, accents in titles, field names and values;
- `travaux`: a time interval in each row, some open, some rows without geometry;
- `parcelles`: over 10,000 features;
- `cites`: a GeoPackage in Lambert-93.

All are invented. The first three lie around 1° east, 1° north, in the sea, and are as wide as they are high: the suite
sends boxes of EPSG:4326 with longitude first, and only there is such a box the same place as the right one. Their
features without geometry come after the first page, and the first hundred lie around the middle of the layer.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy
import pyogrio
import shapely

# South-western corner of the three layers, degrees; the Lambert-93 layer's in metres, near Lens.
LON, LAT = 1.0, 1.0
EAST, NORTH = 684_000, 7_036_000

TOWNS = ["Saint-Benoît", "L'Étang-Salé", "La Plaine-des-Palmistes", "Trois-Bassins", "Sainte-Suzanne", "Entre-Deux"]
KINDS = ["école élémentaire", "crèche", "médiathèque", "théâtre", "œuvre d'art", "square"]

CONFIG = """\
title = { fr = "Jeu d'essai de la suite officielle", en = "Trial set of the official suite" }

[layer.equipements]
title = { fr = "Équipements publics (inventés)", en = "Public amenities (invented)" }
description = { fr = "Des points, les derniers sans géométrie.", en = "Points, the last ones without geometry." }
id = "code"
[layer.equipements.fields]
name = "nom"

[layer.travaux]
title = { fr = "Travaux dans le temps (inventés)", en = "Works in time (invented)" }
description = { fr = "Du premier au dernier jour ; certains ne sont pas finis.", en = "From the first to the last day; some have not ended." }
id = "code"
[layer.travaux.fields]
name = "nom"
start = "debut"
end = "fin"

[layer.parcelles]
title = { fr = "Parcelles, plus de 10 000 (inventées)", en = "Parcels, over 10,000 (invented)" }
id = "code"

[layer.cites]
title = { fr = "Cités en Lambert-93 (inventées)", en = "Estates in Lambert-93 (invented)" }
id = "code"
[layer.cites.fields]
name = "nom"
"""


def feature(geometry: shapely.Geometry | None, **properties: object) -> dict:
    shape = json.loads(shapely.to_geojson(geometry)) if geometry else None
    return {"type": "Feature", "geometry": shape, "properties": properties}


def inside_out(count: int, columns: int) -> list[tuple[int, int]]:
    """Column and row of cells in a grid, those around its middle first."""
    rows = -(-count // columns)
    cells = [(at % columns, at // columns) for at in range(count)]
    return sorted(cells, key=lambda cell: (abs(2 * cell[0] + 1 - columns) / columns + abs(2 * cell[1] + 1 - rows) / rows, cell))


def cell(column: int, row: int, step: float, x: float, y: float) -> shapely.Polygon:
    """A square of a grid with a lane around it; `x`, `y` is the grid's south-western corner."""
    west, south = round(x + column * step, 6), round(y + row * step, 6)
    return shapely.box(west, south, round(west + step * 0.75, 6), round(south + step * 0.75, 6))


def amenities() -> list[dict]:
    points = [shapely.Point(round(LON + c * 0.004, 6), round(LAT + r * 0.004, 6)) for c, r in inside_out(144, 12)]
    return [
        feature(
            point,
            code=f"EQ-{n:04}",
            nom=f"{KINDS[n % 6].capitalize()} n° {n} de {TOWNS[n % 6]}",
            catégorie=KINDS[n % 6],
            capacité=n * 7 % 230 if n % 11 else None,
        )
        for n, point in enumerate(points + [None] * 10, start=1)
    ]


def works() -> list[dict]:
    shapes = [cell(c, r, 0.003, LON, LAT) for c, r in inside_out(121, 11)]
    rows = []
    for n, shape in enumerate(shapes + [None] * 10, start=1):
        first = date(2019, 1, 7) + timedelta(days=19 * n)
        last = first + timedelta(days=30 + n % 200) if n % 9 else None
        rows.append(
            feature(shape, code=f"TX-{n:04}", nom=f"Réfection à {TOWNS[n % 6]}", debut=str(first), fin=last and str(last))
        )
    return rows


def parcels() -> list[dict]:
    shapes = [cell(c, r, 0.0004, LON, LAT) for c, r in inside_out(12_100, 110)]
    return [
        feature(shape, code=f"PA-{n:05}", section="ABCDEF"[n % 6], contenance=400 + n % 1700)
        for n, shape in enumerate(shapes + [None] * 5, start=1)
    ]


def write_estates(path: Path) -> None:
    """Lambert-93 metres in a GeoPackage: what a French planner's file is in."""
    shapes = [cell(c, r, 400, EAST, NORTH) for c, r in inside_out(60, 10)]
    codes = [f"CI-{n:03}" for n in range(1, len(shapes) + 1)]
    names = [f"Cité n° {n} dite « {KINDS[n % 6]} »" for n in range(1, len(shapes) + 1)]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        [numpy.array(codes, dtype=object), numpy.array(names, dtype=object)],
        ["code", "nom"],
        geometry_type="Polygon",
        crs="EPSG:2154",
        layer="cites",
    )


def make(folder: Path) -> Path:
    """Writes the layers and their configuration, and returns the folder."""
    for name, rows in (("equipements", amenities()), ("travaux", works()), ("parcelles", parcels())):
        collection = {"type": "FeatureCollection", "features": rows}
        (folder / f"{name}.geojson").write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    write_estates(folder / "cites.gpkg")
    (folder / "terril.toml").write_text(CONFIG, encoding="utf-8")
    return folder
