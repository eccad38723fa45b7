// Building the page. Text is always set as text, never parsed as markup: what layers say is data.

type Child = Node | string | null | undefined | false
type Listener = (event: never) => void
type Props = Readonly<Record<string, string | number | boolean | null | undefined | Listener>>

/** An element. Props named `on…` listen; `true` sets an empty attribute; null, undefined and false set none. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, prop] of Object.entries(props)) {
    if (typeof prop === 'function') element.addEventListener(name.slice(2), prop as EventListener)
    else if (prop === true) element.setAttribute(name, '')
    else if (prop !== null && prop !== undefined && prop !== false) element.setAttribute(name, String(prop))
  }
  for (const child of children) if (child) element.append(child)
  return element
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no element ${id}`)
  return element
}

/** Visually hidden, still read aloud. */
export function spoken(text: string): HTMLElement {
  return h('span', { class: 'spoken' }, text)
}
