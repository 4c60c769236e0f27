/** Reads a programme: its shape, the things it refers to, its order of selection and its priority tiers. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { MAX_SCALE, scaledOfNumber } from '../../kernel/decimal.ts'
import { checkCondition } from '../condition/check.ts'
import type { Condition } from '../condition/condition.ts'
import type { Definitions } from '../condition/definition.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import type { FactSpace, FactType } from '../fact-space.ts'
import { type Formula, POINT_SCALE } from '../formula/formula.ts'
import { basisProblems } from '../legal-basis.ts'
import { parseJsonText } from '../json-text.ts'
import { didYouMean } from '../nearest.ts'
import { shapeDiagnostics } from '../shape.ts'
import { ProgrammeSchema } from './schema.ts'
import type { ProgrammeSource } from './schema.ts'

export interface ProgrammeContext {
  readonly spaces: { readonly household: FactSpace; readonly person: FactSpace }
  readonly definitions: Definitions
  readonly ruleExists: (id: string, version: number) => boolean
  /** Which scores of the formula are the poorer; null where there is no such formula. */
  readonly directionOf: (id: string, version: number) => Formula['direction'] | null
  /** Whether there is such a table by the fact, with no negative row. */
  readonly sharesExist: (parameter: string, fact: string) => boolean
}

export interface Tier {
  readonly name: string
  readonly condition: Condition
}

export interface Programme {
  readonly source: ProgrammeSource
  readonly space: FactSpace
  /** Priority tiers of the order, first one first; a unit is in the first whose condition is true. */
  readonly tiers: readonly Tier[]
}

export interface CheckedProgramme {
  readonly programme?: Programme
  readonly diagnostics: readonly Diagnostic[]
}

/** Text of programme.json → checked programme, or everything that is wrong with it. */
export function parseProgramme(text: string, context: ProgrammeContext): CheckedProgramme {
  const json = parseJsonText(text)
  return json.diagnostics.length > 0 ? { diagnostics: json.diagnostics } : checkProgramme(json.value, context)
}

/** Like `parseProgramme`, of JSON that was parsed already. */
export function checkProgramme(json: unknown, context: ProgrammeContext): CheckedProgramme {
  const shape = shapeDiagnostics(ProgrammeSchema, json)
  if (shape.length > 0) return { diagnostics: shape }
  const source = json as ProgrammeSource
  const space = context.spaces[source.unit]
  const { tiers, diagnostics: ofTiers } = checkTiers(source, space, context.definitions)
  const diagnostics = [
    ...referenceProblems(source, context),
    ...benefitProblems(source, space),
    ...orderProblems(source, space),
    ...targetingProblems(source, space, context),
    ...exactnessProblems(source, space),
    ...thresholdProblems(source, context),
    ...ofTiers,
    ...basisProblems(
      tiers.map((tier) => tier.condition),
      source.targeting.legalBasis ?? [],
      '/targeting/legalBasis',
    ),
  ]
  return diagnostics.some((d) => d.severity === 'error') ? { diagnostics } : { programme: { source, space, tiers }, diagnostics }
}

function referenceProblems({ rule, formula, unit, severalMembers }: ProgrammeSource, context: ProgrammeContext): Diagnostic[] {
  const found: Diagnostic[] = []
  if (!context.ruleExists(rule.id, rule.version))
    found.push(finding('rule-unknown', '/rule', `there is no rule ${quote(rule.id)} of version ${rule.version}`))
  if (formula && context.directionOf(formula.id, formula.version) === null) {
    found.push(finding('formula-unknown', '/formula', `there is no formula ${quote(formula.id)} of version ${formula.version}`))
  }
  if (severalMembers === true && unit !== 'person') {
    found.push(
      finding('members-unit', '/severalMembers', '"severalMembers" needs the unit "person"', {
        hint: 'remove it, or set "unit": "person"',
      }),
    )
  }
  return found
}

