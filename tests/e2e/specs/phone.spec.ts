// On a phone the map comes first; layers and sheets rise from the bottom and never cover the whole of it.

import { middleOf } from '../support/geometry'
import { keep } from '../support/picture'
import { expect, test } from '../support/test'

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

test('layers and sheets rise from the bottom', async ({ territory, page }) => {
  await territory.open('#map=13/50.443/2.69&lang=fr')
  await expect(territory.banner).toBeVisible()
  await expect(page.locator('#layers')).toBeHidden()
  await page.getByRole('button', { name: 'Afficher les couches' }).tap()
  await expect(page.locator('#layers')).toBeVisible()
  const panel = await page.locator('#panel').boundingBox()
  expect((panel?.y ?? 0) + (panel?.height ?? 0)).toBeCloseTo(844, 0)
  expect(panel?.y).toBeGreaterThan(844 * 0.3)
  expect(panel?.width).toBe(390)
  await page.getByRole('button', { name: 'Réduire les couches' }).tap()

  await territory.search.fill('cite 10')
  await territory.results.filter({ hasText: 'Cité 10' }).first().tap()
  await territory.sheetOf('Cité 10')
  await territory.idle()
  const sheet = await territory.sheet.boundingBox()
  expect(sheet?.width).toBe(390)
  expect(sheet?.y).toBeGreaterThan(844 * 0.3)
  keep('carte-fr-telephone.png', await page.screenshot())

  await territory.sheet.getByRole('button', { name: 'Fermer la fiche' }).tap()
  await expect(territory.sheet).toBeHidden()
  const wider = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(wider, 'nothing sticks out').toBeLessThanOrEqual(390)
})

test('a finger held on the map lists what is there, and the place stays in sight', async ({ territory, page }) => {
  const { features } = await territory.items('reserves-fictives', 'limit=100')
  const reserve = features.find(({ properties }) => properties['nom'] === 'Réserve 1 (fictif)')
  const [x, south] = middleOf(reserve?.geometry ?? { type: '', coordinates: [] })
  // Low on the screen, where the sheet will rise.
  const middle = south + 0.0014
  await territory.open(`#map=16/${middle}/${x}&lang=fr`)
  const top = (await page.locator('#map').boundingBox())?.y ?? 0
  const pixel = await page.evaluate((lonLat) => window.terril.map.project(lonLat), [x, south] as [number, number])
  const at = { x: Math.round(pixel.x), y: Math.round(top + pixel.y) }
  expect(at.y).toBeGreaterThan(844 * 0.6)
  const touch = await page.context().newCDPSession(page)
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] })
  await territory.sheetOf('Ce qui est ici')
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await expect(territory.sheet.locator('.here-status')).toHaveText(/^\d+ objets à cet endroit\.$/)
  await expect(territory.sheet.locator('[data-here="reserves-fictives"] .row')).toHaveText(/Réserve 1/)
  await territory.idle()
  const [lon = 0, lat = 0] = ((await territory.sheet.locator('.coordinates').textContent()) ?? '').split(', ').map(Number)
  const [map, sheet] = [await page.locator('#map').boundingBox(), await territory.sheet.boundingBox()]
  const { y } = await page.evaluate((lonLat) => window.terril.map.project(lonLat), [lon, lat] as [number, number])
  expect((map?.y ?? 0) + y).toBeLessThan(sheet?.y ?? 0)
  keep('ici-fr-telephone.png', await page.screenshot())

  // A finger that moves pans the map and asks nothing.
  await territory.sheet.getByRole('button', { name: 'Fermer la fiche' }).tap()
  const before = await territory.view()
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: 195, y: 300 }] })
  for (const down of [320, 360, 400]) await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: 195, y: down }] })
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await territory.idle()
  expect((await territory.view()).lat).not.toBeCloseTo(before.lat, 4)
  await expect(territory.sheet).toBeHidden()
})

test('a layer is taken away by finger, and nothing sticks out', async ({ territory, page }) => {
  await territory.open('#map=13/50.443/2.69&lang=en')
  const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.getByRole('button', { name: 'Show the layers' }).tap()
  const layer = territory.layer('parcelles-fictives')
  await layer.getByRole('button', { name: /^Source and licence/ }).tap()
  await territory.sheet.getByRole('button', { name: 'Use elsewhere…' }).tap()
  await expect(territory.sheet.locator('[data-address="ogcTiles"]')).toBeAttached()
  const widths = await territory.sheet.locator('.body').evaluate((body) => [body.scrollWidth, body.clientWidth])
  expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0)
  await fits()
  await territory.sheet.getByRole('button', { name: 'Back to the layer' }).tap()
  await territory.sheet.getByRole('button', { name: 'Download…' }).tap()
  await expect(territory.sheet.locator('.take-hint')).toHaveText(/^\d+ features, about/)
  const start = territory.sheet.getByRole('button', { name: 'Download as GeoJSON' })
  const [saved] = await Promise.all([page.waitForEvent('download'), start.tap()])
  expect(saved.suggestedFilename()).toMatch(/^parcelles-fictives-.+\.geojson$/)
  const line = await page.locator('#downloads .download').boundingBox()
  expect(line?.x).toBeGreaterThanOrEqual(0)
  expect((line?.x ?? 0) + (line?.width ?? 0)).toBeLessThanOrEqual(390)
  await fits()
})
