/** One household for all programmes with the welfare score and full traces, against two engines on the same rules and facts. */
import { determine, judge } from '../../src/determinations/determine.ts'
import { computedValues, personValues } from '../../src/determinations/computed-facts.ts'
import { scoreOf } from '../../src/determinations/score.ts'
import type { AssembledHousehold } from '../../src/households/assembled.ts'
import { slotsOf } from '../../src/language/condition/condition.ts'
import type { FactSpace, FactValues } from '../../src/language/fact-space.ts'
import type { Outcome } from '../../src/language/rule/outcome.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { plainFacts } from '../language/raw-engine.ts'
import { contest } from './support/contest.ts'
import type { Measured } from './support/contest.ts'
import type { Bench } from './support/figure.ts'
import { randomHouseholds, seeded, withUnknowns } from './support/random-household.ts'
import { enginePeer } from './support/rules-engine-peer.ts'
import { keyOf, zenPeer } from './support/zen-peer.ts'

const HOUSEHOLDS = 300
const SEED = 20_261_101
const UNKNOWN_SHARE = 0.02
const NOTHING_WITHHELD: ReadonlySet<string> = new Set()

type Facts = Readonly<Record<string, unknown>>

/** What the peers are given: only facts that some rule reads, as plain values, made beforehand. */
interface PlainHousehold {
  readonly household: Facts
  readonly members: readonly Facts[]
}

interface Item {
  readonly assembled: AssembledHousehold
  readonly partly: AssembledHousehold
  readonly plain: PlainHousehold
  /** Outcomes by unit, in the order of `judge`. */
  readonly outcomes: readonly boolean[]
}

type Peer = (plain: PlainHousehold) => Promise<readonly boolean[]>

export const bench: Bench = async (report) => {
  const { bundle } = shippedBundle()
  if (!bundle) throw new Error('the shipped files do not check')
  const random = seeded(SEED)
  const items = randomHouseholds(bundle.catalogue, HOUSEHOLDS, SEED).map((assembled): Item => {
    const units = judge(bundle, assembled, NOTHING_WITHHELD)
    const outcomes = units.map(({ programme, outcome }) => {
      if (outcome === 'undetermined') throw new Error(`${programme} is undetermined on complete facts`)
      return outcome === 'eligible'
    })
    return {
      assembled,
      partly: withUnknowns(bundle.catalogue, assembled, UNKNOWN_SHARE, random),
      plain: plainOf(bundle, assembled),
      outcomes,
    }
  })
  const peers = { engine: enginePeerOf(bundle), zen: zenPeerOf(bundle, false), zenTraced: zenPeerOf(bundle, true) }
  for (const peer of Object.values(peers)) await verify(bundle, items, peer)

  const contenders = [
    { name: 'mizan', work: ({ assembled }: Item) => judge(bundle, assembled, NOTHING_WITHHELD) },
    { name: 'mizan, facts missing', work: ({ partly }: Item) => judge(bundle, partly, NOTHING_WITHHELD) },
    { name: 'mizan with second opinion', work: ({ assembled }: Item) => determine(bundle, assembled) },
    { name: 'json-rules-engine', work: ({ plain }: Item) => peers.engine(plain) },
    { name: 'zen-engine', work: ({ plain }: Item) => peers.zen(plain) },
    { name: 'zen-engine traced', work: ({ plain }: Item) => peers.zenTraced(plain) },
  ]
  const measured = new Map((await contest(items, contenders)).map((one) => [one.name, one]))
  const of = (name: string): Measured => measured.get(name) as Measured
  const members = items.reduce((sum, { assembled }) => sum + assembled.members.length, 0) / items.length
  const work = {
    programmes: bundle.programmes.length,
    terms: Math.max(...bundle.formulas.map(({ formula }) => formula.terms.length)),
    households: HOUSEHOLDS,
    membersMean: members,
    eligible: eligibleShares(bundle, items),
  }
  for (const { name, cpu, p50, p99, items: count, rounds } of measured.values()) {
    const target = name === 'mizan' ? { target: { atMost: 20 } } : {}
    report({
      figure: name,
      value: cpu,
      unit: 'us CPU/household',
      p50,
      p99,
      measured: count,
      rounds,
      ...target,
      ...(name === 'mizan' ? work : {}),
    })
  }
  const ratios = [
    ['json-rules-engine', 10],
    ['zen-engine', 4],
    ['zen-engine traced', null],
  ] as const
  for (const [peer, atLeast] of ratios) {
    const value = of(peer).cpu / of('mizan').cpu
    // The peers do not compute the score: they are given the facts ready-made, and status and rules only are asked of them.
    report({ figure: `${peer} / mizan`, value, unit: 'times', of: [peer, 'mizan'], ...(atLeast ? { target: { atLeast } } : {}) })
  }
}