function benefitProblems({ benefit }: ProgrammeSource, space: FactSpace): Diagnostic[] {
  const slot = space.slot(benefit.fact)
  if (slot === undefined) return [unknownFact(space, benefit.fact, '/benefit/fact')]
  const type = space.types[slot] as FactType
  if (type.type === 'decimal' && /^[A-Z]{3}\/(month|quarter|year)$/.test(type.unit ?? '')) return []
  return [
    finding('benefit-not-money', '/benefit/fact', `${quote(benefit.fact)} is ${type.type} in ${type.unit ?? 'no unit'}`, {
      expected: 'a decimal in JOD/month, JOD/quarter or JOD/year',
    }),
  ]
}

function orderProblems({ targeting, formula }: ProgrammeSource, space: FactSpace): Diagnostic[] {
  const found: Diagnostic[] = []
  const { order } = targeting
  const ties = order.filter((key) => key.by === 'tieBreak').length
  if (ties !== 1 || order.at(-1)?.by !== 'tieBreak') {
    found.push(
      finding('order-tie-break', '/targeting/order', 'the order does not end with the tie-break, once', {
        hint: 'end it with {"by": "tieBreak"}',
      }),
    )
  }
  const seen = new Set<string>()
  order.forEach((key, index) => {
    const pointer = `/targeting/order/${index}`
    const name = key.by === 'fact' ? `fact ${key.fact}` : key.by
    if (seen.has(name) && key.by !== 'tieBreak') found.push(finding('order-repeats', pointer, `the order has ${quote(name)} twice`))
    seen.add(name)
    if (key.by === 'fact' && space.slot(key.fact) === undefined) found.push(unknownFact(space, key.fact, at(pointer, 'fact')))
    if (key.by === 'score' && !formula) {
      found.push(
        finding('formula-missing', pointer, 'the order has the score, and the programme names no formula', {
          hint: 'add "formula": {"id": ..., "version": ...}',
        }),
      )
    }
  })
  return found
}

function targetingProblems({ targeting, formula, id }: ProgrammeSource, space: FactSpace, { sharesExist }: ProgrammeContext): Diagnostic[] {
  const found: Diagnostic[] = []
  const { quotas, thresholds, places, exclusions } = targeting
  if (thresholds && !formula)
    found.push(finding('formula-missing', '/targeting/thresholds', 'thresholds are scores, and the programme names no formula'))
  if (quotas) {
    const slot = space.slot(quotas.by)
    const codes = slot === undefined ? null : (space.types[slot] as FactType).codes
    if (slot === undefined) found.push(unknownFact(space, quotas.by, '/targeting/quotas/by'))
    else if (codes === null) found.push(finding('quota-areas', '/targeting/quotas/by', `${quote(quotas.by)} is not a category`))
    else if (quotas.method === 'absolute') found.push(...absoluteQuotaProblems(quotas.places, codes, places))
    if (quotas.method === 'proportional' && places === undefined) {
      found.push(finding('quota-areas', '/targeting/quotas', 'proportional quotas divide places, and "places" is not stated'))
    }
    // Without its shares every area would have no place, and nobody would be selected.
    if (quotas.method === 'proportional' && quotas.to !== 'population' && !sharesExist(quotas.to.parameter, quotas.by)) {
      const { parameter } = quotas.to
      found.push(
        finding('quota-areas', '/targeting/quotas/to/parameter', `${quote(parameter)} is no parameter of shares by ${quote(quotas.by)}`, {
          expected: 'a table with that key, no row of it negative',
        }),
      )
    }
  }
  exclusions?.forEach((exclusion, index) => {
    if (exclusion.programme === id)
      found.push(finding('precedence-order', `/targeting/exclusions/${index}/programme`, 'a programme cannot exclude itself'))
  })
  return found
}

