// « Utiliser ailleurs »: what is shown is what is copied, and what is copied answers.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { keep } from '../support/picture'
import { expect, test } from '../support/test'
import type { Collection, Item, TerritoryPage } from '../support/territory'

const LAYER = 'reserves-fictives'
const run = promisify(execFile)

const KINDS = ['landing', 'items', 'html', 'tileJson', 'xyz', 'ogcTiles', 'style', 'curl', 'ogr'] as const
type Kind = (typeof KINDS)[number]

async function openAddresses(territory: TerritoryPage, collection = LAYER): Promise<void> {
  await territory.layer(collection).getByRole('button', { name: /^(Source et licence|Source and licence)/ }).click()
  await territory.sheet.getByRole('button', { name: /^(Utiliser ailleurs…|Use elsewhere…)$/ }).click()
  await territory.sheetOf(/^(Utiliser ailleurs|Use elsewhere)$/)
}

function code(territory: TerritoryPage, kind: Kind) {
  return territory.sheet.locator(`[data-address="${kind}"]`)
}

async function shown(territory: TerritoryPage, kind: Kind): Promise<string> {
  return (await code(territory, kind).textContent()) ?? ''
}

async function copy(territory: TerritoryPage, page: Page, kind: Kind): Promise<string> {
  const button = code(territory, kind).locator('xpath=following-sibling::button')
  await button.click()
  await expect(button).toContainText('Copi')
  return page.evaluate(() => navigator.clipboard.readText())
}

/** A tile that has something: the one of zoom 14 that holds the middle of the layer. */
function tileOf(collection: Collection): { z: number; x: number; y: number } {
  const [west = 0, south = 0, east = 0, north = 0] = collection.extent?.spatial?.bbox?.[0] ?? []
  const z = 10
  const lat = (((south + north) / 2) * Math.PI) / 180
  const x = Math.floor(((west + east) / 2 / 360 + 0.5) * 2 ** z)
  const y = Math.floor((0.5 - Math.asinh(Math.tan(lat)) / (2 * Math.PI)) * 2 ** z)
  return { z, x, y }
}

for (const lang of ['fr', 'en'] as const) {
  test(`every address in ${lang} is copied as it is shown, and answers`, async ({ territory, page }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await territory.open(`#lang=${lang}`)
    await openAddresses(territory)
    const collection = await territory.json<Collection>(`collections/${LAYER}?f=json`)
    const { z, x, y } = tileOf(collection)
    const texts: Partial<Record<Kind, string>> = {}
    for (const kind of KINDS) {
      const text = await copy(territory, page, kind)
      expect(text, kind).toBe(await shown(territory, kind))
      texts[kind] = text
      if (kind === 'curl' || kind === 'ogr') continue
      expect(text, kind).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//)
      const address = text
        .replace(/\{z\}|\{tileMatrix\}/, String(z))
        .replace(/\{x\}|\{tileCol\}/, String(x))
        .replace(/\{y\}|\{tileRow\}/, String(y))
      const answer = await page.request.get(address)
      expect(answer.status(), `${kind} ${address}`).toBe(200)
      expect((await answer.body()).length, kind).toBeGreaterThan(0)
    }
    expect(new Set(Object.values(texts)).size, 'all differ').toBe(KINDS.length)
    // The tiles of both addresses are the same.
    const bytes = async (kind: 'xyz' | 'ogcTiles') => {
      const template = texts[kind] ?? ''
      const address = template.replace(/\{z\}|\{tileMatrix\}/, `${z}`).replace(/\{x\}|\{tileCol\}/, `${x}`).replace(/\{y\}|\{tileRow\}/, `${y}`)
      return (await page.request.get(address)).body()
    }
    expect((await bytes('xyz')).equals(await bytes('ogcTiles'))).toBe(true)
    const style = (await (await page.request.get(texts.style ?? '')).json()) as { version: number; layers: unknown[] }
    expect(style.version).toBe(8)
    expect(style.layers.length).toBeGreaterThan(0)
  })
}

