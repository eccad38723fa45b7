// Values as people read them. French groups thousands and sets units apart with a narrow no-break space (U+202F),
// so that « 12 500 m² » never breaks over two lines; English uses commas and an ordinary no-break space.

import type { Lang } from './types'

const NARROW = '\u202f'
const LOCALE: Readonly<Record<Lang, string>> = { fr: 'fr-FR', en: 'en-GB' }

function unitSpace(lang: Lang): string {
  return lang === 'fr' ? NARROW : '\u00a0'
}

export function number(value: number, lang: Lang, maximumFractionDigits = 20): string {
  // Some engines still group French thousands with U+00A0: one space for all.
  const text = new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits }).format(value)
  return lang === 'fr' ? text.replace(/[\u00a0 ]/g, NARROW) : text
}

/** « 1,25 ha / 12 500 m² ». Below 100 m² a hectare figure says nothing: square metres alone. */
export function area(squareMetres: number, lang: Lang): string {
  const space = unitSpace(lang)
  const metres = number(squareMetres, lang, Math.abs(squareMetres) < 100 ? 1 : 0) + space + 'm²'
  if (Math.abs(squareMetres) < 100) return metres
  const digits = Math.abs(squareMetres) < 1000 ? 3 : 2
  return `${number(squareMetres / 10_000, lang, digits)}${space}ha / ${metres}`
}

export function length(metres: number, lang: Lang): string {
  const space = unitSpace(lang)
  return Math.abs(metres) < 1000
    ? number(metres, lang, 1) + space + 'm'
    : `${number(metres / 1000, lang, 2)}${space}km / ${number(metres, lang, 0)}${space}m`
}

const BYTES: Readonly<Record<Lang, readonly string[]>> = { fr: ['o', 'ko', 'Mo', 'Go'], en: ['B', 'kB', 'MB', 'GB'] }

/** « 1,2 Mo »: two digits, for nobody counts the others. */
export function bytes(count: number, lang: Lang): string {
  let scaled = Number(count.toPrecision(2))
  let step = 0
  for (; scaled >= 1000 && step < 3; step++) scaled /= 1000
  return number(scaled, lang, 1) + unitSpace(lang) + (BYTES[lang][step] ?? '')
}

/** How a field's number is to be read, told by the name alone: sources seldom say their units elsewhere. */
export function measureOf(field: string): 'm2' | 'ha' | 'km2' | 'm' | null {
  const name = field.toLowerCase()
  if (/^(area|contenance)$|_m2$/.test(name)) return 'm2'
  if (/_ha$/.test(name)) return 'ha'
  if (/_km2$/.test(name)) return 'km2'
  if (/^length$|_m$/.test(name)) return 'm'
  return null
}

const PLAIN_NUMBER = /^(annee|millesime|id|id_.*|.*_id|code.*|.*_code|insee|siren|.*siren|numero|section|.*_(debut|fin|annee)|(debut|fin|annee)_.*)$/i

/** Text of one attribute. Years, codes and numbers that name things are not grouped. */
export function value(field: string, raw: unknown, lang: Lang): string {
  if (typeof raw === 'number') {
    switch (measureOf(field)) {
      case 'm2':
        return area(raw, lang)
      case 'ha':
        return area(raw * 1e4, lang)
      case 'km2':
        return area(raw * 1e6, lang)
      case 'm':
        return length(raw, lang)
      case null:
        return PLAIN_NUMBER.test(field) ? String(raw) : number(raw, lang)
    }
  }
  if (typeof raw === 'boolean') return YES_NO[lang][raw ? 0 : 1]
  if (raw === null || raw === undefined) return ''
  return typeof raw === 'object' ? JSON.stringify(raw) : String(raw)
}

const YES_NO: Readonly<Record<Lang, readonly [string, string]>> = { fr: ['oui', 'non'], en: ['yes', 'no'] }
