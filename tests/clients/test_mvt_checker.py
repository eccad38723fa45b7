"""The checker must see each fault: tiles with one thing wrong at a time."""

import mapbox_vector_tile
import pytest
from mvt import Violation, read_tile


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def message(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def number(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def commands(*steps) -> list[int]:
    """`("M", (dx, dy), …)`, `("L", …)`, `("Z",)`."""
    out = []
    for letter, *moves in steps:
        out.append({"M": 1, "L": 2, "Z": 7}[letter] | (max(len(moves), letter == "Z")) << 3)
        for dx, dy in moves:
            out += [(dx << 1) ^ (dx >> 31), (dy << 1) ^ (dy >> 31)]
    return out


SQUARE = commands(("M", (0, 0)), ("L", (10, 0), (0, 10), (-10, 0)), ("Z",))


def feature(geometry, kind=3, tags=(0, 0), ident=7) -> bytes:
    return (
        number(1, ident)
        + message(2, b"".join(map(varint, tags)))
        + number(3, kind)
        + message(4, b"".join(map(varint, geometry)))
    )


def layer(*features, name=b"a", version=2, keys=(b"k",), values=(b"v",), extent=4096) -> bytes:
    body = number(15, version) + message(1, name)
    body += b"".join(message(2, one) for one in features)
    body += b"".join(message(3, key) for key in keys)
    body += b"".join(message(4, message(1, value)) for value in values)
    return message(3, body + number(5, extent))


def test_a_correct_tile_is_read_like_the_other_decoder_reads_it():
    hole = commands(("M", (2, -8)), ("L", (0, 4), (4, 0), (0, -4)), ("Z",))
    tile = layer(feature(SQUARE + hole))
    (ours,) = read_tile(tile, 0)
    assert ours.features[0].properties == {"k": "v"}
    assert ours.features[0].geometry().area == 100 - 16
    theirs = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})["a"]["features"][0]
    assert theirs["id"] == ours.features[0].id
    assert len(theirs["geometry"]["coordinates"]) == 2


@pytest.mark.parametrize(
    "symptom, tile",
    [
        ("version", layer(feature(SQUARE), version=1)),
        ("without a name", layer(feature(SQUARE), name=b"")),
        ("extent", layer(feature(SQUARE), extent=0)),
        ("no feature", layer()),
        ("not unique", layer(feature(SQUARE)) * 2),
        ("repeats a key", layer(feature(SQUARE), keys=(b"k", b"k"))),
        ("repeats a value", layer(feature(SQUARE), values=(b"v", b"v"))),
        ("repeats a feature id", layer(feature(SQUARE), feature(SQUARE))),
        ("odd number of tags", layer(feature(SQUARE, tags=(0,)))),
        ("tag out of range", layer(feature(SQUARE, tags=(0, 1)))),
        ("twice", layer(feature(SQUARE, tags=(0, 0, 0, 0)))),
        ("type 0", layer(feature(SQUARE, kind=0))),
        ("no geometry", layer(feature([]))),
        ("outside the declared buffer", layer(feature(commands(("M", (5000, 1))), kind=1))),
        ("interior", layer(feature(commands(("M", (0, 0)), ("L", (0, 10), (10, 0)), ("Z",))))),
        ("without area", layer(feature(commands(("M", (0, 0)), ("L", (5, 0), (5, 0)), ("Z",))))),
        ("no length", layer(feature(commands(("M", (0, 0)), ("L", (5, 0), (0, 0), (0, 5)), ("Z",))))),
        ("first point", layer(feature(commands(("M", (0, 0)), ("L", (5, 0), (0, 5), (-5, -5)), ("Z",))))),
        ("count of 1", layer(feature(commands(("M", (0, 0)), ("L", (5, 0)), ("Z",))))),
        ("unfinished", layer(feature(commands(("M", (0, 0)), ("L", (5, 0), (0, 5)))))),
        ("one MoveTo", layer(feature(commands(("M", (0, 0)), ("L", (5, 0))), kind=1))),
        ("MoveTo with a count of 2", layer(feature(commands(("M", (0, 0), (1, 1)), ("L", (5, 0))), kind=2))),
        ("parameters are missing", layer(feature(SQUARE[:4]))),
        ("command 3", layer(feature([3 | 1 << 3]))),
        ("past the end", layer(feature(SQUARE))[:-3]),
        ("at least one layer", b""),
    ],
)
def test_a_fault_is_seen(symptom, tile):
    with pytest.raises(Violation, match=symptom):
        read_tile(tile, 64)
