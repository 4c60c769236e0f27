/** One judged unit made ready for words: its values, trace and what the reader may see of them. */
import type { AssembledHousehold, AssembledMember } from '../households/assembled.ts'
import type { FactValues } from '../language/fact-space.ts'
import type { ExplainInput } from '../language/rule/explain.ts'
import type { Language } from '../language/messages.ts'
import { outcomeOf } from '../language/rule/outcome.ts'
import { maskedTrace, traceOf } from '../language/rule/trace.ts'
import type { Truth } from '../kernel/truth.ts'
import type { Bundle, CompiledProgramme } from '../programmes/bundle.ts'
import { computedValues, personValues } from './computed-facts.ts'
import type { ProgrammeStatus } from './computed-facts.ts'
import type { UnitOutcome } from './determine.ts'
import { type Eyes, eyesOf, type Viewer } from './eyes/eyes.ts'
import { maskedHousehold, maskedValues } from './eyes/masked.ts'
import { seesScore, type Withheld, withheldFrom } from './eyes/withheld.ts'
import { missingFacts } from '../language/rule/missing.ts'
import { unknownInputs } from './missing-inputs.ts'
import { rankProvenance, standingBy } from './standing.ts'
import type { Reader } from './visible-facts.ts'
import { visibleFacts } from './visible-facts.ts'

export interface JudgedUnit {
  readonly compiled: CompiledProgramme
  /** The household's values with score and statuses: with nothing withheld, for scores that may be told. */
  readonly household: FactValues
  /** The household as the organisation may know it. */
  readonly assembled: AssembledHousehold
  readonly eyes: Eyes
  /** Whether points, ranks and what follows from them may be told. */
  readonly seesScore: boolean
  /** What the organisation is told that it is not told. */
  readonly withheld: readonly Withheld[]
  /** Truth of each node as far as it may be told. */
  readonly trace: Uint8Array
  /** Facts that would settle an undetermined outcome, as far as it may be told. */
  readonly missing: () => readonly string[]
  readonly member: AssembledMember | null
  readonly isVisible: (factId: string) => boolean
  readonly input: (language: Language) => ExplainInput
}

/** To whom a unit is told. */
export interface Audience {
  /** The person who will read it. */
  readonly reader: Reader | null
  /** The organisation that asks, or the person itself. */
  readonly viewer: Viewer
  /** How the unit was come by; asked for unless said otherwise. */
  readonly rows?: 'asked' | 'listed'
  readonly statuses: ReadonlyMap<string, ProgrammeStatus>
}

/** Null when the trace does not belong to the rule: whoever asks says that it cannot be explained. */
export function judgedUnit(
  bundle: Bundle,
  compiled: CompiledProgramme,
  assembled: AssembledHousehold,
  unit: Pick<UnitOutcome, 'personRef' | 'trace' | 'score'>,
  { reader, statuses, viewer, rows = 'asked' }: Audience,
): JudgedUnit | null {
  const { catalogue, definitions } = bundle
  const { condition } = compiled.rule
  const stored = traceOf(condition, unit.trace)
  if (!stored || (unit.personRef !== null && !assembled.members.some(({ personRef }) => personRef === unit.personRef))) return null
  const eyes = eyesOf(viewer, catalogue, compiled.id, rows)
  const isWithheld = (id: string): boolean => !eyes.sees(id)
  const isMasked = eyes.withheld.size > 0
  const shown = maskedHousehold(catalogue, assembled, eyes)
  const trace = isMasked ? maskedTrace(condition, stored, isWithheld) : stored
  const member = shown.members.find(({ personRef }) => personRef === unit.personRef) ?? null
  const standing = standingBy(assembled, compiled.formula)
  const household = computedValues(catalogue, assembled.household, unit.score, statuses, standing)
  const seen = isMasked ? maskedValues(catalogue.household, household, eyes.withheld) : household
  const values = member ? personValues(member.facts, seen) : seen
  const belongs = visibleFacts(catalogue, reader, member, assembled.sheltered)
  const isVisible = (id: string): boolean => eyes.sees(id) && belongs(id)
  const unknown = (id: string): readonly string[] => {
    const found = unknownInputs(catalogue, compiled.formula, { household: seen, member, members: shown.members }, id)
    const open = isMasked ? found.filter(eyes.sees) : found
    return open.length > 0 ? open : [id]
  }
  const input = (language: Language): ExplainInput => ({
    condition,
    trace,
    values,
    definitions,
    ...(isMasked ? { isWithheld, outcome: outcomeOf(stored[condition.root.id] as Truth) } : {}),
    // A place in a run is said to be one also where sources are not told.
    ...(standing ? { provenance: (id: string) => rankProvenance(catalogue, standing, id) } : {}),
    isVisible,
    isCorrectable: (id) => catalogue.facts.get(id)?.correctable === true,
    unknownInputs: unknown,
    labelOf: (id) => catalogue.facts.get(id)?.label[language],
  })
  return {
    compiled,
    household,
    assembled: shown,
    eyes,
    seesScore: seesScore(catalogue, eyes, compiled),
    withheld: withheldFrom(catalogue, eyes, compiled),
    trace,
    missing: () => missingFacts(condition, trace, values, unknown).filter(eyes.sees),
    member,
    isVisible,
    input,
  }
}

/** A member's own outcome is told to that member, a child's to its parents; the household's to every member. */
export function isToldTo({ member, isVisible, compiled }: JudgedUnit, reader: Reader | null): boolean {
  if (!member || member.personRef === reader?.personRef) return true
  const first = compiled.rule.condition.space.types[0] // a person's fact: they stand before the household's
  return first !== undefined && isVisible(first.id)
}

/** Statuses as the programmes that come later read them. */
export function statusesOf(units: readonly Pick<UnitOutcome, 'programme' | 'outcome'>[]): Map<string, ProgrammeStatus> {
  const rank = { ineligible: 0, undetermined: 1, eligible: 2 } as const
  const statuses = new Map<string, ProgrammeStatus>()
  for (const { programme, outcome } of units) {
    const known = statuses.get(programme)
    if (outcome === 'withheld' || known === null) statuses.set(programme, null)
    else if (known === undefined || rank[outcome] > rank[known]) statuses.set(programme, outcome)
  }
  return statuses
}
