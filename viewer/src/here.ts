// What the layers of the service have at a point, asked from the server: `items?bbox=` of the point itself for
// polygons, which it judges on their true outline, and of a square of a few pixels around it for points and lines,
// which nobody can hit. Nothing is decided here by geometry, and tiles have no say: they know only what is shown.

import { itemPage, itemsPath } from './api'
import type { View } from './permalink'
import type { Collection, Item } from './types'

/** Half the side of the square: as far as the sign of a point reaches, and a finger. */
export const REACH_PX = 16

/** Features listed per layer; a point of a map at zoom 5 may have thousands. */
export const MOST_LISTED = 50

/** The most that the server gives at once. */
const MAX_LIMIT = 10_000

/** Width of the world at zoom 0, in pixels and in metres (the equator of Web Mercator). */
const WORLD_PX = 512
const WORLD_M = 40_075_016.686

export interface Found {
  readonly items: readonly Item[]
  /** whether more lies there than is listed */
  readonly more: boolean
}

/** The point as it is asked, shown, copied and written in the address: 6 decimals of a degree are 11 cm. */
export function herePoint(lon: number, lat: number, zoom: number): View {
  // A map that was pushed round the world says 363°.
  const around = ((((lon + 180) % 360) + 360) % 360) - 180
  return { lon: Number(around.toFixed(6)), lat: Number(lat.toFixed(6)), zoom: Number(zoom.toFixed(2)) }
}

/** « 2.685680, 50.442010 »: longitude first, with points, as programs want it. */
export function coordinates({ lon, lat }: View): string {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`
}

export function pointBox({ lon, lat }: View): string {
  return [lon, lat, lon, lat].map((degrees) => degrees.toFixed(6)).join(',')
}

/** The square of `REACH_PX` to each side, cut at the edges of the world. */
export function reachBox({ lon, lat, zoom }: View): string {
  const dLon = (REACH_PX * 360) / (WORLD_PX * 2 ** zoom)
  const dLat = dLon * Math.cos((lat * Math.PI) / 180)
  const box = [Math.max(lon - dLon, -180), Math.max(lat - dLat, -90), Math.min(lon + dLon, 180), Math.min(lat + dLat, 90)]
  return box.map((degrees) => degrees.toFixed(7)).join(',')
}

/** `REACH_PX` on the ground, to two digits. */
export function reachMetres({ lat, zoom }: View): number {
  return Number(((REACH_PX * WORLD_M * Math.cos((lat * Math.PI) / 180)) / (WORLD_PX * 2 ** zoom)).toPrecision(2))
}

/** What a layer has at the point. A layer without any geometry is not asked. */
export async function featuresAt(collection: Collection, at: View, signal: AbortSignal): Promise<Found> {
  const ask = (box: string): Promise<Found> => placed(collection, box, signal)
  switch (collection.geometryType) {
    case 'none':
      return { items: [], more: false }
    case 'polygon':
      return ask(pointBox(at))
    case 'point':
    case 'line':
      return ask(reachBox(at))
    default:
      // One after the other: whoever asks layers counts on one request each at a time.
      return both(await ask(pointBox(at)), await ask(reachBox(at)))
  }
}

/** The features with a place in a box; those without one are in every box (OGC 17-069r4, 7.15.3). */
async function placed(collection: Collection, box: string, signal: AbortSignal): Promise<Found> {
  const limit = Math.min(MAX_LIMIT, (collection.nullGeometries ?? 0) + MOST_LISTED + 1)
  const page = await itemPage(`${itemsPath(collection.id)}?bbox=${box}&limit=${limit}`, signal)
  const items = page.features.filter(({ geometry }) => geometry !== null)
  const unread = page.links?.some(({ rel }) => rel === 'next') ?? false
  return { items: items.slice(0, MOST_LISTED), more: unread || items.length > MOST_LISTED }
}

/** Of a layer of mixed geometries: all that is exactly at the point, and of what is near it no polygons. */
export function both(exact: Found, near: Found): Found {
  const known = new Set(exact.items.map(({ id }) => String(id)))
  const thin = near.items.filter((item) => isThin(item.geometry) && !known.has(String(item.id)))
  const items = [...exact.items, ...thin]
  return { items: items.slice(0, MOST_LISTED), more: exact.more || near.more || items.length > MOST_LISTED }
}

function isThin(geometry: GeoJSON.Geometry | null): boolean {
  if (!geometry) return false
  if (geometry.type === 'GeometryCollection') return geometry.geometries.every(isThin)
  return geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon'
}
