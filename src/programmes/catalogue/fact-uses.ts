/** Who reads a fact: what is in force, what is scheduled or proposed, and the asker's own drafts, each with the place in its text. */
import type { Queryable } from '../../db/queryable.ts'
import { readChangeSets, readChangeTexts } from '../authoring/changes/change-set-store.ts'
import { readDrafts } from '../authoring/drafts/draft-store.ts'
import { readActive, readLater } from '../version-store.ts'
import { inForce } from '../versions-in-force.ts'
import { factMentions } from './fact-mentions.ts'

export const useStates = ['inForce', 'scheduled', 'proposed', 'draft'] as const

export interface FactUse {
  readonly kind: string
  readonly id: string
  /** Null before it has a number. */
  readonly version: number | null
  readonly state: (typeof useStates)[number]
  /** The day from which it holds, where it is known. */
  readonly from: string | null
  /** Programmes that name the rule or formula. */
  readonly programmes: readonly string[]
  /** Of a catalogue's text, the fact that is computed from it. */
  readonly inFact: string | null
  readonly pointer: string
  readonly changeSet: string | null
}

interface Searched extends Omit<FactUse, 'programmes' | 'inFact' | 'pointer'> {
  readonly source: string | null
}

/** `author`: whose drafts are looked at; those of others are theirs alone. */
export async function factUses(db: Queryable, fact: string, day: string, author: string): Promise<FactUse[]> {
  const [rows, later, proposed, drafts] = await Promise.all([
    readActive(db, day),
    readLater(db, day),
    proposedTexts(db),
    readDrafts(db, author),
  ])
  const stored = (state: 'inForce' | 'scheduled') => (row: (typeof rows)[number]) => ({
    ...row,
    state,
    from: row.effectiveFrom,
    changeSet: null,
  })
  const searched: Searched[] = [
    ...inForce(rows).map(stored('inForce')),
    ...later.map(stored('scheduled')),
    ...proposed,
    ...drafts
      .filter(({ changeSet }) => changeSet === null)
      .map(({ kind, id, source }) => ({ kind, id, source, version: null, state: 'draft' as const, from: null, changeSet: null })),
  ]
  const naming = namedBy(searched)
  return searched.flatMap(({ source, kind, id, version, state, from, changeSet }) => {
    const json = source?.includes(`"${fact}"`) ? parsed(source) : undefined
    const about = { kind, id, version, state, from, changeSet, programmes: naming(kind, id, version) }
    return factMentions(kind, json, (word) => word === fact).map(({ pointer, inFact }) => ({ ...about, pointer, inFact }))
  })
}

/** Texts of change sets that are not decided, or approved and not yet scheduled. */
async function proposedTexts(db: Queryable): Promise<Searched[]> {
  const sets = await Promise.all(
    (['submitted', 'approved'] as const).map((status) => readChangeSets(db, { status, before: null, limit: MOST_SETS })),
  )
  const texts = await Promise.all(
    sets.flat().map(async ({ id: changeSet, effectiveFrom }) =>
      (await readChangeTexts(db, changeSet)).map(({ kind, id, source }) => ({
        ...{ kind, id, source, changeSet },
        ...{ version: null, state: 'proposed' as const, from: effectiveFrom },
      })),
    ),
  )
  return texts.flat()
}

const MOST_SETS = 100

/** Programmes that name a rule or formula by its number; of one without a number, that name any of it. */
function namedBy(texts: readonly Searched[]): (kind: string, id: string, version: number | null) => string[] {
  const programmes = texts.flatMap(({ kind, id, source }) =>
    kind === 'programme' && source !== null ? [{ id, json: parsed(source) }] : [],
  )
  return (kind, id, version) => {
    if (kind === 'programme') return [id]
    if (kind !== 'rule' && kind !== 'formula') return []
    const names = programmes.flatMap(({ id: programme, json }) => {
      const named = ((json ?? {}) as { readonly [key: string]: { readonly id?: unknown; readonly version?: unknown } | undefined })[kind]
      return named?.id === id && (version === null || named.version === version) ? [programme] : []
    })
    return [...new Set(names)].toSorted()
  }
}

/** INVARIANT: nothing is kept, not even as a draft, that is no JSON. */
const parsed = (source: string): unknown => JSON.parse(source)
