/** Welfare per equivalent adult by declared scales: by hand, and of a seeded nation as SQL finds it. */
import t from 'tap'
import type { FactColumn } from '../../src/language/fact-columns.ts'
import { equivalenceScale, equivalentsOf, roundedQuotient } from '../../src/simulation/equivalence-scale.ts'
import { equivalised } from '../../src/simulation/equivalised-welfare.ts'
import { afterTransfers, type Measured } from '../../src/simulation/measure-policies.ts'
import { poorBelow } from '../../src/simulation/measures/poverty-line.ts'
import type { ResidentNation } from '../../src/targeting/run/resident-nation.ts'
import { seededLaboratory } from './support/seeded-laboratory.ts'

const OXFORD = { perAdultEquivalent: { adult: 0.7, child: 0.5, source: 'OECD 1982' } }
const scaleOf = (welfare: NonNullable<Parameters<typeof equivalenceScale>[0]['welfare']>) => {
  const scale = equivalenceScale({ welfare, line: 100 })
  if (!scale) throw new Error('a scale was asked for')
  return scale
}

t.test('quotients are whole, half away from zero, where doubles would not be', async (t) => {
  t.same(
    [7, 5, -5, 4, 0].map((numerator) => roundedQuotient(numerator, 2)),
    [4, 3, -3, 2, 0],
  )
  t.equal(roundedQuotient(2 ** 53 - 1, 2), 2 ** 52)
  t.equal(roundedQuotient(9_007_199_254_740_990, 3_002_399_751_580_331), 3, 'a third less than three and a bit')
})

t.test('the first is one, whoever else counts as the scale says; what is no scale is refused', async (t) => {
  const oxford = scaleOf(OXFORD)
  t.same(oxford, { kind: 'byAge', adult: 700, child: 500, childUnder: 14, source: 'OECD 1982' })
  t.same(
    [equivalentsOf(oxford, 1, 0), equivalentsOf(oxford, 2, 2), equivalentsOf(oxford, 0, 2), equivalentsOf(oxford, 0, 0)],
    [1000, 2700, 1500, NaN],
  )
  const roots = scaleOf({ perAdultEquivalent: { bySize: [1, 1.414, 1.732, 2] } })
  t.same([equivalentsOf(roots, 1, 1), equivalentsOf(roots, 4, 0), equivalentsOf(roots, 3, 2)], [1414, 2000, NaN])
  t.equal(equivalenceScale({}), null)
  const refused = (pointer: string, asked: Parameters<typeof equivalenceScale>[0]) =>
    t.throws(() => equivalenceScale(asked), { code: 'request-invalid', parts: { pointer } })
  refused('/line', { welfare: OXFORD })
  refused('/reference', { welfare: OXFORD, line: 100, reference: {} })
  refused('/welfare/perAdultEquivalent/adult', { welfare: { perAdultEquivalent: { adult: 0.70001, child: 0.5 } }, line: 100 })
  refused('/welfare/perAdultEquivalent/bySize/1', { welfare: { perAdultEquivalent: { bySize: [1, 1.41421] } }, line: 100 })
})

/** Ages by person; of 20 to 40 it is not known which, of null nothing is. */
const ages = [40, 38, 13, 2, 70, 16, null, 9, 8]
const known = new Uint8Array(2)
ages.forEach((age, row) => (known[row >> 3] = (known[row >> 3] as number) | (age === null ? 0 : 1 << (row & 7))))
const column: FactColumn = {
  lo: Uint8Array.from(ages, (age) => (age === 38 ? 20 : (age ?? 0))),
  hi: Uint8Array.from(ages, (age) => age ?? 0),
  loKnown: known,
  hiKnown: known,
}
/** A couple with two children, an elder, one of 16 with somebody of unknown age, two children alone. */
const resident = {
  persons: Uint32Array.of(4, 1, 2, 2),
  parts: [{ firstHousehold: 0, households: 4, persons: 9, householdOf: Uint32Array.of(0, 0, 0, 0, 1, 2, 2, 3, 3), person: [column] }],
} as unknown as Pick<ResidentNation, 'persons' | 'parts'>
const perPerson = { kind: 'synthetic', welfare: Float64Array.of(60_001, 80_000, 90_000, 30_000) } as const

