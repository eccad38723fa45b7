// The small map of a page: the layer's tiles faintly, the page's own features strongly, a popup with the way to each.

import 'maplibre-gl/dist/maplibre-gl.css'
import {
  LngLatBounds,
  Map as MapLibre,
  NavigationControl,
  Popup,
  ScaleControl,
  setWorkerUrl,
  type ExpressionSpecification,
  type GeoJSONSource,
  type LayerSpecification,
  type MapGeoJSONFeature,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { boxOf } from '../feature-sheet'
import { featureName } from '../fields'
import { union } from '../layers'
import { roleStyle } from '../styles'
import type { Bbox } from '../types'
import { itemAddress, settingsOf, type Settings } from './settings'

setWorkerUrl(new URL(workerUrl, import.meta.url).href)

const PAPER = '#F4F1EA'
const OWN = 'own'
const LAYER = 'layer'
const POLYGON: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon']
const POINT: ExpressionSpecification = ['==', ['geometry-type'], 'Point']

export async function mount(element: HTMLElement): Promise<void> {
  const settings = settingsOf(element.dataset, document.baseURI)
  const style = roleStyle(settings.role)
  const alone = settings.features === null
  const map = new MapLibre({
    container: element,
    style: {
      version: 8,
      sources: {
        [LAYER]: { type: 'vector', url: settings.tiles, promoteId: { [settings.layer]: 'id' } },
        [OWN]: { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, tolerance: 0 },
      },
      layers: [
        { id: 'paper', type: 'background', paint: { 'background-color': PAPER } },
        ...drawn(LAYER, settings.layer, style.colour, alone ? 1 : 0.3),
        ...drawn(OWN, null, style.edge, 1),
      ],
    },
    // The page scrolls with the wheel; a map in it must not catch that.
    cooperativeGestures: true,
    locale: locale(settings),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 20,
    ...(settings.bbox ? { bounds: around([settings.bbox]), fitBoundsOptions: { padding: 24, maxZoom: 17 } } : {}),
  })
  map.touchZoomRotate.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right')
  map.on('error', () => partly(element, settings))
  map.on('mousemove', ({ point }) => {
    map.getCanvas().style.cursor = hit(map, [point.x, point.y]) ? 'pointer' : ''
  })
  map.on('click', ({ point, lngLat }) => {
    const feature = hit(map, [point.x, point.y])
    if (feature) new Popup({ maxWidth: '280px' }).setLngLat(lngLat).setDOMContent(card(feature, settings)).addTo(map)
  })
  // Tests read the state of the drawn map here; nothing of the page does.
  Object.assign(window, { terrilPage: { map } })
  if (settings.features === null) return
  try {
    show(map, await features(settings.features))
  } catch {
    partly(element, settings)
  }
}

/** The layers that draw a source: areas, their outlines, lines, points. */
function drawn(source: string, tileLayer: string | null, colour: string, strength: number): LayerSpecification[] {
  const from = tileLayer === null ? { source } : { source, 'source-layer': tileLayer }
  return [
    { ...from, id: `${source}-fill`, type: 'fill', filter: POLYGON, paint: { 'fill-color': colour, 'fill-opacity': 0.25 * strength } },
    {
      ...from,
      id: `${source}-line`,
      type: 'line',
      filter: ['!', POINT],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': colour, 'line-opacity': strength, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, strength, 16, 2.5 * strength] },
    },
    {
      ...from,
      id: `${source}-point`,
      type: 'circle',
      filter: POINT,
      paint: {
        'circle-color': colour,
        'circle-opacity': strength,
        'circle-radius': 6,
        'circle-stroke-color': '#FFFFFF',
        'circle-stroke-opacity': strength,
        'circle-stroke-width': 1.5,
      },
    },
  ]
}

async function features(address: string): Promise<readonly GeoJSON.Feature[]> {
  const response = await fetch(address, { headers: { Accept: 'application/geo+json' } })
  if (!response.ok) throw new Error(`${response.status}`)
  const body = (await response.json()) as GeoJSON.FeatureCollection | GeoJSON.Feature
  return body.type === 'FeatureCollection' ? body.features : [body]
}

function show(map: MapLibre, own: readonly GeoJSON.Feature[]): void {
  // MapLibre keeps ids of features that are whole numbers only; the popup needs every id.
  const named = own.map((feature) => ({ ...feature, properties: { ...feature.properties, '@id': String(feature.id ?? '') } }))
  const draw = () => void map.getSource<GeoJSONSource>(OWN)?.setData({ type: 'FeatureCollection', features: named })
  if (map.getSource(OWN)) draw()
  else map.once('load', draw)
  const boxes = own.map(({ geometry }) => boxOf(geometry)).filter((box) => box !== null)
  if (boxes.length > 0) map.fitBounds(around(boxes), { padding: 36, maxZoom: 17, duration: 0 })
}

function around(boxes: readonly Bbox[]): LngLatBounds {
  const [west, south, east, north] = union(boxes) ?? boxes[0] ?? [-180, -85, 180, 85]
  return new LngLatBounds([west, south], [east, north])
}

/** The feature under a point: the page's own before the layer's; what is thin counts a little beside it too. */
function hit(map: MapLibre, [x, y]: readonly [number, number]): MapGeoJSONFeature | null {
  const layers = [OWN, LAYER].flatMap((source) => [`${source}-point`, `${source}-line`, `${source}-fill`])
  const known = layers.filter((id) => map.getLayer(id))
  const near = map.queryRenderedFeatures([[x - 4, y - 4], [x + 4, y + 4]], { layers: known })
  const inside = new Set(map.queryRenderedFeatures([x, y], { layers: known }).map(({ layer, id }) => `${layer.id} ${String(id)}`))
  const meant = near.filter(({ layer, id }) => layer.type !== 'fill' || inside.has(`${layer.id} ${String(id)}`))
  return meant.find(({ source }) => source === OWN) ?? meant[0] ?? null
}

/** What a popup says: the feature's name, and a link to its page. */
function card(feature: MapGeoJSONFeature, settings: Settings): HTMLElement {
  const { properties } = feature
  const id = String(properties['@id'] ?? properties['id'] ?? feature.id ?? '')
  const own: unknown = settings.name === null ? undefined : properties[settings.name]
  const title = document.createElement('strong')
  title.textContent = typeof own === 'string' && own.trim() !== '' ? own : featureName(properties, id)
  const link = document.createElement('a')
  link.href = itemAddress(settings, id)
  link.textContent = settings.words.open
  const box = document.createElement('p')
  box.append(title, document.createElement('br'), link)
  return box
}

/** Something could not be loaded: said once, below the map. */
function partly(element: HTMLElement, { words }: Settings): void {
  const figure = element.parentElement
  if (!figure || figure.querySelector('.partly')) return
  const note = document.createElement('p')
  note.className = 'partly'
  note.setAttribute('role', 'status')
  note.textContent = words.partly
  figure.append(note)
}

/** MapLibre's own words, in the language of the page. */
function locale({ words }: Settings): Record<string, string> {
  return {
    'CooperativeGesturesHandler.WindowsHelpText': words.scroll,
    'CooperativeGesturesHandler.MacHelpText': words.scroll.replace('Ctrl', '⌘'),
    'CooperativeGesturesHandler.MobileHelpText': words.touch,
    'Map.Title': words.map,
    'NavigationControl.ZoomIn': words.zoomIn,
    'NavigationControl.ZoomOut': words.zoomOut,
    'Popup.Close': words.close,
  }
}
