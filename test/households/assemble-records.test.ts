import t from 'tap'
import type { Records } from '../../src/households/assemble-records.ts'
import { assembleBoth } from '../support/assemble-both.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import type { FactSpace, FactValues } from '../../src/language/fact-space.ts'
import { testDatabase } from '../support/database.ts'
import { checkCatalogue } from '../../src/language/catalogue/check.ts'
import { householdFacts, personFacts, registries, smallCatalogue, smallText } from '../support/small-catalogue.ts'

const catalogue = smallCatalogue()
const asOf = dayNumber('2026-11-23') ?? 0
type Row = Record<string, unknown>

const person = (ref: number, rest: Row = {}) => ({
  household_ref: 1,
  person_ref: ref,
  is_head: ref === 1,
  relationship_code: 'other',
  basis_code: 'booklet',
  is_jordanian: true,
  ...rest,
})
const everything = (rows: Record<string, Row[]>): Records['registries'] => new Map(registries.map(({ id }) => [id, rows[id] ?? []]))
const paid = (ref: number, month: string | null, amount: number | null, kind: string | null = 'a', rest: Row = {}) => ({
  person_ref: ref,
  month,
  amount,
  kind,
  balance: amount,
  employer: 'x',
  ...rest,
})

/** A value as [lo, hi], with null for an open end; a known value alone. */
const shown = (space: FactSpace, values: FactValues, id: string): unknown => {
  const slot = space.slot(id) ?? -1
  const [lo, hi] = [values.lo[slot] ?? NaN, values.hi[slot] ?? NaN]
  if (lo === hi) return lo
  return [Number.isFinite(lo) ? lo : null, Number.isFinite(hi) ? hi : null]
}

