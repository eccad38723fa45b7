// On a phone the map comes first; layers and sheets rise from the bottom and never cover the whole of it.

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
