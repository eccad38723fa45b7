// Messages about what failed, in words, one line each, until they are closed. The same message appears once.

import { ProblemError } from './api'
import { byId, h } from './dom'
import { t } from './i18n'
import type { Lang } from './types'

export function alertUser(text: string, lang: Lang): void {
  const list = byId('alerts')
  if ([...list.children].some((line) => line.firstChild?.textContent === text)) return
  const line = h('p', {}, h('span', {}, text))
  const close = h('button', { type: 'button', 'aria-label': t(lang, 'error.close'), onclick: () => line.remove() }, '×')
  line.append(close)
  list.append(line)
}

/** An error in the reader's language: the server's own words where it gave some. */
export function errorText(error: unknown, lang: Lang): string {
  if (error instanceof ProblemError) return error.message
  // `fetch` rejects with a TypeError whose text differs by browser and helps nobody.
  if (error instanceof TypeError) return t(lang, 'error.offline')
  return error instanceof Error ? error.message : String(error)
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
