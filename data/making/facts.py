"""The seed layers: what the founding documents and public sources name, with sentence, document and certainty.

Each entry has `proprietes` (the facts themselves, nothing else), how it is drawn (`forme`, `centre`, `surface_m2`) and
where it comes from: `citation` is the sentence of the founding `document`, word for word, or both are None and
`source` names the public source. `certitude`: haute, moyenne, or "nom seul" where nothing but the name is known.
`precision_m`: the real place lies within so many metres of what is drawn; None where nothing is drawn.
"""

S0 = "S0: communiqué de presse Pas-de-Calais habitat, Maisons & Cités et CDC Habitat, 20 octobre 2020"
S2 = "S2: texte des bailleurs sociaux de Sambre Avesnois Thiérache"
S3 = "S3: décision du conseil d'administration, Pas-de-Calais habitat, 16 février 2024"
S4 = "S4: annonce de la convention de partenariat Action Logement et ADCF"

TROIS_OPERATIONS = (
    "Néanmoins, sur certains projets majeurs de réhabilitation / développement, Pas-de-Calais habitat et Maisons et "
    "Cités ont travaillé de concert : l’îlot « Olof Palme / Curve » ou l’ancienne gendarmerie à Liévin, la "
    "réhabilitation de la cité de Belgique à Grenay et Loos-en-Gohelle, pour ne prendre que ces exemples."
)
JARDINS = (
    "En décembre 2020, un projet de jardins sur le site du “Bois aux oiseaux“ à Sains-en-Gohelle a illustré cette "
    "nouvelle vision des espaces extérieurs."
)
SIX_HECTARES = (
    "L’aménagement de cet ancien site minier de 6 hectares, propriété de Pas-de-Calais habitat, permettra de redonner "
    "du sens à un patrimoine foncier délaissé dans lequel la nature a repris ses droits et qui pourra profiter aux "
    "habitants dépourvus d’espace de jardin."
)
PROXIMITE = (
    "La proximité immédiate de la cité 10 de Sains-en-Gohelle permettra d’associer les locataires de Maisons et Cités "
    "à la définition et aux usages des espaces publics du bois aux oiseaux."
)
AGENCE = (
    "Par ailleurs, les deux bailleurs ont pris la décision de mutualiser de manière expérimentale leur agence "
    "commerciale de location HLM à Arras."
)
CONCOURS = (
    "Celui-ci sera lancé au cours du 1er semestre 2021 dans le cadre de l’Engagement pour le renouveau du bassin "
    "minier (ERBM)."
)
TRAME_VERTE = (
    "Les parties s’étaient engagées à étudier en commun des nouvelles formes d’appropriation et de qualification de "
    "ces espaces afin de les investir au profit des habitants, notamment dans le cadre de la trame verte des "
    "agglomérations du Bassin Minier ou encore dans le projet important de la Chaîne des Parcs."
)
REQUALIFICATION = (
    "Amplement engagés dans la requalification de leur parc par des programmes de redynamisation du territoire tels "
    "l’ANRU ou Action Cœur de Ville, ils redéploient l’offre de logements au service des habitants dans chacun de ces "
    "projets, visibles par les populations et qui touchent au plus près leur quotidien et leur qualité de vie."
)
PLANS_NATIONAUX = (
    "Par la signature de cette convention de partenariat en faveur des dynamiques des politiques locales de l’habitat "
    "et de l’aménagement des territoires, les deux partenaires s’engagent à renforcer les synergies existantes et à "
    "mettre en commun leurs compétences afin de développer leurs actions dans les territoires en faveur du logement, "
    "dans le cadre notamment du plan national \"Action Cœur de ville\", des opérations du Nouveau Programme National "
    "de Renouvellement Urbain (NPNRU) et du Plan d’investissement volontaire d’un montant de 9 milliards d’euros "
    "qu’Action Logement a signé avec l’Etat le 25 avril 2020."
)
PSP_OFFICE = (
    "Lors de la réunion du Conseil d’administration du 26 mars 2021, le PSP immobilier de l’Office a été approuvé sur "
    "la totalité des logements collectifs du parc, permettant ainsi lors de la réunion du Conseil d’administration du "
    "23 septembre 2022 de valider la liste des bâtiments constitutifs du PMT 2022-2024."
)

INSEE = "Code officiel géographique (INSEE) ; point placé au centre de la commune"
MBM = "Mission Bassin Minier (surface et centre des cités, Licence Ouverte 2.0)"
CHAINE = "Pages publiques d'Euralens, du Pôle métropolitain de l'Artois et de la presse ; liste partielle"
DISQUE = "Disque de la surface connue, centré sur le centre connu : ce n'est pas le contour réel."
POINT_COMMUNE = "Point au centre de la commune : le contour n'est pas dans cette couche."

