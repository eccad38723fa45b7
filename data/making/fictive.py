"""The synthetic layers: parcels, and what two fictive landlords and a fictive commune hold and plan on them.

Reserves, operations, stock and public spaces are unions of the parcels of `fabric`; every feature says
`geometrie` = synthetique and where it comes from.
"""
from . import geometry
from .fabric import COMMUNE, LANDLORD_A, LANDLORD_B, SECTORS, Dice, grow, make_sector

SOURCE = "Terril, données fictives"


def mark(properties):
    return {**properties, "geometrie": "synthetique", "source": SOURCE}


def outline(parcels):
    return geometry.union([p.ring for p in parcels])


def reserve_features(blocks):
    """Reserves of both landlords; marks their parcels. Three carry a fault on purpose, told in `commentaire`."""
    dice = Dice("reserves")
    statuses = ["identifiee", "qualifiee", "gelee", "proposee_concours", "en_etude", "a_ceder", "engagee", "cedee",
                "affectee_espace_public", "abandonnee"]
    features = []
    for block in (b for b in blocks if b.use == "logement"):
        for size in (dice.pick([2, 3, 4, 6, 8, 20]), 1):
            chosen = grow(dice, block.parcels, size)
            if not chosen or dice.between(0, 1) < (0.35 if size > 1 else 0.6):
                continue
            number = len(features) + 1
            landlord = dice.pick([LANDLORD_A, LANDLORD_B])
            for parcel in chosen:
                parcel.reserved, parcel.owner = True, landlord
            declared = round(sum(p.area_m2 for p in chosen) / 10) * 10
            ids, comment = sorted(p.id for p in chosen), None
            if number == 4:
                declared, comment = round(declared * 1.12 / 10) * 10, "Surface déclarée 12 % au-dessus de la géométrie"
            elif number == 9:
                ids.append(f"{block.sector[2]}999ZZ0001")
                comment = "Une parcelle de la liste n'est pas dans le plan"
            elif number == 14:
                chosen[0].owner = LANDLORD_A if landlord == LANDLORD_B else LANDLORD_B
                comment = "Une parcelle est à l'autre bailleur dans le plan"
            features.append((mark({
                "id": f"RF-{number:03d}", "nom": f"Réserve {number} (fictif)", "acteur": landlord,
                "secteur": block.sector[1], "parcelles": ",".join(ids), "surface_declaree_m2": declared,
                "statut": statuses[number % 10] if number <= 10 else dice.pick(statuses[:7]),
                "occupation": dice.pick(["LIBRE", "LIBRE", "OCCUPE_PARTIEL", "OCCUPE", "TRANSITOIRE", "INCONNU"]),
                "bati": dice.pick(["NU", "NU", "BATI", "A_DEMOLIR"]),
                "zone_plu": dice.pick(["U", "U", "AUc", "AUs", "N"]),
                "vocation_pressentie": dice.pick(["LOGEMENT_LOCATIF", "ACCESSION", "EQUIPEMENT", "ESPACE_PUBLIC",
                                                  "JARDINS", "ACTIVITE", "RENATURATION", "MIXTE"]),
                "confidentialite": ["PRIVE", "PARTENAIRES"][number % 2] if number % 5 == 0 else "PUBLIC",
                "commentaire": comment,
            }), outline(chosen)))
    return features


def parcel_features(blocks):
    """The parcels in the schema of the open cadastre; one contenance in eleven is far from the geometry, two are null."""
    dice = Dice("parcels")
    number = 0
    for block in blocks:
        for parcel in block.parcels:
            number += 1
            gap = dice.between(0.06, 0.25) if dice.between(0, 1) < 0.09 else dice.between(0, 0.03)
            fiscal = round(parcel.area_m2 * (1 + dice.pick([-1, 1]) * gap))
            yield mark({
                "id": parcel.id, "commune": parcel.id[:5], "prefixe": parcel.id[5:8], "section": parcel.id[8:10],
                "numero": str(int(parcel.id[10:])), "contenance": None if number in (100, 200) else fiscal,
                "proprietaire": parcel.owner, "secteur": block.sector[1],
            }), geometry.polygon([parcel.ring])


