// Lists of features to choose from: those without a place on the map, those with a fault.

import { collectionById, type Context } from './context'
import { h } from './dom'
import { featureName } from './fields'
import { swatch } from './swatch'
import type { Collection, FeatureRef, Item } from './types'

export function itemRow(
  context: Context,
  collection: Collection,
  feature: Item,
  choose: (ref: FeatureRef) => void,
): HTMLElement {
  const id = String(feature.id ?? feature.properties?.['id'] ?? '')
  return rowButton(context, { collection: collection.id, id }, featureName(feature.properties ?? {}, id), id, choose)
}

export function rowButton(
  context: Context,
  ref: FeatureRef,
  name: string,
  detail: string,
  choose: (ref: FeatureRef) => void,
): HTMLElement {
  const collection = collectionById(context, ref.collection)
  const look = context.looks.get(ref.collection)
  return h(
    'li',
    {},
    h(
      'button',
      { type: 'button', class: 'row', onclick: () => choose(ref) },
      collection && look && swatch(collection, look),
      h('span', { class: 'hit' }, name),
      h('span', { class: 'detail' }, detail),
    ),
  )
}
