"""The real layers, read from their files without any code of the server."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy
import shapely


@dataclass(frozen=True)
class RealLayer:
    """One file of the real data. `key` is the field that its ids come from, or None for the GeoJSON ids."""

    path: str
    count: int
    key: str | None

    @property
    def collection(self) -> str:
        return Path(self.path).stem


# Counts are those that the description of the data states, not read from the files.
LAYERS = [
    RealLayer("bassin-minier/bassin-minier.geojson", 1, None),
    RealLayer("bassin-minier/batis.geojson", 159, "id_unesco"),
    RealLayer("bassin-minier/bien-inscrit.geojson", 109, None),
    RealLayer("bassin-minier/cavaliers.geojson", 14, "id_unesco"),
    RealLayer("bassin-minier/cites-minieres.geojson", 159, None),
    RealLayer("bassin-minier/communes-mbm.geojson", 330, "insee"),
    RealLayer("bassin-minier/departements.geojson", 2, "code"),
    RealLayer("bassin-minier/epci.geojson", 9, "code_siren"),
    RealLayer("bassin-minier/espace-neonaturel.geojson", 5, "id_unesco"),
    RealLayer("bassin-minier/puits-de-mines.geojson", 636, None),
    RealLayer("bassin-minier/terrils.geojson", 51, "id_unesco"),
    RealLayer("bassin-minier/zone-tampon.geojson", 15, "id"),
    RealLayer("bassin-minier/zt-cavaliers.geojson", 1317, None),
    RealLayer("bassin-minier/zt-cites-minieres.geojson", 162, "id_lsm"),
    RealLayer("bassin-minier/zt-espaces-neonaturels.geojson", 7, "id"),
    RealLayer("bassin-minier/zt-parvis-agricoles.geojson", 138, "id"),
    RealLayer("bassin-minier/zt-terrils.geojson", 111, "id"),
    RealLayer("communes-62/arrondissements-62-pas-de-calais.geojson", 7, "code"),
    RealLayer("communes-62/cantons-62-pas-de-calais.geojson", 39, "code"),
    RealLayer("communes-62/communes-62-pas-de-calais.geojson", 891, "code"),
    RealLayer("communes-62/departement-62-pas-de-calais.geojson", 1, "code"),
    RealLayer("cadastre/27412-parcelles.geojson", 1990, "id"),
    RealLayer("cadastre/27412-sections.geojson", 19, "id"),
    RealLayer("cadastre/cadastre-91027-parcelles.json", 6759, "id"),
    RealLayer("cadastre/cadastre-91326-parcelles.json", 2859, "id"),
]
BY_COLLECTION = {layer.collection: layer for layer in LAYERS}

# The faults that the files are known to carry.
INVALID = ("zt-cites-minieres", "id_lsm", 10010)
NULL_GEOMETRY = "zt-cavaliers"


@cache
def features(path: Path) -> list[dict]:
    """The GeoJSON features of a file; a bare Feature is a collection of one."""
    document = json.loads(path.read_text())
    return document["features"] if document["type"] == "FeatureCollection" else [document]


@cache
def geometries(path: Path) -> numpy.ndarray:
    """Their geometries, in file order; None where there is none."""
    return numpy.array(
        [shapely.from_geojson(json.dumps(f["geometry"])) if f["geometry"] else None for f in features(path)]
    )


def own_ids(layer: RealLayer, path: Path) -> list[str]:
    """Each feature's id as text, before duplicates get their suffix."""
    rows = features(path)
    return [str(row["properties"][layer.key] if layer.key else row["id"]) for row in rows]
