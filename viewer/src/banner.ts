// The permanent notice of a demonstration. It can't be closed: a map of invented places must not be mistaken for a
// true one, nor a picture of it. It unfolds to say which layer is what.

import type { Context } from './context'
import { byId, h } from './dom'
import { t, type Key } from './i18n'
import { layerTitle } from './layers'
import type { Collection, Lang, Nature } from './types'

export function bannerKey(collections: readonly Pick<Collection, 'nature'>[]): Key | null {
  const has = (nature: Nature) => collections.some((collection) => collection.nature === nature)
  if (has('seed') && has('synthetic')) return 'banner.both'
  if (has('seed')) return 'banner.seed'
  return has('synthetic') ? 'banner.synthetic' : null
}

export function mountBanner(context: Context): void {
  const root = byId('banner')
  const key = bannerKey(context.collections)
  if (!key) return
  let open = false

  const draw = (): void => {
    const { lang } = context.store.state
    const button = h(
      'button',
      {
        type: 'button',
        'aria-expanded': String(open),
        'aria-controls': 'banner-more',
        onclick: () => {
          open = !open
          draw()
          root.querySelector('button')?.focus()
        },
      },
      t(lang, open ? 'banner.less' : 'banner.more'),
    )
    root.replaceChildren(h('p', {}, h('strong', {}, t(lang, key)), ' ', button), details(context, lang, open))
    root.hidden = false
  }
  context.store.subscribe((_, changed) => {
    if (changed.has('lang')) draw()
  })
  draw()
}

function details(context: Context, lang: Lang, open: boolean): HTMLElement {
  const kinds: readonly [Nature, Key][] = [
    ['seed', 'banner.seedLayers'],
    ['synthetic', 'banner.syntheticLayers'],
    ['real', 'banner.realLayers'],
  ]
  const box = h('div', { id: 'banner-more', hidden: !open })
  for (const [nature, key] of kinds) {
    const titles = context.collections
      .filter((collection) => (collection.nature ?? 'real') === nature)
      .map((collection) => layerTitle(collection, lang))
    if (titles.length === 0) continue
    box.append(h('p', {}, t(lang, key)), h('ul', {}, ...titles.map((title) => h('li', {}, title))))
  }
  return box
}
