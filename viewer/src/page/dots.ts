// Dots for what is too small to be seen: a parcel on a map of the whole territory is less than a pixel.

import { boxOf } from '../feature-sheet'

/** A size in pixels from which on a feature needs no dot. */
const SEEN_PX = 10

/** A point in the middle of each line and area, with the zoom from which on it is large enough to be seen. */
export function dotsOf(own: readonly GeoJSON.Feature[]): GeoJSON.Feature[] {
  return own.flatMap((feature) => {
    const box = feature.geometry?.type.endsWith('Point') ? null : boxOf(feature.geometry)
    if (!box) return []
    const [west, south, east, north] = box
    // MapLibre's tiles are 512 pixels wide; a degree of latitude is wider than one of longitude.
    const degrees = Math.max(east - west, (north - south) / Math.cos((south * Math.PI) / 180), 1e-9)
    const seen = Math.log2((SEEN_PX * 360) / (512 * degrees))
    const geometry: GeoJSON.Point = { type: 'Point', coordinates: [(west + east) / 2, (south + north) / 2] }
    return [{ type: 'Feature' as const, geometry, properties: { ...feature.properties, '@seen': seen } }]
  })
}
