// The map itself: one vector source per collection, the layers of `styles.ts`, the selected feature on top. It knows
// nothing of panels; it reports what was clicked and where the view is.

import {
  LngLatBounds,
  Map as MapLibre,
  ScaleControl,
  setWorkerUrl,
  type GeoJSONSource,
  type MapGeoJSONFeature,
  type PaddingOptions,
  type PointLike,
  type StyleSpecification,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { tileJsonAddress } from './api'
import { hatch, isHatch } from './hatch'
import type { View } from './permalink'
import {
  collectionOfLayer,
  isCollectionSource,
  labelSourceId,
  labelZoom,
  layerId,
  mapLayers,
  roleStyle,
  sourceId,
  styledRole,
} from './styles'
import type { Bbox, Collection, FeatureRef, ViewerConfig } from './types'

setWorkerUrl(new URL(workerUrl, import.meta.url).href)

const MAX_ZOOM = 20
const PAPER = '#F4F1EA'
const SELECTION = 'selection'
const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

/** A feature under the pointer, with what its tile carries: enough for a list, the sheet asks for the rest. */
export interface Hit extends FeatureRef {
  readonly properties: Readonly<Record<string, unknown>>
}

export interface MapEvents {
  readonly clicked: (hits: readonly Hit[], byKeyboard: boolean) => void
  readonly moved: (view: View) => void
  readonly failed: (collection: string | null, error: { readonly message: string }) => void
}

export class TerritoryMap {
  readonly map: MapLibre
  readonly #collections: readonly Collection[]

  constructor(
    container: HTMLElement,
    collections: readonly Collection[],
    visible: ReadonlySet<string>,
    config: ViewerConfig,
    start: View | null,
    events: MapEvents,
  ) {
    this.#collections = collections.filter((collection) => collection.geometryType !== 'none')
    this.map = new MapLibre({
      container,
      style: this.#style(visible, config),
      center: start ? [start.lon, start.lat] : [2.8, 50.43],
      zoom: start?.zoom ?? 9,
      maxZoom: MAX_ZOOM,
      // Tiles are never cut into smaller ones here: an area would get its name once in each piece.
      zoomLevelsToOverscale: MAX_ZOOM,
      // The attributions stand in the page's own line, in the language of the page.
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 100,
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.keyboard.disableRotation()
    this.map.setMissingStyleImageResolver((image) => {
      if (isHatch(image) && !this.map.hasImage(image)) this.map.addImage(image, hatch(image))
      return Promise.resolve()
    })
    this.map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right')
    this.#listen(events)
  }

  #style(visible: ReadonlySet<string>, config: ViewerConfig): StyleSpecification {
    const style: StyleSpecification = {
      version: 8,
      // Not simplified: what is drawn here is what the source says.
      sources: { [SELECTION]: { type: 'geojson', data: EMPTY, tolerance: 0 } },
      layers: [{ id: 'paper', type: 'background', paint: { 'background-color': PAPER } }],
    }
    if (config.baseMap) {
      style.sources['base-map'] = { type: 'raster', tiles: [...config.baseMap.tiles], tileSize: 256 }
      style.layers.push({ id: 'base-map', type: 'raster', source: 'base-map', paint: { 'raster-opacity': 0.7 } })
    }
    for (const collection of this.#collections) {
      const { id } = collection
      const tiles = { type: 'vector', url: tileJsonAddress(id), promoteId: { [id]: 'id' } } as const
      style.sources[sourceId(id)] = tiles
      const maxzoom = labelZoom(collection)
      if (maxzoom !== null) style.sources[labelSourceId(id)] = { ...tiles, maxzoom }
    }
    style.layers.push(...mapLayers(this.#collections, visible), ...selectionLayers())
    return style
  }

  #listen(events: MapEvents): void {
    const { map } = this
    map.on('click', (event) => events.clicked(this.#hits(event.point, 4), false))
    map.on('moveend', () => events.moved(this.view()))
    map.on('error', (event) => {
      // A source adds its id to the errors that pass through it; the declared type does not say so.
      const source = (event as { sourceId?: string }).sourceId ?? ''
      events.failed(isCollectionSource(source) ? source.slice(source.indexOf(':') + 1) : null, event.error)
    })
    let pending = false
    map.on('mousemove', ({ point }) => {
      // One question per frame: a fast pointer asks hundreds of times a second.
      if (pending) return
      pending = true
      requestAnimationFrame(() => {
        pending = false
        map.getCanvas().style.cursor = this.#hits(point, 4).length > 0 ? 'pointer' : ''
      })
    })
    map.getCanvas().addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return
      // What opens takes the focus at once: it must not get the rest of this key press.
      event.preventDefault()
      const { clientWidth, clientHeight } = map.getContainer()
      events.clicked(this.#hits([clientWidth / 2, clientHeight / 2], 8), true)
    })
  }

  /** The features within `reach` pixels of a point, topmost first, each once. */
  #hits(point: PointLike, reach: number): readonly Hit[] {
    const [x, y] = Array.isArray(point) ? point : [point.x, point.y]
    const box: [PointLike, PointLike] = [
      [x - reach, y - reach],
      [x + reach, y + reach],
    ]
    const exact = this.#query(point)
    // Lines and points are thin: what lies beside them counts, but a polygon must really be under the pointer.
    const near = this.#query(box).filter(({ layer }) => layer.type === 'line' || layer.type === 'circle')
    const hits = new Map<string, Hit>()
    for (const feature of [...near.filter(({ layer }) => !layer.id.startsWith('outline')), ...exact]) {
      const collection = collectionOfLayer(feature.layer.id)
      const id = String(feature.properties['id'] ?? feature.id ?? '')
      const key = JSON.stringify([collection, id])
      if (id !== '' && !hits.has(key)) hits.set(key, { collection, id, properties: feature.properties })
    }
    return [...hits.values()].sort((a, b) => this.#rank(b) - this.#rank(a))
  }

  #query(where: PointLike | [PointLike, PointLike]): MapGeoJSONFeature[] {
    return this.map
      .queryRenderedFeatures(where)
      .filter(({ source, layer }) => source.startsWith('collection:') && layer.type !== 'symbol')
  }

  #rank({ collection }: FeatureRef): number {
    const found = this.#collections.find(({ id }) => id === collection)
    return found ? roleStyle(styledRole(found)).order : -1
  }

  view(): View {
    const { lng, lat } = this.map.getCenter()
    return { zoom: this.map.getZoom(), lat, lon: lng }
  }

  jumpTo({ zoom, lat, lon }: View): void {
    this.map.jumpTo({ zoom, center: [lon, lat] })
  }

  fit(box: Bbox, padding: PaddingOptions, moved: 'glide' | 'jump' = 'glide'): void {
    const bounds = new LngLatBounds([box[0], box[1]], [box[2], box[3]])
    this.map.fitBounds(bounds, { padding, maxZoom: 17, duration: moved === 'jump' ? 0 : 600 })
  }

  setVisible(visible: ReadonlySet<string>): void {
    for (const layer of this.map.getStyle().layers) {
      if (!('source' in layer) || !isCollectionSource(layer.source)) continue
      const wanted = visible.has(collectionOfLayer(layer.id)) ? 'visible' : 'none'
      if ((layer.layout?.visibility ?? 'visible') !== wanted) {
        this.map.setLayoutProperty(layer.id, 'visibility', wanted)
      }
    }
  }

  /** Draws the exact geometry of the selected feature, whatever the tiles of this zoom make of it. */
  select(geometry: GeoJSON.Geometry | null): void {
    const data = geometry ? ({ type: 'Feature', properties: {}, geometry } as const) : EMPTY
    const show = () => void this.map.getSource<GeoJSONSource>(SELECTION)?.setData(data)
    if (this.map.getSource(SELECTION)) show()
    else this.map.once('load', show)
  }

  setLabel(text: string): void {
    this.map.getCanvas().setAttribute('aria-label', text)
  }

  /** For tests: the ids of the layers that draw one collection. */
  layersOf(collection: string): string[] {
    return this.map
      .getStyle()
      .layers.filter(({ id }) => id === layerId(collection, id.slice(0, id.indexOf('/'))))
      .map(({ id }) => id)
  }
}

function selectionLayers(): StyleSpecification['layers'] {
  const source = SELECTION
  return [
    { id: 'selection-casing', type: 'line', source, paint: { 'line-color': '#FFFFFF', 'line-width': 7 } },
    { id: 'selection-line', type: 'line', source, paint: { 'line-color': '#C2006B', 'line-width': 3.5 } },
    {
      id: 'selection-point',
      type: 'circle',
      source,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 11,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-color': '#C2006B',
        'circle-stroke-width': 3.5,
      },
    },
  ]
}
