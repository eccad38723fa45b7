// « Ce qui est ici »: what all layers have at a point, shown or not, judged against the features themselves.

import type { Page } from '@playwright/test'
import { areaHolds, lineMeets, middleOf, pointsOf, type Box, type Geometry, type Lonlat } from '../support/geometry'
import { keep } from '../support/picture'
import { expect, test } from '../support/test'
import type { TerritoryPage } from '../support/territory'

/** How far from the point a sign counts as there; the sheet says it in metres. */
const REACH_PX = 16

const NONE: Geometry = { type: 'Point', coordinates: [] }

async function middle(territory: TerritoryPage, collection: string, name: string): Promise<Lonlat> {
  const { features } = await territory.items(collection, 'limit=100')
  return middleOf(features.find(({ properties }) => properties['nom'] === name)?.geometry ?? NONE)
}

/** What lies at a point by the features themselves: areas that hold it, points and lines within the reach. */
async function truth(territory: TerritoryPage, [lon, lat]: Lonlat, zoom: number): Promise<Record<string, string[]>> {
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
async function listed(territory: TerritoryPage): Promise<Record<string, string[]>> {
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

/** The point as the sheet shows it: what was clicked is a pixel. */
async function shownPoint(territory: TerritoryPage): Promise<Lonlat> {
  const text = (await territory.sheet.locator('.coordinates').textContent()) ?? ''
  expect(text).toMatch(/^-?\d+\.\d{6}, -?\d+\.\d{6}$/)
  return text.split(', ').map(Number) as unknown as Lonlat
}

const PLACES = [
  { collection: 'reserves-fictives', name: 'Réserve 1 (fictif)', zoom: 16 },
  { collection: 'cites-nommees', name: 'Cité 10', zoom: 14 },
  { collection: 'espaces-publics-nommes', name: 'Bois aux oiseaux', zoom: 17 },
  { collection: 'secteurs-fictifs', name: 'Secteur Ouest (fictif)', zoom: 11 },
] as const

for (const { collection, name, zoom } of PLACES) {
  test(`at ${name} every layer lists what is there, shown or not`, async ({ territory }) => {
    const [lon, lat] = await middle(territory, collection, name)
    await territory.open(`#map=${zoom}/${lat}/${lon}&lang=fr&layers=`)
    await territory.click(lon, lat)
    const found = await listed(territory)
    expect(found[collection], 'what was aimed at').toHaveLength(1)
    expect(found).toEqual(await truth(territory, await shownPoint(territory), zoom))
    const collections = await territory.collections()
    // Nobody is left out: the other layers stand in the line of those that have nothing.
    for (const { id, titles } of collections) {
      if (id in found) await expect(territory.sheet.locator(`[data-here="${id}"] h3`)).toContainText(titles.fr)
      else await expect(territory.sheet.locator('.here-empty')).toContainText(titles.fr)
    }
    const count = Object.values(found).flat().length
    await expect(territory.sheet.locator('.here-status')).toHaveText(
      count === 1 ? '1 objet à cet endroit.' : `${count} objets à cet endroit.`,
    )
  })
}

test('one feature is opened at once, and all that is there is one step away', async ({ territory, page }) => {
  const [lon, lat] = await middle(territory, 'reserves-fictives', 'Réserve 1 (fictif)')
  await territory.open(`#map=16/${lat}/${lon}&lang=fr&layers=reserves-fictives`)
  await territory.click(lon, lat)
  await territory.sheetOf('Réserve 1 (fictif)')
  await territory.sheet.getByRole('button', { name: 'Tout ce qui est ici' }).click()
  const found = await listed(territory)
  expect(Object.keys(found).length).toBeGreaterThan(1)
  // A feature of a layer that is not shown opens from the list, and the way back stands.
  await expect(territory.sheet.locator('[data-here="secteurs-fictifs"]')).toContainText('non affichée')
  await territory.sheet.locator('[data-here="secteurs-fictifs"] .row').click()
  await expect(territory.sheet.locator('.layer')).toContainText('Secteurs')
  await territory.sheet.getByRole('button', { name: 'Retour à la liste' }).click()
  expect(await listed(territory)).toEqual(found)
  await expect(page.locator('#layers input:checked')).toHaveCount(1)
})

test('the point is in the permalink and the list comes back with it', async ({ territory, page }) => {
  const [lon, lat] = await middle(territory, 'cites-nommees', 'Cité 10')
  await territory.open(`#map=14/${lat}/${lon}&lang=fr&layers=`)
  await territory.click(lon, lat)
  const found = await listed(territory)
  const point = await shownPoint(territory)
  await expect(page).toHaveURL(/&here=14\/50\.44\d*\/2\.68\d*$/)
  const address = page.url()
  await page.goto('about:blank')
  await page.goto(address)
  expect(await listed(territory)).toEqual(found)
  expect(await shownPoint(territory)).toEqual(point)
  // Of an address that lost its view the point is shown.
  await page.goto('about:blank')
  await territory.open(`#here=15/${point[1]}/${point[0]}&lang=en`)
  await listed(territory)
  const view = await territory.view()
  expect([view.zoom, view.lat, view.lon]).toEqual([15, expect.closeTo(point[1], 5), expect.closeTo(point[0], 5)])
  await territory.sheet.getByRole('button', { name: 'Close the sheet' }).click()
  await expect(page).not.toHaveURL(/here=/)
})

test('the right button and Shift + Enter ask for all, also over one feature', async ({ territory, page }) => {
  const [lon, lat] = await middle(territory, 'cites-nommees', 'Cité 10')
  await territory.open(`#map=14/${lat}/${lon}&lang=en&layers=cites-nommees`)
  const { width, height } = (await page.locator('#map').boundingBox()) ?? { width: 0, height: 0 }
  await page.locator('#map canvas').click({ button: 'right', position: { x: width / 2, y: height / 2 } })
  const found = await listed(territory)
  expect(Object.keys(found).length).toBeGreaterThan(1)
  await page.keyboard.press('Escape')
  await expect(territory.sheet).toBeHidden()

  await page.locator('#map canvas').focus()
  await page.keyboard.press('Shift+Enter')
  await expect(territory.title).toBeFocused()
  expect(await listed(territory)).toEqual(found)
  // The list is read with the keyboard alone: coordinates, then features.
  await page.keyboard.press('Tab')
  await expect(territory.sheet.getByRole('button', { name: /^Copy/ })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(territory.sheet.locator('.row').first()).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(territory.sheet.locator('.attributes')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.locator('#map canvas')).toBeFocused()
})

test('areas stand in the list in hectares and square metres, and the nature of each layer', async ({ territory }) => {
  const [lon, lat] = await middle(territory, 'reserves-fictives', 'Réserve 1 (fictif)')
  await territory.open(`#map=16/${lat}/${lon}&lang=fr&here=16/${lat}/${lon}`)
  const found = await listed(territory)
  const [id = ''] = found['parcelles-fictives'] ?? []
  const parcel = await territory.json<{ properties: { contenance: number } }>(`collections/parcelles-fictives/items/${id}`)
  const { contenance } = parcel.properties
  const hectares = (contenance / 1e4).toLocaleString('fr-FR', { maximumFractionDigits: contenance < 1000 ? 3 : 2 })
  const metres = contenance.toLocaleString('fr-FR').replace(/\s/g, '\u202f')
  await expect(territory.sheet.locator('[data-here="parcelles-fictives"] .detail')).toHaveText(
    `Contenance (fiscale) : ${hectares}\u202fha / ${metres}\u202fm²`,
    { useInnerText: true },
  )
  await expect(territory.sheet.locator('[data-here="communes-nommees"] h3')).toContainText('schématique')
  await expect(territory.sheet.locator('[data-here="parcelles-fictives"] h3')).toContainText('fictif')
})

test('a layer that refuses is said, one that is silent too, and asked again on demand', async ({ territory, page, faults }) => {
  const [lon, lat] = await middle(territory, 'reserves-fictives', 'Réserve 1 (fictif)')
  await territory.open(`#map=16/${lat}/${lon}&lang=fr`)
  const truthThere = await truth(territory, [Number(lon.toFixed(6)), Number(lat.toFixed(6))], 16)
  const refused = '**/collections/secteurs-fictifs/items?bbox=*'
  await page.route(refused, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Trop de demandes', status: 503, detail: 'Réessayez dans une seconde.' }),
    }),
  )
  let answer = (): void => undefined
  const silent = new Promise<void>((done) => (answer = done))
  await page.route('**/collections/reserves-fictives/items?bbox=*', async (route) => {
    await silent
    await route.continue()
  })
  await page.route('**/loads', (route) =>
    route.fulfill({ json: { layers: [], sources: [{ source: 'vide.geojson', state: 'failed', message: 'Le fichier est vide.' }] } }),
  )
  await page.evaluate(([x, y]) => (location.hash = `#map=16/${y}/${x}&lang=fr&here=16/${y}/${x}`), [lon, lat])
  await expect(territory.sheet.locator('.here-pending')).toHaveText('Réponse attendue : Réserves foncières (fictif).')
  await expect(territory.sheet.locator('.here-status')).toHaveText('Recherche dans 12 couches…')
  await expect(territory.sheet.locator('.missing')).toHaveText('Non chargé : vide.geojson. Le fichier est vide.')
  const failed = territory.sheet.locator('.error[data-here="secteurs-fictifs"]')
  await expect(failed).toContainText('pas de réponse. Trop de demandes – Réessayez dans une seconde.')
  answer()
  const rest = Object.values(truthThere).flat().length - 1
  await expect(territory.sheet.locator('.here-status')).toHaveText(`${rest} objets à cet endroit. 1 couche n’a pas répondu.`)
  await page.unroute(refused)
  await failed.getByRole('button', { name: 'Réessayer' }).click()
  await expect(territory.sheet.locator('.here-status')).toHaveText(`${rest + 1} objets à cet endroit.`)
  expect(await listed(territory)).toEqual(truthThere)
  // The refusal was made here.
  expect(faults.filter((fault) => !/503/.test(fault))).toEqual([])
  faults.length = 0
})

test('at most four questions at a time, and none goes on after another click', async ({ territory, page }) => {
  const [lon, lat] = await middle(territory, 'cites-nommees', 'Cité 10')
  await territory.open(`#map=14/${lat}/${lon}&lang=fr&layers=`)
  const waiting: (() => void)[] = []
  let open = 0
  let most = 0
  let given = 0
  await page.route('**/items?bbox=*', async (route) => {
    most = Math.max(most, ++open)
    await new Promise<void>((done) => waiting.push(done))
    open--
    // A request that the page gave up has nobody left to answer.
    await route.continue().catch(() => given++)
  })
  await territory.click(lon, lat)
  await expect.poll(() => waiting.length).toBe(4)
  const aborted: string[] = []
  page.on('requestfailed', (request) => aborted.push(request.url()))
  await territory.click(lon + 0.001, lat)
  await expect.poll(() => aborted.length).toBe(4)
  for (const go of waiting.splice(0)) go()
  await expect.poll(() => waiting.length).toBe(4)
  most = open
  await expect
    .poll(async () => {
      for (const go of waiting.splice(0)) go()
      return territory.sheet.locator('.here-pending').isHidden()
    })
    .toBe(true)
  expect(most).toBe(4)
  const [shown] = await shownPoint(territory)
  expect(shown).toBeCloseTo(lon + 0.001, 4)
})

/** What the clipboard holds, read as a person does: pasted into a field. */
async function pasted(page: Page): Promise<string> {
  const field = page.getByRole('combobox')
  await field.fill('')
  await field.press('ControlOrMeta+v')
  const text = await field.inputValue()
  await field.fill('')
  return text
}

for (const secure of [true, false]) {
  test(`coordinates are copied ${secure ? 'by the Clipboard API' : 'where the browser has no Clipboard API'}`, async ({ territory, page }) => {
    if (secure) await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    else await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined }))
    await territory.open('#map=14/50.442/2.6857&lang=fr&here=14/50.442/2.6857')
    await listed(territory)
    expect(await page.evaluate(() => typeof navigator.clipboard)).toBe(secure ? 'object' : 'undefined')
    const button = territory.sheet.getByRole('button', { name: /^Copier Coordonnées/ })
    await button.click()
    await expect(territory.sheet.locator('.copy')).toContainText('Copié')
    await expect(page.locator('p[role=status].spoken')).toHaveText(/^Copié : Coordonnées/)
    expect(await pasted(page)).toBe('2.685700, 50.442000')
  })
}

test('where nothing can be copied the text is left selected, and said so', async ({ territory, page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })
    document.execCommand = () => false
  })
  await territory.open('#map=14/50.442/2.6857&lang=en&here=14/50.442/2.6857')
  await listed(territory)
  await territory.sheet.locator('.copy').click()
  await expect(territory.sheet.locator('.copy')).toContainText('Selected: Ctrl+C')
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('2.685700, 50.442000')
})

for (const lang of ['fr', 'en'] as const) {
  test(`the picture of what is here in ${lang}`, async ({ territory, page }) => {
    await territory.open(`#map=16/50.4445/2.6735&lang=${lang}`)
    const [lon, lat] = await middle(territory, 'reserves-fictives', 'Réserve 1 (fictif)')
    await territory.click(lon, lat)
    const found = await listed(territory)
    expect(Object.keys(found).length).toBeGreaterThanOrEqual(3)
    expect(found).toEqual(await truth(territory, await shownPoint(territory), 16))
    await territory.idle()
    keep(`ici-${lang}.png`, await page.screenshot())
  })
}
