import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { validateStyleMin, type StyleSpecification } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, test } from 'vitest'
import { hatch, isHatch } from '../src/hatch'
import { collectionOfLayer, isWide, labelZoom, looks, mapLayers, roleStyle, STYLED_ROLES } from '../src/styles'
import { ROLES, type Collection } from '../src/types'
import { ciede2000, contrast, difference, type Vision } from './colour'

const FOLDER = fileURLToPath(new URL('../../styles', import.meta.url))
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

function read(file: string): StyleSpecification {
  return JSON.parse(readFileSync(resolve(FOLDER, file), 'utf8')) as StyleSpecification
}

describe('style files', () => {
  test('there is one for each role and one for layers without', () => {
    expect(files.sort()).toEqual([...ROLES, 'generic'].map((role) => `${role}.json`).sort())
  })

  test.each(files)('%s is a valid MapLibre style', (file) => expect(validateStyleMin(read(file))).toEqual([]))

  test.each(files)('%s draws what is schematic in dashes and what is fictitious in hatching', (file) => {
    const { layers } = read(file)
    const dashed = layers.filter(({ id }) => id.endsWith('-schematic'))
    expect(dashed.map(({ id }) => id)).toEqual(['outline-schematic', 'line-schematic'])
    for (const layer of dashed) {
      expect(layer).toHaveProperty('paint.line-dasharray')
      expect(JSON.stringify(layer)).toContain('["==",["get","geometrie"],"schematique"]')
    }
    const hatched = layers.find(({ id }) => id === 'hatch')
    expect(hatched?.metadata).toEqual({ 'terril:nature': 'synthetic' })
    const pattern = hatched?.type === 'fill' ? hatched.paint?.['fill-pattern'] : undefined
    expect(isHatch(String(pattern))).toBe(true)
  })

  test.each(files)('%s has a legend in both languages', (file) => {
    const { label, group } = roleStyle(file.replace('.json', '') as 'generic')
    for (const text of [label.fr, label.en, group.fr, group.en]) expect(text).toMatch(/\S/)
  })

  test.each(files)('the labels of %s can be read', (file) => {
    const labels = read(file).layers.filter((layer) => layer.type === 'symbol')
    expect(labels.map(({ id }) => id)).toEqual(['label', 'label-point'])
    for (const { paint } of labels) {
      expect(contrast(String(paint?.['text-color']), '#FFFFFF')).toBeGreaterThanOrEqual(4.5)
      expect(paint?.['text-halo-width']).toBeGreaterThanOrEqual(1.5)
      expect(paint?.['text-halo-color']).toMatch(/^rgba\(255,255,255,0\.9/)
    }
  })
})

describe('colours', () => {
  // The pair that is nearest in the Okabe–Ito palette itself (orange and yellow, deuteranopia) stands at 11.6.
  const LEAST = 11

  test.each<Vision>(['normal', 'protanopia', 'deuteranopia'])('roles can be told apart with %s', (vision) => {
    let pairs = 0
    for (const [nth, one] of STYLED_ROLES.entries()) {
      for (const other of STYLED_ROLES.slice(nth + 1)) {
        const apart = difference(roleStyle(one).colour, roleStyle(other).colour, vision)
        expect(apart, `${one} and ${other}`).toBeGreaterThanOrEqual(LEAST)
        pairs++
      }
    }
    expect(pairs).toBe(55)
  })

  test('the distance is that of the published test data', () => {
    // Sharma, Wu and Dalal 2005, pairs 1, 4, 17 and 25
    expect(ciede2000([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4)
    expect(ciede2000([50, -1.3802, -84.2814], [50, 0, -82.7485])).toBeCloseTo(1, 4)
    expect(ciede2000([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4)
    expect(ciede2000([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(1.2644, 4)
  })
})

describe('layers of the map', () => {
  const collection = (id: string, rest: Partial<Collection>): Collection => ({ id, nature: 'real', ...rest })
  const served = [
    collection('cites/a', { role: 'estate' }),
    collection('cites-b', { role: 'estate' }),
    collection('reserves', { role: 'land-reserve', nature: 'synthetic' }),
    collection('terrils', { role: null }),
  ]
  const layers = mapLayers(served, new Set(['reserves']))

  test('fills lie under lines, lines under points, points under words', () => {
    const types = layers.map(({ type }) => type)
    const bands = ['fill', 'line', 'circle', 'symbol']
    const places = types.map((type) => bands.indexOf(type))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(new Set(types).size).toBe(4)
  })

  test('reserves lie over estates, estates over layers without a role', () => {
    const fills = layers.filter(({ id }) => id.startsWith('fill/')).map(({ id }) => collectionOfLayer(id))
    expect(fills).toEqual(['terrils', 'cites-b', 'cites/a', 'reserves'])
  })

  test('only fictitious data are hatched', () => {
    expect(layers.filter(({ id }) => id.startsWith('hatch/')).map(({ id }) => id)).toEqual(['hatch/reserves'])
  })

  test('two layers of a role have two shades', () => {
    const look = looks(served)
    expect(look.get('cites/a')?.colour).toBe(roleStyle('estate').colour)
    expect(look.get('cites-b')?.colour).not.toBe(look.get('cites/a')?.colour)
    expect(JSON.stringify(layers.find(({ id }) => id === 'fill/cites-b'))).toContain(look.get('cites-b')?.colour)
  })

  test('a layer that covers the territory is drawn lightly and below the others of its role', () => {
    const box = (size: number) => ({ spatial: { bbox: [[2, 50, 2 + size, 50 + size]] } })
    const cantons = collection('cantons', { geometryType: 'polygon', itemCount: 39, extent: box(1) })
    const sheds = collection('sheds', { geometryType: 'polygon', itemCount: 159, extent: box(0.5) })
    expect([isWide(cantons), isWide(sheds)]).toEqual([true, false])
    const look = looks([cantons, sheds])
    expect(look.get('cantons')?.fillOpacity).toBeLessThan(0.1)
    const fills = mapLayers([cantons, sheds], new Set()).filter(({ type }) => type === 'fill')
    expect(fills.map(({ id }) => collectionOfLayer(id))).toEqual(['cantons', 'sheds'])
    expect(fills[0]).toHaveProperty('paint.fill-opacity', look.get('cantons')?.fillOpacity)
  })

  test('areas are named from larger tiles, points and crowds of areas from their own', () => {
    const zoom = (rest: Partial<Collection>) => labelZoom(collection('x', rest))
    expect(zoom({ role: 'territory', geometryType: 'polygon', itemCount: 330 })).toBe(10)
    expect(zoom({ role: 'territory', geometryType: 'point', itemCount: 330 })).toBeNull()
    expect(zoom({ role: 'parcel', geometryType: 'polygon', itemCount: 1e6 })).toBe(15)
    expect(zoom({ role: null, geometryType: 'polygon', itemCount: 1e6 })).toBeNull()
  })

  test('what is switched off is not drawn', () => {
    for (const layer of layers) {
      expect(layer.layout?.visibility).toBe(collectionOfLayer(layer.id) === 'reserves' ? 'visible' : 'none')
    }
  })

  test('together they are a valid style', () => {
    const sources = Object.fromEntries(
      served.map(({ id }) => [`collection:${id}`, { type: 'vector' as const, url: 'x.json' }]),
    )
    expect(validateStyleMin({ version: 8, sources, layers })).toEqual([])
  })
})

describe('hatching', () => {
  test('it is drawn in the colour it is asked for and joins its neighbours', () => {
    const { data, width, height } = hatch('hatch/#E69F00')
    expect(data.length).toBe(width * height * 4)
    expect([...data.slice(0, 3)]).toEqual([0xe6, 0x9f, 0x00])
    const alpha = (x: number, y: number) => data[((y % height) * width + (x % width)) * 4 + 3]
    for (let x = 0; x < width; x++) expect(alpha(x, 0)).toBe(alpha(x + 1, height - 1))
    const covered = [...data].filter((part, at) => at % 4 === 3 && part > 127).length / (width * height)
    expect(covered).toBeGreaterThan(0.1)
    expect(covered).toBeLessThan(0.4)
  })

  test('other images are not ours', () => expect(isHatch('marker-15')).toBe(false))
})
