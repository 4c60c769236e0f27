/** Shares and indices that are told follow counts moved by their cell keys: one household does not show in them, and few are told nothing of. */
import t from 'tap'
import type { ProgrammeMeasures } from '../../src/simulation/measure-programme.ts'
import { SELECTED, targetingOutcomeCode } from '../../src/simulation/measures/targeting-outcome.ts'
import { type ToldMeasures, toldMeasures } from '../../src/simulation/told-measures.ts'
import { withoutBehind } from '../../src/simulation/behind.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { type Draw, drawFrom } from '../support/random-draw.ts'
import { FURTHER_LINE, LINE, type MadeHousehold, madeWorld, measuredWorld } from './support/measured-world.ts'

const NOBODY_FEW: ReadonlySet<string> = new Set()
const toldOf = (households: readonly MadeHousehold[]): ToldMeasures => toldMeasures(measuredWorld(households), NOBODY_FEW)
const programmeOf = ({ programmes: [one] }: ToldMeasures): ProgrammeMeasures => one as ProgrammeMeasures
const shuffled = <T>(draw: Draw, list: readonly T[]): T[] =>
  list
    .map((value) => ({ value, at: draw.between(0, 1_000_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value)

/** The first household that something is so of, with another outcome; null where there is none. */
function withAnother(households: readonly MadeHousehold[], is: (one: MadeHousehold) => boolean): MadeHousehold[] | null {
  const at = households.findIndex((one) => one.outcome !== SELECTED && is(one))
  return at < 0 ? null : households.map((one, place) => (place === at ? { ...one, outcome: SELECTED } : one))
}

/** Each with whom it is told of, whether it rises or falls when one of them is selected, and where it stands. */
const SHARES: Readonly<
  Record<string, readonly [of: (one: MadeHousehold) => boolean, sign: 1 | -1, read: (measures: ToldMeasures) => number | null | undefined]>
> = {
  coverage: [() => true, 1, (of) => programmeOf(of).coverage],
  'error of exclusion': [({ welfare }) => welfare < LINE, -1, (of) => programmeOf(of).exclusionError],
  'error of inclusion': [({ welfare }) => welfare >= LINE, 1, (of) => programmeOf(of).inclusionError],
  leakage: [({ welfare }) => welfare >= LINE, 1, (of) => programmeOf(of).leakage],
  accuracy: [({ welfare }) => welfare < LINE, 1, (of) => programmeOf(of).targetingAccuracy],
  'missed for want of places': [
    ({ welfare, outcome }) => welfare < LINE && outcome === targetingOutcomeCode('no-place'),
    -1,
    (of) => programmeOf(of).missedBy.find(({ outcome }) => outcome === 'no-place')?.shareOfPoor,
  ],
  'coverage of a tenth': [({ welfare }) => welfare < 30_000, 1, (of) => programmeOf(of).deciles[0]?.coverage],
  'share of the benefit of a tenth': [({ welfare }) => welfare < 30_000, 1, (of) => programmeOf(of).deciles[0]?.shareOfBenefit],
  'point of the concentration curve': [({ welfare }) => welfare < 50_000, 1, (of) => programmeOf(of).concentration[8]?.amount],
  'error of exclusion of a group': [
    ({ welfare, group }) => welfare < LINE && group === 0,
    -1,
    (of) => programmeOf(of).fairness[0]?.groups[0]?.rate,
  ],
  'error of exclusion of persons': [({ welfare }) => welfare < LINE, -1, (of) => programmeOf(of).persons?.exclusionError],
  'coverage of a tenth of households': [({ welfare }) => welfare < 30_000, 1, (of) => programmeOf(of).households?.deciles[0]?.coverage],
  'error of inclusion of a group': [
    ({ welfare, group }) => welfare >= LINE && group === 0,
    1,
    (of) => programmeOf(of).fairness[1]?.groups[0]?.rate,
  ],
  'poverty at a further line': [
    ({ welfare, persons, amount }) => welfare < FURTHER_LINE && welfare + amount / persons >= FURTHER_LINE,
    -1,
    (of) => of.lines?.[1]?.after.headcount,
  ],
  'rate of poverty': [
    ({ welfare, persons, amount }) => welfare < LINE && welfare + amount / persons >= LINE,
    -1,
    (of) => of.poverty.headcount,
  ],
}

t.test('two results that one household sets apart do not tell it by shares', async (t) => {
  const { numRuns, seed } = propertyRuns(250, 41)
  for (const [name, [of, sign, read]] of Object.entries(SHARES)) {
    const differences: number[] = []
    for (let run = 0; run < numRuns; run++) {
      const without = madeWorld(drawFrom(seed + run), 500, [0.5, 0.3])
      const with_ = withAnother(without, of)
      if (!with_) continue
      const [plain, moved] = [measuredWorld(without), measuredWorld(with_)]
      const exact = ((read(moved) ?? NaN) - (read(plain) ?? NaN)) * sign
      if (!(exact > 0)) t.fail(`${name} does not say exactly that one more is selected: ${exact}`)
      const [was, is] = [plain, moved].map((one) => read(toldMeasures(one, NOBODY_FEW)))
      if (typeof was === 'number' && typeof is === 'number') differences.push((is - was) * sign)
    }
    const share = (is: (difference: number) => boolean): number => differences.filter(is).length / differences.length
    t.ok(differences.length > numRuns / 2, `${name}: ${differences.length} told`)
    const [wrong, right] = [share((one) => one <= 0), share((one) => one > 0)]
    t.ok(wrong > 0.25 && right > 0.25, `${name}: told as none or the other way in ${wrong}, as more in ${right}`)
  }
})

t.test('the same contents are told the same, in whatever order, of whichever programme', async (t) => {
  const { numRuns, seed } = propertyRuns(40, 42)
  for (let run = 0; run < numRuns; run++) {
    const draw = drawFrom(seed + run)
    const world = madeWorld(draw, draw.between(30, 400), [0.6, 0.2])
    const told = toldOf(world)
    t.same(toldOf(shuffled(draw, world)), told)
    const other = programmeOf(toldMeasures(measuredWorld(world, 'other'), NOBODY_FEW))
    t.same({ ...other, programme: 'made' }, programmeOf(told))
  }
})

const between1and9 = (count: number): boolean => count > 0 && count < 10

t.test('nothing is told that fewer than ten make up', async (t) => {
  const { numRuns, seed } = propertyRuns(300, 43)
  const seen = { errors: 0, tenths: 0, groups: 0, headcount: 0, points: 0 }
  for (let run = 0; run < numRuns; run++) {
    const draw = drawFrom(seed + run)
    const world = madeWorld(draw, draw.between(5, 160), [draw.between(0, 10) / 10, draw.between(0, 10) / 10])
    const measures = measuredWorld(world)
    const told = toldMeasures(measures, NOBODY_FEW)
    const one = programmeOf(told)
    const count = (is: (household: MadeHousehold) => boolean): number => world.filter(is).length
    const cells = [true, false].flatMap((poor) =>
      [true, false].map((selected) => count(({ welfare, outcome }) => welfare < LINE === poor && (outcome === SELECTED) === selected)),
    )
    const errors = [one.exclusionError, one.inclusionError, one.leakage, one.targetingAccuracy, one.balancedPovertyAccuracy]
    if (cells.some(between1and9)) {
      seen.errors++
      t.ok(
        [...errors, ...one.missedBy.map(({ shareOfPoor }) => shareOfPoor)].every((value) => value === null),
        `errors of ${cells.join()}`,
      )
      t.ok(
        one.fairness.every(({ groups }) => groups.every(({ rate }) => rate === null)),
        'and of groups',
      )
    }
    const behind = programmeOf(measures).behind
    one.deciles.forEach(({ coverage, shareOfBenefit }, at) => {
      const own = behind?.twentieths.slice(2 * at + 1, 2 * at + 3) ?? []
      const [all, reached, paid] = (['all', 'reached', 'paid'] as const).map((of) => own.reduce((sum, part) => sum + part[of].units, 0))
      if (between1and9(reached ?? 0) || between1and9((all ?? 0) - (reached ?? 0))) {
        seen.tenths++
        t.equal(coverage, null)
      }
      if (between1and9(paid ?? 0)) t.equal(shareOfBenefit, null)
    })
    one.fairness[0]?.groups.forEach(({ rate, tooSmall }, group) => {
      const missed = count((own) => own.welfare < LINE && own.group === group && own.outcome !== SELECTED)
      if (!between1and9(missed)) return
      seen.groups++
      t.same([rate, tooSmall], [null, true])
    })
    const { poor, known } = measures.behind ?? { poor: { units: 0 }, known: { units: 0 } }
    if (between1and9(poor.units) || between1and9(known.units - poor.units)) {
      seen.headcount++
      t.same(told.poverty, {
        headcount: null,
        povertyGap: null,
        severity: null,
        watts: null,
        shortfall: { households: null, amount: null },
      })
    }
    const points = one.concentration.flatMap(({ amount }, at) => (amount === null ? [] : [at]))
    points.slice(1).forEach((at, place) => {
      seen.points++
      const paid = behind?.twentieths.slice((points[place] as number) + 1, at + 1).reduce((sum, part) => sum + part.paid.units, 0) ?? 0
      t.notOk(between1and9(paid), `${paid} between two points of the curve`)
    })
  }
  for (const [name, count] of Object.entries(seen)) t.ok(count > 20, `${name}: ${count}`)
})

t.test('an amount that one household makes up is in no share', async (t) => {
  const world = madeWorld(drawFrom(44), 400, [0.5, 0.5])
  t.type(programmeOf(toldOf(world)).coadyGroshHoddinott, 'number')
  const rich = world.findIndex(({ outcome }) => outcome === SELECTED)
  const one = programmeOf(toldOf(world.map((own, at) => (at === rich ? { ...own, amount: 1e9 } : own))))
  t.same(
    [one.coadyGroshHoddinott, one.concentrationIndex, ...one.concentration.map(({ amount }) => amount)].filter((value) => value !== null),
    [],
  )
  t.ok(one.deciles.every(({ shareOfBenefit }) => shareOfBenefit === null))
})

t.test('of large worlds what is told is near to what is so, and adds up to it', async (t) => {
  const world = madeWorld(drawFrom(45), 20_000, [0.6, 0.2])
  const [exact, told] = [withoutBehind(measuredWorld(world)), toldOf(world)]
  const near = (path: string, was: unknown, is: unknown): void => {
    // Counts and money are told by as much of themselves, shares and indices by so many hundredths.
    if (typeof was === 'number')
      t.ok(typeof is === 'number' && Math.abs(was - is) < 0.012 * Math.max(1, Math.abs(was)), `${path}: ${was} told as ${String(is)}`)
    else if (typeof was === 'object' && was !== null)
      for (const [key, value] of Object.entries(was)) near(`${path}/${key}`, value, (is as typeof was)[key as never])
    else t.equal(is, was, path)
  }
  near('', exact, told)
})

t.test('results that were stored without what stands behind them are told to three places, as they were', async (t) => {
  const measures = withoutBehind(measuredWorld(madeWorld(drawFrom(46), 60, [0.5, 0.3])))
  const [was, told] = [programmeOf(measures), programmeOf(toldMeasures(measures, NOBODY_FEW))]
  t.equal(told.coverage, Math.round((was.coverage ?? 0) * 1000) / 1000)
  t.equal(told.exclusionError, Math.round((was.exclusionError ?? 0) * 1000) / 1000)
})
