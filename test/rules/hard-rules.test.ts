/** The Jordanian rules that are hard to say, each on rows of the shipped registries through the shipped catalogue and rules, on both sides of every edge. */
import t, { type Test } from 'tap'
import { testDatabase } from '../support/database.ts'
import { type Family, judge, type Judged, type Row } from './real-rows.ts'

const database = await testDatabase(t)

/** What each test says of a family: facts by id, outcomes by programme, truths of a rule's named nodes as `programme: node`. */
interface Expected {
  readonly facts?: Readonly<Record<string, string>>
  /** Person facts of person 1. */
  readonly head?: Readonly<Record<string, string>>
  readonly nodes?: Readonly<Record<string, string>>
  readonly missing?: readonly string[]
}

async function expect(t: Test, note: string, family: Family, programme: string, outcome: string, { facts = {}, head = {}, nodes = {}, missing }: Expected = {}): Promise<Judged> {
  const judged = await judge(database, family)
  t.equal(judged.outcome(programme), outcome, note)
  for (const [id, value] of Object.entries(facts)) t.equal(judged.fact(id), value, `${note}: ${id}`)
  for (const [id, value] of Object.entries(head)) t.equal(judged.personFact(1, id), value, `${note}: ${id} of the head`)
  for (const [name, truth] of Object.entries(nodes)) t.equal(judged.node(programme, name), truth, `${note}: ${name}`)
  if (missing) t.same(judged.missing(programme).toSorted(), missing, `${note}: what would settle it`)
  return judged
}

const person = (ref: number, birth: string | null, sex: 'M' | 'F' | null): Row => ({ person_ref: ref, birth_date: birth, gender: sex, nationality: 'JO' })
const months = (first: string, count: number): string[] => {
  const [year = 0, month = 0] = first.split('-').map(Number)
  return Array.from({ length: count }, (_, n) => new Date(Date.UTC(year, month - 1 + n, 1)).toISOString().slice(0, 10))
}

/** A couple in Amman without income, insurance, car or land: every limit is kept. */
function couple(rows: Readonly<Record<string, readonly Row[]>> = {}, rest: Partial<Family> = {}): Family {
  return {
    members: [{}, { relationship: 'spouse' }],
    ...rest,
    rows: {
      cspd_personal_info: [person(1, '1980-05-01', 'M'), person(2, '1984-02-29', 'F')],
      cspd_social_status: [{ person_ref: 1, marital_status: 'married' }, { person_ref: 2, marital_status: 'married' }],
      cspd_personal_address: [{ person_ref: 1, country_code: 'JO', governorate_code: '11' }],
      ...rows,
    },
  }
}

const wage = (ref: number, month: string, gross: number | null, establishment = 'E1'): Row => ({ person_ref: ref, establishment_no: establishment, salary_month: month, gross_wage: gross })
const INCOME_DECLARED = ['pensionDeclared', 'remittancesDeclared', 'rentalIncomeDeclared', 'selfEmploymentIncomeDeclared', 'wageDeclared']
const lastYear = months('2025-12', 12)

