// Real data as users bring them: the one feature without a place and the one that was repaired are said and shown.

import { expect, test } from '../support/test'

test('real layers are drawn, without a demonstration banner', async ({ realTerritory: territory }) => {
  await territory.open('#map=11/50.43/2.83&lang=fr')
  await expect(territory.banner).toBeHidden()
  const box = await territory.bounds()
  let drawn = 0
  for (const collection of await territory.collections()) {
    const placed = await territory.placedIn(collection, box)
    if (placed === 0) continue
    expect(await territory.rendered(collection.id), `${collection.id}: ${placed} in view`).toBeGreaterThan(0)
    drawn++
  }
  expect(drawn).toBeGreaterThan(10)
})

test('the layer list has the counts of the sources', async ({ realTerritory: territory }) => {
  await territory.open('#lang=fr')
  const counts: Readonly<Record<string, string>> = {
    'cites-minieres': '159',
    'zt-cites-minieres': '162',
    'puits-de-mines': '636',
    'communes-mbm': '330',
    'communes-62-pas-de-calais': '891',
  }
  for (const [id, count] of Object.entries(counts)) {
    await expect(territory.layer(id).locator('.count')).toHaveText(count)
  }
})

test('the feature without a geometry is listed and has a sheet', async ({ realTerritory: territory }) => {
  await territory.open('#lang=fr')
  await territory.layer('zt-cavaliers').getByRole('button', { name: '1 sans géométrie' }).click()
  await territory.sheetOf('Objets sans géométrie')
  const rows = territory.sheet.locator('.row')
  await expect(rows).toHaveCount(1)
  await rows.click()
  await expect(territory.sheet.locator('.warning').first()).toHaveText(/n’a pas de géométrie/)
  await expect(territory.sheet.locator('dt[data-field="id_troncon"]')).toBeVisible()
})

test('the repaired feature is named by its layer and by its sheet', async ({ realTerritory: territory }) => {
  await territory.open('#lang=fr')
  const repaired = (await territory.collections()).filter((one) => one.repaired > 0)
  expect(repaired.map(({ repaired: count }) => count)).toEqual([1])
  const id = repaired[0]?.id ?? ''
  expect(id).toMatch(/cites-minieres$/)
  await territory.layer(id).getByRole('button', { name: '1 géométrie réparée' }).click()
  // It has points that stand twice besides, which is said in a row of its own.
  const row = territory.sheet.locator('.row').filter({ hasText: '10010' }).filter({ hasText: 'réparée' })
  await expect(row).toHaveCount(1)
  await row.click()
  await expect(territory.sheet.locator('dt[data-field="id_lsm"] + dd')).toHaveText('10010')
  await expect(territory.sheet.locator('.warning').first()).toHaveText(/Anomalie relevée au chargement/)
  await territory.idle()
})

test('attribution and licence of a real layer stand in its sheet', async ({ realTerritory: territory, page }) => {
  await territory.open('#lang=fr')
  await territory.search.fill('Sains-en-Gohelle')
  await territory.results.filter({ hasText: /^Sains-en-Gohelle/ }).first().click()
  await territory.sheetOf('Sains-en-Gohelle')
  await expect(territory.sheet.locator('.provenance')).toContainText('Licence')
  await territory.idle()
  expect((await territory.view()).zoom).toBeGreaterThan(11)
  await expect(page).toHaveURL(/sel=communes/)
})
