#!/usr/bin/env python3
"""Writes the demonstration territory: the GeoJSON layers of this folder.

In: nothing but the modules of `making/`. Out: one GeoJSON file per layer (RFC 7946, lon/lat, 6 decimals, one feature
per line), byte for byte the same each time. Two kinds of layer, never mixed in one file: *seed* (`making/facts.py`:
what a founding document or a public source names, drawn as a disc, a hexagon, a point or not at all) and *synthetic*
(`making/fictive.py`: parcels, reserves, operations, stock and public spaces that exist nowhere).
It reads no real layer and copies no real outline. Python 3 standard library only.

    python3 data/make.py [--out FOLDER]
"""
import argparse
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the folder is served: no cache files in it

from making import facts, fictive, geometry  # noqa: E402


def seed_features(entries):
    """The features of a seed layer: the facts, then how they are drawn and where they come from."""
    for entry in entries:
        properties = dict(entry["proprietes"])
        properties["geometrie"] = "schematique"
        for key in ("precision_m", "citation", "document", "source", "certitude", "remarque"):
            properties[key] = entry.get(key)
        yield properties, geometry.schematic(entry)


def write_layer(folder, name, features):
    """Writes `features`, pairs of properties and geometry (or None), to `folder/name.geojson`."""
    lines = [
        json.dumps({"type": "Feature", "properties": properties, "geometry": shape}, ensure_ascii=False,
                   separators=(",", ":"))
        for properties, shape in features
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (folder / f"{name}.geojson").write_bytes(text.encode("utf-8"))


def main():
    parser = argparse.ArgumentParser(description="Write the layers of the demonstration territory.")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent, help="folder to write to")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name, entries in facts.LAYERS.items():
        write_layer(folder, name, seed_features(entries))
    for name, features in fictive.layers().items():
        write_layer(folder, name, features)


if __name__ == "__main__":
    main()
