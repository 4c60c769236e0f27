/** One judged unit made ready for words: its values, trace and what the reader may see of them. */
import type { AssembledHousehold, AssembledMember } from '../households/assembled.ts'
import type { FactValues } from '../language/fact-space.ts'
import type { ExplainInput } from '../language/rule/explain.ts'
import type { Language } from '../language/messages.ts'
import { traceOf } from '../language/rule/trace.ts'
import type { Bundle, CompiledProgramme } from '../programmes/bundle.ts'
import { computedValues, personValues } from './computed-facts.ts'
import type { ProgrammeStatus } from './computed-facts.ts'
import type { UnitOutcome } from './determine.ts'
import { unknownInputs } from './missing-inputs.ts'
import { rankProvenance, standingBy } from './standing.ts'
import type { Reader } from './visible-facts.ts'
import { visibleFacts } from './visible-facts.ts'

export interface JudgedUnit {
  readonly compiled: CompiledProgramme
  /** The household's values with score and statuses. */
  readonly household: FactValues
  readonly member: AssembledMember | null
  readonly isVisible: (factId: string) => boolean
  readonly input: (language: Language) => ExplainInput
}

/** Null when the trace does not belong to the rule: whoever asks says that it cannot be explained. */
export function judgedUnit(
  bundle: Bundle,
  compiled: CompiledProgramme,
  assembled: AssembledHousehold,
  unit: Pick<UnitOutcome, 'personRef' | 'trace' | 'score'>,
  { reader, statuses }: { readonly reader: Reader | null; readonly statuses: ReadonlyMap<string, ProgrammeStatus> },
): JudgedUnit | null {
  const { catalogue, definitions } = bundle
  const { condition } = compiled.rule
  const trace = traceOf(condition, unit.trace)
  const member = assembled.members.find(({ personRef }) => personRef === unit.personRef) ?? null
  if (!trace || (unit.personRef !== null && !member)) return null
  const standing = standingBy(assembled, compiled.formula)
  const household = computedValues(catalogue, assembled.household, unit.score, statuses, standing)
  const values = member ? personValues(member.facts, household) : household
  const isVisible = visibleFacts(catalogue, reader, member, assembled.sheltered)
  const input = (language: Language): ExplainInput => ({
    condition,
    trace,
    values,
    definitions,
    // A place in a run is said to be one also where sources are not told.
    ...(standing ? { provenance: (id: string) => rankProvenance(catalogue, standing, id) } : {}),
    isVisible,
    isCorrectable: (id) => catalogue.facts.get(id)?.correctable === true,
    unknownInputs: (id) => unknownInputs(catalogue, compiled.formula, { household, member, members: assembled.members }, id),
    labelOf: (id) => catalogue.facts.get(id)?.label[language],
  })
  return { compiled, household, member, isVisible, input }
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
