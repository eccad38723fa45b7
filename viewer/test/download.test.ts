import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CRS84, crsChoices, crsMember } from '../src/crs'
import { download, fileName, sizeHint, type Order } from '../src/download'
import { outward } from '../src/download-sheet'
import { doubtTexts } from '../src/downloads'
import { bytes } from '../src/format'
import { featuresText } from '../src/geojson-text'
import type { Collection } from '../src/types'

const EPSG = 'http://www.opengis.net/def/crs/EPSG/0/'

describe('features, to the letter', () => {
  test.each([
    ['{"type":"FeatureCollection","features":[{"a":1},{"b":[1,2]}],"numberMatched":2}', '{"a":1},{"b":[1,2]}'],
    ['{"features":[]}', ''],
    [' {\n "features" : [ \n{"x": 1} ] }', '{"x": 1}'],
    ['{"features":[{"id":12345678901234567890,"h":1.50}]}', '{"id":12345678901234567890,"h":1.50}'],
    // Brackets, quotes and backslashes in texts.
    [String.raw`{"features":[{"t":"]}\\\"[{"},{"u":"\\"}],"z":[9]}`, String.raw`{"t":"]}\\\"[{"},{"u":"\\"}`],
    // The same name deeper, or as a value.
    ['{"a":{"features":[1]},"n":"features","b":[2],"features":[3]}', '3'],
    ['{"name":"features","features":[4]}', '4'],
  ])('%s', (page, text) => expect(featuresText(page)).toBe(text))

  test.each(['{}', '[]', '{"features":{"a":1}}', '{"features":[1', '{"a":"', '{"a":{"features":[1]}}'])('%s is refused', (page) =>
    expect(() => featuresText(page)).toThrow(),
  )
})

describe('systems of coordinates', () => {
  test('CRS84 comes first, latitude-first ones are named and not offered', () => {
    const { offered, northFirst } = crsChoices({ crs: [`${EPSG}2154`, CRS84, `${EPSG}4326`, `${EPSG}3950`, `${EPSG}9850`, `${EPSG}3035`, `${EPSG}31370`] })
    expect(offered).toEqual([
      { uri: CRS84, name: null },
      { uri: `${EPSG}2154`, name: 'RGF93 v1 / Lambert-93 (EPSG:2154)' },
      { uri: `${EPSG}3950`, name: 'RGF93 v1 / CC50 (EPSG:3950)' },
      { uri: `${EPSG}9850`, name: 'RGF93 v2b / CC50 (EPSG:9850)' },
      { uri: `${EPSG}31370`, name: 'EPSG:31370' },
    ])
    expect(northFirst).toEqual(['4326', '3035'])
  })

  test('a server without a list gives CRS84', () => expect(crsChoices({}).offered).toHaveLength(1))

  test('the file names any other system as GDAL reads it', () => {
    expect(crsMember(CRS84)).toBeNull()
    expect(JSON.stringify(crsMember(`${EPSG}2154`))).toContain('urn:ogc:def:crs:EPSG::2154')
  })
})

