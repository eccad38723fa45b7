"""Random filters, seeded: items, counts, pages, bodies, tiles and PostGIS on the same data say the same.

A filter is made as CQL2 text and as SQL at once, so that neither is made of the other. SQL's logic of three values, its
`COLLATE "C"`, ILIKE-free texts and `ST_` predicates on the plane are the standard's.
"""

import json
import random

import pytest
from cql2_client import matched, search, to_json
from mvt import read_tile
from terril_server import Terril

COUNT = 300
FILTERS = 250


def rows():
    chance = random.Random(41)
    made = []
    for n in range(COUNT):
        x, y = chance.randrange(40) / 100, chance.randrange(40) / 100
        west, south = 2.5 + x, 50.2 + y
        side = chance.choice([0.01, 0.02, 0.05])
        kind = n % 5
        if kind == 0:
            wkt = f"POINT({west} {south})"
        elif kind == 1:
            wkt = f"LINESTRING({west} {south},{west + side} {south + side},{west + 2 * side} {south})"
        else:
            east, north = west + side, south + side
            wkt = f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
        made.append(
            {
                "id": n,
                "nom": chance.choice([None, "Liévin", "lievin", "LIÉVIN", "Nœux", "Lens", "lens", "50 %", "d'eau", ""]),
                "autre": chance.choice([None, "Lens", "Liévin", "abc"]),
                "rang": chance.choice([None, *range(-3, 8)]),
                "part": chance.choice([None, chance.randrange(-80, 160) / 16]),
                "bati": chance.choice([None, True, False]),
                "jour": chance.choice([None, f"2024-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"]),
                "fin": chance.choice([None, f"2024-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"]),
                "wkt": None if n % 29 == 0 else wkt,
            }
        )
    return made