t.test('assembly over typed record sets', async (t) => {
  const database = await testDatabase(t)
  const assemble = async (records: Partial<Records>) => {
    const [household] = await assembleBoth(
      { database, catalogue },
      { asOf, members: [person(1)], registries: everything({}), declared: new Map(), ...records },
    )
    if (!household) throw new Error('no household')
    return {
      h: (id: string) => shown(catalogue.household, household.household, id),
      p: (id: string, index = 0) => shown(catalogue.person, household.members[index]?.facts as FactValues, id),
    }
  }

  t.test('codes keep their meaning in a list of another order, named by a let or looked up in a table', async (t) => {
    const civil = [{ person_ref: 1, sex: 'F' }]
    const { p } = await assemble({ registries: everything({ civil, pay: [paid(1, '2026-03-01', 4), paid(1, '2026-02-01', 4, 'b')] }) })
    t.same([p('sex'), p('sexTurned')], [0, 1])
    t.same([p('kindLatest'), p('kindNamed')], [1, 1])
    t.same([p('rates'), p('ratesNamed')], [12_000, 12_000])
  })

  t.test('the latest of what is known in part only is not known', async (t) => {
    const { p } = await assemble({ registries: everything({ pay: [{ ...paid(1, '2026-03-01', null), balance: 5 }] }) })
    t.same(p('mostLatest'), [null, null])
    const known = await assemble({ registries: everything({ pay: [{ ...paid(1, '2026-03-01', 7), balance: 5 }] }) })
    t.equal(known.p('mostLatest'), 7_000)
  })

  t.test('other members count without a condition, and facts are made of that', async (t) => {
    const { p } = await assemble({ members: [person(1), person(2), person(3)] })
    t.same([p('others'), p('together')], [2, 3])
  })

  t.test('a child of two members is one child of each', async (t) => {
    const facts = personFacts.filter(({ id }) => id !== 'spouseWorks')
    const { catalogue: onlyChildren } = checkCatalogue(
      smallText({
        files: [
          { name: 'person.json', json: { entity: 'person', facts } },
          { name: 'household.json', json: { entity: 'household', facts: householdFacts } },
        ],
      }),
    )
    if (!onlyChildren) throw new Error('no catalogue')
    const civil = [{ person_ref: 3, birth_date: '1990-01-01', sex: 'M' }]
    const [household] = await assembleBoth(
      { database, catalogue: onlyChildren },
      {
        asOf,
        members: [person(1), person(2)],
        registries: everything({ civil, cspd_lineage: [{ person_ref: 3, father_ref: 1, mother_ref: 2 }], pay: [paid(3, '2026-03-01', 4)] }),
        declared: new Map(),
      },
    )
    t.same(
      household?.members.map(({ facts: values }) => shown(onlyChildren.person, values, 'workingSons')),
      [1, 1],
    )
  })

  t.test('a code that its fact does not have is none of those that it has; an amount that no longer fits is unknown', async (t) => {
    const { h, p } = await assemble({
      members: [
        person(1, { relationship_code: 'head' }),
        person(2, { relationship_code: 'cousin' }),
        person(3, { relationship_code: 'child' }),
      ],
      registries: everything({
        civil: [
          { person_ref: 1, share: 90_071_992_547_409.9 },
          { person_ref: 2, share: 9_007_199_254_740.9 },
        ],
      }),
    })
    t.same([p('kin'), p('kin', 1), p('kin', 2)], [0, [null, null], 1])
    t.same([p('isChild'), p('isChild', 1), p('isChild', 2)], [0, 0, 1])
    t.equal(h('headKin'), 1)
    t.same([p('share'), p('share', 1)], [[null, null], 9_007_199_254_740_900])
  })

  t.test('years, later days, tables of rows, scales and parameters that do not hold yet', async (t) => {
    const civil = [{ person_ref: 1, birth_date: '1960-02-29', sex: 'F', share: 0.5 }]
    const pay = [paid(1, '2026-03-01', 4), paid(1, '2025-03-01', 4)]
    const { h, p } = await assemble({ registries: everything({ civil, pay }) })
    t.equal(p('birthYear'), 1960)
    t.equal(p('share'), 500)
    t.equal(p('lastDay'), asOf)
    t.equal(p('newestYear'), 2026)
    t.equal(p('limitSum'), 381_000)
    t.equal(h('headPay'), 8_000)
    t.same([h('atLeastLine'), h('atMostLine')], [100_000, 8_000])
    t.same([h('generous'), h('strict'), h('later'), h('laterLine')], [1, 0, [0, 1], [null, null]])
    const unknown = await assemble({ registries: everything({ pay: [...pay, paid(1, '2026-02-01', null)] }) })
    t.same(unknown.h('headPay'), [8_000, null])
    t.same(
      [unknown.h('atLeastLine'), unknown.h('atMostLine')],
      [
        [100_000, null],
        [8_000, 100_000],
      ],
    )
    t.same(unknown.p('lastDay'), [null, null])
  })

  t.test('a covered person without rows has none of it', async (t) => {
    const { p, h } = await assemble({})
    t.equal(p('payCount'), 0)
    t.equal(p('paySum'), 0)
    t.equal(p('employers'), 0)
    t.same(p('payMean'), [null, null], 'the mean of nothing is unknown')
    t.equal(p('payMax'), 0, 'stated value of an empty set')
    t.same(p('payMin'), [null, null])
    t.equal(p('hasB'), 0)
    t.equal(p('onlyA'), 1)
    t.equal(p('runA'), 0)
    t.equal(h('income'), 0)
    t.same(p('age'), [null, null], 'no row in a registry whose absence tells nothing')
    t.equal(h('distinctEmployers'), 0)
  })

  t.test('known rows', async (t) => {
    const rows = [
      paid(1, '2026-09-01', 100.5),
      paid(1, '2026-10-01', 200, 'a', { employer: 'y' }),
      paid(1, '2026-11-01', 301, 'b'),
      paid(1, '2025-11-01', 1000),
    ]
    const { p, h } = await assemble({ registries: everything({ pay: rows }) })
    t.equal(p('payCount'), 3)
    t.equal(p('employers'), 2)
    t.equal(p('paySum'), 1_300_500)
    t.equal(p('payMean'), 200_500, 'the row of twelve months ago is outside the window')
    t.equal(p('payMax'), 1_000_000)
    t.equal(p('payMin'), 100_500)
    t.equal(p('payLatest'), 301_000)
    t.equal(p('hasB'), 1)
    t.equal(p('onlyA'), 0)
    t.equal(p('runA'), 2)
    t.equal(p('oldRows'), 1)
    t.equal(p('mostPay'), 1_300_500)
    t.equal(h('band'), 1)
    t.equal(h('incomeAnnual'), 15_606_000)
  })

  t.test('unknown rows give bounds and never zero', async (t) => {
    const { p, h } = await assemble({
      registries: everything({ pay: [paid(1, '2026-10-01', 100), paid(1, '2026-11-01', null), paid(1, '2026-09-01', 50, null)] }),
    })
    t.same(p('payCount'), [2, 3])
    t.same(p('paySum'), [100_000, null], 'at least the known part')
    t.same(p('balanceSum'), [null, null], 'an amount that may be negative bounds nothing')
    t.same(p('payMean'), [null, null])
    t.same(p('payMax'), [100_000, null])
    t.same(p('payMin'), [null, 50_000])
    t.same(p('payLatest'), [null, null])
    t.same(p('mostPay'), [100_000, null], 'what is known of one part is not set aside')
    t.same(p('hasB'), [0, 1])
    t.same(p('onlyA'), [0, 1])
    t.same(p('runA'), [2, 3])
    t.same(h('income'), [100_000, null])
    t.equal(h('poor'), 0, 'known incomes of 100 are not below a line of 100 whatever the missing one is')
    t.same(h('incomePerPerson'), [100_000, null])
  })

  t.test('a registry that was not loaded leaves everything unknown', async (t) => {
    const registries = new Map(everything({}))
    registries.delete('pay')
    const { p, h } = await assemble({ registries })
    t.same(p('payCount'), [null, null])
    t.same(p('paySum'), [null, null])
    t.same(p('payMax'), [null, null])
    t.same(p('hasB'), [0, 1])
    t.same(p('onlyA'), [0, 1])
    t.same(h('income'), [0, null], 'a sum of amounts that are never negative is at least nothing')
    t.same(h('poor'), [0, 1])
    t.same(h('distinctEmployers'), [null, null])
  })

  t.test('one member whom the registry does not cover', async (t) => {
    const members = [person(1), person(2, { is_jordanian: false })]
    const { h, p } = await assemble({ members, registries: everything({ pay: [paid(1, '2026-11-01', 900)] }) })
    t.same(h('income'), [900_000, null])
    t.equal(h('poor'), 0, 'settled by bounds')
    t.same(h('distinctEmployers'), [1, null])
    t.same(p('paySum', 1), [0, null])
    t.same(p('othersPay', 0), [0, null])
    t.equal(p('othersPay', 1), 900_000)
  })

  t.test('relatives anywhere: an elder without a working son', async (t) => {
    const lineage = [
      { person_ref: 1, father_ref: 90, mother_ref: 91 },
      { person_ref: 50, father_ref: 1, mother_ref: 91 },
      { person_ref: 51, father_ref: 1, mother_ref: 91 },
    ]
    const civil = [
      { person_ref: 1, birth_date: '1950-02-28', sex: 'M' },
      { person_ref: 50, birth_date: '1980-01-01', sex: 'M' },
      { person_ref: 51, birth_date: '1980-01-01', sex: 'F' },
    ]
    const withRows = (pay: Row[], change: Row[] = civil) =>
      assemble({ registries: everything({ cspd_lineage: lineage, civil: change, pay }) })
    t.equal((await withRows([paid(51, '2026-11-01', 400)])).p('workingSons'), 0, 'a working daughter is not a son')
    t.equal((await withRows([paid(50, '2026-11-01', 400)])).p('workingSons'), 1)
    t.same(
      (
        await withRows(
          [paid(50, '2026-11-01', 400)],
          civil.filter((row) => row.person_ref !== 50),
        )
      ).p('workingSons'),
      [0, 1],
      'the sex of one working child is unknown',
    )
    const { h } = await withRows([])
    t.equal(h('elders'), 1)
    t.equal(h('headAge'), 76)
  })

  t.test('a spouse elsewhere', async (t) => {
    const { p } = await assemble({
      registries: everything({
        cspd_marriage_info: [
          { person_ref: 1, spouse_ref: 7, end_date: null },
          { person_ref: 1, spouse_ref: 8, end_date: '2020-01-01' },
        ],
        pay: [paid(8, '2026-11-01', 1)],
      }),
    })
    t.equal(p('spouseWorks'), 0, 'a marriage that ended does not count')
  })

  t.test('land by share without the dwelling, exact to the fils', async (t) => {
    const land = [
      { person_ref: 1, area: 1.5, price: 9999999.999, share: 0.333333, holds_dwelling: false },
      { person_ref: 1, area: 3, price: 1000, share: 0.5, holds_dwelling: true },
    ]
    const { p } = await assemble({ registries: everything({ land }) })
    t.equal(
      p('landValue'),
      4_999_995_000,
      '1.5 dunum × 9,999,999.999 JOD × 0.333333 = 4,999,994.9995000005 JOD, half a fils away from zero',
    )
  })

  t.test('declared, first known, look-up, parameters and dates', async (t) => {
    const declared = new Map([[1, { applicationId: null, answers: { dwelling: { rent: 85.25 }, members: [{ pay: 120 }] }, members: [1] }]])
    const given = await assemble({ declared, registries: everything({ home: [{ person_ref: 1, rooms: 3 }] }) })
    t.equal(given.h('declaredRent'), 85_250)
    t.equal(given.h('rent'), 85_250)
    t.equal(given.p('bestPay'), 120_000)
    t.equal(given.p('mostPay'), 120_000)
    t.equal(given.h('line'), 100_000)
    t.equal(given.h('limit'), 100_000)
    t.equal(given.h('rooms'), 3)
    t.equal(given.h('crowding'), 33, '1 / 3 to two places')
    const before = await assemble({ asOf: dayNumber('2015-06-01') ?? 0 })
    t.equal(before.h('line'), 68_000, 'the value in force that day')
    t.equal(before.h('rent'), 68_000, 'nothing declared')
    t.same(before.p('bestPay'), [null, null])
  })
})
