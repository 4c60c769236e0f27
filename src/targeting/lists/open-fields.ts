/** Which fields of a listed unit an organisation may be told: those made of facts that it may see, and the outcome itself. */
import { LIST } from '../../access/grants/ranked-lists.ts'
import { eyesOf, type Viewer } from '../../determinations/eyes/eyes.ts'
import { hidesEnough, type Withheld, withheldFrom } from '../../determinations/eyes/withheld.ts'
import { problem } from '../../kernel/problem.ts'
import { slotsOf } from '../../language/condition/condition.ts'
import { type CompiledProgramme, programmeOf } from '../../programmes/bundle.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import type { ListFilters, ListHeader } from './list-store.ts'
import { UNIT_FIELDS, type UnitField } from './unit-answer.ts'
import { versionsOfList } from './versions-of-list.ts'

export interface OpenFields {
  readonly fields: ReadonlySet<UnitField>
  readonly withheld: readonly Withheld[]
}

/** A field's column, as the database writes it. */
const columnOf = (field: UnitField): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Whose place it is and what became of it: the outcome. */
const OUTCOME: readonly UnitField[] = ['position', 'householdRef', 'personRef', 'applicationDate', 'status', 'reason']
const SCORE: readonly UnitField[] = ['score', 'scoreLo', 'scoreHi', 'nationalRank', 'governorateRank', 'percentile', 'personPercentile']

/**
 * A field is told by a grant of the list's column, or of all facts that it is made of. Scores and ranks besides need that no few hidden
 * terms could be worked out of them. Throws for an organisation that is granted nothing of the list.
 */
export async function openFields(
  versions: Versions,
  { versionSet, programme }: Pick<ListHeader, 'versionSet' | 'programme'>,
  viewer: Viewer,
): Promise<OpenFields> {
  const bundle = await versionsOfList(versions, versionSet)
  const compiled = (bundle && programmeOf(bundle, programme)) ?? null
  const eyes = bundle && compiled ? eyesOf(viewer, bundle.catalogue, programme, 'listed') : null
  if (viewer === 'citizen' || eyes?.withheld.size === 0) return { fields: new Set(UNIT_FIELDS), withheld: [] }
  const list = `${LIST}${programme}`
  const ofList = (field: UnitField): boolean => {
    const column = columnOf(field)
    if (!viewer.columns(list).has(column)) return false
    // A list tells of many at once: a grant of one person's rows does not reach it.
    const scope = viewer.rowScope(list, column)
    return scope.kind === 'listing' || (scope.kind === 'applicants' && scope.programmes.includes(programme))
  }
  // What fields are made of is not known without the list's versions.
  const made = (field: UnitField): readonly string[] =>
    compiled ? factsOf(compiled, field) : [SCORE.includes(field) ? 'welfareScore' : field]
  const sees = (fact: string): boolean => eyes?.sees(fact) ?? viewer.facts.has(fact)
  // Also without the list's versions: no fact stands for the outcome.
  if (viewer.columns(list).size === 0) throw problem('facts-not-granted', { pointer: 'params/programme' })
  const withheld = bundle && compiled && eyes ? withheldFrom(bundle.catalogue, eyes, compiled) : []
  const isSafe = !bundle || !compiled || !eyes || hidesEnough(eyes, compiled)
  const isOpen = (field: UnitField): boolean => {
    if (field === 'position') return true
    if (OUTCOME.includes(field)) return ofList(field)
    // Which facts are missing is a value of theirs.
    if (field === 'missingFacts') return eyes !== null && withheld.length === 0
    const facts = made(field)
    return SCORE.includes(field) ? isSafe && (ofList(field) || facts.every(sees)) : ofList(field) || (facts.length > 0 && facts.every(sees))
  }
  return { fields: new Set(UNIT_FIELDS.filter(isOpen)), withheld }
}

/** Facts that a field of the list is made of, by the programme's own texts. */
function factsOf({ programme, formula }: CompiledProgramme, field: UnitField): readonly string[] {
  const { benefit } = programme.source
  if (field === 'benefit') return [benefit.fact]
  if (field === 'branchOffice') return ['liwa']
  if (field === 'tier')
    return programme.tiers.flatMap(({ condition }) => slotsOf(condition).map((slot) => condition.space.types[slot]?.id ?? ''))
  if (SCORE.includes(field) || field === 'dependsOnMissing')
    return formula?.formula.slots.map((slot) => formula.formula.space.types[slot]?.id ?? '') ?? []
  return [field]
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
  status: 'status',
  householdRef: 'householdRef',
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

/** Of a list's totals, whether its counts may be told, and its money. */
export interface TotalsTold {
  readonly counts: boolean
  readonly money: boolean
}

/** Who may read off every unit what became of it may know how many there are; what they come to, who may read off every benefit too. */
export const totalsTold = ({ fields }: Pick<OpenFields, 'fields'>): TotalsTold => ({
  counts: fields.has('status'),
  money: fields.has('status') && fields.has('benefit'),
})

/** Throws where a field may not be told that an answer cannot do without. */
export function refuseUntold({ fields }: Pick<OpenFields, 'fields'>, needed: readonly UnitField[]): void {
  if (!needed.every((field) => fields.has(field))) throw problem('facts-not-granted', { pointer: 'params/programme' })
}

/** By which a unit of the list is known. */
export const unitRefs = ({ unit }: Pick<ListHeader, 'unit'>): readonly UnitField[] =>
  unit === 'person' ? ['householdRef', 'personRef'] : ['householdRef']

/** Those that were left out of an answer. */
export const fieldsWithheld = (asked: readonly UnitField[], told: readonly UnitField[]): UnitField[] =>
  asked.filter((field) => !told.includes(field))
