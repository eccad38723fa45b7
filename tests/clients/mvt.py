"""A strict reader of vector tiles, written from the Mapbox Vector Tile specification 2.1.

It reads the protobuf bytes itself and refuses whatever the specification forbids, also where every other reader is
lenient. It shares no code with the decoder from PyPI that the tests use beside it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import shapely


class Violation(Exception):
    """A rule of the specification is broken; the text says which and where."""


@dataclass
class Feature:
    kind: int  # 1 points, 2 lines, 3 polygons
    id: int | None
    properties: dict
    parts: list[list[tuple[int, int]]] = field(default_factory=list)  # points, lines or closed rings

    def geometry(self) -> shapely.Geometry:
        """The geometry in tile units, y down. Rings are grouped by their winding, as the specification says."""
        if self.kind == 1:
            return shapely.MultiPoint(self.parts[0])
        if self.kind == 2:
            return shapely.MultiLineString(self.parts)
        polygons: list[tuple[list, list]] = []
        for ring in self.parts:
            if doubled_area(ring) > 0:
                polygons.append((ring, []))
            else:
                polygons[-1][1].append(ring)
        return shapely.MultiPolygon(polygons)


@dataclass
class Layer:
    name: str
    extent: int
    features: list[Feature]


def read_tile(data: bytes, buffer: int) -> list[Layer]:
    """Reads a tile and checks every rule. `buffer`: how far coordinates may lie outside, in tile units."""
    layers = []
    for number, wire, value in fields(data):
        if number != 3:
            raise Violation(f"tile: unknown field {number}")
        expect_wire("layer", wire, 2)
        layers.append(read_layer(value, buffer))
    names = [layer.name for layer in layers]
    if len(set(names)) != len(names):
        raise Violation(f"4.1: layer names are not unique: {names}")
    if not layers:
        raise Violation("4.1: a tile should contain at least one layer; an empty one is answered by 204")
    return layers


# --- protobuf --------------------------------------------------------------------------------------


def varint(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned number of up to 64 bits, and the offset behind it."""
    value = shift = 0
    while True:
        if at >= len(data):
            raise Violation("protobuf: a varint runs past the end")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
    if value >= 2**64:
        raise Violation("protobuf: a varint of more than 64 bits")
    return value, at


