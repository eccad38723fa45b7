// The faults of layers as markers on the map: asked when first shown, kept as long as the page lives, and told in a
// popup in the reader's language. Knows the map only through what `main.ts` hands over.

import { collections as askCollections, faultPoints, reportAddress, stages } from './api'
import { errorText, isAbort } from './alerts'
import { collectionById, type Context } from './context'
import { h } from './dom'
import { area, number } from './format'
import { plural, t } from './i18n'
import { faultText, layerTitle } from './layers'
import type { FaultPoint, FaultPoints, FaultProperties, Lang } from './types'

export interface FaultsOnMap {
  /** What a popup of these faults holds; the popup is the map's. */
  readonly popup: (faults: readonly FaultProperties[]) => HTMLElement
}

/** `draw` is told all points that are to be seen. */
export function mountFaults(context: Context, draw: (points: readonly FaultPoint[]) => void): FaultsOnMap {
  const known = new Map<string, FaultPoints>()
  const asked = new Map<string, AbortController>()

  const redraw = (): void => {
    const shown = [...context.store.state.faults].flatMap((id) => known.get(id)?.features ?? [])
    draw(shown)
  }
  const ask = async (id: string): Promise<void> => {
    const collection = collectionById(context, id)
    if (!collection || known.has(id) || asked.has(id)) return
    const own = new AbortController()
    asked.set(id, own)
    const { lang } = context.store.state
    const title = layerTitle(collection, lang)
    try {
      const points = await faultPoints(id, own.signal)
      known.set(id, points)
      const n = points.features.length
      context.actions.say(n === 0 ? t(lang, 'faults.none', { title }) : plural(lang, 'faults.shown', n, number(n, lang), { title }))
      redraw()
    } catch (error) {
      if (isAbort(error)) return
      context.store.showFaults(id, false)
      context.actions.alert(errorText(error, lang))
    } finally {
      asked.delete(id)
    }
  }
  const follow = (): void => {
    for (const id of context.store.state.faults) void ask(id)
    redraw()
  }
  context.store.subscribe((_, changed) => {
    if (changed.has('faults')) follow()
  })
  follow()
  return { popup: (faults) => popup(context, faults) }
}

const PAUSE_MS = 3000

/** Features are compared with each other once a layer is served: what that finds comes while the map is open. */
export function followAudits(context: Context): void {
  const waiting = new Set(context.collections.filter(({ stage }) => stage === 'open').map(({ id }) => id))
  const look = async (): Promise<void> => {
    try {
      const now = new Map((await stages()).map(({ id, stage }) => [id, stage]))
      // A layer that went is waited for no longer.
      const done = [...waiting].filter((id) => now.get(id) !== 'open')
      if (done.length > 0) {
        const counts = new Map((await askCollections()).map(({ id, faults }) => [id, faults ?? 0]))
        done.forEach((id) => waiting.delete(id))
        context.store.set({ faultCounts: counts })
      }
    } catch {
      // The map works without these numbers; what fails on it is said where it fails.
      return
    }
    if (waiting.size > 0) window.setTimeout(() => void look(), PAUSE_MS)
  }
  if (waiting.size > 0) window.setTimeout(() => void look(), PAUSE_MS)
}

function popup(context: Context, faults: readonly FaultProperties[]): HTMLElement {
  const { lang } = context.store.state
  return h('div', { class: 'fault-popup' }, ...faults.map((fault) => one(context, fault, lang)))
}

function one(context: Context, fault: FaultProperties, lang: Lang): HTMLElement {
  const collection = collectionById(context, fault.collection)
  const label = (lang === 'fr' ? fault.label_fr : fault.label) ?? fault.kind ?? ''
  const areas = areaText(fault, lang)
  const links = h('p', { class: 'links' })
  const { feature } = fault
  if (feature !== undefined && feature !== null) {
    const id = String(feature)
    const open = (): void => context.actions.open({ collection: fault.collection, id }, { fit: false })
    links.append(h('button', { type: 'button', class: 'link', onclick: open }, t(lang, 'faults.feature', { id })))
  }
  const kind = fault.kind === undefined ? '' : `&kind=${encodeURIComponent(fault.kind)}`
  const address = `${reportAddress(fault.collection, lang)}${kind}`
  links.append(h('a', { href: address, target: '_blank', rel: 'noopener' }, t(lang, 'faults.report')))
  return h(
    'section',
    {},
    h('h3', {}, label),
    collection ? h('p', { class: 'quiet' }, layerTitle(collection, lang)) : null,
    h('p', {}, faultText(fault, lang)),
    areas === '' ? null : h('p', { class: 'areas' }, areas),
    links,
  )
}

/** Areas before and after a repair, declared and measured, or of an overlap or gap. */
export function areaText(fault: FaultProperties, lang: Lang): string {
  const { area_before_m2: before, area_after_m2: after, declared_m2: declared, area_m2: measured } = fault
  const text = (squareMetres: number): string => area(squareMetres, lang)
  if (before !== undefined) return t(lang, 'faults.areas', { before: text(before), after: after === undefined ? '–' : text(after) })
  if (measured === undefined) return ''
  if (declared !== undefined) return t(lang, 'faults.declared', { declared: text(declared), measured: text(measured) })
  return t(lang, 'faults.area', { area: text(measured) })
}
