// What to take of a layer, and in which coordinates; how much it would be is asked before, not found out after.

import { errorText, isAbort } from './alerts'
import type { Context } from './context'
import { CRS84, crsChoices } from './crs'
import { h } from './dom'
import { sizeHint, type Order } from './download'
import { startDownload } from './downloads'
import { bytes, number } from './format'
import { plural, t, type Key } from './i18n'
import { layerLine } from './provenance'
import type { Bbox, Collection, Lang } from './types'

export function downloadSheet(context: Context, collection: Collection, lang: Lang, signal: AbortSignal): readonly HTMLElement[] {
  const { offered, northFirst } = crsChoices(collection)
  const extent = { whole: true }
  const system = h(
    'select',
    { id: 'take-crs', onchange: () => draw() },
    ...offered.map(({ uri, name }) => h('option', { value: uri }, name ?? t(lang, 'take.crs84'))),
  )
  const note = h('p', { class: 'quiet' })
  const box = h('p', { class: 'quiet' })
  const hint = h('p', { class: 'take-hint', role: 'status' })
  const start = h('button', { type: 'submit', class: 'main' }, t(lang, 'take.start'))
  let asking: AbortController | null = null

  const order = (): Order => ({
    collection,
    bbox: extent.whole ? null : outward(context.store.state.extent),
    crs: system.value || CRS84,
    lang,
  })
  const draw = (): void => {
    const { bbox, crs } = order()
    note.textContent = t(lang, crs === CRS84 ? 'take.crs84Note' : 'take.crsNote')
    box.hidden = !bbox
    box.textContent = bbox ? boxText(bbox, lang) : ''
    asking?.abort()
    asking = new AbortController()
    void showHint(order(), hint, asking.signal)
  }
  const radio = (whole: boolean, key: Key): HTMLElement => {
    const choose = (): void => {
      extent.whole = whole
      draw()
    }
    // Without a map there is no view to cut by.
    const disabled = !whole && !context.store.state.extent
    const button = h('input', { type: 'radio', name: 'take-extent', checked: whole, disabled, onchange: choose })
    return h('label', { class: 'choice' }, button, t(lang, key))
  }
  const submit = (event: Event): void => {
    event.preventDefault()
    startDownload(context, order())
  }
  context.store.subscribe((_, changed) => {
    if (changed.has('extent') && !extent.whole) draw()
  }, signal)
  signal.addEventListener('abort', () => asking?.abort())
  draw()
  const placeless = collection.nullGeometries ?? 0
  return [
    h('h2', { tabindex: -1 }, t(lang, 'take.title')),
    layerLine(context, collection, lang),
    h(
      'form',
      { class: 'take', onsubmit: submit },
      h('fieldset', {}, h('legend', {}, t(lang, 'take.extent')), radio(true, 'take.whole'), radio(false, 'take.view'), box),
      h('p', {}, h('label', { for: 'take-crs' }, t(lang, 'take.crs')), system),
      note,
      northFirst.length > 0 && h('p', { class: 'quiet' }, t(lang, 'take.northFirst', { codes: northFirst.join(', ') })),
      placeless > 0 && h('p', { class: 'quiet' }, plural(lang, 'take.placeless', placeless, number(placeless, lang))),
      hint,
      start,
    ),
  ]
}

async function showHint(order: Order, place: HTMLElement, signal: AbortSignal): Promise<void> {
  const { lang } = order
  place.textContent = t(lang, 'take.hinting')
  try {
    const { count, bytes: size } = await sizeHint(order, signal)
    const text = plural(lang, 'take.hint', count, number(count, lang), { size: bytes(size, lang) })
    if (!signal.aborted) place.textContent = count === 0 ? t(lang, 'take.hintEmpty') : text
  } catch (error) {
    if (!isAbort(error) && !signal.aborted) place.textContent = errorText(error, lang)
  }
}

/** Six decimals, rounded away from the middle: what is seen at the rim is in the file. */
export function outward(box: Bbox | null): Bbox | null {
  if (!box) return null
  const out = (value: number, way: 'floor' | 'ceil') => Number((Math[way](value * 1e6) / 1e6).toFixed(6))
  const [west, south, east, north] = box
  return [Math.max(out(west, 'floor'), -180), Math.max(out(south, 'floor'), -90), Math.min(out(east, 'ceil'), 180), Math.min(out(north, 'ceil'), 90)]
}

function boxText([west, south, east, north]: Bbox, lang: Lang): string {
  const degrees = (value: number) => `${number(value, lang, 4)}°`
  return t(lang, 'take.box', { west: degrees(west), south: degrees(south), east: degrees(east), north: degrees(north) })
}
