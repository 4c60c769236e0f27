/** What organisations are told: nothing that depends on a fact they are not granted, but the outcome. */
import t from 'tap'
import type { ReadRights, RowScope } from '../../src/access/grants/read-rights.ts'
import { determine } from '../../src/determinations/determine.ts'
import { tellUnit } from '../../src/determinations/explain-determination.ts'
import { eyesOf, type Viewer } from '../../src/determinations/eyes/eyes.ts'
import { maskedHousehold } from '../../src/determinations/eyes/masked.ts'
import { LEAST_HIDDEN_TERMS, seesScore } from '../../src/determinations/eyes/withheld.ts'
import { judgedUnit, statusesOf } from '../../src/determinations/judged-unit.ts'
import { programmeAnswers } from '../../src/determinations/outcome-answer.ts'
import type { AssembledHousehold } from '../../src/households/assembled.ts'
import { type FactSpace, type FactValues, unknownValues } from '../../src/language/fact-space.ts'
import { slotsOf } from '../../src/language/formula/formula.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { type Draw, drawFrom } from '../support/random-draw.ts'

const bundle = shippedBundle().bundle as Bundle
const { catalogue } = bundle
const ids = [...catalogue.facts.keys()]

function rights(
  facts: Iterable<string>,
  columns: Readonly<Record<string, readonly string[]>> = {},
  scope: RowScope = { kind: 'person' },
): ReadRights {
  return {
    entity: 'NAF',
    columns: (registry) => new Set(columns[registry] ?? []),
    facts: new Set(facts),
    decideOnly: new Set(ids),
    rowScope: () => scope,
  }
}

/** Known values of every type, some unknown. */
function randomValues(space: FactSpace, draw: Draw): FactValues {
  const values = unknownValues(space)
  space.types.forEach((type, slot) => draw.happens(0.85) && set(values, slot, randomValue(type, draw)))
  return values
}

const randomValue = ({ type, codes, scale }: FactSpace['types'][number], draw: Draw): number => {
  if (type === 'boolean') return draw.between(0, 1)
  if (type === 'category') return draw.between(0, (codes?.length ?? 1) - 1)
  return type === 'date' ? draw.between(10_000, 20_000) : draw.between(0, draw.pick([3, 40, 400])) * 10 ** scale
}

function set({ lo, hi }: FactValues, slot: number, value: number): void {
  lo[slot] = hi[slot] = value
}

function randomHousehold(draw: Draw): AssembledHousehold {
  const member = (personRef: number) => ({
    personRef,
    isHead: personRef === 1,
    relationship: personRef === 1 ? 'self' : 'child',
    facts: randomValues(catalogue.person, draw),
  })
  return {
    householdRef: 7,
    asOf: 20_700,
    household: randomValues(catalogue.household, draw),
    members: [member(1), member(2)],
    sources: [],
    applicationId: null,
  }
}

/** The same household in all that is seen, and another in what is withheld. */
function sibling(household: AssembledHousehold, withheld: ReadonlySet<string>, draw: Draw): AssembledHousehold {
  const other = (space: FactSpace, values: FactValues): FactValues => {
    const copy = { lo: values.lo.slice(), hi: values.hi.slice() }
    const fresh = randomValues(space, draw)
    for (const id of withheld) {
      const slot = space.slot(id)
      if (slot === undefined || draw.happens(0.5)) continue
      copy.lo[slot] = fresh.lo[slot] as number
      copy.hi[slot] = fresh.hi[slot] as number
    }
    return copy
  }
  return {
    ...household,
    household: other(catalogue.household, household.household),
    members: household.members.map((member) => ({ ...member, facts: other(catalogue.person, member.facts) })),
  }
}

/** A fact, its first input, that one's first, and so on: without these it is not seen. */
function chain(id: string): string[] {
  const [first] = catalogue.facts.get(id)?.inputs ?? []
  return [id, ...(first === undefined ? [] : chain(first))]
}

/** Everything that answers tell of a household, but of programmes whose outcomes are told apart. */
async function told(household: AssembledHousehold, viewer: Viewer) {
  const reader = { personRef: 1, isHead: true, relationship: 'self' }
  const { units } = await determine(bundle, household)
  const statuses = statusesOf(units)
  const answers = programmeAnswers(bundle, household, units, { reader, viewer })
  return bundle.programmes.map((compiled) => {
    const own = units.filter(({ programme }) => programme === compiled.id)
    const explained = own.map((unit) => {
      const judged = judgedUnit(bundle, compiled, household, unit, { reader, statuses, viewer })
      if (!judged) throw new Error('not judged')
      return (['en', 'ar'] as const).map((language) => tellUnit({ bundle, reader, outcome: unit.outcome }, judged, language))
    })
    const answer = answers.find(({ programme }) => programme === compiled.id)
    return {
      id: compiled.id,
      outcomes: own.map(({ outcome }) => outcome).join(),
      score: answer?.score,
      text: JSON.stringify({ answer, explained }),
    }
  })
}

