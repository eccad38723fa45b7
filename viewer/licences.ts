// The licences of what the bundle carries, as one text file beside it. MapLibre comes bundled with what it depends
// on, so its own list of dependencies says whose terms have to go with it.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Plugin } from 'vite'

const BUNDLED = 'maplibre-gl'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Emits `licences.txt`. Fails where a package neither carries nor names a licence. */
export function licences(root: string): Plugin {
  const modules = resolve(root, 'node_modules')
  return {
    name: 'licences',
    apply: 'build',
    generateBundle() {
      const own = manifest(modules, BUNDLED)
      const names = [BUNDLED, ...Object.keys(own.dependencies ?? {}).filter((name) => !name.startsWith('@types/'))]
      const source = names.map((name) => section(modules, name)).join('\n\n')
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: `${source}\n` })
    },
  }
}

function manifest(modules: string, name: string): Manifest {
  return JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as Manifest
}

function section(modules: string, name: string): string {
  const { version, license } = manifest(modules, name)
  const folder = join(modules, name)
  const file = existsSync(folder) ? readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry)) : undefined
  if (!file && !license) throw new Error(`${name} names no licence`)
  const terms = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license ?? ''}`
  const title = `${name} ${version}`
  return `${title}\n${'='.repeat(title.length)}\n\n${terms}`
}
