// Where data come from, the same in every sheet: layer and nature, source, licence, faults found on loading.

import type { Context } from './context'
import { h } from './dom'
import { number } from './format'
import { plural, t } from './i18n'
import { layerTitle } from './layers'
import { swatch } from './swatch'
import type { Collection, Lang } from './types'

/** Whether a layer is real, schematic or fictitious, in a word. */
export function natureBadge({ nature = 'real' }: Pick<Collection, 'nature'>, lang: Lang): HTMLElement {
  return h('span', { class: nature === 'real' ? 'quiet' : `badge ${nature}` }, t(lang, `nature.${nature}`))
}

export function layerLine(context: Context, collection: Collection, lang: Lang): HTMLElement {
  const look = context.looks.get(collection.id)
  const { nature } = collection
  const badge = nature === 'seed' || nature === 'synthetic'
  return h(
    'p',
    { class: 'layer' },
    look && swatch(collection, look),
    h('span', {}, layerTitle(collection, lang)),
    badge && natureBadge(collection, lang),
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
    h('dd', {}, license ? licenseLink(license) : unknown),
  )
  return h('section', { class: 'source' }, list)
}

export interface Licence {
  readonly text: string
  readonly href: string | null
}

export function licenseOf(collection: Pick<Collection, 'license' | 'links'>): Licence | null {
  const link = collection.links?.find(({ rel }) => rel === 'license')
  const text = collection.license || link?.title || link?.href
  return text ? { text, href: link?.href ?? (/^https?:/.test(text) ? text : null) } : null
}

function licenseLink({ text, href }: Licence): Node | string {
  return href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text) : text
}

/** How many geometries were repaired and how many are missing; null where neither is the case. */
export function faultSentence({ repaired = 0, nullGeometries = 0 }: Collection, lang: Lang): string | null {
  const parts: string[] = []
  if (repaired > 0) parts.push(plural(lang, 'layer.repaired', repaired, number(repaired, lang)))
  if (nullGeometries > 0) parts.push(plural(lang, 'sheet.placelessCount', nullGeometries, number(nullGeometries, lang)))
  return parts.length > 0 ? t(lang, 'sheet.faults', { list: parts.join(', ') }) : null
}
