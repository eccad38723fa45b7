// The panel of layers: groups by role, and for each layer its sign, title, count, badges, and what of it is not on
// the map. Layers are real checkboxes; everything is drawn again when the language changes, and only ticked when
// the set of visible layers does, so that the focus stays where it is.

import type { Context } from './context'
import { h, spoken } from './dom'
import { number } from './format'
import { plural, t } from './i18n'
import { icon, type Icon } from './icons'
import { countText, extentOf, groupByRole, layerTitle, type LayerGroup } from './layers'
import { roleStyle } from './styles'
import { swatch } from './swatch'
import type { Collection, Lang } from './types'

export function mountLayers(root: HTMLElement, context: Context): void {
  const draw = (): void => {
    const { lang } = context.store.state
    const focused = (document.activeElement as HTMLElement | null)?.dataset['focus']
    root.replaceChildren(heading(context, lang), ...groupByRole(context.collections).map((g) => group(g, context, lang)))
    if (context.collections.length === 0) root.append(h('p', { class: 'quiet' }, t(lang, 'layers.empty')))
    root.append(...signs(context, lang))
    tick()
    if (focused) root.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus()
  }
  const tick = (): void => {
    for (const box of root.querySelectorAll<HTMLInputElement>('input[data-layer]')) {
      box.checked = context.store.state.visible.has(box.dataset['layer'] ?? '')
    }
    for (const button of root.querySelectorAll<HTMLElement>('button[data-faults]')) {
      button.setAttribute('aria-pressed', String(context.store.state.faults.has(button.dataset['faults'] ?? '')))
    }
  }
  context.store.subscribe((_, changed) => {
    if (changed.has('lang') || changed.has('faultCounts')) draw()
    else if (changed.has('visible') || changed.has('faults')) tick()
  })
  draw()
}

function heading(context: Context, lang: Lang): HTMLElement {
  const set = (ids: readonly string[]) => () => context.store.set({ visible: new Set(ids) })
  const all = context.collections.map(({ id }) => id)
  return h(
    'div',
    { class: 'heading' },
    h('h2', {}, t(lang, 'layers.title')),
    h('button', { type: 'button', class: 'link', onclick: set(all), 'data-focus': 'all' }, t(lang, 'layers.all')),
    h('button', { type: 'button', class: 'link', onclick: set([]), 'data-focus': 'none' }, t(lang, 'layers.none')),
  )
}

function group({ role, collections }: LayerGroup, context: Context, lang: Lang): HTMLElement {
  return h(
    'fieldset',
    { 'data-role': role },
    h('legend', {}, roleStyle(role).group[lang]),
    h('ul', { class: 'layers' }, ...collections.map((collection) => line(collection, context, lang))),
  )
}

function line(collection: Collection, context: Context, lang: Lang): HTMLElement {
  const title = layerTitle(collection, lang)
  const look = context.looks.get(collection.id)
  const box = h('input', {
    type: 'checkbox',
    'data-layer': collection.id,
    'data-focus': `on/${collection.id}`,
    onchange: (event: Event) => {
      context.store.show(collection.id, (event.currentTarget as HTMLInputElement).checked)
    },
  })
  const count = countText(collection, lang)
  const { nature } = collection
  const marked = nature === 'seed' || nature === 'synthetic' ? nature : null
  const help = marked && t(lang, `nature.${marked}.help`)
  const label = h(
    'label',
    {},
    box,
    look && swatch(collection, look),
    h(
      'span',
      { class: 'title' },
      title,
      marked && ' ',
      marked && h('span', { class: `badge ${marked}`, title: help }, t(lang, `nature.${marked}`)),
    ),
    count !== '' && h('span', { class: 'count', 'aria-hidden': 'true' }, count),
    count !== '' && spoken(plural(lang, 'layer.count', collection.itemCount ?? 0, count)),
  )
  return h(
    'li',
    { 'data-collection': collection.id },
    h('div', { class: 'line' }, label, ...buttons(collection, context, title, lang)),
    notes(collection, context, lang),
  )
}

