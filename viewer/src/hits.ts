// What the drawn map has under a pointer: quick, for nothing is asked, and only of what is shown.

import type { Map as MapLibre, MapGeoJSONFeature, PointLike } from 'maplibre-gl'
import { collectionOfLayer, roleStyle, styledRole } from './styles'
import type { Collection, FeatureRef } from './types'

/** A feature under the pointer, with what its tile carries. */
export interface Hit extends FeatureRef {
  readonly properties: Readonly<Record<string, unknown>>
}

/** The features within `reach` pixels of a point, topmost first, each once. */
export function hitsAt(
  map: MapLibre,
  collections: readonly Collection[],
  [x, y]: readonly [number, number],
  reach: number,
): readonly Hit[] {
  const box: [PointLike, PointLike] = [
    [x - reach, y - reach],
    [x + reach, y + reach],
  ]
  const exact = query(map, [x, y])
  // Lines and points are thin: what lies beside them counts, but a polygon must really be under the pointer.
  const near = query(map, box).filter(({ layer }) => layer.type === 'line' || layer.type === 'circle')
  const hits = new Map<string, Hit>()
  for (const feature of [...near.filter(({ layer }) => !layer.id.startsWith('outline')), ...exact]) {
    const collection = collectionOfLayer(feature.layer.id)
    const id = String(feature.properties['id'] ?? feature.id ?? '')
    const key = JSON.stringify([collection, id])
    if (id !== '' && !hits.has(key)) hits.set(key, { collection, id, properties: feature.properties })
  }
  const rank = ({ collection }: FeatureRef): number => {
    const found = collections.find(({ id }) => id === collection)
    return found ? roleStyle(styledRole(found)).order : -1
  }
  return [...hits.values()].sort((a, b) => rank(b) - rank(a))
}

function query(map: MapLibre, where: PointLike | [PointLike, PointLike]): MapGeoJSONFeature[] {
  return map
    .queryRenderedFeatures(where)
    .filter(({ source, layer }) => source.startsWith('collection:') && layer.type !== 'symbol')
}
