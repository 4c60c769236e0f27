/**
 * The shipped catalogue as a whole, over random families and rows of every registry: nothing becomes known without its
 * registries, a registry past its grace is as one never loaded, losing a registry never narrows a value, and every fact
 * gets a known value somewhere.
 */
import t from 'tap'
import type { Records } from '../../src/households/assemble-records.ts'
import { assembleBoth } from '../support/assemble-both.ts'
import { recordsStatement, registryOrder } from '../../src/households/assembly-statement.ts'
import { computedValues } from '../../src/determinations/computed-facts.ts'
import { scoreOf } from '../../src/determinations/score.ts'
import { isoOfDay } from '../../src/kernel/date.ts'
import type { CatalogueFact } from '../../src/language/catalogue/catalogue.ts'
import { type FactSpace, type FactValues, isKnownAt } from '../../src/language/fact-space.ts'
import { testDatabase } from '../support/database.ts'
import { randomRecords, type Shape } from './random-rows.ts'
import { shipped, shown } from './real-rows.ts'

const { catalogue } = shipped
const database = await testDatabase(t)
const registries = registryOrder(catalogue)
const shape: Shape = { households: 6, members: [2, 5], unknown: 0.1, answered: false }

/** Every (where, fact, values, space) of an assembly. */
async function* assembled(records: Records): AsyncGenerator<{ where: string; fact: CatalogueFact; values: FactValues; space: FactSpace; slot: number }> {
  for (const { householdRef, household, members } of await assembleBoth({ database, catalogue }, records)) {
    const units = [{ where: `household ${householdRef}`, values: household, space: catalogue.household }, ...members.map(({ personRef, facts }) => ({ where: `person ${personRef}`, values: facts, space: catalogue.person }))]
    for (const unit of units) {
      for (const [slot, { id }] of unit.space.types.entries()) yield { ...unit, slot, fact: catalogue.facts.get(id) as CatalogueFact }
    }
  }
}

const withOnly = (records: Records, kept: (registry: string) => boolean): Records => ({ ...records, registries: new Map([...records.registries].filter(([id]) => kept(id))) })

/** Facts that membership and parameters alone decide. */
const isFree = ({ id }: CatalogueFact): boolean => catalogue.baseFactsOf(id).every((base) => ['identity', 'household', 'parameter'].includes(catalogue.facts.get(base)?.definition.kind ?? ''))

t.test('without any registry only membership and parameters are known', async (t) => {
  let unknown = 0
  const known = new Set<string>()
  for (const seed of [1, 2, 3]) {
    for await (const { where, fact, values, slot, space } of assembled(withOnly(randomRecords(seed, shape), () => false))) {
      if (!isKnownAt(values, slot)) unknown++
      else if (isFree(fact)) known.add(fact.id)
      else t.fail(`seed ${seed}, ${where}: ${fact.id} is ${shown(space, values, fact.id)}`)
    }
  }
  t.same([...catalogue.facts.values()].filter((fact) => isFree(fact) && !known.has(fact.id)).map(({ id }) => id), [], 'those are known')
  t.comment(`${unknown} values unknown; known: ${[...known].toSorted().join(', ')}`)
})

t.test('a person alone has no other members, whatever was loaded', async (t) => {
  const alone = withOnly(randomRecords(4, { ...shape, members: [1, 1] }), () => false)
  for await (const { fact, values, slot } of assembled(alone)) if (fact.id === 'otherWorkingMembers') t.equal(isKnownAt(values, slot) && values.lo[slot], 0)
})

t.test('no fact is known when all of its own registries are missing', async (t) => {
  const sourceSets = new Map<string, Set<string>>()
  for (const fact of catalogue.facts.values()) {
    const sources = catalogue.sourcesOf(fact.id)
    if (sources.length > 0) sourceSets.set(sources.join(' '), (sourceSets.get(sources.join(' ')) ?? new Set()).add(fact.id))
  }
  let checked = 0
  const given = randomRecords(5, { ...shape, households: 2 })
  for (const [sources, facts] of sourceSets) {
    const lost = new Set(sources.split(' '))
    for await (const { where, fact, values, slot, space } of assembled(withOnly(given, (id) => !lost.has(id)))) {
      if (!facts.has(fact.id)) continue
      checked++
      if (isKnownAt(values, slot)) t.fail(`${where}: ${fact.id} is ${shown(space, values, fact.id)} without ${sources}`)
    }
  }
  t.comment(`${checked} values of ${[...sourceSets.values()].reduce((n, facts) => n + facts.size, 0)} facts over ${sourceSets.size} sets of registries`)
})