LIEVIN = (2.778, 50.421)
LENS = (2.832, 50.429)
CITE_10 = {"forme": "disque", "centre": (2.6857, 50.4420), "surface_m2": 457400}
CITE_DE_BELGIQUE = {"forme": "disque", "centre": (2.7589, 50.4453), "surface_m2": 123000}
BOIS_AUX_OISEAUX = {
    "forme": "hexagone", "surface_m2": 60000, "au_nord_de": CITE_10, "ecart_m": 20.0, "precision_m": 1500,
    "document": S3, "source": "Décision du 16 février 2024", "certitude": "haute",
    "remarque": "Nom, surface, propriétaire et voisinage de la cité 10 sont dits par le document. L'emplacement exact "
                "n'est pas connu : l'hexagone de 6 ha est posé par convention au nord du disque de la cité 10.",
}


def commune(code, name, centre, precision_m, citation=None, **more):
    """A commune: quoted from S3 where the document names it, else from the official list alone."""
    return {
        "proprietes": {"id": code, "nom": name, "type": "COMMUNE", "code_insee": code,
                       "surface_m2": more.get("surface_m2"), "population": more.get("population")},
        "forme": more.get("forme", "point"), "centre": centre, "surface_m2": more.get("surface_m2"),
        "precision_m": precision_m, "citation": citation, "document": S3 if citation else None,
        "source": more.get("source", INSEE), "certitude": "haute", "remarque": more.get("remarque", POINT_COMMUNE),
    }


def park(key, name, place, centre, precision_m):
    """A park of the Chaîne des Parcs, known by its name and the places public pages give for it."""
    return {
        "proprietes": {"id": key, "nom": name, "type": "PARC", "ensemble": "Chaîne des Parcs", "commune": place,
                       "proprietaire": None, "surface_m2": None, "statut": None, "etat": None, "annee": None},
        "forme": "point", "centre": centre, "precision_m": precision_m, "citation": None, "document": None,
        "source": CHAINE, "certitude": "moyenne",
        "remarque": "Point au centre d'une des communes nommées : ni le contour, ni l'avancement du parc ne sont "
                    "connus ici.",
    }


def programme(key, name, citation, document, **facts):
    """A programme that a document names; without a place unless `forme` and `centre` are given."""
    drawn = {k: facts.pop(k) for k in ("forme", "centre", "precision_m", "source", "remarque") if k in facts}
    columns = ("signature", "annee_debut", "annee_fin", "nb_communes", "nb_logements")
    return {
        "proprietes": {"id": key.lower(), "code": key, "nom": name, **{c: facts.get(c) for c in columns}},
        "forme": "aucune", "precision_m": None, "source": document.split(": ", 1)[1], "certitude": "haute",
        "remarque": "Aucun périmètre n'est connu : l'objet est sans géométrie.",
        **drawn, "citation": citation, "document": document,
    }


