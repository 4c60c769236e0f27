/** Names of what a simulation speaks of, from the texts of its versions; nothing is compiled for them. */
import type { Queryable } from '../../db/queryable.ts'
import type { Words } from '../../language/fact-space.ts'
import { readMembers, readVersionSet } from '../../programmes/version-store.ts'
import { CHANGED_KINDS } from '../scenario-schema.ts'
import type { ReportNames } from './report-subject.ts'

interface Named {
  readonly id?: unknown
  readonly names?: unknown
  readonly label?: unknown
}

/** Whatever has no name, or is no longer stored, goes by its id. */
export async function reportNames(db: Queryable, versionSet: string): Promise<ReportNames> {
  const refs = (await readVersionSet(db, versionSet)) ?? []
  const members = await readMembers(
    db,
    refs.filter(({ kind }) => (CHANGED_KINDS as readonly string[]).includes(kind)),
  )
  return Object.fromEntries(
    members.flatMap(({ kind, id, source }) => {
      const { id: own, names, label } = JSON.parse(source) as Named
      const words = names ?? label
      if (!isWords(words)) return []
      // A parameter's file may have another name than it gives itself.
      return [id, ...(typeof own === 'string' ? [own] : [])].map((one) => [`${kind}/${one}`, { en: words.en, ar: words.ar }] as const)
    }),
  )
}

const isWords = (value: unknown): value is Words =>
  typeof value === 'object' && value !== null && typeof (value as Words).en === 'string' && typeof (value as Words).ar === 'string'
