// The feature sheet: everything that the server gives for a feature, in the reader's language.

import type { Page } from '@playwright/test'
import { expect, test } from '../support/test'
import { middleOf } from '../support/geometry'
import { firstPosition, type TerritoryPage } from '../support/territory'

/** Every attribute of the item has its row, and those with a value do not read as missing. */
async function showsAll(territory: TerritoryPage, properties: Readonly<Record<string, unknown>>): Promise<void> {
  const terms = territory.sheet.locator('dl.attributes dt')
  await expect(terms.first()).toBeVisible()
  const shown = await terms.evaluateAll((all) => all.map((term) => term.getAttribute('data-field')))
  for (const [name, value] of Object.entries(properties)) {
    expect(shown, `attribute ${name}`).toContain(name)
    const cell = territory.sheet.locator(`dt[data-field="${name}"] + dd`)
    if (value === null || value === '') await expect(cell).toHaveText('non renseigné')
    else await expect(cell).not.toHaveText(/^(non renseigné|)$/)
    if (typeof value === 'string' && value.length > 0) await expect(cell).toContainText(value.replace(/\s+/g, ' ').trim())
  }
}

test('the sheet of a feature of every layer shows every attribute', async ({ territory, page }) => {
  await territory.open('#lang=fr')
  const seen: string[] = []
  for (const { id, titles } of await territory.collections()) {
    const { features } = await territory.items(id, 'limit=2')
    for (const feature of features) {
      const ref = `${encodeURIComponent(id)}/${encodeURIComponent(String(feature.id))}`
      const item = await territory.json<typeof feature>(`collections/${ref.replace('/', '/items/')}`)
      await page.evaluate((sel) => (location.hash = `#lang=fr&sel=${sel}`), ref)
      await expect(territory.sheet.locator('.layer')).toContainText(titles.fr)
      await expect(territory.sheet.locator('a[href*="/items/"]')).toHaveAttribute('href', new RegExp(`/items/${encodeURIComponent(String(feature.id))}$`))
      await showsAll(territory, item.properties)
      seen.push(ref)
    }
  }
  expect(seen.length).toBeGreaterThan(10)
})

test('a click opens the sheet, or the list of all that lies there', async ({ territory }) => {
  await territory.open('#map=14/50.443/2.69&lang=fr')
  const { features } = await territory.items('cites-nommees', 'limit=10')
  const cite = features.find(({ properties }) => properties['nom'] === 'Cité 10')
  const [lon, lat] = middleOf(cite?.geometry ?? { type: '', coordinates: [] })
  await territory.click(lon, lat)
  const status = territory.sheet.locator('.here-status')
  await expect(status).toHaveText(/^\d+ objets à cet endroit\.$/)
  const rows = territory.sheet.locator('.row')
  const count = Number((await status.textContent())?.split(' ')[0])
  await expect(rows).toHaveCount(count)
  await rows.filter({ hasText: 'Cité 10' }).click()
  await territory.sheetOf('Cité 10')
  await expect(territory.sheet).toContainText('schématique')
  await territory.sheet.getByRole('button', { name: /Retour à la liste/ }).click()
  await expect(rows).toHaveCount(count)
})

test('a sheet says where its layer comes from and what is schematic or fictitious', async ({ territory, page }) => {
  await territory.open('#lang=fr')
  const collections = await territory.collections()
  for (const nature of ['seed', 'synthetic'] as const) {
    const collection = collections.find((one) => one.nature === nature && one.geometryType === 'polygon')
    const { features } = await territory.items(collection?.id ?? '', 'limit=1')
    await page.evaluate((sel) => (location.hash = `#lang=fr&sel=${sel}`), `${collection?.id}/${features[0]?.id}`)
    await expect(territory.sheet.locator('.layer')).toContainText(collection?.titles.fr ?? '?')
    const warning = nature === 'seed' ? /contour schématiques/ : /Objet fictif/
    await expect(territory.sheet.locator('.warning').first()).toHaveText(warning)
    await expect(territory.sheet.locator('.provenance')).toContainText('Licence')
    await expect(territory.sheet.locator('.provenance dd').first()).not.toHaveText('')
  }
})

test('areas are in hectares and square metres, with narrow no-break spaces', async ({ territory }) => {
  const { features } = await territory.items('cites-nommees', 'limit=10')
  const cite = features.find(({ properties }) => properties['nom'] === 'Cité 10')
  await territory.open(`#lang=fr&sel=cites-nommees/${cite?.id}`)
  await expect(territory.sheet.locator('dt[data-field="surface_m2"] + dd')).toHaveText('45,74\u202fha / 457\u202f400\u202fm²', {
    useInnerText: true,
  })
})