t.test('mean insured wage of the last 12 months at most 300', async (t) => {
  const wages = (rows: readonly Row[], rest: Partial<Family> = {}) => couple({ ssc_salaries: rows }, rest)
  const is = (note: string, rows: readonly Row[], outcome: string, mean: string, more: Expected = {}, rest: Partial<Family> = {}) =>
    expect(t, note, wages(rows, rest), 'health-insurance', outcome, { ...more, facts: { wageMean12m: mean, ...more.facts } })
  const all = (gross: number | null) => lastYear.map((month) => wage(1, month, gross))
  const and = (last: number | null, others = 300) => lastYear.map((month, n) => wage(1, month, n === 11 ? last : others))

  await is('nobody insured', [], 'eligible', '0.000')
  await is('exactly 300 in every month', all(300), 'eligible', '300.000', { nodes: { 'insured-wage-ceiling': 'true', 'income-ceiling': 'true' } })
  await is('a mean of 300.001', and(300.012), 'ineligible', '300.001', { nodes: { 'insured-wage-ceiling': 'false' } })
  await is('half a fils over is rounded away from zero', and(300.006), 'ineligible', '300.001')
  await is('less than half a fils over is 300 in fils', and(300.005), 'eligible', '300.000')
  await is('three months at 300: the mean is of the months insured', months('2026-09', 3).map((month) => wage(1, month, 300)), 'eligible', '300.000')
  await is('one month at 301', [wage(1, '2026-10-01', 301)], 'ineligible', '301.000')

  await is('a month whose wage is missing', and(null), 'undetermined', '275.000..', { nodes: { 'insured-wage-ceiling': 'unknown' }, missing: ['insuredWages12m', ...INCOME_DECLARED] })
  await is('a month is missing, the others alone exceed the ceiling', and(null, 400), 'ineligible', '366.667..')
  await is('the others reach the ceiling exactly: a missing wage could be nothing', and(null, 327.273), 'undetermined', '300.000..')

  await is('a high wage twelve whole months ago is out', [wage(1, '2025-11-01', 5000), ...all(300)], 'eligible', '300.000')
  await is('the oldest month that counts', [wage(1, '2025-12-01', 3600.012), ...lastYear.slice(1).map((month) => wage(1, month, 0))], 'ineligible', '300.001')
  await is('a month that has not come yet is out', [...all(300), wage(1, '2026-12-01', 5000)], 'eligible', '300.000')
  await is('on the first of a month the same month a year ago is out', [wage(1, '2025-11-01', 5000), wage(1, '2026-11-01', 300)], 'eligible', '300.000', {}, { asOf: '2026-11-01' })
  await is('on the last of the month before it is in', [wage(1, '2025-11-01', 5000), wage(1, '2026-10-01', 300)], 'ineligible', '2650.000', {}, { asOf: '2026-10-31' })

  await is('two employers in one month are one month', lastYear.flatMap((month) => [wage(1, month, 150), wage(1, month, 150, 'E2')]), 'eligible', '300.000')
  await is('two members of 150 and 150.001', lastYear.flatMap((month) => [wage(1, month, 150), wage(2, month, 150.001)]), 'ineligible', '300.001')
  await is('the registry was never loaded', [], 'undetermined', '0.000..', {}, { missing: ['ssc_salaries'] })
  const unheard = await expect(t, 'where no wage was heard of, nobody is taken for poor', wages([], { missing: ['ssc_salaries'] }), 'unified-cash-transfer', 'undetermined', { facts: { incomeTotalMonthly: '0.000..' } })
  t.ok(unheard.missing('unified-cash-transfer').includes('insuredWages12m'))
})

const car = (ref: number, model: number | null, expiry: string | null, rest: Row = {}): Row => ({ person_ref: ref, registration_number: `C${model}${expiry}`, vehicle_class: 'private', model_year: model, licence_expiry: expiry, customs_exempt: false, ...rest })

t.test('a licence expired three years or more exempts a car', async (t) => {
  const is = (note: string, rows: readonly Row[], outcome: string, counted: string, asOf?: string) =>
    expect(t, note, couple({ dvld_car_info: rows }, asOf === undefined ? {} : { asOf }), 'health-insurance', outcome, { facts: { countedCars: counted } })
  await is('no car', [], 'eligible', '0')
  await is('a young car with a valid licence', [car(1, 2022, '2027-03-01')], 'ineligible', '1')
  await is('expired exactly three years ago', [car(1, 2022, '2023-11-23')], 'eligible', '0')
  await is('expired three years less a day ago', [car(1, 2022, '2023-11-24')], 'ineligible', '1')
  await is('expired on 29 February: three years are full on 1 March', [car(1, 2022, '2024-02-29')], 'ineligible', '1', '2027-02-28')
  await is('expired on 29 February: full on 1 March', [car(1, 2022, '2024-02-29')], 'eligible', '0', '2027-03-01')
  await is('expired on 28 February: full on 28 February', [car(1, 2022, '2025-02-28')], 'eligible', '0', '2028-02-28')
  await is('expired on 1 March, judged on 29 February', [car(1, 2022, '2025-03-01')], 'ineligible', '1', '2028-02-29')
  await is('nobody knows when it expired', [car(1, 2022, null)], 'undetermined', '0..1')
  await is('exempt from customs: the licence is no matter', [car(1, 2022, null, { customs_exempt: true })], 'eligible', '0')
  await is('a farm tractor is no private car', [car(1, 2025, '2027-01-01', { vehicle_class: 'agricultural' })], 'eligible', '0')
  await is('one car of seven years', [car(1, 2019, '2027-01-01')], 'eligible', '1')
  await is('one car of six years', [car(1, 2020, '2027-01-01')], 'ineligible', '1')
  await is('two old cars', [car(1, 2001, '2027-01-01'), car(2, 2002, '2027-01-01')], 'ineligible', '2')
  await is('two old cars, one long expired', [car(1, 2001, '2027-01-01'), car(2, 2002, '2020-01-01')], 'eligible', '1')
  await is('two old cars and one of unknown expiry are too many whatever it is', [car(1, 2001, '2027-01-01'), car(2, 2002, '2027-01-01'), car(2, 2003, null)], 'ineligible', '2..3')
})

