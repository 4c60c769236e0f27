/** Complete random households by the catalogue's types: a worked case of some programme laid over plausible values. */
import type { AssembledHousehold, AssembledMember } from '../../../src/households/assembled.ts'
import { dayNumber } from '../../../src/kernel/date.ts'
import type { Catalogue, CatalogueFact } from '../../../src/language/catalogue/catalogue.ts'
import { epochAt } from '../../../src/language/catalogue/parameter.ts'
import { readFactValues } from '../../../src/language/fact-json.ts'
import type { FactSpace, FactValues } from '../../../src/language/fact-space.ts'
import { isKnownAt, unknownValues } from '../../../src/language/fact-space.ts'
import type { Case } from '../../../src/language/programme/cases.ts'
import { parseCases } from '../../../src/language/programme/cases.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'

export const AS_OF = dayNumber('2026-11-01') as number

export type Random = () => number

/** A small seeded generator: a benchmark must not vary with the day. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** `count` distinct households of 1 to 8 members, every fact known but those that a determination computes itself. */
export function randomHouseholds(catalogue: Catalogue, count: number, seed: number): AssembledHousehold[] {
  const random = seeded(seed)
  const cases = shippedCases()
  return Array.from({ length: count }, (_, householdRef) => {
    const worked = cases[Math.floor(random() * cases.length)] as Case
    const size = 1 + Math.floor(random() * 8)
    const members = Array.from({ length: size }, (_member, personRef): AssembledMember => ({
      personRef,
      isHead: personRef === 0,
      relationship: personRef === 0 ? 'head' : 'other',
      facts: values(catalogue, catalogue.person, personRef === 0 ? (worked.person ?? {}) : {}, random),
    }))
    const household = values(catalogue, catalogue.household, worked.facts, random)
    return { householdRef, asOf: AS_OF, household, members, sources: [], applicationId: null }
  })
}

/** The same household with each fact unknown with a probability of `share`. */
export function withUnknowns(catalogue: Catalogue, assembled: AssembledHousehold, share: number, random: Random): AssembledHousehold {
  return {
    ...assembled,
    household: thinned(catalogue.household, assembled.household, share, random),
    members: assembled.members.map((member) => ({ ...member, facts: thinned(catalogue.person, member.facts, share, random) })),
  }
}

function thinned(space: FactSpace, known: FactValues, share: number, random: Random): FactValues {
  const values = unknownValues(space)
  space.types.forEach((_, slot) => {
    if (random() < share) return
    values.lo[slot] = known.lo[slot] as number
    values.hi[slot] = known.hi[slot] as number
  })
  return values
}

function shippedCases(): Case[] {
  return shippedTexts()
    .filter(({ kind, id }) => kind === 'cases' && id.startsWith('programme/'))
    .flatMap(({ source }) => parseCases(source).cases?.cases ?? [])
}

function values(catalogue: Catalogue, space: FactSpace, overlay: Readonly<Record<string, unknown>>, random: Random): FactValues {
  const found = unknownValues(space)
  space.types.forEach((type, slot) => {
    const fact = catalogue.facts.get(type.id) as CatalogueFact
    // The score and statuses are what is being computed.
    if (isComputedHere(fact)) return
    found.lo[slot] = found.hi[slot] = plausible(fact, random)
  })
  const stated = readFactValues(
    space,
    Object.fromEntries(Object.entries(overlay).filter(([id]) => space.slot(id) !== undefined)),
    '',
  ).values
  space.types.forEach((type, slot) => {
    if (!isKnownAt(stated, slot) || isComputedHere(catalogue.facts.get(type.id) as CatalogueFact)) return
    found.lo[slot] = found.hi[slot] = stated.lo[slot] as number
  })
  return found
}

const isComputedHere = ({ definition }: CatalogueFact): boolean =>
  definition.kind === 'programmeStatus' || (definition.kind === 'computed' && definition.what === 'welfareScore')

/** Upper ends that Jordanian households seldom pass, by unit; the lower end is 0. */
const USUAL_MOST: Readonly<Record<string, number>> = {
  'JOD/month': 900,
  'JOD/year': 9000,
  JOD: 30_000,
  'kWh/month': 900,
  years: 80,
  percentile: 100,
  rank: 2_000_000,
  percent: 100,
  ratio: 3,
  days: 365,
  months: 60,
  dunum: 40,
  m2: 250,
}

function plausible(fact: CatalogueFact, random: Random): number {
  if (fact.definition.kind === 'parameter') {
    const value = epochAt(fact.definition.parameter, AS_OF)?.value
    if (value !== undefined && value !== null) return value
  }
  if (fact.codes) return Math.floor(random() * fact.codes.length)
  if (fact.type === 'boolean') return random() < 0.3 ? 1 : 0
  if (fact.type === 'date') return AS_OF - Math.floor(random() * 30_000)
  const most = USUAL_MOST[fact.unit ?? ''] ?? (fact.type === 'integer' ? 5 : 200)
  // Most counts and amounts of a household are nothing at all.
  return random() < 0.4 ? 0 : Math.floor(random() * (most * 10 ** fact.scale + 1))
}
