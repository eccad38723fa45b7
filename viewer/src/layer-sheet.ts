// The sheet of a layer: what it holds, where it comes from, what loading found wrong with it.

import { itemsAddress, reportAddress } from './api'
import type { Context } from './context'
import { h } from './dom'
import { fieldLabel } from './fields'
import { number } from './format'
import { bilingual, t, type Key } from './i18n'
import { extentOf, faultText, hasFaults, layerTitle } from './layers'
import { faultSentence, layerLine, provenance } from './provenance'
import { rowButton } from './rows'
import { roleStyle, styledRole } from './styles'
import type { Collection, Fault, FeatureRef, Lang } from './types'

/** Faults listed in the sheet; `/loads` has them all. */
const MOST_SHOWN = 200

/** The ways from a layer out of the map. */
export interface TakeAway {
  readonly download: () => void
  readonly addresses: () => void
}

export function layerSheet(
  context: Context,
  collection: Collection,
  faults: readonly Fault[],
  lang: Lang,
  choose: (ref: FeatureRef) => void,
  take: TakeAway,
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
  links.append(h('button', { type: 'button', class: 'link', onclick: take.download }, t(lang, 'take.open')))
  links.append(h('button', { type: 'button', class: 'link', onclick: take.addresses }, t(lang, 'use.open')))
  links.append(h('a', { href: reportAddress(collection.id, lang), target: '_blank', rel: 'noopener' }, t(lang, 'faults.report')))
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
  const { faultCounts } = context.store.state
  if (!hasFaults(collection, faultCounts)) return [h('p', { class: 'quiet' }, t(lang, 'info.noFaults'))]
  const rows = faults.slice(0, MOST_SHOWN).map((fault) => faultRow(context, collection, fault, lang, choose))
  const more = Math.max(faultCounts.get(collection.id) ?? collection.faults ?? 0, faults.length) - rows.length
  const sentence = faultSentence(collection, lang)
  return [
    h('h3', {}, t(lang, 'info.faults')),
    ...(sentence ? [h('p', {}, sentence)] : []),
    ...(rows.length > 0 ? [h('ul', { class: 'rows' }, ...rows)] : []),
    ...(more > 0 ? [h('p', { class: 'quiet' }, t(lang, 'info.more', { n: number(more, lang) }))] : []),
  ]
}

function faultRow(
  context: Context,
  collection: Collection,
  fault: Fault,
  lang: Lang,
  choose: (ref: FeatureRef) => void,
): HTMLElement {
  const { feature } = fault
  const text = faultText(fault, lang)
  if (feature === null || feature === undefined) return h('li', {}, text)
  return rowButton(context, { collection: collection.id, id: String(feature) }, String(feature), text, choose)
}