/** What is compared with whole units of money or of the score has to be a whole number of them. */
function exactnessProblems({ benefit, targeting: { budget, thresholds } }: ProgrammeSource, space: FactSpace): Diagnostic[] {
  const money = space.types[space.slot(benefit.fact) ?? -1]?.scale ?? MAX_SCALE
  const numbers = [
    { pointer: '/targeting/budget', value: budget, scale: money },
    { pointer: '/targeting/thresholds/entry', value: thresholds?.entry, scale: POINT_SCALE },
    { pointer: '/targeting/thresholds/exit', value: thresholds?.exit, scale: POINT_SCALE },
  ]
  return numbers.flatMap(({ pointer, value, scale }) =>
    value === undefined || scaledOfNumber(value, scale).ok
      ? []
      : [finding('targeting-places', pointer, `${value} cannot be kept with ${scale} places`, { expected: `at most ${scale} places` })],
  )
}

/** Whoever is admitted beyond the exit would be put out by the next run. A warning: versions that were accepted before somebody looked for it stay in force, and their runs can be verified. */
function thresholdProblems({ targeting: { thresholds }, formula }: ProgrammeSource, { directionOf }: ProgrammeContext): Diagnostic[] {
  const direction = formula ? directionOf(formula.id, formula.version) : null
  const [entry, exit] = [thresholds?.entry, thresholds?.exit].map((one) => scaledOfNumber(one ?? NaN, POINT_SCALE))
  if (!direction || !entry?.ok || !exit?.ok) return []
  const lower = direction === 'lowerIsPoorer'
  if (lower ? exit.value >= entry.value : exit.value <= entry.value) return []
  const bound = String(thresholds?.entry)
  const put = String(thresholds?.exit)
  return [
    finding(
      'thresholds-crossed',
      '/targeting/thresholds/exit',
      `who enters at ${bound} would leave at ${put}: the exit is stricter than the entry`,
      {
        messageAr: `من يدخل عند ${bound} يخرج عند ${put}: حدّ الخروج أشدّ من حدّ الدخول`,
        expected: lower ? `at least ${bound}` : `at most ${bound}`,
        severity: 'warning',
      },
    ),
  ]
}

function absoluteQuotaProblems(
  quotas: Readonly<Record<string, number>>,
  codes: readonly string[],
  places: number | undefined,
): Diagnostic[] {
  const pointer = '/targeting/quotas/places'
  const unknown = Object.keys(quotas).filter((code) => !codes.includes(code))
  const found = unknown.map((code) =>
    finding('quota-areas', at(pointer, code), `${quote(code)} is not an area`, {
      expected: codes.join(', '),
      hint: didYouMean(code, codes),
    }),
  )
  const sum = Object.values(quotas).reduce((total, n) => total + n, 0)
  if (!Number.isSafeInteger(sum)) found.push(finding('quota-areas', pointer, 'the quotas add up to more than can be counted exactly'))
  else if (places !== undefined && sum > places)
    found.push(finding('quota-areas', pointer, `the quotas add up to ${sum}, more than the ${places} places`))
  return found
}

function checkTiers(
  { targeting }: ProgrammeSource,
  space: FactSpace,
  definitions: Definitions,
): { tiers: readonly Tier[]; diagnostics: Diagnostic[] } {
  const tiers: Tier[] = []
  const diagnostics: Diagnostic[] = []
  targeting.order.forEach((key, index) => {
    if (key.by !== 'tiers') return
    key.tiers.forEach((tier, place) => {
      const pointer = `/targeting/order/${index}/tiers/${place}/when`
      const { condition, diagnostics: found } = checkCondition(tier.when, pointer, { space, definitions, allowFactValue: true })
      diagnostics.push(...found)
      if (condition) tiers.push({ name: tier.name, condition })
    })
  })
  return { tiers, diagnostics }
}

function unknownFact(space: FactSpace, fact: string, pointer: string): Diagnostic {
  const hint = didYouMean(
    fact,
    space.types.map((type) => type.id),
  )
  return finding('fact-unknown', pointer, `there is no fact ${quote(fact)} among the facts of ${space.name}`, { hint })
}
