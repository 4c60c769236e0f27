/** Assembly: every fact of one household from the warehouse, by one statement that fetches rows and a compiled program that computes facts. */
import type { Database } from '../db/database.ts'
import { isoOfDay } from '../kernel/date.ts'
import { type Assembly, compileAssembly } from '../language/catalogue/assembly/compile-assembly.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import type { AssembledHousehold, SourceState } from './assembled.ts'
import { type DeclaredAnswers, declaredRows } from './declared.ts'
import { householdRows } from './household-rows.ts'
import { epochKey } from './parameter-epochs.ts'
import type { UnansweredPersons } from './pull-household.ts'
import { answeredRows, withSilence } from './silence.ts'
import { type Freshness, isUsable, sourceStates } from './registry-state.ts'
import { rowsOfText } from './row-text.ts'
import { type RowsStatement, rowsStatement } from './rows-statement.ts'

export interface AssemblyDependencies {
  readonly database: Database
  readonly catalogue: Catalogue
  readonly freshness: readonly Freshness[]
}

/**
 * Computes the facts of one household as of a day, in one snapshot of the database; null when nobody lives in it. With
 * `facts` (a set closed under inputs) only those are read and the others stay unknown: no more data than the purpose needs.
 */
export async function assembleHousehold(
  { database, catalogue, freshness }: AssemblyDependencies,
  request: {
    readonly householdRef: number
    readonly asOf: number
    readonly declared?: DeclaredAnswers | null
    readonly facts?: ReadonlySet<string>
    /** Members and relatives whom a registry was asked about in vain: what it answered before does not count either. */
    readonly unanswered?: UnansweredPersons
  },
): Promise<AssembledHousehold | null> {
  const { householdRef, asOf } = request
  const wanted = request.facts ?? null
  const programs = programsOf(catalogue, wanted)
  const { name, text, reads } = (programs.statement ??= rowsStatement(catalogue, wanted))
  const answer = await database.pool.query<FetchedColumns>({ name, text, values: [householdRef, isoOfDay(asOf)], rowMode: 'array' })
  const [members, relatives, pairs, parentsListed, states, ...registries] = answer.rows[0] as FetchedColumns
  if (members === null) return null
  const declared = request.declared ?? null
  const answers = declaredRows(catalogue, householdRef, declared)
  const { sources, usable } = standingOf(programs, states ?? '[]', freshness, asOf)
  const unanswered = request.unanswered ?? new Map()
  const persons = members.map(([personRef, isHead, relationship, basis, isJordanian]) => ({
    personRef,
    isHead,
    relationship,
    basis,
    isJordanian,
  }))
  const rows = householdRows(reads, {
    asOf,
    members: persons,
    relatives: (relatives ?? []).map(([personRef, isJordanian]) => ({ personRef, isJordanian })),
    pairs: (pairs ?? []).map(([relation, personRef, relativeRef]) => ({ relation, personRef, relativeRef })),
    parentsListed: parentsListed ?? [],
    registries: answeredRows(
      reads.registries,
      reads.registries.map(({ columns }, at) => rowsOfText(registries[at] ?? null, columns)),
      unanswered,
    ),
    declaredHousehold: answers.household[0],
    declaredPersons: new Map(answers.person.map((row) => [Number(row['person_ref']), row])),
  })
  const refs = new Set(persons.map(({ personRef }) => personRef))
  const { household, members: facts } = assemblyOf(programs, catalogue, { wanted, asOf, usable })(rows)
  return {
    householdRef,
    asOf,
    household,
    members: persons.flatMap(({ personRef, isHead, relationship }, index) => {
      const own = facts[index]
      return own ? [{ personRef, isHead, relationship, facts: own }] : []
    }),
    sources: unanswered.size === 0 ? sources : sources.map((source) => withSilence(source, unanswered.get(source.registry), refs)),
    applicationId: declared?.applicationId ?? null,
  }
}

/** The columns of rows-statement.ts; null where there is nothing. */
type FetchedColumns = [
  members: readonly (readonly [number, boolean, string, string, boolean | null])[] | null,
  relatives: readonly (readonly [number, boolean | null])[] | null,
  pairs: readonly (readonly [string, number, number])[] | null,
  parentsListed: readonly number[] | null,
  states: string | null,
  ...registries: readonly (string | null)[],
]

/** Where registries stood, and which of them can be used. */
interface Standing {
  readonly key: string
  readonly freshness: readonly Freshness[]
  readonly sources: readonly SourceState[]
  readonly usable: readonly string[]
}

interface Programs {
  statement: RowsStatement | null
  /** The standing of the household before: it changes with loads and days, not with households. */
  standing: Standing | null
  readonly assemblies: Map<string, Assembly>
}

/** By catalogue, then by the set of facts that are wanted (the catalogue itself for all). */
const kept = new WeakMap<Catalogue, WeakMap<object, Programs>>()

function programsOf(catalogue: Catalogue, wanted: ReadonlySet<string> | null): Programs {
  const known = kept.get(catalogue) ?? new WeakMap<object, Programs>()
  kept.set(catalogue, known)
  const programs = known.get(wanted ?? catalogue) ?? { statement: null, standing: null, assemblies: new Map<string, Assembly>() }
  known.set(wanted ?? catalogue, programs)
  return programs
}

function standingOf(programs: Programs, states: string, freshness: readonly Freshness[], asOf: number): Standing {
  const key = `${asOf} ${states}`
  if (programs.standing?.key !== key || programs.standing.freshness !== freshness) {
    const rows = JSON.parse(states) as [string, number | null, string | null][]
    const sources = sourceStates(
      rows.map(([registry, load_id, as_of]) => ({ registry, load_id, as_of })),
      freshness,
      asOf,
    )
    programs.standing = { key, freshness, sources, usable: sources.filter(({ state }) => isUsable(state)).map(({ registry }) => registry) }
  }
  return programs.standing
}

/** Compiled once for all days on which the same parameters hold and the same registries are usable. */
function assemblyOf(
  { assemblies }: Programs,
  catalogue: Catalogue,
  { wanted, asOf, usable }: { readonly wanted: ReadonlySet<string> | null; readonly asOf: number; readonly usable: readonly string[] },
): Assembly {
  const key = `${epochKey(catalogue, asOf)} ${usable.join(' ')}`
  const assembly = assemblies.get(key) ?? compileAssembly(catalogue, { wanted, usable: new Set(usable), asOfDay: asOf })
  assemblies.set(key, assembly)
  return assembly
}
