// What the page tells the map, from the `data-` attributes of its place. Addresses come relative to the page.

import { ROLES, type Bbox, type Role } from '../types'

/** What the map says itself, each in an attribute of its own. */
const WORDS = ['map', 'partly', 'open', 'close', 'zoomIn', 'zoomOut', 'scroll', 'touch'] as const

export interface Settings {
  /** TileJSON of the layer */
  readonly tiles: string
  readonly layer: string
  /** GeoJSON of what the page shows; null where it shows the layer as a whole */
  readonly features: string | null
  readonly bbox: Bbox | null
  readonly role: Role | 'generic'
  /** the field that names a feature, where the layer's role knows one */
  readonly name: string | null
  /** what an item's address begins with */
  readonly items: string
  /** what an item's address ends with: `?lang=en`, or nothing */
  readonly carried: string
  readonly words: Readonly<Record<(typeof WORDS)[number], string>>
}

export function settingsOf(data: Readonly<DOMStringMap>, page: string): Settings {
  const address = (text: string): string => new URL(text, page).href
  const role = ROLES.find((known) => known === data['role'])
  return {
    tiles: address(data['tiles'] ?? ''),
    layer: data['layer'] ?? '',
    features: data['features'] === undefined ? null : address(data['features']),
    bbox: bboxOf(data['bbox']),
    role: role ?? 'generic',
    name: data['name'] ?? null,
    items: address(data['items'] ?? ''),
    carried: data['carried'] ?? '',
    words: Object.fromEntries(WORDS.map((name) => [name, data[name] ?? ''])) as Settings['words'],
  }
}

function bboxOf(text: string | undefined): Bbox | null {
  const [west, south, east, north, ...rest] = (text ?? '').split(',').map((part) => (part === '' ? NaN : Number(part)))
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null
  return rest.length === 0 && [west, south, east, north].every(Number.isFinite) ? [west, south, east, north] : null
}

export function itemAddress(settings: Settings, id: string): string {
  return `${settings.items}${encodeURIComponent(id)}${settings.carried}`
}
