// Text as the search compares it: what somebody types without accents, capitals, hyphens or ligatures is the same
// text. « Nœux-les-Mines », « noeux les mines » and « NŒUX LES MINES » fold to one string.

const LIGATURES: Readonly<Record<string, string>> = { œ: 'oe', æ: 'ae', ß: 'ss', ø: 'o', ł: 'l' }

export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/[œæßøł]/g, (letter) => LIGATURES[letter] ?? letter)
    .replace(/[^\p{Letter}\p{Number}]+/gu, ' ')
    .trim()
}

/** True where every word of `query` begins a word of `text`. An empty query matches nothing. */
export function matches(query: string, text: string): boolean {
  const wanted = fold(query).split(' ').filter(Boolean)
  if (wanted.length === 0) return false
  const words = fold(text).split(' ')
  return wanted.every((part) => words.some((word) => word.startsWith(part)))
}
