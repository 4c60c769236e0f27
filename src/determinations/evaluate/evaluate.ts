/** Tries a rule, a formula or programmes on households that came along; nothing is stored, nothing is read of anybody. */
import { isoOfDay } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import type { Truth } from '../../kernel/truth.ts'
import type { AssembledHousehold } from '../../households/assembled.ts'
import { compileCondition } from '../../language/condition/compile.ts'
import { factJson } from '../../language/fact-json.ts'
import type { FactSpace, FactValues } from '../../language/fact-space.ts'
import { compileFormula, PLACES_PER_TERM } from '../../language/formula/compile.ts'
import { explainScore } from '../../language/formula/explain.ts'
import { missingOfScore } from '../../language/formula/missing.ts'
import { formatPoints, readTables } from '../../language/formula/score-tables.ts'
import { explain } from '../../language/rule/explain.ts'
import { missingFacts } from '../../language/rule/missing.ts'
import { outcomeOf } from '../../language/rule/outcome.ts'
import { secondOpinion } from '../../language/rule/second-opinion.ts'
import { newTrace, traceOf, traceTree } from '../../language/rule/trace.ts'
import { programmeOf } from '../../programmes/bundle.ts'
import { dayOrCurrent, refusedDay } from '../as-of.ts'
import { personValues } from '../computed-facts.ts'
import type { DeterminationDeps } from '../determine-household.ts'
import { determine } from '../determine.ts'
import { scoreAnswer } from '../outcome-answer.ts'
import { evaluationContext } from './context.ts'
import type { EvaluationContext } from './context.ts'
import { givenFacts } from './given-facts.ts'
import { givenRecords } from './given-records.ts'
import { exceeded, startClock } from './limits.ts'
import { limits } from './schema.ts'
import type { EvaluateBody } from './schema.ts'

type Deps = Pick<DeterminationDeps, 'database' | 'versions' | 'timeZone'>

export async function evaluate(deps: Deps, body: EvaluateBody) {
  checkLimits(body)
  const clock = startClock()
  const asOf = await dayOrCurrent(deps.database.pool, deps.timeZone, body.asOf)
  const context = await evaluationContext(deps.versions, body, asOf).catch(refusedDay(body.asOf))
  const { catalogue, bundle } = context
  if (body.programmes !== undefined && !bundle) {
    throw problem('request-invalid', { pointer: '/programmes', expected: 'a catalogue in force or a named version set' })
  }
  const households = body.facts
    ? givenFacts(catalogue, body.facts, asOf)
    : await givenRecords(deps.database, catalogue, body.households ?? [], { asOf, isInline: bundle === null, clock })
  const judge = ruleJudge(context, body)
  const score = formulaScorer(context, body)
  const results = []
  for (const household of households) {
    clock.check()
    results.push({
      rule: await judge(household),
      formula: score(household),
      programmes: await judgeProgrammes(context, body, household),
      facts: body.households ? factsOf(context, household) : null,
    })
  }
  return { asOf: isoOfDay(asOf), catalogue: catalogue.hash, versionSet: bundle?.hash ?? null, warnings: [...context.warnings], results }
}

function checkLimits({ catalogue, rule, formula, programmes, facts, households }: EvaluateBody): void {
  if (rule === undefined && formula === undefined && programmes === undefined) {
    throw problem('request-invalid', { expected: 'a rule, a formula or programmes' })
  }
  if ((facts === undefined) === (households === undefined)) throw problem('request-invalid', { expected: 'either facts or households' })
  const members = [...(facts ?? []), ...(households ?? [])].map((one) => one.members?.length ?? 0)
  const rows = (households ?? []).flatMap(({ registries = {} }) => Object.values(registries).map((list) => list.length))
  const measured = {
    MAX_HOUSEHOLDS: members.length,
    MAX_MEMBERS_PER_HOUSEHOLD: Math.max(0, ...members),
    MAX_ROWS: rows.reduce((sum, n) => sum + n, 0),
  }
  const own = typeof catalogue === 'object' && 'files' in catalogue ? catalogue.files : []
  const ownFacts = own
    .map((file) => (file as { facts?: unknown } | null)?.facts)
    .reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0)
  if (ownFacts > limits.MAX_FACTS_OF_YOUR_OWN) exceeded('MAX_FACTS_OF_YOUR_OWN', '/catalogue/files')
  for (const [name, count] of Object.entries(measured)) {
    const limit = name as keyof typeof measured
    if (count > limits[limit]) exceeded(limit, facts ? '/facts' : '/households')
  }
}

