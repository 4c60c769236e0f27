/** The matrix of what is derived: a column's value must come to nobody through an explanation, a list or a simulation to whom the column is not granted. */
import type { Test } from 'tap'
import type { ReadRights } from '../../../src/access/grants/read-rights.ts'
import { LIST, LIST_COLUMNS } from '../../../src/access/grants/ranked-lists.ts'
import { readsOf } from '../../../src/language/catalogue/assembly/reads.ts'
import { slotsOf } from '../../../src/language/condition/condition.ts'
import type { FactSpace } from '../../../src/language/fact-space.ts'
import type { CompiledProgramme } from '../../../src/programmes/bundle.ts'
import { refuseUngranted } from '../../../src/simulation/facts-granted.ts'
import type { Problem } from '../../../src/kernel/problem.ts'
import type { Cell, Count, Walls } from './cells.ts'
import { bundle, definitions, type Isolation, LISTED, ruleAbout } from './isolation.ts'

export const derivedForms = ['explanation', 'simulation'] as const
const { catalogue } = bundle

/** Whether a fact may be seen by grants of columns alone, said once more and otherwise than the service says it: by the columns behind it. */
function columnsBehind(fact: string): ReadonlySet<string> | null {
  const columns = new Set<string>()
  const visit = (id: string): boolean => {
    const one = catalogue.facts.get(id)
    if (!one) return false
    if (one.definition.kind === 'parameter') return true
    const { registries, foundBy } = readsOf(catalogue, new Set([id]))
    if (registries.length + foundBy.length + one.inputs.length === 0) return false
    for (const { registry, columns: read } of registries)
      if (read.length === 0) columns.add(`${registry.id}.*`)
      else for (const { name } of read) columns.add(`${registry.id}.${name}`)
    for (const registry of foundBy)
      for (const { name, type } of catalogue.registries.get(registry)?.columns ?? [])
        if (type === 'person') columns.add(`${registry}.${name}`)
    return one.inputs.map(visit).every(Boolean)
  }
  return visit(fact) ? columns : null
}
const behind = new Map([...catalogue.facts.keys()].map((fact) => [fact, columnsBehind(fact)]))

/** Facts that cannot be seen without the column, whatever else is granted. */
const factsBy = new Map<string, string[]>()
for (const [fact, columns] of behind) for (const column of columns ?? []) factsBy.set(column, [...(factsBy.get(column) ?? []), fact])

/** Columns that some fact reads: the others come to nothing that is derived. */
export const isDerivedFrom = (registry: string, column: string): boolean => factsBy.has(`${registry}.${column}`)

function isSeen(isolation: Isolation, entity: string, fact: string): boolean {
  const columns = behind.get(fact)
  if (!columns) return false
  return [...columns].every((id) => {
    const [registry = '', column = ''] = id.split('.')
    const names = definitions.find((one) => one.id === registry)?.columns.map(({ name }) => name) ?? []
    return column === '*'
      ? names.some((name) => isolation.isGranted(entity, registry, name))
      : isolation.isGranted(entity, registry, column)
  })
}

/** Facts of this column: told where all columns behind them are granted, named as withheld where one is not, by each wall alone too. */
export async function holdDerived(t: Test, isolation: Isolation, cell: Cell, walls: readonly Walls[], count: Count): Promise<void> {
  const { entity, registry, column, form } = cell
  for (const fact of factsBy.get(`${registry}.${column}`) ?? [])
    for (const wall of walls) {
      const told = form === 'simulation' ? await simulates(isolation, entity, fact, wall) : await isExplained(isolation, entity, fact, wall)
      // Of a fact that no programme uses nothing is told in any explanation.
      if (told === null) continue
      const expected = isSeen(isolation, entity, fact)
      if (told !== expected) t.fail(`${entity} ${registry}.${column} ${form} of ${fact}, ${wall}`, { told, expected })
      count[expected ? 'granted' : 'refused']++
    }
}

const namesIn = (space: FactSpace, slots: Iterable<number>): string[] => [...slots].map((slot) => space.types[slot]?.id ?? '')
const tierFacts = ({ programme }: CompiledProgramme): string[] =>
  programme.tiers.flatMap(({ condition }) => namesIn(condition.space, slotsOf(condition)))
const scoreFacts = ({ formula }: CompiledProgramme): string[] => (formula ? namesIn(formula.formula.space, formula.formula.slots) : [])

/** Facts that an explanation of the programme tells of. */
function factsTold(compiled: CompiledProgramme): string[] {
  const { rule, programme } = compiled
  return [
    ...namesIn(rule.condition.space, slotsOf(rule.condition)),
    ...tierFacts(compiled),
    ...scoreFacts(compiled),
    programme.source.benefit.fact,
  ]
}

