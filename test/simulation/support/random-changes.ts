/** Random changes of a set of versions' texts: of everything that a scenario can change, most of which still check. */
import type { NumberedText } from '../../../src/programmes/compile-bundle.ts'
import type { Change } from '../../../src/simulation/scenario-schema.ts'
import { at } from '../../../src/kernel/diagnostic.ts'
import type { Draw } from '../../support/random-draw.ts'

interface Place {
  readonly pointer: string
  readonly value: unknown
}

/** Every place of a text, from its root. */
function places(json: unknown, pointer = ''): Place[] {
  const inside =
    typeof json === 'object' && json !== null ? Object.entries(json).flatMap(([key, value]) => places(value, at(pointer, key))) : []
  return pointer === '' ? inside : [{ pointer, value: json }, ...inside]
}

/** Numbers of a condition, weight, band or threshold, moved. */
function moved(draw: Draw, json: unknown, where: RegExp): Record<string, unknown> {
  const numbers = places(json).filter(({ pointer, value }) => typeof value === 'number' && where.test(pointer))
  if (numbers.length === 0) return {}
  return Object.fromEntries(
    draw.list(1, 3, () => {
      const { pointer, value } = draw.pick(numbers)
      const factor = draw.pick([0, 0.5, 2, 3])
      return [pointer, Number.isInteger(value) ? Math.round((value as number) * factor) : Number(((value as number) * factor).toFixed(3))]
    }),
  )
}

/** Leaves that read what is computed of a household, by itself or from other programmes. */
const LEAVES = [
  { fact: 'cashTransferStatus', operator: 'equal', value: 'eligible' },
  { fact: 'cashTransferStatus', operator: 'notEqual', value: 'undetermined' },
  { fact: 'welfarePercentile', operator: 'lessThanInclusive', value: 40 },
  { fact: 'welfareRank', operator: 'lessThan', value: 60 },
  { fact: 'welfareScore', operator: 'lessThan', value: 5 },
  { fact: 'householdSize', operator: 'greaterThan', value: 3 },
  { fact: 'governorate', operator: 'in', value: ['11', '21'] },
]

const conditionOf = (draw: Draw): unknown => ({ [draw.pick(['all', 'any'])]: draw.list(1, 2, () => draw.pick(LEAVES)) })

const tier = (draw: Draw, name: string): unknown => ({ name, label: { en: name, ar: name }, when: conditionOf(draw) })

const QUOTAS = [
  { method: 'proportional', by: 'governorate', to: 'population', leftOver: 'none' },
  { method: 'proportional', by: 'governorate', to: { parameter: 'populationShare' }, leftOver: 'nationalOrder' },
  { method: 'absolute', by: 'governorate', places: { '11': 4, '12': 2, '21': 3 }, leftOver: 'none' },
]

type Json = Readonly<Record<string, unknown>>

/** One change of a text of the set; null where the draw comes to none. */
export function randomChange(draw: Draw, texts: readonly NumberedText[]): Change | null {
  const kind = draw.pick(['programme', 'programme', 'programme', 'rule', 'rule', 'formula', 'definition', 'parameter'] as const)
  const ids = texts.filter((text) => text.kind === kind).map(({ id }) => id)
  const id = kind === 'parameter' ? draw.pick(['populationShare', draw.pick(ids)]) : draw.pick(ids)
  const json = texts.find((text) => text.kind === kind && text.id === id)?.json as Json
  const set = changesOf(draw, kind, json, texts)
  return set && Object.keys(set).length > 0 ? { object: kind, id, set } : null
}

function changesOf(draw: Draw, kind: Change['object'], json: Json, texts: readonly NumberedText[]): Record<string, unknown> | null {
  switch (kind) {
    case 'formula':
      return draw.happens(0.2) ? { '/intercept': draw.between(0, 9) } : moved(draw, json, /^\/terms\/\d+\/(weight|points|bands)/)
    case 'rule':
      if (draw.happens(0.35)) return moved(draw, json, /^\/conditions.*\/value$/)
      if (draw.happens(0.3)) return { '/conditions': conditionOf(draw) }
      return withLeaf(draw, json)
    case 'definition':
      return draw.happens(0.5) ? { '/label/en': `changed ${draw.between(1, 9)}` } : moved(draw, json, /value$/)
    case 'parameter':
      return moved(draw, json, /^\/values\/\d+\/(value|rows\/\d+\/\d+)$/)
    case 'programme':
      return programmeChange(draw, json, texts)
  }
}

function withLeaf(draw: Draw, json: Json): Record<string, unknown> {
  const conditions = json['conditions'] as Json
  const [group] = ['all', 'any'].filter((key) => key in conditions)
  if (group === undefined) return {}
  const children = conditions[group] as unknown[]
  const kept = draw.happens(0.5) ? children : children.filter(() => draw.happens(0.7))
  return { [`/conditions/${group}`]: [...kept, draw.pick(LEAVES)] }
}

function programmeChange(draw: Draw, json: Json, texts: readonly NumberedText[]): Record<string, unknown> {
  const targeting = json['targeting'] as Json
  const programmes = texts.filter((text) => text.kind === 'programme').map(({ id }) => id)
  const removed = (key: string): Record<string, unknown> => (key in targeting ? { [`/targeting/${key}`]: null } : {})
  const amount = draw.pick(['cashTransferBenefit', 'monthlyPaymentBenefit', 'energySupportBenefit', 'inKindBenefit'])
  const orders = [
    [{ by: 'tiers', tiers: [tier(draw, 'first'), tier(draw, 'second')] }, { by: 'score' }],
    [{ by: 'fact', fact: 'incomeTotalMonthly', direction: draw.pick(['ascending', 'descending']) }],
    [{ by: 'applicationDate' }],
    [{ by: 'score' }, { by: 'fact', fact: 'householdSize', direction: 'descending' }],
  ]
  return draw.pick([
    () => ({ '/targeting/budget': draw.between(0, 40) * 500 }),
    () => removed('budget'),
    () => ({ '/targeting/places': draw.between(3, 40) }),
    () => ({ '/targeting/quotas': draw.pick(QUOTAS), '/targeting/places': draw.between(10, 60) }),
    () => removed('quotas'),
    () => ({ '/targeting/order': [...draw.pick(orders), { by: 'tieBreak' }] }),
    () => ({ '/targeting/precedence': draw.between(1, 99) }),
    () => ({
      '/targeting/exclusions': draw.list(1, 2, () => ({ programme: draw.pick(programmes), when: draw.pick(['selected', 'enrolled']) })),
    }),
    () => removed('exclusions'),
    () => ({ '/targeting/waitlist': { length: draw.between(0, 20) } }),
    () => ({ '/targeting/thresholds': { entry: draw.between(40, 50) / 10, exit: draw.between(50, 60) / 10 } }),
    () => removed('thresholds'),
    () => ({ '/targeting/keepUndeterminedMonths': draw.between(0, 9) }),
    () => ({ '/formula/id': draw.pick(['welfare-ranking', 'jordan-poverty-scorecard-2010']) }),
    () => (json['unit'] === 'household' ? { '/benefit/fact': amount } : {}),
  ])()
}
