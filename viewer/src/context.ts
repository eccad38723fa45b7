// What every part of the page is given: the collections as served, the state, and the few things that a part may
// ask of the rest of the page. Parts know this, not each other.

import type { ProblemError } from './api'
import type { Look } from './styles'
import type { Store } from './store'
import type { View } from './permalink'
import type { Bbox, Collection, FeatureRef, ViewerConfig } from './types'

export interface Context {
  readonly config: ViewerConfig
  readonly collections: readonly Collection[]
  readonly looks: ReadonlyMap<string, Look>
  readonly store: Store
  readonly actions: Actions
}

export interface Actions {
  /** Fits the map to a box, beside the panels that cover it. */
  readonly fit: (box: Bbox) => void
  /** Opens the sheet of a feature; its layer is switched on. */
  readonly open: (ref: FeatureRef, options: OpenOptions) => void
  /** Lists what is at a point in all layers. */
  readonly openHere: (at: View) => void
  readonly openLayer: (collection: Collection) => void
  readonly openPlaceless: (collection: Collection) => void
  readonly alert: (text: string) => void
  /** Says something to those who listen to the page. */
  readonly say: (text: string) => void
}

export interface OpenOptions {
  readonly fit: boolean
  /** the point by which the feature was found: what else is there stays one step away */
  readonly at?: View | null
}

export function collectionById(context: Context, id: string): Collection | undefined {
  return context.collections.find((collection) => collection.id === id)
}

export type Failure = ProblemError | Error
