/** What the online judge and the interpreter say of every unit, one at a time, held against the columns of a bulk run. */
import { computedValues, personValues } from '../../../src/determinations/computed-facts.ts'
import { statusesOf } from '../../../src/determinations/judged-unit.ts'
import { bulkOf, scoredFormulas } from '../../../src/determinations/bulk/bulk-bundle.ts'
import { NO_AREA, NO_TIER } from '../../../src/determinations/bulk/nation.ts'
import type { NationColumns, NationRanks, NationScores } from '../../../src/determinations/bulk/nation.ts'
import { judge } from '../../../src/determinations/determine.ts'
import type { UnitOutcome } from '../../../src/determinations/determine.ts'
import type { AssembledHousehold } from '../../../src/households/assembled.ts'
import { FALSE, TRUE } from '../../../src/kernel/truth.ts'
import { interpret } from '../../../src/language/condition/interpret.ts'
import type { FactSpace, FactValues } from '../../../src/language/fact-space.ts'
import type { Bundle, CompiledProgramme } from '../../../src/programmes/bundle.ts'
import type { RandomNation } from './random-nation.ts'

export interface BulkRun {
  readonly scores: NationScores
  readonly columns: NationColumns
  readonly ranks: NationRanks | null
}

export interface Comparison {
  readonly differences: string[]
  units: number
  truths: [number, number, number]
  tiers: number
  unknownBenefits: number
  /** Households without a point score. */
  pointless: number
}

export function compareWithOnline(bundle: Bundle, { households }: RandomNation, run: BulkRun): Comparison {
  const found: Comparison = { differences: [], units: 0, truths: [0, 0, 0], tiers: 0, unknownBenefits: 0, pointless: 0 }
  households.forEach((assembled, row) => {
    const units = judgeRanked(bundle, assembled, run.ranks, row)
    bundle.programmes.forEach((compiled, place) => {
      const own = units.filter(({ programme }) => programme === compiled.id)
      const members = compiled.programme.source.unit === 'person' ? assembled.members.length : 1
      if (own.length !== members) found.differences.push(`${row}: ${own.length} units of ${compiled.id}`)
      for (const unit of own) compareUnit({ bundle, assembled, row, units, run }, compiled, place, unit, found)
    })
    if (units.some(({ score }) => score?.point === null)) found.pointless++
  })
  return found
}

interface JudgedHousehold {
  readonly bundle: Bundle
  readonly assembled: AssembledHousehold
  readonly row: number
  readonly units: readonly UnitOutcome[]
  readonly run: BulkRun
}

function compareUnit(judged: JudgedHousehold, compiled: CompiledProgramme, place: number, unit: UnitOutcome, into: Comparison): void {
  const { bundle, assembled, row, units, run } = judged
  const column = run.columns[place] as NationColumns[number]
  const formula = compiled.formula ? scoredFormulas(bundle).indexOf(compiled.formula) : -1
  const score = run.scores[formula]
  const at = unit.personRef ?? row
  const earlier = bundle.programmes.slice(0, place).map(({ id }) => id)
  const statuses = statusesOf(units.filter(({ programme }) => earlier.includes(programme)))
  // A programme of persons has no units in a household without members.
  for (const id of earlier) if (!statuses.has(id)) statuses.set(id, 'ineligible')
  const ranked = withRanks(bundle, assembled, run.ranks?.[formula], row)
  const household = computedValues(bundle.catalogue, ranked.household, unit.score, statuses)
  const member = assembled.members.find(({ personRef }) => personRef === unit.personRef)
  const said = expected(compiled, member ? personValues(member.facts, household) : household)
  const targeting = isOut(bundle, place, unit) ? [NaN, NO_TIER, said[2] ?? null, ...said.slice(3).fill(NaN)] : said
  const wanted = [unit.truth, unit.score ? (unit.score.point ?? NaN) : undefined, unit.score?.lo, unit.score?.hi, ...targeting]
  const { truth, benefit, tier, area, orderFacts } = column
  const found = [truth[at], score?.point[row], score?.lo[row], score?.hi[row], benefit[at], tier[at], area?.[at] ?? null]
  found.push(...orderFacts.map((values) => values[at]))
  if (wanted.length !== found.length || !wanted.every((value, i) => Object.is(value, found[i])))
    into.differences.push(`${compiled.id}, household ${row}, unit ${at}: ${found.join(' ')} and not ${wanted.join(' ')}`)
  into.units++
  into.truths[unit.truth]++
  if (targeting[1] !== NO_TIER) into.tiers++
  if (Number.isNaN(targeting[0])) into.unknownBenefits++
}

/** The online judge, whose household has one rank: asked once for each formula with that formula's ranks. */
function judgeRanked(bundle: Bundle, assembled: AssembledHousehold, ranks: NationRanks | null, row: number): UnitOutcome[] {
  const formulas = scoredFormulas(bundle)
  if (!ranks) return judge(bundle, assembled, new Set())
  return [...new Set(bundle.programmes.map(({ formula }) => formula))].flatMap((formula) => {
    const own = new Set(bundle.programmes.filter((one) => one.formula === formula).map(({ id }) => id))
    const standing = formula ? ranks[formulas.indexOf(formula)] : null
    return judge(bundle, withRanks(bundle, assembled, standing, row), new Set()).filter(({ programme }) => own.has(programme))
  })
}

function withRanks(
  { catalogue }: Bundle,
  assembled: AssembledHousehold,
  ranks: NationRanks[number] | undefined,
  row: number,
): AssembledHousehold {
  if (!ranks) return assembled
  const household: FactValues = { lo: assembled.household.lo.slice(), hi: assembled.household.hi.slice() }
  for (const [id, rank] of [
    ['welfareRank', ranks.rank[row]],
    ['welfarePercentile', ranks.percentile[row]],
  ] as const) {
    const slot = catalogue.household.slot(id) as number
    household.lo[slot] = rank ? rank : -Infinity
    household.hi[slot] = rank ? rank : Infinity
  }
  return { ...assembled, household }
}

/** Of persons who are out, only that and their area are said, where a rule has a condition of their own facts. */
const isOut = (bundle: Bundle, place: number, { truth }: UnitOutcome): boolean =>
  Boolean(bulkOf(bundle).programmes[place]?.gate) && truth === FALSE

/** Benefit, tier, area and the order's facts, by the interpreter. */
function expected({ programme }: CompiledProgramme, values: FactValues): (number | null)[] {
  const { benefit, targeting } = programme.source
  const tier = programme.tiers.findIndex(({ condition }) => interpret(condition, values) === TRUE)
  return [
    knownAt(programme.space, values, benefit.fact, NaN),
    tier < 0 ? NO_TIER : tier,
    targeting.quotas ? knownAt(programme.space, values, targeting.quotas.by, NO_AREA) : null,
    ...targeting.order.flatMap((key) => (key.by === 'fact' ? [knownAt(programme.space, values, key.fact, NaN)] : [])),
  ]
}

function knownAt(space: FactSpace, values: FactValues, fact: string, unknown: number): number {
  const slot = space.slot(fact) as number
  return values.lo[slot] === values.hi[slot] ? (values.lo[slot] as number) : unknown
}
