"""What joins must give, computed with pandas and shapely from how the tables were written. Shares no code with the server.

In: the real cadastre. Out: tables as landlords and public bodies hand them over, with every trap of DOMAIN §4.1, and for each row the
parcels that it means. The writer knows the truth: it starts from the parcels and spoils their writing, and reads nothing back.

    tests/oracle/joins.py FOLDER      # writes the tables and expected.csv (row, parcel, found)
"""

import argparse
import json
import random
import sys
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas
import shapely
from openpyxl.styles import Font

SEED = 62_737
# A narrow and an ordinary space that do not break.
NBSP, NNBSP = "\u00a0", "\u202f"
FICTIVE_COMMUNE = "01004"
OWNER, OTHER_OWNER = "Bailleur fictif A", "Bailleur fictif B"
HEADINGS = ["Lot", "Code commune", "Réf. cadastrale", "Surf. (m2)", "Propriétaire", "Observations"]
GROUPS = ["Identification", None, "Parcelle", None, "Gestion", None]


@dataclass
class Row:
    """One line of the landlord's list: its cells, and what they mean."""

    trap: str
    commune: object
    reference: object
    means: list[str]
    owner: str = OWNER
    lot: str = ""
    # Parcels of it that the cadastre does not have, as ids; a text that is no parcel at all has none.
    area: float = field(default=0.0)


# --- The cadastre ----------------------------------------------------------------------------------


def cadastre(files: list[Path]) -> pandas.DataFrame:
    """Parcels by id with their shapes."""
    rows = []
    for path in files:
        for feature in json.loads(path.read_text())["features"]:
            rows.append((feature["properties"]["id"], shapely.geometry.shape(feature["geometry"]), path.stem))
    frame = pandas.DataFrame(rows, columns=["idu", "geometry", "file"])
    assert frame["idu"].is_unique and frame["idu"].str.len().eq(14).all()
    return frame


def fictive_commune(source: Path, target: Path, count: int = 60) -> Path:
    """Parcels of a commune whose code begins with a zero, which the real files have none of: shapes are real, ids are not."""
    features = [f for f in json.loads(source.read_text())["features"] if f["properties"]["id"][8:10] == "AB"][:count]
    for feature in features:
        idu = FICTIVE_COMMUNE + feature["properties"]["id"][5:]
        feature["id"] = idu
        feature["properties"] |= {"id": idu, "commune": FICTIVE_COMMUNE}
        feature["geometry"] = json.loads(shapely.to_geojson(shapely.transform(shapely.geometry.shape(feature["geometry"]), lambda xy: xy + [3.0, -2.0])))
    target.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return target


# --- The landlord's list ---------------------------------------------------------------------------


def short(idu: str) -> str:
    """`AB 12`: section and number as people write them."""
    return f"{idu[8:10].lstrip('0')} {int(idu[10:])}"