describe('a download', () => {
  const collection: Collection = {
    id: 'a b',
    title: 'A',
    version: 'v1',
    license: 'Licence Ouverte 2.0',
    source: 'S',
    links: [{ rel: 'items', type: 'application/geo+json', href: 'https://p/carto/collections/a%20b/items' }],
  }
  const order: Order = { collection, bbox: null, crs: CRS84, lang: 'en' }
  /** Answers by the rest of the address after the collection; `versions` are those of the collection, call by call. */
  let pages: Record<string, { body: unknown; crs?: string; status?: number }>
  let versions: string[]
  let asked: string[]

  beforeEach(() => {
    asked = []
    versions = ['v1', 'v1']
    vi.stubGlobal('document', { baseURI: 'http://h/carto/' })
    vi.stubGlobal('fetch', (url: string, { signal }: RequestInit) => {
      const rest = url.replace('http://h/carto/collections/a%20b', '')
      asked.push(rest)
      if (signal?.aborted) return Promise.reject(new DOMException('', 'AbortError'))
      if (rest === '?f=json') return Promise.resolve(new Response(JSON.stringify({ ...collection, version: versions.shift() })))
      const { body, crs, status = 200 } = pages[rest] ?? { body: { title: 'unknown' }, status: 404 }
      const headers = crs ? { 'Content-Crs': crs } : {}
      return Promise.resolve(new Response(JSON.stringify(body), { status, headers }))
    })
  })
  afterEach(() => vi.unstubAllGlobals())

  const page = (ids: number[], matched: number | undefined, next?: string) => ({
    body: {
      type: 'FeatureCollection',
      features: ids.map((id) => ({ type: 'Feature', id, geometry: null, properties: {} })),
      numberMatched: matched,
      // The public address is another than that of the page.
      links: next ? [{ rel: 'next', href: `https://p/carto/collections/a%20b/items${next}` }] : [],
    },
  })
  const FIRST = '/items?limit=10000'
  const take = (own: Partial<Order> = {}, signal = new AbortController().signal, progress = vi.fn()) =>
    download({ ...order, ...own }, signal, progress)

  test('walks all pages into one file that says what it is', async () => {
    pages = { [FIRST]: page([1, 2], 5, '?x=2'), '/items?x=2': page([3, 4], 5, '?x=3'), '/items?x=3': page([5], 5) }
    const progress = vi.fn()
    const saved = await take({}, undefined, progress)
    expect(progress.mock.calls).toEqual([[2, 5], [4, 5], [5, 5]])
    const file = JSON.parse(await saved.blob.text()) as Record<string, unknown> & { features: { id: number }[] }
    expect(Object.keys(file)).toEqual(['type', 'name', 'metadata', 'features'])
    expect(file.features.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5])
    expect(file['metadata']).toMatchObject({
      collection: 'a b',
      version: 'v1',
      license: 'Licence Ouverte 2.0',
      source: 'S',
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      address: 'https://p/carto/collections/a%20b/items?limit=10000',
      numberMatched: 5,
      numberReturned: 5,
      changedMeanwhile: false,
    })
    expect(saved.name).toBe('a_b-v1.geojson')
    expect(doubtTexts(saved, 'en')).toEqual([])
  })

  test('of nothing is a valid file of nothing', async () => {
    pages = { [FIRST]: page([], 0) }
    const { blob } = await take()
    expect(JSON.parse(await blob.text())).toMatchObject({ type: 'FeatureCollection', features: [] })
  })

  test('an empty page in the middle leaves no hole', async () => {
    pages = { [FIRST]: page([], 1, '?x=2'), '/items?x=2': page([1], 1) }
    expect(JSON.parse(await (await take()).blob.text()).features).toHaveLength(1)
  })

  test('says when the count is not what was announced', async () => {
    pages = { [FIRST]: page([1], 3) }
    const saved = await take()
    expect(doubtTexts(saved, 'fr')).toEqual(['Attention : le serveur annonçait 3 objets, le fichier en contient 1.'])
    expect(JSON.parse(await saved.blob.text()).metadata).toMatchObject({ numberMatched: 3, numberReturned: 1 })
  })

  test('says when nothing was announced, and when the layer changed', async () => {
    versions = ['v1', 'v2']
    pages = { [FIRST]: page([1], undefined) }
    const texts = doubtTexts(await take(), 'en')
    expect(texts).toHaveLength(2)
    expect(texts[1]).toMatch(/changed during the download/)
  })

  test('of a view and in Lambert-93 asks so, and the file says it', async () => {
    const crs = `${EPSG}2154`
    pages = { [`${FIRST}&bbox=1,2,3,4&crs=${encodeURIComponent(crs)}`]: { ...page([1], 1), crs: `<${crs}>` } }
    const saved = await take({ crs, bbox: [1, 2, 3, 4] })
    expect(saved.name).toBe('a_b-v1-extract-epsg2154.geojson')
    const file = JSON.parse(await saved.blob.text()) as { crs: unknown; metadata: { bbox: unknown; crs: unknown } }
    expect(file).toMatchObject({ crs: { properties: { name: 'urn:ogc:def:crs:EPSG::2154' } }, metadata: { bbox: [1, 2, 3, 4], crs } })
  })

  test('in other coordinates than asked is refused', async () => {
    pages = { [FIRST]: { ...page([1], 1), crs: `<${EPSG}2154>` } }
    await expect(take()).rejects.toThrow(`The server answers in ${EPSG}2154`)
  })

  test('that comes back to a page it had ends', async () => {
    pages = { [FIRST]: page([1], 9, '?x=2'), '/items?x=2': page([2], 9, '?x=2') }
    await expect(take()).rejects.toThrow('the same page twice')
  })

  test('fails with the words of the server, whichever page fails', async () => {
    pages = { [FIRST]: page([1], 2, '?x=2'), '/items?x=2': { body: { title: 'Busy', detail: 'Try later.' }, status: 503 } }
    await expect(take()).rejects.toThrow('Busy – Try later.')
  })

  test('can be cancelled between pages', async () => {
    const stop = new AbortController()
    pages = { [FIRST]: page([1], 2, '?x=2'), '/items?x=2': page([2], 2) }
    await expect(take({}, stop.signal, vi.fn(() => stop.abort()))).rejects.toThrow(DOMException)
    expect(asked.filter((rest) => rest === FIRST)).toHaveLength(1)
  })

  test('has a size before it starts', async () => {
    pages = { '/items?limit=20': page([1, 2], 200) }
    const { count, bytes: size } = await sizeHint(order, new AbortController().signal)
    expect(count).toBe(200)
    const one = JSON.stringify({ type: 'Feature', id: 1, geometry: null, properties: {} }).length
    expect(size).toBeCloseTo((2 * one + 1) * 100)
  })

  test('of nothing has the size of nothing', async () => {
    pages = { '/items?limit=20': page([], 0) }
    expect(await sizeHint(order, new AbortController().signal)).toEqual({ count: 0, bytes: 0 })
  })
})

test('a name of a file has nothing that a file system refuses', () => {
  const collection = { id: 'été/2024:x', version: 'v' }
  expect(fileName({ collection, bbox: null, crs: CRS84, lang: 'fr' })).toBe('été_2024_x-v.geojson')
})

test('a box is rounded away from its middle and stays in the world', () => {
  expect(outward([2.1234567, -50.1234567, 2.2234561, 50.1])).toEqual([2.123456, -50.123457, 2.223457, 50.1])
  expect(outward([-200, -95, 200, 95])).toEqual([-180, -90, 180, 90])
  expect(outward(null)).toBeNull()
})

test('sizes have two digits and the units of the language', () => {
  expect(bytes(0, 'fr')).toBe('0\u202fo')
  expect(bytes(1234, 'fr')).toBe('1,2\u202fko')
  expect(bytes(999_900, 'en')).toBe('1\u00a0MB')
  expect(bytes(2_460_000_000_000, 'en')).toBe('2,500\u00a0GB')
})
