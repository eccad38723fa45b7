// What the server says, as the viewer reads it. Only what the map uses; unknown members are ignored, missing ones
// are tolerated where an older server may lack them.

export type Lang = 'fr' | 'en'

export interface Bilingual {
  readonly fr: string
  readonly en: string
}

export const ROLES = [
  'land-reserve',
  'candidate',
  'public-space',
  'estate',
  'intervention',
  'programme',
  'stock',
  'constraint',
  'parcel',
  'territory',
] as const
export type Role = (typeof ROLES)[number]

/** `seed`: what a founding document names, drawn schematically. `synthetic`: invented for the demonstration. */
export type Nature = 'real' | 'seed' | 'synthetic'

export interface Field {
  readonly name: string
  readonly type?: string
}

/** A fault that loading found. The place of the fault is its feature, where the server names one. */
export interface Fault {
  readonly feature?: string | number | null
  readonly kind?: string
  readonly message?: string
  readonly message_fr?: string
}

/** A fault as a marker of the map. */
export interface FaultProperties extends Fault {
  readonly collection: string
  readonly label?: string
  readonly label_fr?: string
  readonly area_m2?: number
  readonly declared_m2?: number
  readonly area_before_m2?: number
  readonly area_after_m2?: number
}

export type FaultPoint = GeoJSON.Feature<GeoJSON.Point, FaultProperties>
export type FaultPoints = GeoJSON.FeatureCollection<GeoJSON.Point, FaultProperties>

/** What became of the sources: the faults of each layer served, and the sources that are not served (yet). */
export interface Loads {
  readonly layers: readonly { readonly collection: string; readonly report?: { readonly faults?: readonly Fault[] } }[]
  readonly sources?: readonly SourceStatus[]
}

export interface SourceStatus {
  readonly source: string
  readonly state: string
  readonly message?: string
}

export interface Link {
  readonly href: string
  readonly rel?: string
  readonly type?: string
  readonly title?: string
}

/** west, south, east, north in degrees */
export type Bbox = readonly [number, number, number, number]

export interface Collection {
  readonly id: string
  readonly title?: string
  readonly description?: string
  readonly descriptions?: Partial<Bilingual> | null
  readonly titles?: Partial<Bilingual>
  readonly role?: Role | null
  readonly nature?: Nature
  readonly geometryType?: 'point' | 'line' | 'polygon' | 'mixed' | 'none'
  readonly itemCount?: number
  readonly nullGeometries?: number
  readonly repaired?: number
  readonly faults?: number
  readonly stage?: string
  /** names what is visible of the layer and nothing else */
  readonly version?: string
  readonly crs?: readonly string[]
  readonly extent?: { readonly spatial?: { readonly bbox?: readonly (readonly number[])[] } }
  readonly attribution?: string | null
  readonly license?: string | null
  readonly source?: string | null
  readonly fields?: readonly Field[]
  readonly links?: readonly Link[]
}

export interface ViewerConfig {
  readonly title: Bilingual
  readonly version: string
  readonly baseMap: { readonly tiles: readonly string[]; readonly attribution: string } | null
}

export interface SearchHit {
  readonly kind: 'layer' | 'feature'
  readonly collection: string
  readonly id?: string | number | null
  readonly label: string
  readonly detail?: string | null
  readonly bbox?: Bbox | null
}

export interface Item {
  readonly type: 'Feature'
  readonly id?: string | number
  readonly geometry: GeoJSON.Geometry | null
  readonly properties: Readonly<Record<string, unknown>> | null
}

export interface ItemPage {
  readonly features: readonly Item[]
  readonly numberMatched?: number
  readonly links?: readonly Link[]
}

/** One feature of one collection. Ids are compared as text: an address knows no other form. */
export interface FeatureRef {
  readonly collection: string
  readonly id: string
}
