"""Ten million synthetic parcels: load, second start, queries, tiles, memory."""

import json
import tempfile
from pathlib import Path

from client import Client
from loading import first_tile, middle_tile
from machine import memory_of
from opening import lonlat_extent, parcels, start
from workload import boxes_inside, summary, tiles_inside, timed

from mvt import read_tile

TITLE = "Ten million parcels"
WHAT = "A synthetic cadastre is loaded, opened a second time, and asked for pages, boxes and tiles. While it loads, server and loading process together stay within 7 GB, mapped pages counted."
# The text of the issue.
MOST_MB = 7 * 1024


def run(report, options) -> None:
    source, command = parcels(options.parcels)
    report.figure("made by", f"`{command}`")
    with tempfile.TemporaryDirectory(prefix="terril-long-") as state:
        server, first = first_tile(source, Path(state), middle_tile(source))
        report.figure("first start to the first z14 tile, s", round(first["seconds"], 1))
        report.figure("server and loading process together while it loads, MB", first["together_mb"])
        report.check(first["together_mb"] <= MOST_MB, f"{first['together_mb']} MB while it loads")
        server.wait_open("audited", deadline_s=7200)
        report.figure("resident when audited, MB", memory_of(server.process.pid)["VmRSS"])
        server.stop()
        server, seconds = start(source, Path(state))
        report.figure("second start to open, s", round(seconds, 2))
        try:
            report.figure("resident when open, MB", memory_of(server.process.pid)["VmRSS"])
            ask(report, options.parcels, server, source)
            report.figure("resident after all questions, MB", memory_of(server.process.pid)["VmRSS"])
            report.check(server.healthy(), "the server is no longer healthy")
        finally:
            server.stop()
        report.check("panicked" not in server.log(), "a panic")


def ask(report, count: int, server, source: Path) -> None:
    extent = lonlat_extent(source)
    items = f"/collections/{source.stem}/items"
    client = Client(server.port, "identity")
    report.check(server.json(f"{items}?limit=1")["numberMatched"] == count, "numberMatched is not the number of parcels")
    last = server.json(f"{items}?limit=10&offset={count - 3}")
    report.check(last["numberReturned"] == 3, "the last page")

    for wanted in (100, 10_000):
        boxes = boxes_inside(extent, count, wanted, 200)
        times, replies = timed(lambda box: client.get(f"{items}?limit=10000&bbox={','.join(map(repr, box))}"), boxes)
        found = 0
        for box, reply in zip(boxes, replies, strict=True):
            page = json.loads(reply.body)
            report.check(reply.status == 200 and page["numberMatched"] >= page["numberReturned"], f"box {box}: {reply.status}")
            found += page.get("numberReturned", 0)
        report.check(found > wanted * len(boxes) / 4, f"boxes of about {wanted} features hold {found} in all")
        report.figure(f"box of about {wanted:,} features, ms", shown(times))
    for zoom in (10, 12, 14, 16):
        tiles = tiles_inside(extent, zoom, 100)
        times, replies = timed(lambda xy, zoom=zoom: client.get(f"/{source.stem}/{zoom}/{xy[0]}/{xy[1]}.pbf"), tiles)
        for xy, reply in zip(tiles, replies, strict=True):
            where = f"tile {zoom}/{xy[0]}/{xy[1]}"
            report.check(reply.status in (200, 204), f"{where}: {reply.status}")
            if reply.body and zoom >= 14:
                read_tile(reply.body, 256)
        if tiles:
            report.figure(f"cold z{zoom} tile, ms", f"{shown(times)}, {len(tiles)} tiles, largest {max(len(r.body) for r in replies):,} bytes")
    client.close()


def shown(times: list[float]) -> str:
    found = summary(times)
    return f"median {found['median_ms']:.2f}, p95 {found['p95_ms']:.2f}"