t.test('property: two households that differ in what is withheld are told alike, wherever their outcomes are the same', async (t) => {
  const { numRuns, seed } = propertyRuns(10, 20_261_127)
  const draw = drawFrom(seed)
  const rulesRead = bundle.programmes.flatMap(({ rule: { condition } }) =>
    condition.leaves.map(({ slot }) => condition.space.types[slot]?.id ?? ''),
  )
  let same = 0
  let differed = 0
  const seen = new Map<string, number>()
  for (let run = 0; run < numRuns; run++) {
    // Of rules' own facts most are granted, so that what is told is much.
    const share = draw.pick([0.5, 0.8, 0.95])
    const viewer = rights(ids.filter((id) => draw.happens(rulesRead.includes(id) ? share : 0.9)))
    const one = randomHousehold(draw)
    const other = sibling(one, eyesOf(viewer, catalogue, '').withheld, draw)
    const [first, second] = [await told(one, viewer), await told(other, viewer)]
    const [whole, wholeOther] = [await told(one, 'citizen'), await told(other, 'citizen')]
    first.forEach(({ id, outcomes, score, text }, place) => {
      // A score that is granted as a fact is told although it differs.
      if (outcomes !== second[place]?.outcomes || JSON.stringify(score) !== JSON.stringify(second[place]?.score)) return
      same++
      seen.set(id, (seen.get(id) ?? 0) + 1)
      if (whole[place]?.text !== wholeOther[place]?.text) differed++
      if (text !== second[place]?.text) {
        t.equal(text, second[place]?.text, `${id}, run ${run}`)
      }
    })
  }
  t.ok(same > numRuns, `${same} pairs with the same outcome`)
  t.ok(differed > numRuns / 2, `in ${differed} of them the person itself is told apart`)
  t.equal(seen.size, bundle.programmes.length, 'of every programme')
})

t.test('what is withheld is told as withheld, in both languages, with its custodian', async (t) => {
  const draw = drawFrom(3)
  const compiled = bundle.programmes.find(({ rule }) => rule.condition.leaves.length > 3) as Bundle['programmes'][number]
  const { condition } = compiled.rule
  const fact = condition.space.types[condition.leaves[0]?.slot ?? -1]?.id ?? ''
  const [own] = (await told(randomHousehold(draw), rights(ids.filter((id) => !chain(fact).includes(id))))).filter(
    ({ id }) => id === compiled.id,
  )
  const { answer, explained } = JSON.parse(own?.text ?? '') as {
    answer: { withheld: { fact: string; custodian: string }[] }
    explained: [{ rule: { couldChange: unknown[] } }, unknown][]
  }
  t.match(answer.withheld, [{ fact, custodian: catalogue.facts.get(fact)?.custodian }])
  t.match(JSON.stringify(explained[0]?.[0]), /your organisation has no grant to see it/)
  t.match(JSON.stringify(explained[0]?.[1]), /لا تملك جهتكم/)
  t.same(explained[0]?.[0].rule.couldChange, [], 'what would change the outcome is not told either')
})

t.test('how many a household are, and who heads it, is not told by the units of a programme that judges persons', async (t) => {
  const drawn = randomHousehold(drawFrom(11))
  const household = { ...drawn, members: drawn.members.toReversed() }
  const { units } = await determine(bundle, household)
  const reader = { personRef: 2, isHead: false, relationship: 'child' }
  const persons = (viewer: Viewer) =>
    programmeAnswers(bundle, household, units, { reader, viewer })
      .filter(({ unit }) => unit === 'person')
      .map(({ determinations }) => determinations.map(({ personRef }) => personRef))
  t.same(persons('citizen'), [[2, 1]])
  t.same(persons(rights(ids)), [[2, 1]])
  t.same(persons(rights(ids.filter((id) => id !== 'isHead'))), [[1, 2]], 'in no order that tells the head')
  t.same(persons(rights(ids.filter((id) => id !== 'householdSize'))), [[2]], 'of whoever was asked for alone')
})

