// The sheet beside the map: one feature, one layer, or a list to choose from. It asks the server for what it shows,
// takes the focus when it opens and gives it back when it closes.

import { addressesSheet } from './addresses-sheet'
import { collectionDocument, faultsOf, item, itemsWithoutPlace } from './api'
import { errorText, isAbort } from './alerts'
import { collectionById, type Context, type OpenOptions } from './context'
import { byId, h } from './dom'
import { downloadSheet } from './download-sheet'
import { boxOf, featureSheet } from './feature-sheet'
import { hereSheet } from './here-sheet'
import { t } from './i18n'
import { icon } from './icons'
import { layerSheet } from './layer-sheet'
import { hasFaults, layerTitle } from './layers'
import type { View } from './permalink'
import { itemRow } from './rows'
import type { Bbox, Collection, Fault, FeatureRef, Lang } from './types'

type Page =
  | {
      readonly kind: 'feature'
      readonly ref: FeatureRef
      readonly from: Page | null
      readonly fit: boolean
      readonly at: View | null
    }
  | { readonly kind: 'here'; readonly at: View }
  | { readonly kind: 'layer'; readonly collection: Collection }
  | { readonly kind: 'download' | 'addresses'; readonly collection: Collection }
  | { readonly kind: 'placeless'; readonly collection: Collection }

interface Contents {
  readonly elements: readonly HTMLElement[]
  /** what the map is to be fitted to, once the sheet stands */
  readonly fit?: Bbox
}

export interface Sheet {
  readonly open: (ref: FeatureRef, options: OpenOptions) => void
  readonly openHere: (at: View) => void
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
    context.store.set({ selected: null, here: null })
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    else document.querySelector<HTMLElement>('#map canvas')?.focus()
    opener = null
  }

  const turnTo = (next: Page): void => {
    if (!page) opener = document.activeElement
    page = next
    context.store.set({
      selected: next.kind === 'feature' ? next.ref : null,
      here: next.kind === 'feature' || next.kind === 'here' ? next.at : null,
    })
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
    if (focus) root.focus()
    try {
      const { elements, fit } = await contents(current, own.signal, lang)
      if (own.signal.aborted) return
      body.replaceChildren(...elements)
      // Only now is it known how much of the map the sheet covers.
      if (fit) context.actions.fit(fit)
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
    const from = backOf(current)
    const back = current.kind === 'feature' ? t(lang, 'sheet.back') : t(lang, 'take.back')
    if (from) bar.append(h('button', { type: 'button', class: 'link back', onclick: () => turnTo(from) }, `‹ ${back}`))
    const at = current.kind === 'feature' && !from ? current.at : null
    if (at) bar.append(h('button', { type: 'button', class: 'link all-here', onclick: () => turnTo({ kind: 'here', at }) }, t(lang, 'here.all')))
    const label = t(lang, 'sheet.close')
    bar.append(h('button', { type: 'button', class: 'close', 'aria-label': label, title: label, onclick: close }, icon('close')))
    return bar
  }

  const contents = async (current: Page, signal: AbortSignal, lang: Lang): Promise<Contents> => {
    const at = current.kind === 'here' ? current.at : null
    const choose = (fit: boolean) => (ref: FeatureRef) => turnTo({ kind: 'feature', ref, from: current, fit, at })
    switch (current.kind) {
      case 'feature': {
        const collection = collectionById(context, current.ref.collection)
        if (!collection) return { elements: [error(t(lang, 'error.gone', { id: current.ref.collection }), lang)] }
        const [feature, faults] = await Promise.all([item(current.ref, signal), faultsIn(context, collection, signal)])
        if (signal.aborted) return { elements: [] }
        drawn(feature.geometry)
        const box = boxOf(feature.geometry)
        const elements = featureSheet(context, collection, current.ref, feature, box, faults, lang)
        return current.fit && box ? { elements, fit: box } : { elements }
      }
      case 'here':
        return { elements: hereSheet(context, current.at, lang, signal, choose(false)) }
      case 'layer': {
        const faults = await faultsIn(context, current.collection, signal)
        const { collection } = current
        const turn = (kind: 'download' | 'addresses') => () => turnTo({ kind, collection })
        const take = { download: turn('download'), addresses: turn('addresses') }
        return { elements: layerSheet(context, collection, faults, lang, choose(true), take) }
      }
      case 'download': {
        // Asked again: the list of systems stands in the document of the collection alone.
        const collection = await collectionDocument(current.collection.id, signal)
        return { elements: downloadSheet(context, collection, lang, signal) }
      }
      case 'addresses':
        return { elements: await addressesSheet(context, current.collection, lang, signal) }
      case 'placeless': {
        const found = await itemsWithoutPlace(current.collection.id, signal)
        const rows = found.items.map((one) => itemRow(context, current.collection, one, choose(false)))
        const elements = [
          h('h2', { tabindex: -1 }, t(lang, 'sheet.placelessTitle')),
          h('p', { class: 'quiet' }, layerTitle(current.collection, lang)),
          h('ul', { class: 'rows' }, ...rows),
          ...(found.whole ? [] : [h('p', { class: 'warning' }, t(lang, 'sheet.placelessPartly'))]),
        ]
        return { elements }
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
    open: (ref, { fit, at = null }) => {
      context.store.show(ref.collection, true)
      turnTo({ kind: 'feature', ref, from: null, fit, at })
    },
    openHere: (at) => turnTo({ kind: 'here', at }),
    openLayer: (collection) => turnTo({ kind: 'layer', collection }),
    openPlaceless: (collection) => turnTo({ kind: 'placeless', collection }),
    close,
  }
}

/** The page that the one shown belongs to. */
function backOf(page: Page): Page | null {
  if (page.kind === 'feature') return page.from
  return page.kind === 'download' || page.kind === 'addresses' ? { kind: 'layer', collection: page.collection } : null
}

/** Most layers have none, and then nothing is asked. */
function faultsIn({ store }: Context, collection: Collection, signal: AbortSignal): Promise<readonly Fault[]> {
  return hasFaults(collection, store.state.faultCounts) ? faultsOf(collection.id, signal) : Promise.resolve([])
}

function error(text: string, lang: Lang): HTMLElement {
  return h('div', {}, h('h2', { tabindex: -1 }, t(lang, 'error.title')), h('p', { class: 'error' }, text))
}
