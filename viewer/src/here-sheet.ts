// The list of what is at a point, layer by layer as the server answers. Every layer of the service ends in one of three
// places: with its features, in the line of those that have nothing here, or among those that did not answer.

import { errorText, isAbort } from './alerts'
import { loads } from './api'
import type { Context } from './context'
import { copyButton } from './copy'
import { h } from './dom'
import { featureName, fieldLabel } from './fields'
import { length, measureOf, number, value } from './format'
import { coordinates, featuresAt, MOST_LISTED, reachMetres, type Found } from './here'
import { plural, t } from './i18n'
import { groupByRole, layerTitle } from './layers'
import type { View } from './permalink'
import { inTurns } from './pool'
import { natureBadge } from './provenance'
import { missingSources } from './sources'
import { swatch } from './swatch'
import type { Collection, FeatureRef, Item, Lang } from './types'

/** Layers asked at once. */
const WIDTH = 4

type Answer = { readonly found: Found } | { readonly failure: string }

export function hereSheet(
  context: Context,
  at: View,
  lang: Lang,
  signal: AbortSignal,
  choose: (ref: FeatureRef) => void,
): readonly HTMLElement[] {
  const collections = groupByRole(context.collections).flatMap((group) => group.collections)
  const answers = new Map<string, Answer>()
  const status = h('p', { class: 'here-status', role: 'status' })
  const pending = h('p', { class: 'quiet here-pending' })
  const empty = h('p', { class: 'quiet here-empty' })
  const missing = h('ul', { class: 'missing' })
  // Each layer has its place from the start: an answer moves nothing that somebody may be reading or have focused.
  const places = new Map(collections.map(({ id }) => [id, h('div', {})]))

  const lines = (): void => {
    const list = (line: HTMLElement, key: 'here.pending' | 'here.empty', of: (answer?: Answer) => boolean): void => {
      const titles = collections.filter(({ id }) => of(answers.get(id))).map((one) => layerTitle(one, lang))
      line.hidden = titles.length === 0
      line.textContent = t(lang, key, { list: titles.join(', ') })
    }
    list(pending, 'here.pending', (answer) => !answer)
    list(empty, 'here.empty', (answer) => answer !== undefined && 'found' in answer && answer.found.items.length === 0)
  }
  const answered = (collection: Collection, answer: Answer): void => {
    answers.set(collection.id, answer)
    const place = places.get(collection.id)
    if ('failure' in answer) place?.replaceChildren(failed(collection, answer.failure))
    else if (answer.found.items.length > 0) place?.replaceChildren(layerFound(context, collection, answer.found, lang, choose))
    lines()
  }
  const failed = (collection: Collection, detail: string): HTMLElement => {
    const retry = (): void => {
      answers.delete(collection.id)
      places.get(collection.id)?.replaceChildren()
      void ask([collection])
    }
    const text = t(lang, 'here.failed', { title: layerTitle(collection, lang), detail })
    const button = h('button', { type: 'button', class: 'link', onclick: retry }, t(lang, 'here.retry'))
    return h('p', { class: 'error', 'data-here': collection.id }, text, ' ', button)
  }
  const ask = async (some: readonly Collection[]): Promise<void> => {
    status.textContent = plural(lang, 'here.asking', some.length, number(some.length, lang))
    lines()
    await inTurns(some, WIDTH, signal, async (collection) => {
      try {
        answered(collection, { found: await featuresAt(collection, at, signal) })
      } catch (error) {
        if (!isAbort(error) && !signal.aborted) answered(collection, { failure: errorText(error, lang) })
      }
    })
    if (!signal.aborted && answers.size === collections.length) status.textContent = summary([...answers.values()], lang)
  }

  void ask(collections)
  void loads(signal).then(
    ({ sources }) => missing.replaceChildren(...missingSources(sources ?? [], lang)),
    // The panel asks the same and goes on without it; so does this list.
    () => undefined,
  )
  const place = h('code', { class: 'coordinates' }, coordinates(at))
  return [
    h('h2', { tabindex: -1 }, t(lang, 'here.title')),
    h('p', { class: 'quiet' }, t(lang, 'here.place')),
    h('p', { class: 'copied' }, place, copyButton(context, place, t(lang, 'here.place'), lang)),
    status,
    ...places.values(),
    pending,
    empty,
    missing,
    h('p', { class: 'quiet' }, t(lang, 'here.reach', { m: length(reachMetres(at), lang) })),
  ]
}

/** The end of the search in a sentence: how much there is, and whether all were heard. */
export function summary(answers: readonly Answer[], lang: Lang): string {
  const found = answers.flatMap((answer) => ('found' in answer ? [answer.found] : []))
  const count = found.reduce((sum, { items }) => sum + items.length, 0)
  const failures = answers.length - found.length
  const shown = number(count, lang)
  const parts: string[] = []
  if (found.some(({ more }) => more)) parts.push(t(lang, 'here.atLeast', { n: shown }))
  else if (count > 0) parts.push(plural(lang, 'here.found', count, shown))
  else if (failures === 0) parts.push(t(lang, 'here.nothing'))
  if (failures > 0) parts.push(plural(lang, 'here.failures', failures, number(failures, lang)))
  return parts.join(' ')
}

function layerFound(
  context: Context,
  collection: Collection,
  { items, more }: Found,
  lang: Lang,
  choose: (ref: FeatureRef) => void,
): HTMLElement {
  const look = context.looks.get(collection.id)
  const hidden = !context.store.state.visible.has(collection.id)
  const title = h(
    'h3',
    { class: 'layer' },
    look && swatch(collection, look),
    h('span', {}, layerTitle(collection, lang)),
    natureBadge(collection, lang),
    hidden && h('span', { class: 'quiet' }, t(lang, 'here.hidden')),
  )
  const rows = items.map((item) => row(collection, item, lang, choose))
  const end = more && h('p', { class: 'warning' }, t(lang, 'here.more', { n: number(MOST_LISTED, lang) }))
  return h('section', { 'data-here': collection.id }, title, h('ul', { class: 'rows' }, ...rows), end)
}

function row(collection: Collection, item: Item, lang: Lang, choose: (ref: FeatureRef) => void): HTMLElement {
  const properties = item.properties ?? {}
  const id = String(item.id ?? properties['id'] ?? '')
  const measures = areasOf(collection, properties, lang)
  const button = h(
    'button',
    { type: 'button', class: 'row plain', 'data-id': id, onclick: () => choose({ collection: collection.id, id }) },
    h('span', { class: 'hit' }, featureName(properties, id)),
    h('span', { class: 'detail' }, measures.length > 0 ? measures.join(' – ') : id),
  )
  return h('li', {}, button)
}

/** The areas that a feature states, each under its own label: a fiscal area is not a measured one. */
export function areasOf(
  collection: Pick<Collection, 'role'>,
  properties: Readonly<Record<string, unknown>>,
  lang: Lang,
): readonly string[] {
  return Object.entries(properties)
    .filter(([name, raw]) => typeof raw === 'number' && /^(m2|ha|km2)$/.test(measureOf(name) ?? ''))
    .map(([name, raw]) => {
      const label = fieldLabel(name, collection.role, lang) ?? name
      return t(lang, 'here.figure', { label, figure: value(name, raw, lang) })
    })
}
