import t from 'tap'
import { canonicalJson } from '../../src/kernel/canonical.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import type { Truth } from '../../src/kernel/truth.ts'
import { compileBundle } from '../../src/programmes/compile-bundle.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { determine, judge } from '../../src/determinations/determine.ts'
import { determinationBody } from '../../src/determinations/determination-body.ts'
import { readSnapshotText, snapshotText } from '../../src/determinations/snapshot-text.ts'
import { statusesOf } from '../../src/determinations/judged-unit.ts'
import { visibleFacts } from '../../src/determinations/visible-facts.ts'
import type { AssembledHousehold } from '../../src/households/assembled.ts'
import { setEnrolled } from '../../src/households/enrolled-status.ts'
import { readFactValues } from '../../src/language/fact-json.ts'
import { unknownValues } from '../../src/language/fact-space.ts'

const { bundle: compiled } = compileBundle(
  shippedTexts()
    .filter(({ kind }) => kind !== 'cases')
    .map((text) => ({ ...text, version: text.version ?? 1 })),
)
const bundle = compiled as Bundle
const { catalogue } = bundle
const asOf = dayNumber('2026-06-01') as number

function household(facts: Record<string, unknown>, ...people: Record<string, unknown>[]): AssembledHousehold {
  return {
    householdRef: 1,
    asOf,
    household: readFactValues(catalogue.household, facts, '').values,
    members: people.map((person, index) => ({
      personRef: index + 10,
      isHead: index === 0,
      relationship: index === 0 ? 'head' : 'child',
      facts: readFactValues(catalogue.person, person, '').values,
    })),
    sources: [],
    applicationId: null,
  }
}
const outcomes = (units: Awaited<ReturnType<typeof determine>>['units']) =>
  Object.fromEntries(
    units.map(({ programme, personRef, outcome }) => [`${programme}${personRef === null ? '' : ` ${personRef}`}`, outcome]),
  )

t.test('with nothing known nothing is decided against anybody', async (t) => {
  const { units, disagreements } = await determine(bundle, household({}, {}, {}))
  t.same(disagreements, [])
  t.same(new Set(units.map(({ outcome }) => outcome)), new Set(['undetermined']))
  t.equal(units.length, bundle.programmes.length + 1, 'a programme per person has an outcome for each member')
  for (const { missing, score, opinion, truth } of units) {
    t.ok(missing.length > 0)
    t.ok(missing.every((id) => catalogue.facts.has(id)))
    t.equal(opinion, truth)
    t.ok(score === null || score.lo < score.hi)
  }
})

t.test('a disagreement withholds the programme, and whoever reads its status judges again without it', async (t) => {
  const reader = bundle.programmes.find(({ rule }) =>
    rule.condition.leaves.some(
      ({ slot }) => catalogue.facts.get(rule.condition.space.types[slot]?.id ?? '')?.definition.kind === 'programmeStatus',
    ),
  )
  t.ok(reader, 'some programme reads the status of another')
  const facts = household({ headIsJordanian: true, incomePerCapitaMonthly: 900, povertyLine: 100, enrolledCashOnList: false }, {})
  const sound = await determine(bundle, facts)
  t.equal(outcomes(sound.units)['unified-cash-transfer'], 'ineligible')
  const lying: Bundle = {
    ...bundle,
    opinions: bundle.opinions.map((group) => ({
      ...group,
      ask: async (values) =>
        new Map([...(await group.ask(values))].map(([id, truth]): [string, Truth] => [id, id === 'unified-cash-transfer' ? 2 : truth])),
    })),
  }
  const { units, disagreements } = await determine(lying, facts)
  t.same(disagreements, ['unified-cash-transfer'])
  const withheld = units.find(({ programme }) => programme === 'unified-cash-transfer')
  t.match(withheld, { outcome: 'withheld', truth: 0, opinion: 2 })
  t.equal(statusesOf(units).get('unified-cash-transfer'), null)
  const others = units.filter(({ programme }) => programme !== 'unified-cash-transfer')
  t.ok(
    others.every(({ outcome }) => outcome !== 'withheld'),
    'the other programmes have their outcomes',
  )
  const failing: Bundle = {
    ...bundle,
    opinions: bundle.opinions.map((group) => ({ ...group, ask: async () => Promise.reject(new Error('both fired')) })),
  }
  const all = await determine(failing, facts)
  t.same(new Set(all.units.map(({ outcome }) => outcome)), new Set(['withheld']), 'an engine that fails agrees with nobody')
})