t.test('land value by share, without the dwelling', async (t) => {
  const parcel = (ref: number, area: number, price: number | null, share: number | null, rest: Row = {}): Row => ({
    person_ref: ref, parcel_no: `P${area}${price}${share}`, parcel_use: 'empty', area_dunum: area, price_per_dunum: price, share, holds_dwelling: false, rented_out: false, ...rest,
  })
  const shack: Row = { person_ref: 1, dwelling_type: 'shack', tenure: 'rented', rooms: 2, wall_material: 'tin' }
  const is = (note: string, rows: readonly Row[], outcome: string, value: string, rest: Partial<Family> = {}) =>
    expect(t, note, couple({ dls_parcels: rows, mola_dwellings: [shack] }, rest), 'housing', outcome, { facts: { landValue: value } })
  await is('no land', [], 'eligible', '0.000')
  await is('half of 20,000 is exactly the limit', [parcel(1, 2.5, 8000, 0.5)], 'eligible', '10000.000')
  await is('a millionth of a share more', [parcel(1, 2.5, 8000, 0.500001)], 'ineligible', '10000.020')
  await is('half a fils over the limit', [parcel(1, 1.5, 6666.667, 1)], 'ineligible', '10000.001')
  await is('two heirs of the household, a third each', [parcel(1, 3, 5000, 0.333333), parcel(2, 3, 5000, 0.333333)], 'eligible', '9999.990')
  await is('the dwelling is worth much and does not count in the value, but who owns one is out', [parcel(1, 0.5, 200000, 1, { holds_dwelling: true })], 'ineligible', '0.000')
  await is('nobody knows whether it holds the dwelling', [parcel(1, 1, 20000, 1, { holds_dwelling: null })], 'undetermined', '0.000..20000.000')
  await is('an unknown price', [parcel(1, 1, null, 1)], 'undetermined', '0.000..')
  await is('an unknown share beside land above the limit', [parcel(1, 1, 12000, 1), parcel(2, 1, 500, null)], 'ineligible', '12000.000..')
  await is('a member whom the registry does not cover', [parcel(1, 1, 10000, 1)], 'undetermined', '10000.000..', { members: [{}, { jordanian: false }] })
})

