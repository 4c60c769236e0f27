/** What a change of a rule costs whoever waits beside it: a large rule checked, tried on its cases and told, and hostile texts refused. */
import { isoOfDay } from '../../src/kernel/date.ts'
import { compileBundle } from '../../src/programmes/compile-bundle.ts'
import type { NumberedText } from '../../src/programmes/compile-bundle.ts'
import type { Bundle, CompiledProgramme } from '../../src/programmes/bundle.ts'
import { programmeOf } from '../../src/programmes/bundle.ts'
import { describeProgramme, languages } from '../../src/programmes/descriptions/describe.ts'
import { runShippedCases } from '../../src/programmes/shipped-cases.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { suspicionsOf } from '../../src/programmes/suspicions/suspicions.ts'
import { versionText } from '../../src/programmes/version.ts'
import { hostileRules, nestedDefinitions } from '../programmes/hostile-texts.ts'
import type { Bench, Report } from './support/figure.ts'
import { median, quantile } from './support/figure.ts'
import { hostileAuthors } from './support/hostile-authors.ts'
import { AS_OF } from './support/random-household.ts'

const ROUNDS = 25
const CHECK_MS = 100
const REFUSED_MS = 50
const HOSTILE_PER_SECOND = 20
const HOSTILE_SECONDS = 20
const PROGRAMME = 'housing'
const texts: readonly NumberedText[] = shippedTexts().map((text) => ({ ...text, version: text.version ?? 1 }))
const shippedRule = texts.find(({ kind, id }) => kind === 'rule' && id === PROGRAMME) as NumberedText

export const bench: Bench = async (report) => {
  for (const conditions of [30, 100]) {
    const rounds = Array.from({ length: ROUNDS }, (_, round) => checkTold(withRule(largeRule(conditions, round))))
    for (const phase of ['compiled', 'cases', 'suspicions', 'words'] as const)
      report({
        figure: `${conditions} conditions: ${phase}`,
        value: median(rounds.map((one) => one[phase])),
        unit: 'ms CPU',
        rounds: ROUNDS,
      })
    const whole = median(rounds.map((one) => one.compiled + one.cases + one.suspicions + one.words))
    report({ figure: `${conditions} conditions: check, cases, plain language`, value: whole, unit: 'ms CPU', target: { atMost: CHECK_MS } })
  }
  const anew = Array.from({ length: ROUNDS }, (_, round) => spentOn(() => compileBundle(withParameter(round))))
  report({ figure: 'a change of a parameter: everything compiled anew', value: median(anew), unit: 'ms CPU', target: { atMost: CHECK_MS } })
  reportRefusals(report)
  await reportHeldUp(report)
}

/** What whoever asks beside them waits for, while hostile rules are checked one after another. */
async function reportHeldUp(report: Report): Promise<void> {
  const rules = Object.values(hostileRules(shippedRule.json as object))
  const held = await hostileAuthors({ rules, id: PROGRAMME, day: isoOfDay(AS_OF), perSecond: HOSTILE_PER_SECOND, seconds: HOSTILE_SECONDS })
  const { loopMostMs, loopP99Ms, cpuMs, checks, beside, errors } = held
  const details = {
    nodeCpuMs: cpuMs / checks.length,
    perSecond: checks.length / HOSTILE_SECONDS,
    errors,
    rules: rules.length,
  }
  report({
    figure: 'hostile rules checked: event loop held up, at most',
    value: loopMostMs,
    unit: 'ms',
    target: { atMost: REFUSED_MS },
    p99: loopP99Ms,
    ...details,
  })
  report({
    figure: 'hostile rules checked: a check',
    value: median(checks),
    unit: 'ms',
    p50: median(checks),
    p99: quantile(checks, 0.99),
    ...details,
  })
  report({
    figure: 'hostile rules checked: a small request beside them',
    value: quantile(beside, 0.99),
    unit: 'ms',
    p50: median(beside),
    p99: quantile(beside, 0.99),
    ...details,
  })
}

/** The longest that anything of these holds up everybody else. */
function reportRefusals(report: Report): void {
  for (const [name, json] of Object.entries(hostileRules(shippedRule.json as object)))
    reportRefusal(report, name, (round) => withRule({ ...json, citation: `round ${round}` }))
  const definitions = (round: number): NumberedText[] =>
    nestedDefinitions(200).map((json, index) => ({
      ...versionText('definition', `n${index}`, '', null),
      version: 1,
      source: JSON.stringify({ ...json, citation: `round ${round}` }),
    }))
  reportRefusal(report, '200 nested definitions', (round) => [...texts, ...definitions(round)])
}

function reportRefusal(report: Report, name: string, textsOf: (round: number) => readonly NumberedText[]): void {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const given = textsOf(round)
    return spentOn(() => compileBundle(given))
  })
  report({ figure: `refused: ${name}`, value: median(rounds), unit: 'ms CPU', target: { atMost: REFUSED_MS }, rounds: ROUNDS })
}

interface Phases {
  readonly compiled: number
  readonly cases: number
  readonly suspicions: number
  readonly words: number
}

function checkTold(given: readonly NumberedText[]): Phases {
  let bundle: Bundle | undefined
  const compiled = spentOn(() => ({ bundle } = compileBundle(given.filter(({ kind }) => kind !== 'cases'))))
  const made = bundle as Bundle
  const rule = given.filter(({ kind, id }) => kind === 'rule' && id === PROGRAMME)
  return {
    compiled,
    cases: spentOn(() => runShippedCases(made, given, AS_OF)),
    suspicions: spentOn(() => suspicionsOf({ bundle: made, programmes: [PROGRAMME], texts: rule, asOf: AS_OF })),
    words: spentOn(() =>
      languages.map((language) => describeProgramme(made, programmeOf(made, PROGRAMME) as CompiledProgramme, AS_OF, language)),
    ),
  }
}

function spentOn(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function withRule(json: object): NumberedText[] {
  const text = { ...versionText('rule', PROGRAMME, JSON.stringify(json, null, 2), json), version: shippedRule.version }
  return texts.map((one) => (one === shippedRule ? text : one))
}

function withParameter(round: number): NumberedText[] {
  const first = texts.findIndex(({ kind }) => kind === 'parameter')
  return texts.map((text, index) => (index === first ? { ...text, hash: `${text.hash} ${round}` } : text))
}

/** The shipped rule with as many comparisons more, each round with other limits, so that nothing is known from before. */
function largeRule(conditions: number, round: number): object {
  const { conditions: shipped, ...rest } = shippedRule.json as { readonly conditions: object }
  const more = Array.from({ length: conditions / 2 }, (_, n) => ({
    any: [
      { fact: 'incomeTotalMonthly', operator: 'lessThan', value: 1000 + n + round / 8 },
      { fact: 'householdSize', operator: 'greaterThan', value: n + round },
    ],
  }))
  return { ...rest, conditions: { all: [shipped, ...more] } }
}
