// Sources that are not served: still being read, or refused. A map that silently lacks a layer would be believed, so
// the panel says which are missing and why, and offers to reload once all are read.

import { loads } from './api'
import type { Context } from './context'
import { h } from './dom'
import { t } from './i18n'
import type { Lang, SourceStatus } from './types'

const PAUSE_MS = 2000

/** A line for each source that is being read or was refused. */
export function missingSources(sources: readonly SourceStatus[], lang: Lang): readonly HTMLElement[] {
  return sources.map(({ source, state, message }) => {
    if (state === 'loading') return h('li', {}, t(lang, 'loads.loading', { source }))
    const words = state === 'gone' ? 'loads.gone' : 'loads.failed'
    return h('li', { class: 'failed' }, t(lang, words, { source, message: message ?? '' }))
  })
}

export function mountSources(root: HTMLElement, context: Context): void {
  let sources: readonly SourceStatus[] = []
  let waited = false

  const draw = (): void => {
    const { lang } = context.store.state
    const lines = [...missingSources(sources, lang)]
    const ready = waited && !sources.some(({ state }) => state === 'loading')
    const reload = h('button', { type: 'button', class: 'link', onclick: () => location.reload() }, t(lang, 'loads.reload'))
    if (ready) lines.unshift(h('li', {}, t(lang, 'loads.ready'), ' ', reload))
    root.replaceChildren(...lines)
    root.hidden = lines.length === 0
  }
  const ask = async (): Promise<void> => {
    try {
      sources = (await loads()).sources ?? []
    } catch {
      // The map works without this line; what fails on it is said where it fails.
      return
    }
    const loading = sources.some(({ state }) => state === 'loading')
    if (loading) {
      waited = true
      window.setTimeout(() => void ask(), PAUSE_MS)
    }
    draw()
  }
  context.store.subscribe((_, changed) => {
    if (changed.has('lang')) draw()
  })
  void ask()
}
