/** What an intake system is told of one determined household: every programme, with short reasons in both languages. */
import { factJson } from '../language/fact-json.ts'
import type { Words } from '../language/fact-space.ts'
import { tellDecided } from '../language/rule/explain.ts'
import { formatPoints, readTables } from '../language/formula/score-tables.ts'
import type { AssembledHousehold } from '../households/assembled.ts'
import type { Bundle, CompiledProgramme } from '../programmes/bundle.ts'
import type { Determination } from './determination-store.ts'
import type { DeterminedOutcome, UnitOutcome } from './determine.ts'
import { eyesOf } from './eyes/eyes.ts'
import { visibleUnits } from './eyes/visible-membership.ts'
import { seesScore, withheldFrom } from './eyes/withheld.ts'
import { type Audience, isToldTo, type JudgedUnit, judgedUnit, statusesOf } from './judged-unit.ts'
import { notices, outcomeWords } from './notices.ts'
import type { ScoreOutcome } from './score.ts'
import type { Reader } from './visible-facts.ts'

/** The explanation of a determination has all of them, with sources. */
const MOST_REASONS = 3

/** Units come with ids when they were stored. */
export type AnsweredUnit = UnitOutcome & Partial<Pick<Determination, 'id'>>

/** `reader` is the person that was asked for, `viewer` the organisation that asks. */
export function programmeAnswers(
  bundle: Bundle,
  assembled: AssembledHousehold,
  units: readonly AnsweredUnit[],
  { reader, viewer }: Pick<Audience, 'reader' | 'viewer'>,
) {
  const { catalogue } = bundle
  const statuses = statusesOf(units)
  const membership = { catalogue, eyes: eyesOf(viewer, catalogue, '') }
  return bundle.programmes
    .toSorted((a, b) => a.programme.source.targeting.precedence - b.programme.source.targeting.precedence)
    .map((compiled) => {
      const all = units.filter(({ programme }) => programme === compiled.id)
      const own = visibleUnits(all, reader?.personRef ?? null, membership)
      const { id, names, agency, unit } = compiled.programme.source
      const status: DeterminedOutcome = statuses.get(id) ?? 'withheld'
      const first = own[0]
      const eyes = eyesOf(viewer, catalogue, id)
      return {
        programme: id,
        names,
        agency,
        unit,
        outcome: status,
        outcomeText: outcomeWords[status],
        rule: { id: compiled.ruleRef.id, version: compiled.ruleRef.version, hash: compiled.ruleRef.hash },
        illustrative: compiled.rule.source.illustrative || compiled.formula?.formula.illustrative === true,
        benefit: status === 'eligible' && eyes.sees(compiled.programme.source.benefit.fact) ? benefitOf(compiled, assembled) : null,
        score: first?.score && seesScore(catalogue, eyes, compiled) ? scoreAnswer(compiled, first.score) : null,
        withheld: withheldFrom(catalogue, eyes, compiled),
        determinations: own.map((one) => {
          const judged = one.outcome === 'withheld' ? null : judgedUnit(bundle, compiled, assembled, one, { reader, statuses, viewer })
          const missing = eyes.withheld.size === 0 ? one.missing : one.outcome === 'undetermined' ? (judged?.missing() ?? []) : []
          return {
            ...(one.id === undefined ? {} : { id: one.id }),
            personRef: one.personRef,
            outcome: one.outcome,
            outcomeText: outcomeWords[one.outcome],
            reasons: reasonsOf(judged, reader),
            missing: missing.map((fact) => ({ fact, label: catalogue.facts.get(fact)?.label ?? { en: fact, ar: fact } })),
          }
        }),
      }
    })
}

function reasonsOf(judged: JudgedUnit | null, reader: Reader | null): Reasons {
  if (!judged) return one(notices.withheld)
  if (!isToldTo(judged, reader)) return one(notices.otherMember)
  const sentences = (language: 'en' | 'ar'): string[] => tellDecided(judged.input(language), language, MOST_REASONS)
  return { en: sentences('en'), ar: sentences('ar') }
}

interface Reasons {
  readonly en: string[]
  readonly ar: string[]
}

const one = ({ en, ar }: Words): Reasons => ({ en: [en], ar: [ar] })

/** Points as decimal texts; the interval is the point itself where nothing is missing. */
export function scoreAnswer(compiled: Pick<CompiledProgramme, 'formula'>, { formula, version, point, lo, hi }: ScoreOutcome) {
  const tables = compiled.formula ? readTables(compiled.formula.formula, { point: point ?? NaN, lo, hi }) : []
  return {
    formula,
    version,
    point: point === null ? null : formatPoints(point),
    interval: [formatPoints(lo), formatPoints(hi)],
    tables: Object.fromEntries(tables.map((table) => [table.name, table.point?.value ?? null])),
  }
}

/** The benefit that the household would get; null while it is unknown or only a member's. */
function benefitOf({ programme }: CompiledProgramme, { household }: AssembledHousehold) {
  const { benefit, unit } = programme.source
  const slot = unit === 'household' ? programme.space.slot(benefit.fact) : undefined
  const type = slot === undefined ? undefined : programme.space.types[slot]
  if (slot === undefined || !type) return null
  return { amount: factJson(type, household.lo[slot] as number, household.hi[slot] as number), unit: type.unit, paidEvery: benefit.period }
}
