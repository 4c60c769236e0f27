/** A stored determination told in one language: rendered when it is read, from stored facts, versions and trace. */
import { problem } from '../kernel/problem.ts'
import { explainScore } from '../language/formula/explain.ts'
import type { Language } from '../language/messages.ts'
import { explain } from '../language/rule/explain.ts'
import type { AssembledHousehold } from '../households/assembled.ts'
import { type Bundle, programmeOf } from '../programmes/bundle.ts'
import { determine, type DeterminedOutcome } from './determine.ts'
import { isToldTo, judgedUnit, statusesOf } from './judged-unit.ts'
import type { JudgedUnit } from './judged-unit.ts'
import { notices, noticesFor, outcomeWords, reasonWords } from './notices.ts'
import { provenanceOf } from './provenance.ts'
import type { Recalled } from './recall.ts'
import { contributionsOf } from './score.ts'
import { standingBy } from './standing.ts'
import { type Reader, readerOf } from './visible-facts.ts'

export type DeterminationExplanation = Awaited<ReturnType<typeof explainDetermination>>

/** `readerRef` is the person who will read it: only that person's own values and the household's are told. */
export async function explainDetermination(recalled: Recalled, readerRef: number, language: Language) {
  const { stored, body, bundle, assembled } = recalled
  const compiled = programmeOf(bundle, stored.programme)
  const reader = readerOf(assembled, readerRef)
  if (!reader) throw problem('reader-not-member')
  // The statuses that the rule read are not stored apart: the same facts and versions give them again.
  const statuses = statusesOf((await determine(bundle, assembled)).units)
  const unit = compiled && judgedUnit(bundle, compiled, assembled, body, { reader, statuses })
  if (!compiled || !unit) throw problem('replay-not-possible', { detail: 'the trace does not belong to the stored rule' })
  const { names, agency } = compiled.programme.source
  const illustrative = compiled.rule.source.illustrative || compiled.formula?.formula.illustrative === true
  return {
    determination: stored.id,
    determinedAt: stored.createdAt,
    reason: stored.reason,
    reasonText: reasonWords[stored.reason][language],
    asOf: stored.asOf,
    language,
    programme: { id: stored.programme, name: names[language], agency, rule: body.rule, formula: body.formula },
    personRef: stored.personRef,
    reader,
    outcome: body.outcome,
    outcomeText: outcomeWords[body.outcome][language],
    ...tellUnit({ bundle, assembled, reader, outcome: body.outcome }, unit, language),
    notices: noticesFor(body.outcome, illustrative).map((words) => words[language]),
  }
}

interface Told {
  readonly bundle: Bundle
  readonly assembled: AssembledHousehold
  readonly reader: Reader | null
  readonly outcome: DeterminedOutcome
}

/** Rule and score of a judged unit in one language, or why this reader is told nothing. */
export function tellUnit({ assembled, bundle, reader, outcome }: Told, unit: JudgedUnit, language: Language) {
  if (!isToldTo(unit, reader)) return { withheld: notices.otherMember[language], rule: null, score: null }
  const { compiled, household, isVisible } = unit
  const provenance = provenanceOf(bundle.catalogue, assembled, standingBy(assembled, compiled.formula))
  const input = { ...unit.input(language), provenance }
  const { formula } = compiled
  return {
    withheld: null,
    // Where the two engines disagreed neither is told: a person looks at the case.
    rule: outcome === 'withheld' ? null : explain(input, language),
    score:
      formula === null
        ? null
        : explainScore(
            {
              formula: formula.formula,
              values: household,
              contributions: contributionsOf(formula, household),
              provenance,
              isVisible,
              ...(input.unknownInputs ? { unknownInputs: input.unknownInputs } : {}),
              ...(input.labelOf ? { labelOf: input.labelOf } : {}),
            },
            language,
          ),
  }
}
