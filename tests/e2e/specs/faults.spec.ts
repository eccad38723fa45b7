// The faults of a layer on the map: shown and hidden from the panel, told in a popup, carried by the address. The layer
// is the fictive parcels of the demonstration with faults planted in it.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test as base } from '../support/test'
import { keep } from '../support/picture'
import { serve } from '../support/server'
import { TerritoryPage } from '../support/territory'

const DATA = resolve(fileURLToPath(import.meta.url), '../../../../data')
const LAYER = 'parcelles'

interface Parcel {
  properties: Record<string, unknown>
  geometry: { type: string; coordinates: [number, number][][] }
}

/** Two parcels moved by 3 m, which makes overlaps and perhaps gaps, and one whose border crosses itself. */
async function planted(): Promise<string> {
  const source = JSON.parse(await readFile(join(DATA, 'parcelles-fictives.geojson'), 'utf8')) as { features: Parcel[] }
  const simple = source.features.filter(({ geometry }) => geometry.type === 'Polygon' && (geometry.coordinates[0]?.length ?? 0) === 5)
  const [moved, other, crossed] = simple.slice(5)
  if (!moved || !other || !crossed) throw new Error('the demonstration has no parcels of four corners')
  for (const { geometry } of [moved, other]) {
    geometry.coordinates = geometry.coordinates.map((ring) => ring.map(([lon, lat]) => [lon + 0.00004, lat]))
  }
  const [ring] = crossed.geometry.coordinates
  if (ring?.[1] && ring[2]) [ring[1], ring[2]] = [ring[2], ring[1]]
  const folder = await mkdtemp(join(tmpdir(), 'terril-faults-'))
  await writeFile(join(folder, `${LAYER}.geojson`), JSON.stringify(source))
  const toml = `[layer.${LAYER}]\ntitle = { fr = "Parcelles d’essai", en = "Trial parcels" }\nrole = "parcel"\nnature = "synthetic"\n`
  await writeFile(join(folder, 'terril.toml'), toml)
  return folder
}

interface Report {
  stage: string
  numberOfFaults: number
  faults: { kind: string; place?: [number, number]; message: string; message_fr: string; feature?: string }[]
}

const test = base.extend<{ faulty: TerritoryPage; report: Report }, { server: string }>({
  server: [
    async ({}, use) => {
      const folder = await planted()
      const server = await serve(folder)
      await use(server.url)
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: 150_000 },
  ],
  faulty: async ({ page, server }, use) => use(new TerritoryPage(page, server)),
  report: async ({ faulty }, use) => {
    const report = () => faulty.json<Report>(`loads/${LAYER}?f=json&limit=10000`)
    await expect.poll(async () => (await report()).stage, { timeout: 60_000 }).toBe('audited')
    await use(await report())
  },
})

function markers(territory: TerritoryPage): Promise<number> {
  return territory.page.evaluate(
    () => new Set(window.terril.map.queryRenderedFeatures({ layers: ['fault-mark'] }).map(({ properties }) => properties['place'])).size,
  )
}

test('faults are shown, told and hidden again', async ({ faulty, report, page }) => {
  const kinds = new Set(report.faults.map(({ kind }) => kind))
  expect([...kinds]).toEqual(expect.arrayContaining(['invalid-geometry', 'overlap']))
  await faulty.open('#lang=fr')
  const toggle = faulty.layer(LAYER).locator('[data-faults]')
  await expect(toggle).toHaveAttribute('aria-pressed', 'false')
  await expect(toggle).toContainText(`${report.numberOfFaults} anomalies sur la carte`)
  await toggle.click()
  await expect(toggle).toHaveAttribute('aria-pressed', 'true')
  await expect.poll(() => page.evaluate(() => location.hash)).toContain(`faults=${LAYER}`)
  const placed = report.faults.filter(({ place }) => place)
  await expect.poll(() => markers(faulty)).toBe(placed.length)

  const invalid = placed.find(({ kind }) => kind === 'invalid-geometry')
  const [lon, lat] = invalid?.place ?? [0, 0]
  await page.evaluate((hash) => (location.hash = hash), `#map=19/${lat}/${lon}&lang=fr&faults=${LAYER}`)
  await faulty.idle()
  await expect.poll(() => markers(faulty)).toBeGreaterThan(0)
  await faulty.click(lon, lat)
  const popup = page.locator('.maplibregl-popup')
  await expect(popup).toContainText(invalid?.message_fr ?? '?')
  await expect(popup).toContainText(/Aire avant → après : .+m² → .+m²/)
  // The same place may have another fault of the same parcel.
  await popup.getByRole('button', { name: `Ouvrir l’objet ${invalid?.feature}` }).first().click()
  await expect(faulty.sheet).toContainText('Anomalie relevée au chargement')
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'English' }).click()
  await expect(popup).toHaveCount(0)
  await faulty.idle()
  await faulty.click(lon, lat)
  await expect(popup).toContainText(invalid?.message ?? '?')
  await expect(popup).toContainText('Area before → after')
  await popup.getByRole('button', { name: 'Close the fault' }).click()
  await expect(popup).toHaveCount(0)

  await toggle.click()
  await expect(toggle).toHaveAttribute('aria-pressed', 'false')
  await expect.poll(() => markers(faulty)).toBe(0)
})

test('an address brings its faults with it', async ({ faulty, report }) => {
  const overlap = report.faults.find(({ kind, place }) => kind === 'overlap' && place)
  const [lon, lat] = overlap?.place ?? [0, 0]
  await faulty.open(`#map=18/${lat}/${lon}&lang=fr&faults=${LAYER}`)
  await expect.poll(() => markers(faulty)).toBeGreaterThan(0)
  await faulty.click(lon, lat)
  await expect(faulty.page.locator('.maplibregl-popup')).toContainText('se superpose à la parcelle')
  await faulty.idle()
  keep('anomalies-fr.png', await faulty.page.screenshot())
})

test('what an audit finds while the map is open is counted', async ({ faulty, report, page }) => {
  let asked = 0
  await page.route('**/collections?f=json', async (route) => {
    const response = await route.fetch()
    const body = (await response.json()) as { collections: { stage: string; faults: number; repaired: number }[] }
    asked += 1
    // As it was before the audit.
    if (asked === 1) body.collections.forEach((one) => Object.assign(one, { stage: 'open', faults: 0, repaired: 0 }))
    await route.fulfill({ response, json: body })
  })
  await faulty.open('#lang=fr')
  const toggle = faulty.layer(LAYER).locator('[data-faults]')
  await expect(toggle).toContainText(`${report.numberOfFaults} anomalies sur la carte`)
  expect(asked).toBe(2)
})
