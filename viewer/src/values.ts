// Codes of the domain in words, in both languages: `REHAB` is shown as « réhabilitation ». Only codes that stand in
// this table are translated; whatever else a source says is shown as it stands, for it is not ours to reword. The
// table is a file of its own, for the server's pages read it too.

import values from './labels/values.json'
import type { Bilingual, Lang } from './types'

const VALUES: Readonly<Record<string, Bilingual>> = values

/** A code of the domain in words; null for everything else that a source says, which is shown untouched. */
export function valueLabel(field: string, value: unknown, lang: Lang): string | null {
  return VALUES[`${field.toLowerCase()}=${String(value)}`]?.[lang] ?? null
}
