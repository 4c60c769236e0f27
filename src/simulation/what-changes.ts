/** What of a baseline's decision still holds under other versions: formulas, rules and lists that nothing changed need not be computed again. */
import { bulkOf, scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import { canonicalJson } from '../kernel/canonical.ts'
import { type Bundle, programmeOf } from '../programmes/bundle.ts'
import type { VersionKind } from '../programmes/version.ts'

/** Places in the baseline of what is the same in the scenario, by place in the scenario; null for what has to be computed. */
export interface StillHolds {
  readonly scores: readonly (number | null)[]
  readonly columns: readonly (number | null)[]
  /** Ids of programmes whose whole list is the same. */
  readonly lists: ReadonlySet<string>
}

/** `changedFacts`: facts whose values differ, in a household or a person. */
export function whatHolds(baseline: Bundle, scenario: Bundle, changedFacts: ReadonlySet<string>): StillHolds {
  // A definition can stand in any condition.
  if (textsOf(baseline, 'definition') !== textsOf(scenario, 'definition')) return nothing(scenario)
  const [before, after] = [scoredFormulas(baseline), scoredFormulas(scenario)]
  const isChanged = (space: 'household' | 'person', slot: number): boolean =>
    changedFacts.has(scenario.catalogue[space].types[slot]?.id ?? '')
  const scores = after.map(({ ref, formula }) => {
    const place = before.findIndex((other) => other.ref.hash === ref.hash)
    return place < 0 || formula.slots.some((slot) => isChanged('household', slot)) ? null : place
  })
  const columns: (number | null)[] = []
  bulkOf(scenario).programmes.forEach((bulk, index) => {
    const { id, ruleRef, programme } = bulk.compiled
    const place = baseline.programmes.findIndex((other) => other.id === id)
    const other = baseline.programmes[place]
    const isSame =
      other !== undefined &&
      other.ruleRef.hash === ruleRef.hash &&
      canonicalJson(judgedBy(other.programme.source)) === canonicalJson(judgedBy(programme.source)) &&
      !bulk.householdSlots.some((slot) => isChanged('household', slot)) &&
      !bulk.personSlots.some((slot) => isChanged('person', slot)) &&
      statusesRead(scenario, index) === statusesRead(baseline, place) &&
      // The ranks and scores that a rule reads are its own formula's; most read none, and a formula then decides on their order only.
      bulk.computed.every((read) =>
        read.kind === 'status'
          ? read.programme < 0 || isKept(columns, read.programme)
          : sameFormula(scores, bulk.formula, bulkOf(baseline).programmes[place]?.formula),
      )
    columns[index] = isSame ? place : null
  })
  return { scores, columns, lists: listsThatHold(baseline, scenario, scores, columns) }
}

/** Programmes whose status a programme hears: those that come before it, and so another programme's rule can change which. */
const statusesRead = (bundle: Bundle, place: number): string =>
  (bulkOf(bundle).programmes[place]?.computed ?? [])
    .flatMap((read) => (read.kind === 'status' ? (bundle.programmes[read.programme]?.id ?? []) : []))
    .toSorted()
    .join()

const isKept = (places: readonly (number | null)[], at: number): boolean => places[at] !== null && places[at] !== undefined

const sameFormula = (scores: readonly (number | null)[], now: number, before: number | undefined): boolean =>
  now < 0 ? before === -1 : scores[now] === before

/** What of a programme's text decides on its columns; the rest decides on its list. */
const judgedBy = ({ unit, benefit, targeting: { order, quotas } }: Bundle['programmes'][number]['programme']['source']) => ({
  unit,
  benefit,
  order,
  by: quotas?.by ?? null,
})

function listsThatHold(
  baseline: Bundle,
  scenario: Bundle,
  scores: readonly (number | null)[],
  columns: readonly (number | null)[],
): ReadonlySet<string> {
  // Quotas can follow a parameter that is no fact.
  const sameParameters = textsOf(baseline, 'parameter') === textsOf(scenario, 'parameter')
  const held = new Set<string>()
  const inOrder = bulkOf(scenario).programmes.toSorted(
    (a, b) => a.compiled.programme.source.targeting.precedence - b.compiled.programme.source.targeting.precedence,
  )
  const isInNeither = (id: string): boolean => !programmeOf(scenario, id) && !programmeOf(baseline, id)
  for (const { compiled, formula } of inOrder) {
    const { quotas, exclusions = [] } = compiled.programme.source.targeting
    const followsParameter = quotas?.method === 'proportional' && quotas.to !== 'population'
    const isSame =
      programmeOf(baseline, compiled.id)?.ref.hash === compiled.ref.hash &&
      isKept(columns, scenario.programmes.indexOf(compiled)) &&
      (formula < 0 || isKept(scores, formula)) &&
      (sameParameters || !followsParameter) &&
      exclusions.every(({ programme, when }) => when === 'enrolled' || held.has(programme) || isInNeither(programme))
    if (isSame) held.add(compiled.id)
  }
  return held
}

const textsOf = ({ versions }: Bundle, kind: VersionKind): string =>
  versions
    .filter((one) => one.kind === kind)
    .map(({ id, version, hash }) => `${id}/${version}/${hash}`)
    .toSorted()
    .join()

const nothing = (scenario: Bundle): StillHolds => ({
  scores: scoredFormulas(scenario).map(() => null),
  columns: scenario.programmes.map(() => null),
  lists: new Set(),
})
