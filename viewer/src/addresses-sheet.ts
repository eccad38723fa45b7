// « Utiliser ailleurs »: each address of a layer with a button that copies it, lines to paste into a terminal, and the
// way through the menus of QGIS.

import { ADDRESS_KINDS, addressesOf, curlLine, ogrLine, type Addresses } from './addresses'
import { errorText, isAbort } from './alerts'
import { addressDocuments } from './api'
import type { Context } from './context'
import { copyButton } from './copy'
import { h } from './dom'
import { number } from './format'
import { t } from './i18n'
import { layerTitle } from './layers'
import { layerLine } from './provenance'
import type { Collection, Lang } from './types'

/** The most that one request gives (DESIGN §3, Limits). */
const PAGE = 10_000

export async function addressesSheet(
  context: Context,
  known: Collection,
  lang: Lang,
  signal: AbortSignal,
): Promise<readonly HTMLElement[]> {
  const documents = await addressDocuments(known.id, signal)
  const { collection, tileJson, tilesFailure } = documents
  const addresses = addressesOf(documents)
  const line = (what: string, text: string | null | undefined, kind: string): HTMLElement | null => {
    if (!text) return null
    const code = h('code', { 'data-address': kind }, text)
    return h('div', { class: 'address' }, h('p', {}, what), h('div', { class: 'copied' }, code, copyButton(context, code, what, lang)))
  }
  const placeless = collection.geometryType === 'none'
  const count = collection.itemCount ?? 0
  const failure = tilesFailure !== null && !isAbort(tilesFailure) && !placeless
  return [
    h('h2', { tabindex: -1 }, t(lang, 'use.title')),
    layerLine(context, collection, lang),
    h('h3', {}, t(lang, 'use.addresses')),
    h('div', {}, ...ADDRESS_KINDS.map((kind) => line(t(lang, `use.${kind}`), addresses[kind], kind))),
    ...(placeless ? [h('p', { class: 'quiet' }, t(lang, 'use.noTiles'))] : []),
    ...(failure ? [h('p', { class: 'error' }, t(lang, 'use.failed', { detail: errorText(tilesFailure, lang) }))] : []),
    h('h3', {}, t(lang, 'use.commands')),
    h(
      'div',
      {},
      line(t(lang, 'use.curl'), curlLine(addresses, collection.id), 'curl'),
      count > PAGE && h('p', { class: 'warning' }, t(lang, 'use.curlMore', { n: number(count, lang) })),
      line(t(lang, 'use.ogr'), ogrLine(addresses, collection.id), 'ogr'),
    ),
    ...qgis(collection, addresses, tileJson, lang),
  ]
}

/** Words of steps; addresses stand in them in full, so that nobody has to look for the right one above. */
function qgis(
  collection: Collection,
  { landing, xyz, style }: Addresses,
  zooms: { readonly minzoom?: number; readonly maxzoom?: number } | null,
  lang: Lang,
): readonly HTMLElement[] {
  const step = (text: string, href?: string): HTMLElement => h('li', {}, text, href && ' ', href && h('code', {}, href))
  const features = landing
    ? [
        h('h3', {}, t(lang, 'use.qgisFeatures')),
        h(
          'ol',
          { class: 'steps' },
          step(t(lang, 'use.qgisFeatures1')),
          step(t(lang, 'use.qgisFeatures2'), landing),
          step(t(lang, 'use.qgisFeatures3')),
          // As QGIS will list it: the service has one title for all languages.
          step(t(lang, 'use.qgisFeatures4', { title: collection.title || layerTitle(collection, lang) })),
        ),
      ]
    : []
  const tiles = xyz
    ? [
        h('h3', {}, t(lang, 'use.qgisTiles')),
        h(
          'ol',
          { class: 'steps' },
          step(t(lang, 'use.qgisTiles1')),
          step(t(lang, 'use.qgisTiles2'), xyz),
          style ? step(t(lang, 'use.qgisTiles3'), style) : null,
          step(t(lang, 'use.qgisTiles4', { min: zooms?.minzoom ?? 0, max: zooms?.maxzoom ?? 14 })),
        ),
      ]
    : []
  return [...features, ...tiles]
}
