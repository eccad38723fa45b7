// What lies over all layers of the map: the feature that the sheet shows, and the point that is being read.

import type { StyleSpecification } from 'maplibre-gl'

export const SELECTION = 'selection'
export const HERE = 'here'

type Layers = StyleSpecification['layers']

const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

export function overlaySources(): StyleSpecification['sources'] {
  return {
    // Not simplified: what is drawn here is what the source says.
    [SELECTION]: { type: 'geojson', data: EMPTY, tolerance: 0 },
    [HERE]: { type: 'geojson', data: EMPTY },
  }
}

export function overlayData(geometry: GeoJSON.Geometry | null): GeoJSON.Feature | GeoJSON.FeatureCollection {
  return geometry ? { type: 'Feature', properties: {}, geometry } : EMPTY
}

export function overlayLayers(): Layers {
  return [...selectionLayers(), ...hereLayers()]
}

function selectionLayers(): Layers {
  const source = SELECTION
  return [
    { id: 'selection-casing', type: 'line', source, paint: { 'line-color': '#FFFFFF', 'line-width': 7 } },
    { id: 'selection-line', type: 'line', source, paint: { 'line-color': '#C2006B', 'line-width': 3.5 } },
    {
      id: 'selection-point',
      type: 'circle',
      source,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 11,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-color': '#C2006B',
        'circle-stroke-width': 3.5,
      },
    },
  ]
}

/** A cross hair would hide what is read: a small ring, seen on every colour. */
function hereLayers(): Layers {
  const source = HERE
  const ring = { 'circle-radius': 6, 'circle-color': 'rgba(0,0,0,0)' }
  return [
    { id: 'here-casing', type: 'circle', source, paint: { ...ring, 'circle-stroke-color': '#FFFFFF', 'circle-stroke-width': 5 } },
    { id: 'here-ring', type: 'circle', source, paint: { ...ring, 'circle-stroke-color': '#1D2321', 'circle-stroke-width': 2 } },
    { id: 'here-point', type: 'circle', source, paint: { 'circle-radius': 2, 'circle-color': '#1D2321' } },
  ]
}
