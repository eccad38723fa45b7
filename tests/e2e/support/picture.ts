// What a screenshot shows, in figures: a blank map is one colour.

import { PNG } from 'pngjs'

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
