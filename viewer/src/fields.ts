// Names of well-known attributes in both languages. A name that stands in no table is shown as the source writes
// it. French labels are the domain's own words; the source's name always stands beside the label in the sheet.

import type { Bilingual, Lang, Role } from './types'

const both = (fr: string, en: string): Bilingual => ({ fr, en })

const COMMON: Readonly<Record<string, Bilingual>> = {
  acteur: both('Acteur', 'Body concerned'),
  adresse: both('Adresse', 'Address'),
  age: both('Âge', 'Age'),
  annee: both('Année', 'Year'),
  annee_construction: both('Année de construction', 'Year of construction'),
  annee_debut: both('Année de début', 'Start year'),
  annee_fin: both('Année de fin', 'End year'),
  area: both('Superficie mesurée', 'Measured area'),
  arrondissement: both('Arrondissement', 'Arrondissement'),
  bailleur: both('Bailleur', 'Landlord'),
  bati: both('Bâti', 'Buildings'),
  brgm: both('Fiche BRGM', 'BRGM sheet'),
  certitude: both('Certitude', 'Certainty'),
  citation: both('Citation', 'Quotation'),
  cite: both('Cité', 'Estate'),
  classe_mh: both('Classé monument historique', 'Listed historic monument'),
  code: both('Code', 'Code'),
  code_insee: both('Code INSEE', 'INSEE code'),
  code_siren: both('Code SIREN', 'SIREN code'),
  commentaire: both('Commentaire', 'Comment'),
  commune: both('Commune', 'Commune'),
  commune_1: both('Commune', 'Commune'),
  commune_2: both('Deuxième commune', 'Second commune'),
  commune_3: both('Troisième commune', 'Third commune'),
  commune_4: both('Quatrième commune', 'Fourth commune'),
  commune_5: both('Cinquième commune', 'Fifth commune'),
  commune_6: both('Sixième commune', 'Sixth commune'),
  communes: both('Communes', 'Communes'),
  compagnie: both('Compagnie minière', 'Mining company'),
  concession: both('Concession', 'Concession'),
  confidentialite: both('Confidentialité', 'Confidentiality'),
  contenance: both('Contenance (fiscale)', 'Fiscal area'),
  cote: both('Cote', 'Elevation'),
  created: both('Créé le', 'Created'),
  creusement: both('Creusement', 'Sinking'),
  date: both('Date', 'Date'),
  debut: both('Début', 'Start'),
  denomination: both('Dénomination', 'Name'),
  departement: both('Département', 'Département'),
  description: both('Description', 'Description'),
  document: both('Document', 'Document'),
  element: both('Élément du bien UNESCO', 'Element of the UNESCO property'),
  ensemble: both('Ensemble de la Chaîne des Parcs', 'Part of the Chaîne des Parcs'),
  epci: both('EPCI', 'EPCI'),
  epci_nom: both('EPCI', 'EPCI'),
  epci_siren: both('SIREN de l’EPCI', 'SIREN of the EPCI'),
  etat: both('État de l’espace public', 'State of the public space'),
  fermeture: both('Fermeture', 'Closure'),
  fin: both('Fin', 'End'),
  forme: both('Forme', 'Shape'),
  fosse: both('Fosse', 'Pit'),
  fosse_alias: both('Autre nom de la fosse', 'Other name of the pit'),
  geometrie: both('Géométrie', 'Geometry'),
  gestionnaire: both('Gestionnaire', 'Manager'),
  groupe: both('Groupe', 'Group'),
  id: both('Identifiant', 'Identifier'),
  id_lsm: both('Identifiant de la cité (id_lsm)', 'Estate identifier (id_lsm)'),
  id_troncon: both('Identifiant du tronçon', 'Section identifier'),
  id_unesco: both('Identifiant UNESCO', 'UNESCO identifier'),
  idu: both('Identifiant cadastral (IDU)', 'Cadastral identifier (IDU)'),
  inscrit_mh: both('Inscrit monument historique', 'Registered historic monument'),
  insee: both('Code INSEE', 'INSEE code'),
  intention: both('Intention', 'Intention'),
  interet: both('Intérêt patrimonial', 'Heritage interest'),
  length: both('Longueur mesurée', 'Measured length'),
  libelle: both('Libellé', 'Label'),
  lieu: both('Lieu', 'Place'),
  logements: both('Logements', 'Dwellings'),
  longueur_m: both('Longueur', 'Length'),
  maitre_ouvrage: both('Maître d’ouvrage', 'Client'),
  millesime: both('Millésime', 'Vintage'),
  nature: both('Nature', 'Nature'),
  nb_bailleur_a: both('Logements du bailleur A', 'Dwellings of landlord A'),
  nb_bailleur_b: both('Logements du bailleur B', 'Dwellings of landlord B'),
  nb_communes: both('Communes', 'Communes'),
  nb_efg: both('Logements classés E, F ou G', 'Dwellings rated E, F or G'),
  nb_logements: both('Logements', 'Dwellings'),
  no_element: both('Numéro de l’élément', 'Element number'),
  no_section: both('Numéro de la section', 'Section number'),
  no_terril: both('Numéro du terril', 'Spoil heap number'),
  nom: both('Nom', 'Name'),
  nom_2: both('Autre nom', 'Other name'),
  nom_usuel: both('Nom usuel', 'Usual name'),
  numero: both('Numéro', 'Number'),
  objet: both('Objet', 'Object'),
  occupation: both('Occupation', 'Occupancy'),
  operation: both('Opération', 'Operation'),
  parcelles: both('Parcelles', 'Parcels'),
  periode: both('Période', 'Period'),
  phase: both('Phase', 'Phase'),
  population: both('Population', 'Population'),
  precision_m: both('Précision de l’emplacement', 'Precision of the location'),
  prefixe: both('Préfixe', 'Prefix'),
  profondeur: both('Profondeur', 'Depth'),
  programme: both('Programme', 'Programme'),
  proprietaire: both('Propriétaire', 'Owner'),
  puits: both('Puits', 'Shaft'),
  qualite_vue: both('Qualité de la vue', 'Quality of the view'),
  remarque: both('Remarque', 'Remark'),
  secteur: both('Secteur', 'Sector'),
  section: both('Section', 'Section'),
  segment: both('Segment', 'Segment'),
  signature: both('Signature', 'Signed'),
  siren: both('SIREN', 'SIREN'),
  source: both('Source', 'Source'),
  statut: both('Statut', 'Status'),
  superficie_m2: both('Superficie', 'Area'),
  surface_declaree_m2: both('Superficie déclarée', 'Declared area'),
  surface_ha: both('Superficie', 'Area'),
  surface_km2: both('Superficie', 'Area'),
  surface_m2: both('Superficie', 'Area'),
  type: both('Type', 'Type'),
  typologie: both('Typologie', 'Typology'),
  updated: both('Mis à jour le', 'Updated'),
  usage: both('Usage', 'Use'),
  usage_anterieur: both('Usage antérieur', 'Former use'),
  vocation_pressentie: both('Vocation pressentie', 'Intended purpose'),
  vue_sur: both('Vue sur', 'View of'),
  zonage: both('Zone du PLU', 'Local plan zone'),
  zone: both('Zone', 'Zone'),
  zone_plu: both('Zone du PLU', 'Local plan zone'),
}

