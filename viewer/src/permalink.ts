// The state of the map in the address: `#map=z/lat/lon&layers=a,b&faults=a&lang=fr&here=z/lat/lon&sel=collection/id`.
// Whoever opens the address sees the same map. Parts that are missing or make no sense are left to the defaults,
// never an error: addresses are cut and mended by mail programs.

import type { FeatureRef, Lang } from './types'

export interface View {
  readonly zoom: number
  readonly lat: number
  readonly lon: number
}

export interface Permalink {
  readonly view: View | null
  /** null: the default layers; empty: none */
  readonly layers: readonly string[] | null
  /** the layers whose faults are drawn */
  readonly faults: readonly string[]
  readonly lang: Lang | null
  readonly selected: FeatureRef | null
  /** a point, and the zoom that says how near counts as there */
  readonly here: View | null
}

export function parsePermalink(hash: string): Permalink {
  const parts = new Map<string, string>()
  for (const part of hash.replace(/^#/, '').split('&')) {
    const [key, ...value] = part.split('=')
    if (key && value.length > 0) parts.set(key, value.join('='))
  }
  const lang = parts.get('lang')
  return {
    view: parseView(parts.get('map')),
    layers: parts.has('layers') ? list(parts.get('layers') ?? '') : null,
    faults: list(parts.get('faults') ?? ''),
    lang: lang === 'fr' || lang === 'en' ? lang : null,
    selected: parseSelected(parts.get('sel')),
    here: parseView(parts.get('here')),
  }
}

export function formatPermalink({ view, layers, faults, lang, selected, here }: Permalink): string {
  const parts: string[] = []
  if (view) parts.push(`map=${round(view.zoom, 2)}/${round(view.lat, 5)}/${round(view.lon, 5)}`)
  if (layers) parts.push(`layers=${layers.map(encodeURIComponent).join(',')}`)
  if (faults.length > 0) parts.push(`faults=${faults.map(encodeURIComponent).join(',')}`)
  if (lang) parts.push(`lang=${lang}`)
  if (here) parts.push(`here=${round(here.zoom, 2)}/${round(here.lat, 6)}/${round(here.lon, 6)}`)
  if (selected) {
    parts.push(`sel=${encodeURIComponent(selected.collection)}/${encodeURIComponent(selected.id)}`)
  }
  return `#${parts.join('&')}`
}

function parseView(text: string | undefined): View | null {
  const [zoom, lat, lon, ...rest] = (text ?? '').split('/').map((part) => (part === '' ? NaN : Number(part)))
  if (zoom === undefined || lat === undefined || lon === undefined || rest.length > 0) return null
  const inside = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180
  return inside ? { zoom, lat, lon } : null
}

function parseSelected(text: string | undefined): FeatureRef | null {
  const slash = text?.indexOf('/') ?? -1
  if (text === undefined || slash < 1 || slash === text.length - 1) return null
  const collection = decode(text.slice(0, slash))
  const id = decode(text.slice(slash + 1))
  return collection && id ? { collection, id } : null
}

function list(text: string): string[] {
  return text.split(',').map(decode).filter(Boolean)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
