/** What it would cost to add or change facts: columns that are not read yet, who must grant them, time and room for each household. */
import type { ReadRights } from '../../access/grants/read-rights.ts'
import type { Database } from '../../db/database.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import type { FreshnessNow } from '../../households/registry-state.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import { closureOf } from '../../language/catalogue/sql/levels.ts'
import { type DraftFact, type DraftFacts, draftFacts, readToday } from '../../programmes/catalogue/draft-facts.ts'
import type { RegistryNow } from '../../programmes/catalogue/fact-page.ts'
import type { NumberedText } from '../../programmes/compile-bundle.ts'
import { readActive, textOf } from '../../programmes/version-store.ts'
import { inForce, type Versions } from '../../programmes/versions-in-force.ts'
import type { Slots } from '../../kernel/limited-slots.ts'
import type { Distributions, Observed } from '../distributions/distributions.ts'
import { isGranted } from '../distributions/who-may-see.ts'
import { declaredBytes } from './declared-bytes.ts'
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
    ...(await measured(deps, { draft, assembled, today, rights })),
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

/** Nothing is read of a household that the asker's entity might not read: time and width of values tell of them, few as they are. */
export type NotMeasured = 'no-facts' | 'no-snapshot' | 'not-granted'

interface Measured {
  /** By declared types; null without a snapshot, which says how many persons a household has. */
  readonly bytesPerHousehold: number | null
  readonly measured: FactsTimed | null
  readonly notMeasured: NotMeasured | null
}

interface Measurable {
  readonly draft: DraftFacts
  readonly assembled: ReadonlySet<string>
  readonly today: number
  readonly rights: ReadRights
}

async function measured(
  { database, freshness, distributions, slots }: FactCostDeps,
  { draft: { bundle, facts: drafted }, assembled, today, rights }: Measurable,
): Promise<Measured> {
  const untimed = (notMeasured: NotMeasured, bytesPerHousehold: number | null = null) => ({
    bytesPerHousehold,
    measured: null,
    notMeasured,
  })
  if (!bundle || drafted.length === 0) return untimed('no-facts')
  const observed = await distributions.observed()
  if (!observed) return untimed('no-snapshot')
  const { catalogue } = bundle
  const facts = drafted.map(({ id }) => id)
  const own = new Set(facts)
  const added = [...closureOf(catalogue, facts)].filter((id) => !assembled.has(id) || own.has(id))
  const bytes = declaredBytes(
    added.flatMap((id) => catalogue.facts.get(id) ?? []),
    personsPerHousehold(observed.snapshot),
  )
  if (!facts.every((id) => isGranted(catalogue, id, rights, own))) return untimed('not-granted', bytes)
  const release = slots.take()
  try {
    const { snapshot } = observed
    const time = await timeFacts({ database, freshness: await freshness(), snapshot, catalogue, asOf: today, assembled, facts })
    return time ? { bytesPerHousehold: bytes, measured: time, notMeasured: null } : untimed('no-snapshot', bytes)
  } finally {
    release()
  }
}

function personsPerHousehold({ manifest: { parts } }: Observed['snapshot']): number {
  const households = parts.reduce((sum, part) => sum + part.households, 0)
  return households === 0 ? 0 : parts.reduce((sum, part) => sum + part.persons, 0) / households
}
