// What a screenshot shows, in figures: a blank map is one colour. And its copy, small enough to be
// kept with the sources.

import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { expect } from '@playwright/test'
import { IMAGES } from './server'

export interface Colours {
  /** different colours, each channel cut to 4 bits */
  readonly kinds: number
  /** share of the most frequent of them */
  readonly mostFrequent: number
}

export function colours(png: Buffer): Colours {
  const { data, width, height } = PNG.sync.read(png)
  const counts = new Map<number, number>()
  for (let at = 0; at < data.length; at += 4) {
    const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3)
    const key = ((r >> 4) << 8) | ((g >> 4) << 4) | (b >> 4)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return { kinds: counts.size, mostFrequent: Math.max(...counts.values()) / (width * height) }
}

const MOST_BYTES = 300_000

/** Keeps a screenshot, with 32 steps per channel: nobody sees it, and half the bytes are gone. */
export function keep(name: string, screenshot: Buffer): void {
  const picture = PNG.sync.read(screenshot)
  for (let at = 0; at < picture.data.length; at++) {
    const channel = (picture.data[at] ?? 0) >> 3
    picture.data[at] = (channel << 3) | (channel >> 2)
  }
  // Unfiltered rows: the map is flat colour, which the filters of PNG only disturb.
  mkdirSync(IMAGES, { recursive: true })
  const file = join(IMAGES, name)
  writeFileSync(file, PNG.sync.write(picture, { colorType: 2, filterType: 0, deflateLevel: 9, deflateStrategy: 0 }))
  expect(statSync(file).size, `bytes of ${name}`).toBeLessThanOrEqual(MOST_BYTES)
}
