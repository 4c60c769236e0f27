/** What is stored of a determination and must come out of a replay byte for byte. */
import { isoOfDay } from '../kernel/date.ts'
import type { Truth } from '../kernel/truth.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { programmeOf } from '../programmes/bundle.ts'
import type { DeterminedOutcome, UnitOutcome } from './determine.ts'
import type { ScoreOutcome } from './score.ts'

interface Used {
  readonly id: string
  readonly version: number
  readonly hash: string
}

export interface DeterminationBody {
  readonly programme: Used
  readonly rule: Used
  readonly formula: Used | null
  readonly versionSet: string
  readonly factsHash: string
  readonly asOf: string
  readonly personRef: number | null
  readonly outcome: DeterminedOutcome
  readonly truth: Truth
  readonly opinion: Truth | null
  readonly trace: string
  readonly missing: readonly string[]
  readonly score: ScoreOutcome | null
}

export function determinationBody(
  bundle: Bundle,
  { asOf, factsHash }: { readonly asOf: number; readonly factsHash: string },
  unit: UnitOutcome,
): string {
  const compiled = programmeOf(bundle, unit.programme)
  if (!compiled) throw new Error(`${unit.programme} is not in the bundle it was determined with`)
  const { personRef, outcome, truth, opinion, trace, missing, score } = unit
  // Keys in their order, so that the text is canonical as it stands (a test holds it to that): sorting again costs as much as judging.
  const body: DeterminationBody = {
    asOf: isoOfDay(asOf),
    factsHash,
    formula: compiled.formula ? used(compiled.formula.ref) : null,
    missing,
    opinion,
    outcome,
    personRef,
    programme: used(compiled.ref),
    rule: used(compiled.ruleRef),
    score: score && { formula: score.formula, hi: score.hi, lo: score.lo, point: score.point, version: score.version },
    trace,
    truth,
    versionSet: bundle.hash,
  }
  return JSON.stringify(body)
}

const used = ({ id, version, hash }: Used): Used => ({ hash, id, version })
