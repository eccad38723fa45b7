// From the style of a role (`styles/*.json`, each a MapLibre style of one source called `collection`) to the layers
// of one collection: ids and source are the collection's, the second and third collection of a role get a
// neighbouring shade, and what is drawn for another nature (the hatching of fictitious data) falls away.

import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import candidate from '../../styles/candidate.json'
import constraint from '../../styles/constraint.json'
import estate from '../../styles/estate.json'
import generic from '../../styles/generic.json'
import intervention from '../../styles/intervention.json'
import landReserve from '../../styles/land-reserve.json'
import parcel from '../../styles/parcel.json'
import programme from '../../styles/programme.json'
import publicSpace from '../../styles/public-space.json'
import stock from '../../styles/stock.json'
import territory from '../../styles/territory.json'
import { ROLES, type Bilingual, type Collection, type Role } from './types'

export interface RoleStyle {
  /** Place among the roles from the bottom of the map to its top. */
  readonly order: number
  readonly label: Bilingual
  readonly group: Bilingual
  readonly colour: string
  readonly edge: string
  readonly variants: readonly string[]
  readonly fillOpacity: number
  /** Labels of areas come from tiles of this zoom at most. */
  readonly labelZoom: number
  readonly layers: readonly LayerSpecification[]
}

export type StyledRole = Role | 'generic'

const FILES: Readonly<Record<StyledRole, unknown>> = {
  candidate,
  constraint,
  estate,
  generic,
  intervention,
  'land-reserve': landReserve,
  parcel,
  programme,
  'public-space': publicSpace,
  stock,
  territory,
}

export const STYLED_ROLES: readonly StyledRole[] = [...ROLES, 'generic']

export function roleStyle(role: StyledRole): RoleStyle {
  const style = FILES[role] as StyleSpecification
  const meta = style.metadata as Record<string, unknown>
  const fill = style.layers.find((layer) => layer.id === 'fill')
  const opacity = fill?.type === 'fill' ? fill.paint?.['fill-opacity'] : undefined
  return {
    order: meta['terril:order'] as number,
    label: meta['terril:label'] as Bilingual,
    group: meta['terril:group'] as Bilingual,
    colour: meta['terril:colour'] as string,
    edge: meta['terril:edge'] as string,
    variants: meta['terril:variants'] as readonly string[],
    fillOpacity: typeof opacity === 'number' ? opacity : 0.3,
    labelZoom: meta['terril:labelZoom'] as number,
    layers: style.layers,
  }
}

/** The role that a collection is drawn and grouped by: one that this viewer does not know is drawn as generic. */
export function styledRole(collection: Collection): StyledRole {
  const role = collection.role
  return role && (ROLES as readonly string[]).includes(role) ? role : 'generic'
}

export interface Look {
  readonly role: StyledRole
  readonly colour: string
  readonly edge: string
  readonly fillOpacity: number
}

/**
 * A look for each collection, in the order given: within a role the shades go round. Natures count apart, for dashes
 * and hatching already tell them from each other.
 */
export function looks(collections: readonly Collection[]): ReadonlyMap<string, Look> {
  const seen = new Map<string, number>()
  const result = new Map<string, Look>()
  for (const collection of collections) {
    const role = styledRole(collection)
    const style = roleStyle(role)
    const kind = `${role} ${collection.nature ?? 'real'}`
    const nth = seen.get(kind) ?? 0
    seen.set(kind, nth + 1)
    const colour = style.variants[nth % style.variants.length] ?? style.colour
    const edge = style.edge === style.colour ? colour : style.edge
    const fillOpacity = isWide(collection) ? style.fillOpacity / 4 : style.fillOpacity
    result.set(collection.id, { role, colour, edge, fillOpacity })
  }
  return result
}

/** Ground per feature from which on a layer is taken to cover the territory rather than to lie in it. */
const WIDE_KM2 = 25
const KM_PER_DEGREE = 111.2

