// What the user has chosen. Parts of the page subscribe and redraw themselves; nothing else holds state that an
// address could carry.

import type { View } from './permalink'
import type { Bbox, FeatureRef, Lang } from './types'

export interface State {
  readonly lang: Lang
  readonly visible: ReadonlySet<string>
  /** how many faults a layer has by now, where that is known better than its document said at the start */
  readonly faultCounts: ReadonlyMap<string, number>
  /** the layers whose faults are drawn */
  readonly faults: ReadonlySet<string>
  readonly selected: FeatureRef | null
  /** the point that is being read, with the zoom at which it was pointed at */
  readonly here: View | null
  /** the box of the map, null before there is a map */
  readonly extent: Bbox | null
}

type Listener = (state: State, changed: ReadonlySet<keyof State>) => void

export class Store {
  #state: State
  readonly #listeners = new Set<Listener>()

  constructor(initial: State) {
    this.#state = initial
  }

  get state(): State {
    return this.#state
  }

  set(patch: Partial<State>): void {
    const before = this.#state
    this.#state = { ...before, ...patch }
    const keys = Object.keys(patch) as (keyof State)[]
    const changed = new Set(keys.filter((key) => before[key] !== this.#state[key]))
    if (changed.size > 0) for (const listener of this.#listeners) listener(this.#state, changed)
  }

  /** Until the signal is aborted; without one as long as the page lives. */
  subscribe(listener: Listener, signal?: AbortSignal): void {
    this.#listeners.add(listener)
    signal?.addEventListener('abort', () => this.#listeners.delete(listener))
  }

  showFaults(collection: string, shown: boolean): void {
    const faults = new Set(this.#state.faults)
    if (shown) faults.add(collection)
    else faults.delete(collection)
    if (faults.size !== this.#state.faults.size) this.set({ faults })
  }

  show(collection: string, shown: boolean): void {
    const visible = new Set(this.#state.visible)
    if (shown) visible.add(collection)
    else visible.delete(collection)
    if (visible.size !== this.#state.visible.size) this.set({ visible })
  }
}