def spoilt(parcels: pandas.DataFrame) -> list[Row]:
    """Rows for every trap; the parcels are chosen by chance, seeded."""
    chance = random.Random(SEED)
    ids = set(parcels["idu"])

    def some(prefix: str, count: int, *, where=lambda idu: True) -> list[str]:
        found = sorted(idu for idu in ids if idu.startswith(prefix) and where(idu))
        return chance.sample(found, count)

    def run(prefix: str, count: int) -> list[str]:
        """Neighbouring numbers that all exist."""
        starts = [
            idu for idu in sorted(ids)
            if idu.startswith(prefix) and all(f"{idu[:10]}{int(idu[10:]) + n:04}" in ids for n in range(count))
        ]  # fmt: skip
        first = chance.choice(starts)
        return [f"{first[:10]}{int(first[10:]) + n:04}" for n in range(count)]

    rows: list[Row] = []

    def add(trap: str, commune, reference, *means: str, owner: str = OWNER) -> None:
        rows.append(Row(trap, commune, reference, list(means), owner))

    for idu in some("91326", 3):
        add("whole id", None, idu, idu)
    for idu in some("91326", 3):
        add("lower case", None, idu.lower(), idu)
    for idu in some("91326", 3):
        add("spaces", None, f"{idu[:2]} {idu[2:5]} {idu[5:8]} {idu[8:10]} {idu[10:]}", idu)
    for idu in some("91326", 3):
        add("non-breaking spaces", f"91326{NBSP}", f"{NBSP}{short(idu).replace(' ', NNBSP)}{NBSP}", idu)
    for idu in some("91326", 3):
        add("non-breaking spaces", None, f"{idu[:5]}{NBSP}{idu[5:8]}{NNBSP}{idu[8:10]}{NBSP}{idu[10:]}", idu)
    for idu in some("91326000A", 4, where=lambda idu: "0" in idu[10:]):
        add("O for 0", None, f"{idu[:5]}OOO{idu[8:10]}{idu[10:].replace('0', 'O')}", idu)
    for idu in some("910270000B", 2):
        add("O for 0", None, f"{idu[:8]}O{idu[9:]}", idu)
    for idu in some("91326", 3):
        add("62737.0", "91326.0", short(idu), idu)
    for idu in some("91326", 3):
        add("62737.0", 91326.0, short(idu), idu)
    for idu in some("91326", 2):
        add("a number", 91326, short(idu).replace(" ", ""), idu)
    for idu in some("910270000E", 3, where=lambda idu: 0 < int(idu[10:]) < 295):
        # What a spreadsheet makes of 910270000E0005: 91027 × 10⁴ × 10⁵.
        add("6.2737E+13", None, float(f"{idu[:9]}E{idu[10:]}"), idu)
    for idu in some("910270000E", 3, where=lambda idu: 0 < int(idu[10:]) < 295):
        add("6.2737E+13", None, f"{float(idu[:9] + 'E' + idu[10:]):.4E}", idu)
    for idu in some(FICTIVE_COMMUNE, 3):
        add("a lost leading zero", None, idu[1:], idu)
    for idu in some(FICTIVE_COMMUNE, 3):
        add("a lost leading zero", 1004, short(idu), idu)
    for idu in some("27412000", 3, where=lambda idu: idu[8] == "0"):
        add("a lost leading zero", "27412", f"{idu[9]}{idu[10:].lstrip('0')}", idu)
    for idu in some("274120000B", 3):
        add("0B", "27412", f"0B {int(idu[10:])}", idu)
    for idu in some("274120000B", 3):
        add("B", "27412", f"B {int(idu[10:])}", idu)
    for idu in some("910270000O", 2):
        add("section O", "91027", f"O {int(idu[10:])}", idu)
    for idu in some("274126480", 3):
        add("absorbed commune", "27412", f"648 {short(idu)}", idu)
    for idu in some("274126480", 2):
        add("absorbed commune", None, f"27412648{idu[9]}{idu[10:]}", idu)
    for idu in some("27412648Z", 2):
        add("absorbed commune", "27412", f"648{idu[8:10]}{int(idu[10:])}", idu)
    for idu in some("274126480C", 2):
        # By the code of the commune that was absorbed: 27648 became the prefix 648 of 27412.
        add("old commune", "27648", short(idu), idu)
    for idu in some("91326", 2):
        add("as ADEME writes", "91326", f"000{idu[8:10]}{int(idu[10:])}", idu)
    first, second = run("91326000AB", 2)
    add("AB 12 et 13", "91326", f"{short(first)} et {int(second[10:])}", first, second)
    first, second, third = run("91326000AC", 3)
    add("AB 12 et 13", "91326", f"{short(first)}, {int(second[10:])} et {int(third[10:])}", first, second, third)
    first, second = some("91326000AD", 1)[0], some("91326000AE", 1)[0]
    add("several", "91326", f"{short(first)} ; {short(second)}", first, second)
    add("several", None, f"{first};{second}", first, second)
    several = run("91326000AK", 4)
    add("AB12-AB15", "91326", f"{short(several[0]).replace(' ', '')}-{short(several[-1]).replace(' ', '')}", *several)
    several = run("91326000AL", 3)
    add("AB12-AB15", "91326", f"{short(several[0])} à {int(several[-1][10:])}", *several)
    # What the cadastre does not have: the whole row, and a part of one.
    add("no such parcel", "91326", "AB 9998", "91326000AB9998")
    add("no such parcel", None, "91326000ZZ0001", "91326000ZZ0001")
    (known,) = some("91326000AH", 1)
    add("one of two is not there", "91326", f"{short(known)} et 9997", known, "91326000AH9997")
    add("no parcel at all", "91326", "voir plan joint")
    add("nothing", "91326", None)
    # Two owners claim one parcel.
    (claimed,) = some("91326000AI", 1)
    add("claimed", None, claimed, claimed)
    add("claimed", "91326", short(claimed), claimed, owner=OTHER_OWNER)
    for n, row in enumerate(rows, 1):
        row.lot = f"L{n:03}"
        row.area = 100.0 + n
    return rows