const using = new Map<string, string>()
for (const compiled of bundle.programmes) for (const fact of factsTold(compiled)) if (!using.has(fact)) using.set(fact, compiled.id)

/** By the explanation of a determination of a programme that uses the fact. */
async function isExplained(isolation: Isolation, entity: string, fact: string, wall: Walls): Promise<boolean | null> {
  const programme = using.get(fact)
  if (programme === undefined) return null
  const { withheldFacts } = await isolation.explanation(entity, programme, wall)
  return withheldFacts.every((one) => one.fact !== fact)
}

/** By the gate of simulations: counts before and after a rule about the fact would tell of it. What the gate refuses it names. */
async function simulates(isolation: Isolation, entity: string, fact: string, wall: Walls): Promise<boolean> {
  return !(await refusedFacts(isolation, entity, fact, wall)).includes(`${fact} (${catalogue.facts.get(fact)?.custodian})`)
}

async function refusedFacts(isolation: Isolation, entity: string, fact: string, wall: Walls): Promise<readonly string[]> {
  const rights: ReadRights = await isolation.reported(entity, wall)
  try {
    refuseUngranted(bundle, [{ name: 'a test', changes: [ruleAbout(fact)] }], rights)
    return []
  } catch (error) {
    const { code, parts } = error as Problem
    if (code === 'facts-not-granted') return parts.expected?.split(', ') ?? []
    throw error
  }
}

/** By the route of simulations, whoever is not granted a fact is refused, in words that follow from the request and the grants alone, whatever is known of the fact. */
export async function holdSimulated(t: Test, isolation: Isolation, entity: string, walls: readonly Walls[], count: Count): Promise<void> {
  const bodies = new Set<string>()
  for (const wall of walls)
    for (const fact of catalogue.facts.keys()) {
      if (await simulates(isolation, entity, fact, wall)) continue
      const { status, body } = await isolation.simulated(entity, fact, wall)
      if (status !== 403 || !body.includes('"facts-not-granted"')) t.fail(`${entity} simulates ${fact}, ${wall}`, { status, body })
      const { expected, ...words } = JSON.parse(body) as { readonly expected?: string }
      if (expected !== (await refusedFacts(isolation, entity, fact, wall)).join(', '))
        t.fail(`${entity} is told other facts than ${fact} needs, ${wall}`, { body })
      bodies.add(JSON.stringify(words))
      count.refused++
    }
  t.equal(bodies.size, 1, `${entity}: ${[...bodies].join()}`)
}

const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const listed = bundle.programmes.find(({ id }) => id === LISTED) as CompiledProgramme

/** Facts that a column of the list is made of; none for those of the selection itself. */
function factsOf(column: string): readonly string[] {
  if (['governorate', 'liwa', 'kada'].includes(column)) return [column]
  if (column === 'branch_office') return ['liwa']
  if (column === 'benefit') return [listed.programme.source.benefit.fact]
  if (column === 'tier') return tierFacts(listed)
  return /score|rank|percentile|depends/.test(column) ? scoreFacts(listed) : []
}

/** A column of a list: told in pages, files and by filters where it is granted; where it is not, unless all facts behind it are seen. */
export async function holdListed(t: Test, isolation: Isolation, entity: string, column: string, count: Count): Promise<void> {
  const field = camel(column)
  const facts = factsOf(column)
  const isGranted =
    isolation.isGranted(entity, LIST + LISTED, column) || (facts.length > 0 && facts.every((fact) => isSeen(isolation, entity, fact)))
  const any = LIST_COLUMNS.some((name) => isolation.isGranted(entity, LIST + LISTED, name))
  for (const wall of ['both', 'serviceOff', 'databaseOff'] as const) {
    const place = `${entity} ${LISTED} ${column}, ${wall}`
    const page = await isolation.listed(entity, '', wall)
    const named = await isolation.listed(entity, `?fields=${field}`, wall)
    const csv = await isolation.listed(entity, `.csv?fields=${field}`, wall)
    const statuses = [page.status, named.status, csv.status]
    if (!any) {
      if (statuses.some((status) => status !== 403)) t.fail(`${place}: nothing of the list is granted`, { statuses })
    } else if (statuses.join() !== (isGranted ? '200,200,200' : '200,403,403') || new RegExp(`"${field}":`).test(page.body) !== isGranted)
      t.fail(place, { statuses, isGranted, body: page.body.slice(0, 600) })
    count[isGranted ? 'granted' : 'refused']++
  }
}
