import { describe, expect, test } from 'vitest'
import { fieldLabel } from '../src/fields'
import { fold, matches } from '../src/fold'
import { area, length, number, value } from '../src/format'
import { bilingual, MESSAGES, plural, preferredLang, t } from '../src/i18n'
import { formatPermalink, parsePermalink } from '../src/permalink'
import { valueLabel } from '../src/values'

describe('words', () => {
  test('both languages have the same keys and the same holes', () => {
    expect(Object.keys(MESSAGES.en).sort()).toEqual(Object.keys(MESSAGES.fr).sort())
    for (const [key, french] of Object.entries(MESSAGES.fr)) {
      const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort()
      const english = MESSAGES.en[key as keyof typeof MESSAGES.en]
      expect(english.trim(), key).not.toBe('')
      expect(holes(english), key).toEqual(holes(french))
    }
  })

  test('a hole without a value stays visible', () => {
    expect(t('fr', 'search.none', {})).toContain('{q}')
    expect(t('en', 'search.none', { q: 'lens' })).toBe('No result for “lens”')
  })

  test('zero is singular in French and plural in English', () => {
    expect(plural('fr', 'layer.count', 0, '0')).toBe('0 objet')
    expect(plural('en', 'layer.count', 0, '0')).toBe('0 features')
    expect(plural('fr', 'layer.count', 159, '159')).toBe('159 objets')
  })

  test('the language follows the browser', () => {
    expect(preferredLang(['fr-FR', 'en'])).toBe('fr')
    expect(preferredLang(['en-GB', 'fr'])).toBe('en')
    expect(preferredLang(['de-DE', 'fr'])).toBe('fr')
    expect(preferredLang(['pl'])).toBe('en')
    expect(preferredLang([])).toBe('fr')
  })

  test('a title in one language serves both', () => {
    expect(bilingual({ fr: 'Cités' }, 'en')).toBe('Cités')
    expect(bilingual({}, 'fr')).toBeUndefined()
  })

  test('a role narrows the label of a field', () => {
    expect(fieldLabel('statut', 'land-reserve', 'fr')).toBe('Statut de la réserve')
    expect(fieldLabel('statut', null, 'en')).toBe('Status')
    expect(fieldLabel('zzz', 'estate', 'fr')).toBeNull()
  })

  test('only codes of the domain are put in words', () => {
    expect(valueLabel('type', 'REHAB', 'fr')).toBe('réhabilitation')
    expect(valueLabel('type', 'Cité pavillonnaire', 'en')).toBeNull()
    expect(valueLabel('constructor', 'x', 'fr')).toBeNull()
  })
})

describe('figures', () => {
  const check = (squareMetres: number, french: string, english: string) => {
    expect(area(squareMetres, 'fr')).toBe(french)
    expect(area(squareMetres, 'en')).toBe(english)
  }

  test('areas are hectares and square metres, with narrow no-break spaces in French', () => {
    check(12_500, '1,25\u202fha / 12\u202f500\u202fm²', '1.25\u00a0ha / 12,500\u00a0m²')
    check(457_389, '45,74\u202fha / 457\u202f389\u202fm²', '45.74\u00a0ha / 457,389\u00a0m²')
    check(595, '0,06\u202fha / 595\u202fm²', '0.06\u00a0ha / 595\u00a0m²')
    check(42.25, '42,3\u202fm²', '42.3\u00a0m²')
    check(0, '0\u202fm²', '0\u00a0m²')
  })

  test('lengths over a kilometre are given in both units', () => {
    expect(length(400, 'fr')).toBe('400\u202fm')
    expect(length(1227, 'fr')).toBe('1,23\u202fkm / 1\u202f227\u202fm')
    expect(length(1227, 'en')).toBe('1.23\u00a0km / 1,227\u00a0m')
  })

  test('the unit in the name of a field decides how its number is read', () => {
    expect(value('surface_ha', 11.05, 'fr')).toBe('11,05\u202fha / 110\u202f500\u202fm²')
    expect(value('contenance', 938, 'fr')).toContain('938\u202fm²')
    expect(value('longueur_m', 12, 'en')).toBe('12\u00a0m')
    expect(value('population', 5972, 'fr')).toBe('5\u202f972')
  })

  test('years and codes are not grouped', () => {
    expect(value('annee_debut', 2030, 'fr')).toBe('2030')
    expect(value('id_lsm', 100043, 'fr')).toBe('100043')
    expect(value('insee', '62737', 'fr')).toBe('62737')
  })

  test('every kind of value has a text, and nothing has none', () => {
    expect(value('x', true, 'fr')).toBe('oui')
    expect(value('x', false, 'en')).toBe('no')
    expect(value('x', null, 'fr')).toBe('')
    expect(value('x', ['a'], 'fr')).toBe('["a"]')
    expect(number(1e6, 'fr')).toBe('1\u202f000\u202f000')
  })
})

describe('search without accents', () => {
  test.each([
    ['Liévin', 'lievin'],
    ['Nœux-les-Mines', 'noeux les mines'],
    ['NŒUX LES MINES', 'noeux les mines'],
    ['  L’Écluse ', 'l ecluse'],
    ['Cité n°10 de Béthune', 'cite n 10 de bethune'],
    ['–', ''],
  ])('%s folds to "%s"', (text, folded) => expect(fold(text)).toBe(folded))

  test('every word must begin a word', () => {
    expect(matches('res fon', 'Réserves foncières')).toBe(true)
    expect(matches('foncieres res', 'Réserves foncières')).toBe(true)
    expect(matches('serves', 'Réserves foncières')).toBe(false)
    expect(matches('', 'Réserves foncières')).toBe(false)
    expect(matches('-', 'Réserves foncières')).toBe(false)
  })
})

describe('permalink', () => {
  const link = {
    view: { zoom: 12.5, lat: 50.44201, lon: 2.68568 },
    layers: ['cites', 'a,b/c'],
    faults: ['a,b/c'],
    lang: 'fr',
    selected: { collection: 'cites', id: 'n°10/é&=' },
    here: { zoom: 15.25, lat: 50.442011, lon: -2.685683 },
  } as const

  test('what is written is read again', () => expect(parsePermalink(formatPermalink(link))).toEqual(link))

  test('it is the form that is documented', () => {
    expect(formatPermalink({ ...link, layers: ['a', 'b'], faults: ['b'], selected: { collection: 'c', id: '7' } })).toBe(
      '#map=12.5/50.44201/2.68568&layers=a,b&faults=b&lang=fr&here=15.25/50.442011/-2.685683&sel=c/7',
    )
  })

  test('no faults are not told of', () => {
    expect(formatPermalink({ ...link, faults: [] })).not.toContain('faults')
    expect(parsePermalink('').faults).toEqual([])
  })

  test('no layers is not the default layers', () => {
    expect(parsePermalink('#layers=').layers).toEqual([])
    expect(parsePermalink('').layers).toBeNull()
  })

  test.each([
    '#map=x/1/2',
    '#map=10/91/2',
    '#map=10/50',
    '#map=10/50/2/7',
    '#map=//',
    '#map=NaN/1/1',
    '#map=-1/1/1',
    '#here=14/91/2',
    '#here=50.44/2.68',
    '#sel=a',
    '#sel=/b',
    '#sel=a/',
    '#sel=%E0%A4%A/b',
    '#lang=de',
    '#&&==&',
  ])('%s is left to the defaults', (hash) => {
    const { view, lang, selected, here } = parsePermalink(hash)
    expect({ view, lang, selected, here }).toEqual({ view: null, lang: null, selected: null, here: null })
  })
})
