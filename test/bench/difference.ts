/** Cost of the difference of two rules, and of looking for suspicious parts: by decision diagrams, in CPU time. */
import { checkCondition } from '../../src/language/condition/check.ts'
import type { Condition } from '../../src/language/condition/condition.ts'
import { noDefinitions } from '../../src/language/condition/definition.ts'
import { factSpace } from '../../src/language/fact-space.ts'
import { LARGE_EFFORT } from '../../src/programmes/difference/condition-diagram.ts'
import { differenceByDiagrams } from '../../src/programmes/difference/difference.ts'
import type { DomainOf } from '../../src/programmes/difference/domain.ts'
import { suspiciousParts } from '../../src/programmes/suspicions/suspicious-parts.ts'
import { factType } from '../language/generators.ts'
import type { Bench } from './support/figure.ts'
import { seeded } from './support/random-household.ts'

const ROUNDS = 15
const TARGET_MS = 2_000
const domainOf: DomainOf = () => ({ bounded: true, nonNegative: true })

export const bench: Bench = async (report) => {
  for (const leaves of [30, 100]) {
    const rule = tree(0, leaves, true, seeded(leaves))
    const moved = JSON.parse(JSON.stringify(rule).replace('"value":107', '"value":150'))
    const pairs = {
      equal: [rule, structuredClone(rule)],
      'one threshold': [rule, moved],
      unrelated: [rule, tree(0, leaves, false, seeded(7))],
    }
    for (const [kind, [one, other]] of Object.entries(pairs)) {
      const [before, after] = [read(one, leaves), read(other, leaves)]
      const decided = differenceByDiagrams(before, after, domainOf, LARGE_EFFORT) !== null
      const value = medianOf(() => differenceByDiagrams(before, after, domainOf, LARGE_EFFORT))
      report({ figure: `difference, ${kind}`, value, unit: 'ms CPU', target: { atMost: TARGET_MS }, leaves, decided: String(decided) })
    }
    const one = read(rule, leaves)
    report({ figure: 'suspicious parts', value: medianOf(() => suspiciousParts(one, domainOf)), unit: 'ms CPU', leaves })
  }
}

function medianOf(work: () => unknown): number {
  const spent = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage()
    work()
    return process.cpuUsage(before).user / 1000
  })
  return spent.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number
}

function read(json: unknown, leaves: number): Condition {
  const facts = Array.from({ length: leaves }, (_, n) => factType(`f${n}`, 'integer', { unit: 'persons' }))
  const scope = { space: factSpace('household', facts), definitions: noDefinitions, allowFactValue: true }
  const { condition } = checkCondition(json, '', scope)
  if (!condition) throw new Error('the bench has a faulty rule')
  return condition
}

/** Each fact once, groups of two to four in turn. */
function tree(from: number, to: number, all: boolean, random: () => number): unknown {
  if (to - from === 1) return { fact: `f${from}`, operator: ['lessThan', 'greaterThan', 'equal'][from % 3], value: 100 + from }
  const parts = Math.min(to - from, 2 + Math.floor(random() * 3))
  const cut = (part: number): number => from + Math.round((part * (to - from)) / parts)
  const children = Array.from({ length: parts }, (_, part) => tree(cut(part), cut(part + 1), !all, random))
  return { [all ? 'all' : 'any']: children }
}
