// The sheet of a layer: what it holds, where it comes from, what loading found wrong with it.

import { itemsAddress } from './api'
import type { Context } from './context'
import { h } from './dom'
import { fieldLabel } from './fields'
import { number } from './format'
import { bilingual, t, type Key } from './i18n'
import { extentOf, hasFaults, layerTitle } from './layers'
import { faultSentence, layerLine, provenance } from './provenance'
import { rowButton } from './rows'
import { roleStyle, styledRole } from './styles'
import type { Collection, Fault, FeatureRef, Lang } from './types'

export function layerSheet(
  context: Context,
  collection: Collection,
  faults: readonly Fault[],
  lang: Lang,
  choose: (ref: FeatureRef) => void,
): readonly HTMLElement[] {
  const nature = collection.nature ?? 'real'
  const facts: readonly (readonly [Key, string])[] = [
    ['info.count', collection.itemCount === undefined ? '' : number(collection.itemCount, lang)],
    ['info.role', roleStyle(styledRole(collection)).label[lang]],
    ['info.nature', t(lang, `nature.${nature}`)],
    ['info.fields', (collection.fields ?? []).map(({ name }) => fieldLabel(name, collection.role, lang) ?? name).join(', ')],
  ]
  const list = h('dl', { class: 'attributes' })
  for (const [key, text] of facts) if (text !== '') list.append(h('dt', {}, t(lang, key)), h('dd', {}, text))
  const description = bilingual(collection.descriptions ?? undefined, lang) ?? collection.description
  const box = extentOf(collection)
  const links = h('p', { class: 'links' })
  if (box) links.append(h('button', { type: 'button', class: 'link', onclick: () => context.actions.fit(box) }, t(lang, 'layer.fit')))
  links.append(h('a', { href: itemsAddress(collection.id), target: '_blank', rel: 'noopener' }, t(lang, 'sheet.data')))
  return [
    h('div', { class: 'head' }, h('h2', { tabindex: -1 }, layerTitle(collection, lang)), layerLine(context, collection, lang)),
    ...(description ? [h('p', {}, description)] : []),
    list,
    ...faultSection(context, collection, faults, lang, choose),
    links,
    provenance(collection, lang),
  ]
}

function faultSection(
  context: Context,
  collection: Collection,
  faults: readonly Fault[],
  lang: Lang,
  choose: (ref: FeatureRef) => void,
): readonly HTMLElement[] {
  if (!hasFaults(collection)) return [h('p', { class: 'quiet' }, t(lang, 'info.noFaults'))]
  const rows = faults.map((fault) => faultRow(context, collection, fault, lang, choose))
  return [
    h('h3', {}, t(lang, 'info.faults')),
    h('p', {}, faultSentence(collection, lang)),
    ...(rows.length > 0 ? [h('ul', { class: 'rows' }, ...rows)] : []),
  ]
}

function faultRow(
  context: Context,
  collection: Collection,
  fault: Fault,
  lang: Lang,
  choose: (ref: FeatureRef) => void,
): HTMLElement {
  const { feature, kind, message } = fault
  const text = message || kind || t(lang, 'fault.other')
  if (feature === null || feature === undefined) return h('li', {}, text)
  return rowButton(context, { collection: collection.id, id: String(feature) }, String(feature), text, choose)
}
