/** Which fields of a listed unit an organisation may be told: those made of facts that it may see, and the outcome itself. */
import { eyesOf, type Viewer } from '../../determinations/eyes/eyes.ts'
import { seesScore, type Withheld, withheldFrom } from '../../determinations/eyes/withheld.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import { slotsOf } from '../../language/condition/condition.ts'
import { programmeOf } from '../../programmes/bundle.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import type { ListFilters, ListHeader } from './list-store.ts'
import { UNIT_FIELDS, type UnitField } from './unit-answer.ts'

export interface OpenFields {
  readonly fields: ReadonlySet<UnitField>
  readonly withheld: readonly Withheld[]
}

/** The place in the order, whose it is, and what became of it: the outcome, which a grant to decide tells. */
const OUTCOME: readonly UnitField[] = ['position', 'householdRef', 'personRef', 'applicationDate', 'status', 'reason']
const SCORE: readonly UnitField[] = [
  'score',
  'scoreLo',
  'scoreHi',
  'nationalRank',
  'governorateRank',
  'percentile',
  'personPercentile',
  'dependsOnMissing',
  'missingFacts',
]

export async function openFields(versions: Versions, { versionSet, programme }: ListHeader, viewer: Viewer): Promise<OpenFields> {
  const bundle = await versions.byHash(versionSet).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'replay-not-possible') return null
    throw error
  })
  const compiled = bundle && programmeOf(bundle, programme)
  if (!bundle || !compiled) return { fields: withoutVersions(viewer), withheld: [] }
  const { catalogue } = bundle
  const eyes = eyesOf(viewer, catalogue, programme, 'listed')
  const fields = new Set(OUTCOME)
  if (eyes.withheld.size === 0) return { fields: new Set(UNIT_FIELDS), withheld: [] }
  const tierFacts = compiled.programme.tiers.flatMap(({ condition }) =>
    slotsOf(condition).map((slot) => condition.space.types[slot]?.id ?? ''),
  )
  const made: readonly (readonly [UnitField, readonly string[]])[] = [
    ['governorate', ['governorate']],
    ['liwa', ['liwa']],
    ['kada', ['kada']],
    ['branchOffice', ['liwa']],
    ['tier', tierFacts],
    ['benefit', [compiled.programme.source.benefit.fact]],
  ]
  for (const [field, facts] of made) if (facts.every(eyes.sees)) fields.add(field)
  if (seesScore(catalogue, eyes, compiled)) for (const field of SCORE) fields.add(field)
  const withheld = withheldFrom(catalogue, eyes, compiled)
  // Which facts are missing is a value of theirs.
  if (withheld.length > 0) for (const field of ['dependsOnMissing', 'missingFacts'] as const) fields.delete(field)
  return { fields, withheld }
}

/** What tiers and benefits are made of is not known without the list's versions: they are told to nobody whose grants do not name them. */
function withoutVersions(viewer: Viewer): Set<UnitField> {
  const madeOf = (field: UnitField): string => (SCORE.includes(field) ? 'welfareScore' : field === 'branchOffice' ? 'liwa' : field)
  return new Set(UNIT_FIELDS.filter((field) => OUTCOME.includes(field) || viewer === 'citizen' || viewer.facts.has(madeOf(field))))
}

const FILTERED: Readonly<Partial<Record<keyof ListFilters, UnitField>>> = {
  governorate: 'governorate',
  liwa: 'liwa',
  kada: 'kada',
  branchOffice: 'branchOffice',
  tier: 'tier',
  percentileFrom: 'percentile',
  percentileTo: 'percentile',
  dependsOnMissing: 'dependsOnMissing',
  missingFact: 'missingFacts',
}

/** The fields asked for that may be told. Throws for one that was named, or filtered by, and is withheld: who can filter by a value can find it. */
export function fieldsTold(
  { fields }: OpenFields,
  { asked, isNamed, filters }: { readonly asked: readonly UnitField[]; readonly isNamed: boolean; readonly filters: ListFilters },
): readonly UnitField[] {
  if (isNamed && !asked.every((field) => fields.has(field))) throw problem('facts-not-granted', { pointer: 'querystring/fields' })
  for (const [name, field] of Object.entries(FILTERED))
    if (filters[name as keyof ListFilters] !== undefined && !fields.has(field))
      throw problem('facts-not-granted', { pointer: `querystring/${name}` })
  return asked.filter((field) => fields.has(field))
}

/** Those that were left out of an answer. */
export const fieldsWithheld = (asked: readonly UnitField[], told: readonly UnitField[]): UnitField[] =>
  asked.filter((field) => !told.includes(field))
