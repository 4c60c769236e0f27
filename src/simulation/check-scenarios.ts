/** All scenarios of a request held against a baseline: compiled, or everything that is wrong with them. */
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { factsNamed } from '../programmes/facts-read.ts'
import type { Bundle } from '../programmes/bundle.ts'
import type { NumberedText } from '../programmes/compile-bundle.ts'
import { changedFacts, needsAssembly, notFromFacts } from './changed-facts.ts'
import type { Scenario } from './scenario-schema.ts'
import { scenarioTexts, type ScenarioTexts } from './scenario-texts.ts'

export interface CheckRequest {
  readonly texts: readonly NumberedText[]
  readonly scenarios: readonly Scenario[]
  /** Day number. */
  readonly asOf: number
  /** Facts that the snapshot holds, and the versions that assembled it. */
  readonly facts: ReadonlySet<string>
  readonly assembledBy: Bundle
}

export interface CheckedScenarios {
  readonly scenarios: readonly ScenarioTexts[]
  /** Pointers lead into the request. */
  readonly errors: readonly Diagnostic[]
}

const ERRORS_TOLD = 100

export function checkScenarios({ texts, scenarios, asOf, facts, assembledBy }: CheckRequest): CheckedScenarios {
  const errors: Diagnostic[] = []
  const compiled: ScenarioTexts[] = []
  const names = new Set<string>()
  scenarios.forEach((scenario, index) => {
    const pointer = `/scenarios/${index}`
    if (names.has(scenario.name))
      errors.push({ code: 'scenario-name-twice', pointer: `${pointer}/name`, message: 'two scenarios have one name', severity: 'error' })
    names.add(scenario.name)
    const answer = scenarioTexts(texts, scenario, asOf, pointer)
    if (!answer.ok) return void errors.push(...answer.errors)
    const absent = factsAbsent(answer.bundle, facts)
    if (absent.length > 0)
      errors.push({
        code: 'fact-not-in-snapshot',
        pointer,
        message: `the snapshot does not hold ${absent.join(', ')}`,
        expected: 'facts that the versions of the run read',
        hint: 'Run the nation once with versions in force that read the fact, and simulate on that run.',
        severity: 'error',
      })
    const unread = notFromFacts(changedFacts(assembledBy, answer.bundle, facts))
    if (unread.length > 0) errors.push(needsAssembly(unread, pointer))
    compiled.push(answer)
  })
  return { scenarios: compiled, errors: errors.slice(0, ERRORS_TOLD) }
}

/** Facts that are read and were not assembled; computed ones are made of others. */
export function factsAbsent(bundle: Bundle, facts: ReadonlySet<string>): string[] {
  return [...factsNamed(bundle)].filter((id) => {
    const kind = bundle.catalogue.facts.get(id)?.definition.kind
    return kind !== 'computed' && kind !== 'programmeStatus' && !facts.has(id)
  })
}
