/** What it would cost to add or change facts: columns that are not read yet, who must grant them, time and room for each household. */
import type { ReadRights } from '../../access/grants/read-rights.ts'
import type { Database } from '../../db/database.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import type { FreshnessNow } from '../../households/registry-state.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { type DraftFact, draftFacts, readToday } from '../../programmes/catalogue/draft-facts.ts'
import type { RegistryNow } from '../../programmes/catalogue/fact-page.ts'
import type { NumberedText } from '../../programmes/compile-bundle.ts'
import { readActive, textOf } from '../../programmes/version-store.ts'
import { inForce, type Versions } from '../../programmes/versions-in-force.ts'
import type { Slots } from '../../kernel/limited-slots.ts'
import type { Distributions } from '../distributions/distributions.ts'
import { type FactsTimed, timeFacts } from './time-facts.ts'

export interface FactCostDeps {
  readonly database: Database
  readonly versions: Versions
  readonly freshness: FreshnessNow
  readonly distributions: Pick<Distributions, 'observed'>
  /** Measurements disturb each other. */
  readonly slots: Slots
}

export interface FactCostRequest {
  readonly source: string
  readonly replaces: string | null
  /** Day number. */
  readonly today: number
  readonly states: readonly RegistryNow[]
  /** Of the asker's entity. */
  readonly rights: ReadRights
}

/** Nothing is stored. A draft that does not compile has its faults, and costs nothing yet. */
export async function factCost(deps: FactCostDeps, request: FactCostRequest) {
  const { today, states, rights, replaces } = request
  const bundle = await deps.versions.inForce(today)
  const texts = inForce(await readActive(deps.database.pool, isoOfDay(today))).map((row) => textOf(row) as NumberedText)
  if (replaces !== null && !texts.some(({ kind, id }) => kind === 'catalogue' && id === replaces))
    throw problem('request-invalid', { pointer: '/replaces', expected: 'the id of a text of the catalogue in force' })
  const assembled = factsAssembled(bundle)
  const draft = draftFacts(texts, request, assembled)
  const read = readToday(bundle, assembled)
  const facts = draft.facts.map((fact) => toldFact(fact, read, states, rights))
  return {
    asOf: isoOfDay(today),
    diagnostics: [...draft.diagnostics],
    facts,
    mustGrant: mustGrant(facts),
    measured: draft.bundle && facts.length > 0 ? await measured(deps, draft.bundle, assembled, draft.facts, today) : null,
  }
}

function toldFact(
  { id, change, read, alsoComputed }: DraftFact,
  { columns: known, registries }: ReturnType<typeof readToday>,
  states: readonly RegistryNow[],
  rights: ReadRights,
) {
  const sources = read.map(({ registry, columns }) => ({
    registry: registry.id,
    label: registry.label,
    custodian: registry.custodian,
    pulled: registry.answeredBy !== undefined,
    state: states.find((state) => state.registry === registry.id)?.state ?? ('missing' as const),
    isReadToday: registries.has(registry.id),
    columns: columns.map(({ name, label, protected: isProtected }) => ({
      id: `${registry.id}.${name}`,
      label,
      protected: isProtected,
      isReadToday: known.has(`${registry.id}.${name}`),
      isGranted: rights.columns(registry.id).has(name),
    })),
  }))
  return { id, change, sources, facts: [...alsoComputed] }
}

function mustGrant(facts: readonly ReturnType<typeof toldFact>[]): { custodian: string; columns: string[] }[] {
  const byCustodian = new Map<string, Set<string>>()
  for (const { custodian, columns } of facts.flatMap(({ sources }) => sources)) {
    const missing = columns.filter(({ isGranted }) => !isGranted)
    if (missing.length === 0) continue
    const own = byCustodian.get(custodian) ?? new Set<string>()
    byCustodian.set(custodian, own)
    for (const { id } of missing) own.add(id)
  }
  return [...byCustodian]
    .map(([custodian, columns]) => ({ custodian, columns: [...columns].toSorted() }))
    .toSorted((a, b) => (a.custodian < b.custodian ? -1 : 1))
}

/** Null without a snapshot, whose households would be the sample. */
async function measured(
  { database, freshness, distributions, slots }: FactCostDeps,
  { catalogue }: Bundle,
  assembled: ReadonlySet<string>,
  facts: readonly DraftFact[],
  asOf: number,
): Promise<FactsTimed | null> {
  const observed = await distributions.observed()
  if (!observed) return null
  const release = slots.take()
  try {
    const ids = facts.map(({ id }) => id)
    return await timeFacts({ database, freshness: await freshness(), snapshot: observed.snapshot, catalogue, asOf, assembled, facts: ids })
  } finally {
    release()
  }
}
