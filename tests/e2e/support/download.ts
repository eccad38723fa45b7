// A download as a test speaks of it.

import { readFile } from 'node:fs/promises'
import type { Download, Locator, Page } from '@playwright/test'
import type { Item, TerritoryPage } from './territory'

export const LAYER = 'parcelles-fictives'

export interface File {
  readonly type: string
  readonly crs?: { readonly properties: { readonly name: string } }
  readonly metadata: Readonly<Record<string, unknown>>
  readonly features: readonly Item[]
}

export async function openDownload(territory: TerritoryPage, collection: string): Promise<void> {
  await territory.layer(collection).getByRole('button', { name: /^(Source et licence|Source and licence)/ }).click()
  await territory.sheet.getByRole('button', { name: /^(Télécharger…|Download…)$/ }).click()
  await territory.sheetOf(/^(Télécharger la couche|Download the layer)$/)
}

/** Starts the download and returns the file with its name. */
export async function take(page: Page, territory: TerritoryPage): Promise<{ name: string; file: File }> {
  const [saved] = await Promise.all([page.waitForEvent('download'), startButton(territory).click()])
  return { name: saved.suggestedFilename(), file: await contents(saved) }
}

export function startButton(territory: TerritoryPage): Locator {
  return territory.sheet.getByRole('button', { name: /GeoJSON$/ })
}

async function contents(saved: Download): Promise<File> {
  return JSON.parse(await readFile(await saved.path(), 'utf8')) as File
}
