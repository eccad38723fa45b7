"""`terril synth` from outside: its files in foreign readers, its refusals, and how near it comes to real communes."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from terril_server import BINARY, ROOT


def synth(*order: object) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "synth", *map(str, order)], capture_output=True, text=True, check=False)


def test_figures_are_near_those_of_measured_communes(shared: Path):
    """Also fails where docs/synth.md is not what was measured."""
    done = subprocess.run([sys.executable, ROOT / "tests" / "oracle" / "synth_stats.py"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_gdal_reads_the_same_parcels_from_every_format(tmp_path: Path):
    read = {}
    for extension in ("fgb", "geojson", "geojsons"):
        path = tmp_path / f"parcels.{extension}"
        done = synth("--parcels", 1500, "--seed", 9, "--fabric", "suburb", "-o", path)
        assert done.returncode == 0, done.stderr
        meta, _, geometry, columns = pyogrio.raw.read(path)
        fields = dict(zip(meta["fields"], columns))
        assert meta["geometry_type"] == "Polygon"
        assert len(set(fields["id"])) == 1500
        read[extension] = (geometry, fields)
        assert list(tmp_path.iterdir()) == [path], "nothing is left beside the file"
        path.unlink()
    geometry, fields = read["fgb"]
    assert list(fields) == "id commune prefixe section numero contenance proprietaire statut zone".split()
    for other_geometry, other in (read["geojson"], read["geojsons"]):
        assert (shapely.from_wkb(geometry) == shapely.from_wkb(other_geometry)).all()
        for name, values in fields.items():
            same = (values == other[name]) | (np.equal(values, None) & np.equal(other[name], None))
            if name == "contenance":
                same |= np.isnan(values.astype(float)) & np.isnan(other[name].astype(float))
            assert same.all(), name


def test_the_index_finds_what_a_scan_finds(tmp_path: Path):
    path = tmp_path / "parcels.fgb"
    assert synth("--parcels", 20_000, "--fabric", "town", "-o", path).returncode == 0
    everything = shapely.from_wkb(pyogrio.raw.read(path)[2])
    west, south, east, north = shapely.total_bounds(everything)
    box = (west + (east - west) * 0.4, south + (north - south) * 0.4, west + (east - west) * 0.5, south + (north - south) * 0.5)
    found = shapely.from_wkb(pyogrio.raw.read(path, bbox=box)[2])
    expected = int(shapely.intersects(everything, shapely.box(*box)).sum())
    assert expected > 50 and len(found) == expected


def test_a_place_and_a_commune_can_be_given(tmp_path: Path):
    path = tmp_path / "block.geojson"
    done = synth("--parcels", 600, "--fabric", "suburb", "--origin", "2.75,50.42", "--commune", "62386", "-o", path)
    assert done.returncode == 0, done.stderr
    parcels = json.loads(path.read_text())["features"]
    assert {p["properties"]["id"][:8] for p in parcels} == {"62386999"}
    assert all(p["properties"]["proprietaire"].endswith("(fictif)") for p in parcels)
    west, south, *_ = shapely.total_bounds(shapely.from_geojson([json.dumps(p["geometry"]) for p in parcels]))
    assert west == pytest.approx(2.75, abs=0.001) and south == pytest.approx(50.42, abs=0.001)


@pytest.mark.parametrize(
    ("order", "word"),
    [
        (["--parcels", "0", "-o", "a.fgb"], "at least 1"),
        (["--parcels", "99999999999999", "-o", "a.fgb"], "at most"),
        (["--parcels", "-5", "-o", "a.fgb"], "-5"),
        (["-o", "a.shp"], ".geojson"),
        (["-o", "a"], ".fgb"),
        (["--fabric", "city", "-o", "a.fgb"], "suburb"),
        (["--origin", "2.7", "-o", "a.fgb"], "longitude,latitude"),
        (["--origin", "NaN,50", "-o", "a.fgb"], "longitude"),
        (["--origin", "2.7,91", "-o", "a.fgb"], "latitude"),
        (["--commune", "2A004", "-o", "a.fgb"], "five digits"),
        (["-o", "no/such/folder/a.fgb"], "no/such/folder"),
    ],
)
def test_an_order_that_cannot_be_met_is_refused_and_leaves_nothing(tmp_path: Path, order: list[str], word: str):
    order = [str(tmp_path / o) if i and order[i - 1] == "-o" else o for i, o in enumerate(order)]
    done = synth(*order)
    assert done.returncode != 0 and word in done.stderr, done.stderr
    assert "panicked" not in done.stderr
    assert list(tmp_path.iterdir()) == []
