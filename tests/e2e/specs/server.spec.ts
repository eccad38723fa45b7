// What the server may say beyond layers: a base map, sources still being read, sources refused.

import { expect, test } from '../support/test'

const GREY_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
)

test('without a base map no tile of pictures is asked for', async ({ territory, page }) => {
  const pictures: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith('http') && request.resourceType() === 'image') pictures.push(request.url())
  })
  await territory.open('#map=12/50.443/2.69&lang=fr')
  expect(pictures).toEqual([])
})

test('a configured base map lies under the layers, with its attribution', async ({ territory, page }) => {
  let asked = 0
  await page.route('**/viewer.json', async (route) => {
    const settings = (await (await route.fetch()).json()) as Record<string, unknown>
    const baseMap = { tiles: [`${territory.url}fond/{z}/{x}/{y}.png`], attribution: 'Fond de carte d’essai' }
    await route.fulfill({ json: { ...settings, baseMap } })
  })
  await page.route('**/fond/**', (route) => {
    asked++
    return route.fulfill({ contentType: 'image/png', body: GREY_PIXEL })
  })
  await territory.open('#map=12/50.443/2.69&lang=fr')
  expect(asked).toBeGreaterThan(0)
  await expect(page.locator('#panel footer')).toContainText('Fond de carte d’essai')
  expect(await territory.rendered('cites-nommees')).toBeGreaterThan(0)
})

test('sources that are being read or were refused are said, and new layers offered', async ({ territory, page }) => {
  let asked = 0
  await page.route('**/loads', (route) => {
    asked++
    const reading = { source: 'parcelles.gpkg', state: 'loading' }
    const refused = { source: 'vide.geojson', state: 'failed', message: 'Le fichier est vide.' }
    return route.fulfill({ json: { layers: [], sources: asked === 1 ? [reading, refused] : [refused] } })
  })
  await territory.open('#lang=fr')
  const missing = page.locator('#panel .missing')
  await expect(missing).toContainText('Non chargé : vide.geojson. Le fichier est vide.')
  await expect(missing.getByRole('button', { name: 'Recharger la carte' })).toBeVisible()
  expect(asked).toBeGreaterThan(1)
})