@pytest.fixture(scope="module")
def both(postgis, tmp_path_factory):
    import shapely

    made = rows()
    folder = tmp_path_factory.mktemp("random")
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": shapely.geometry.mapping(shapely.from_wkt(row["wkt"])) if row["wkt"] else None,
            "properties": {name: value for name, value in row.items() if name not in ("id", "wkt")},
        }
        for row in made
    ]
    (folder / "objets.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with postgis.connect() as connection:
        connection.execute("DROP TABLE IF EXISTS objets")
        connection.execute(
            'CREATE TABLE objets (id int, nom text COLLATE "C", autre text COLLATE "C", rang int, part float8, bati bool, jour date, fin date, g geometry)'
        )
        for row in made:
            connection.execute(
                "INSERT INTO objets VALUES (%(id)s,%(nom)s,%(autre)s,%(rang)s,%(part)s,%(bati)s,%(jour)s,%(fin)s,ST_GeomFromText(%(wkt)s))", row
            )
        with Terril(folder) as server:
            server.wait_open()
            yield server, connection
            assert "panicked" not in server.log()


class Filters:
    """Pairs of CQL2 and SQL that mean the same."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)

    def filter(self, depth: int = 0) -> tuple[str, str]:
        pick = self.chance.random()
        if depth < 3 and pick < 0.45:
            parts = [self.filter(depth + 1) for _ in range(self.chance.randrange(2, 4))]
            word = self.chance.choice([" AND ", " OR "])
            return tuple("(" + word.join(side) + ")" for side in zip(*parts, strict=True))
        if depth < 3 and pick < 0.55:
            cql, sql = self.filter(depth + 1)
            return f"NOT ({cql})", f"NOT ({sql})"
        return self.chance.choice([self.numbers, self.numbers, self.words, self.like, self.listed, self.null, self.times, self.truth, self.place, self.place])()

    def number(self, depth: int = 0) -> tuple[str, str]:
        pick = self.chance.random()
        if depth < 2 and pick < 0.35:
            (a, b), (c, d) = self.number(depth + 1), self.number(depth + 1)
            op = self.chance.choice("+-*/")
            # SQL divides by zero with an error, and whole numbers into whole ones.
            return f"({a} {op} {c})", f"({b}::float8 {op} nullif({d}::float8, 0))" if op == "/" else f"({b} {op} {d})"
        if pick < 0.75:
            name = self.chance.choice(["rang", "part"])
            return name, name
        value = self.chance.choice([-2, 0, 1, 3, 5, 0.5, 2.25])
        return str(value), str(value)

    def numbers(self):
        (a, b), (c, d) = self.number(), self.number()
        if self.chance.random() < 0.2:
            low, high = self.number(), self.number()
            no = self.chance.choice(["", "NOT "])
            return f"{a} {no}BETWEEN {low[0]} AND {high[0]}", f"{b} {no}BETWEEN {low[1]} AND {high[1]}"
        op = self.chance.choice(["=", "<>", "<", "<=", ">", ">="])
        return f"{a} {op} {c}", f"{b} {op} {d}"

    def word(self) -> tuple[str, str]:
        name = self.chance.choice(["nom", "autre"])
        if self.chance.random() < 0.6:
            return name, name
        text = self.chance.choice(["Liévin", "Lens", "Nœux", "d'eau", "a"]).replace("'", "''")
        return f"'{text}'", f"'{text}'"

    def words(self):
        (a, b), (c, d) = self.word(), self.word()
        op = self.chance.choice(["=", "<>", "<", "<=", ">", ">="])
        if self.chance.random() < 0.3:
            lower = 'lower({} COLLATE "C.utf8")'
            return f"CASEI({a}) {op} CASEI({c})", f'{lower.format(b)} COLLATE "C" {op} {lower.format(d)} COLLATE "C"'
        return f"{a} {op} {c}", f'{b} COLLATE "C" {op} {d} COLLATE "C"'

    def like(self):
        name = self.chance.choice(["nom", "autre"])
        pattern = self.chance.choice(["L%", "%n%", "_e%", "50 \\%", "%", "l_ns", "%v_n", "d''%"])
        no = self.chance.choice(["", "NOT "])
        return f"{name} {no}LIKE '{pattern}'", f"{name} {no}LIKE '{pattern}'"

    def listed(self):
        no = self.chance.choice(["", "NOT "])
        if self.chance.random() < 0.5:
            values = ", ".join(map(str, self.chance.sample(range(-3, 8), 3)))
            return f"rang {no}IN ({values})", f"rang {no}IN ({values})"
        return f"nom {no}IN ('Lens', autre)", f"nom {no}IN ('Lens', autre)"

    def null(self):
        name = self.chance.choice(["nom", "rang", "part", "bati", "jour", "geometry"])
        no = self.chance.choice(["", "NOT "])
        return f"{name} IS {no}NULL", f"{'g' if name == 'geometry' else name} IS {no}NULL"

    def day(self) -> str:
        return f"2024-{self.chance.randrange(1, 13):02}-{self.chance.randrange(1, 29):02}"

    def times(self):
        day, pick = self.day(), self.chance.random()
        if pick < 0.3:
            op = self.chance.choice(["=", "<>", "<", "<=", ">", ">="])
            return f"jour {op} DATE('{day}')", f"jour {op} date '{day}'"
        if pick < 0.5:
            return "jour <= fin", "jour <= fin"
        if pick < 0.7:
            name, op = self.chance.choice([("T_AFTER", ">"), ("T_BEFORE", "<"), ("T_EQUALS", "=")])
            return f"{name}(jour, DATE('{day}'))", f"jour {op} date '{day}'"
        other = self.day()
        low, high = min(day, other), max(day, other)
        relations = {
            "T_DURING": f"jour > '{low}' AND fin < '{high}'",
            "T_INTERSECTS": f"NOT (jour > '{high}' OR fin < '{low}')",
            "T_CONTAINS": f"jour < '{low}' AND fin > '{high}'",
            "T_OVERLAPS": f"jour < '{low}' AND fin > '{low}' AND fin < '{high}'",
            "T_STARTS": f"jour = '{low}' AND fin < '{high}'",
            "T_METBY": f"jour = '{high}'",
        }
        name, sql = self.chance.choice(sorted(relations.items()))
        # An interval with a side that has no value is unknown as a whole.
        return f"{name}(INTERVAL(jour, fin), INTERVAL('{low}', '{high}'))", f"CASE WHEN jour IS NULL OR fin IS NULL THEN NULL ELSE ({sql}) END"

    def truth(self):
        if self.chance.random() < 0.5:
            return "bati = true", "bati = true"
        return "bati <> (rang > 2)", "bati <> (rang > 2)"

    def place(self):
        at = lambda: (round(2.5 + self.chance.randrange(45) / 100, 4), round(50.2 + self.chance.randrange(45) / 100, 4))  # noqa: E731
        (x, y), size = at(), self.chance.choice([0.01, 0.05, 0.2])
        east, north = round(x + size, 4), round(y + size, 4)
        box = f"POLYGON(({x} {y},{east} {y},{east} {north},{x} {north},{x} {y}))"
        kind = self.chance.randrange(5)
        cql = wkt = {
            0: f"POINT({x} {y})",
            1: f"LINESTRING({x} {y},{east} {north},{east} {y})",
            2: box,
            3: f"POLYGON(({x} {y},{east} {y},{round((x + east) / 2, 4)} {north},{x} {y}))",
            4: box,
        }[kind]
        if kind == 4:
            cql = f"BBOX({x},{y},{east},{north})"
        name = self.chance.choice(["INTERSECTS", "DISJOINT", "WITHIN", "CONTAINS", "TOUCHES", "OVERLAPS", "CROSSES", "EQUALS"])
        sides = [("geometry", "g"), (cql, f"ST_GeomFromText('{wkt}')")]
        self.chance.shuffle(sides)
        (a, b), (c, d) = sides
        return f"S_{name}({a},{c})", f"ST_{name.capitalize()}({b},{d})"


def test_random_filters_select_what_postgis_selects(both):
    server, connection = both
    filters, told, sizes = Filters(97), [], []
    for _ in range(FILTERS):
        cql, sql = filters.filter()
        expected = [row[0] for row in connection.execute(f"SELECT id FROM objets WHERE {sql} ORDER BY id").fetchall()]  # noqa: S608
        found = [f["id"] for f in search(server, "objets", filter=cql, limit=10000)["features"]]
        if found != expected:
            told.append((cql, sql, sorted(set(found) ^ set(expected))))
        sizes.append(len(expected))
    assert not told, f"{len(told)} of {FILTERS}: {told[:3]}"
    assert sum(0 < size < COUNT for size in sizes) > FILTERS / 2, "most of these cases say nothing"


def test_random_filters_say_the_same_everywhere(both):
    server, _ = both
    filters = Filters(98)
    chance, compared = random.Random(5), 0
    for _ in range(40):
        cql, _ = filters.filter()
        whole = search(server, "objets", filter=cql, limit=10000, sortby="-part,nom")
        ids = [f["id"] for f in whole["features"]]
        assert whole["numberMatched"] == len(ids)
        assert search(server, "objets", filter=to_json(cql), limit=10000, sortby="-part,nom")["features"] == whole["features"], cql
        if len(cql) > 3_000:
            continue
        from urllib.parse import quote

        assert matched(server, "objets", cql) == len(ids)
        joined = server.items("objets", f"sortby=-part,nom&filter={quote(cql)}", page=chance.randrange(5, 60))
        assert [f["id"] for f in joined] == ids, cql
        placed = {f["id"] for f in whole["features"] if f["geometry"]}
        tile = server.get(f"/objets/5/16/10.pbf?filter={quote(cql)}")
        in_tile = {f.properties["id"] for layer in read_tile(tile.body, 256) for f in layer.features} if tile.status == 200 else set()
        assert in_tile == placed, cql
        compared += bool(placed)
    assert compared > 20