/** Both engines on one unit, as online; the trace as the rule's own tree. */
function ruleJudge({ rule, definitions }: EvaluationContext, { unit = 'household', explain: language }: EvaluateBody) {
  if (!rule) return async () => null
  const { condition } = rule
  const run = compileCondition(condition)
  const ask = secondOpinion(new Map([['rule', condition]]))
  const one = async (values: FactValues, member: number | null) => {
    const trace = newTrace(condition)
    const truth: Truth = run(values.lo, values.hi, trace)
    const opinion = (await ask(values)).get('rule')
    const agrees = opinion === truth
    return {
      member,
      outcome: agrees ? outcomeOf(truth) : ('withheld' as const),
      secondOpinion: agrees ? ('agrees' as const) : ('disagrees' as const),
      trace: traceTree(condition, trace),
      missing: [...missingFacts(condition, trace, values)],
      ...(language ? { explanation: explain({ condition, trace, values, definitions }, language) } : {}),
    }
  }
  return async ({ household, members }: AssembledHousehold) => {
    if (unit === 'household') return [await one(household, null)]
    const units = []
    for (const [index, member] of members.entries()) units.push(await one(personValues(member.facts, household), index))
    return units
  }
}

function formulaScorer({ formula }: EvaluationContext, { explain: language }: EvaluateBody) {
  if (!formula) return () => null
  const run = compileFormula(formula)
  const text = (points: number): string | null => (Number.isNaN(points) ? null : formatPoints(points))
  return ({ household }: AssembledHousehold) => {
    const contributions = new Float64Array(formula.terms.length * PLACES_PER_TERM)
    const score = run(household.lo, household.hi, contributions)
    const at = (term: number, place: number): number => contributions[term * PLACES_PER_TERM + place] as number
    return {
      formula: formula.id,
      version: formula.version,
      point: text(score.point),
      interval: [formatPoints(score.lo), formatPoints(score.hi)],
      tables: Object.fromEntries(readTables(formula, score).map(({ name, point }) => [name, point?.value ?? null])),
      contributions: formula.terms.map(({ id }, n) => ({
        term: id,
        point: text(at(n, 0)),
        lowest: formatPoints(at(n, 1)),
        highest: formatPoints(at(n, 2)),
      })),
      missing: [...missingOfScore(formula, contributions, household)],
      ...(language ? { explanation: explainScore({ formula, values: household, contributions }, language) } : {}),
    }
  }
}

async function judgeProgrammes({ bundle }: EvaluationContext, { programmes }: EvaluateBody, household: AssembledHousehold) {
  if (!bundle || programmes === undefined) return null
  const unknown = programmes === 'all' ? undefined : programmes.find((id) => !programmeOf(bundle, id))
  if (unknown !== undefined) throw problem('version-not-found', { pointer: '/programmes' })
  const { units } = await determine(bundle, household)
  return bundle.programmes
    .filter(({ id }) => programmes === 'all' || programmes.includes(id))
    .map((compiled) => {
      const own = units.filter(({ programme }) => programme === compiled.id)
      const { condition } = compiled.rule
      const score = own[0]?.score
      return {
        programme: compiled.id,
        score: score ? scoreAnswer(compiled, score) : null,
        units: own.map(({ personRef, outcome, trace, missing, opinion, truth }) => ({
          member: personRef === null ? null : household.members.findIndex((member) => member.personRef === personRef),
          outcome,
          secondOpinion: opinion === truth ? ('agrees' as const) : ('disagrees' as const),
          trace: traceTree(condition, traceOf(condition, trace) ?? newTrace(condition)),
          missing: [...missing],
        })),
      }
    })
}

/** What the rows came to, so that whoever tries a rule sees the facts that it read. */
function factsOf({ catalogue }: EvaluationContext, { household, members }: AssembledHousehold) {
  const told = ({ types }: FactSpace, { lo, hi }: FactValues) =>
    Object.fromEntries(types.map((type, slot) => [type.id, factJson(type, lo[slot] as number, hi[slot] as number)]))
  return { household: told(catalogue.household, household), members: members.map(({ facts }) => told(catalogue.person, facts)) }
}
