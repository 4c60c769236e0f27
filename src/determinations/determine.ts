/** One household for all programmes: score, rules in order of dependence, second opinion, outcome. Pure but for the second engine. */
import type { Truth } from '../kernel/truth.ts'
import { UNKNOWN } from '../kernel/truth.ts'
import type { AssembledHousehold, AssembledMember } from '../households/assembled.ts'
import type { FactValues } from '../language/fact-space.ts'
import { outcomeOf } from '../language/rule/outcome.ts'
import { newTrace, traceText } from '../language/rule/trace.ts'
import type { Bundle, CompiledFormula, CompiledProgramme } from '../programmes/bundle.ts'
import { computedValues, personValues, setComputed } from './computed-facts.ts'
import { standingBy } from './standing.ts'
import type { ProgrammeStatus } from './computed-facts.ts'
import { missingOf } from './missing-inputs.ts'
import { scoreOf } from './score.ts'
import type { ScoreOutcome } from './score.ts'
import { readPerson, workspaceFor } from './workspace.ts'

export type DeterminedOutcome = 'eligible' | 'ineligible' | 'undetermined' | 'withheld'

/** The outcome of one programme for the household, or for one member of a programme that is judged per person. */
export interface UnitOutcome {
  readonly programme: string
  readonly personRef: number | null
  readonly outcome: DeterminedOutcome
  /** What each engine said; they differ only when the outcome is withheld. */
  readonly truth: Truth
  readonly opinion: Truth | null
  readonly trace: string
  /** Facts that would settle an undetermined outcome, derived ones expanded to their unknown inputs. */
  readonly missing: readonly string[]
  readonly score: ScoreOutcome | null
}

export interface Determined {
  readonly units: readonly UnitOutcome[]
  /** Programmes over whose rule the two engines disagreed: an alarm. */
  readonly disagreements: readonly string[]
}

export async function determine(bundle: Bundle, assembled: AssembledHousehold): Promise<Determined> {
  const withheld = new Set<string>()
  for (;;) {
    const units = judge(bundle, assembled, withheld)
    const opinions = await secondOpinions(bundle, assembled, units, withheld)
    const disagreeing = units.filter((unit) => opinions.get(keyOf(unit)) !== unit.truth)
    const fresh = disagreeing.filter(({ programme }) => !withheld.has(programme))
    if (fresh.length === 0) {
      const final = units.map((unit): UnitOutcome => {
        const opinion = opinions.get(keyOf(unit)) ?? null
        const outcome = opinion === unit.truth ? outcomeOf(unit.truth) : 'withheld'
        return { ...unit, opinion, outcome }
      })
      return { units: final, disagreements: [...withheld] }
    }
    // Programmes that read the status of a withheld one are judged again, with that status unknown.
    for (const { programme } of fresh) withheld.add(programme)
  }
}

/** Our own engine alone: every programme in order, each with its trace; programmes that come later read the statuses of earlier ones. */
export function judge(bundle: Bundle, assembled: AssembledHousehold, withheld: ReadonlySet<string>): UnitOutcome[] {
  const scores = new Map<CompiledFormula, ScoreOutcome>()
  const statuses = new Map<string, ProgrammeStatus>()
  const units: UnitOutcome[] = []
  const space = workspaceFor(bundle, assembled.household)
  const { household } = space
  for (const compiled of bundle.programmes) {
    const score = scoreFor(compiled.formula, assembled.household, scores)
    const standing = standingBy(assembled, compiled.formula)
    setComputed(bundle.catalogue, { values: household, household: assembled.household, score, statuses, standing })
    const own = unitsOf(compiled, assembled.members).map((member) => {
      const values = member ? readPerson(space, compiled.rule.condition, member.facts) : household
      return judgeUnit(bundle, compiled, { household, values, member, members: assembled.members, score })
    })
    units.push(...own)
    statuses.set(compiled.id, withheld.has(compiled.id) ? null : summary(own))
  }
  return units
}

interface Unit {
  readonly household: FactValues
  /** What the rule reads: the household's values, behind the member's where a person is judged. */
  readonly values: FactValues
  readonly member: AssembledMember | null
  readonly members: readonly AssembledMember[]
  readonly score: ScoreOutcome | null
}

function judgeUnit(bundle: Bundle, compiled: CompiledProgramme, unit: Unit): UnitOutcome {
  const { condition } = compiled.rule
  const { values } = unit
  const trace = newTrace(condition)
  const truth = compiled.evaluate(values.lo, values.hi, trace)
  const missing = truth === UNKNOWN ? missingOf(bundle, compiled, { ...unit, trace }) : []
  const { id } = compiled
  return {
    programme: id,
    personRef: unit.member?.personRef ?? null,
    outcome: outcomeOf(truth),
    truth,
    opinion: null,
    trace: traceText(trace),
    missing,
    score: unit.score,
  }
}

/** The second engine's truth by unit; an engine that fails has no opinion, which is a disagreement. */
async function secondOpinions(
  bundle: Bundle,
  assembled: AssembledHousehold,
  units: readonly UnitOutcome[],
  withheld: ReadonlySet<string>,
): Promise<Map<string, Truth | null>> {
  const statuses = new Map<string, ProgrammeStatus>(
    bundle.programmes.map(({ id }) => [id, withheld.has(id) ? null : summary(units.filter(({ programme }) => programme === id))]),
  )
  const scores = new Map<CompiledFormula, ScoreOutcome>()
  const opinions = new Map<string, Truth | null>()
  for (const group of bundle.opinions) {
    const score = scoreFor(group.formula, assembled.household, scores)
    const standing = standingBy(assembled, group.formula)
    const household = computedValues(bundle.catalogue, assembled.household, score, statuses, standing)
    for (const member of group.unit === 'person' ? assembled.members : [null]) {
      const found = await group.ask(member ? personValues(member.facts, household) : household).catch(() => null)
      for (const programme of group.programmes) {
        opinions.set(keyOf({ programme, personRef: member?.personRef ?? null }), found?.get(programme) ?? null)
      }
    }
  }
  return opinions
}

function scoreFor(formula: CompiledFormula | null, household: FactValues, scores: Map<CompiledFormula, ScoreOutcome>): ScoreOutcome | null {
  if (!formula) return null
  const score = scores.get(formula) ?? scoreOf(formula, household)
  scores.set(formula, score)
  return score
}

const unitsOf = ({ programme }: CompiledProgramme, members: readonly AssembledMember[]): readonly (AssembledMember | null)[] =>
  programme.source.unit === 'person' ? members : [null]

const keyOf = ({ programme, personRef }: Pick<UnitOutcome, 'programme' | 'personRef'>): string => `${programme} ${personRef ?? ''}`

/** The household's status in a programme that judges persons: eligible if somebody is, ineligible if nobody is. */
function summary(units: readonly UnitOutcome[]): ProgrammeStatus {
  const truth = units.reduce<Truth>((most, unit) => (unit.truth > most ? unit.truth : most), 0)
  return outcomeOf(truth)
}