/**
 * Whether a layer's polygons are so large that several such layers over each other would hide the map: cantons, a
 * buffer zone. Judged by the extent shared out among the features, for sizes are not known before tiles are read.
 */
export function isWide({ geometryType, itemCount, extent }: Collection): boolean {
  const [west, south, east, north] = extent?.spatial?.bbox?.[0] ?? []
  if (geometryType !== 'polygon' || !itemCount) return false
  if (west === undefined || south === undefined || east === undefined || north === undefined) return false
  const narrowing = Math.cos((((south + north) / 2) * Math.PI) / 180)
  return ((east - west) * narrowing * (north - south) * KM_PER_DEGREE ** 2) / itemCount > WIDE_KM2
}

/** Above this zoom a tile holds few features whatever the layer's size. */
const CROWDED_ZOOM = 14
const MOST_LABELLED = 20_000

/**
 * Where the tiles of the map's own zoom are small against a polygon, each of its pieces would get the name. Larger
 * tiles hold it in one piece. Null where that does not help (points, lines) or would cost too much.
 */
export function labelZoom(collection: Collection): number | null {
  const areas = collection.geometryType === 'polygon' || collection.geometryType === 'mixed'
  const zoom = roleStyle(styledRole(collection)).labelZoom
  const crowded = zoom < CROWDED_ZOOM && (collection.itemCount ?? 0) > MOST_LABELLED
  return areas && !crowded ? zoom : null
}

export function labelSourceId(collection: string): string {
  return `labels:${collection}`
}

/** True of both sources of a collection: what it draws from and what it is named from. */
export function isCollectionSource(source: string): boolean {
  return source.startsWith('collection:') || source.startsWith('labels:')
}

export function sourceId(collection: string): string {
  return `collection:${collection}`
}

/** Bands from the bottom of the map to its top: no fill may hide a line, a point or a word. */
const BANDS: Readonly<Record<string, number>> = { fill: 0, line: 1, circle: 2, symbol: 3 }

/** The layers of all collections in drawing order: by band, by role, wide ones below, then as listed. */
export function mapLayers(collections: readonly Collection[], visible: ReadonlySet<string>): LayerSpecification[] {
  const look = looks(collections)
  const placed = collections.flatMap((collection, index) => {
    const own = look.get(collection.id)
    if (!own) return []
    const style = roleStyle(own.role)
    return collectionLayers(collection, own, visible.has(collection.id)).map((layer, nth) => ({
      layer,
      key: [BANDS[layer.type] ?? 0, style.order, isWide(collection) ? 0 : 1, -index, nth] as const,
    }))
  })
  placed.sort((a, b) => compareKeys(a.key, b.key))
  return placed.map(({ layer }) => layer)
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function collectionLayers(collection: Collection, look: Look, visible: boolean): LayerSpecification[] {
  const style = roleStyle(look.role)
  return style.layers
    .filter((layer) => {
      const nature = (layer.metadata as Record<string, unknown> | undefined)?.['terril:nature']
      return nature === undefined || nature === collection.nature
    })
    .map((layer) => {
      const text = JSON.stringify(layer)
        .replaceAll(`"${style.colour}"`, `"${look.colour}"`)
        .replaceAll(`"hatch/${style.edge}"`, `"hatch/${look.edge}"`)
      const own = JSON.parse(text) as LayerSpecification
      const named = layer.id === 'label' && labelZoom(collection) !== null
      return {
        ...own,
        ...(layer.id === 'fill' ? { paint: { ...own.paint, 'fill-opacity': look.fillOpacity } } : {}),
        id: layerId(collection.id, layer.id),
        source: named ? labelSourceId(collection.id) : sourceId(collection.id),
        'source-layer': collection.id,
        layout: { ...own.layout, visibility: visible ? 'visible' : 'none' },
      } as LayerSpecification
    })
}

/** Collection ids may hold any character, so the part that is ours comes first. */
export function layerId(collection: string, part: string): string {
  return `${part}/${collection}`
}

export function collectionOfLayer(id: string): string {
  return id.slice(id.indexOf('/') + 1)
}
