import { describe, expect, test } from 'vitest'
import { addressesOf, curlLine, ogrLine, unversioned, type Documents } from '../src/addresses'

const P = 'https://carto.example/carto/'
const GEOJSON = 'application/geo+json'
const documents: Documents = {
  landing: { links: [{ rel: 'service-desc', href: `${P}api` }, { rel: 'self', href: `${P}?f=json` }] },
  collection: {
    id: 'réserves 2024',
    links: [
      { rel: 'self', href: `${P}collections/r`, type: 'application/json' },
      { rel: 'alternate', href: `${P}collections/r?f=html`, type: 'text/html' },
      { rel: 'items', href: `${P}collections/r/items?f=html`, type: 'text/html' },
      { rel: 'items', href: `${P}collections/r/items`, type: GEOJSON },
      { rel: 'tilejson', href: `${P}r.json` },
      { rel: 'stylesheet', href: `${P}styles/r`, type: 'application/vnd.mapbox.style+json' },
      { rel: 'root', href: `${P}` },
    ],
  },
  tileJson: { tiles: [`${P}r/{z}/{x}/{y}.pbf?v=0123`] },
  tilesets: { tilesets: [{ links: [{ rel: 'self', href: `${P}tiles` }, { rel: 'item', href: `${P}t/{tileMatrix}/{tileRow}/{tileCol}` }] }] },
}

describe('addresses', () => {
  test('are those of the links, the landing page without a query', () => {
    expect(addressesOf(documents)).toEqual({
      landing: P,
      items: `${P}collections/r/items`,
      html: `${P}collections/r?f=html`,
      tileJson: `${P}r.json`,
      xyz: `${P}r/{z}/{x}/{y}.pbf`,
      ogcTiles: `${P}t/{tileMatrix}/{tileRow}/{tileCol}`,
      style: `${P}styles/r`,
    })
  })

  test('of the collection stand in where the landing page does not name itself', () => {
    expect(addressesOf({ ...documents, landing: {} }).landing).toBe(P)
  })

  test('that nothing links are not invented', () => {
    const bare = { landing: {}, collection: { id: 'a' }, tileJson: null, tilesets: null }
    expect(addressesOf(bare)).toEqual({})
    expect(curlLine({}, 'a')).toBeNull()
    expect(ogrLine({}, 'a')).toBeNull()
  })
})

test.each([
  ['http://h/a/{z}/{x}/{y}.pbf?v=1', 'http://h/a/{z}/{x}/{y}.pbf'],
  ['http://h/a/{z}/{x}/{y}.pbf?v=1&k=2', 'http://h/a/{z}/{x}/{y}.pbf?k=2'],
  ['http://h/a/{z}/{x}/{y}.pbf?k=2&v=1', 'http://h/a/{z}/{x}/{y}.pbf?k=2'],
  ['http://h/a/{z}/{x}/{y}.pbf?kv=1', 'http://h/a/{z}/{x}/{y}.pbf?kv=1'],
  ['http://h/a/{z}/{x}/{y}.pbf', 'http://h/a/{z}/{x}/{y}.pbf'],
])('%s is kept as %s', (template, kept) => expect(unversioned(template)).toBe(kept))

test('lines quote what a shell would take apart', () => {
  const addresses = addressesOf(documents)
  expect(curlLine(addresses, 'réserves 2024')).toBe(
    `curl --fail --compressed --output "réserves_2024.geojson" "${P}collections/r/items?limit=10000"`,
  )
  expect(ogrLine(addresses, 'réserves 2024')).toBe(`ogr2ogr "réserves_2024.gpkg" "OAPIF:${P}" "réserves 2024"`)
  expect(ogrLine(addresses, 'reserves-2024')).toMatch(/ reserves-2024$/)
})
