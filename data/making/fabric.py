"""The ground of the synthetic layers: three sectors of blocks, streets and parcels that exist nowhere.

A sector is a turned grid of blocks with streets between them; block corners are jittered, a block holds two rows of
parcels with a bent line between them. Every vertex is rounded once and shared by all parcels that touch it, so that
neighbours neither overlap nor leave a gap. Parcel ids have the form of cadastral ones with the prefix 999, which no
real parcel of these communes has; owners are fictive and bear it in their name.
"""
import math
import random
from dataclasses import dataclass, field

from . import geometry

LANDLORD_A, LANDLORD_B, COMMUNE = "Bailleur A (fictif)", "Bailleur B (fictif)", "Commune (fictif)"
OTHERS = ["Propriétaire privé (fictif)", "Copropriété (fictif)", "Établissement public (fictif)"]
STREET_M = 12.0

SECTORS = [  # id, name, INSEE code that opens the parcel ids, centre, turn in degrees, columns and rows of blocks
    ("S1", "Secteur Ouest (fictif)", "62737", (2.6760, 50.4446), 6, 4, 3),
    ("S2", "Secteur Nord (fictif)", "62386", (2.7518, 50.4478), -9, 3, 3),
    ("S3", "Secteur Sud (fictif)", "62510", (2.7745, 50.4252), 14, 4, 3),
]


class Dice:
    """Seeded choices made only of `random()`, whose sequence for a seed is fixed across Python versions."""

    def __init__(self, name):
        self.source = random.Random("terril " + name)

    def between(self, low, high):
        return low + (high - low) * self.source.random()

    def whole(self, low, high):
        return low + int((high - low + 1) * self.source.random())

    def pick(self, options):
        return options[int(len(options) * self.source.random())]


@dataclass
class Parcel:
    id: str
    ring: list
    area_m2: float
    owner: str
    neighbours: list = field(default_factory=list)
    reserved: bool = False


@dataclass
class Block:
    number: int
    sector: tuple
    parcels: list
    use: str = "logement"  # or: parc


def cuts(dice, count):
    """`count` strips of uneven width across a block: their borders, from 0 to 1."""
    widths = [dice.between(0.7, 1.3) for _ in range(count)]
    total, edges, run = sum(widths), [0.0], 0.0
    for width in widths[:-1]:
        run += width / total
        edges.append(run)
    return edges + [1.0]


def block_rings(dice, corners, to_lonlat):
    """The parcels of a block as closed counter-clockwise rings of lon/lat; `corners` in metres: SW, SE, NE, NW."""

    def at(t, s):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
        return ((1 - s) * ((1 - t) * ax + t * bx) + s * ((1 - t) * dx + t * cx),
                (1 - s) * ((1 - t) * ay + t * by) + s * ((1 - t) * dy + t * cy))

    rows = [cuts(dice, dice.whole(5, 8)), cuts(dice, dice.whole(5, 8))]
    middle = {t: to_lonlat(*at(t, dice.between(0.46, 0.54))) for t in sorted(set(rows[0] + rows[1]))}
    rings = []
    for row, borders in enumerate(rows):
        for t0, t1 in zip(borders, borders[1:]):
            inner = [middle[t] for t in sorted(middle) if t0 <= t <= t1]
            if row == 0:
                ring = [to_lonlat(*at(t0, 0)), to_lonlat(*at(t1, 0))] + inner[::-1]
            else:
                ring = inner + [to_lonlat(*at(t1, 1)), to_lonlat(*at(t0, 1))]
            rings.append(ring + [ring[0]])
    return rings


def make_block(dice, number, sector, corners, to_lonlat):
    letters = "AB"[(number - 1) // 26] + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(number - 1) % 26]
    landlord = LANDLORD_A if dice.between(0, 1) < 0.5 else LANDLORD_B
    parcels, by_edge = [], {}
    for n, ring in enumerate(block_rings(dice, corners, to_lonlat), start=1):
        chance = dice.between(0, 1)
        owner = landlord if chance < 0.6 else COMMUNE if chance < 0.7 else dice.pick(OTHERS)
        parcel = Parcel(f"{sector[2]}999{letters}{n:04d}", ring, geometry.area_m2(ring), owner)
        for a, b in zip(ring, ring[1:]):
            if (b, a) in by_edge:
                other = by_edge[b, a]
                other.neighbours.append(parcel)
                parcel.neighbours.append(other)
            by_edge[a, b] = parcel
        parcels.append(parcel)
    return Block(number, sector, parcels)


def make_sector(sector, first_number):
    """The blocks of a sector, from south-west to north-east; every tenth or so is a park owned by the commune."""
    identity, _, _, centre, turn_degrees, columns, rows = sector
    dice = Dice("blocks " + identity)
    widths = [dice.between(112, 156) for _ in range(columns)]
    heights = [dice.between(72, 94) for _ in range(rows)]
    whole_width = sum(widths) + STREET_M * (columns - 1)
    whole_height = sum(heights) + STREET_M * (rows - 1)
    turn = math.radians(turn_degrees)

    def to_lonlat(x, y):
        x, y = x - whole_width / 2, y - whole_height / 2
        return geometry.place(centre, x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn))

    blocks = []
    for j in range(rows):
        for i in range(columns):
            x, y = sum(widths[:i]) + STREET_M * i, sum(heights[:j]) + STREET_M * j
            corners = [(x + dx * widths[i] + dice.between(-3, 3), y + dy * heights[j] + dice.between(-3, 3))
                       for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]
            blocks.append(make_block(dice, first_number + len(blocks), sector, corners, to_lonlat))
    park = blocks[len(blocks) // 2]
    park.use = "parc"
    for parcel in park.parcels:
        parcel.owner = COMMUNE
    middle_street = sum(heights[:1]) + STREET_M / 2
    street = [to_lonlat(x, middle_street) for x in (0, whole_width / 2, whole_width)]
    return blocks, street


def grow(dice, parcels, count, owner=None):
    """Up to `count` connected parcels not yet in a reserve, from a random one; of one owner where `owner` is given."""
    free = [p for p in parcels if not p.reserved and owner in (None, p.owner)]
    if not free:
        return []
    chosen = [dice.pick(free)]
    while len(chosen) < count:
        around = [n for p in chosen for n in p.neighbours if n in free and n not in chosen]
        if not around:
            break
        chosen.append(dice.pick(around))
    return chosen
