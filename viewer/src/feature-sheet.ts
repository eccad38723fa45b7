// The sheet of one feature: every attribute that the server gives for it, also the empty ones, under its label and
// its name in the source; before them what a reader must know to weigh them, after them source and licence.

import { itemAddress } from './api'
import type { Context } from './context'
import { h } from './dom'
import { featureName, fieldLabel } from './fields'
import { length, value } from './format'
import { t } from './i18n'
import { faultText } from './layers'
import { faultSentence, layerLine, provenance } from './provenance'
import type { Bbox, Collection, Fault, FeatureRef, Item, Lang } from './types'
import { valueLabel } from './values'

export function featureSheet(
  context: Context,
  collection: Collection,
  ref: FeatureRef,
  feature: Item,
  box: Bbox | null,
  faults: readonly Fault[],
  lang: Lang,
): readonly HTMLElement[] {
  const properties = feature.properties ?? {}
  const head = h('div', { class: 'head' }, h('h2', { tabindex: -1 }, featureName(properties, ref.id)), layerLine(context, collection, lang))
  const links = h('p', { class: 'links' })
  if (box) links.append(h('button', { type: 'button', class: 'link', onclick: () => context.actions.fit(box) }, t(lang, 'sheet.zoom')))
  links.append(h('a', { href: itemAddress(ref), target: '_blank', rel: 'noopener' }, t(lang, 'sheet.data')))
  const sentence = faultSentence(collection, lang)
  const note = sentence ? [h('p', { class: 'quiet faults' }, sentence)] : []
  return [head, ...warnings(collection, ref, feature, faults, lang), attributes(collection, ref, properties, lang), links, provenance(collection, lang), ...note]
}

/** What a reader must know before believing the sheet: no place, a schematic one, invented or repaired data. */
function warnings(
  collection: Collection,
  ref: FeatureRef,
  feature: Item,
  faults: readonly Fault[],
  lang: Lang,
): readonly HTMLElement[] {
  const texts: string[] = []
  const { geometrie, precision_m: precision } = feature.properties ?? {}
  if (!feature.geometry) texts.push(t(lang, 'sheet.placeless'))
  else if (geometrie === 'schematique') {
    const near = typeof precision === 'number' ? ` ${t(lang, 'sheet.precision', { m: length(precision, lang) })}` : ''
    texts.push(t(lang, 'sheet.schematic') + near)
  }
  if (collection.nature === 'synthetic') texts.push(t(lang, 'sheet.synthetic'))
  const own = faults.filter(({ feature: id }) => id !== null && id !== undefined && String(id) === ref.id)
  for (const fault of own) {
    // That there is no geometry has just been said.
    if (fault.kind !== 'null-geometry') texts.push(`${t(lang, 'sheet.fault')} ${faultText(fault, lang)}`)
  }
  return texts.map((text) => h('p', { class: 'warning' }, text))
}

function attributes(
  collection: Collection,
  ref: FeatureRef,
  properties: Readonly<Record<string, unknown>>,
  lang: Lang,
): HTMLElement {
  const list = h('dl', { class: 'attributes' })
  // The id of the address stands first, unless an attribute of that name says the same.
  if (!('id' in properties)) list.append(...row(collection, 'id', ref.id, lang))
  for (const name of attributeOrder(collection, properties)) list.append(...row(collection, name, properties[name], lang))
  return list
}

/** The layer's own order of fields, then whatever else the feature carries. */
function attributeOrder(collection: Collection, properties: Readonly<Record<string, unknown>>): readonly string[] {
  const known = (collection.fields ?? []).map(({ name }) => name).filter((name) => name in properties)
  return [...new Set([...known, ...Object.keys(properties)])]
}

function row(collection: Collection, name: string, raw: unknown, lang: Lang): readonly HTMLElement[] {
  const label = fieldLabel(name, collection.role, lang)
  const term = h('dt', { 'data-field': name }, label ?? name, label !== null && h('code', {}, name))
  const words = valueLabel(name, raw, lang)
  const text = words ?? value(name, raw, lang)
  const empty = text === ''
  const cell = h('dd', empty ? { class: 'quiet' } : {})
  if (empty) cell.append(t(lang, 'sheet.missing'))
  else if (/^https?:\/\/\S+$/.test(text)) cell.append(h('a', { href: text, target: '_blank', rel: 'noopener noreferrer' }, text))
  else cell.append(text)
  // Who filters or joins on the attribute needs the code itself.
  if (words !== null && words !== raw) cell.append(' ', h('code', {}, String(raw)))
  return [term, cell]
}

/** The envelope of a geometry of any type, from its numbers. */
export function boxOf(geometry: GeoJSON.Geometry | null): Bbox | null {
  if (!geometry) return null
  let west = Infinity
  let south = Infinity
  let east = -Infinity
  let north = -Infinity
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return
    const [x, y] = part as unknown[]
    if (typeof x === 'number' && typeof y === 'number') {
      west = Math.min(west, x)
      east = Math.max(east, x)
      south = Math.min(south, y)
      north = Math.max(north, y)
    } else part.forEach(walk)
  }
  if (geometry.type === 'GeometryCollection') geometry.geometries.forEach((part) => walk('coordinates' in part ? part.coordinates : null))
  else walk(geometry.coordinates)
  return west <= east ? [west, south, east, north] : null
}
