// The fixtures of all specs: the two servers, and a page that fails its test when anything went wrong on it that
// nobody looked at: an error in the console, a request that failed or was refused, a request to another host.

import { test as base, expect, type Page } from '@playwright/test'
import { demonstration, realData } from './server'
import { TerritoryPage } from './territory'

interface PageFixtures {
  /** Faults of the page so far. A test that provokes one takes it out. */
  readonly faults: string[]
  readonly territory: TerritoryPage
  readonly realTerritory: TerritoryPage
}

interface WorkerFixtures {
  readonly demo: string
  readonly real: string
}

export const test = base.extend<PageFixtures, WorkerFixtures>({
  demo: [
    async ({}, use) => {
      const server = await demonstration()
      await use(server.url)
      await server.stop()
    },
    { scope: 'worker', timeout: 150_000 },
  ],
  real: [
    async ({}, use) => {
      const server = await realData()
      await use(server.url)
      await server.stop()
    },
    { scope: 'worker', timeout: 150_000 },
  ],
  faults: [
    async ({ page }, use) => {
      const faults: string[] = []
      watch(page, faults)
      await use(faults)
      expect(faults, 'faults of the page').toEqual([])
    },
    { auto: true },
  ],
  territory: async ({ page, demo }, use) => use(new TerritoryPage(page, demo)),
  realTerritory: async ({ page, real }, use) => use(new TerritoryPage(page, real)),
})

function watch(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`))
  page.on('requestfailed', (request) => {
    // Tiles that are no longer wanted are given up by the map itself.
    const why = request.failure()?.errorText ?? ''
    if (why !== 'net::ERR_ABORTED') faults.push(`request: ${request.url()} ${why}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`response: ${response.status()} ${response.url()}`)
  })
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (/^https?:$/.test(protocol) && hostname !== '127.0.0.1') faults.push(`another host: ${request.url()}`)
  })
}

export { expect }