t.test('known incomes of 900, one member unknown, against a ceiling of 300', async (t) => {
  const earned = (gross: number) => lastYear.map((month) => wage(1, month, gross))
  const unknownPension = [{ person_ref: 2, pension_kind: 'oldAge', monthly_amount: null }]
  const is = (note: string, rows: Readonly<Record<string, readonly Row[]>>, outcome: string, income: string, more: Expected = {}, rest: Partial<Family> = {}) =>
    expect(t, note, couple(rows, rest), 'health-insurance', outcome, { ...more, facts: { incomeTotalMonthly: income } })
  await is('900 and a pension of unknown amount', { ssc_salaries: earned(900), ssc_pensions: unknownPension }, 'ineligible', '900.000..', { nodes: { 'income-ceiling': 'false' }, missing: [] })
  await is('300.001 and a pension of unknown amount', { ssc_salaries: earned(300.001), ssc_pensions: unknownPension }, 'ineligible', '300.001..', { nodes: { 'income-ceiling': 'false' } })
  await is('exactly 300 and a pension of unknown amount', { ssc_salaries: earned(300), ssc_pensions: unknownPension }, 'undetermined', '300.000..', {
    nodes: { 'income-ceiling': 'unknown', 'insured-wage-ceiling': 'true' },
    missing: [...INCOME_DECLARED, 'sscPension'].toSorted(),
  })
  // Social security covers citizens only; NAF's and the military's lists of beneficiaries are whole, whoever is on them.
  const stranger = { members: [{}, { jordanian: false, relationship: 'spouse' }] }
  await is('900 and a member whom the registries do not cover', { ssc_salaries: earned(900) }, 'ineligible', '900.000..', { nodes: { 'income-ceiling': 'false', 'within-limits': 'false' } }, stranger)
  const declared = (wages: string) => ({ income: { wages: { amount: wages }, selfEmployment: { amount: '0' }, pensions: { amount: '0' }, rents: { amount: '0' }, remittances: { amount: '0' } } })
  await is('the member of unknown pension declares 50', { ssc_salaries: earned(900), ssc_pensions: unknownPension }, 'ineligible', '950.000', {}, { answers: { members: [{}, declared('50')] } })
  const pensions = [{ person_ref: 1, pension_kind: 'oldAge', monthly_amount: 900 }, { person_ref: 1, pension_kind: 'survivor', monthly_amount: null }]
  await is("one person's pension of 900, and another of unknown amount", { ssc_pensions: pensions }, 'ineligible', '900.000..', { head: { incomeMonthly: '900.000..' } })
  await is('the same person declares 100: what is known of the pensions is more', { ssc_pensions: pensions }, 'ineligible', '900.000..', { head: { incomeMonthly: '900.000..' } }, { answers: { members: [declared('100')] } })
  await is('the same person declares 1,000: that decides', { ssc_pensions: pensions }, 'ineligible', '1000.000', { head: { incomeMonthly: '1000.000' } }, { answers: { members: [declared('1000')] } })
})

