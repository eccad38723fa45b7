// A download over several pages: its progress, its end, and what becomes of it where a page does not come.

import type { Page } from '@playwright/test'
import { LAYER, openDownload, startButton, take } from '../support/download'
import { expect, test } from '../support/test'

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
