// The search box: layer titles are matched here, places by the server. Follows the pattern of an editable combobox
// with a list: the focus stays in the field, arrows move through the results, Enter chooses, Escape closes.

import { search as askServer } from './api'
import { errorText, isAbort } from './alerts'
import { collectionById, type Context } from './context'
import { h } from './dom'
import { matches } from './fold'
import { number } from './format'
import { plural, t } from './i18n'
import { extentOf, layerTitle } from './layers'
import type { SearchHit } from './types'

const PAUSE_MS = 150

export function mountSearch(root: HTMLElement, context: Context): void {
  const input = h('input', {
    id: 'search',
    type: 'search',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-autocomplete': 'list',
    'aria-controls': 'search-results',
    'aria-expanded': 'false',
  })
  const list = h('ul', { id: 'search-results', role: 'listbox', hidden: true })
  const status = h('p', { id: 'search-status', role: 'status', 'aria-live': 'polite', class: 'quiet' })
  root.append(input, list, status)

  let hits: readonly SearchHit[] = []
  let active = -1
  let asking: AbortController | null = null
  let timer = 0

  const setActive = (index: number): void => {
    active = index
    for (const [nth, option] of [...list.children].entries()) {
      option.setAttribute('aria-selected', String(nth === index))
      if (nth === index) option.scrollIntoView({ block: 'nearest' })
    }
    if (index >= 0) input.setAttribute('aria-activedescendant', `search-hit-${index}`)
    else input.removeAttribute('aria-activedescendant')
  }
  const close = (): void => {
    list.hidden = true
    input.setAttribute('aria-expanded', 'false')
    setActive(-1)
  }
  const forget = (): void => {
    window.clearTimeout(timer)
    asking?.abort()
    hits = []
    list.replaceChildren()
    status.textContent = ''
    close()
  }
  const choose = (hit: SearchHit | undefined): void => {
    if (!hit) return
    close()
    status.textContent = ''
    go(hit, context)
  }
  const show = (found: readonly SearchHit[], query: string): void => {
    const { lang } = context.store.state
    hits = found
    list.replaceChildren(...found.map((hit, index) => option(hit, index, context, () => choose(hit))))
    list.hidden = found.length === 0
    input.setAttribute('aria-expanded', String(found.length > 0))
    setActive(-1)
    status.textContent =
      found.length === 0
        ? t(lang, 'search.none', { q: query })
        : `${plural(lang, 'search.hits', found.length, number(found.length, lang))}. ${t(lang, 'search.hint')}`
  }
  const ask = async (query: string): Promise<void> => {
    asking?.abort()
    const own = new AbortController()
    asking = own
    const layers = layerHits(query, context)
    try {
      const found = await askServer(query, own.signal)
      if (!own.signal.aborted) show(merge(layers, found, context), query)
    } catch (error) {
      if (isAbort(error) || own.signal.aborted) return
      show(layers, query)
      status.textContent = errorText(error, context.store.state.lang)
    }
  }

  input.addEventListener('input', () => {
    window.clearTimeout(timer)
    const query = input.value.trim()
    if (query === '') forget()
    else timer = window.setTimeout(() => void ask(query), PAUSE_MS)
  })
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) {
      event.stopPropagation()
      close()
    } else if (event.key === 'Enter') {
      // The sheet takes the focus at once: its first button must not get the rest of this key press.
      event.preventDefault()
      choose(hits[active === -1 ? 0 : active])
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (hits.length === 0) return
      list.hidden = false
      input.setAttribute('aria-expanded', 'true')
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive(active === -1 && step === -1 ? hits.length - 1 : (active + step + hits.length) % hits.length)
    }
  })
  // Somebody who clicks elsewhere is done with the list; a click in the list comes before the field loses the focus.
  input.addEventListener('blur', close)

  const name = (): void => {
    const label = t(context.store.state.lang, 'search.label')
    input.placeholder = label
    input.setAttribute('aria-label', label)
    list.setAttribute('aria-label', label)
    forget()
  }
  context.store.subscribe((_, changed) => {
    if (changed.has('lang')) name()
  })
  name()
}

function layerHits(query: string, context: Context): readonly SearchHit[] {
  const { lang } = context.store.state
  return context.collections
    .filter((collection) => matches(query, `${layerTitle(collection, lang)} ${collection.id}`))
    .map((collection) => ({ kind: 'layer', collection: collection.id, label: layerTitle(collection, lang) }))
}

/** Layers first, as matched here; the server's layers are added only where this language's titles missed them. */
function merge(layers: readonly SearchHit[], found: readonly SearchHit[], context: Context): readonly SearchHit[] {
  const known = new Set(layers.map((hit) => hit.collection))
  const { lang } = context.store.state
  const more = found
    .filter((hit) => hit.kind !== 'layer' || !known.has(hit.collection))
    .filter((hit) => collectionById(context, hit.collection) !== undefined)
    .map((hit) => {
      const collection = collectionById(context, hit.collection)
      return hit.kind === 'layer' && collection ? { ...hit, label: layerTitle(collection, lang) } : hit
    })
  return [...layers, ...more]
}

function option(hit: SearchHit, index: number, context: Context, choose: () => void): HTMLElement {
  const { lang } = context.store.state
  const collection = collectionById(context, hit.collection)
  const layer = collection ? layerTitle(collection, lang) : hit.collection
  const detail = hit.kind === 'layer' ? t(lang, 'search.layer') : [hit.detail, layer].filter(Boolean).join(' – ')
  const seen = new Set<string>()
  const words = detail.split(' – ').filter((part) => !seen.has(part) && seen.add(part))
  return h(
    'li',
    {
      id: `search-hit-${index}`,
      role: 'option',
      'aria-selected': 'false',
      // Before the click takes the focus from the field and closes the list.
      onmousedown: (event: Event) => event.preventDefault(),
      onclick: choose,
    },
    h('span', { class: 'hit' }, hit.label),
    h('span', { class: 'detail' }, words.join(' – ')),
  )
}

function go(hit: SearchHit, context: Context): void {
  context.store.show(hit.collection, true)
  const collection = collectionById(context, hit.collection)
  if (hit.kind === 'feature' && hit.id !== null && hit.id !== undefined) {
    context.actions.open({ collection: hit.collection, id: String(hit.id) }, { fit: true })
    return
  }
  const box = hit.bbox ?? (collection ? extentOf(collection) : null)
  if (collection && hit.kind === 'layer') context.actions.openLayer(collection)
  if (box) context.actions.fit(box)
}
