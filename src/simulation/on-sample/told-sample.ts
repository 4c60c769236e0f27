/** What may be told of figures that rest on the rows of a sample: none that rests on fewer than ten, unless exact results are permitted. */
import { LEAST_UNITS } from '../../access/disclosure/cell-noise.ts'
import type { Words } from '../../language/fact-space.ts'
import { disclosedCount, disclosedMeasures } from '../disclose.ts'
import { SYNTHETIC_STAMP } from '../reference/synthetic-stamp.ts'
import type { CutOff, CutOffErrors, FormulaCutOffs } from './errors-at-cut-offs.ts'
import type { SampleMeasures } from './measure-sample.ts'
import type { SampleOutcome } from './on-sample.ts'
import type { SampleErrors, SampleMoved, SampleProgramme } from './measure-sample-programme.ts'

export interface ToldMoved {
  /** Null where it is suppressed. */
  readonly rows: number | null
  readonly households: number | null
}

export type ToldSampleProgramme = Omit<SampleProgramme, 'rows' | 'selected' | 'spent' | 'entrants' | 'leavers' | 'deciles'> & {
  readonly rows: { readonly [K in keyof SampleProgramme['rows']]: number | null }
  readonly selected: number | null
  readonly spent: number | null
  readonly deciles: readonly (Omit<SampleProgramme['deciles'][number], 'rows'> & { readonly rows: number | null })[]
  readonly entrants?: ToldMoved
  readonly leavers?: ToldMoved
}
export type ToldCutOff = Omit<CutOff, 'rows' | 'poorRows'> & { readonly rows: number | null; readonly poorRows: number | null }
export interface ToldFormulaCutOffs {
  readonly formula: string
  readonly rows: { readonly [K in keyof FormulaCutOffs['rows']]: number | null }
  readonly cutOffs: readonly ToldCutOff[]
}
export type ToldSampleMeasures = Omit<SampleMeasures, 'programmes' | 'formulas'> & {
  readonly programmes: readonly ToldSampleProgramme[]
  readonly formulas: readonly ToldFormulaCutOffs[]
}

export function toldSampleMeasures(measures: SampleMeasures, exact: boolean): ToldSampleMeasures {
  if (exact) return measures
  const { persons, households, programmes, formulas, unknownFacts } = measures
  return {
    persons: disclosedMeasures(persons),
    households: disclosedMeasures(households),
    programmes: programmes.map(toldProgramme),
    formulas: formulas.map(toldFormula),
    unknownFacts,
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
    households: toldErrors(one.households, rows),
    persons: toldErrors(one.persons, rows),
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
      households: toldCutOff(one.households, one, rows.poor),
      persons: toldCutOff(one.persons, one, rows.poor),
    })),
  }
}

/** Shares that few poor rows, or few others, are the numerator of are told of nobody. */
function toldCutOff(errors: CutOffErrors, { rows, poorRows }: CutOff, poor: number): CutOffErrors {
  const { coverage, inclusionError, exclusionError, leakage } = disclosedMeasures(errors)
  const hidesOthers = isFew(poorRows) || isFew(rows - poorRows)
  return {
    coverage,
    inclusionError: hidesOthers ? null : inclusionError,
    exclusionError: isFew(poorRows) || isFew(poor) ? null : exclusionError,
    leakage: hidesOthers || isFew(poor) ? null : leakage,
  }
}

/** Some, and too few of them. */
const isFew = (rows: number): boolean => rows > 0 && rows < LEAST_UNITS

/** A share of few rows, or one whose numerator they are, is told of nobody. */
function toldErrors(errors: SampleErrors, { known, poor, selected }: SampleProgramme['rows']): SampleErrors {
  const { missedBy, ...shares } = disclosedMeasures(errors)
  const hides = (...counts: number[]): boolean => counts.some(isFew)
  return {
    coverage: hides(known, selected) ? null : shares.coverage,
    inclusionError: hides(selected) ? null : shares.inclusionError,
    exclusionError: hides(poor) ? null : shares.exclusionError,
    leakage: hides(poor, selected) ? null : shares.leakage,
    targetingAccuracy: hides(known, poor, selected) ? null : shares.targetingAccuracy,
    balancedPovertyAccuracy: hides(poor, selected) ? null : shares.balancedPovertyAccuracy,
    missedBy: missedBy.map(({ outcome, shareOfPoor }) => ({ outcome, shareOfPoor: hides(poor) ? null : shareOfPoor })),
  }
}

const toldMoved = ({ rows, households }: SampleMoved): ToldMoved => ({
  rows: disclosedCount(rows),
  households: isFew(rows) ? null : disclosedCount(households),
})

export type ToldSample = Omit<SampleOutcome, 'households' | 'withoutWelfare' | 'withoutSize'> & {
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
    before: disclosedMeasures(about.before),
  }
}
