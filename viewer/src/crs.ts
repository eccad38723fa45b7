// The systems of coordinates in which a layer can be taken away, from the collection's own list.

import type { Collection } from './types'

export const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'

/** Names as the EPSG register and French usage have them; they are names, hence the same in both languages. */
const NAMES: Readonly<Record<string, string>> = {
  '2154': 'RGF93 v1 / Lambert-93',
  '9793': 'RGF93 v2 / Lambert-93',
  '9794': 'RGF93 v2b / Lambert-93',
  '27561': 'NTF (Paris) / Lambert Nord France',
  '27572': 'NTF (Paris) / Lambert zone II',
  '3857': 'WGS 84 / Pseudo-Mercator',
  '2972': 'RGFG95 / UTM zone 22N',
  '2975': 'RGR92 / UTM zone 40S',
  '4467': 'RGSPM06 / UTM zone 21N',
  '4471': 'RGM04 / UTM zone 38S',
  '4559': 'RRAF 1991 / UTM zone 20N',
  '5490': 'RGAF09 / UTM zone 20N',
  '25830': 'ETRS89 / UTM zone 30N',
  '25831': 'ETRS89 / UTM zone 31N',
  '25832': 'ETRS89 / UTM zone 32N',
  '32620': 'WGS 84 / UTM zone 20N',
  '32630': 'WGS 84 / UTM zone 30N',
  '32631': 'WGS 84 / UTM zone 31N',
  '32632': 'WGS 84 / UTM zone 32N',
}

/** Conformal conic zones: EPSG codes in a row, one for each parallel from 42° to 50°. */
const CONIC = [
  [3942, 'RGF93 v1'],
  [9822, 'RGF93 v2'],
  [9842, 'RGF93 v2b'],
] as const

/**
 * Written latitude or northing first by their definition, and so does the server. Readers of GeoJSON take the first
 * number for x whatever the system, so a file in one of these would lie elsewhere: none is offered.
 */
const NORTH_FIRST: ReadonlySet<string> = new Set(['4326', '4171', '4258', '3035'])

export interface CrsChoice {
  readonly uri: string
  /** null: the coordinates of RFC 7946, to be named in the reader's language */
  readonly name: string | null
}

/** The code of an EPSG URI, null for others. */
export function epsgCode(uri: string): string | null {
  return /\/def\/crs\/EPSG\/[^/]+\/(\d+)$/.exec(uri)?.[1] ?? null
}

export interface CrsChoices {
  readonly offered: readonly CrsChoice[]
  /** codes that the server has and that are not offered, for their order of axes */
  readonly northFirst: readonly string[]
}

/** CRS84 first, whatever else the collection lists in its own order. */
export function crsChoices({ crs = [] }: Pick<Collection, 'crs'>): CrsChoices {
  const codes = crs.flatMap((uri) => {
    const code = epsgCode(uri)
    return code === null ? [] : [{ uri, code }]
  })
  const offered = codes.filter(({ code }) => !NORTH_FIRST.has(code)).map(({ uri, code }) => ({ uri, name: crsName(code) }))
  const northFirst = codes.map(({ code }) => code).filter((code) => NORTH_FIRST.has(code))
  return { offered: [{ uri: CRS84, name: null }, ...offered], northFirst }
}

/** Always with the code; the code alone where no name is known here. */
function crsName(code: string): string {
  const zoned = CONIC.find(([first]) => Number(code) >= first && Number(code) <= first + 8)
  const name = NAMES[code] ?? (zoned && `${zoned[1]} / CC${Number(code) - zoned[0] + 42}`)
  return name ? `${name} (EPSG:${code})` : `EPSG:${code}`
}

/**
 * The member that GeoJSON had for this before RFC 7946 took it out, and that GDAL and QGIS still read. Without it
 * coordinates in metres would be taken for degrees.
 */
export function crsMember(uri: string): { readonly crs: unknown } | null {
  const code = epsgCode(uri)
  return code ? { crs: { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${code}` } } } : null
}
