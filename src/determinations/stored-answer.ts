/** A stored determination as it is answered to an organisation. */
import { programmeOf } from '../programmes/bundle.ts'
import { traceText } from '../language/rule/trace.ts'
import type { Viewer } from './eyes/eyes.ts'
import { judgedUnit } from './judged-unit.ts'
import { outcomeWords, reasonWords } from './notices.ts'
import { scoreAnswer } from './outcome-answer.ts'
import type { Recalled } from './recall.ts'

/** Where facts are withheld so are hashes of what holds them: the possible values are few enough to be tried. */
export function storedAnswer({ stored, body, bundle, assembled }: Recalled, viewer: Viewer) {
  const { programme, rule, formula, versionSet, factsHash, asOf, personRef, outcome, trace, missing, score } = body
  const compiled = programmeOf(bundle, stored.programme)
  const judged = compiled && judgedUnit(bundle, compiled, assembled, body, { reader: null, statuses: new Map(), viewer })
  const hidden = !judged || judged.eyes.withheld.size > 0
  const open = judged && outcome !== 'withheld' ? traceText(judged.trace) : trace.replaceAll(/[02]/g, '1')
  return {
    id: stored.id,
    determinedAt: stored.createdAt,
    reason: stored.reason,
    reasonText: reasonWords[stored.reason],
    applicationId: stored.applicationId,
    programme,
    rule,
    formula,
    versionSet,
    factsHash: hidden ? null : factsHash,
    asOf,
    householdRef: stored.householdRef,
    personRef,
    outcome,
    outcomeText: outcomeWords[outcome],
    trace: hidden ? open : trace,
    missing: hidden ? (judged && outcome === 'undetermined' ? [...judged.missing()] : []) : [...missing],
    score: score && judged?.seesScore ? scoreAnswer(judged.compiled, score) : null,
    withheld: [...(judged?.withheld ?? [])],
    hash: hidden ? null : stored.bodyHash,
  }
}
