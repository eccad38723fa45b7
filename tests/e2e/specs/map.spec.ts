// The demonstration territory at three zooms in both languages: drawn, named, said to be a demonstration. The
// pictures of the documentation are made here.

import { colours, keep } from '../support/picture'
import { expect, test } from '../support/test'

const VIEWS = [
  { name: 'z10', map: '10/50.425/2.7' },
  { name: 'z13', map: '13/50.443/2.672' },
  { name: 'z16', map: '16/50.4445/2.6735' },
] as const

const WORDS = {
  fr: { banner: 'Démonstration : les lieux sont schématiques et les données fictives.', layers: 'Couches' },
  en: { banner: 'Demonstration: places are schematic and data fictitious.', layers: 'Layers' },
} as const

for (const lang of ['fr', 'en'] as const) {
  for (const { name, map } of VIEWS) {
    test(`the demonstration territory at ${name} in ${lang}`, async ({ territory, page }) => {
      await territory.open(`#map=${map}&lang=${lang}`)
      await expect(page.locator('html')).toHaveAttribute('lang', lang)
      await expect(territory.banner).toBeVisible()
      await expect(territory.banner).toContainText(WORDS[lang].banner)
      await expect(page.getByRole('heading', { name: WORDS[lang].layers, exact: true })).toBeVisible()

      // Every layer that has something in view is drawn, by the server's own count.
      const box = await territory.bounds()
      let drawn = 0
      for (const collection of await territory.collections()) {
        const placed = await territory.placedIn(collection, box)
        if (placed === 0) continue
        const rendered = await territory.rendered(collection.id)
        expect(rendered, `${collection.id}: ${placed} in view`).toBeGreaterThan(0)
        drawn++
      }
      expect(drawn, 'layers in view').toBeGreaterThanOrEqual(5)

      const canvas = await page.locator('#map').screenshot()
      const { kinds, mostFrequent } = colours(canvas)
      expect(kinds, 'colours on the map').toBeGreaterThan(40)
      expect(mostFrequent, 'share of the background').toBeLessThan(0.9)

      keep(`carte-${lang}-${name}.png`, await page.screenshot())
    })
  }
}

test('the first view shows the whole territory', async ({ territory }) => {
  await territory.open()
  for (const { id, geometryType } of await territory.collections()) {
    if (geometryType !== 'none') expect(await territory.rendered(id), id).toBeGreaterThan(0)
  }
})

test('layers are switched off and on, alone and together', async ({ territory, page }) => {
  await territory.open()
  const [first] = (await territory.collections()).filter(({ role }) => role === 'estate')
  const id = first?.id ?? ''
  const box = territory.layer(id).getByRole('checkbox')
  await expect(box).toBeChecked()
  await box.uncheck()
  await territory.idle()
  expect(await territory.rendered(id)).toBe(0)
  await expect(page).not.toHaveURL(new RegExp(`layers=[^&]*${id}`))
  await page.getByRole('button', { name: 'Tout masquer' }).click()
  await expect(page.locator('#layers input:checked')).toHaveCount(0)
  await page.getByRole('button', { name: 'Tout afficher' }).click()
  await territory.idle()
  expect(await territory.rendered(id)).toBeGreaterThan(0)
})

test('the legend counts every layer', async ({ territory }) => {
  await territory.open()
  const collections = await territory.collections()
  expect(collections.length).toBeGreaterThan(5)
  for (const { id, titles, itemCount } of collections) {
    await expect(territory.layer(id)).toContainText(titles.fr)
    await expect(territory.layer(id).locator('.count')).toHaveText(itemCount.toLocaleString('fr-FR'))
    await expect(territory.layer(id).locator('svg.swatch')).toBeVisible()
  }
})

test('a layer says whether it is schematic or fictitious', async ({ territory }) => {
  await territory.open()
  const words: Readonly<Record<string, string>> = { seed: 'schématique', synthetic: 'fictif' }
  for (const { id, nature } of await territory.collections()) {
    const badge = territory.layer(id).locator('.badge')
    const word = words[nature]
    if (word) await expect(badge).toHaveText(word)
    else await expect(badge).toHaveCount(0)
  }
})

test('the banner cannot be closed and says which layer is what', async ({ territory, page }) => {
  await territory.open()
  await territory.banner.getByRole('button', { name: 'En savoir plus' }).click()
  for (const { titles } of await territory.collections()) {
    await expect(territory.banner.getByText(titles.fr, { exact: true }).first()).toBeVisible()
  }
  await page.keyboard.press('Escape')
  await territory.banner.getByRole('button', { name: 'Refermer' }).click()
  await expect(territory.banner).toBeVisible()
})
