/** A stored determination told in one language: rendered when it is read, from stored facts, versions and trace. */
import { problem } from '../kernel/problem.ts'
import { explainScore } from '../language/formula/explain.ts'
import type { Language } from '../language/messages.ts'
import { explain } from '../language/rule/explain.ts'
import { programmeOf } from '../programmes/bundle.ts'
import { determine } from './determine.ts'
import { isToldTo, judgedUnit, statusesOf } from './judged-unit.ts'
import type { JudgedUnit } from './judged-unit.ts'
import { notices, noticesFor, outcomeWords } from './notices.ts'
import { provenanceOf } from './provenance.ts'
import type { Recalled } from './recall.ts'
import { contributionsOf } from './score.ts'
import { readerOf } from './visible-facts.ts'

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
    asOf: stored.asOf,
    language,
    programme: { id: stored.programme, name: names[language], agency, rule: body.rule, formula: body.formula },
    personRef: stored.personRef,
    reader,
    outcome: body.outcome,
    outcomeText: outcomeWords[body.outcome][language],
    ...(isToldTo(unit, reader) ? tell(recalled, unit, language) : { withheld: notices.otherMember[language], rule: null, score: null }),
    notices: noticesFor(body.outcome, illustrative).map((words) => words[language]),
  }
}

function tell({ assembled, bundle, body }: Recalled, unit: JudgedUnit, language: Language) {
  const provenance = provenanceOf(bundle.catalogue, assembled)
  const { compiled, household, isVisible } = unit
  const input = { ...unit.input(language), provenance }
  const { formula } = compiled
  return {
    withheld: null,
    // Where the two engines disagreed neither is told: a person looks at the case.
    rule: body.outcome === 'withheld' ? null : explain(input, language),
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