LAYERS = {
    "reserves-nommees": [
        {**BOIS_AUX_OISEAUX, "citation": SIX_HECTARES, "proprietes": {
            "id": "bois-aux-oiseaux", "nom": "Bois aux oiseaux", "commune": "Sains-en-Gohelle", "code_insee": "62737",
            "acteur": "Pas-de-Calais habitat", "surface_declaree_m2": 60000, "statut": None, "occupation": None,
            "usage_anterieur": "ancien site minier", "vocation_pressentie": "JARDINS"}},
    ],
    "espaces-publics-nommes": [
        {**BOIS_AUX_OISEAUX, "citation": JARDINS, "proprietes": {
            "id": "bois-aux-oiseaux", "nom": "Bois aux oiseaux", "type": "JARDIN", "ensemble": None,
            "commune": "Sains-en-Gohelle", "proprietaire": "Pas-de-Calais habitat", "surface_m2": 60000,
            "statut": "en devenir", "etat": "en devenir", "annee": 2020}},
        park("parc-centralite", "Centralité", "Lens", (2.83, 50.43), 5000),
        park("parc-berges-de-la-souchez", "Berges de la Souchez", "Noyelles-sous-Lens", (2.87, 50.43), 6000),
        park("parc-des-iles", "Parc des Îles", "Drocourt", (2.92, 50.39), 4000),
        park("parc-contreforts-de-l-artois", "Contreforts de l'Artois", "Fresnicourt-le-Dolmen", (2.60, 50.42),
             15000),
        park("parc-canal-d-aire", "Canal d'Aire", "Béthune", (2.64, 50.53), 5000),
        park("parc-deux-vallees", "Deux Vallées", "Calonne-Ricouart", (2.48, 50.49), 5000),
        park("parc-canal-de-la-deule", "Canal de la Deûle", "Wingles", (2.86, 50.49), 5000),
    ],
    "cites-nommees": [
        {**CITE_10, "precision_m": 400, "citation": PROXIMITE, "document": S3, "source": MBM, "certitude": "haute",
         "remarque": DISQUE + " Surface de la partie inscrite au patrimoine mondial ; 8,22 ha en zone tampon ne sont "
                              "pas dessinés.",
         "proprietes": {"id": "cite-10", "nom": "Cité 10", "nom_2": "Cité n°10 de Béthune", "id_lsm": "161",
                        "id_unesco": "87A", "type": "Cité pavillonnaire", "interet": "Exceptionnelle",
                        "acteur": "Maisons et Cités", "communes": "Sains-en-Gohelle, Bouvigny-Boyeffles, Aix-Noulette",
                        "surface_m2": 457400}},
        {**CITE_DE_BELGIQUE, "precision_m": 300, "citation": TROIS_OPERATIONS, "document": S3, "source": MBM,
         "certitude": "haute", "remarque": DISQUE,
         "proprietes": {"id": "cite-de-belgique", "nom": "Cité de Belgique", "nom_2": None, "id_lsm": "100043",
                        "id_unesco": None, "type": "Cité pavillonnaire", "interet": "Remarquable",
                        "acteur": "Maisons et Cités", "communes": "Grenay, Loos-en-Gohelle", "surface_m2": 123000}},
    ],
    "operations-nommees": [
        {**drawn, "citation": TROIS_OPERATIONS, "document": S3, "source": "Décision du 16 février 2024",
         "proprietes": {"id": key, "nom": name, "acteur": "Pas-de-Calais habitat, Maisons et Cités",
                        "commune": communes, "type": kind, "nb_logements": None, "annee_debut": None,
                        "annee_fin": None, "statut": None}}
        for key, name, communes, kind, drawn in [
            ("lievin-olof-palme-curve", "Îlot « Olof Palme / Curve »", "Liévin", None,
             {"forme": "aucune", "precision_m": None, "certitude": "nom seul",
              "remarque": "Rien d'autre que le nom n'est connu : l'objet est sans géométrie."}),
            ("lievin-ancienne-gendarmerie", "Ancienne gendarmerie", "Liévin", None,
             {"forme": "point", "centre": LIEVIN, "precision_m": 3500, "certitude": "nom seul",
              "remarque": "Point au centre de Liévin : le document ne dit ni l'adresse, ni la nature de l'opération."}),
            ("cite-de-belgique-rehabilitation", "Réhabilitation de la cité de Belgique", "Grenay, Loos-en-Gohelle",
             "REHAB", {**CITE_DE_BELGIQUE, "precision_m": 300, "certitude": "haute",
                       "remarque": DISQUE + " Ni les dates ni le nombre de logements ne sont dits par le document."}),
        ]
    ],
    "programmes-nommes": [
        programme("ERBM", "Engagement pour le renouveau du bassin minier", CONCOURS, S0, forme="point",
                  centre=LENS, precision_m=60000, signature="2017-03-07", annee_debut=2017,
                  annee_fin=2027, nb_communes=250, nb_logements=23000,
                  source="Dates et chiffres : préfecture de région Hauts-de-France, 16 janvier 2023",
                  remarque="Point de repère à Lens : le programme couvre 250 communes du bassin minier, dont le "
                           "périmètre n'est pas dessiné."),
        programme("CHAINE_PARCS", "Chaîne des Parcs", TRAME_VERTE, S3),
        programme("TVB", "Trame verte des agglomérations du bassin minier", TRAME_VERTE, S3),
        programme("PSP", "Plan stratégique de patrimoine de Pas-de-Calais habitat", PSP_OFFICE, S3),
        programme("ANRU", "Programmes de l'ANRU", REQUALIFICATION, S2),
        programme("ACV", "Action Cœur de Ville", REQUALIFICATION, S2),
        programme("NPNRU", "Nouveau Programme National de Renouvellement Urbain", PLANS_NATIONAUX, S4),
        programme("PIV", "Plan d'investissement volontaire d'Action Logement", PLANS_NATIONAUX, S4,
                  signature="2020-04-25"),
    ],
    "communes-nommees": [
        commune("62737", "Sains-en-Gohelle", (2.6844, 50.4453), 1500, JARDINS, forme="disque", surface_m2=5730000,
                population=5972, source="Code officiel géographique (INSEE) ; surface 5,73 km² et population 2022 : Wikipédia",
                remarque="Disque de la surface connue de la commune : ce n'est pas son contour."),
        commune("62386", "Grenay", (2.751, 50.450), 2000, TROIS_OPERATIONS),
        commune("62528", "Loos-en-Gohelle", (2.794, 50.457), 3500, TROIS_OPERATIONS),
        commune("62510", "Liévin", LIEVIN, 3500, TROIS_OPERATIONS),
        commune("62041", "Arras", (2.777, 50.291), 4500, AGENCE),
        commune("62498", "Lens", LENS, 3500),
        commune("62427", "Hénin-Beaumont", (2.947, 50.420), 5500),
    ],
}
