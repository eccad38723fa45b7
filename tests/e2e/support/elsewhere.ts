// A page on somebody else's site: another origin than the server's, so that what it may read hangs on CORS.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))
const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript', mjs: 'text/javascript', css: 'text/css' }

/** Where the files of its pages are looked for. */
const FOLDERS = [
  join(HERE, 'elsewhere'),
  resolve(HERE, '../node_modules/ol/dist'),
  resolve(HERE, '../../../viewer/node_modules/maplibre-gl/dist'),
]

export interface Site {
  /** ends with a slash */
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Serves those files on a port of its own. */
export async function elsewhere(): Promise<Site> {
  const server = createServer((request, response) => {
    const name = basename(new URL(request.url ?? '/', 'http://here').pathname)
    void found(name).then((body) => {
      response.writeHead(body ? 200 : 404, { 'Content-Type': TYPES[name.split('.').pop() ?? ''] ?? 'text/plain' })
      response.end(body ?? name)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const stop = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise((done) => server.close(() => done()))
  }
  return { url: `http://127.0.0.1:${port}/`, stop }
}

async function found(name: string): Promise<Buffer | undefined> {
  for (const folder of FOLDERS) {
    try {
      return await readFile(join(folder, name))
    } catch {
      // In the next one, or nowhere.
    }
  }
  return undefined
}

/** What the server itself says of a rectangle in degrees: how many features of a collection it holds, with a place. */
export async function placed(server: string, collection: string, box: readonly number[]): Promise<number> {
  const answer = await fetch(`${server}collections/${collection}/items?limit=10000&bbox=${box.join(',')}`)
  const page = (await answer.json()) as { features: { geometry: unknown }[] }
  return page.features.filter((feature) => feature.geometry).length
}