def stock_features(blocks):
    """Dwellings per block and landlord; also kept on the block for the operations."""
    dice = Dice("stock")
    for block in (b for b in blocks if b.use == "logement"):
        counts = {LANDLORD_A: 0, LANDLORD_B: 0, "autres": 0}
        for parcel in block.parcels:
            if not parcel.reserved:
                counts[parcel.owner if parcel.owner in counts else "autres"] += dice.whole(1, 5)
        total = sum(counts.values())
        yield mark({
            "id": f"IL-{block.number:02d}", "nom": f"Îlot {block.number} (fictif)", "secteur": block.sector[1],
            "nb_logements": total, "nb_bailleur_a": counts[LANDLORD_A], "nb_bailleur_b": counts[LANDLORD_B],
            "nb_efg": int(total * dice.between(0.1, 0.7)), "annee_construction": dice.whole(1908, 1975),
        }), outline(block.parcels)


def operation_features(blocks):
    """Operations of both landlords on their parcels, several in the same block so that plans can be crossed."""
    dice = Dice("operations")
    number = 0
    for block in (b for b in blocks if b.use == "logement"):
        for landlord in (LANDLORD_A, LANDLORD_B):
            chosen = grow(dice, block.parcels, dice.whole(2, 6), landlord)
            if not chosen or dice.between(0, 1) < 0.2:
                continue
            number += 1
            start = dice.whole(2021, 2031)
            end = start + dice.whole(1, 4)
            status = (dice.pick(["receptionnee", "close"]) if end < 2026 else "travaux" if start <= 2026
                      else dice.pick(["prevue", "validee_CA", "etudes", "financee"]))
            yield mark({
                "id": f"OP-{number:03d}", "nom": f"Opération {number} (fictif)", "acteur": landlord,
                "secteur": block.sector[1], "objet": "GROUPE",
                "type": dice.pick(["REHAB", "REHAB", "REHAB_LOURDE", "DEMOLITION", "CONSTRUCTION", "VENTE_LOT",
                                   "VENTE_BLOC", "RESIDENTIALISATION"]),
                "segment": dice.pick(["Individuel", "Intermédiaire", "Collectif"]),
                "nb_logements": sum(dice.whole(1, 5) for _ in chosen), "annee_debut": start, "annee_fin": end,
                "statut": dice.pick([status, status, status, "reportee"]) if start > 2026 else status,
            }), outline(chosen)


def public_space_features(blocks, streets):
    """A park (one block), a garden (two parcels of the commune) and a green link (a street) per sector, one in each
    status of a project's life."""
    dice = Dice("public spaces")
    statuses = iter(["ouvert", "travaux", "etude", "gere", "programme", "idee", "concertation", "ouvert", "suspendu"])
    number = 0
    for sector, street in zip(SECTORS, streets):
        own = [b for b in blocks if b.sector is sector]
        park = next(b for b in own if b.use == "parc")
        garden = []
        for block in (b for b in own if b.use == "logement"):
            found = grow(dice, block.parcels, 2, COMMUNE)
            garden = max(garden, found, key=len)
        for kind, title, shape in (
            ("PARC", "Parc", outline(park.parcels)),
            ("JARDIN", "Jardin", outline(garden)),
            ("CAVALIER", "Liaison verte", {"type": "LineString", "coordinates": street}),
        ):
            number += 1
            status = next(statuses)
            built = status in ("ouvert", "gere")
            yield mark({
                "id": f"EP-{number:02d}", "nom": f"{title} {number} (fictif)", "type": kind, "secteur": sector[1],
                "maitre_ouvrage": COMMUNE, "statut": status, "etat": "aménagé" if built else "en devenir",
                "annee": dice.whole(2012, 2024) if built else dice.whole(2026, 2031),
            }), shape


def sector_features(blocks):
    for sector in SECTORS:
        points = [p for b in blocks if b.sector is sector for parcel in b.parcels for p in parcel.ring]
        yield mark({"id": sector[0], "nom": sector[1], "type": "SECTEUR"}), geometry.polygon([geometry.hull(points)])


def layers():
    """Every synthetic layer by name. Reserves come first: they decide the owner of their parcels."""
    blocks, streets = [], []
    for sector in SECTORS:
        more, street = make_sector(sector, len(blocks) + 1)
        blocks += more
        streets.append(street)
    return {
        "reserves-fictives": reserve_features(blocks),
        "parcelles-fictives": list(parcel_features(blocks)),
        "operations-fictives": list(operation_features(blocks)),
        "stock-fictif": list(stock_features(blocks)),
        "espaces-publics-fictifs": list(public_space_features(blocks, streets)),
        "secteurs-fictifs": list(sector_features(blocks)),
    }