t.test('whom a programme serves is enrolled in it for other rules, whatever its own rule says or while it is withheld', async (t) => {
  const facts = household({ headIsJordanian: true, incomePerCapitaMonthly: 900, povertyLine: 100, enrolledCashOnList: false }, {})
  const alone = outcomes((await determine(bundle, facts)).units)
  t.match(alone, { 'unified-cash-transfer': 'ineligible', 'energy-support': 'undetermined' })
  const leaf = (text: string): unknown =>
    bundle.programmes
      .find(({ id }) => id === 'energy-support')
      ?.rule.condition.leaves.find(({ slot }) => catalogue.household.types[slot]?.id === text)
  const status = leaf('cashTransferStatus') as { readonly id: number }
  const traced = async (assembled: AssembledHousehold, withheld: string[] = []) =>
    judge(bundle, assembled, new Set(withheld)).find(({ programme }) => programme === 'energy-support')?.trace[status.id]
  t.equal(await traced(facts), '0')
  const enrolled = household({ headIsJordanian: true, incomePerCapitaMonthly: 900, povertyLine: 100, enrolledCashOnList: false }, {})
  setEnrolled(catalogue, enrolled.household, new Set(['unified-cash-transfer']))
  const { units, disagreements } = await determine(bundle, enrolled)
  t.same(disagreements, [], 'both engines read it')
  t.equal(outcomes(units)['unified-cash-transfer'], 'ineligible', 'its own outcome is what its rule says')
  t.equal(await traced(enrolled), '2')
  t.equal(await traced(enrolled, ['unified-cash-transfer']), '2')
  t.equal(await traced(facts, ['unified-cash-transfer']), '1')
  const again = { ...enrolled, ...readSnapshotText(snapshotText(enrolled, catalogue), catalogue) }
  t.same((await determine(bundle, again)).units, units, 'stored facts say it too')
})

t.test('bodies are the same bytes each time, and from the facts as stored', async (t) => {
  const facts = household(
    { headIsJordanian: true, incomeTotalMonthly: { atLeast: '900.000' }, householdSize: 3, welfareScore: 1 },
    { age: 44 },
    { age: 7, isDeceased: false },
  )
  const { units } = await determine(bundle, facts)
  const text = snapshotText(facts, catalogue)
  const again = { ...facts, ...readSnapshotText(text, catalogue) }
  t.equal(snapshotText(again, catalogue), text)
  const second = await determine(bundle, again)
  const body = (unit: (typeof units)[number]): string => determinationBody(bundle, { asOf, factsHash: 'x' }, unit)
  t.same(second.units.map(body), units.map(body))
  for (const stored of [text, ...units.map(body)]) t.equal(canonicalJson(JSON.parse(stored)), stored, 'canonical as written')
  t.throws(() => readSnapshotText('{"household":[],"members":[]}', catalogue), /do not fit household/)
})

t.test('who sees which facts', async (t) => {
  const { members } = household({}, { age: 40 }, { age: 39 }, { age: 9 }, { age: { atMost: 17 } }, {})
  const [head, wife, child, minor, unknown] = members
  const asHead = { personRef: 10, isHead: true, relationship: 'head' }
  const asWife = { personRef: 11, isHead: false, relationship: 'spouse' }
  const asSon = { personRef: 12, isHead: false, relationship: 'child' }
  const sees = (reader: typeof asHead | null, subject: (typeof members)[number] | null | undefined, fact: string): boolean =>
    visibleFacts(catalogue, reader, subject ?? null)(fact)
  t.equal(sees(asHead, head, 'age'), true)
  t.equal(sees(asHead, wife, 'age'), false, 'not even the head sees the spouse’s values')
  t.equal(sees(asWife, head, 'age'), false)
  t.equal(sees(asHead, child, 'age'), true, 'parents see a child’s')
  t.equal(sees(asWife, minor, 'age'), true)
  t.equal(sees(asHead, unknown, 'age'), false, 'whoever may be of age is')
  t.equal(sees(asSon, minor, 'age'), false)
  t.equal(sees(null, child, 'age'), false)
  t.equal(sees(asWife, null, 'incomeTotalMonthly'), true)
  t.equal(sees(asWife, null, 'headIsJordanian'), false, 'the head’s own value')
  t.equal(sees(asHead, null, 'headIsJordanian'), true)
  t.ok(unknownValues(catalogue.household))
})
