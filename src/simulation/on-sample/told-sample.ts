/** What may be told of figures that rest on the rows of a sample: none that rests on fewer than ten, unless exact results are permitted. */
import { LEAST_UNITS } from '../../access/disclosure/cell-noise.ts'
import type { Words } from '../../language/fact-space.ts'
import { disclosedCount, disclosedMeasures } from '../disclose.ts'
import { SYNTHETIC_STAMP } from '../reference/synthetic-stamp.ts'
import type { CutOff, CutOffErrors, FormulaCutOffs } from './errors-at-cut-offs.ts'
import type { SampleMeasures, SampleWelfare } from './measure-sample.ts'
import type { SampleOutcome } from './on-sample.ts'
import type { SampleErrors, SampleMoved, SampleProgramme } from './measure-sample-programme.ts'

export interface ToldMoved {
  /** Null where it is suppressed. */
  readonly rows: number | null
  readonly households: number | null
}

type ToldRows<T> = { readonly [K in keyof T]: number | null }
export type ToldWelfare = Omit<SampleWelfare, 'rows'> & { readonly rows: ToldRows<SampleWelfare['rows']> }
export type ToldErrors = Omit<SampleErrors, 'rows' | 'missedBy'> & {
  readonly rows: ToldRows<SampleErrors['rows']>
  readonly missedBy: readonly { readonly outcome: string; readonly rows: number | null; readonly shareOfPoor: number | null }[]
}
export type ToldSampleProgramme = Omit<
  SampleProgramme,
  'rows' | 'selected' | 'spent' | 'entrants' | 'leavers' | 'deciles' | 'households' | 'persons'
> & {
  readonly households: ToldErrors
  readonly persons: ToldErrors
  readonly rows: ToldRows<SampleProgramme['rows']>
  readonly selected: number | null
  readonly spent: number | null
  readonly deciles: readonly (Omit<SampleProgramme['deciles'][number], 'rows'> & { readonly rows: number | null })[]
  readonly entrants?: ToldMoved
  readonly leavers?: ToldMoved
}
export type ToldCutOff = Omit<CutOff, 'rows' | 'poorRows'> & { readonly rows: number | null; readonly poorRows: number | null }
export interface ToldFormulaCutOffs {
  readonly formula: string
  readonly rows: ToldRows<FormulaCutOffs['rows']>
  readonly cutOffs: readonly ToldCutOff[]
}
export type ToldSampleMeasures = Omit<SampleMeasures, 'programmes' | 'formulas' | 'persons' | 'households'> & {
  readonly persons: ToldWelfare
  readonly households: ToldWelfare
  readonly programmes: readonly ToldSampleProgramme[]
  readonly formulas: readonly ToldFormulaCutOffs[]
}

export function toldSampleMeasures(measures: SampleMeasures, exact: boolean): ToldSampleMeasures {
  if (exact) return measures
  const { persons, households, programmes, formulas, unknownFacts } = measures
  return {
    persons: toldWelfare(persons),
    households: toldWelfare(households),
    programmes: programmes.map(toldProgramme),
    formulas: formulas.map(toldFormula),
    unknownFacts,
  }
}

/** Nothing of few rows; nothing of the poor where they are few. */
function toldWelfare({ rows, sampling, ...welfare }: SampleWelfare): ToldWelfare {
  const { poverty, inequality, lorenz } = disclosedMeasures(welfare)
  const [few, fewPoor, fewAtRisk] = [isFew(rows.known), isFew(rows.poor), isFew(rows.atRisk)]
  const unless = (isHidden: boolean, value: number | null): number | null => (few || isHidden ? null : value)
  return {
    rows: {
      known: disclosedCount(rows.known),
      poor: unless(false, disclosedCount(rows.poor)),
      atRisk: unless(false, disclosedCount(rows.atRisk)),
    },
    poverty: {
      headcount: unless(fewPoor, poverty.headcount),
      povertyGap: unless(fewPoor, poverty.povertyGap),
      severity: unless(fewPoor, poverty.severity),
    },
    ...(sampling ? { sampling: toldSampling(sampling, () => few || fewPoor) } : {}),
    inequality: {
      gini: unless(false, inequality.gini),
      s80s20: unless(false, inequality.s80s20),
      atRiskOfPoverty: unless(fewAtRisk, inequality.atRiskOfPoverty),
      medianGap: unless(fewAtRisk, inequality.medianGap),
    },
    lorenz: lorenz.map(({ population, amount }) => ({ population, amount: unless(false, amount) })),
  }
}

function toldProgramme(one: SampleProgramme): ToldSampleProgramme {
  const { rows, selected, spent, entrants, leavers, budget, places, programme, period, stoppedByBudget } = one
  const few = isFew(rows.selected)
  return {
    programme,
    period,
    stoppedByBudget,
    budget,
    places,
    rows: { known: disclosedCount(rows.known), poor: disclosedCount(rows.poor), selected: disclosedCount(rows.selected) },
    selected: few ? null : disclosedCount(selected),
    spent: few || selected === 0 ? (rows.selected === 0 ? 0 : null) : Math.round((spent / selected) * Math.round(selected / 10) * 10),
    households: toldErrors(one.households),
    persons: toldErrors(one.persons),
    coadyGroshHoddinott: few ? null : disclosedMeasures(one.coadyGroshHoddinott),
    concentrationIndex: few ? null : disclosedMeasures(one.concentrationIndex),
    concentration: one.concentration.map(({ population, amount }) => ({ population, amount: few ? null : disclosedMeasures(amount) })),
    deciles: one.deciles.map((tenth) => ({
      rows: disclosedCount(tenth.rows),
      coverage: tenth.rows < LEAST_UNITS ? null : disclosedMeasures(tenth.coverage),
      shareOfBenefit: few || tenth.rows < LEAST_UNITS ? null : disclosedMeasures(tenth.shareOfBenefit),
    })),
    ...(entrants ? { entrants: toldMoved(entrants) } : {}),
    ...(leavers ? { leavers: toldMoved(leavers) } : {}),
  }
}

