// What the served collections are, before anything is drawn: their title in a language, their group and order in
// the panel, their extent.

import { bilingual } from './i18n'
import { number } from './format'
import { STYLED_ROLES, styledRole, type StyledRole } from './styles'
import type { Bbox, Collection, Fault, Lang } from './types'

export function layerTitle(collection: Collection, lang: Lang): string {
  return bilingual(collection.titles, lang) ?? (collection.title || collection.id)
}

export interface LayerGroup {
  readonly role: StyledRole
  readonly collections: readonly Collection[]
}

/** Groups in the order in which a planner reads them: reserves first, territories and unknown layers last. */
export function groupByRole(collections: readonly Collection[]): readonly LayerGroup[] {
  return STYLED_ROLES.map((role) => ({
    role,
    collections: collections.filter((collection) => styledRole(collection) === role),
  })).filter((group) => group.collections.length > 0)
}

export function extentOf(collection: Collection): Bbox | null {
  const box = collection.extent?.spatial?.bbox?.[0]
  if (!box || (box.length !== 4 && box.length !== 6)) return null
  // A box with heights is west, south, low, east, north, high.
  const [west, south, east, north] = box.length === 6 ? [box[0], box[1], box[3], box[4]] : box
  const numbers = [west, south, east, north].filter((value): value is number => Number.isFinite(value))
  return numbers.length === 4 ? (numbers as unknown as Bbox) : null
}

export function union(boxes: readonly (Bbox | null)[]): Bbox | null {
  return boxes.reduce<Bbox | null>((all, box) => {
    if (!all || !box) return all ?? box
    return [
      Math.min(all[0], box[0]),
      Math.min(all[1], box[1]),
      Math.max(all[2], box[2]),
      Math.max(all[3], box[3]),
    ]
  }, null)
}

export function countText(collection: Collection, lang: Lang): string {
  return collection.itemCount === undefined ? '' : number(collection.itemCount, lang)
}

/** `counts` knows better than the documents of the start where an audit has ended since. */
export function hasFaults({ id, repaired, nullGeometries, faults }: Collection, counts: ReadonlyMap<string, number>): boolean {
  return (repaired ?? 0) > 0 || (nullGeometries ?? 0) > 0 || (counts.get(id) ?? faults ?? 0) > 0
}

/** What was found and done, in the reader's language. */
export function faultText({ kind, message, message_fr }: Fault, lang: Lang): string {
  return (lang === 'fr' ? message_fr || message : message || message_fr) || kind || ''
}