def workbook(rows: list[Row], path: Path) -> Path:
    """Two header rows, the first with merged groups; an empty line; a total at the end."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = path.stem
    sheet.append(GROUPS)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:D1")
    sheet.merge_cells("E1:F1")
    sheet.append(HEADINGS)
    for cell in [*sheet[1], *sheet[2]]:
        cell.font = Font(bold=True)
    for n, row in enumerate(rows):
        if n == len(rows) // 2:
            sheet.append([None] * len(HEADINGS))
        sheet.append([row.lot, row.commune, row.reference, row.area, row.owner, row.trap])
    sheet.append(["TOTAL", None, None, sum(row.area for row in rows), None, None])
    book.save(path)
    return path


def expected(rows: list[Row], parcels: pandas.DataFrame) -> pandas.DataFrame:
    """One line for each parcel that a row means: `lot`, `trap`, `owner`, `idu`, and whether the cadastre has it (`found`)."""
    meant = pandas.DataFrame(
        [(row.lot, row.trap, row.owner, idu) for row in rows for idu in (row.means or [None])], columns=["lot", "trap", "owner", "idu"]
    )
    merged = meant.merge(parcels, on="idu", how="left", indicator=True)
    merged["found"] = merged.pop("_merge") == "both"
    return merged


def claimed_twice(pairs: pandas.DataFrame) -> pandas.DataFrame:
    """Parcels with their owners, where there are several."""
    owners = pairs[pairs["found"]].groupby("idu")["owner"].unique()
    return owners[owners.map(len) > 1]


# --- Tables of public bodies -----------------------------------------------------------------------

LEGAL_COLUMNS = [
    "Département (Champ géographique)", "Code Commune (Champ géographique)", "Nom Commune (Champ géographique)",
    "Préfixe (Références cadastrales)", "Section (Références cadastrales)", "N° plan (Références cadastrales)",
    "Contenance (Caractéristiques parcelle)", "SUF (Evaluation SUF)", "Code droit (Propriétaire(s) parcelle)", "N° SIREN (Propriétaire(s) parcelle)",
    "Groupe personne (Propriétaire(s) parcelle)", "Dénomination (Propriétaire(s) parcelle)",
]  # fmt: skip


def legal_persons(parcels: pandas.DataFrame, path: Path) -> pandas.DataFrame:
    """"Parcelles des personnes morales" as the DGFiP hands them out: `;`, Latin-1, a blank prefix for 000, several lines a parcel."""
    chance = random.Random(SEED + 1)
    lines, truth = [], []
    for idu in sorted(chance.sample(sorted(parcels["idu"]), 80)):
        for suf in range(chance.choice([1, 1, 1, 2])):
            prefix = "   " if idu[5:8] == "000" else idu[5:8]
            name, siren = chance.choice([("SOCIÉTÉ FICTIVE D’HABITAT".replace("’", "'"), "732829320"), ("COMMUNE FICTIVE", "U12345678")])
            lines.append([
                idu[:2], idu[2:5], "VILLE FICTIVE", prefix, idu[8:10].lstrip("0"), idu[10:], "1250", "AB"[suf], "P", siren, "5", name,
            ])  # fmt: skip
            truth.append((len(lines) - 1, idu))
    table = pandas.DataFrame(lines, columns=LEGAL_COLUMNS)
    path.write_bytes(table.to_csv(index=False, sep=";", lineterminator="\r\n").encode("latin-1"))
    return pandas.DataFrame(truth, columns=["row", "idu"])


def filiation(parcels: pandas.DataFrame, path: Path, count: int = 5) -> dict[str, list[str]]:
    """Parcels that are gone (numbers that no parcel has) and the two or three that came of each."""
    chance = random.Random(SEED + 2)
    children = chance.sample(sorted(idu for idu in parcels["idu"] if idu.startswith("91326000AE")), 3 * count)
    parents = {f"91326000AE{9000 + n}": children[3 * n : 3 * n + 2 + n % 2] for n in range(count)}
    text = "parent;child\r\n" + "".join(f"{parent};{child}\r\n" for parent, mine in parents.items() for child in mine)
    path.write_text(text, newline="")
    return parents


def spelt(name: str, how: int) -> str:
    """A commune's name as others write it."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter)).replace("œ", "oe")
    return [name, name.upper(), plain, plain.upper().replace("-", " "), plain.lower().replace("-", " "), f" {name.replace('-', NBSP)} "][how % 6]


def programmes_by_name(communes: Path, path: Path, count: int = 90) -> pandas.DataFrame:
    """A programme for each of some communes, named and not coded, spelt in six ways; two that do not exist."""
    chance = random.Random(SEED + 3)
    names = {f["properties"]["code"]: f["properties"]["nom"] for f in json.loads(communes.read_text())["features"]}
    plain = pandas.Series({code: spelt(name, 4).replace("'", " ") for code, name in names.items()})
    alone = sorted(plain[~plain.duplicated(keep=False)].index)
    truth = [(n, code, spelt(names[code], n)) for n, code in enumerate(chance.sample(alone, count))]
    truth += [(count, None, "Ville-Qui-N’Est-Pas"), (count + 1, None, "Béthunne")]
    frame = pandas.DataFrame(truth, columns=["row", "code", "name"])
    lines = ["Dossier;Commune;Programme;Montant", *(f"D{row:03};{name};ERBM;{1000 + row}" for row, _, name in truth)]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("utf-8-sig"))
    return frame


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[3] / "shared" / "data")
    options = parser.parse_args()
    folder, source = options.folder, options.data / "cadastre"
    folder.mkdir(parents=True, exist_ok=True)
    files = [source / name for name in ("27412-parcelles.geojson", "cadastre-91027-parcelles.json", "cadastre-91326-parcelles.json")]
    parcels = cadastre([*files, fictive_commune(files[2], folder / "fictifs.geojson")])
    rows = spoilt(parcels)
    workbook(rows, folder / "liste.xlsx")
    expected(rows, parcels).drop(columns="geometry").to_csv(folder / "expected.csv", index=False)
    print(f"{len(rows)} rows, {len({row.trap for row in rows})} traps")
    return 0


if __name__ == "__main__":
    sys.exit(main())
