// What lies over all layers of the map: the faults that are shown, the feature of the sheet, the point that is being read.

import type { StyleSpecification } from 'maplibre-gl'

export const SELECTION = 'selection'
export const HERE = 'here'
export const FAULTS = 'faults'
/** The layer whose markers are pointed at. */
export const FAULT_MARK = 'fault-mark'
/** Its image. */
export const FAULT_SIGN = 'fault-sign'

type Layers = StyleSpecification['layers']

const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

export function overlaySources(): StyleSpecification['sources'] {
  return {
    // Not simplified: what is drawn here is what the source says.
    [SELECTION]: { type: 'geojson', data: EMPTY, tolerance: 0 },
    [HERE]: { type: 'geojson', data: EMPTY },
    [FAULTS]: { type: 'geojson', data: EMPTY },
  }
}

export function overlayData(geometry: GeoJSON.Geometry | null): GeoJSON.Feature | GeoJSON.FeatureCollection {
  return geometry ? { type: 'Feature', properties: {}, geometry } : EMPTY
}

export function overlayLayers(): Layers {
  return [...faultLayers(), ...selectionLayers(), ...hereLayers()]
}

/** Every fault is drawn, however many lie together: one that hides behind another is not told of. */
function faultLayers(): Layers {
  const layout = { 'icon-image': FAULT_SIGN, 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const
  return [{ id: FAULT_MARK, type: 'symbol', source: FAULTS, layout }]
}

/** The sign of a fault: a diamond, which no layer has for its points. */
export function faultSign(): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } {
  const size = 19
  const middle = (size - 1) / 2
  const data = new Uint8ClampedArray(size * size * 4)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = Math.abs(x - middle) + Math.abs(y - middle)
      if (from > middle) continue
      // White outside, dark within it, yellow inside, a dark dot in the middle.
      const colour = from > middle - 1 ? [255, 255, 255] : from > middle - 3 || from < 2 ? [74, 24, 0] : [255, 204, 0]
      data.set([...colour, 255], (y * size + x) * 4)
    }
  }
  return { width: size, height: size, data }
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
