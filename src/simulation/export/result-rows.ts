/** A told result as rows of one table, a number in each: what a spreadsheet or a statistics package takes. */
import type { ToldGroup, ToldProgramme, ToldResult, ToldScenario } from '../result.ts'
import { madeRows } from './made-rows.ts'
import { measureRows } from './measure-rows.ts'
import { rateRows } from './rate-rows.ts'
import { MEASURED, type ResultRow, type ResultTable, row } from './result-row.ts'
import { sampleRows } from './sample-rows.ts'

/** The baseline's own figures first, then each scenario's; always from what may be told, never from what is stored. */
export function* resultRows(told: ToldResult): Generator<ResultRow> {
  yield* measureRows(told.baseline, null, told)
  yield* sensitivityRows(told.baseline)
  yield* sampleRows(told.baseline, null, told)
  for (const scenario of told.scenarios) {
    for (const programme of scenario.programmes) yield* programmeRows(told, scenario, programme)
    yield* yearlyRows(scenario)
    yield* rankRows(scenario)
    yield* measureRows(scenario, scenario.name, told)
    yield* sampleRows(scenario, scenario.name, told)
    yield* madeRows(scenario)
  }
}

function* programmeRows(told: ToldResult, { name: scenario }: ToldScenario, one: ToldProgramme): Generator<ResultRow> {
  const { programme, unit, period } = one
  const about = { scenario, programme }
  const money = `JOD/${period}`
  const units = unit === 'person' ? 'persons' : 'households'
  for (const side of ['before', 'after'] as const) {
    yield row('totals', { ...about, measure: `budget.${side}`, value: inCurrency(one.budget[side]), unit: money })
    yield row('totals', { ...about, measure: `places.${side}`, value: one.places[side], unit: units })
    yield row('totals', { ...about, measure: `spent.${side}`, value: inCurrency(one.spent[side]), unit: money }, 'suppressed')
    yield row('totals', { ...about, measure: `stoppedByBudget.${side}`, value: Number(one.stoppedByBudget[side]), unit: 'flag' })
  }
  yield row('totals', { ...about, measure: 'spent.difference', value: inCurrency(one.spent.difference), unit: money }, 'suppressed')
  yield* groupRows(about, one.all, units, money)
  for (const side of ['before', 'after'] as const) yield* rateRows(about, `undetermined.${side}`, one.undeterminedShare?.[side] ?? [], told)
  for (const { id: breakdown } of told.breakdowns)
    for (const group of one.by[breakdown] ?? []) {
      const named = { group: group.group?.en ?? UNKNOWN.en, groupAr: group.group?.ar ?? UNKNOWN.ar }
      const reference = MEASURED.has(breakdown) ? (told.reference?.kind ?? null) : null
      yield* groupRows({ ...about, breakdown, ...named, reference }, group, units, money)
    }
}

function* yearlyRows({ name: scenario, yearly: { budget, spent } }: ToldScenario): Generator<ResultRow> {
  const unit = 'JOD/year'
  for (const side of ['before', 'after'] as const) {
    yield row('totals', { scenario, measure: `yearly.budget.${side}`, value: inCurrency(budget[side]), unit })
    yield row('totals', { scenario, measure: `yearly.spent.${side}`, value: inCurrency(spent[side]), unit }, 'suppressed')
  }
  yield row('totals', { scenario, measure: 'yearly.spent.difference', value: inCurrency(spent.difference), unit }, 'suppressed')
}

/** Those of whom the snapshot does not know the group. */
const UNKNOWN = { en: 'unknown', ar: 'غير معروف' } as const

const MARGINS = ['selectedBefore', 'selectedAfter', 'entrants', 'leavers'] as const

type Cell = ToldGroup['entrants']

function* groupRows(about: Partial<ResultRow>, group: ToldGroup, units: string, money: string): Generator<ResultRow> {
  for (const margin of MARGINS) yield* cellRows('totals', about, `${margin}.`, group[margin], units, money)
  yield* changeRows(about, group, units, money)
  for (const { from, to, ...cell } of group.transitions) yield* cellRows('transitions', { ...about, from, to }, '', cell, units, money)
}

/** Of those who are selected on both sides; none of results from before they were counted. */
function* changeRows(
  about: Partial<ResultRow>,
  { gainers, losers, unchanged }: ToldGroup,
  units: string,
  money: string,
): Generator<ResultRow> {
  for (const [path, change] of Object.entries({ gainers, losers, unchanged })) {
    if (!change) continue
    yield row('totals', { ...about, measure: `${path}.units`, value: change.units, unit: units }, 'suppressed')
    yield row('totals', { ...about, measure: `${path}.persons`, value: change.persons, unit: 'persons' }, 'suppressed')
    if ('amount' in change)
      yield row('totals', { ...about, measure: `${path}.amount`, value: inCurrency(change.amount), unit: money }, 'suppressed')
  }
}

function* cellRows(
  table: ResultTable,
  about: Partial<ResultRow>,
  path: string,
  cell: Cell,
  units: string,
  money: string,
): Generator<ResultRow> {
  yield row(table, { ...about, measure: `${path}units`, value: cell.units, unit: units }, 'suppressed')
  yield row(table, { ...about, measure: `${path}persons`, value: cell.persons, unit: 'persons' }, 'suppressed')
  yield row(table, { ...about, measure: `${path}before`, value: inCurrency(cell.before), unit: money }, 'suppressed')
  yield row(table, { ...about, measure: `${path}after`, value: inCurrency(cell.after), unit: money }, 'suppressed')
}

const EFFECTS = { meanDistance: 'hundredths', otherTenth: 'share', spearman: 'index' } as const

function* sensitivityRows({ sensitivity }: ToldResult['baseline']): Generator<ResultRow> {
  for (const { formula, terms } of sensitivity?.formulas ?? [])
    for (const { term, label, ...sides } of terms)
      for (const side of ['lighter', 'heavier'] as const)
        for (const [measure, unit] of Object.entries(EFFECTS)) {
          const value = sides[side][measure as keyof typeof EFFECTS]
          const named = { formula, breakdown: 'term', group: term, groupAr: label.ar }
          // Where anybody is ranked only a share of few is not told.
          const missing = measure === 'otherTenth' && sides[side].spearman !== null ? 'suppressed' : 'none'
          yield row('sensitivity', { ...named, measure: `${side}.${measure}`, value, unit }, missing)
        }
}

function* rankRows({ name: scenario, ranks }: ToldScenario): Generator<ResultRow> {
  for (const { formula, spearman, kendall, meanDistance, sameTenth, quantiles } of ranks) {
    const about = { scenario, formula }
    yield row('ranks', { ...about, measure: 'spearman', value: spearman, unit: 'index' })
    yield row('ranks', { ...about, measure: 'kendall', value: kendall, unit: 'index' })
    yield row('ranks', { ...about, measure: 'meanDistance', value: meanDistance, unit: 'hundredths' })
    yield row('ranks', { ...about, measure: 'sameTenth', value: sameTenth, unit: 'households' }, 'suppressed')
    for (const { percent, move } of quantiles)
      yield row('ranks', {
        ...about,
        breakdown: 'percent',
        group: `${percent}`,
        groupAr: `${percent}`,
        measure: 'move',
        value: move,
        unit: 'hundredths',
      })
  }
}

/** Thousandths to the currency: printed with at most three places, since below 2^53 the nearest double prints back. */
const inCurrency = (thousandths: number | null): number | null => (thousandths === null ? null : thousandths / 1000)