t.test('an elder without a working son anywhere', async (t) => {
  const lineage = (ref: number, rest: Row = {}): Row => ({ person_ref: ref, father_ref: 1, mother_ref: 90, ...rest })
  const son = 50
  const works = (ref: number, status: string | null = 'active'): Row => ({ person_ref: ref, insurance_status: status })
  const elder = (rows: Readonly<Record<string, readonly Row[]>>, rest: Partial<Family> = {}): Family => ({
    members: [{}],
    ...rest,
    rows: {
      ...rows,
      cspd_personal_info: [person(1, '1955-03-01', 'M'), person(son, '1985-01-01', 'M'), person(51, '1987-01-01', 'F'), ...(rows['cspd_personal_info'] ?? [])].filter(
        (row, index, all) => all.findLastIndex((other) => other['person_ref'] === row['person_ref']) === index,
      ),
      cspd_social_status: [{ person_ref: 1, marital_status: 'widowed' }],
    },
  })
  const is = (note: string, rows: Readonly<Record<string, readonly Row[]>>, outcome: string, has: string, rest: Partial<Family> = {}) =>
    expect(t, note, elder(rows, rest), 'monthly-payment', outcome, { head: { hasWorkingSonAnywhere: has }, nodes: { 'supportless-elder': { eligible: 'true', ineligible: 'false', undetermined: 'unknown' }[outcome] ?? '' } })
  const children = [lineage(son), lineage(51)]

  await is('no children', {}, 'eligible', 'false')
  await is('a son working, in another household', { cspd_lineage: children, ssc_insured_info: [works(son)] }, 'ineligible', 'true')
  await is('a daughter working is not a son', { cspd_lineage: children, ssc_insured_info: [works(51)] }, 'eligible', 'false')
  await is('a son who does not work', { cspd_lineage: children, ssc_insured_info: [works(son, 'retired')] }, 'eligible', 'false')
  await is('a son of unknown work', { cspd_lineage: children, ssc_insured_info: [works(son, null)] }, 'undetermined', 'false..true')
  await is('one son of unknown work, another working', { cspd_lineage: [...children, lineage(52)], cspd_personal_info: [person(52, '1990-01-01', 'M')], ssc_insured_info: [works(son, null), works(52)] }, 'ineligible', 'true')
  await is('a working child of unknown sex', { cspd_lineage: children, cspd_personal_info: [person(son, '1985-01-01', null)], ssc_insured_info: [works(son)] }, 'undetermined', 'false..true')
  await is('a working son who died', { cspd_lineage: children, ssc_insured_info: [works(son)], cspd_death_info: [{ person_ref: son, death_date: '2026-11-23' }] }, 'eligible', 'false')
  await is('a son with a business of his own', { cspd_lineage: children, mit_sole_proprietorships: [{ person_ref: son, registration_no: 'R', status: 'active', capital: 100 }] }, 'ineligible', 'true')
  await is('a working son in the same household', { cspd_lineage: children, ssc_insured_info: [works(2)], cspd_personal_info: [person(2, '1990-01-01', 'M')] }, 'eligible', 'false', { members: [{}, { relationship: 'other' }] })
  await is('a working son of his in the same household', { cspd_lineage: [lineage(2)], ssc_insured_info: [works(2)], cspd_personal_info: [person(2, '1990-01-01', 'M')] }, 'ineligible', 'true', { members: [{}, { relationship: 'child' }] })
  await is('the lineage was never loaded', {}, 'undetermined', 'false..true', { missing: ['cspd_lineage'] })
  await is('social security was never loaded: a son of unknown work', { cspd_lineage: children }, 'undetermined', 'false..true', { missing: ['ssc_insured_info'] })
  await is('social security was never loaded, and there are no children', {}, 'eligible', 'false', { missing: ['ssc_insured_info'] })
  await expect(t, 'an elder whom the civil register does not cover', elder({ rbd_residents: [{ person_ref: 1, birth_date: '1955-03-01', gender: 'M' }] }, { members: [{ jordanian: false }] }), 'monthly-payment', 'ineligible', {
    head: { isElder: 'true', hasWorkingSonAnywhere: 'false..true' },
    nodes: { 'head-is-citizen': 'false', 'supportless-elder': 'unknown' },
  })
  await is('sixty today', { cspd_personal_info: [person(1, '1966-11-23', 'M')] }, 'eligible', 'false')
  await is('sixty tomorrow', { cspd_personal_info: [person(1, '1966-11-24', 'M')] }, 'ineligible', 'false')
  const mother = elder({ cspd_personal_info: [person(1, '1955-03-01', 'F')], cspd_lineage: [{ person_ref: son, father_ref: 91, mother_ref: 1 }], ssc_insured_info: [works(son)] })
  await expect(t, 'a mother is found by her own column', mother, 'monthly-payment', 'ineligible', { head: { hasWorkingSonAnywhere: 'true' } })
})

t.test('insured if enrolled in cash', async (t) => {
  const aid = (ref: number, programme: string | null, status: string | null): Row => ({ person_ref: ref, programme_code: programme, status, monthly_amount: 100, start_date: '2025-01-01' })
  const rich = { ssc_salaries: lastYear.map((month) => wage(1, month, 900)) }
  const is = (note: string, rows: Readonly<Record<string, readonly Row[]>>, outcome: string, rest: Partial<Family> = {}) => expect(t, note, couple(rows, rest), 'health-insurance', outcome)
  await is('not enrolled, income of 900', rich, 'ineligible')
  await is('enrolled, income of 900', { ...rich, naf_beneficiaries: [aid(1, 'unifiedCash', 'enrolled')] }, 'eligible')
  await is('the spouse is enrolled', { ...rich, naf_beneficiaries: [aid(2, 'unifiedCash', 'enrolled')] }, 'eligible')
  await is('suspended', { ...rich, naf_beneficiaries: [aid(1, 'unifiedCash', 'suspended')] }, 'ineligible')
  await is('enrolled in another programme', { ...rich, naf_beneficiaries: [aid(1, 'monthly', 'enrolled')] }, 'ineligible')
  await is('enrolled, nobody knows in which programme', { ...rich, naf_beneficiaries: [aid(1, null, 'enrolled')] }, 'undetermined')
  await is('in another programme, status unknown', { ...rich, naf_beneficiaries: [aid(1, 'emergency', null)] }, 'ineligible')
  await is('once exited, now enrolled', { ...rich, naf_beneficiaries: [aid(1, 'unifiedCash', 'exited'), aid(1, 'unifiedCash', 'enrolled')] }, 'eligible')
  await is('enrolled, every other registry silent about income', { naf_beneficiaries: [aid(1, 'unifiedCash', 'enrolled')] }, 'eligible', { missing: ['ssc_salaries', 'dvld_car_info', 'dls_parcels', 'psd_travellers'] })
  await is('the list was never loaded, within all limits', {}, 'eligible', { missing: ['naf_beneficiaries'] })
  await is('the list was never loaded, above the ceiling', rich, 'undetermined', { missing: ['naf_beneficiaries'] })
  const card = (scheme: string): Row => ({ person_ref: 2, scheme, card_no: '1', status: 'active', valid_to: '2027-01-01' })
  await is('enrolled, but insured as a civil servant', { naf_beneficiaries: [aid(1, 'unifiedCash', 'enrolled')], hia_insured: [card('civil')] }, 'ineligible')
  await is('enrolled, with a disability card', { naf_beneficiaries: [aid(1, 'unifiedCash', 'enrolled')], hia_insured: [card('disability')] }, 'eligible')
})

