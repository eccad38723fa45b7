// The only place that talks to the server. Every address is relative to the page, so that the map also works below
// a path prefix. A refused request becomes a `ProblemError` that carries the server's own words.

import type { Documents } from './addresses'
import type { Collection, Fault, FaultPoints, FeatureRef, Item, ItemPage, Lang, Loads, SearchHit, ViewerConfig } from './types'

export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(detail ? `${title} – ${detail}` : title)
    this.name = 'ProblemError'
  }
}

/** The page's folder: `…/carto/` for `…/carto/`, `…/carto/index.html` or `…/carto/?x#y`. */
export function address(path: string): string {
  return new URL(path, new URL('.', document.baseURI)).href
}

async function json<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(address(path), {
    headers: { Accept: 'application/geo+json, application/json;q=0.9' },
    ...(signal ? { signal } : {}),
  })
  if (!response.ok) throw await problem(response)
  return (await response.json()) as T
}

/** The error of a response that is not 2xx: its problem+json where it has one, its status line where not. */
export async function problem(response: Response): Promise<ProblemError> {
  const fallback = `${response.status} ${response.statusText}`.trim()
  try {
    const body = (await response.json()) as { title?: unknown; detail?: unknown }
    const title = typeof body.title === 'string' ? body.title : fallback
    return new ProblemError(response.status, title, typeof body.detail === 'string' ? body.detail : '')
  } catch {
    return new ProblemError(response.status, fallback, '')
  }
}

const segment = encodeURIComponent

/**
 * The links of the server name its public address. Where the page was reached by another one (a tunnel, a name of the
 * local network) the browser may not go there, so the same resource is asked below the page's own folder.
 */
export function reachable(href: string, folder = new URL('.', document.baseURI).href): string {
  const at = href.search(/\/collections\/[^/?#]+\/items(?:[/?#]|$)/)
  return at < 0 ? href : new URL(href.slice(at + 1), folder).href
}

export function viewerConfig(): Promise<ViewerConfig> {
  return json('viewer.json')
}

export async function collections(): Promise<readonly Collection[]> {
  return (await json<{ collections: readonly Collection[] }>('collections?f=json')).collections
}

export function collectionDocument(collection: string, signal: AbortSignal): Promise<Collection> {
  return json(`collections/${segment(collection)}?f=json`, signal)
}

export interface TileDocument {
  readonly tiles?: readonly string[]
  readonly minzoom?: number
  readonly maxzoom?: number
}

/** What `addresses.ts` reads; a layer whose tiles fail still has its other addresses. */
export interface AddressDocuments extends Documents {
  readonly tileJson: TileDocument | null
  readonly tilesFailure: unknown
}

export async function addressDocuments(collection: string, signal: AbortSignal): Promise<AddressDocuments> {
  const tiles = Promise.all([
    json<TileDocument>(`${segment(collection)}.json`, signal),
    json<NonNullable<Documents['tilesets']>>(`collections/${segment(collection)}/tiles?f=json`, signal),
  ]).then(
    ([tileJson, tilesets]) => ({ tileJson, tilesets, tilesFailure: null }),
    (tilesFailure: unknown) => ({ tileJson: null, tilesets: null, tilesFailure }),
  )
  const [landing, document] = await Promise.all([json<Documents['landing']>('?f=json', signal), collectionDocument(collection, signal)])
  return { landing, collection: document, ...(await tiles) }
}

export function tileJsonAddress(collection: string): string {
  return address(`${segment(collection)}.json`)
}

export function itemAddress({ collection, id }: FeatureRef): string {
  return address(`collections/${segment(collection)}/items/${segment(id)}`)
}

export function itemsPath(collection: string): string {
  return `collections/${segment(collection)}/items`
}

export function itemsAddress(collection: string): string {
  return address(itemsPath(collection))
}

export function item(ref: FeatureRef, signal?: AbortSignal): Promise<Item> {
  return json(`collections/${segment(ref.collection)}/items/${segment(ref.id)}`, signal)
}

export function itemPage(path: string, signal?: AbortSignal): Promise<ItemPage> {
  return json(path, signal)
}

export async function search(text: string, signal: AbortSignal): Promise<readonly SearchHit[]> {
  const query = new URLSearchParams({ q: text, limit: '10' })
  return (await json<{ results: readonly SearchHit[] }>(`search?${query}`, signal)).results
}

export function loads(signal?: AbortSignal): Promise<Loads> {
  return json('loads', signal)
}

/** What loading found wrong with one collection. */
export async function faultsOf(collection: string, signal: AbortSignal): Promise<readonly Fault[]> {
  const path = `loads/${segment(collection)}?f=json&limit=${MOST_FAULTS}`
  return (await json<{ readonly faults?: readonly Fault[] }>(path, signal)).faults ?? []
}

/** How far each layer is. */
export async function stages(): Promise<readonly { readonly id: string; readonly stage: string }[]> {
  return (await json<{ layers: readonly { readonly id: string; readonly stage: string }[] }>('health?f=json')).layers
}

/** Faults of one report at most, in the order of the report; more are told by their number. */
const MOST_FAULTS = 10_000

/** Those of them that have a place, as points. */
export function faultPoints(collection: string, signal: AbortSignal): Promise<FaultPoints> {
  return json(`loads/${segment(collection)}/faults?f=geojson`, signal)
}

/** The report of a layer, to be read. */
export function reportAddress(collection: string, lang: Lang): string {
  return address(`loads/${segment(collection)}?f=html&lang=${lang}`)
}

const PAGE = 1000
const MAX_PAGES = 20

/** Whether the list is whole is part of the answer: a bounded walk must not pass for a complete one. */
export interface PlacelessItems {
  readonly items: readonly Item[]
  readonly whole: boolean
}

/**
 * The features of a collection that have no geometry. They match every `bbox=` (OGC 17-069r4, 7.15.3), so a box at the
 * South Pole finds them and hardly anything else. Stops after 20 pages of 1,000.
 */
export async function itemsWithoutPlace(
  collection: string,
  signal: AbortSignal,
): Promise<PlacelessItems> {
  const found: Item[] = []
  let path = `${itemsPath(collection)}?bbox=-180,-90,-180,-90&limit=${PAGE}`
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await itemPage(path, signal)
    found.push(...answer.features.filter((feature) => feature.geometry === null))
    const next = answer.links?.find((link) => link.rel === 'next')
    if (!next) return { items: found, whole: true }
    path = reachable(next.href)
  }
  return { items: found, whole: false }
}
