// The sheet: what is known of one feature, of one layer, or the list of what lies under a click. It shows every
// attribute that the server gives for the feature, also the empty ones, under its label and its name in the source.

import { item, itemAddress, itemsAddress, itemsWithoutPlace } from './api'
import { errorText, isAbort } from './alerts'
import { collectionById, type Context, type OpenOptions } from './context'
import { byId, h } from './dom'
import { featureName, fieldLabel, valueLabel } from './fields'
import { length, number, value } from './format'
import { plural, t, type Key } from './i18n'
import { extentOf, faultList, hasFaults, layerTitle } from './layers'
import type { Hit } from './map'
import { roleStyle, styledRole } from './styles'
import { swatch } from './swatch'
import type { Bbox, Collection, Fault, FeatureRef, Item, Lang } from './types'

type Page =
  | { readonly kind: 'feature'; readonly ref: FeatureRef; readonly from: Page | null; readonly fit: boolean }
  | { readonly kind: 'hits'; readonly hits: readonly Hit[] }
  | { readonly kind: 'layer'; readonly collection: Collection }
  | { readonly kind: 'placeless'; readonly collection: Collection }

export interface Sheet {
  readonly open: (ref: FeatureRef, options: OpenOptions) => void
  readonly openHits: (hits: readonly Hit[]) => void
  readonly openLayer: (collection: Collection) => void
  readonly openPlaceless: (collection: Collection) => void
  readonly close: () => void
}

/** `drawn` is told the geometry of the feature that the sheet shows, or null. */
export function mountSheet(context: Context, drawn: (geometry: GeoJSON.Geometry | null) => void): Sheet {
  const root = byId('sheet')
  let page: Page | null = null
  let opener: Element | null = null
  let loading: AbortController | null = null

  const close = (): void => {
    if (!page) return
    page = null
    loading?.abort()
    root.hidden = true
    root.replaceChildren()
    drawn(null)
    context.store.set({ selected: null })
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    else document.querySelector<HTMLElement>('#map canvas')?.focus()
    opener = null
  }

  const turnTo = (next: Page): void => {
    if (!page) opener = document.activeElement
    page = next
    context.store.set({ selected: next.kind === 'feature' ? next.ref : null })
    if (next.kind !== 'feature') drawn(null)
    root.hidden = false
    void draw(next, true)
  }

  const draw = async (current: Page, focus: boolean): Promise<void> => {
    loading?.abort()
    const own = new AbortController()
    loading = own
    const { lang } = context.store.state
    const body = h('div', { class: 'body' }, h('p', { class: 'quiet' }, t(lang, 'sheet.loading')))
    root.replaceChildren(frame(lang, current), body)
    root.setAttribute('aria-label', t(lang, 'sheet.label'))
    if (focus) root.querySelector<HTMLElement>('.close')?.focus()
    try {
      const content = await contents(current, own.signal, lang)
      if (own.signal.aborted) return
      body.replaceChildren(...content)
      root.scrollTop = 0
      const title = body.querySelector<HTMLElement>('h2')
      if (focus) title?.focus()
    } catch (error) {
      if (isAbort(error) || own.signal.aborted) return
      const text = errorText(error, lang)
      body.replaceChildren(h('h2', { tabindex: -1 }, t(lang, 'error.title')), h('p', { class: 'error', role: 'alert' }, text))
      if (focus) body.querySelector<HTMLElement>('h2')?.focus()
    }
  }

  const frame = (lang: Lang, current: Page): HTMLElement => {
    const bar = h('div', { class: 'bar' })
    const from = current.kind === 'feature' ? current.from : null
    if (from) bar.append(h('button', { type: 'button', class: 'link back', onclick: () => turnTo(from) }, `‹ ${t(lang, 'sheet.back')}`))
    const label = t(lang, 'sheet.close')
    bar.append(h('button', { type: 'button', class: 'close', 'aria-label': label, title: label, onclick: close }, '×'))
    return bar
  }

  const contents = async (current: Page, signal: AbortSignal, lang: Lang): Promise<readonly HTMLElement[]> => {
    switch (current.kind) {
      case 'feature': {
        const collection = collectionById(context, current.ref.collection)
        if (!collection) return [error(t(lang, 'error.gone', { id: current.ref.collection }), lang)]
        const feature = await item(current.ref, signal)
        if (signal.aborted) return []
        drawn(feature.geometry)
        const box = boxOf(feature.geometry)
        if (current.fit && box) context.actions.fit(box)
        return featureSheet(context, collection, current.ref, feature, box, lang)
      }
      case 'hits':
        return hitList(context, current.hits, lang, (ref) => turnTo({ kind: 'feature', ref, from: current, fit: false }))
      case 'layer':
        return layerSheet(context, current.collection, lang, (ref) =>
          turnTo({ kind: 'feature', ref, from: current, fit: true }),
        )
      case 'placeless': {
        const expected = current.collection.nullGeometries ?? 0
        const found = await itemsWithoutPlace(current.collection.id, expected, signal)
        const choose = (ref: FeatureRef) => turnTo({ kind: 'feature', ref, from: current, fit: false })
        const rows = found.items.map((one) => itemRow(context, current.collection, one, choose))
        return [
          h('h2', { tabindex: -1 }, t(lang, 'sheet.placelessTitle')),
          h('p', { class: 'quiet' }, layerTitle(current.collection, lang)),
          h('ul', { class: 'rows' }, ...rows),
          ...(found.whole ? [] : [h('p', { class: 'warning' }, t(lang, 'sheet.placelessPartly'))]),
        ]
      }
    }
  }

  context.store.subscribe((_, changed) => {
    if (changed.has('lang') && page) void draw(page, false)
  })
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && page) close()
  })
  return {
    open: (ref, { fit }) => {
      context.store.show(ref.collection, true)
      turnTo({ kind: 'feature', ref, from: null, fit })
    },
    openHits: (hits) => {
      const [only, ...more] = hits
      if (only && more.length === 0) turnTo({ kind: 'feature', ref: { collection: only.collection, id: only.id }, from: null, fit: false })
      else turnTo({ kind: 'hits', hits })
    },
    openLayer: (collection) => turnTo({ kind: 'layer', collection }),
    openPlaceless: (collection) => turnTo({ kind: 'placeless', collection }),
    close,
  }
}

