/** The bundle in force on a day, and any bundle by its hash; compiled once and kept. */
import type { Database } from '../db/database.ts'
import { isoOfDay } from '../kernel/date.ts'
import { Problem, problem } from '../kernel/problem.ts'
import type { ProgrammeSource } from '../language/programme/schema.ts'
import type { Bundle } from './bundle.ts'
import { compileBundle } from './compile-bundle.ts'
import type { NumberedText } from './compile-bundle.ts'
import { readActive, readMembers, readStamp, readVersionSet, storeVersionSet, textOf, versionSet } from './version-store.ts'
import type { StoredVersion } from './version-store.ts'

export interface Versions {
  /** Throws `nothing-in-force` when no programme holds on that day. */
  readonly inForce: (asOf: number) => Promise<Bundle>
  /** The bundle that something was determined with; throws `replay-not-possible` when it cannot be had again. */
  readonly byHash: (hash: string) => Promise<Bundle>
}

const KEPT = 16
/** A change of versions is seen by every process within this time. */
const STAMP_MS = 500

/** One per process: knows by the stamp whether what it compiled still holds. */
export function versionsOf(database: Database): Versions {
  const bundles = new Map<string, Promise<Bundle>>()
  const days = new Map<number, Promise<Bundle>>()
  let stamp = -1
  let looked = -Infinity
  return {
    inForce: async (asOf) => {
      if (performance.now() - looked > STAMP_MS) {
        const now = await readStamp(database.pool)
        looked = performance.now()
        if (now !== stamp) days.clear()
        stamp = now
      }
      return remembered(days, asOf, () => compileInForce(database, asOf, bundles))
    },
    byHash: (hash) => remembered(bundles, hash, () => compileSet(database, hash)),
  }
}

/** Keeps the promise, so that requests that arrive together compile once; a failure is not kept. */
function remembered<K>(kept: Map<K, Promise<Bundle>>, key: K, make: () => Promise<Bundle>): Promise<Bundle> {
  const known = kept.get(key)
  if (known) return known
  const made = make()
  const [oldest] = kept.keys()
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest)
  kept.set(key, made)
  made.catch(() => kept.delete(key))
  return made
}

async function compileInForce(database: Database, asOf: number, bundles: Map<string, Promise<Bundle>>): Promise<Bundle> {
  const rows = inForce(await readActive(database.pool, isoOfDay(asOf)))
  if (!rows.some(({ kind }) => kind === 'programme')) throw problem('nothing-in-force', { retryAfterSeconds: 5 })
  // Many days share one set: it is compiled once, whatever days are asked for.
  return remembered(bundles, versionSet(rows).hash, async () => {
    const bundle = compiled(rows.map((row) => textOf(row) as NumberedText))
    await storeVersionSet(database.pool, bundle.versions)
    return bundle
  })
}

/**
 * Rules and formulas have several active versions, of which programmes name one; of everything else the newest holds.
 * A programme whose rule or formula does not hold on the day does not hold either.
 */
export function inForce(rows: readonly StoredVersion[]): StoredVersion[] {
  const newest = new Map(rows.map((row) => [`${row.kind}/${row.id}`, row])) // rows come by version, the last one stays
  const held = new Set(rows.map(({ kind, id, version }) => `${kind}/${id}/${version}`))
  const named = new Set<string>()
  const chosen = rows.filter((row) => {
    if (row.kind === 'formula') return true
    if (row.kind === 'rule' || row.kind === 'cases' || newest.get(`${row.kind}/${row.id}`) !== row) return false
    if (row.kind !== 'programme') return true
    const { rule, formula } = JSON.parse(row.source) as Pick<ProgrammeSource, 'rule' | 'formula'>
    named.add(`${rule.id}/${rule.version}`)
    return held.has(`rule/${rule.id}/${rule.version}`) && (!formula || held.has(`formula/${formula.id}/${formula.version}`))
  })
  return [...chosen, ...rows.filter((row) => row.kind === 'rule' && named.has(`${row.id}/${row.version}`))]
}

/** The texts of a stored set, from which any thread or process compiles the same bundle. */
export async function textsOfSet(database: Database, hash: string): Promise<NumberedText[]> {
  const refs = await readVersionSet(database.pool, hash)
  if (!refs) throw problem('replay-not-possible', { expected: 'a stored set of versions' })
  return (await readMembers(database.pool, refs)).map((row) => textOf(row) as NumberedText)
}

async function compileSet(database: Database, hash: string): Promise<Bundle> {
  try {
    return compiled(await textsOfSet(database, hash))
  } catch (error) {
    if (error instanceof Problem) throw error
    throw problem('replay-not-possible', { detail: error instanceof Error ? error.message : 'a version cannot be read' })
  }
}

function compiled(texts: readonly NumberedText[]): Bundle {
  const { bundle, diagnostics } = compileBundle(texts)
  if (bundle) return bundle
  const first = diagnostics.find(({ severity }) => severity === 'error')
  throw new Error(`the stored versions do not compile: ${first?.pointer}: ${first?.message}`)
}
