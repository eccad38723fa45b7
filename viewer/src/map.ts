// The map itself: one vector source per collection, the layers of `styles.ts`, the selected feature on top. It knows
// nothing of panels; it reports what was clicked and where the view is.

import {
  LngLatBounds,
  Map as MapLibre,
  Popup,
  ScaleControl,
  setWorkerUrl,
  type GeoJSONSource,
  type StyleSpecification,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { tileJsonAddress } from './api'
import { listenForPointing, type Wanted } from './gestures'
import { hatch, isHatch } from './hatch'
import { herePoint } from './here'
import { hitsAt, type Hit } from './hits'
import { FAULT_MARK, FAULT_SIGN, FAULTS, faultSign, HERE, overlayData, overlayLayers, overlaySources, SELECTION } from './overlays'
import type { View } from './permalink'
import type { Covered } from './shell'
import {
  collectionOfLayer,
  isCollectionSource,
  labelSourceId,
  labelZoom,
  layerId,
  mapLayers,
  sourceId,
} from './styles'
import type { Bbox, Collection, FaultPoint, FaultProperties, ViewerConfig } from './types'

setWorkerUrl(new URL(workerUrl, import.meta.url).href)

const MAX_ZOOM = 20
/** Faults told in one popup; those that lie under them come with the next click, closer. */
const MOST_IN_POPUP = 10
const PAPER = '#F4F1EA'

export interface MapEvents {
  readonly pointed: (at: View, wanted: Wanted, hits: readonly Hit[]) => void
  readonly moved: (view: View, extent: Bbox) => void
  /** What a popup of these faults holds. */
  readonly faults: (faults: readonly FaultProperties[]) => { readonly content: HTMLElement; readonly close: string }
  readonly failed: (collection: string | null, error: { readonly message: string }) => void
}

export class TerritoryMap {
  readonly map: MapLibre
  readonly #collections: readonly Collection[]
  #points: readonly FaultPoint[] = []
  #popup: Popup | null = null

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
      if (image === FAULT_SIGN && !this.map.hasImage(image)) this.map.addImage(image, faultSign())
      return Promise.resolve()
    })
    this.map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right')
    this.#listen(events)
  }

  #style(visible: ReadonlySet<string>, config: ViewerConfig): StyleSpecification {
    const style: StyleSpecification = {
      version: 8,
      sources: overlaySources(),
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
    style.layers.push(...mapLayers(this.#collections, visible), ...overlayLayers())
    return style
  }

  #listen(events: MapEvents): void {
    const { map } = this
    listenForPointing(map, ([x, y], wanted, reach) => {
      const { lng, lat } = map.unproject([x, y])
      if (wanted === 'pick' && this.#openFaults([x, y], reach, events)) return
      const hits = wanted === 'pick' ? hitsAt(map, this.#collections, [x, y], reach) : []
      events.pointed(herePoint(lng, lat, map.getZoom()), wanted, hits)
    })
    map.on('moveend', () => events.moved(this.view(), this.extent()))
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
        const something = this.#faultsAt([point.x, point.y], 0).length > 0 || hitsAt(map, this.#collections, [point.x, point.y], 4).length > 0
        map.getCanvas().style.cursor = something ? 'pointer' : ''
      })
    })
  }

  view(): View {
    const { lng, lat } = this.map.getCenter()
    return { zoom: this.map.getZoom(), lat, lon: lng }
  }

  extent(): Bbox {
    const [[west, south], [east, north]] = this.map.getBounds().toArray() as [[number, number], [number, number]]
    return [west, south, east, north]
  }

  jumpTo({ zoom, lat, lon }: View): void {
    this.map.jumpTo({ zoom, center: [lon, lat] })
  }

  fit(box: Bbox, padding: Covered, moved: 'glide' | 'jump' = 'glide'): void {
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
    this.#draw(SELECTION, geometry)
  }

  /** Marks the point that is being read. */
  mark(at: View | null): void {
    this.#draw(HERE, at && { type: 'Point', coordinates: [at.lon, at.lat] })
  }

  /** Moves the map no further than needed for a point to be seen beside what covers it. */
  uncover({ lon, lat }: View, { top, right, bottom, left }: Covered): void {
    const { x, y } = this.map.project([lon, lat])
    const { clientWidth, clientHeight } = this.map.getContainer()
    const within = (value: number, from: number, to: number) => Math.max(Math.min(value, to), from)
    const dx = x - within(x, left, clientWidth - right)
    const dy = y - within(y, top, clientHeight - bottom)
    if (dx !== 0 || dy !== 0) this.map.panBy([dx, dy], { duration: 300 })
  }

  /** Draws faults as markers, in place of those before. */
  showFaults(points: readonly FaultPoint[]): void {
    this.#points = points
    this.#popup?.remove()
    // Features carry their place in the list: what MapLibre makes of their properties is not the faults themselves.
    const features = points.map(({ geometry }, place) => ({ type: 'Feature', geometry, properties: { place } }) as const)
    this.#set(FAULTS, { type: 'FeatureCollection', features })
  }

  /** The popup speaks one language; another one asks for another popup. */
  closeFaults(): void {
    this.#popup?.remove()
  }

  #faultsAt([x, y]: readonly [number, number], reach: number): readonly FaultPoint[] {
    if (this.#points.length === 0 || !this.map.getLayer(FAULT_MARK)) return []
    const box: [[number, number], [number, number]] = [[x - reach, y - reach], [x + reach, y + reach]]
    const found = this.map.queryRenderedFeatures(box, { layers: [FAULT_MARK] })
    const places = new Set(found.map(({ properties }) => Number(properties['place'])))
    return [...places].flatMap((place) => this.#points[place] ?? [])
  }

  /** Opens a popup on the faults at a pixel; whether there are any. */
  #openFaults(pixel: readonly [number, number], reach: number, events: MapEvents): boolean {
    const [first, ...more] = this.#faultsAt(pixel, reach)
    if (!first) return false
    this.#popup?.remove()
    const { content, close } = events.faults([first, ...more].slice(0, MOST_IN_POPUP).map(({ properties }) => properties))
    const [lon = 0, lat = 0] = first.geometry.coordinates
    this.#popup = new Popup({ maxWidth: '320px', focusAfterOpen: true }).setLngLat([lon, lat]).setDOMContent(content).addTo(this.map)
    const button = this.#popup.getElement()?.querySelector('.maplibregl-popup-close-button')
    button?.setAttribute('aria-label', close)
    button?.setAttribute('title', close)
    return true
  }

  #set(source: string, data: GeoJSON.FeatureCollection): void {
    const show = () => void this.map.getSource<GeoJSONSource>(source)?.setData(data)
    if (this.map.getSource(source)) show()
    else this.map.once('load', show)
  }

  #draw(source: string, geometry: GeoJSON.Geometry | null): void {
    const show = () => void this.map.getSource<GeoJSONSource>(source)?.setData(overlayData(geometry))
    if (this.map.getSource(source)) show()
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
