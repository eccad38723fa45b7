// The few signs on buttons, drawn here: a font may lack them.

const SVG = 'http://www.w3.org/2000/svg'

const PATHS = {
  zoom: 'M8 2v3M8 11v3M2 8h3M11 8h3M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
  info: 'M8 7v5M8 4v.5M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13',
  home: 'M2 8l6-5.5L14 8M4 7v6.5h8V7',
  plus: 'M8 2.5v11M2.5 8h11',
  minus: 'M2.5 8h11',
  close: 'M3 3l10 10M13 3L3 13',
} as const

export type Icon = keyof typeof PATHS

export function icon(name: Icon): SVGElement {
  const root = document.createElementNS(SVG, 'svg')
  for (const [key, value] of Object.entries({ width: 16, height: 16, viewBox: '0 0 16 16', 'aria-hidden': 'true' })) {
    root.setAttribute(key, String(value))
  }
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', PATHS[name])
  for (const [key, value] of Object.entries({ fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6 })) {
    path.setAttribute(key, String(value))
  }
  root.append(path)
  return root
}