function buttons(collection: Collection, context: Context, title: string, lang: Lang): readonly HTMLElement[] {
  const zoom = t(lang, 'layer.zoom', { title })
  const info = t(lang, 'layer.info', { title })
  const box = extentOf(collection)
  const result: HTMLElement[] = []
  if (box) {
    const fit = (): void => {
      context.store.show(collection.id, true)
      context.actions.fit(box)
    }
    result.push(iconButton('zoom', zoom, `zoom/${collection.id}`, fit))
  }
  result.push(iconButton('info', info, `info/${collection.id}`, () => context.actions.openLayer(collection)))
  return result
}

function iconButton(sign: Icon, label: string, focus: string, onclick: () => void): HTMLElement {
  const props = { type: 'button', class: 'icon', title: label, 'aria-label': label, 'data-focus': focus, onclick }
  return h('button', props, icon(sign))
}

/** What the map alone does not show: features without a place, repaired geometries, other faults. */
function notes(collection: Collection, context: Context, lang: Lang): HTMLElement | null {
  const parts: HTMLElement[] = []
  const placeless = collection.nullGeometries ?? 0
  if (placeless > 0) {
    const text = plural(lang, 'layer.placeless', placeless, number(placeless, lang))
    const open = () => context.actions.openPlaceless(collection)
    parts.push(note(text, `placeless/${collection.id}`, 'placeless', open))
  }
  const repaired = collection.repaired ?? 0
  if (repaired > 0) {
    const text = plural(lang, 'layer.repaired', repaired, number(repaired, lang))
    parts.push(note(text, `repaired/${collection.id}`, 'repaired', () => context.actions.openLayer(collection)))
  }
  const faults = context.store.state.faultCounts.get(collection.id) ?? collection.faults ?? 0
  const others = faults - placeless - repaired
  if (others > 0) {
    const text = plural(lang, 'layer.faults', others, number(others, lang))
    parts.push(note(text, `faults/${collection.id}`, 'faults', () => context.actions.openLayer(collection)))
  }
  if (faults > 0) parts.push(faultToggle(collection, faults, context, lang))
  return parts.length > 0 ? h('div', { class: 'notes' }, ...parts) : null
}

/** Shows the faults of a layer as markers, or hides them. */
function faultToggle(collection: Collection, n: number, context: Context, lang: Lang): HTMLElement {
  const toggle = (): void => {
    const shown = !context.store.state.faults.has(collection.id)
    context.store.showFaults(collection.id, shown)
    if (!shown) context.actions.say(t(lang, 'faults.hidden', { title: layerTitle(collection, lang) }))
  }
  const props = {
    type: 'button',
    class: 'link note on-map',
    title: t(lang, 'faults.toggle', { title: layerTitle(collection, lang) }),
    'aria-pressed': String(context.store.state.faults.has(collection.id)),
    'data-faults': collection.id,
    'data-focus': `faults-on-map/${collection.id}`,
    onclick: toggle,
  }
  return h('button', props, h('span', { class: 'fault-sign', 'aria-hidden': 'true' }), plural(lang, 'faults.onMap', n, number(n, lang)))
}

function note(text: string, focus: string, kind: string, onclick: () => void): HTMLElement {
  return h('button', { type: 'button', class: `link note ${kind}`, 'data-focus': focus, onclick }, text)
}

/** The signs that hold for all layers, shown where some layer has them. */
function signs(context: Context, lang: Lang): readonly HTMLElement[] {
  const lines: HTMLElement[] = []
  const look = { role: 'generic', colour: '#FFFFFF', edge: '#333333', fillOpacity: 0 } as const
  for (const [nature, key] of [
    ['seed', 'legend.schematic'],
    ['synthetic', 'legend.synthetic'],
  ] as const) {
    if (!context.collections.some((collection) => collection.nature === nature)) continue
    lines.push(h('li', {}, swatch({ geometryType: 'polygon', nature }, look), t(lang, key)))
  }
  const { faultCounts } = context.store.state
  if (context.collections.some(({ id, faults }) => (faultCounts.get(id) ?? faults ?? 0) > 0)) {
    lines.push(h('li', {}, h('span', { class: 'fault-sign', 'aria-hidden': 'true' }), t(lang, 'faults.sign')))
  }
  return lines.length > 0 ? [h('h3', {}, t(lang, 'legend.signs')), h('ul', { class: 'signs' }, ...lines)] : []
}
