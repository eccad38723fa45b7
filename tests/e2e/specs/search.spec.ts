// Search without accents or capitals, permalinks, and the keyboard alone.

import { expect, test } from '../support/test'

test('lievin finds Liévin', async ({ territory }) => {
  await territory.open('#lang=fr')
  await territory.search.fill('lievin')
  const hit = territory.results.filter({ hasText: 'Liévin' }).first()
  await expect(hit).toBeVisible()
  await hit.click()
  await expect(territory.title).toContainText('Liévin')
})

test('a layer is found by part of its title and switched on', async ({ territory }) => {
  await territory.open('#lang=fr&layers=')
  const layer = (await territory.collections()).find(({ role }) => role === 'land-reserve')
  const title = layer?.titles.fr ?? ''
  await territory.search.fill(title.normalize('NFD').replace(/\p{Mark}/gu, '').toUpperCase())
  await territory.results.filter({ hasText: title }).first().click()
  await expect(territory.layer(layer?.id ?? '').getByRole('checkbox')).toBeChecked()
  await territory.sheetOf(title)
})

test('nothing found is said', async ({ territory, page }) => {
  await territory.open('#lang=en')
  await territory.search.fill('zzzzqqq')
  await expect(page.locator('#search-status')).toHaveText('No result for “zzzzqqq”')
  await expect(territory.search).toHaveAttribute('aria-expanded', 'false')
})

test('noeux finds Nœux-les-Mines', async ({ realTerritory: territory }) => {
  await territory.open('#lang=fr')
  for (const typed of ['noeux', 'nœux', 'NOEUX LES']) {
    await territory.search.fill(typed)
    await expect(territory.results.filter({ hasText: /N(œ|oe)ux-les-Mines/i }).first()).toBeVisible()
    await territory.search.fill('')
    await expect(territory.results).toHaveCount(0)
  }
})

test('a permalink restores view, layers, language and sheet', async ({ territory, page }) => {
  const { features } = await territory.items('cites-nommees', 'limit=1')
  const id = String(features[0]?.id)
  await territory.open(`#map=13.5/50.442/2.69&layers=cites-nommees,reserves-nommees&lang=en&sel=cites-nommees/${id}`)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(page.locator('#layers input:checked')).toHaveCount(2)
  await territory.sheetOf(String(features[0]?.properties['nom']))
  const before = await territory.view()
  expect(before.zoom).toBeCloseTo(13.5, 2)
  expect(before.lat).toBeCloseTo(50.442, 4)

  // What the page writes itself opens the same page again.
  await page.getByRole('button', { name: 'Zoom in' }).click()
  await territory.idle()
  await page.getByRole('button', { name: 'Français' }).click()
  await expect(page).toHaveURL(/#map=14\.5\/.*lang=fr.*sel=cites-nommees\//)
  const address = page.url()
  await page.goto('about:blank')
  await page.goto(address)
  await page.waitForFunction(() => 'terril' in window)
  await territory.idle()
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr')
  await expect(page.locator('#layers input:checked')).toHaveCount(2)
  await territory.sheetOf(String(features[0]?.properties['nom']))
  expect((await territory.view()).zoom).toBeCloseTo(14.5, 2)
})

test('an address given while the map moves is followed', async ({ territory, page }) => {
  const { features } = await territory.items('cites-nommees', 'limit=1')
  await territory.open('#lang=fr')
  await page.evaluate((sel) => {
    const before = location.href
    location.hash = `#lang=en&sel=${sel}`
    // What the end of a move does before the page has heard of the new address.
    history.replaceState(null, '', before)
  }, `cites-nommees/${features[0]?.id}`)
  await territory.sheetOf(String(features[0]?.properties['nom']))
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
})

test('the keyboard alone: search, choose, read, close', async ({ territory, page }) => {
  await territory.open('#lang=fr')
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '')
  for (let presses = 0; (await focused()) !== 'search' && presses < 8; presses++) await page.keyboard.press('Tab')
  expect(await focused()).toBe('search')
  await page.keyboard.type('bois aux')
  await expect(territory.results.filter({ hasText: 'Bois aux oiseaux' }).first()).toBeVisible()
  await expect(page.locator('#search-status')).toHaveText(/^\d+ résultats?\./)
  await page.keyboard.press('ArrowDown')
  await expect(territory.results.first()).toHaveAttribute('aria-selected', 'true')
  await expect(territory.search).toHaveAttribute('aria-activedescendant', 'search-hit-0')
  await page.keyboard.press('Enter')
  await territory.sheetOf('Bois aux oiseaux')
  await expect(territory.title).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(territory.sheet).toBeHidden()
  await expect(territory.search).toBeFocused()
})

test('the keyboard alone: layers are checkboxes, the map is read at its centre', async ({ territory, page }) => {
  await territory.open('#map=14/50.442/2.6857&lang=fr')
  const box = page.locator('#layers input[type=checkbox]').first()
  await box.focus()
  await page.keyboard.press('Space')
  await expect(box).not.toBeChecked()
  const outline = await box.evaluate((one) => getComputedStyle(one).outlineStyle)
  expect(outline, 'the focus is visible').toBe('solid')
  await page.locator('#map canvas').focus()
  await expect(page.locator('#map canvas')).toHaveAttribute('aria-label', /^Carte\./)
  await page.keyboard.press('Enter')
  await expect(territory.title).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.locator('#map canvas')).toBeFocused()
  const before = await territory.view()
  await page.keyboard.press('ArrowRight')
  await territory.idle()
  expect((await territory.view()).lon).toBeGreaterThan(before.lon)
})