t.test('no electricity used for three months running', async (t) => {
  const meter = (use: Readonly<Record<string, number | null>>, ref = 1, meter_no = 'M1', subsidised = true): Row[] =>
    Object.entries(use).map(([month, kwh]) => ({ person_ref: ref, meter_no, bill_month: `2026-${month}-01`, kwh, subsidised, distributor: 'jepco' }))
  const is = (note: string, rows: readonly Row[], outcome: string, run: string, inUse: string, rest: Partial<Family> = {}) =>
    expect(t, note, couple({ elec_consumption: rows }, rest), 'energy-support', outcome, { facts: { electricityZeroMonths: run }, nodes: { 'in-use': inUse } })
  await is('used in every month', meter({ '06': 100, '07': 100, '08': 100, '09': 100, '10': 100, '11': 100 }), 'eligible', '0', 'true')
  await is('September to November', meter({ '08': 100, '09': 0, '10': 0, '11': 0 }), 'ineligible', '3', 'false')
  await is('two months', meter({ '08': 100, '09': 100, '10': 0, '11': 0 }), 'eligible', '2', 'true')
  await is('four months, the run broken by use', meter({ '07': 0, '08': 0, '09': 0.001, '10': 0, '11': 0 }), 'eligible', '2', 'true')
  await is('the run broken by a month without a bill', meter({ '07': 0, '08': 0, '10': 0, '11': 0 }), 'eligible', '2', 'true')
  await is('an unknown month may join two months to three', meter({ '09': 0, '10': null, '11': 0 }), 'undetermined', '1..3', 'unknown')
  await is('an unknown month cannot make three', meter({ '08': 5, '09': 0, '10': null, '11': 8 }), 'undetermined', '1..2', 'true')
  await is('three known months and an unknown one', meter({ '08': null, '09': 0, '10': 0, '11': 0 }), 'ineligible', '3..4', 'false')
  await is('three months before the window of six', meter({ '03': 0, '04': 0, '05': 0, '06': 90, '11': 90 }), 'eligible', '0', 'true')
  await is('a run that reaches into the window', meter({ '04': 0, '05': 0, '06': 0, '07': 0, '08': 30 }), 'eligible', '2', 'true')
  const zero = { '09': 0, '10': 0, '11': 0 }
  const used = { '09': 80, '10': 80, '11': 80 }
  await is('two meters, one in use', [...meter(zero), ...meter(used, 1, 'M2', false)], 'eligible', '0', 'true')
  await is("two members' meters, neither in use", [...meter(zero), ...meter(zero, 2, 'M2', false)], 'ineligible', '3', 'false')
  await is('two meters in turn: no month without use', [...meter({ ...zero, '11': 7 }), ...meter({ '09': 7, '10': 7, '11': 0 }, 1, 'M2', false)], 'eligible', '0', 'true')
  await is('one meter unknown, the other in use', [...meter({ '09': null, '10': null, '11': null }), ...meter(used, 1, 'M2', false)], 'undetermined', '0', 'true')
  await is('the distributor did not answer', [], 'undetermined', '..', 'unknown', { missing: ['elec_consumption'] })
})
