// Names of well-known attributes in both languages. A name that stands in no table is shown as the source writes
// it. French labels are the domain's own words; the source's name always stands beside the label in the sheet. The
// table is a file of its own, for the server's pages read it too.

import labels from './labels/fields.json'
import type { Bilingual, Lang, Role } from './types'

const COMMON: Readonly<Record<string, Bilingual>> = labels.common

/** Where a role gives a word a narrower meaning than the common one. */
const BY_ROLE: Readonly<Partial<Record<Role, Readonly<Record<string, Bilingual>>>>> = labels.byRole

export function fieldLabel(field: string, role: Role | null | undefined, lang: Lang): string | null {
  const name = field.toLowerCase()
  const label = (role ? BY_ROLE[role]?.[name] : undefined) ?? COMMON[name]
  return label?.[lang] ?? null
}

const NAMES = ['nom', 'name', 'titre', 'intitule', 'libelle', 'denomination', 'nom_usuel', 'label', 'title', 'operation']

/** What a feature is called, from its own attributes. Without a name its parcel number, at last its id. */
export function featureName(properties: Readonly<Record<string, unknown>>, id: string): string {
  for (const name of NAMES) {
    const value = properties[name]
    if (typeof value === 'string' && value.trim() !== '') return value
  }
  const { section, numero } = properties
  if (section && numero) return `${String(section)} ${String(numero)}`
  return id
}
