// Map libraries in pages of other sites draw the service: OpenLayers its features and tiles, MapLibre its styles.

import { elsewhere, placed, type Site } from '../support/elsewhere'
import { colours } from '../support/picture'
import { expect, test } from '../support/test'

const MIDDLE = [2.7746, 50.4253] as const
const COLLECTIONS = ['parcelles-fictives', 'reserves-fictives', 'espaces-publics-fictifs'] as const
const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'
const MERCATOR = 'http://www.opengis.net/def/crs/EPSG/0/3857'
const LAMBERT = 'http://www.opengis.net/def/crs/EPSG/0/2154'

/** What the tests see in the view once it is drawn, and the view in degrees. */
interface Seen {
  readonly ids: string[]
  readonly box: number[]
  readonly crs: string | null
}

// The libraries come as globals of the page, or by an import inside of it; neither is known to the compiler here.
/* eslint-disable @typescript-eslint/no-explicit-any */

let site: Site
test.beforeAll(async () => {
  site = await elsewhere()
})
test.afterAll(() => site.stop())

for (const collection of COLLECTIONS) {
  for (const crs of [CRS84, MERCATOR]) {
    test(`OpenLayers draws the features of ${collection} in ${crs.split('/').pop()}`, async ({ page, demo }) => {
      await page.goto(site.url + 'openlayers.html')
      const seen = await page.evaluate(
        async ({ server, collection, crs, middle }): Promise<Seen> => {
          const { ol } = window as any
          let contentCrs: string | null = null
          const dataProjection = crs.endsWith('3857') ? 'EPSG:3857' : 'EPSG:4326'
          const source = new ol.source.Vector({
            strategy: ol.loadingstrategy.bbox,
            loader: async (extent: number[], _resolution: number, projection: any, success: (f: any[]) => void) => {
              const box = ol.proj.transformExtent(extent, projection, dataProjection)
              const names = new URLSearchParams({ crs, bbox: box.join(','), 'bbox-crs': crs, limit: '10000' })
              const answer = await fetch(`${server}collections/${collection}/items?${names}`)
              contentCrs = answer.headers.get('content-crs')
              const read = new ol.format.GeoJSON({ dataProjection, featureProjection: projection })
              const features = read.readFeatures(await answer.json())
              source.addFeatures(features)
              success(features)
            },
          })
          const layer = new ol.layer.Vector({ source, style: { 'fill-color': '#c60', 'stroke-color': '#303', 'stroke-width': 2 } })
          const view = new ol.View({ center: ol.proj.fromLonLat(middle), zoom: 16 })
          const map = new ol.Map({ target: 'map', layers: [layer], view, controls: [] })
          await new Promise((done) => map.once('rendercomplete', done))
          const extent = view.calculateExtent(map.getSize())
          const inView: any[] = []
          source.forEachFeatureIntersectingExtent(extent, (feature: any) => void inView.push(feature.getId()))
          return { ids: inView.map(String), box: ol.proj.transformExtent(extent, 'EPSG:3857', 'EPSG:4326'), crs: contentCrs }
        },
        { server: demo, collection, crs, middle: [...MIDDLE] },
      )
      expect(seen.crs).toBe(`<${crs}>`)
      expect(new Set(seen.ids).size).toBe(seen.ids.length)
      expect(seen.ids.length).toBeGreaterThan(0)
      expect(seen.ids.length).toBe(await placed(demo, collection, seen.box))
      const { kinds, mostFrequent } = colours(await page.screenshot())
      expect(kinds).toBeGreaterThan(2)
      expect(mostFrequent).toBeLessThan(0.995)
    })
  }

  for (const way of ['the description of its tile set', 'the address of its tiles'] as const) {
    test(`OpenLayers draws the tiles of ${collection} by ${way}`, async ({ page, demo }) => {
      await page.goto(site.url + 'openlayers.html')
      const seen = await page.evaluate(
        async ({ server, collection, way, middle }): Promise<Seen> => {
          const { ol } = window as any
          const format = new ol.format.MVT({ idProperty: 'id' })
          const tilejson = await (await fetch(`${server}${collection}.json`)).json()
          const source = way.startsWith('the description')
            ? new ol.source.OGCVectorTile({ url: `${server}collections/${collection}/tiles/WebMercatorQuad`, format })
            : new ol.source.VectorTile({ url: tilejson.tiles[0], format, maxZoom: tilejson.maxzoom })
          // The description is fetched before anything is asked for.
          while (source.getState() !== 'ready') await new Promise((done) => source.once('change', done))
          // Beyond the bounds there is nothing to be asked for.
          const extent = ol.proj.transformExtent(tilejson.bounds, 'EPSG:4326', 'EPSG:3857')
          const layer = new ol.layer.VectorTile({ source, extent, style: { 'fill-color': '#06c', 'stroke-color': '#303', 'stroke-width': 2 } })
          const view = new ol.View({ center: ol.proj.fromLonLat(middle), zoom: 16 })
          const map = new ol.Map({ target: 'map', layers: [layer], view, controls: [] })
          await new Promise((done) => map.once('rendercomplete', done))
          const shown = view.calculateExtent(map.getSize())
          const inView = layer.getFeaturesInExtent(shown).filter((f: any) => ol.extent.intersects(f.getGeometry().getExtent(), shown))
          const ids = new Set<string>(inView.map((feature: any) => String(feature.getId())))
          return { ids: [...ids], box: ol.proj.transformExtent(shown, 'EPSG:3857', 'EPSG:4326'), crs: null }
        },
        { server: demo, collection, way, middle: [...MIDDLE] },
      )
      // Tiles reach beyond their edge, and an envelope beyond its feature: a few more than the box holds.
      const inBox = await placed(demo, collection, seen.box)
      expect(inBox).toBeGreaterThan(0)
      expect(seen.ids.length).toBeGreaterThanOrEqual(inBox)
      expect(seen.ids.length).toBeLessThanOrEqual(inBox + 10)
      const { kinds, mostFrequent } = colours(await page.screenshot())
      expect(kinds).toBeGreaterThan(2)
      expect(mostFrequent).toBeLessThan(0.995)
    })
  }

  test(`MapLibre draws the style of ${collection}`, async ({ page, demo }) => {
    await page.goto(site.url + 'maplibre.html')
    const seen = await page.evaluate(
      async ({ server, collection, middle }): Promise<Seen> => {
        // Not a name that the compiler could look up.
        const library = './maplibre-gl.mjs'
        const module = (await import(library)) as any
        const maplibre = module.default ?? module
        const style = `${server}styles/${collection}`
        const map = new maplibre.Map({ container: 'map', style, center: middle, zoom: 15, attributionControl: false })
        await new Promise((done) => map.once('idle', done))
        const ids = new Set<string>(map.queryRenderedFeatures().map((feature: any) => String(feature.properties.id)))
        return { ids: [...ids], box: map.getBounds().toArray().flat(), crs: null }
      },
      { server: demo, collection, middle: [...MIDDLE] },
    )
    const inBox = await placed(demo, collection, seen.box)
    expect(inBox).toBeGreaterThan(0)
    expect(seen.ids.length).toBe(inBox)
    const { kinds, mostFrequent } = colours(await page.screenshot())
    expect(kinds).toBeGreaterThan(2)
    expect(mostFrequent).toBeLessThan(0.995)
  })
}

test('OpenLayers reads a storage CRS that it was told of', async ({ page, demo }) => {
  await page.goto(site.url + 'openlayers.html')
  const first = await page.evaluate(
    async ({ server, crs }) => {
      const { ol } = window as any
      const answer = await fetch(`${server}collections/parcelles-fictives/items?limit=1&crs=${encodeURIComponent(crs)}`)
      const [feature] = new ol.format.GeoJSON().readFeatures(await answer.json())
      return { at: feature.getGeometry().getFirstCoordinate() as number[], crs: answer.headers.get('content-crs') }
    },
    { server: demo, crs: LAMBERT },
  )
  expect(first.crs).toBe(`<${LAMBERT}>`)
  const [east = 0, north = 0] = first.at
  // East before north, in the department of Pas-de-Calais.
  expect(east).toBeGreaterThan(600_000)
  expect(east).toBeLessThan(720_000)
  expect(north).toBeGreaterThan(7_000_000)
})
