// The sign of a layer in the legend: a small drawing with the same fill, outline, dashes and hatching as the map.

import type { Look } from './styles'
import type { Collection } from './types'

const SVG = 'http://www.w3.org/2000/svg'

function svg(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  return element
}

export function swatch(collection: Pick<Collection, 'geometryType' | 'nature'>, look: Look): SVGElement {
  const root = svg('svg', { width: 26, height: 18, viewBox: '0 0 26 18', 'aria-hidden': 'true', class: 'swatch' })
  const dashed = collection.nature === 'seed'
  const fictitious = collection.nature === 'synthetic'
  const dash = { 'stroke-dasharray': dashed ? '4 2.5' : 'none' }
  switch (collection.geometryType) {
    case 'point':
      root.append(dot(13, 5, dashed, look))
      break
    case 'line':
      root.append(
        svg('path', { d: 'M2 14 C9 2 15 16 24 4', fill: 'none', stroke: look.edge, 'stroke-width': 2.5, ...dash }),
      )
      break
    case 'none':
      root.append(svg('path', { d: 'M6 5h14M6 9h14M6 13h9', stroke: look.edge, 'stroke-width': 1.5, fill: 'none' }))
      break
    case 'mixed':
      root.append(
        svg('rect', { x: 2, y: 3, width: 11, height: 12, fill: look.colour, 'fill-opacity': look.fillOpacity }),
        svg('path', { d: fictitious ? 'M2 9 8 3M3 15 13 5' : '', stroke: look.edge, 'stroke-width': 1.4 }),
        svg('rect', { x: 2, y: 3, width: 11, height: 12, fill: 'none', stroke: look.edge, 'stroke-width': 1.8, ...dash }),
        dot(20, 4, dashed, look),
      )
      break
    default:
      root.append(
        svg('rect', { x: 2, y: 2, width: 22, height: 14, fill: look.colour, 'fill-opacity': look.fillOpacity }),
      )
      if (fictitious) {
        root.append(svg('path', { d: 'M2 10 10 2M6 16 20 2M14 16 24 6', stroke: look.edge, 'stroke-width': 1.4 }))
      }
      root.append(
        svg('rect', {
          x: 2,
          y: 2,
          width: 22,
          height: 14,
          fill: 'none',
          stroke: look.edge,
          'stroke-width': look.role === 'parcel' ? 1 : 1.8,
          ...dash,
        }),
      )
  }
  return root
}

/** A point of a schematic layer is a ring: its place is not to be read off the map. */
function dot(x: number, radius: number, ring: boolean, look: Look): SVGElement {
  return svg('circle', {
    cx: x,
    cy: 9,
    r: radius,
    fill: ring ? '#FFFFFF' : look.colour,
    stroke: ring ? look.edge : '#FFFFFF',
    'stroke-width': ring ? 2.5 : 1,
  })
}
