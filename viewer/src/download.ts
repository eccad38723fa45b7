// A layer as one file: walks the pages of `items` to their end and writes one FeatureCollection that says what it is.
// Nothing is left out in silence: the number written is compared with the number announced, and the version of the
// layer at the end with that at the beginning.

import { address, collectionDocument, itemsPath, problem, reachable } from './api'
import { CRS84, crsMember, epsgCode } from './crs'
import { featuresText } from './geojson-text'
import { t } from './i18n'
import { layerTitle } from './layers'
import { licenseOf } from './provenance'
import type { Bbox, Collection, ItemPage, Lang } from './types'

/** The most that the server gives at once (DESIGN §3, Limits). */
const PAGE = 10_000
const SAMPLE = 20

export interface Order {
  readonly collection: Collection
  /** null: the whole layer */
  readonly bbox: Bbox | null
  readonly crs: string
  readonly lang: Lang
}

export interface Saved {
  readonly blob: Blob
  readonly name: string
  readonly written: number
  /** as announced by the first page; null where it announced none */
  readonly matched: number | null
  /** whether the layer was replaced by another version meanwhile */
  readonly changed: boolean
}

export function orderQuery({ bbox, crs }: Pick<Order, 'bbox' | 'crs'>, limit: number): string {
  const parts = [`limit=${limit}`]
  if (bbox) parts.push(`bbox=${bbox.join(',')}`)
  if (crs !== CRS84) parts.push(`crs=${encodeURIComponent(crs)}`)
  return parts.join('&')
}

interface TextPage {
  readonly text: string
  readonly page: ItemPage
}

async function textPage(order: Order, path: string, signal: AbortSignal): Promise<TextPage> {
  const response = await fetch(address(reachable(path)), { headers: { Accept: 'application/geo+json' }, signal })
  if (!response.ok) throw await problem(response)
  // A server that gave other coordinates than it was asked for would fill the file with places elsewhere.
  const given = response.headers.get('Content-Crs')?.replace(/^<|>$/g, '')
  if (given && given !== order.crs) throw new Error(t(order.lang, 'take.wrongCrs', { given, asked: order.crs }))
  const text = await response.text()
  return { text, page: JSON.parse(text) as ItemPage }
}

const firstPath = (order: Order, limit: number) => `${itemsPath(order.collection.id)}?${orderQuery(order, limit)}`

export interface SizeHint {
  readonly count: number
  readonly bytes: number
}

/** How much it would be: the count is exact, the size that of the first features times the count. */
export async function sizeHint(order: Order, signal: AbortSignal): Promise<SizeHint> {
  const { text, page } = await textPage(order, firstPath(order, SAMPLE), signal)
  const sample = page.features.length
  const count = page.numberMatched ?? sample
  const bytes = sample === 0 ? 0 : (new TextEncoder().encode(featuresText(text)).length / sample) * count
  return { count, bytes }
}

/** `progress` is told after each page how many features there are, and of how many. */
export async function download(
  order: Order,
  signal: AbortSignal,
  progress: (written: number, matched: number | null) => void,
): Promise<Saved> {
  const collection = await collectionDocument(order.collection.id, signal)
  const parts: Blob[] = []
  const asked = new Set<string>()
  let written = 0
  let matched: number | null = null
  for (let path: string | undefined = firstPath(order, PAGE); path !== undefined; ) {
    if (asked.has(path)) throw new Error(t(order.lang, 'take.loop'))
    asked.add(path)
    const { text, page }: TextPage = await textPage(order, path, signal)
    if (asked.size === 1) matched = page.numberMatched ?? null
    // A blob may be put on the disk by the browser; a string would stay in memory.
    if (page.features.length > 0) parts.push(new Blob([parts.length > 0 ? ',\n' : '', featuresText(text)]))
    written += page.features.length
    progress(written, matched)
    path = page.links?.find(({ rel }) => rel === 'next')?.href
  }
  const after = await collectionDocument(order.collection.id, signal)
  const changed = after.version !== collection.version
  const head = fileHead({ ...order, collection }, { written, matched, changed, date: new Date() })
  const blob = new Blob([head, ...parts, '\n]}\n'], { type: 'application/geo+json' })
  return { blob, name: fileName({ ...order, collection }), written, matched, changed }
}

interface Outcome extends Pick<Saved, 'written' | 'matched' | 'changed'> {
  readonly date: Date
}

/** The file up to its first feature. Foreign members are allowed (RFC 7946, 6.1). */
export function fileHead({ collection, bbox, crs, lang }: Order, { written, matched, changed, date }: Outcome): string {
  const items = collection.links?.find(({ rel, type }) => rel === 'items' && (type ?? '').includes('geo+json'))
  const license = licenseOf(collection)
  const metadata = {
    collection: collection.id,
    title: layerTitle(collection, lang),
    version: collection.version ?? null,
    nature: collection.nature ?? 'real',
    license: license?.text ?? null,
    ...(license?.href ? { licenseAddress: license.href } : {}),
    attribution: collection.attribution ?? null,
    source: collection.source ?? null,
    date: date.toISOString(),
    address: items ? `${items.href}?${orderQuery({ bbox, crs }, PAGE)}` : null,
    crs,
    ...(bbox ? { bbox } : {}),
    numberMatched: matched,
    numberReturned: written,
    changedMeanwhile: changed,
  }
  const members = { type: 'FeatureCollection', name: collection.id, ...crsMember(crs), metadata }
  return `${JSON.stringify(members).slice(0, -1)},"features":[\n`
}

/** `cites-f092ead2e9db4584.geojson`; an extract and another system say so in the name. */
export function fileName({ collection, bbox, crs, lang }: Order): string {
  const code = epsgCode(crs)
  const parts = [collection.id, collection.version, bbox && t(lang, 'take.extract'), code && `epsg${code}`]
  return `${parts.filter(Boolean).join('-').replace(/[^\p{L}\p{N}._-]+/gu, '_')}.geojson`
}
