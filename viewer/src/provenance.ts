// Where data come from, the same in every sheet: layer and nature, source, licence, faults found on loading.

import type { Context } from './context'
import { h } from './dom'
import { number } from './format'
import { plural, t } from './i18n'
import { hasFaults, layerTitle } from './layers'
import { swatch } from './swatch'
import type { Collection, Lang } from './types'

export function layerLine(context: Context, collection: Collection, lang: Lang): HTMLElement {
  const look = context.looks.get(collection.id)
  const { nature } = collection
  const badge = nature === 'seed' || nature === 'synthetic'
  return h(
    'p',
    { class: 'layer' },
    look && swatch(collection, look),
    h('span', {}, layerTitle(collection, lang)),
    badge && h('span', { class: `badge ${nature}` }, t(lang, `nature.${nature}`)),
  )
}

export function provenance(collection: Collection, lang: Lang): HTMLElement {
  const unknown = t(lang, 'sheet.unknown')
  const license = licenseOf(collection)
  const list = h(
    'dl',
    { class: 'provenance' },
    h('dt', {}, t(lang, 'sheet.source')),
    h('dd', {}, collection.source || collection.attribution || unknown),
    h('dt', {}, t(lang, 'sheet.license')),
    h('dd', {}, license ? license : unknown),
  )
  const box = h('section', { class: 'source' }, list)
  if (hasFaults(collection)) box.append(h('p', { class: 'quiet faults' }, faultSentence(collection, lang)))
  return box
}

function licenseOf(collection: Collection): Node | string | null {
  const link = collection.links?.find(({ rel }) => rel === 'license')
  const text = collection.license || link?.title || link?.href
  if (!text) return null
  const href = link?.href ?? (/^https?:/.test(text) ? text : null)
  return href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text) : text
}

export function faultSentence(collection: Collection, lang: Lang): string {
  const repaired = collection.repaired ?? 0
  const placeless = collection.nullGeometries ?? 0
  return t(lang, 'sheet.faults', {
    repaired: plural(lang, 'layer.repaired', repaired, number(repaired, lang)),
    placeless: plural(lang, 'sheet.placelessCount', placeless, number(placeless, lang)),
  })
}
