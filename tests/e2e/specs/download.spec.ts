// A layer taken away as a file: all of it, with its licence, and nothing left out in silence.

import { readFile } from 'node:fs/promises'
import type { Download, Page } from '@playwright/test'
import { keep } from '../support/picture'
import { expect, test } from '../support/test'
import type { Item, TerritoryPage } from '../support/territory'

const LAYER = 'parcelles-fictives'

interface File {
  readonly type: string
  readonly crs?: { readonly properties: { readonly name: string } }
  readonly metadata: Readonly<Record<string, unknown>>
  readonly features: readonly Item[]
}

async function openDownload(territory: TerritoryPage, collection: string): Promise<void> {
  await territory.layer(collection).getByRole('button', { name: /^(Source et licence|Source and licence)/ }).click()
  await territory.sheet.getByRole('button', { name: /^(Télécharger…|Download…)$/ }).click()
  await territory.sheetOf(/^(Télécharger la couche|Download the layer)$/)
}

/** Starts the download and returns the file with its name. */
async function take(page: Page, territory: TerritoryPage): Promise<{ name: string; file: File }> {
  const [saved] = await Promise.all([page.waitForEvent('download'), startButton(territory).click()])
  return { name: saved.suggestedFilename(), file: await contents(saved) }
}

function startButton(territory: TerritoryPage) {
  return territory.sheet.getByRole('button', { name: /GeoJSON$/ })
}

async function contents(saved: Download): Promise<File> {
  return JSON.parse(await readFile(await saved.path(), 'utf8')) as File
}

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

/** Serves the layer in pages of 100 whatever is asked, so that a download has several; `hold` is awaited before each but the first. */
async function smallPages(page: Page, hold: (nth: number) => Promise<void>): Promise<void> {
  let nth = 0
  await page.route(`**/collections/${LAYER}/items?limit=10000*`, async (route) => {
    await hold(nth++)
    await route.continue({ url: route.request().url().replace('limit=10000', 'limit=100') }).catch(() => undefined)
  })
  await page.route(`**/collections/${LAYER}/items?limit=100&*`, async (route) => {
    await hold(nth++)
    await route.continue().catch(() => undefined)
  })
}

test('the progress is said in n of N, and a cancelled download leaves nothing', async ({ territory, page }) => {
  await territory.open('#lang=fr')
  const { numberMatched } = await territory.items(LAYER, 'limit=1')
  let go = (): void => undefined
  const held = new Promise<void>((done) => (go = done))
  await smallPages(page, (nth) => (nth === 2 ? held : Promise.resolve()))
  await openDownload(territory, LAYER)
  let downloads = 0
  page.on('download', () => downloads++)
  await startButton(territory).click()
  const line = page.locator('#downloads .download')
  await expect(line).toContainText(`200 sur ${numberMatched}`)
  await expect(line.getByRole('progressbar')).toHaveAttribute('value', '200')
  await expect(line.getByRole('progressbar')).toHaveAttribute('max', String(numberMatched))
  // The sheet may be closed meanwhile.
  await territory.sheet.getByRole('button', { name: 'Fermer la fiche' }).click()
  await line.getByRole('button', { name: /^Annuler/ }).click()
  await expect(line).toContainText('annulé : rien n’est enregistré')
  await expect(line.getByRole('button', { name: 'Fermer' })).toBeFocused()
  go()
  expect(downloads).toBe(0)
  await expect(line.locator('a')).toHaveCount(0)
})

test('a walk over several pages has every feature once, in order', async ({ territory, page }) => {
  await territory.open('#lang=fr')
  const whole = await territory.items(LAYER, 'limit=10000')
  let pages = 0
  await smallPages(page, async (nth) => void (pages = nth + 1))
  await openDownload(territory, LAYER)
  const { file } = await take(page, territory)
  expect(pages).toBe(Math.ceil(whole.numberMatched / 100))
  expect(file.features).toEqual(whole.features)
})

test('a count that does not agree is said, and stands in the file', async ({ territory, page }) => {
  await territory.open('#lang=fr')
  const { numberMatched } = await territory.items(LAYER, 'limit=1')
  await page.route(`**/collections/${LAYER}/items?limit=10000*`, async (route) => {
    const answer = await route.fetch()
    const body = (await answer.json()) as Record<string, unknown>
    await route.fulfill({ response: answer, json: { ...body, numberMatched: numberMatched + 7 } })
  })
  await openDownload(territory, LAYER)
  const { file } = await take(page, territory)
  await expect(page.locator('#downloads .warning')).toHaveText(
    `Attention : le serveur annonçait ${numberMatched + 7} objets, le fichier en contient ${numberMatched}.`,
  )
  expect(file.metadata).toMatchObject({ numberMatched: numberMatched + 7, numberReturned: numberMatched })
})

test('a page that fails ends the download in words, and nothing is saved', async ({ territory, page, faults }) => {
  await territory.open('#lang=en')
  await smallPages(page, () => Promise.resolve())
  await page.route(`**/collections/${LAYER}/items?limit=100&offset=200*`, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Too many requests', status: 503, detail: 'Try again in a second.' }),
    }),
  )
  let downloads = 0
  page.on('download', () => downloads++)
  await openDownload(territory, LAYER)
  await startButton(territory).click()
  await expect(page.locator('#downloads .error')).toContainText('could not be downloaded, nothing is saved: Too many requests – Try again in a second.')
  expect(downloads).toBe(0)
  expect(faults.filter((fault) => !/503/.test(fault))).toEqual([])
  faults.length = 0
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
