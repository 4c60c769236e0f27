/** Where a fact's value came from: registries with their dates, the application, or a dated parameter with its citation. */
import type { AssembledHousehold, FormulaStanding, SourceState } from '../households/assembled.ts'
import { isEnrolledAt, statusSlots } from '../households/enrolled-status.ts'
import { isoOfDay } from '../kernel/date.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { epochAt } from '../language/catalogue/parameter.ts'
import type { Words } from '../language/fact-space.ts'
import { isKnownAt } from '../language/fact-space.ts'
import type { Provenance } from '../language/rule/requirement.ts'
import { rankProvenance } from './standing.ts'
import { entities } from '../warehouse/shared-lists.ts'

const names = new Map<string, Words>(entities.map((entity) => [entity.id, entity.names]))
const REGISTRY_ITSELF = 'NUR'

/** `standing` is by the formula of the programme whose rule is told. */
export function provenanceOf(
  catalogue: Catalogue,
  assembled: AssembledHousehold,
  standing: FormulaStanding | null,
): (factId: string) => readonly Provenance[] {
  const states = new Map(assembled.sources.map((source) => [source.registry, source]))
  const day = isoOfDay(assembled.asOf)
  return (id) => {
    const definition = catalogue.facts.get(id)?.definition
    if (definition?.kind === 'parameter') {
      const epoch = epochAt(definition.parameter, assembled.asOf)
      const citation = epoch?.citation ?? definition.parameter.id
      return [{ custodian: { en: citation, ar: citation }, ...(epoch ? { asOf: isoOfDay(epoch.from) } : {}) }]
    }
    const ranked = rankProvenance(catalogue, standing, id)
    if (ranked.length > 0) return ranked
    const registries = catalogue.sourcesOf(id).flatMap((registry): Provenance[] => {
      const source = states.get(registry)
      // Of an entity that was added at run time the registry's own name is told.
      const custodian = names.get(source?.custodian ?? '') ?? catalogue.registries.get(registry)?.label
      if (!source) return []
      return [
        {
          registry,
          state: source.state,
          ...(custodian ? { custodian } : {}),
          ...(source.asOf ? { asOf: source.asOf } : {}),
          ...(source.load ? { load: source.load } : {}),
          ...answersOf(source),
          ...(source.unanswered ? { unanswered: source.unanswered } : {}),
          ...(source.unansweredRelatives ? { unansweredRelatives: source.unansweredRelatives } : {}),
        },
      ]
    })
    if (definition?.kind === 'programmeStatus' && isEnrolledIn(catalogue, assembled, definition.programme)) {
      const custodian = names.get(catalogue.facts.get(id)?.custodian ?? '')
      return [{ ...(custodian ? { custodian } : {}), asOf: day }]
    }
    const declared: Provenance[] = isDeclared(catalogue, assembled, id) ? [{ declared: true }] : []
    if (registries.length + declared.length > 0) return [...declared, ...registries]
    const custodian = names.get(REGISTRY_ITSELF)
    return [{ ...(custodian ? { custodian } : {}), asOf: day }]
  }
}

/** Nothing where nobody ever answered: then all of it is unknown. */
const answersOf = ({ answers }: SourceState): Pick<Provenance, 'answers'> =>
  answers && answers.oldest !== null && answers.newest !== null ? { answers: { oldest: answers.oldest, newest: answers.newest } } : {}

const isEnrolledIn = (catalogue: Catalogue, { household }: AssembledHousehold, programme: string): boolean =>
  statusSlots(catalogue).some((status) => status.programme === programme && isEnrolledAt(household, status))

/** Whether an answer of the application is among what the value was made of. */
function isDeclared(catalogue: Catalogue, { applicationId, household, members }: AssembledHousehold, id: string): boolean {
  if (applicationId === null) return false
  return catalogue.baseFactsOf(id).some((base) => {
    const fact = catalogue.facts.get(base)
    if (fact?.definition.kind !== 'declared') return false
    const slot = catalogue[fact.entity].slot(base)
    if (slot === undefined) return false
    return fact.entity === 'household' ? isKnownAt(household, slot) : members.some(({ facts }) => isKnownAt(facts, slot))
  })
}
