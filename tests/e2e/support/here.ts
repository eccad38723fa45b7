// What lies at a point: as the sheet lists it, and as the features themselves have it.

import { expect } from '@playwright/test'
import { areaHolds, lineMeets, pointsOf, type Box, type Geometry, type Lonlat } from './geometry'
import type { TerritoryPage } from './territory'

/** How far from the point a sign counts as there; the sheet says it in metres. */
const REACH_PX = 16

/** What lies at a point by the features themselves: areas that hold it, points and lines within the reach. */
export async function truth(territory: TerritoryPage, [lon, lat]: Lonlat, zoom: number): Promise<Record<string, string[]>> {
  const dLon = (REACH_PX * 360) / (512 * 2 ** zoom)
  const dLat = dLon * Math.cos((lat * Math.PI) / 180)
  const box: Box = [lon - dLon, lat - dLat, lon + dLon, lat + dLat]
  const within = ([x, y]: Lonlat) => x >= box[0] && y >= box[1] && x <= box[2] && y <= box[3]
  const there = (geometry: Geometry) =>
    areaHolds(geometry, [lon, lat]) || pointsOf(geometry).some(within) || lineMeets(geometry, box)
  const result: Record<string, string[]> = {}
  for (const { id } of await territory.collections()) {
    const { features, numberMatched } = await territory.items(id, 'limit=10000')
    expect(features.length, `${id}, whole`).toBe(numberMatched)
    const ids = features.filter(({ geometry }) => geometry && there(geometry)).map((one) => String(one.id))
    if (ids.length > 0) result[id] = ids.sort()
  }
  return result
}

/** What the sheet lists, once every layer has answered. */
export async function listed(territory: TerritoryPage): Promise<Record<string, string[]>> {
  await territory.sheetOf(/^(Ce qui est ici|What is here)$/)
  await expect(territory.sheet.locator('.here-pending')).toBeHidden()
  return territory.sheet.locator('[data-here]').evaluateAll((sections) =>
    Object.fromEntries(
      sections.map((section) => [
        section.getAttribute('data-here') ?? '',
        [...section.querySelectorAll('[data-id]')].map((row) => row.getAttribute('data-id') ?? '').sort(),
      ]),
    ),
  )
}
