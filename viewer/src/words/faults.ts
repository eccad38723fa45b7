// Words of the faults that loading and the audit found, where they are drawn on the map.

export const fr = {
  'faults.onMap.one': '{n} anomalie sur la carte',
  'faults.onMap.other': '{n} anomalies sur la carte',
  'faults.toggle': 'Montrer ou cacher les anomalies de la couche « {title} »',
  'faults.shown.one': '{n} anomalie montrée : {title}',
  'faults.shown.other': '{n} anomalies montrées : {title}',
  'faults.none': 'Aucune anomalie de la couche « {title} » n’a de place sur la carte.',
  'faults.hidden': 'Anomalies cachées : {title}',
  'faults.areas': 'Aire avant → après : {before} → {after}',
  'faults.declared': 'Aire déclarée : {declared} ; par la géométrie : {measured}',
  'faults.area': 'Aire : {area}',
  'faults.feature': 'Ouvrir l’objet {id}',
  'faults.report': 'Rapport complet de la couche',
  'faults.sign': 'Losange jaune : anomalie',
  'faults.close': 'Fermer l’anomalie',
} as const

export const en: Readonly<Record<keyof typeof fr, string>> = {
  'faults.onMap.one': '{n} fault on the map',
  'faults.onMap.other': '{n} faults on the map',
  'faults.toggle': 'Show or hide the faults of the layer “{title}”',
  'faults.shown.one': '{n} fault shown: {title}',
  'faults.shown.other': '{n} faults shown: {title}',
  'faults.none': 'No fault of the layer “{title}” has a place on the map.',
  'faults.hidden': 'Faults hidden: {title}',
  'faults.areas': 'Area before → after: {before} → {after}',
  'faults.declared': 'Declared area: {declared}; by the geometry: {measured}',
  'faults.area': 'Area: {area}',
  'faults.feature': 'Open the feature {id}',
  'faults.report': 'Whole report of the layer',
  'faults.sign': 'Yellow diamond: fault',
  'faults.close': 'Close the fault',
}