function error(text: string, lang: Lang): HTMLElement {
  return h('div', {}, h('h2', { tabindex: -1 }, t(lang, 'error.title')), h('p', { class: 'error' }, text))
}

function featureSheet(
  context: Context,
  collection: Collection,
  ref: FeatureRef,
  feature: Item,
  box: Bbox | null,
  lang: Lang,
): readonly HTMLElement[] {
  const properties = feature.properties ?? {}
  const head = h('div', { class: 'head' }, h('h2', { tabindex: -1 }, featureName(properties, ref.id)), layerLine(context, collection, lang))
  const links = h('p', { class: 'links' })
  if (box) links.append(h('button', { type: 'button', class: 'link', onclick: () => context.actions.fit(box) }, t(lang, 'sheet.zoom')))
  links.append(h('a', { href: itemAddress(ref), target: '_blank', rel: 'noopener' }, t(lang, 'sheet.data')))
  return [head, ...warnings(collection, ref, feature, lang), attributes(collection, ref, properties, lang), links, provenance(collection, lang)]
}

function layerLine(context: Context, collection: Collection, lang: Lang): HTMLElement {
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

/** What a reader must know before believing the sheet: no place, a schematic one, invented or repaired data. */
function warnings(collection: Collection, ref: FeatureRef, feature: Item, lang: Lang): readonly HTMLElement[] {
  const texts: string[] = []
  const { geometrie, precision_m: precision } = feature.properties ?? {}
  if (!feature.geometry) texts.push(t(lang, 'sheet.placeless'))
  else if (geometrie === 'schematique') {
    const near = typeof precision === 'number' ? ` ${t(lang, 'sheet.precision', { m: length(precision, lang) })}` : ''
    texts.push(t(lang, 'sheet.schematic') + near)
  }
  if (collection.nature === 'synthetic') texts.push(t(lang, 'sheet.synthetic'))
  if (faultList(collection).some((fault) => String(fault.id) === ref.id && fault.kind !== 'null-geometry')) {
    texts.push(t(lang, 'sheet.repairedItem'))
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
  const text = valueLabel(name, raw, lang) ?? value(name, raw, lang)
  const empty = text === ''
  const cell = h('dd', empty ? { class: 'quiet' } : {})
  if (empty) cell.append(t(lang, 'sheet.missing'))
  else if (/^https?:\/\/\S+$/.test(text)) cell.append(h('a', { href: text, target: '_blank', rel: 'noopener noreferrer' }, text))
  else cell.append(text)
  return [term, cell]
}

function provenance(collection: Collection, lang: Lang): HTMLElement {
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

function faultSentence(collection: Collection, lang: Lang): string {
  const repaired = collection.repaired ?? 0
  const placeless = collection.nullGeometries ?? 0
  return t(lang, 'sheet.faults', {
    repaired: plural(lang, 'layer.repaired', repaired, number(repaired, lang)),
    placeless: plural(lang, 'sheet.placelessCount', placeless, number(placeless, lang)),
  })
}

function layerSheet(
  context: Context,
  collection: Collection,
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
  const box = extentOf(collection)
  const links = h('p', { class: 'links' })
  if (box) links.append(h('button', { type: 'button', class: 'link', onclick: () => context.actions.fit(box) }, t(lang, 'layer.fit')))
  links.append(h('a', { href: itemsAddress(collection.id), target: '_blank', rel: 'noopener' }, t(lang, 'sheet.data')))
  return [
    h('div', { class: 'head' }, h('h2', { tabindex: -1 }, layerTitle(collection, lang)), layerLine(context, collection, lang)),
    ...(collection.description ? [h('p', {}, collection.description)] : []),
    list,
    ...faultSection(context, collection, lang, choose),
    links,
    provenance(collection, lang),
  ]
}

function faultSection(
  context: Context,
  collection: Collection,
  lang: Lang,
  choose: (ref: FeatureRef) => void,
): readonly HTMLElement[] {
  if (!hasFaults(collection)) return [h('p', { class: 'quiet' }, t(lang, 'info.noFaults'))]
  const rows = faultList(collection).map((fault) => faultRow(context, collection, fault, lang, choose))
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
  const known = fault.kind === 'null-geometry' || fault.kind === 'repaired'
  const kind = t(lang, known ? (`fault.${fault.kind}` as Key) : 'fault.other')
  const text = [kind, fault.message].filter(Boolean).join(' – ')
  if (fault.id === null || fault.id === undefined) return h('li', {}, text)
  return rowButton(context, { collection: collection.id, id: String(fault.id) }, String(fault.id), text, choose)
}

function hitList(
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

function itemRow(
  context: Context,
  collection: Collection,
  feature: Item,
  choose: (ref: FeatureRef) => void,
): HTMLElement {
  const id = String(feature.id ?? feature.properties?.['id'] ?? '')
  return rowButton(context, { collection: collection.id, id }, featureName(feature.properties ?? {}, id), id, choose)
}

function rowButton(
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
