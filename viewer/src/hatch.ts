// The hatching of fictitious data, drawn when a style first asks for it: `hatch/#E69F00` is an image of diagonal
// strokes in that colour. No sprite has to be fetched.

const SIZE = 16
const STROKE = 2.2

export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

export function isHatch(image: string): boolean {
  return /^hatch\/#[0-9a-f]{6}$/i.test(image)
}

/**
 * One tile of the pattern, 16 × 16 pixels RGBA. The distance of a pixel to the nearest stroke is taken modulo the
 * tile in both directions, so that neighbouring tiles join without a seam.
 *
 *     · · / ·
 *     · / · ·
 *     / · · ·
 *     · · · /
 */
export function hatch(image: string): Pixels {
  const rgb = [7, 9, 11].map((at) => parseInt(image.slice(at, at + 2), 16))
  const data = new Uint8Array(SIZE * SIZE * 4)
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const along = (x + y + 1) % SIZE
      const distance = Math.min(along, SIZE - along) / Math.SQRT2
      const alpha = Math.max(0, Math.min(1, STROKE / 2 + 0.5 - distance))
      // Colour stays whole where alpha falls: the map multiplies them itself.
      data.set([...rgb, 255 * alpha], (y * SIZE + x) * 4)
    }
  }
  return { width: SIZE, height: SIZE, data }
}
