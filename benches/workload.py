"""Which tiles and boxes are asked, and how times become figures. Everything is seeded."""

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "clients"))

from tile_math import lonlat_bounds, tile_of  # noqa: E402  the path is set just above

SEED = 20_260_219


def tiles_inside(bounds: tuple[float, float, float, float], zoom: int, count: int) -> list[tuple[int, int]]:
    """Distinct tiles that lie wholly inside the data, in random order."""
    west, south, east, north = bounds
    x0, y0 = tile_of(west, north, zoom)
    x1, y1 = tile_of(east, south, zoom)
    inside = [
        (x, y)
        for x in range(x0, x1 + 1)
        for y in range(y0, y1 + 1)
        if within(lonlat_bounds(zoom, x, y), bounds)
    ]
    random.Random(SEED).shuffle(inside)
    return inside[:count]


def within(inner, outer) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def boxes_inside(
    bounds: tuple[float, float, float, float], features: int, wanted: float, count: int
) -> list[tuple[float, float, float, float]]:
    """Distinct boxes that hold about `wanted` of the features each."""
    west, south, east, north = bounds
    chance = random.Random(SEED)
    # A box also meets the features that its edge cuts: for shapes as large as their share of the ground a square
    # of side s meets (s + 1)² of them.
    side = (wanted**0.5 - 1) / features**0.5
    width, height = (east - west) * side, (north - south) * side
    found = []
    for _ in range(count):
        x, y = chance.uniform(west, east - width), chance.uniform(south, north - height)
        found.append((x, y, x + width, y + height))
    return found


def timed(work: Callable[[object], object], inputs: list) -> tuple[list[float], list]:
    """Milliseconds of each call, and what they gave."""
    times, results = [], []
    for one in inputs:
        started = time.perf_counter_ns()
        result = work(one)
        times.append((time.perf_counter_ns() - started) / 1e6)
        results.append(result)
    return times, results


def summary(times_ms: list[float]) -> dict:
    ordered = sorted(times_ms)
    return {
        "count": len(ordered),
        "median_ms": round(statistics.median(ordered), 3),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 3),
        "min_ms": round(ordered[0], 3),
        "max_ms": round(ordered[-1], 3),
    }
