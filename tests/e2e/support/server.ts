// Starts `terril serve` on a free port with a state folder of its own, and ends it again. Neither the user's state
// nor a second run beside this one is touched.

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Server {
  /** ends with a slash */
  readonly url: string
  readonly stop: () => Promise<void>
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const LISTENING = /http:\/\/127\.0\.0\.1:\d+\//
const START_MS = 120_000

export async function serve(...paths: readonly string[]): Promise<Server> {
  const binary = resolve(ROOT, process.env['TERRIL_BIN'] || 'target/release/terril')
  const state = await mkdtemp(join(tmpdir(), 'terril-e2e-'))
  const child = spawn(binary, ['serve', ...paths, '--port', '0', '--state', state], {
    cwd: ROOT,
    // Our own variables are no options of the server, which refuses those that it does not know.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TERRIL_'))),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await rm(state, { recursive: true, force: true })
  }
  const url = new Promise<string>((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`the server did not start in time:\n${said}`)), START_MS)
    const hear = (part: Buffer): void => {
      said += part.toString()
      const address = LISTENING.exec(said)?.[0]
      if (address) {
        clearTimeout(timer)
        found(address)
      }
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', failed)
    child.once('close', (code) => failed(new Error(`the server ended with ${code}:\n${said}`)))
  })
  try {
    await loaded(await url)
    return { url: await url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The server answers before its sources are read; a test wants them all. */
async function loaded(url: string): Promise<void> {
  const limit = AbortSignal.timeout(START_MS)
  for (;;) {
    const health = (await (await fetch(`${url}health`, { signal: limit })).json()) as { status: string }
    if (health.status === 'ok') return
    await new Promise((done) => setTimeout(done, 100))
  }
}

export function demonstration(): Promise<Server> {
  const given = process.env['TERRIL_URL']
  if (given) return Promise.resolve({ url: given.replace(/\/?$/, '/'), stop: () => Promise.resolve() })
  return serve(join(ROOT, 'data'))
}

export function realData(): Promise<Server> {
  const given = process.env['TERRIL_REAL_URL']
  if (given) return Promise.resolve({ url: given.replace(/\/?$/, '/'), stop: () => Promise.resolve() })
  const shared = resolve(ROOT, process.env['TERRIL_SHARED'] || '../shared')
  return serve(...['bassin-minier', 'communes-62', 'cadastre'].map((folder) => join(shared, 'data', folder)))
}

/** Where screenshots go. Those of the documentation are made anew on purpose only (`npm run images`): fonts differ. */
export const IMAGES = resolve(ROOT, process.env['TERRIL_IMAGES'] || 'target/test-reports/images')
