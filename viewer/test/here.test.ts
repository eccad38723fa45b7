import { afterEach, describe, expect, test, vi } from 'vitest'
import { reachable } from '../src/api'
import { both, coordinates, featuresAt, herePoint, pointBox, reachBox, reachMetres } from '../src/here'
import { areasOf, summary } from '../src/here-sheet'
import { inTurns } from '../src/pool'
import type { Collection, Item } from '../src/types'

const feature = (id: string, geometry: GeoJSON.Geometry | null): Item => ({ type: 'Feature', id, geometry, properties: {} })
const point = (id: string) => feature(id, { type: 'Point', coordinates: [0, 0] })
const polygon = (id: string) => feature(id, { type: 'Polygon', coordinates: [] })

describe('the point', () => {
  test('has six decimals, once round the world at most', () => {
    expect(herePoint(2.68568049, 50.44200951, 14.126)).toEqual({ lon: 2.68568, lat: 50.44201, zoom: 14.13 })
    expect(herePoint(362.5, 1, 3).lon).toBe(2.5)
    expect(herePoint(-190, 1, 3).lon).toBe(170)
  })

  test('is copied as longitude, latitude', () => {
    expect(coordinates({ lon: 2.68568, lat: 50.44201, zoom: 9 })).toBe('2.685680, 50.442010')
  })

  test('is asked as a box without extent', () => {
    expect(pointBox({ lon: -2.5, lat: 50, zoom: 9 })).toBe('-2.500000,50.000000,-2.500000,50.000000')
  })

  test('is asked for thin things as a square of pixels', () => {
    const [west = 0, south = 0, east = 0, north = 0] = reachBox({ lon: 0, lat: 60, zoom: 14 }).split(',').map(Number)
    expect(east - west).toBeCloseTo((32 * 360) / (512 * 2 ** 14), 6)
    // As many pixels, half the degrees: at 60° Web Mercator is twice as large.
    expect(north - south).toBeCloseTo((east - west) / 2, 6)
    expect(reachMetres({ lon: 0, lat: 60, zoom: 14 })).toBe(38)
  })

  test('stays within the world at its edges', () => {
    expect(reachBox({ lon: 180, lat: 90, zoom: 0 })).toBe('168.7500000,90.0000000,180.0000000,90.0000000')
  })
})

describe('a layer is asked', () => {
  const at = { lon: 2, lat: 50, zoom: 15 }
  const asked: string[] = []
  const answer = (pages: (url: string) => { features: Item[]; links?: { rel: string; href: string }[] }): void => {
    asked.length = 0
    vi.stubGlobal('document', { baseURI: 'http://h/carto/' })
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url)
      return Promise.resolve(new Response(JSON.stringify(pages(url))))
    })
  }
  afterEach(() => vi.unstubAllGlobals())
  const layer = (more: Partial<Collection>): Collection => ({ id: 'a/é', ...more })
  const ask = (more: Partial<Collection>) => featuresAt(layer(more), at, new AbortController().signal)

  test('at the very point where it has areas', async () => {
    answer(() => ({ features: [polygon('p')] }))
    expect(await ask({ geometryType: 'polygon' })).toEqual({ items: [polygon('p')], more: false })
    expect(asked).toEqual(['http://h/carto/collections/a%2F%C3%A9/items?bbox=2.000000,50.000000,2.000000,50.000000&limit=51'])
  })

  test('around the point where it has points', async () => {
    answer(() => ({ features: [point('p')] }))
    expect((await ask({ geometryType: 'point' })).items).toHaveLength(1)
    expect(asked).toEqual([expect.stringContaining(`bbox=${reachBox(at)}&`)])
  })

  test('both ways where it has both', async () => {
    answer((url) => ({ features: url.includes(pointBox(at)) ? [polygon('in')] : [polygon('in'), polygon('beside'), point('near')] }))
    const { items } = await ask({ geometryType: 'mixed' })
    expect(items.map(({ id }) => id)).toEqual(['in', 'near'])
    expect(asked).toHaveLength(2)
  })

  test('not at all where it has no geometry', async () => {
    answer(() => ({ features: [] }))
    expect(await ask({ geometryType: 'none' })).toEqual({ items: [], more: false })
    expect(asked).toEqual([])
  })

  test('for more where features without a place crowd the page, and they are left out', async () => {
    answer(() => ({ features: [feature('nowhere', null), point('p')] }))
    expect((await ask({ geometryType: 'point', nullGeometries: 700 })).items).toEqual([point('p')])
    expect(asked[0]).toMatch(/&limit=751$/)
  })

  test('and says that there is more than it lists', async () => {
    const many = Array.from({ length: 51 }, (_, n) => point(String(n)))
    answer(() => ({ features: many }))
    const full = await ask({ geometryType: 'point' })
    expect([full.items.length, full.more]).toEqual([50, true])
    answer(() => ({ features: [point('p')], links: [{ rel: 'next', href: 'http://h/x' }] }))
    expect((await ask({ geometryType: 'point' })).more).toBe(true)
  })
})

