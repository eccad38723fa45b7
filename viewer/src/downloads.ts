// Downloads that run, one line each, apart from the sheet that started them: who waits for a large layer goes on
// reading the map. A line stays until it is closed, with the file to be saved again or what went wrong.

import { errorText, isAbort } from './alerts'
import type { Context } from './context'
import { byId, h } from './dom'
import { download, type Order, type Saved } from './download'
import { bytes, number } from './format'
import { plural, t } from './i18n'
import { layerTitle } from './layers'
import type { Lang } from './types'

export function startDownload(context: Pick<Context, 'actions'>, order: Order): void {
  const { lang } = order
  const title = layerTitle(order.collection, lang)
  const stop = new AbortController()
  const bar = h('progress', { 'aria-label': title })
  const count = h('span', { class: 'quiet' })
  const cancel = h(
    'button',
    { type: 'button', class: 'copy', 'aria-label': t(lang, 'take.cancelOf', { title }), onclick: () => stop.abort() },
    t(lang, 'take.cancel'),
  )
  const line = h('div', { class: 'download' }, h('p', {}, h('strong', {}, title), ' ', count), h('div', { class: 'copied' }, bar, cancel))
  const list = byId('downloads')
  list.setAttribute('aria-label', t(lang, 'take.list'))
  list.append(line)
  context.actions.say(t(lang, 'take.started', { title }))

  const end = (text: string, ...elements: readonly (Node | null)[]): void => {
    const focused = line.contains(document.activeElement)
    const label = t(lang, 'take.dismiss')
    const close = h('button', { type: 'button', class: 'dismiss', 'aria-label': label, title: label, onclick: () => line.remove() }, '×')
    line.replaceChildren(h('p', {}, h('strong', {}, title), ' ', text), close, ...elements.filter((one) => one !== null))
    if (focused) close.focus()
    context.actions.say(line.textContent ?? '')
  }
  const progress = (written: number, matched: number | null): void => {
    const n = number(written, lang)
    count.textContent =
      matched === null ? plural(lang, 'take.progressUnknown', written, n) : t(lang, 'take.progress', { n, total: number(matched, lang) })
    if (matched === null) return
    bar.max = Math.max(matched, 1)
    bar.value = written
  }
  download(order, stop.signal, progress).then(
    (saved) => {
      const link = h('a', { href: URL.createObjectURL(saved.blob), download: saved.name }, saved.name)
      const text = plural(lang, 'take.saved', saved.written, number(saved.written, lang), { size: bytes(saved.blob.size, lang) })
      end(text, h('p', {}, link), ...doubts(saved, lang))
      link.click()
    },
    (error: unknown) => {
      if (isAbort(error) || stop.signal.aborted) end(t(lang, 'take.cancelled', { title }))
      else end('', h('p', { class: 'error' }, t(lang, 'take.failed', { title, detail: errorText(error, lang) })))
    },
  )
}

/** What keeps the file from being simply the layer, in words. */
export function doubtTexts({ written, matched, changed }: Pick<Saved, 'written' | 'matched' | 'changed'>, lang: Lang): readonly string[] {
  const texts: string[] = []
  if (matched === null) texts.push(t(lang, 'take.uncounted'))
  else if (written !== matched) texts.push(t(lang, 'take.differs', { matched: number(matched, lang), n: number(written, lang) }))
  if (changed) texts.push(t(lang, 'take.changed'))
  return texts
}

function doubts(saved: Saved, lang: Lang): readonly HTMLElement[] {
  return doubtTexts(saved, lang).map((text) => h('p', { class: 'warning' }, text))
}