/** The statement's own answer, with the rows of unusable registries there or not. */
async function rawRows(records: Records, usable: (registry: string) => boolean, keepRows: boolean): Promise<unknown[]> {
  const { text } = recordsStatement(catalogue, records.asOf)
  const rows = registries.map((id) => JSON.stringify(keepRows || usable(id) ? (records.registries.get(id) ?? []) : []))
  const answer = await database.pool.query({ text, values: [JSON.stringify(records.members), isoOfDay(records.asOf), registries.map(usable), '[]', '[]', ...rows], rowMode: 'array' })
  return answer.rows as unknown[]
}

t.test('a registry past its grace is as one that was never loaded', async (t) => {
  for (let seed = 10; seed < 16; seed++) {
    const records = randomRecords(seed, shape)
    const usable = (id: string): boolean => (registries.indexOf(id) * 7 + seed) % 3 !== 0
    t.same(await rawRows(records, usable, true), await rawRows(records, usable, false), `seed ${seed}`)
  }
  for (const lost of ['cspd_lineage', 'cspd_marriage_info', 'cspd_personal_info', 'ssc_insured_info']) {
    const records = randomRecords(16, { ...shape, unknown: 0 })
    t.same(await rawRows(records, (id) => id !== lost, true), await rawRows(records, (id) => id !== lost, false), lost)
  }
})

/** A declared and an administrative value: which decides may change with what is known. */
const prefers = (id: string): boolean => {
  const fact = catalogue.facts.get(id)
  return fact?.definition.kind === 'firstKnown' || fact?.definition.kind === 'greatestKnown' || (fact?.inputs ?? []).some(prefers)
}

t.test('losing a registry never narrows what is known', async (t) => {
  let widened = 0
  for (let seed = 20; seed < 24; seed++) {
    const records = randomRecords(seed, shape)
    const before = new Map<string, readonly [number, number]>()
    for await (const { where, fact, values, slot } of assembled(records)) before.set(`${where} ${fact.id}`, [values.lo[slot] ?? NaN, values.hi[slot] ?? NaN])
    for (const remainder of [0, 1, 2]) {
      for await (const { where, fact, values, slot, space } of assembled(withOnly(records, (id) => (registries.indexOf(id) + seed) % 3 !== remainder))) {
        const [lo, hi] = before.get(`${where} ${fact.id}`) ?? [NaN, NaN]
        if (prefers(fact.id)) continue
        if ((values.lo[slot] ?? NaN) < lo || (values.hi[slot] ?? NaN) > hi) widened++
        if (!((values.lo[slot] ?? NaN) <= lo && (values.hi[slot] ?? NaN) >= hi)) t.fail(`seed ${seed}, ${where}: ${fact.id} was [${lo}, ${hi}], is ${shown(space, values, fact.id)}`)
      }
    }
  }
  t.ok(widened > 1000, `${widened} values became less known`)
})

t.test('every fact gets a known value in some family', async (t) => {
  const known = new Set<string>()
  for (let seed = 30; seed < 36; seed++) {
    for await (const { fact, values, slot } of assembled(randomRecords(seed, { households: 10, members: [1, 6], unknown: seed % 2 === 0 ? 0 : 0.05, answered: true }))) {
      if (isKnownAt(values, slot)) known.add(fact.id)
    }
  }
  const never = [...catalogue.facts.values()].filter(({ id, definition }) => !known.has(id) && definition.kind !== 'computed' && definition.kind !== 'programmeStatus')
  t.same(never.map(({ id }) => id), [])
  const computed = [...catalogue.facts.values()].filter(({ definition }) => definition.kind === 'computed' || definition.kind === 'programmeStatus')
  const formula = shipped.formulas.find(({ formula: { id } }) => id === 'welfare-ranking')
  if (!formula) throw new Error('no formula')
  const statuses = new Map(shipped.programmes.map(({ id }) => [id, 'eligible' as const]))
  const households = await assembleBoth({ database, catalogue }, randomRecords(36, { households: 60, members: [1, 6], unknown: 0, answered: true }))
  const values = households.map(({ household }) => computedValues(catalogue, household, scoreOf(formula, household), statuses))
  const later = computed.filter(({ id }) => !values.some((one) => isKnownAt(one, catalogue.household.slot(id) ?? -1))).map(({ id }) => id)
  t.same(later.toSorted(), ['welfarePercentile', 'welfareRank'], 'ranks need a published run')
  t.comment(`${known.size} facts known in some family; after assembly: ${computed.map(({ id }) => id).join(', ')}`)
})