t.test('a household shares its whole welfare, by ages that bounds settle; an age that is unknown leaves it unknown', async (t) => {
  const { welfare, order, equivalents } = equivalised(perPerson, resident, { scale: scaleOf(OXFORD), ageSlot: 0 })
  // 240,004 over 2.7, and 60,000 over one and a half.
  t.same([...welfare], [88_890, 80_000, NaN, 40_000])
  t.same([...order.rows], [3, 1, 0])
  t.same(order.counted, { units: 3, weight: 7, unknownUnits: 1, unknownWeight: 2 })
  const measured: Measured = {
    welfare,
    equivalents,
    order,
    persons: resident.persons,
    keys: new Uint32Array(4),
    line: 85_000,
    lines: [85_000],
    poor: poorBelow(welfare, 85_000),
    rows: Uint32Array.of(0, 1, 2, 3),
    breakdowns: [],
  }
  const before = afterTransfers([], measured)
  t.equal(before.poverty.headcount, 3 / 7)
  t.same(before.poverty.shortfall, { households: 2, amount: 5_000 + 1.5 * 45_000 })
  // The children are paid 67,500: over their one and a half equivalents that is all they lack. Of the third nothing is known, whatever it is paid.
  const after = afterTransfers([{ rows: Uint32Array.of(2, 3), amounts: Float64Array.of(1, 67_500) }], measured)
  t.equal(after.poverty.headcount, 1 / 7)
  t.same(after.poverty.shortfall, { households: 1, amount: 5_000 })
})

t.test('of a nation: as SQL finds it, decided no otherwise, and per person again afterwards', async (t) => {
  const { database, simulate, run } = await seededLaboratory(t, 150)
  const scenarios = [{ name: 'nothing', changes: [] }]
  const plain = await simulate(scenarios, { line: 150 })
  const scaled = await simulate(scenarios, { line: 150, welfare: OXFORD })
  const { rows } = await database.pool.query<{ persons: number; welfare: number }>(
    `with member as (
      select household_ref, date_part('year', age(r.as_of, coalesce(p.birth_date, f.birth_date))) as years from household_member m
        left join warehouse.cspd_personal_info p using (person_ref) left join warehouse.rbd_residents f using (person_ref), (select as_of from run where id = $1) r
      where valid_from <= r.as_of and (valid_to is null or valid_to > r.as_of)
        and not exists (select from warehouse.cspd_death_info d where d.person_ref = m.person_ref)
    ), size as (
      select household_ref, count(*)::int as persons, count(*) filter (where years < 14)::int as children, count(*) filter (where years >= 14)::int as adults
      from member group by household_ref
    )
    select persons, case when adults + children = persons then
      round(expenditure_per_capita * 1000 * persons / (case when adults > 0 then 1 + 0.7 * (adults - 1) + 0.5 * children else 1 + 0.5 * (children - 1) end))::float8
      end as welfare
    from size join synthetic.true_welfare using (household_ref)`,
    [run],
  )
  const known = rows.filter(({ welfare }) => welfare !== null)
  const people = (of: typeof rows): number => of.reduce((sum, { persons }) => sum + persons, 0)
  const wanted = people(known.filter(({ welfare }) => welfare < 150_000)) / people(known)
  const { measures } = scaled.baseline
  t.ok(Math.abs((measures?.before?.poverty.headcount ?? NaN) - wanted) < 1e-12, `${measures?.before?.poverty.headcount} and ${wanted}`)
  t.not(measures?.before?.poverty.headcount, plain.baseline.measures?.before?.poverty.headcount)
  t.match(scaled.reference, { kind: 'synthetic', line: 150_000, scale: { kind: 'byAge', adult: 700 } })
  t.same(
    scaled.scenarios[0]?.programmes.map(({ before }) => before),
    plain.scenarios[0]?.programmes.map(({ before }) => before),
  )
  t.notSame(
    scaled.scenarios[0]?.programmes[0]?.transitions.by['welfareDecile'],
    plain.scenarios[0]?.programmes[0]?.transitions.by['welfareDecile'],
  )
  t.same(scaled.baseline.measures, scaled.scenarios[0]?.measures)
  t.same(await simulate(scenarios, { line: 150 }), plain)
})
