// How somebody points at a place of the map: a click or tap, the same held (or the right button), Enter at the centre,
// Shift + Enter. What a place has is not known here.

import type { Map as MapLibre } from 'maplibre-gl'

/** `pick`: what lies uppermost; `all`: whatever is there, also of layers that are not shown. */
export type Wanted = 'pick' | 'all'

type Pixel = readonly [number, number]

/** How long a finger rests before it means « all ». Browsers of phones open their own menus after as long. */
const HOLD_MS = 550
/** A finger that rests still trembles. */
const STILL_PX = 10

/** Pixels around the pointer that count for thin things; Enter aims less well than a pointer. */
const REACH = { pointer: 4, keyboard: 8 } as const

export function listenForPointing(map: MapLibre, pointed: (at: Pixel, wanted: Wanted, reach: number) => void): void {
  // A finger that has been heard; where the browser has a menu of its own, holding it is told twice.
  let held = false
  const all = ({ x, y }: { readonly x: number; readonly y: number }): void => pointed([x, y], 'all', REACH.pointer)
  map.on('click', ({ point: { x, y } }) => {
    pointed([x, y], 'pick', REACH.pointer)
  })
  let timer = 0
  let from: Pixel | null = null
  const drop = (): void => {
    window.clearTimeout(timer)
    from = null
  }
  map.on('contextmenu', ({ point }) => {
    if (held) return
    if (from) {
      drop()
      held = true
    }
    all(point)
  })
  map.on('touchstart', ({ point, points }) => {
    drop()
    held = false
    if (points.length !== 1) return
    from = [point.x, point.y]
    timer = window.setTimeout(() => {
      held = true
      all(point)
    }, HOLD_MS)
  })
  map.on('touchmove', ({ point }) => {
    if (from && Math.hypot(point.x - from[0], point.y - from[1]) > STILL_PX) drop()
  })
  map.on('touchend', ({ originalEvent }) => {
    drop()
    // The sheet has risen under the finger: lifting it must not click what lies there now.
    if (held) originalEvent.preventDefault()
    held = false
  })
  map.on('touchcancel', drop)

  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    // What opens takes the focus at once: it must not get the rest of this key press.
    event.preventDefault()
    const { clientWidth, clientHeight } = map.getContainer()
    pointed([clientWidth / 2, clientHeight / 2], event.shiftKey ? 'all' : 'pick', REACH.keyboard)
  })
}
