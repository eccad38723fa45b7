// Lists of features to choose from: what lies under a click, what has no place on the map.

import { collectionById, type Context } from './context'
import { h } from './dom'
import { featureName } from './fields'
import { number } from './format'
import { plural } from './i18n'
import { layerTitle } from './layers'
import type { Hit } from './map'
import { swatch } from './swatch'
import type { Collection, FeatureRef, Item, Lang } from './types'

export function hitList(
  context: Context,
  hits: readonly Hit[],
  lang: Lang,
  choose: (ref: FeatureRef) => void,
): readonly HTMLElement[] {
  const rows = hits.map((hit) => {
    const collection = collectionById(context, hit.collection)
    const title = collection ? layerTitle(collection, lang) : hit.collection
    return rowButton(context, { collection: hit.collection, id: hit.id }, featureName(hit.properties, hit.id), title, choose)
  })
  const count = plural(lang, 'sheet.here', hits.length, number(hits.length, lang))
  return [h('h2', { tabindex: -1 }, count), h('ul', { class: 'rows' }, ...rows)]
}

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