def fields(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Field number, wire type and value of each field of a message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(data, at)
        else:
            if wire == 1:
                size = 8
            elif wire == 5:
                size = 4
            elif wire == 2:
                size, at = varint(data, at)
            else:
                raise Violation(f"protobuf: wire type {wire}")
            value = data[at : at + size]
            at += size
            if len(value) != size:
                raise Violation("protobuf: a field runs past the end")
        yield number, wire, value


def packed(data: bytes) -> list[int]:
    """A packed list of uint32."""
    values, at = [], 0
    while at < len(data):
        value, at = varint(data, at)
        if value >= 2**32:
            raise Violation("protobuf: a uint32 of more than 32 bits")
        values.append(value)
    return values


def expect_wire(what: str, wire: int, expected: int) -> None:
    if wire != expected:
        raise Violation(f"protobuf: {what} has wire type {wire}, not {expected}")


def zigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


# --- layers and features ---------------------------------------------------------------------------


def read_layer(data: bytes, buffer: int) -> Layer:
    name = version = None
    extent = 4096
    keys: list[str] = []
    values: list[object] = []
    raw_features: list[bytes] = []
    for position, (number, wire, value) in enumerate(fields(data)):
        match number:
            case 15:
                expect_wire("version", wire, 0)
                if position:
                    raise Violation("4.1: version must be the first field of a layer")
                version = value
            case 1:
                expect_wire("name", wire, 2)
                name = value.decode("utf-8")
            case 2:
                expect_wire("feature", wire, 2)
                raw_features.append(value)
            case 3:
                expect_wire("key", wire, 2)
                keys.append(value.decode("utf-8"))
            case 4:
                expect_wire("value", wire, 2)
                values.append(read_value(value))
            case 5:
                expect_wire("extent", wire, 0)
                extent = value
            case _:
                raise Violation(f"layer: unknown field {number}")
    where = f"layer {name!r}"
    if version != 2:
        raise Violation(f"{where}: version {version}")
    if not name:
        raise Violation("4.1: a layer without a name")
    if not extent:
        raise Violation(f"{where}: extent {extent}")
    if not raw_features:
        raise Violation(f"4.1: {where} has no feature")
    if len(set(keys)) != len(keys):
        raise Violation(f"4.1: {where} repeats a key")
    typed = [(type(value), value) for value in values]
    if len(set(typed)) != len(typed):
        raise Violation(f"4.1: {where} repeats a value")
    found = [read_feature(raw, keys, values, extent, buffer, where) for raw in raw_features]
    ids = [feature.id for feature in found if feature.id is not None]
    if len(set(ids)) != len(ids):
        raise Violation(f"4.2: {where} repeats a feature id")
    return Layer(name, extent, found)


class Float32(float):
    """Keeps a float apart from a double of the same value: they are two values of a layer."""


class Signed(int):
    pass


class Zigzag(int):
    pass


def read_value(data: bytes) -> object:
    found = list(fields(data))
    if len(found) != 1:
        raise Violation(f"4.4: a value with {len(found)} fields")
    number, wire, value = found[0]
    expect_wire("value", wire, {1: 2, 2: 5, 3: 1, 4: 0, 5: 0, 6: 0, 7: 0}.get(number, -1))
    match number:
        case 1:
            return value.decode("utf-8")
        case 2:
            return Float32(struct.unpack("<f", value)[0])
        case 3:
            return struct.unpack("<d", value)[0]
        case 4:
            return Signed(value - 2**64 if value >= 2**63 else value)
        case 5:
            return int(value)
        case 6:
            return Zigzag(zigzag(value))
        case _:
            if value > 1:
                raise Violation(f"4.4: a boolean of {value}")
            return bool(value)


def read_feature(
    data: bytes, keys: list[str], values: list[object], extent: int, buffer: int, where: str
) -> Feature:
    ident = geometry = None
    kind = 0
    tags: list[int] = []
    for number, wire, value in fields(data):
        match number:
            case 1:
                expect_wire("id", wire, 0)
                ident = value
            case 2:
                expect_wire("tags", wire, 2)
                tags = packed(value)
            case 3:
                expect_wire("type", wire, 0)
                kind = value
            case 4:
                expect_wire("geometry", wire, 2)
                geometry = packed(value)
            case _:
                raise Violation(f"{where}: unknown feature field {number}")
    where = f"{where} feature {ident}"
    if kind not in (1, 2, 3):
        raise Violation(f"4.2: {where} has type {kind}")
    if not geometry:
        raise Violation(f"4.2: {where} has no geometry")
    if len(tags) % 2:
        raise Violation(f"4.4: {where} has an odd number of tags")
    properties = {}
    for key, value in zip(tags[::2], tags[1::2], strict=True):
        if key >= len(keys) or value >= len(values):
            raise Violation(f"4.4: {where} has a tag out of range")
        if keys[key] in properties:
            raise Violation(f"4.4: {where} has key {keys[key]!r} twice")
        properties[keys[key]] = values[value]
    feature = Feature(kind, ident, properties, read_geometry(geometry, kind, where))
    for x, y in (point for part in feature.parts for point in part):
        if not (-buffer <= x <= extent + buffer and -buffer <= y <= extent + buffer):
            raise Violation(f"{where}: ({x}, {y}) lies outside the declared buffer of {buffer}")
    return feature


# --- geometry --------------------------------------------------------------------------------------

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7


def read_geometry(commands: list[int], kind: int, where: str) -> list[list[tuple[int, int]]]:
    """The parts that the commands draw, by the grammar of 4.3.4 for the type."""
    steps = list(decode_commands(commands, where))
    if kind == 1:
        if len(steps) != 1 or steps[0][0] != MOVE_TO or not steps[0][1]:
            raise Violation(f"4.3.4.2: {where}: points are one MoveTo with a count of at least 1")
        return [steps[0][1]]
    parts = []
    shape = (MOVE_TO, LINE_TO) if kind == 2 else (MOVE_TO, LINE_TO, CLOSE_PATH)
    if len(steps) % len(shape):
        raise Violation(f"4.3.4: {where}: an unfinished part")
    for at in range(0, len(steps), len(shape)):
        group = steps[at : at + len(shape)]
        if tuple(command for command, _ in group) != shape:
            raise Violation(f"4.3.4: {where}: commands {[c for c, _ in group]} in a part")
        move, line = group[0][1], group[1][1]
        if len(move) != 1:
            raise Violation(f"4.3.4: {where}: MoveTo with a count of {len(move)}")
        if len(line) < (1 if kind == 2 else 2):
            raise Violation(f"4.3.4: {where}: LineTo with a count of {len(line)}")
        part = move + line
        # 4.3.3.2: a LineTo must not stand still.
        if any(a == b for a, b in zip(part, part[1:], strict=False)):
            raise Violation(f"4.3.3.2: {where}: a segment of no length at {part}")
        parts.append(part if kind == 2 else check_ring(part, not parts, where))
    return parts


def check_ring(ring: list[tuple[int, int]], first: bool, where: str) -> list[tuple[int, int]]:
    """Closes a ring after checking 4.3.4.4."""
    if ring[0] == ring[-1]:
        raise Violation(f"4.3.4.4: {where}: a ring repeats its first point before ClosePath")
    area = doubled_area(ring)
    if area == 0:
        raise Violation(f"4.3.4.4: {where}: a ring without area: {ring}")
    if first and area < 0:
        raise Violation(f"4.3.4.4: {where}: the first ring is an interior one")
    return [*ring, ring[0]]


def doubled_area(ring: list[tuple[int, int]]) -> int:
    """Surveyor's formula in tile coordinates; positive for an exterior ring."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))


def decode_commands(commands: list[int], where: str) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Each command with the positions it reaches; the cursor stays where it is at ClosePath."""
    x = y = at = 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == CLOSE_PATH:
            if count != 1:
                raise Violation(f"4.3.3.3: {where}: ClosePath with a count of {count}")
            yield command, []
            continue
        if command not in (MOVE_TO, LINE_TO):
            raise Violation(f"4.3.1: {where}: command {command}")
        if not count:
            raise Violation(f"4.3.3: {where}: command {command} with a count of 0")
        if at + 2 * count > len(commands):
            raise Violation(f"4.3.2: {where}: parameters are missing")
        points = []
        for _ in range(count):
            x, y = x + zigzag(commands[at]), y + zigzag(commands[at + 1])
            at += 2
            if max(abs(x), abs(y)) >= 2**31:
                raise Violation(f"4.3.2: {where}: a position of more than 32 bits")
            points.append((x, y))
        yield command, points
