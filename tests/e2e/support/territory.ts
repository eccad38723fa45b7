// The map page as a test speaks of it.

import { expect, type Locator, type Page } from '@playwright/test'

/** The few members of the map that tests use; the page leaves it in `window.terril`. */
interface DrawnMap {
  once(event: 'idle', listener: () => void): void
  triggerRepaint(): void
  getZoom(): number
  getCenter(): { lng: number; lat: number }
  getBounds(): { toArray(): [[number, number], [number, number]] }
  project(lonLat: [number, number]): { x: number; y: number }
  queryRenderedFeatures(options: { layers: string[] }): { properties: Record<string, unknown> }[]
}

declare global {
  interface Window {
    terril: { map: DrawnMap; store: { state: { visible: Set<string> } }; layersOf(collection: string): string[] }
  }
}

export interface Collection {
  readonly id: string
  readonly titles: { readonly fr: string; readonly en: string }
  readonly role: string | null
  readonly nature: string
  readonly geometryType: string
  readonly itemCount: number
  readonly nullGeometries: number
  readonly repaired: number
  readonly extent?: { readonly spatial?: { readonly bbox?: readonly number[][] } }
}

export interface Item {
  readonly id: string | number
  readonly properties: Readonly<Record<string, unknown>>
  readonly geometry: { readonly type: string; readonly coordinates: unknown } | null
}

export class TerritoryPage {
  constructor(
    readonly page: Page,
    readonly url: string,
  ) {}

  /** Opens the map and waits until it is drawn. */
  async open(hash = ''): Promise<void> {
    await this.page.goto(`${this.url}${hash}`)
    await this.page.waitForFunction(() => 'terril' in window)
    await this.idle()
  }

  async idle(): Promise<void> {
    await this.page.evaluate(
      () =>
        new Promise<void>((done) => {
          window.terril.map.once('idle', () => done())
          window.terril.map.triggerRepaint()
        }),
    )
  }

  async json<T>(path: string): Promise<T> {
    const response = await this.page.request.get(new URL(path, this.url).href, {
      headers: { Accept: 'application/geo+json, application/json' },
    })
    expect(response.status(), path).toBe(200)
    return (await response.json()) as T
  }

  async collections(): Promise<readonly Collection[]> {
    return (await this.json<{ collections: Collection[] }>('collections?f=json')).collections
  }

  async items(collection: string, query: string): Promise<{ features: Item[]; numberMatched: number }> {
    return this.json(`collections/${collection}/items?${query}`)
  }

  /** How many features of a collection lie in a box. `numberMatched` also counts those without a place. */
  async placedIn(collection: Collection, box: string): Promise<number> {
    const { numberMatched, features } = await this.items(
      collection.id,
      `bbox=${box}&limit=${collection.nullGeometries + 1}`,
    )
    // All features without a place are in every box: where nothing else is, they are the whole page.
    return features.some(({ geometry }) => geometry !== null) ? numberMatched - collection.nullGeometries : 0
  }

  /** How many drawn features the map finds for a collection, over all its layers. */
  rendered(collection: string): Promise<number> {
    return this.page.evaluate((id) => {
      const layers = window.terril.layersOf(id)
      return window.terril.map.queryRenderedFeatures({ layers }).length
    }, collection)
  }

  /** The visible box of the map as `bbox=` takes it, shrunk by a tenth so that nothing is counted at its rim. */
  bounds(): Promise<string> {
    return this.page.evaluate(() => {
      const [[west, south], [east, north]] = window.terril.map.getBounds().toArray()
      const dx = (east - west) / 10
      const dy = (north - south) / 10
      return [west + dx, south + dy, east - dx, north - dy].join(',')
    })
  }

  view(): Promise<{ zoom: number; lat: number; lon: number }> {
    return this.page.evaluate(() => {
      const { map } = window.terril
      return { zoom: map.getZoom(), lat: map.getCenter().lat, lon: map.getCenter().lng }
    })
  }

  /** Clicks a place of the map. */
  async click(lon: number, lat: number): Promise<void> {
    const at = await this.page.evaluate((lonLat) => window.terril.map.project(lonLat), [lon, lat] as [number, number])
    await this.page.locator('#map canvas').click({ position: at })
  }

  layer(collection: string): Locator {
    return this.page.locator(`li[data-collection="${collection}"]`)
  }

  get sheet(): Locator {
    return this.page.locator('#sheet')
  }

  get title(): Locator {
    return this.page.locator('#sheet h2')
  }

  get search(): Locator {
    return this.page.getByRole('combobox')
  }

  get results(): Locator {
    return this.page.getByRole('option')
  }

  get banner(): Locator {
    return this.page.locator('#banner')
  }

  /** Waits for the sheet of a feature, not for the frame that stands while it loads. */
  async sheetOf(name: string | RegExp): Promise<void> {
    await expect(this.title).toHaveText(name)
  }
}

/** Some point of a geometry: its first position. */
export function firstPosition(geometry: Item['geometry']): [number, number] {
  let part: unknown = geometry?.coordinates
  while (Array.isArray(part) && Array.isArray(part[0])) part = part[0]
  return part as [number, number]
}
