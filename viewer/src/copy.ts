// Copying a text with a button that says that it did. The Clipboard API exists on https and on the own machine only;
// on `http://` in an office the old command does it, and where that is refused too the text is left selected, so that
// Ctrl + C is all that is missing.

import type { Context } from './context'
import { h, spoken } from './dom'
import { t } from './i18n'
import type { Lang } from './types'

export type Outcome = 'done' | 'selected'

/** Copies the text of an element. */
export async function copyTextOf(source: HTMLElement): Promise<Outcome> {
  const text = source.textContent ?? ''
  try {
    // Undefined where the page was not delivered securely, whatever the declared type says.
    await (navigator.clipboard as Clipboard | undefined)!.writeText(text)
    return 'done'
  } catch {
    const selection = getSelection()
    const range = document.createRange()
    range.selectNodeContents(source)
    selection?.removeAllRanges()
    selection?.addRange(range)
    return document.execCommand('copy') ? 'done' : 'selected'
  }
}

/** A button that copies the text of `source`; `what` names it to those who do not see what stands beside it. */
export function copyButton(context: Context, source: HTMLElement, what: string, lang: Lang): HTMLElement {
  const label = h('span', {}, t(lang, 'copy.do'))
  const reset = (): void => void (label.textContent = t(lang, 'copy.do'))
  const copy = async (): Promise<void> => {
    const outcome = await copyTextOf(source)
    label.textContent = t(lang, `copy.${outcome}`)
    context.actions.say(t(lang, `copy.${outcome}Of`, { what }))
  }
  return h(
    'button',
    { type: 'button', class: 'copy', onclick: () => void copy(), onblur: reset, onpointerleave: reset },
    label,
    ' ',
    spoken(what),
  )
}
