// A layer taken away as a file: all of it, with its licence, and nothing left out in silence.

import { LAYER, openDownload, take } from '../support/download'
import { keep } from '../support/picture'
import { expect, test } from '../support/test'
import type { Item } from '../support/territory'

const ids = (features: readonly Item[]) => features.map(({ id }) => String(id)).sort()

test('the whole layer is in the file, to the letter, with licence, source and version', async ({ territory, page }) => {
  await territory.open('#lang=fr')
  const whole = await territory.items(LAYER, 'limit=10000')
  const collection = await territory.json<Record<string, unknown>>(`collections/${LAYER}?f=json`)
  await openDownload(territory, LAYER)
  await expect(territory.sheet.locator('.take-hint')).toHaveText(
    new RegExp(`^${whole.numberMatched} objets, environ \\d[\\d,\u202f]*\u202f[km]?o\\.$`, 'i'),
  )
  const { name, file } = await take(page, territory)
  expect(name).toBe(`${LAYER}-${collection['version']}.geojson`)
  expect(file.type).toBe('FeatureCollection')
  expect(file.features).toEqual(whole.features)
  expect(file.metadata).toMatchObject({
    collection: LAYER,
    version: collection['version'],
    license: collection['license'],
    source: collection['source'],
    attribution: collection['attribution'],
    nature: 'synthetic',
    numberMatched: whole.numberMatched,
    numberReturned: whole.numberMatched,
    changedMeanwhile: false,
  })
  expect(collection['license']).toMatch(/\S/)
  expect(Date.now() - Date.parse(String(file.metadata['date']))).toBeGreaterThanOrEqual(0)
  const address = String(file.metadata['address'])
  expect((await territory.json<{ features: Item[] }>(address)).features).toEqual(whole.features)
  // GDAL and QGIS take CRS84 for granted where no system is named.
  expect(file.crs).toBeUndefined()
  await expect(page.locator('#downloads .download')).toContainText(`Enregistré, ${whole.numberMatched} objets`)
  await expect(page.locator('#downloads .warning')).toHaveCount(0)
  await expect(page.locator('#downloads a[download]')).toHaveText(name)
})

test('every layer, also one without places, comes whole', async ({ territory, page }) => {
  await territory.open('#lang=en')
  for (const { id, itemCount, nullGeometries } of await territory.collections()) {
    await openDownload(territory, id)
    const note = territory.sheet.getByText(/without geometry, which will be in the file/)
    await expect(note).toHaveCount(nullGeometries > 0 ? 1 : 0)
    const { file } = await take(page, territory)
    expect(ids(file.features), id).toEqual(ids((await territory.items(id, 'limit=10000')).features))
    expect(file.features.length, id).toBe(itemCount)
    await page.locator('#downloads').getByRole('button', { name: 'Close' }).click()
    await expect(page.locator('#downloads .download')).toHaveCount(0)
  }
})

test('what the map shows, and only that', async ({ territory, page }) => {
  await territory.open('#map=17/50.4437/2.6738&lang=en')
  await openDownload(territory, LAYER)
  await territory.sheet.getByRole('radio', { name: 'What the map shows' }).check()
  await expect(territory.sheet.locator('.take')).toContainText(/Longitude 2\.\d+° to 2\.\d+°, latitude 50\.\d+° to 50\.\d+°/)
  const { name, file } = await take(page, territory)
  const bbox = file.metadata['bbox'] as number[]
  const [[west, south], [east, north]] = await page.evaluate(() => window.terril.map.getBounds().toArray())
  for (const [i, edge] of [west, south, east, north].entries()) expect(bbox[i]).toBeCloseTo(edge, 5)
  const there = await territory.items(LAYER, `bbox=${bbox.join(',')}&limit=10000`)
  const { numberMatched } = await territory.items(LAYER, 'limit=1')
  expect(there.numberMatched).toBeLessThan(numberMatched)
  expect(there.numberMatched).toBeGreaterThan(0)
  expect(ids(file.features)).toEqual(ids(there.features))
  expect(name).toMatch(/-extract\.geojson$/)

  // The box is that of the map as it is when the download starts.
  await page.getByRole('button', { name: 'Zoom out' }).click()
  await territory.idle()
  const wider = await take(page, territory)
  expect(wider.file.features.length).toBeGreaterThan(file.features.length)
})

test('the coordinates of a listed system are those that the server gives', async ({ territory, page }) => {
  const lambert = 'http://www.opengis.net/def/crs/EPSG/0/2154'
  await territory.open('#lang=fr')
  const { crs } = await territory.json<{ crs: string[] }>(`collections/${LAYER}?f=json`)
  expect(crs).toContain(lambert)
  await openDownload(territory, LAYER)
  const system = territory.sheet.getByRole('combobox', { name: 'Système de coordonnées' })
  await expect(system.locator('option').first()).toHaveText('WGS 84, longitude, latitude (CRS84)')
  await expect(territory.sheet.locator('.take')).toContainText('GeoJSON standard (RFC 7946), lu partout.')
  // Each listed system is offered, or named among those that are not.
  const text = (await territory.sheet.locator('.take').textContent()) ?? ''
  for (const code of crs.flatMap((uri) => /EPSG\/0\/(\d+)$/.exec(uri)?.[1] ?? [])) expect(text, code).toMatch(new RegExp(`\\b${code}\\b`))
  await expect(territory.sheet.getByText('Non proposés : EPSG 4326')).toBeVisible()
  await system.selectOption({ label: 'RGF93 v1 / Lambert-93 (EPSG:2154)' })
  await expect(territory.sheet.locator('.take')).toContainText('Hors du standard GeoJSON')
  const { name, file } = await take(page, territory)
  expect(name).toMatch(/-epsg2154\.geojson$/)
  expect(file.crs?.properties.name).toBe('urn:ogc:def:crs:EPSG::2154')
  const given = await territory.items(LAYER, `limit=10000&crs=${encodeURIComponent(lambert)}`)
  expect(file.features).toEqual(given.features)
})

for (const lang of ['fr', 'en'] as const) {
  test(`the picture of a download in ${lang}`, async ({ territory, page }) => {
    await territory.open(`#map=16/50.4445/2.6735&lang=${lang}`)
    await openDownload(territory, LAYER)
    await expect(territory.sheet.locator('.take-hint')).toHaveText(/^\d+ (objets, environ|features, about) /)
    const { file } = await take(page, territory)
    expect(file.features.length).toBeGreaterThan(100)
    await expect(page.locator('#downloads a[download]')).toBeVisible()
    await territory.idle()
    keep(`telecharger-${lang}.png`, await page.screenshot())
  })
}
