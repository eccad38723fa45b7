"""Damaged files of every format, seeded: the server refuses or serves each, names what it refuses, and goes on."""

import json
import random
import tempfile
from pathlib import Path

from conftest import SHARED
from terril_server import Terril
from test_wrong_sources import points

TITLE = "Damaged files of every format"
WHAT = (
    "Bytes flipped, cut out, doubled, zeroed or cut off in real files, seeded. A source is served or refused by name; the good layer beside it is served; no panic, no hang."
)
BATCH = 40
SEED = 8_711


def seeds() -> list[Path]:
    """Small files of each format: damage lands in their structure and not only in coordinates."""
    data = SHARED / "data"
    names = [
        "bassin-minier/terrils.geojson", "bassin-minier/zt-terrils.geojson", "formats/cites_minieres.gml", "formats/cites_minieres.kml",
        "formats/cites_minieres_l93_wkt.csv", "formats/parcelles_27412_wgs84.fgb", "formats/parcelles_27412_l93.gpkg",
        "formats/edigeo_25354_parcelles_l93.gpkg", "planning/ZONE_URBA.gml", "qpv/qpv_2024_59_62.geojson",
    ]  # fmt: skip
    return [data / name for name in names]


def damaged(content: bytes, chance: random.Random) -> bytes:
    out = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5, 30])):
        if not out:
            break
        at = chance.randrange(len(out))
        size = min(chance.choice([1, 2, 8, 64, 1024]), len(out) - at)
        match chance.randrange(6):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                del out[at : at + size]
            case 2:
                out[at:at] = out[at : at + size]
            case 3:
                out[at : at + size] = bytes(size)
            case 4:
                out[at : at + size] = chance.randbytes(size)
            case 5:
                del out[at:]
    return bytes(out)


def run(report, options) -> None:
    chance = random.Random(SEED)
    files = seeds()
    served = refused = 0
    for first in range(0, options.mutants, BATCH):
        with tempfile.TemporaryDirectory(prefix="terril-fuzz-") as folder:
            folder = Path(folder)
            (folder / "good.geojson").write_text(points())
            names = []
            for n in range(first, min(first + BATCH, options.mutants)):
                seed = chance.choice(files)
                names.append(f"mutant-{n}")
                (folder / f"mutant-{n}{seed.suffix}").write_bytes(damaged(seed.read_bytes(), chance))
            with Terril(folder) as server:
                try:
                    server.wait_open(deadline_s=600)
                except TimeoutError:
                    report.check(False, f"mutants {first} to {first + BATCH}: the load did not end")
                    continue
                loads = json.dumps(server.json("/loads"))
                collections = {one["id"] for one in server.json("/collections")["collections"]}
                for name in names:
                    mine = {one for one in collections if name in one}
                    report.check(bool(mine) or name in loads, f"{name} is neither served nor named")
                    for one in mine or {name}:
                        status = server.get(f"/collections/{one}/items?limit=10").status
                        report.check(status == (200 if mine else 404), f"{name}: items give {status}")
                    served, refused = served + bool(mine), refused + (not mine)
                report.check(server.json("/collections/good/items")["numberMatched"] == 3, f"batch {first}: the good layer")
                log = server.log()
            report.check("panicked" not in log, f"batch {first}: a panic: {log[-2000:]}")
    report.figure("files served, in part or whole", served)
    report.figure("files refused by name", refused)
