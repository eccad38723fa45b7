// The addresses by which other software reads a layer. All are the server's own words: taken from the links of its
// documents, which know the public name and the prefix behind a proxy. Where the page was opened says neither.

import type { Collection, Link } from './types'

export interface Documents {
  readonly landing: { readonly links?: readonly Link[] }
  readonly collection: Collection
  /** null where the layer has none, being without places, or where asking failed */
  readonly tileJson: { readonly tiles?: readonly string[] } | null
  readonly tilesets: { readonly tilesets?: readonly { readonly links?: readonly Link[] }[] } | null
}

export const ADDRESS_KINDS = ['landing', 'items', 'html', 'tileJson', 'xyz', 'ogcTiles', 'style'] as const
export type AddressKind = (typeof ADDRESS_KINDS)[number]

export type Addresses = Readonly<Partial<Record<AddressKind, string>>>

const STYLE = 'application/vnd.mapbox.style+json'

export function addressesOf({ landing, collection, tileJson, tilesets }: Documents): Addresses {
  const own = collection.links ?? []
  const root = plain(find(landing.links, 'self') ?? find(own, 'root'))
  const found: Partial<Record<AddressKind, string | undefined>> = {
    landing: root,
    items: find(own, 'items', 'application/geo+json'),
    html: find(own, 'alternate', 'text/html'),
    tileJson: find(own, 'tilejson'),
    xyz: tileJson?.tiles?.[0] && unversioned(tileJson.tiles[0]),
    ogcTiles: tilesets?.tilesets?.[0]?.links?.find(({ rel, href }) => rel === 'item' && href.includes('{'))?.href,
    style: find(own, 'stylesheet', STYLE),
  }
  return Object.fromEntries(Object.entries(found).filter(([, href]) => href)) as Addresses
}

function find(links: readonly Link[] | undefined, rel: string, type?: string): string | undefined {
  return links?.find((link) => link.rel === rel && (!type || link.type === type))?.href
}

/** Clients append their own paths and queries to the landing page. */
function plain(href: string | undefined): string | undefined {
  return href?.replace(/[?#].*$/, '')
}

/**
 * A template without the version of the layer that the map's own tiles carry: kept in somebody's project it would ask
 * for a state that is past.
 */
export function unversioned(template: string): string {
  return template.replace(/([?&])v=[^&]*(&|$)/, (_, before: string, after: string) => (after ? before : ''))
}

/** As a shell of any system takes it. Addresses have no quote, dollar or backquote: they are encoded there. */
function quoted(text: string): string {
  return `"${text}"`
}

/** The first page, which is the layer where it is not larger than a page. */
export function curlLine({ items }: Addresses, id: string): string | null {
  return items ? `curl --fail --compressed --output ${quoted(`${fileStem(id)}.geojson`)} ${quoted(`${items}?limit=10000`)}` : null
}

/** The whole layer into a GeoPackage: GDAL follows the pages by itself. */
export function ogrLine({ landing }: Addresses, id: string): string | null {
  const layer = /^[\w-]+$/.test(id) ? id : quoted(id)
  return landing ? `ogr2ogr ${quoted(`${fileStem(id)}.gpkg`)} ${quoted(`OAPIF:${landing}`)} ${layer}` : null
}

export function fileStem(id: string): string {
  return id.replace(/[^\p{L}\p{N}._-]+/gu, '_')
}
