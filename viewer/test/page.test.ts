import { describe, expect, test } from 'vitest'
import { dotsOf } from '../src/page/dots'
import { itemAddress, settingsOf } from '../src/page/settings'

const PAGE = 'https://carte.example/sig/collections/parcelles/items?limit=5&lang=en'

describe('what a page tells its map', () => {
  const data = {
    tiles: '../../parcelles.json',
    layer: 'parcelles',
    features: '../../collections/parcelles/items?limit=5&f=geojson',
    bbox: '2.5,50.25,2.75,50.5',
    role: 'parcel',
    items: '../../collections/parcelles/items/',
    carried: '?lang=en',
    open: 'Open the feature',
  }

  test('addresses are below the prefix that the page is below', () => {
    const settings = settingsOf(data, PAGE)
    expect(settings.tiles).toBe('https://carte.example/sig/parcelles.json')
    expect(settings.features).toBe('https://carte.example/sig/collections/parcelles/items?limit=5&f=geojson')
    expect(itemAddress(settings, 'A/1 é')).toBe('https://carte.example/sig/collections/parcelles/items/A%2F1%20%C3%A9?lang=en')
    expect(settings.bbox).toEqual([2.5, 50.25, 2.75, 50.5])
    expect(settings.words.open).toBe('Open the feature')
  })

  test('what is missing or makes no sense is left out', () => {
    const settings = settingsOf({ ...data, features: undefined, role: 'unheard-of', bbox: '1,2,,4' }, PAGE)
    expect(settings.features).toBeNull()
    expect(settings.role).toBe('generic')
    expect(settings.bbox).toBeNull()
  })
})

describe('dots', () => {
  const square = (side: number): GeoJSON.Feature => ({
    type: 'Feature',
    properties: { nom: 'A' },
    geometry: { type: 'Polygon', coordinates: [[[2, 0], [2 + side, 0], [2 + side, side], [2, side], [2, 0]]] },
  })

  test('an area has one in its middle until it is ten pixels wide', () => {
    const [dot] = dotsOf([square(0.01)])
    const [x, y] = (dot?.geometry as GeoJSON.Point).coordinates
    expect(x).toBeCloseTo(2.005)
    expect(y).toBeCloseTo(0.005)
    expect(dot?.properties?.['nom']).toBe('A')
    const zoom = dot?.properties?.['@seen'] as number
    expect((0.01 / 360) * 512 * 2 ** zoom).toBeCloseTo(10)
    expect(dotsOf([square(0.001)])[0]?.properties?.['@seen']).toBeGreaterThan(zoom)
  })

  test('points are seen anyway, and what has no place has no dot', () => {
    const point: GeoJSON.Feature = { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [2, 50] } }
    const placeless = { type: 'Feature', properties: {}, geometry: null } as unknown as GeoJSON.Feature
    expect(dotsOf([point, placeless])).toEqual([])
  })
})
