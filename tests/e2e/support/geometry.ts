// Geometry of the tests' own, to judge by other means what the server and the map say is at a point.

export type Lonlat = readonly [number, number]

export interface Geometry {
  readonly type: string
  readonly coordinates: unknown
}

/** Whether a point is inside an area, by counting the edges to its right. No test stands on an edge. */
export function areaHolds(geometry: Geometry, point: Lonlat): boolean {
  if (geometry.type === 'Polygon') return holds(geometry.coordinates as Lonlat[][], point)
  if (geometry.type === 'MultiPolygon') return (geometry.coordinates as Lonlat[][][]).some((rings) => holds(rings, point))
  return false
}

function holds(rings: readonly (readonly Lonlat[])[], [x, y]: Lonlat): boolean {
  let inside = false
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as Lonlat
      const [bx, by] = ring[i] as Lonlat
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside
    }
  }
  return inside
}

/** The points of a geometry of points. */
export function pointsOf({ type, coordinates }: Geometry): readonly Lonlat[] {
  if (type === 'Point') return [coordinates as Lonlat]
  return type === 'MultiPoint' ? (coordinates as Lonlat[]) : []
}

/** Whether a line comes into a box: each of its edges cut at the four sides in turn. */
export function lineMeets({ type, coordinates }: Geometry, box: Box): boolean {
  const lines = type === 'LineString' ? [coordinates as Lonlat[]] : type === 'MultiLineString' ? (coordinates as Lonlat[][]) : []
  return lines.some((line) => line.some((to, i) => i > 0 && edgeMeets(line[i - 1] as Lonlat, to, box)))
}

/** west, south, east, north */
export type Box = readonly [number, number, number, number]

function edgeMeets([ax, ay]: Lonlat, [bx, by]: Lonlat, [west, south, east, north]: Box): boolean {
  let from = 0
  let to = 1
  for (const [slope, room] of [
    [ax - bx, ax - west],
    [bx - ax, east - ax],
    [ay - by, ay - south],
    [by - ay, north - ay],
  ] as const) {
    if (slope === 0 && room < 0) return false
    if (slope < 0) from = Math.max(from, room / slope)
    if (slope > 0) to = Math.min(to, room / slope)
  }
  return from <= to
}

/** A point inside an area whose outline is round enough to hold its own mean. */
export function middleOf(geometry: Geometry): Lonlat {
  const [ring = []] = geometry.coordinates as Lonlat[][]
  const mean = (axis: 0 | 1) => ring.reduce((sum, at) => sum + at[axis], 0) / ring.length
  const middle: Lonlat = [mean(0), mean(1)]
  if (!areaHolds(geometry, middle)) throw new Error('this area does not hold its mean')
  return middle
}