test('the lines for a terminal bring the whole layer', async ({ territory }) => {
  await territory.open('#lang=fr')
  await openAddresses(territory)
  const { features, numberMatched } = await territory.items(LAYER, 'limit=10000')
  const folder = await mkdtemp(join(tmpdir(), 'terril-lines-'))
  try {
    await run('/bin/sh', ['-c', await shown(territory, 'curl')], { cwd: folder })
    const file = JSON.parse(await readFile(join(folder, `${LAYER}.geojson`), 'utf8')) as { features: Item[] }
    expect(file.features).toEqual(features)
    await run('/bin/sh', ['-c', await shown(territory, 'ogr')], { cwd: folder })
    const { stdout } = await run('ogrinfo', ['-so', join(folder, `${LAYER}.gpkg`), LAYER])
    expect(stdout).toContain(`Feature Count: ${numberMatched}`)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('addresses are those of the links of the server, wherever the page was opened', async ({ territory, page }) => {
  // A server with a public name behind a proxy: every address in its documents is of that name.
  const PUBLIC = 'https://carto.example/territoire/'
  const named = (text: string) => text.replaceAll(territory.url, PUBLIC)
  await page.route(/\/(\?f=json|collections\/[^/]+(\/tiles)?\?f=json|[^/]+\.json)$/, async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: named(await answer.text()) })
  })
  await territory.open('#lang=en&layers=')
  await openAddresses(territory)
  for (const kind of KINDS) {
    const text = await shown(territory, kind)
    expect(text, kind).toContain(PUBLIC)
    expect(text, kind).not.toContain('127.0.0.1')
  }
  const steps = territory.sheet.locator('.steps code')
  expect(await steps.allTextContents()).toEqual([
    await shown(territory, 'landing'),
    await shown(territory, 'xyz'),
    await shown(territory, 'style'),
  ])
})

test('the way through QGIS is in the words of its menus', async ({ territory, page }) => {
  await territory.open('#lang=fr')
  await openAddresses(territory)
  const steps = territory.sheet.locator('.steps')
  await expect(steps.first()).toContainText('Couche ▸ Ajouter une couche ▸ Ajouter une couche WFS…')
  await expect(steps.first()).toContainText('choisir « Réserves foncières (fictif) »')
  await expect(steps.last()).toContainText('Couche ▸ Ajouter une couche ▸ Ajouter une couche de tuile vectorielle…')
  await expect(steps.last()).toContainText('Niveau de zoom max. : 18')
  await page.getByRole('button', { name: 'English' }).click()
  await expect(steps.first()).toContainText('Layer ▸ Add Layer ▸ Add WFS / OGC API - Features Layer…')
  // The title under which QGIS lists the layer, in whichever language this page is.
  const { title } = await territory.json<{ title: string }>(`collections/${LAYER}?f=json`)
  await expect(steps.first()).toContainText(`choose “${title}”`)
  await expect(steps.last()).toContainText('Layer ▸ Add Layer ▸ Add Vector Tile Layer…')
  await territory.sheet.getByRole('button', { name: 'Back to the layer' }).click()
  await territory.sheetOf('Land reserves (fictif)')
})

test('tiles that fail are said, and the other addresses stay', async ({ territory, page, faults }) => {
  await territory.open('#lang=fr&layers=')
  await page.route(`**/collections/${LAYER}/tiles?f=json`, (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Trop de demandes', status: 503 }) }),
  )
  await openAddresses(territory)
  await expect(territory.sheet.locator('.error')).toHaveText('Les adresses des tuiles manquent : Trop de demandes')
  await expect(code(territory, 'items')).toHaveText(`${territory.url}collections/${LAYER}/items`)
  await expect(code(territory, 'xyz')).toHaveCount(0)
  expect(faults.filter((fault) => !/503/.test(fault))).toEqual([])
  faults.length = 0
})

test('the keyboard alone reaches and copies an address', async ({ territory, page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await territory.open('#lang=en')
  const opener = territory.layer(LAYER).getByRole('button', { name: /^Source and licence/ })
  await opener.focus()
  await page.keyboard.press('Enter')
  await expect(territory.title).toBeFocused()
  const open = territory.sheet.getByRole('button', { name: 'Use elsewhere…' })
  await open.focus()
  await page.keyboard.press('Enter')
  await territory.sheetOf('Use elsewhere')
  await expect(territory.title).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(territory.sheet.getByRole('button', { name: 'Copy OGC API – Features service' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('p[role=status].spoken')).toHaveText('Copied: OGC API – Features service')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(territory.url)
  await page.keyboard.press('Escape')
  await expect(opener).toBeFocused()
})

for (const lang of ['fr', 'en'] as const) {
  test(`the picture of the addresses in ${lang}`, async ({ territory, page }) => {
    await territory.open(`#map=16/50.4445/2.6735&lang=${lang}`)
    await openAddresses(territory)
    for (const kind of KINDS) await expect(code(territory, kind)).toHaveText(/\S/)
    await territory.idle()
    keep(`adresses-${lang}.png`, await page.screenshot())
  })
}