test('of a collection of geometries near the point only thin ones count', () => {
  const collection = (...geometries: GeoJSON.Geometry[]) => feature('c', { type: 'GeometryCollection', geometries })
  const line: GeoJSON.Geometry = { type: 'LineString', coordinates: [] }
  const none = { items: [], more: false }
  expect(both(none, { items: [collection(line)], more: false }).items).toHaveLength(1)
  expect(both(none, { items: [collection(line, { type: 'Polygon', coordinates: [] })], more: false }).items).toHaveLength(0)
})

describe('the sentence at the end', () => {
  const found = (count: number, more = false) => ({ found: { items: Array.from({ length: count }, () => point('p')), more } })
  const check = (answers: Parameters<typeof summary>[0], french: string) => expect(summary(answers, 'fr')).toBe(french)

  test('counts', () => check([found(2), found(0), found(1)], '3 objets à cet endroit.'))
  test('says that there is nothing', () => check([found(0)], 'Aucun objet à cet endroit.'))
  test('says that the list is cut', () => check([found(50, true)], 'Au moins 50 objets à cet endroit.'))
  test('does not call nothing what was not heard', () => check([{ failure: 'x' }, found(0)], '1 couche n’a pas répondu.'))
  test('counts what was not heard too', () =>
    check([{ failure: 'x' }, { failure: 'y' }, found(1)], '1 objet à cet endroit. 2 couches n’ont pas répondu.'))
})

test('areas stand under their own labels', () => {
  expect(areasOf({ role: 'parcel' }, { contenance: 12_500, area: 12_480.4, numero: 3, longueur_m: 5, surface_ha: null }, 'fr')).toEqual([
    'Contenance (fiscale) : 1,25\u202fha / 12\u202f500\u202fm²',
    'Superficie mesurée : 1,25\u202fha / 12\u202f480\u202fm²',
  ])
})

describe('questions in turns', () => {
  test('few at a time, in order, all of them', async () => {
    const started: number[] = []
    const waiting: (() => void)[] = []
    let running = 0
    let most = 0
    const all = inTurns([1, 2, 3, 4, 5, 6, 7], 3, new AbortController().signal, async (n) => {
      started.push(n)
      most = Math.max(most, ++running)
      await new Promise<void>((done) => waiting.push(done))
      running--
    })
    for (let n = 0; n < 7; n++) {
      await vi.waitUntil(() => waiting.length > 0)
      waiting.shift()?.()
    }
    await all
    expect(started).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(most).toBe(3)
  })

  test('none after an abort', async () => {
    const stop = new AbortController()
    const started: number[] = []
    await inTurns([1, 2, 3], 1, stop.signal, (n) => {
      started.push(n)
      stop.abort()
      return Promise.resolve()
    })
    expect(started).toEqual([1])
  })

  test('no input, no turn', async () => {
    await inTurns([], 4, new AbortController().signal, () => Promise.reject(new Error('ran')))
  })
})

test.each([
  ['https://carto.example/terril/collections/c/items?limit=2&after=x', 'http://h:8080/collections/c/items?limit=2&after=x'],
  ['http://x/collections/terril/collections/c/items?a=1', 'http://h:8080/collections/c/items?a=1'],
  ['http://x/collections/collections/items', 'http://h:8080/collections/collections/items'],
  ['http://x/elsewhere', 'http://x/elsewhere'],
])('%s is asked where the page is', (href, asked) => expect(reachable(href, 'http://h:8080/')).toBe(asked))