/** Throws on the first household over which a peer differs: what is timed must be the same work. */
async function verify(bundle: Bundle, items: readonly Item[], peer: Peer): Promise<void> {
  for (const { assembled, plain, outcomes } of items) {
    const found = await peer(plain)
    if (found.length === outcomes.length && found.every((one, index) => one === outcomes[index])) continue
    const programmes = judge(bundle, assembled, NOTHING_WITHHELD).map(({ programme }) => programme)
    throw new Error(`household ${assembled.householdRef}: ${programmes.join()}: expected ${outcomes.join()}, the peer says ${found.join()}`)
  }
}

function plainOf(bundle: Bundle, assembled: AssembledHousehold): PlainHousehold {
  const statuses = new Map(judge(bundle, assembled, NOTHING_WITHHELD).map(({ programme, outcome }) => [programme, outcome as Outcome]))
  const formula = bundle.programmes.find(({ formula: one }) => one)?.formula
  const household = computedValues(bundle.catalogue, assembled.household, formula ? scoreOf(formula, assembled.household) : null, statuses)
  const read = new Set(
    bundle.programmes.flatMap(({ rule }) => slotsOf(rule.condition).map((slot) => rule.condition.space.types[slot]?.id ?? '')),
  )
  const { catalogue } = bundle
  return {
    household: only(read, catalogue.household, household),
    members: assembled.members.map(({ facts }) => only(read, catalogue.personWithHousehold, personValues(facts, household))),
  }
}

const only = (read: ReadonlySet<string>, space: FactSpace, values: FactValues): Facts =>
  Object.fromEntries(Object.entries(plainFacts(space, values)).filter(([id]) => read.has(id)))

const isOfPersons = ({ programme }: Bundle['programmes'][number]): boolean => programme.source.unit === 'person'

function enginePeerOf(bundle: Bundle): Peer {
  const rules = (persons: boolean): Map<string, unknown> =>
    new Map(bundle.programmes.filter((one) => isOfPersons(one) === persons).map(({ id, rule }) => [id, rule.source.conditions]))
  const household = enginePeer(rules(false), bundle.definitions)
  const person = enginePeer(rules(true), bundle.definitions)
  return async (plain) => {
    const own = await household(plain.household)
    const each: ReadonlySet<string>[] = []
    for (const member of plain.members) each.push(await person(member))
    return bundle.programmes.flatMap((one) => (isOfPersons(one) ? each.map((found) => found.has(one.id)) : [own.has(one.id)]))
  }
}

function zenPeerOf(bundle: Bundle, traced: boolean): Peer {
  const persons = new Set(bundle.catalogue.person.types.map(({ id }) => id))
  const ask = zenPeer(
    bundle.programmes.map((one) => ({ id: one.id, condition: one.rule.condition, personFacts: isOfPersons(one) ? persons : null })),
  )
  const contexts = new WeakMap<PlainHousehold, Facts>()
  return async (plain) => {
    const context = contexts.get(plain) ?? zenContext(plain, persons)
    contexts.set(plain, context)
    const found = await ask(context, traced)
    return bundle.programmes.flatMap(({ id }) => found[keyOf(id)] as boolean | boolean[])
  }
}

const zenContext = ({ household, members }: PlainHousehold, persons: ReadonlySet<string>): Facts => ({
  ...household,
  members: members.map((facts) => Object.fromEntries(Object.entries(facts).filter(([id]) => persons.has(id)))),
})

/** Share of units that each programme finds eligible: rules that always fail would be no fair test. */
function eligibleShares(bundle: Bundle, items: readonly Item[]): Record<string, number> {
  const units = items.flatMap(({ assembled }) => judge(bundle, assembled, NOTHING_WITHHELD))
  return Object.fromEntries(
    bundle.programmes.map(({ id }) => {
      const own = units.filter(({ programme }) => programme === id)
      return [id, Number((own.filter(({ outcome }) => outcome === 'eligible').length / own.length).toFixed(3))]
    }),
  )
}