/** Where a role gives a word a narrower meaning than the common one. */
const BY_ROLE: Readonly<Partial<Record<Role, Readonly<Record<string, Bilingual>>>>> = {
  'land-reserve': {
    nature: both('Nature de la réserve', 'Kind of reserve'),
    statut: both('Statut de la réserve', 'Status of the reserve'),
  },
  'public-space': {
    nature: both('Nature de l’espace public', 'Kind of public space'),
    statut: both('Statut de l’espace public', 'Status of the public space'),
  },
  estate: { type: both('Type de cité', 'Type of estate') },
  parcel: { id: both('Identifiant cadastral (IDU)', 'Cadastral identifier (IDU)') },
  intervention: {
    nature: both('Nature des travaux', 'Kind of works'),
    type: both('Type d’opération', 'Type of operation'),
  },
  territory: { nom: both('Nom du territoire', 'Name of the territory') },
}

export function fieldLabel(field: string, role: Role | null | undefined, lang: Lang): string | null {
  const name = field.toLowerCase()
  const label = (role ? BY_ROLE[role]?.[name] : undefined) ?? COMMON[name]
  return label?.[lang] ?? null
}

const NAMES = ['nom', 'name', 'titre', 'intitule', 'libelle', 'denomination', 'nom_usuel', 'label', 'title', 'operation']

/** What a feature is called, from its own attributes. Without a name its parcel number, at last its id. */
export function featureName(properties: Readonly<Record<string, unknown>>, id: string): string {
  for (const name of NAMES) {
    const value = properties[name]
    if (typeof value === 'string' && value.trim() !== '') return value
  }
  const { section, numero } = properties
  if (section && numero) return `${String(section)} ${String(numero)}`
  return id
}
