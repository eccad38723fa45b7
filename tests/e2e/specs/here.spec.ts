// « Ce qui est ici »: what all layers have at a point, shown or not, judged against the features themselves.

import { middleOf, type Geometry, type Lonlat } from '../support/geometry'
import { listed, truth } from '../support/here'
import { keep } from '../support/picture'
import { expect, test } from '../support/test'
import type { TerritoryPage } from '../support/territory'

const NONE: Geometry = { type: 'Point', coordinates: [] }

async function middle(territory: TerritoryPage, collection: string, name: string): Promise<Lonlat> {
  const { features } = await territory.items(collection, 'limit=100')
  return middleOf(features.find(({ properties }) => properties['nom'] === name)?.geometry ?? NONE)
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