/** A cut-off is somebody's score: it is told where ten rows and more are selected by it, and by none that is told before it. */
function toldFormula({ formula, rows, cutOffs }: FormulaCutOffs): ToldFormulaCutOffs {
  let before = 0
  const shown = cutOffs.filter((one) => {
    const isTold = one.rows - before >= LEAST_UNITS
    if (isTold) before = one.rows
    return isTold
  })
  return {
    formula,
    rows: {
      known: disclosedCount(rows.known),
      poor: disclosedCount(rows.poor),
      withoutScore: disclosedCount(rows.withoutScore),
    },
    cutOffs: shown.map((one) => ({
      score: one.score,
      rows: disclosedCount(one.rows),
      poorRows: disclosedCount(one.poorRows),
      households: toldCutOff(one.households, one, rows),
      persons: toldCutOff(one.persons, one, rows),
    })),
  }
}

/** Whoever knows how many are poor and how many are selected has all four cells from any one of them: few rows in one hide all errors. */
function toldCutOff(errors: CutOffErrors, { rows, poorRows }: CutOff, { known, poor }: FormulaCutOffs['rows']): CutOffErrors {
  const { coverage, inclusionError, exclusionError, leakage } = disclosedMeasures(errors)
  const others = rows - poorRows
  if ([poorRows, poor - poorRows, others, known - poor - others].some(isFew))
    return { coverage, inclusionError: null, exclusionError: null, leakage: null }
  return { coverage, inclusionError, exclusionError, leakage }
}

/** Some, and too few of them. */
const isFew = (rows: number): boolean => rows > 0 && rows < LEAST_UNITS

/** As at a cut-off; and as outcomes of the missed add up, few rows of one hide them all. */
function toldErrors({ rows, missedBy, sampling, ...errors }: SampleErrors): ToldErrors {
  const { poorSelected, poorMissed, nonPoorSelected, nonPoorLeftOut } = rows
  const shares = disclosedMeasures(errors)
  const hides = Object.values(rows).some(isFew)
  const hidesOutcomes = hides || missedBy.some((one) => isFew(one.rows))
  const unless = (isHidden: boolean, value: number | null): number | null => (isHidden ? null : value)
  const hidesCoverage = isFew(poorSelected + nonPoorSelected) || isFew(poorMissed + nonPoorLeftOut)
  return {
    rows: {
      poorSelected: disclosedCount(poorSelected),
      poorMissed: disclosedCount(poorMissed),
      nonPoorSelected: disclosedCount(nonPoorSelected),
      nonPoorLeftOut: disclosedCount(nonPoorLeftOut),
    },
    coverage: unless(hidesCoverage, shares.coverage),
    inclusionError: unless(hides, shares.inclusionError),
    exclusionError: unless(hides, shares.exclusionError),
    leakage: unless(hides, shares.leakage),
    targetingAccuracy: unless(hides, shares.targetingAccuracy),
    balancedPovertyAccuracy: unless(hides, shares.balancedPovertyAccuracy),
    ...(sampling ? { sampling: toldSampling(sampling, (name) => (name === 'coverage' ? hidesCoverage : hides)) } : {}),
    missedBy: missedBy.map((one) => ({
      outcome: one.outcome,
      rows: disclosedCount(one.rows),
      shareOfPoor: unless(hidesOutcomes, disclosedMeasures(one.shareOfPoor)),
    })),
  }
}

/** Where a figure is not told, nor is how sure it is. */
const toldSampling = <T extends object>(sampling: T, hides: (name: keyof T) => boolean): T =>
  Object.fromEntries(
    Object.entries(sampling).map(([name, error]: [string, unknown]) => [name, hides(name as keyof T) ? null : disclosedMeasures(error)]),
  ) as T

const toldMoved = ({ rows, households }: SampleMoved): ToldMoved => ({
  rows: disclosedCount(rows),
  households: isFew(rows) ? null : disclosedCount(households),
})

export type ToldSample = Omit<SampleOutcome, 'households' | 'withoutWelfare' | 'withoutSize' | 'before'> & {
  readonly before: Pick<ToldSampleMeasures, 'persons' | 'households'>
  readonly stamp: Words | null
  readonly households: number | null
  readonly withoutWelfare: number | null
  readonly withoutSize: number | null
}

/** `households`: as the simulation tells of its population. */
export function toldSample(about: SampleOutcome, households: number | null, exact: boolean): ToldSample {
  const stamp = about.synthetic ? SYNTHETIC_STAMP : null
  if (exact) return { ...about, stamp }
  return {
    ...about,
    stamp,
    households,
    withoutWelfare: disclosedCount(about.withoutWelfare),
    withoutSize: disclosedCount(about.withoutSize),
    before: { persons: toldWelfare(about.before.persons), households: toldWelfare(about.before.households) },
  }
}