t.test('a fact is seen by its own grant, or by grants of all that it is computed from', (t) => {
  const facts = [...catalogue.facts.values()]
  const column = facts.find(({ definition }) => definition.kind === 'column')
  if (column?.definition.kind !== 'column') throw new Error('no such fact')
  const { registry, column: name } = column.definition
  const sees = (viewer: Viewer, programme = 'p'): boolean => eyesOf(viewer, catalogue, programme).sees(column.id)
  t.ok(sees(rights([], { [registry.id]: [name] })))
  t.notOk(sees(rights([], { [registry.id]: registry.columns.map((one) => one.name).filter((one) => one !== name) })))
  t.notOk(sees(rights([], { [registry.id]: [name] }, { kind: 'none' })), 'aggregates only')
  const applicants = rights([], { [registry.id]: [name] }, { kind: 'applicants', programmes: ['p'] })
  const listed = (viewer: Viewer, programme = 'p'): boolean => eyesOf(viewer, catalogue, programme, 'listed').sees(column.id)
  t.ok(sees(applicants, 'q'), 'whoever was asked for by number')
  t.ok(listed(applicants))
  t.notOk(listed(applicants, 'q'), 'a list of another programme')
  t.notOk(listed(rights([], { [registry.id]: [name] })), 'one person at a time, and no list')
  t.ok(listed(rights([], { [registry.id]: [name] }, { kind: 'listing' })))
  t.ok(sees('citizen'))
  t.notOk(sees(rights([])), 'to decide is not to see')
  const derived = facts.find(
    ({ definition, inputs }) =>
      definition.kind === 'derived' &&
      inputs.length > 1 &&
      inputs.every(
        (id) => catalogue.facts.get(id)?.definition.kind === 'declared' || catalogue.facts.get(id)?.definition.kind === 'aggregate',
      ),
  )
  if (!derived) throw new Error('no such fact')
  t.ok(eyesOf(rights(derived.inputs), catalogue, 'p').sees(derived.id))
  t.notOk(eyesOf(rights(derived.inputs.slice(1)), catalogue, 'p').sees(derived.id))
  t.ok(eyesOf(rights([derived.id]), catalogue, 'p').sees(derived.id))
  t.notOk(eyesOf(rights([derived.id]), catalogue, 'p').sees(derived.inputs[0] ?? ''), 'nothing is told of what it is made of')
  const counted = facts.find(
    ({ definition: d }) => d.kind === 'aggregate' && d.over.kind === 'registry' && d.where === null && d.of === null && d.window === null,
  )
  if (counted?.definition.kind === 'aggregate' && counted.definition.over.kind === 'registry')
    t.notOk(eyesOf(rights(counted.inputs), catalogue, 'p').sees(counted.id), 'rows are not counted without a column of them')
  for (const { id, definition } of facts)
    if (definition.kind === 'parameter') t.ok(eyesOf(rights([]), catalogue, 'p').sees(id), `${id} is published`)
  t.end()
})

t.test('a household is copied once for all programmes with the same withheld facts, and not at all where there are none', (t) => {
  const household = randomHousehold(drawFrom(5))
  const viewer = rights(ids.slice(3))
  const [a, b] = [eyesOf(viewer, catalogue, 'a'), eyesOf(viewer, catalogue, 'b')]
  t.equal(a, b)
  t.equal(maskedHousehold(catalogue, household, a), maskedHousehold(catalogue, household, b))
  t.equal(maskedHousehold(catalogue, household, eyesOf('citizen', catalogue, 'a')), household)
  t.end()
})

t.test('a score that few withheld terms make is withheld with them', (t) => {
  const compiled = bundle.programmes.find(({ formula }) => formula !== null) as Bundle['programmes'][number]
  const { terms, space } = (compiled.formula as NonNullable<typeof compiled.formula>).formula
  const factsOf = (n: number): string[] => slotsOf(terms[n] as (typeof terms)[number]).flatMap((slot) => chain(space.types[slot]?.id ?? ''))
  const without = (count: number): number => {
    const hidden = new Set(Array.from({ length: count }, (_, n) => factsOf(n)).flat())
    const eyes = eyesOf(rights(ids.filter((id) => !hidden.has(id))), catalogue, compiled.id)
    const hiddenTerms = terms.filter((_, n) => factsOf(n).some((id) => hidden.has(id))).length
    t.equal(seesScore(catalogue, eyes, compiled), hiddenTerms === 0 || hiddenTerms >= LEAST_HIDDEN_TERMS, `${hiddenTerms} hidden`)
    return hiddenTerms
  }
  t.equal(without(0), 0)
  t.ok(without(1) < LEAST_HIDDEN_TERMS)
  t.ok(without(12) >= LEAST_HIDDEN_TERMS)
  const none = eyesOf(rights(ids.filter((id) => !factsOf(0).includes(id) && id !== 'welfareScore')), catalogue, compiled.id)
  t.notOk(seesScore(catalogue, none, compiled))
  t.end()
})
