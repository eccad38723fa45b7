"""Makes docs/benchmarks.md and docs/long-tests.md from the newest results of each kind."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benches" / "results"
NOTE = "<!-- Made by benches/report.py from {source}; changes here are lost. -->"


def newest(kind: str) -> tuple[str, dict] | None:
    """The latest file of a kind; the date is part of its name, so names sort by time."""
    files = sorted(RESULTS.glob(f"{kind}-*.json"))
    return (f"benches/results/{files[-1].name}", json.loads(files[-1].read_text())) if files else None


def table(header: list[str], rows: list[list[object]]) -> list[str]:
    return [
        "| " + " | ".join(header) + " |",
        "|" + " --- |" * len(header),
        *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows),
        "",
    ]


def machine_lines(result: dict) -> list[str]:
    m = result["machine"]
    return [
        f"Measured {m['date']} at commit `{m['commit']}` on {m['processor']}, {m['cores']} cores, "
        f"{m['memory_gib']} GiB, {m['system']}, {m['rustc']}.",
        "",
    ]


def times(name: str, figures: dict) -> list[object]:
    return [name, figures["count"], f"{figures['median_ms']:.2f}", f"{figures['p95_ms']:.2f}", f"{figures['max_ms']:.2f}"]


def verdict(reached: bool) -> str:
    return "reached" if reached else "**not reached**"


def benchmarks(source: str, result: dict) -> str:
    start, tiles, boxes, data = (result[key] for key in ("start", "tiles", "boxes", "data"))
    documents = {
        key.removeprefix("postgis_document "): value for key, value in boxes.items() if key.startswith("postgis_document ")
    }
    best_form = min(documents, key=lambda form: documents[form]["median_ms"])
    best = documents[best_form]
    second = start["second_s"][len(start["second_s"]) // 2]
    peak = max(m["VmRSS"] for m in (start["memory_after_first_mb"], result["memory_open_mb"], result["memory_after_mb"]))
    tile_factor = tiles["postgis_cold"]["median_ms"] / tiles["terril_cold"]["median_ms"]
    gzip_factor = tiles["postgis_cold"]["median_ms"] / tiles["terril_cold_gzip"]["median_ms"]
    box_factor = best["median_ms"] / boxes["terril_cold"]["median_ms"]
    start_factor = start["first_s"] / second

    lines = [NOTE.format(source=source), "", "# Benchmarks", "", *machine_lines(result)]
    lines += [
        f"{data['parcels']:,} synthetic parcels (`{result['commands'][0]}`, {data['file_mb']} MB, SHA-256 `{data['sha256'][:16]}…`). "
        f"The other side is {result['postgis']['version']}, which `make bench` installs and starts on the same machine. Both sides are asked by one client process "
        "for the same distinct tiles and boxes, seeded; *cold* is the first time a process is asked for a tile or box, *warm* the second. "
        "Terril is measured over HTTP, PostGIS as bare SQL: prepared statements, binary results, no HTTP server in front.",
        "",
        "## Against the goals",
        "",
    ]
    lines += table(
        ["what", "goal", "measured", ""],
        [
            [f"cold z{data['zoom']} tile over HTTP against `ST_AsMVT` alone, medians", "≥ 12× faster", f"{tile_factor:.1f}×", verdict(tile_factor >= 12)],
            ["the same with gzip on our side", "", f"{gzip_factor:.1f}×", ""],
            [f"box of about 100 features over HTTP against its document in SQL ({best_form}), medians", "no slower", f"{box_factor:.1f}× faster", verdict(box_factor >= 1)],
            ["second start against the first", "≥ 10× faster", f"{start_factor:.1f}×", verdict(start_factor >= 10)],
            ["resident memory, mapped pages included, highest of the three readings", "≤ 450 MB", f"{peak:.0f} MB", verdict(peak <= 450)],
        ],
    )
    lines += ["## Start", ""]
    lines += table(
        ["what", "figure"],
        [
            ["from an empty state folder to *open*", f"{start['first_s']:.2f} s"],
            ["second start to *open*, median of five", f"{second * 1000:.0f} ms"],
            ["PostGIS: load, index, vacuum", f"{result['postgis']['load_s']:.0f} s"],
            ["state folder", f"{start['state_folder_mb']} MB"],
            ["resident after the first start", memory(start["memory_after_first_mb"])],
            ["resident after a second start, all stages done", memory(result["memory_open_mb"])],
            ["resident after all tiles and boxes", memory(result["memory_after_mb"])],
        ],
    )
    lines += [f"## Tiles of z{data['zoom']}", "", "Milliseconds.", ""]
    names = {
        "terril_cold": "Terril over HTTP, cold", "terril_warm": "Terril over HTTP, warm",
        "terril_cold_gzip": "Terril over HTTP, gzip, cold", "terril_warm_gzip": "Terril over HTTP, gzip, warm",
        "postgis_cold": "PostGIS `ST_AsMVT`, first", "postgis_warm": "PostGIS `ST_AsMVT`, again",
    }  # fmt: skip
    header = ["who", "tiles", "median", "p95", "longest"]
    lines += table(header, [times(label, tiles[key]) for key, label in names.items()])
    found = tiles["features"]
    lines += [
        f"Answers compared by feature id over all cold tiles: {found['in_both']:,} in both, {found['only_terril']:,} only in Terril's, "
        f"{found['only_postgis']:,} only in PostGIS's. Median size: Terril {tiles['bytes_median']['terril']:,} bytes "
        f"({tiles['bytes_median']['terril_gzip']:,} with gzip), PostGIS {tiles['bytes_median']['postgis']:,}.",
        "",
        "## Boxes",
        "",
        f"Distinct boxes of about 100 features (median {boxes['features_median']}), the whole answer as GeoJSON. Milliseconds.",
        "",
    ]
    rows = [times("Terril over HTTP, cold", boxes["terril_cold"]), times("Terril over HTTP, warm", boxes["terril_warm"])]
    for form in documents:
        rows.append(times(f"PostGIS document, {form}, first", documents[form]))
        rows.append(times(f"PostGIS document, {form}, again", boxes[f"postgis_document_warm {form}"]))
    rows.append(times("PostGIS rows alone", boxes["postgis_rows"]))
    lines += table(["who", "boxes", *header[2:]], rows)
    lines += [f"Boxes whose feature ids differ between the two sides, over both document forms: {boxes['boxes_with_other_ids']}.", ""]
    lines += ["## The other side's settings and statements", "", "```", *result["postgis"]["settings"], "```", "", "```sql"]
    lines += [result["postgis"]["tile_sql"] + ";", *(sql + ";" for sql in result["postgis"]["document_sql"].values()), "```", ""]
    return "\n".join(lines)


# The text of the issue: from start to the first z14 tile, how many times faster than ogr2ogr into PostGIS with its index.
LOADING_GOALS = {"FlatGeobuf": 4, "GeoPackage": 3, "GeoJSON": 15}
LARGE = 1_000_000


def loading(source: str, result: dict) -> list[str]:
    """The section of loading, from the newest result of benches/loading.py."""
    lines = [
        "## Loading",
        "",
        f"From `{source}`. `ogr2ogr` into {result['postgis']} by COPY, then a GiST index, beside `terril serve` with an empty state folder, from the start of "
        f"its process to the first z{result['zoom']} tile with features: parsed, checked, repaired, indexed, served. The same parcels in three formats, files in the page "
        "cache, both sides in turns in one run; times are medians, memory the highest.",
        "",
        *machine_lines(result),
    ]
    large = [case for case in result["cases"] if case["parcels"] == LARGE]
    if large:
        rows = []
        for case in large:
            factor, goal = case["postgis"]["total_s"] / case["terril"]["first_s"], LOADING_GOALS[case["format"]]
            rows.append([f"first tile from {case['format']} against ogr2ogr and index", f"≥ {goal}× faster", f"{factor:.1f}×", verdict(factor >= goal)])
        again = min(case["terril"]["first_s"] / case["terril"]["second_s"] for case in large)
        rows.append(["second start against the first, the least of the formats", "≥ 10× faster", f"{again:.1f}×", verdict(again >= 10)])
        resident = max(max(case["terril"]["resident_mb"], case["terril"]["resident_second_mb"]) for case in large)
        rows.append(["resident with all stages done, mapped pages counted", "≤ 450 MB", f"{resident:.0f} MB", verdict(resident <= 450)])
        together = max(case["terril"]["together_mb"] for case in large)
        rows.append(["server and loading process together while it loads", "≤ 900 MB", f"{together:.0f} MB", verdict(together <= 900)])
        lines += table([f"{LARGE:,} parcels", "goal", "measured", ""], rows)
    header = ["parcels", "format", "file", "ogr2ogr, s", "index, s", "both, s", "Terril, first tile, s", "times faster", "again, ms", "audited, s", "resident, MB", "together, MB"]
    rows = []
    for case in result["cases"]:
        ours, theirs = case["terril"], case["postgis"]
        rows.append([
            f"{case['parcels']:,}", case["format"], f"{case['file_mb']} MB", f"{theirs['load_s']:.2f}", f"{theirs['index_s']:.2f}", f"{theirs['total_s']:.2f}",
            f"{ours['first_s']:.2f}", f"{theirs['total_s'] / ours['first_s']:.1f}", f"{ours['second_s'] * 1000:.0f}", f"{ours['audited_s']:.2f}",
            f"{ours['resident_mb']:.0f}", f"{ours['together_mb']:.0f}",
        ])  # fmt: skip
    return lines + table(header, rows)


def memory(reading: dict) -> str:
    return f"{reading['VmRSS']:.0f} MB, of which {reading['RssFile']:.0f} mapped files"


def long_tests(source: str, result: dict) -> str:
    lines = [NOTE.format(source=source), "", "# Long tests", "", "What `make test-long` found. It takes too long for every commit; each figure carries its date.", ""]
    lines += machine_lines(result)
    for name, part in result["parts"].items():
        lines += [f"## {part['title']}", "", part["what"], ""]
        lines += table(["figure", "value"], [[key, value] for key, value in part["figures"].items()])
        lines += [f"{part['cases']} cases, {len(part['failures'])} failed, {part['seconds']:.0f} s (`tests/long/{name}.py`){ran(part)}.", ""]
        lines += [f"- failed: {failure}" for failure in part["failures"]] + ([""] if part["failures"] else [])
    return "\n".join(lines)


def ran(part: dict) -> str:
    """When a part of the long tests was run, and on what."""
    return f", {part['date']}, commit `{part['commit']}`" if "commit" in part else ""


def main() -> None:
    for kind, page, make in (("bench", "benchmarks.md", benchmarks), ("long", "long-tests.md", long_tests)):
        if found := newest(kind):
            (ROOT / "docs").mkdir(exist_ok=True)
            text = make(*found)
            if kind == "bench" and (loaded := newest("loading")):
                text = text.rstrip("\n") + "\n\n" + "\n".join(loading(*loaded))
            (ROOT / "docs" / page).write_text(text)
            print(f"wrote docs/{page} from {found[0]}")


if __name__ == "__main__":
    main()
