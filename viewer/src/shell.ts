// The frame around the map: title, language, the foldable panel, the map's buttons and the line of sources.

import { address } from './api'
import type { Context } from './context'
import { byId, h } from './dom'
import { t } from './i18n'
import { icon, type Icon } from './icons'
import { layerTitle } from './layers'

export interface Shell {
  readonly search: HTMLElement
  readonly sources: HTMLElement
  readonly layers: HTMLElement
  readonly say: (text: string) => void
  readonly titleOf: (collection: string | null) => string
}

interface MapButtons {
  readonly zoom: (by: number) => void
  readonly home: () => void
}

/** Pixels of the map that something lies over, from each side. */
export interface Covered {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

const NARROW_SCREEN = '(max-width: 640px)'

export function mountShell(context: Context, buttons: MapButtons): Shell {
  const { store, config } = context
  const panel = byId('panel')
  const head = h('header', {})
  const search = h('div', { class: 'search' })
  const missing = h('ul', { class: 'missing', role: 'status', hidden: true })
  const layers = h('div', { id: 'layers' })
  const foot = h('footer', {})
  panel.append(head, search, missing, layers, foot)
  const controls = h('div', { class: 'map-buttons' })
  const live = h('p', { class: 'spoken', role: 'status', 'aria-live': 'polite' })
  byId('map').before(controls)
  byId('map').after(live)
  // Between the first key press and the map stand all the layers. A link would change the address, which is ours.
  const toMap = () => document.querySelector<HTMLElement>('#map canvas')?.focus()
  const skip = h('button', { type: 'button', class: 'skip', onclick: toMap })
  document.body.prepend(skip)
  // On a phone the map comes first: the panel starts folded.
  let open = !matchMedia(NARROW_SCREEN).matches

  const draw = (): void => {
    const { lang } = store.state
    const title = config.title[lang]
    document.title = title
    skip.textContent = t(lang, 'skip.map')
    panel.setAttribute('aria-label', t(lang, 'panel.label'))
    panel.classList.toggle('folded', !open)
    const fold = h(
      'button',
      {
        type: 'button',
        class: 'fold',
        'aria-expanded': String(open),
        'aria-controls': 'layers',
        onclick: () => {
          open = !open
          draw()
          head.querySelector<HTMLElement>('.fold')?.focus()
        },
      },
      t(lang, open ? 'panel.close' : 'panel.open'),
    )
    const other = lang === 'fr' ? 'en' : 'fr'
    const language = h(
      'button',
      {
        type: 'button',
        class: 'link lang',
        lang: other,
        onclick: () => {
          store.set({ lang: other })
          head.querySelector<HTMLElement>('.lang')?.focus()
        },
      },
      t(lang, 'lang.switch'),
    )
    head.replaceChildren(h('h1', {}, title), language, fold)
    const licences = h('a', { href: address('viewer/licences.txt'), target: '_blank', rel: 'noopener' }, t(lang, 'app.licences'))
    const about = h('p', { class: 'quiet' }, `Terril ${config.version} – `, licences)
    foot.replaceChildren(h('p', { class: 'quiet sources' }, ...sources(context)), about)
    controls.replaceChildren(
      mapButton('plus', t(lang, 'map.zoomIn'), () => buttons.zoom(1)),
      mapButton('minus', t(lang, 'map.zoomOut'), () => buttons.zoom(-1)),
      mapButton('home', t(lang, 'map.home'), buttons.home),
    )
  }
  store.subscribe((_, changed) => {
    if (changed.has('lang')) draw()
    else if (changed.has('visible')) foot.querySelector('.sources')?.replaceChildren(...sources(context))
  })
  draw()
  return {
    search,
    sources: missing,
    layers,
    say: (text) => {
      // The same words twice in a row are only read again when the line changes in between.
      live.textContent = ''
      requestAnimationFrame(() => (live.textContent = text))
    },
    titleOf: (id) => {
      const collection = context.collections.find((one) => one.id === id)
      return collection ? layerTitle(collection, store.state.lang) : (id ?? '')
    },
  }
}

function mapButton(sign: Icon, label: string, onclick: () => void): HTMLElement {
  return h('button', { type: 'button', title: label, 'aria-label': label, onclick }, icon(sign))
}

/** Each visible layer's attribution once, as its producer wants it. */
function sources({ store, collections, config }: Context): readonly string[] {
  const { lang, visible } = store.state
  const all = collections.filter(({ id }) => visible.has(id)).map(({ attribution, source }) => attribution || source || '')
  // A layer with several producers names them with semicolons.
  const names = [...all, config.baseMap?.attribution ?? ''].flatMap((text) => text.split(';')).map((name) => name.trim())
  const texts = [...new Set(names.filter(Boolean))]
  return texts.length > 0 ? [t(lang, 'sources.label', { list: texts.join(' ; ') })] : []
}

/** What of the map a sheet covers, or may once it is filled: on a phone it grows to `max-height` of phone.css. */
export function coveredBySheet(): Covered {
  const covered = padding()
  if (!matchMedia(NARROW_SCREEN).matches) return covered
  return { ...covered, bottom: Math.max(covered.bottom, byId('map').clientHeight * 0.66) }
}

/** What of the map is covered, so that something fitted is really seen. */
export function padding(): Covered {
  const edge = 40
  const map = byId('map').getBoundingClientRect()
  const result = { top: edge, bottom: edge, left: edge, right: edge }
  for (const id of ['panel', 'sheet']) {
    const box = byId(id).getBoundingClientRect()
    if (box.width === 0 || box.height === 0) continue
    if (matchMedia(NARROW_SCREEN).matches) result.bottom = Math.max(result.bottom, map.bottom - box.top + 16)
    else if (id === 'panel') result.left = Math.max(result.left, box.right - map.left + edge)
    else result.right = Math.max(result.right, map.right - box.left + edge)
  }
  // However small the window, something of the map stays to fit into.
  result.bottom = Math.min(result.bottom, map.height * 0.8)
  return result
}