test('no word is left untranslated in either language', async ({ territory, page }) => {
  const { features } = await territory.items('cites-nommees', 'limit=1')
  for (const lang of ['fr', 'en']) {
    await territory.open(`#lang=${lang}&sel=cites-nommees/${features[0]?.id}`)
    await expect(territory.title).toBeVisible()
    await territory.banner.getByRole('button').click()
    const pages = [await words(page)]
    await page.evaluate((hash) => (location.hash = hash), `#lang=${lang}&here=14/50.442/2.6857`)
    await expect(territory.sheet.locator('.here-pending')).toBeHidden()
    pages.push(await words(page))
    for (const open of [/^(Télécharger…|Download…)$/, /^(Utiliser ailleurs…|Use elsewhere…)$/]) {
      await territory.layer('cites-nommees').getByRole('button', { name: /licen[cs]e/i }).click()
      await territory.sheet.getByRole('button', { name: open }).click()
      await expect(territory.sheet.locator('.take-hint, [data-address="ogr"]')).toHaveText(/\d|ogr2ogr/)
      pages.push(await words(page))
    }
    // Templates of addresses and their answers have braces of their own.
    const text = pages.join('\n').replace(/\{(?:[xyz]|tileMatrix|tileRow|tileCol)\}/g, '')
    expect(text).not.toMatch(/\{\w+\}/)
    expect(text).not.toMatch(/\b(?:skip|lang|banner|panel|search|layers?|nature|legend|map|sources|sheet|info|fault|error|loads|here|copy|take|use)\.[a-z]\w+/)
    expect(text).not.toMatch(/\bundefined\b|\[object/)
    const foreign = lang === 'fr' ? /\b(?:Show all|Learn more|Layers|Licence:|without geometry|Download|Copy|What is here|elsewhere)\b/ : /\b(?:Tout afficher|Refermer|Couches|sans géométrie|Fermer|Télécharger|Copier|ailleurs|à cet endroit)\b/
    expect(text).not.toMatch(foreign)
  }
})

/** All that is read or read aloud. */
function words(page: Page): Promise<string> {
  return page.evaluate(() => {
    const named = [...document.querySelectorAll('[aria-label],[title],[placeholder]')]
    const attributes = named.flatMap((one) => ['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) ?? ''))
    return [document.title, document.body.innerText, ...attributes].join('\n')
  })
}

test('features without a place are listed and have a sheet', async ({ territory }) => {
  await territory.open('#lang=fr')
  const layers = (await territory.collections()).filter(({ nullGeometries }) => nullGeometries > 0)
  expect(layers.length).toBeGreaterThan(0)
  for (const { id, nullGeometries } of layers) {
    await territory.layer(id).getByRole('button', { name: `${nullGeometries} sans géométrie` }).click()
    await territory.sheetOf('Objets sans géométrie')
    const rows = territory.sheet.locator('.row')
    await expect(rows).toHaveCount(nullGeometries)
    await rows.first().click()
    await expect(territory.sheet.locator('.warning').first()).toHaveText(/n’a pas de géométrie/)
  }
})

test('what the server refuses is said in words', async ({ territory, page, faults }) => {
  await page.route('**/collections/cites-nommees/items/gone', (route) =>
    route.fulfill({
      status: 404,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: 'Objet inconnu', status: 404, detail: 'La couche n’a pas d’objet « gone ».' }),
    }),
  )
  await territory.open('#lang=fr&sel=cites-nommees/gone')
  await expect(territory.sheet.getByRole('alert')).toHaveText('Objet inconnu – La couche n’a pas d’objet « gone ».')
  await page.unroute('**/collections/cites-nommees/items/gone')
  await page.route('**/search?**', (route) => route.abort('connectionrefused'))
  await territory.search.fill('lievin')
  await expect(page.locator('#search-status')).toHaveText('Le serveur ne répond pas.')
  // Both faults were made here.
  expect(faults.length).toBeGreaterThan(0)
  faults.length = 0
})

test('a layer tells of itself', async ({ territory }) => {
  await territory.open('#lang=fr')
  const [first] = await territory.collections()
  await territory.layer(first?.id ?? '').getByRole('button', { name: /Source et licence/ }).click()
  await territory.sheetOf(first?.titles.fr ?? '')
  await expect(territory.sheet.locator('dl.attributes')).toContainText('Nombre d’objets')
  await expect(territory.sheet.locator('.provenance')).toContainText('Source')
})

test('a point of a layer is read by a click too', async ({ territory }) => {
  const { features } = await territory.items('espaces-publics-nommes', 'limit=20')
  const point = features.find(({ geometry }) => geometry?.type === 'Point')
  const [lon, lat] = firstPosition(point?.geometry ?? null)
  await territory.open(`#map=15/${lat}/${lon}&lang=fr&layers=espaces-publics-nommes`)
  await territory.click(lon, lat)
  await territory.sheetOf(String(point?.properties['nom']))
})
