"""Web Mercator tile arithmetic, written from the definition of WebMercatorQuad."""

import math

import numpy
import shapely

HALF = 20037508.342789244  # half the width of the matrix set in metres


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile that holds a position."""
    count = 2**zoom
    x = (lon + 180) / 360 * count
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * count
    return min(max(int(x), 0), count - 1), min(max(int(y), 0), count - 1)


def lonlat_bounds(zoom: int, x: int, y: int, buffer: float = 0.0) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees; `buffer` in tiles widens all sides."""
    count = 2**zoom

    def lat(row: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / count))))

    return (
        (x - buffer) / count * 360 - 180,
        lat(y + 1 + buffer),
        (x + 1 + buffer) / count * 360 - 180,
        lat(y - buffer),
    )


def tiles_under(geometries: numpy.ndarray, zoom: int) -> set[tuple[int, int]]:
    """Every tile that the envelope of a geometry touches."""
    tiles = set()
    for west, south, east, north in shapely.bounds(geometries):
        if math.isnan(west):
            continue
        x0, y0 = tile_of(west, north, zoom)
        x1, y1 = tile_of(east, south, zoom)
        tiles |= {(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)}
    return tiles


def bbox_query(bounds: tuple[float, float, float, float]) -> str:
    """`bbox=` with every digit, so that the box is the tile and not a rounded one."""
    return "bbox=" + ",".join(repr(value) for value in bounds)
